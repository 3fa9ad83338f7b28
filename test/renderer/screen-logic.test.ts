// The pure parts of the screen: how numbers read, that every code has a sentence, and the geometry behind drags and zones.
import { describe, expect, it } from 'vitest';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { DENIAL_CODES } from '../../src-shared/domain/risk.ts';
import { money } from '../../src-shared/kernel/units.ts';
import { FUNNEL_STEPS } from '../../src-shared/domain/signal.ts';
import { barAt, spanWithLevels, widensStop, zoneOpacity } from '../../src-renderer/chart/geometry.ts';
import { describeCode } from '../../src-renderer/text/codes.ts';
import { fillTemplate, translate } from '../../src-renderer/i18n/translate.ts';
import { dailyLossLeft, heldOn } from '../../src-renderer/state/selectors.ts';
import { fixtureSnapshot } from './fixture-market.ts';
import {
  formatAge,
  formatInstant,
  formatLots,
  formatPercent,
  formatPrice,
  formatSignedUsdt,
  formatUsdt,
  formatVolume,
  NO_VALUE,
  plainNumber,
  priceToTicks,
  ticksToPrice,
  toneOf,
} from '../../src-renderer/ui/format.ts';

const BTC: MarketInfo = { symbol: 'BTCUSDT', baseAsset: 'BTC', priceScale: 1, tickUnits: 1, quantityScale: 3, stepUnits: 1 };

describe('numbers on the screen', () => {
  it('shows money from integer units with separators and a sign where asked', () => {
    expect(formatUsdt(1_234_567_89000000)).toBe('1,234,567.89');
    expect(formatSignedUsdt(12_40000000)).toBe('+12.40');
    expect(formatSignedUsdt(-12_40000000)).toBe('-12.40');
  });

  it('shows a price with the decimals of its instrument and no value for a missing one', () => {
    expect(formatPrice(BTC, 96_400)).toBe('96,400.0');
    expect(formatPrice(BTC, Number.NaN)).toBe(NO_VALUE);
    expect(formatLots(BTC, 32)).toBe('0.032');
  });

  it('tells things of one minute apart by the second, and shows a quantity with the places it has', () => {
    expect(formatInstant(Date.UTC(2026, 10, 21, 12, 5, 7))).toBe('Nov 21, 12:05:07');
    expect([plainNumber(2835), plainNumber(0.025), plainNumber(1.5), plainNumber(0.00000001)]).toEqual(['2,835', '0.025', '1.5', '0.00000001']);
    expect(plainNumber(Number.NaN)).toBe(NO_VALUE);
  });

  it('goes from a dragged price to ticks and back without drifting', () => {
    for (const value of [1, 954_360, 964_000, 983_281]) expect(priceToTicks(BTC, ticksToPrice(BTC, value))).toBe(value);
    expect(ticksToPrice(BTC, null)).toBeNaN();
  });

  it('shortens volumes and ages and signs percentages', () => {
    expect([formatVolume(1_234_000_000), formatVolume(45_600_000), formatVolume(7_800), formatVolume(12)]).toEqual(['1.2B', '45.6M', '7.8K', '12']);
    expect([formatAge(59_000), formatAge(61_000), formatAge(7_200_000), formatAge(-5)]).toEqual(['59s', '1m', '2h', '0s']);
    expect([formatPercent(0.0123), formatPercent(-0.0123), formatPercent(0)]).toEqual(['+1.23%', '-1.23%', '0.00%']);
    expect([toneOf(1), toneOf(-1), toneOf(0)]).toEqual(['up', 'down', 'level']);
  });
});

describe('what is held on a market', () => {
  it('is its open position, nothing while an entry has not filled, nothing after the end', () => {
    const { positions } = fixtureSnapshot();
    const open = Object.values(positions).find(({ position }) => position.phase === 'open');
    if (open === undefined) throw new Error('the fixture holds nothing');
    const { symbol } = open.position;
    const alone = (part: object): typeof positions => ({ a: { ...open, position: { ...open.position, ...part } } });
    expect(heldOn(alone({}), symbol)?.position.id).toBe(open.position.id);
    expect([heldOn(alone({ lots: 0 }), symbol), heldOn(alone({ phase: 'closed' }), symbol), heldOn(undefined, symbol)]).toEqual([null, null, null]);
  });
});

