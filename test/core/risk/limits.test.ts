// The risk manager exactly at its limits: which side of each of them a value that equals it lies on, and what a person's word does not change.
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { DenialCode } from '../../../src-shared/domain/risk.ts';
import { ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs, lots, moneyFromUsdt, ticks } from '../../../src-shared/kernel/units.ts';
import { exposureRoom, review, type OpenRisk, type RiskRequest } from '../../../src-main/core/risk/manager.ts';
import { sampleInstrument, sampleSignal } from '../../support/samples.ts';
import { approve, riskRequest, START } from '../execution/support.ts';

const settingsOf = (changes: Partial<Settings>): Settings => ({ ...defaultSettings(), ...changes });
const calm = { expectancyR: Number.NaN, lossesInRow: 0, lossesInRowOnSymbol: 0, lastLossOnSymbolAt: null };
const ago = (milliseconds: number): ReturnType<typeof epochMs> => epochMs(START - milliseconds);
const other = (overrides: Partial<OpenRisk> = {}): OpenRisk => ({ symbol: 'ETHUSDT', side: 'long', notionalUsdt: 1000, correlation: 0.1, ...overrides });

function outcome(change: Partial<RiskRequest>): DenialCode | 'approved' {
  const verdict = review(riskRequest(change));
  return verdict.kind === 'denied' ? verdict.code : 'approved';
}