describe('what may be lost today', () => {
  it('is the limit of the day less what was lost, and never less than nothing', () => {
    const dayStartEquity = money(10_000_00000000);
    expect(formatUsdt(dailyLossLeft({ dayStartEquity, dailyLossFraction: 0 }, 3))).toBe('300.00');
    expect(formatUsdt(dailyLossLeft({ dayStartEquity, dailyLossFraction: 0.0125 }, 3))).toBe('175.00');
    expect(dailyLossLeft({ dayStartEquity, dailyLossFraction: 0.05 }, 3)).toBe(0);
  });
});

describe('sentences for codes', () => {
  it('has its own sentence for every denial, not the readable fallback', () => {
    for (const code of DENIAL_CODES) {
      const fallback = `${code.replaceAll('_', ' ').replace(/^./, (letter) => letter.toUpperCase())}.`;
      expect(describeCode(code, {}), code).toMatch(/\.$/);
      expect(describeCode(code, {}), code).not.toBe(fallback);
    }
  });

  it('says of a price outside its dealing range that it is outside, not which share of it', () => {
    expect(describeCode('setup.in_discount', { rangePosition: 0.41 })).toBe('Price is in discount (41 % of the range).');
    expect(describeCode('setup.in_discount', { rangePosition: -4.21 })).toBe('Price is below its range.');
    expect(describeCode('setup.in_premium', { rangePosition: 0.88 })).toBe('Price is in premium (88 % of the range).');
    expect(describeCode('setup.in_premium', { rangePosition: 1.5 })).toBe('Price is above its range.');
    expect(describeCode('setup.in_premium', {})).toContain('–');
  });

  it('groups the digits of long whole numbers and leaves short ones, text and missing ones as they are', () => {
    expect(fillTemplate('{count} rows', { count: 150_980 })).toBe('150,980 rows');
    expect(fillTemplate('{count} rows', { count: 2306 })).toBe('2306 rows');
    expect(fillTemplate('{name} at {price:1}', { name: '10062', price: 99_876.44 })).toBe('10062 at 99876.4');
    expect(fillTemplate('{count} rows', { count: Number.NaN })).toBe('– rows');
  });

  it('names every step of the funnel', () => {
    expect(FUNNEL_STEPS.map((step) => translate(`step.${step}`)).every((name) => name.length > 0)).toBe(true);
  });

  it('puts the numbers into the sentence and keeps an unknown code readable', () => {
    expect(describeCode('setup.in_premium', { rangePosition: 0.64 })).toContain('64 %');
    expect(describeCode('setup.brand_new_rule', { distance: 1.5 })).toBe('Brand new rule (distance 1.50).');
  });
});

describe('chart geometry', () => {
  it('grows the scale to the levels of a position, nearest first, and leaves out one that would flatten the candles', () => {
    const candles = { low: 98, high: 102 };
    expect(spanWithLevels(candles, [101, 95, 108])).toEqual({ low: 95, high: 108 });
    expect(spanWithLevels(candles, [140, 95])).toEqual({ low: 95, high: 102 });
    expect(spanWithLevels(candles, [Number.NaN, 0])).toEqual(candles);
  });
  it('finds the bar a time belongs to', () => {
    expect([barAt([10, 20, 30], 9), barAt([10, 20, 30], 10), barAt([10, 20, 30], 29), barAt([10, 20, 30], 99), barAt([], 1)]).toEqual([-1, 0, 1, 2, -1]);
  });

  it('draws a stronger zone more opaque and never beyond its bounds', () => {
    expect(zoneOpacity(0.9)).toBeGreaterThan(zoneOpacity(0.2));
    expect([zoneOpacity(-1), zoneOpacity(2)]).toEqual([zoneOpacity(0), zoneOpacity(1)]);
  });

  it('calls a stop wider only when it moves away from a long downwards or from a short upwards', () => {
    expect([
      widensStop('long', 100, 99),
      widensStop('long', 100, 101),
      widensStop('short', 100, 101),
      widensStop('short', 100, 99),
      widensStop('long', null, 1),
    ]).toEqual([true, false, true, false, false]);
  });
});