type Plan = Signal['plan'];
function planned(plan: Partial<Plan> = {}): Signal {
  const signal = sampleSignal({ side: plan.side ?? 'long' });
  const short = { stop: 60_600, target: 58_800 };
  return { ...signal, plan: { ...signal.plan, ...(plan.side === 'short' ? short : {}), ...plan } };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('what restrains automation, at its limit', () => {
  it.each<readonly [string, Partial<RiskRequest>, DenialCode | 'approved']>([
    [
      'a loss on the symbol a moment less than an hour ago',
      { record: { ...calm, lastLossOnSymbolAt: ago(HOUR - 1), lossesInRowOnSymbol: 1 } },
      'symbol_cooldown',
    ],
    ['a loss on the symbol an hour ago', { record: { ...calm, lastLossOnSymbolAt: ago(HOUR), lossesInRowOnSymbol: 1 } }, 'approved'],
    ['four losses in a row', { record: { ...calm, lastLossOnSymbolAt: ago(2 * HOUR), lossesInRowOnSymbol: 4 } }, 'approved'],
    ['five losses in a row', { record: { ...calm, lastLossOnSymbolAt: ago(2 * HOUR), lossesInRowOnSymbol: 5 } }, 'losing_streak'],
    ['five losses a moment less than a day ago', { record: { ...calm, lastLossOnSymbolAt: ago(24 * HOUR - 1), lossesInRowOnSymbol: 5 } }, 'losing_streak'],
    ['five losses a day ago', { record: { ...calm, lastLossOnSymbolAt: ago(24 * HOUR), lossesInRowOnSymbol: 5 } }, 'approved'],
    ['a mean of −0.25 R', { record: { ...calm, expectancyR: -0.25 } }, 'approved'],
    ['a mean just under −0.25 R', { record: { ...calm, expectancyR: -0.2501 } }, 'negative_expectancy'],
    ['one position less than the most', { settings: settingsOf({ maxPositions: 2 }), positions: [other()] }, 'approved'],
    ['as many positions as the most', { settings: settingsOf({ maxPositions: 2 }), positions: [other(), other({ symbol: 'XRPUSDT' })] }, 'max_positions'],
  ])('%s', (_what, change, expected) => expect(outcome(change)).toBe(expected));

  it('does not restrain a person, except for the most positions', () => {
    const by = { isByHand: true };
    const lossNow = { ...calm, lastLossOnSymbolAt: ago(MINUTE), lossesInRowOnSymbol: 9, expectancyR: -3 };
    expect(outcome({ ...by, isPaused: true, isSymbolPaused: true, record: lossNow })).toBe('approved');
    expect(outcome({ ...by, settings: settingsOf({ maxPositions: 1 }), positions: [other()] })).toBe('max_positions');
  });

  it('tells the numbers of a cool-down in minutes', () => {
    const streak = { ...calm, lastLossOnSymbolAt: ago(90 * MINUTE), lossesInRowOnSymbol: 6 };
    expect(review(riskRequest({ record: streak }))).toMatchObject({ numbers: { losses: 6, sinceMinutes: 90, cooldownMinutes: 1440 } });
  });
});

describe('exposure, at its limit', () => {
  /** Equity is 10,000: percent of it in notional. */
  const exposed = (percent: number, change: Partial<OpenRisk> = {}): Partial<RiskRequest> => ({
    positions: [other({ notionalUsdt: percent * 100, ...change })],
  });

  it.each<readonly [string, Partial<RiskRequest>, DenialCode | 'approved']>([
    ['gross at 500 %', exposed(500, { side: 'short' }), 'gross_exposure'],
    ['gross just before', exposed(490, { side: 'short' }), 'approved'],
    ['net at 300 %', exposed(300), 'net_exposure'],
    ['net just before', exposed(290), 'approved'],
    ['net of longs and shorts', { positions: [other({ notionalUsdt: 31_000 }), other({ symbol: 'XRPUSDT', side: 'short', notionalUsdt: 5000 })] }, 'approved'],
    ['a cluster at 200 %', exposed(200, { correlation: 0.9 }), 'cluster_exposure'],
    ['a cluster just before', exposed(190, { correlation: 0.9 }), 'approved'],
    ['a correlation at the limit is together', exposed(200, { correlation: 0.8 }), 'cluster_exposure'],
    ['a correlation under it is not', exposed(200, { correlation: 0.799 }), 'approved'],
    ['the other side of a cluster makes room', exposed(200, { correlation: 0.9, side: 'short' }), 'approved'],
  ])('%s', (_what, change, expected) => expect(outcome(change)).toBe(expected));

  it('names the first limit that is full, and names it before margin that is missing', () => {
    expect(outcome(exposed(500))).toBe('gross_exposure');
    expect(outcome({ ...exposed(300), available: moneyFromUsdt(1) })).toBe('net_exposure');
  });

  it('leaves the room of the tightest limit, in USDT and by name', () => {
    const room = (positions: readonly OpenRisk[]): unknown =>
      exposureRoom({ positions, settings: defaultSettings(), equity: moneyFromUsdt(10_000), signal: { side: 'long' } });
    expect(room([])).toEqual({ code: 'cluster_exposure', percent: 0, maximum: 200, roomUsdt: 20_000 });
    expect(room([other({ notionalUsdt: 15_000, correlation: 0.9 })])).toEqual({ code: 'cluster_exposure', percent: 150, maximum: 200, roomUsdt: 5000 });
    expect(room([other({ notionalUsdt: 28_000 })])).toEqual({ code: 'net_exposure', percent: 280, maximum: 300, roomUsdt: 2000 });
    expect(room([other({ notionalUsdt: 48_750, side: 'short' })])).toEqual({
      code: 'gross_exposure',
      percent: 487.5,
      maximum: 500,
      roomUsdt: 1250,
    });
  });

  it('too little of it for the smallest order is denied by its name', () => {
    expect(outcome(exposed(299.5))).toBe('net_exposure');
    expect(outcome(exposed(298.5))).toBe('approved');
  });
});

describe('numbers that are none', () => {
  it.each<readonly [string, Partial<RiskRequest>]>([
    ['a price of zero', { price: 0 }],
    ['no price', { price: Number.NaN }],
    ['an equity of zero', { equity: moneyFromUsdt(0) }],
    ['an endless entry', { signal: planned({ entry: Number.POSITIVE_INFINITY }) }],
    ['no stop', { signal: planned({ stop: Number.NaN }) }],
    ['no target', { signal: planned({ target: Number.NaN }) }],
    ['no confidence', { signal: sampleSignal({ confidence: Number.NaN }) }],
    ['no uncertainty', { signal: sampleSignal({ uncertainty: Number.NaN }) }],
  ])('%s never reaches an order', (_what, change) => expect(outcome(change)).toBe('data_stale'));
});

describe('stop and target, at their limits', () => {
  const short: Partial<Plan> = { side: 'short' };
  it.each<readonly [string, Partial<Plan>, DenialCode | 'approved']>([
    ['a long with its target at the price', { target: 60_000 }, 'stop_wrong_side'],
    ['a long with its target below', { target: 59_900 }, 'stop_wrong_side'],
    ['a short as it should be', short, 'approved'],
    ['a short with its stop at the price', { ...short, stop: 60_000 }, 'stop_wrong_side'],
    ['a short with its stop below', { ...short, stop: 59_500 }, 'stop_wrong_side'],
    ['a short with its target at the price', { ...short, target: 60_000 }, 'stop_wrong_side'],
    ['a short with its target above', { ...short, target: 60_100 }, 'stop_wrong_side'],
    ['a stop at the smallest distance', { stop: 59_820 }, 'approved'],
    ['a stop a tick nearer', { stop: 59_820.3 }, 'stop_too_close'],
    ['a stop at the largest distance', { stop: 54_000, target: 75_000 }, 'approved'],
    ['a stop a tick farther', { stop: 53_999.9, target: 75_000 }, 'stop_too_far'],
  ])('%s', (_what, plan, expected) => {
    // A distance of 0.3 % rounded to ticks may be a thousandth less.
    expect(outcome({ signal: planned(plan), settings: settingsOf({ riskPerTradePercent: 5, minMarginPercent: 0.1 }) })).toBe(expected);
  });

  it('a stop is judged from where the entry fills: automation’s from the price, a person’s limit from its own', () => {
    expect(outcome({ price: 59_850, signal: planned({ stop: 59_700 }) })).toBe('stop_too_close');
    expect(outcome({ isByHand: true, signal: planned({ entryKind: 'limit', entry: 59_850, stop: 59_700 }) })).toBe('stop_too_close');
    expect(outcome({ isByHand: true, price: 59_850, signal: planned({ stop: 59_700 }) })).toBe('stop_too_close');
  });

  it('targets are rounded towards the entry, stops away from it', () => {
    const instrument = sampleInstrument({ tickUnits: 5 });
    const long = approve({ instrument, signal: planned({ stop: 59_400.3, target: 61_200.3 }) });
    expect([ticksToPrice(instrument, long.stop), ticksToPrice(instrument, long.target)]).toEqual([59_400, 61_200]);
    const low = approve({ instrument, signal: planned({ side: 'short', stop: 60_600.3, target: 58_800.3 }) });
    expect([ticksToPrice(instrument, low.stop), ticksToPrice(instrument, low.target)]).toEqual([60_600.5, 58_800.5]);
  });
});

describe('where an entry goes', () => {
  const limitAt = (entry: number, plan: Partial<Plan> = {}): Partial<RiskRequest> => ({
    isByHand: true,
    signal: planned({ entryKind: 'limit', entry, ...plan }),
  });

  it.each<readonly [string, Partial<RiskRequest>, DenialCode | 'approved']>([
    ['a long limit at the price', limitAt(60_000), 'fills_at_once'],
    ['a long limit a tick below', limitAt(59_999.9), 'approved'],
    ['a short limit at the price', limitAt(60_000, { side: 'short' }), 'fills_at_once'],
    ['a short limit below', limitAt(59_900, { side: 'short', target: 58_000 }), 'fills_at_once'],
    ['a short limit a tick above', limitAt(60_000.1, { side: 'short' }), 'approved'],
    ['a long limit whose stop lies above it', limitAt(59_000), 'stop_wrong_side'],
    ['a price that moved almost as far as slippage may', { price: 60_119.9 }, 'approved'],
    ['a price that moved farther', { price: 60_120.1 }, 'price_moved'],
    ['a price that moved against it', { price: 59_850, signal: planned({ stop: 59_400 }) }, 'approved'],
    ['a short whose price fell too far', { price: 59_879.9, signal: planned({ side: 'short' }) }, 'price_moved'],
    ['a short whose price fell almost as far as slippage may', { price: 59_880.1, signal: planned({ side: 'short' }) }, 'approved'],
  ])('%s', (_what, change, expected) => expect(outcome(change)).toBe(expected));

  it('a person’s limit rests at its price, whatever the settings; one that must not take says so', () => {
    expect(approve(limitAt(59_900))).toMatchObject({ limit: ticks(599_000), timeInForce: 'GTC', expectedPrice: 59_900 });
    expect(approve({ ...limitAt(59_900), settings: settingsOf({ useLimitOrders: false }) })).toMatchObject({ limit: ticks(599_000), timeInForce: 'GTC' });
    expect(approve({ ...limitAt(59_900), isPostOnly: true })).toMatchObject({ limit: ticks(599_000), timeInForce: 'GTX' });
  });

  it('a limit of automation rests only where limit orders are used; else it goes out at the market', () => {
    const signal = planned({ entryKind: 'limit', entry: 59_950 });
    const resting = settingsOf({ useLimitOrders: true });
    expect(approve({ signal, settings: resting })).toMatchObject({ limit: ticks(599_500), timeInForce: 'GTC', expectedPrice: 59_950 });
    expect(approve({ signal, settings: settingsOf({ useLimitOrders: false }) })).toMatchObject({ limit: null, expectedPrice: 60_000 });
    expect(approve({ signal, settings: resting, isPostOnly: true }).timeInForce).toBe('GTC');
  });

  describe('with the kind of order left to the size', () => {
    const automatic = settingsOf({ autoOrderType: true, useLimitOrders: true });
    // The sample is sized to 116 lots, 6,960 USDT.
    const value = approve().lots * 60;
    const volume = value / 0.0002;

    it('a small one is a market order, one of a five-thousandth of the volume a limit at the slippage bound', () => {
      expect(approve({ settings: automatic, quoteVolume24h: volume * 1.001 }).limit).toBeNull();
      expect(approve({ settings: automatic, quoteVolume24h: volume * 0.999 })).toMatchObject({ limit: ticks(601_200), timeInForce: 'IOC' });
      expect(approve({ settings: automatic, quoteVolume24h: volume * 0.999, signal: planned({ side: 'short' }) })).toMatchObject({
        limit: ticks(598_800),
        timeInForce: 'IOC',
      });
    });

    it('the bound is inside the slippage that is allowed, to the tick', () => {
      const instrument = sampleInstrument({ tickUnits: 50 });
      const far = { settings: automatic, quoteVolume24h: 1, instrument, price: 60_001 };
      expect(ticksToPrice(instrument, approve(far).limit ?? ticks(0))).toBe(60_120);
      expect(ticksToPrice(instrument, approve({ ...far, signal: planned({ side: 'short' }) }).limit ?? ticks(0))).toBe(59_885);
    });

    it.each([
      ['not left to the size', { autoOrderType: false, useLimitOrders: true }],
      ['without limit orders', { autoOrderType: true, useLimitOrders: false }],
    ])('a large one is a market order when it is %s', (_what, change) => {
      expect(approve({ settings: settingsOf(change), quoteVolume24h: volume * 0.5 }).limit).toBeNull();
    });
  });
});

describe('the smallest order', () => {
  it('counts the quantity filters of both kinds', () => {
    expect(outcome({ instrument: sampleInstrument({ marketMinLots: lots(100_000) }) })).toBe('below_minimum_quantity');
    expect(outcome({ instrument: sampleInstrument({ minLots: lots(100_000) }) })).toBe('below_minimum_quantity');
    expect(review(riskRequest({ instrument: sampleInstrument({ minLots: lots(90_000), marketMinLots: lots(100_000) }) }))).toMatchObject({
      numbers: { minimum: 100_000 },
    });
  });

  it('is worth what the exchange asks or what the setting asks, whichever is more', () => {
    // 300 of equity: 34.8 of margin, at 3 × and 116 a lot of 60 makes one lot.
    const poor = { equity: moneyFromUsdt(300), available: moneyFromUsdt(300) };
    expect(outcome({ ...poor, settings: settingsOf({ minNotionalUsdt: 500 }) })).toBe('below_minimum_notional');
    expect(outcome({ ...poor, settings: settingsOf({ minNotionalUsdt: 20 }) })).toBe('approved');
    expect(outcome({ ...poor, instrument: sampleInstrument({ minNotional: moneyFromUsdt(500) }) })).toBe('below_minimum_notional');
  });

  it('may be exactly the smallest', () => {
    const chosen = (minNotionalUsdt: number): Partial<RiskRequest> => ({ isByHand: true, mostLots: 50, settings: settingsOf({ minNotionalUsdt }) });
    expect([outcome(chosen(3000)), outcome(chosen(3000.01))]).toEqual(['approved', 'below_minimum_notional']);
  });

  it('of a contract that costs cents is one like any other', () => {
    const instrument = sampleInstrument({ symbol: 'PEPEUSDT', priceScale: 6, quantityScale: 0, marketMaxLots: lots(100_000_000) });
    const signal = { ...planned({ entry: 0.5, stop: 0.495, target: 0.51 }), symbol: 'PEPEUSDT' };
    expect(outcome({ instrument, signal, price: 0.5 })).toBe('approved');
  });

  it('is rounded up to the step of market orders', () => {
    const instrument = sampleInstrument({ marketStepLots: 4, minNotional: moneyFromUsdt(300) });
    // Five lots are worth 300; on the step that is eight.
    const verdict = approve({
      instrument,
      settings: settingsOf({ minMarginPercent: 0.1, baseMarginPercent: 0.1, riskPerTradePercent: 5, maxLeverage: 3 }),
    });
    expect(verdict.lots).toBe(lots(4 * Math.ceil(300 / 60 / 4)));
  });
});
