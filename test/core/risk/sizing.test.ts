// Margin and leverage by hand: each factor alone, each cap at its limit and just before it, and what is lowered when a rule does not hold.
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { SizingFactors } from '../../../src-shared/domain/risk.ts';
import type { Regime } from '../../../src-shared/domain/structure.ts';
import { lots, money, moneyFromUsdt, moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { sizePosition, type Sizing, type SizingInput } from '../../../src-main/core/risk/sizing.ts';
import { liquidationPrice } from '../../../src-main/core/venue/margin.ts';
import { sampleInstrument, sampleSignal } from '../../support/samples.ts';

const EQUITY = 10_000;
const PRICE = 60_000;

interface Wish extends Partial<Omit<SizingInput, 'signal' | 'settings'>> {
  readonly side?: 'long' | 'short';
  readonly confidence?: number;
  readonly uncertainty?: number;
  readonly regime?: Regime;
  readonly sizeShare?: number;
  readonly settings?: Partial<Settings>;
}

/** A long with a stop half a percent away, so near that neither risk nor liquidation lowers anything unless a test wants it. */
function size({ side = 'long', confidence = 0.5, uncertainty = 0, regime = 'trending', sizeShare, settings = {}, ...rest }: Wish = {}): Sizing {
  const plain = sampleSignal({ side, confidence, uncertainty, ...(sizeShare === undefined ? {} : { sizeShare }) });
  return sizePosition({
    signal: { ...plain, evidence: { ...plain.evidence, regime } },
    instrument: sampleInstrument(),
    settings: { ...defaultSettings(), riskPerTradePercent: 100, ...settings },
    equity: moneyFromUsdt(EQUITY),
    available: moneyFromUsdt(EQUITY),
    marginUsed: money(0),
    price: PRICE,
    stop: 59_700,
    drawdownFraction: 0,
    lossesInRow: 0,
    atrRatio: 1,
    atrToMedian: 1,
    notionalRoomUsdt: Infinity,
    minimumLots: 1,
    ...rest,
  });
}

function sized(wish: Wish = {}): Extract<Sizing, { readonly kind: 'sized' }> {
  const sizing = size(wish);
  if (sizing.kind !== 'sized') throw new Error(`${sizing.code} ${JSON.stringify(sizing.numbers)}`);
  return sizing;
}

const factors = (wish: Wish = {}): SizingFactors => sized(wish).factors;

describe('margin', () => {
  it.each<readonly [string, Wish, number]>([
    ['base at even confidence', {}, 0.1],
    ['0.6 of base without confidence', { confidence: 0 }, 0.06],
    ['1.4 of base with full confidence', { confidence: 1, settings: { maxMarginPercent: 50 } }, 0.14],
    ['1.2 of base in a strong trend', { regime: 'strong_trending' }, 0.12],
    ['the setting of a range', { regime: 'ranging', settings: { regimeRangingMultiplier: 0.5 } }, 0.05],
    ['the minimum in a choppy market', { regime: 'choppy' }, 0.03],
    ['the minimum in an unknown one', { regime: 'unknown' }, 0.03],
    ['whole just before a drawdown of 5 %', { drawdownFraction: 0.0499 }, 0.1],
    ['half from a drawdown of 5 %', { drawdownFraction: 0.05 }, 0.05],
    ['the product of all', { confidence: 1, regime: 'strong_trending', drawdownFraction: 0.05 }, 0.084],
    ['at most the largest margin', { confidence: 1 }, 0.13],
    ['at least the smallest', { settings: { baseMarginPercent: 1 } }, 0.03],
    ['the share a strategy wants of it', { sizeShare: 0.5 }, 0.05],
    ['that share of the smallest too', { sizeShare: 0.5, settings: { baseMarginPercent: 1 } }, 0.015],
    ['at most the largest margin of one position', { settings: { maxPositionMarginPercent: 4 } }, 0.04],
    ['L29 never over half of equity', { settings: { baseMarginPercent: 90, maxMarginPercent: 95, maxPositionMarginPercent: 95 } }, 0.5],
  ])('is %s', (_what, wish, expected) => {
    expect(factors(wish).marginFraction).toBeCloseTo(expected, 10);
  });

  it('shows the factors it is made of', () => {
    expect(factors({ confidence: 0.75, regime: 'strong_trending', drawdownFraction: 0.06 })).toMatchObject({
      regimeMultiplier: 1.2,
      drawdownFactor: 0.5,
      equity: moneyFromUsdt(EQUITY),
    });
    expect(factors({ confidence: 0.75 }).confidenceFactor).toBeCloseTo(1.2, 12);
    expect(factors().drawdownFactor).toBe(1);
  });

  it('times leverage is the value, in whole lots rounded down', () => {
    expect(sized()).toMatchObject({ leverage: 3, lots: lots(50) });
    expect(sized({ confidence: 0.7 })).toMatchObject({ leverage: 9, lots: lots(174) });
    expect(sized({ confidence: 0.52 }).lots).toBe(Math.floor((EQUITY * 0.1016 * 3) / 60));
  });
});

describe('leverage', () => {
  it.each([
    [0.4, 0],
    [0.5, 0],
    [0.55, 0.1],
    [0.75, 0.5],
    [1, 1],
  ])('edge at confidence %f is %f', (confidence, edge) => expect(factors({ confidence }).edge).toBeCloseTo(edge, 12));

  it.each([
    [-0.1, 1],
    [0, 1],
    [0.25, 0.75],
    [1, 0],
    [1.5, 0],
  ])('certainty with a confidence band of %f is %f', (uncertainty, certainty) => expect(factors({ uncertainty }).certainty).toBeCloseTo(certainty, 12));

  it.each([
    [0.4, 1],
    [1, 1],
    [1.5, 0.75],
    [2, 0.5],
    [3, 0],
    [5, 0],
    [Number.NaN, 0.5],
  ])('calm with ATR at %f times its 30-day median is %f', (atrToMedian, calm) => expect(factors({ atrToMedian }).calm).toBeCloseTo(calm, 12));

  it.each<readonly [string, Wish, number]>([
    ['base without an edge', { confidence: 0.5 }, 3],
    ['the highest with everything', { confidence: 1 }, 20],
    ['base and a share of the way to the highest', { confidence: 0.75, uncertainty: 0.2, atrToMedian: 2 }, 3 + 17 * 0.5 * 0.8 * 0.5],
    ['between its settings', { confidence: 1, settings: { maxLeverage: 10 } }, 10],
    ['at least the lowest', { settings: { baseLeverage: 2, minLeverage: 4 } }, 4],
  ])('wanted is %s', (_what, wish, wanted) => expect(factors(wish).leverageWanted).toBeCloseTo(wanted, 10));

  it('used is whole, never rounded up', () => {
    expect(factors({ confidence: 0.75, uncertainty: 0.2, atrToMedian: 2 }).leverageWanted).toBeCloseTo(6.4, 10);
    expect(sized({ confidence: 0.75, uncertainty: 0.2, atrToMedian: 2 }).leverage).toBe(6);
    expect(sized({ confidence: 0.75, uncertainty: 0.2, atrToMedian: 1 }).leverage).toBe(9);
  });

  /** Leverage of 20 is wanted and nothing else is in its way. */
  const sure: Wish = { confidence: 1, settings: { baseMarginPercent: 3 } };
  it.each<readonly [string, Wish, number, readonly string[]]>([
    ['nothing', {}, 20, []],
    ['two losses in a row: nothing', { lossesInRow: 2 }, 20, []],
    ['three losses in a row: base', { lossesInRow: 3 }, 3, ['losses']],
    ['a drawdown just before 5 %: nothing', { drawdownFraction: 0.0499 }, 20, []],
    ['a drawdown of 5 %: half', { drawdownFraction: 0.05 }, 10, ['drawdown']],
    ['a drawdown just before 10 %: half', { drawdownFraction: 0.0999 }, 10, ['drawdown']],
    ['a drawdown of 10 %: base', { drawdownFraction: 0.1 }, 3, ['losses', 'drawdown']],
    ['ATR at twice its mean: nothing', { atrRatio: 2 }, 20, []],
    ['ATR over twice its mean: five', { atrRatio: 2.01 }, 5, ['volatility spike']],
    ['an ATR that is not known: nothing', { atrRatio: Number.NaN }, 20, []],
    [
      'the bracket',
      {
        instrument: sampleInstrument({
          brackets: [{ bracket: 1, initialLeverage: 8, notionalFloor: 0, notionalCap: 1e9, maintenanceMarginRatio: 0.004, cumulative: 0 }],
        }),
      },
      8,
      ['bracket'],
    ],
    ['L29 the hard cap of 20', { settings: { baseMarginPercent: 3, maxLeverage: 40 } }, 20, ['hard cap']],
  ])('is lowered by %s', (_what, change, leverage, loweredBy) => {
    const sizing = sized({ ...sure, ...change });
    expect([sizing.leverage, sizing.factors.leverageLoweredBy]).toEqual([leverage, loweredBy]);
  });

  it('half of it in a drawdown is never under the lowest', () => {
    expect(sized({ confidence: 0.5, drawdownFraction: 0.05 })).toMatchObject({ leverage: 3, factors: { leverageLoweredBy: [] } });
    expect(sized({ confidence: 0.6, drawdownFraction: 0.05 }).leverage).toBe(3);
  });

  it('is not allowed where no bracket gives the lowest, or none gives one', () => {
    const of = (initialLeverage: number): SizingInput['instrument'] =>
      sampleInstrument({ brackets: [{ bracket: 1, initialLeverage, notionalFloor: 0, notionalCap: 1e9, maintenanceMarginRatio: 0.004, cumulative: 0 }] });
    expect(size({ instrument: of(2) })).toEqual({ kind: 'impossible', code: 'leverage_not_allowed', numbers: { wanted: 3, allowed: 2 } });
    expect(size({ instrument: of(3) }).kind).toBe('sized');
    expect(size({ settings: { minLeverage: 0.5, baseLeverage: 0.9, maxLeverage: 0.9 } })).toMatchObject({ kind: 'impossible', code: 'leverage_not_allowed' });
    expect(size({ settings: { minLeverage: 0.5, baseLeverage: 1, maxLeverage: 1 } }).kind).toBe('sized');
  });
});

describe('the risk per trade', () => {
  /** Value times this is lost at the stop: half a percent of distance, both fees, the slippage bound. */
  const LOSS = 0.005 + 0.001 + 0.002;

  it('is the loss at the stop, both fees and the slippage bound', () => {
    const { lossAtStop, lossAtStopFraction } = factors();
    expect(moneyToUsdt(lossAtStop)).toBeCloseTo(3000 * LOSS, 6);
    expect(lossAtStopFraction).toBeCloseTo((3000 * LOSS) / EQUITY, 12);
  });

  it('lowers leverage to the highest that holds, and says so', () => {
    // 600 of margin (0.6 of base): 20 × 600 × 0.008 = 96; the limit leaves 50, so 10 × is 48 and 11 × would be 52.8.
    const wish: Wish = { confidence: 1, settings: { baseMarginPercent: 6 / 1.4, riskPerTradePercent: 0.5 } };
    expect(sized(wish)).toMatchObject({ leverage: 10, factors: { leverageLoweredBy: ['risk per trade'] } });
    expect(factors(wish).marginFraction).toBeCloseTo(0.06, 10);
    expect(factors({ ...wish, settings: { ...wish.settings, riskPerTradePercent: 1 } })).toMatchObject({ leverage: 20, leverageLoweredBy: [] });
  });

  it('then lowers the margin, down to its minimum and no further', () => {
    // At leverage 1 the loss is margin × 0.008: 8 at a margin of 10 %, and the limit is 5.
    const lowered = (riskPerTradePercent: number): Sizing => size({ settings: { riskPerTradePercent } });
    const half = lowered(0.05);
    if (half.kind !== 'sized') throw new Error(half.code);
    expect(half.leverage).toBe(1);
    expect(half.factors.marginFraction).toBeCloseTo(0.0005 / LOSS, 10);
    expect(half.lots).toBe(Math.floor((EQUITY * 0.0005) / LOSS / 60));
    expect(lowered(0.0239)).toMatchObject({ kind: 'impossible', code: 'risk_per_trade' });
    expect(lowered(0.0241)).toMatchObject({ kind: 'sized', leverage: 1 });
    const refused = lowered(0.02);
    if (refused.kind === 'sized') throw new Error('it was sized');
    expect(refused.numbers['lossPercent']).toBeCloseTo(3 * LOSS, 10);
    expect(refused.numbers['limitPercent']).toBe(0.02);
  });
});

describe('free margin', () => {
  const fee = 3 * 0.0005;

  it('is what is available, the fee of the entry kept back', () => {
    expect(factors({ available: moneyFromUsdt(1000 * (1 + fee)) }).marginFraction).toBeCloseTo(0.1, 10);
    expect(factors({ available: moneyFromUsdt(1000) }).marginFraction).toBeCloseTo(0.1 / (1 + fee), 10);
    expect(factors({ available: moneyFromUsdt(500) }).marginFraction).toBeCloseTo(0.05 / (1 + fee), 10);
  });

  it('is at most what the limit of all margin leaves', () => {
    expect(factors({ marginUsed: moneyFromUsdt(8500) }).marginFraction).toBeCloseTo(0.05 / (1 + fee), 10);
    expect(factors({ marginUsed: moneyFromUsdt(2500), settings: { maxTotalMarginPercent: 30 } }).marginFraction).toBeCloseTo(0.05 / (1 + fee), 10);
  });

  it('L29 over 90 % of equity is never tied up', () => {
    expect(factors({ marginUsed: moneyFromUsdt(8500), settings: { maxTotalMarginPercent: 100 } }).marginFraction).toBeCloseTo(0.05 / (1 + fee), 10);
  });

  it('L8 is refused from the smallest margin on', () => {
    expect(size({ available: moneyFromUsdt(300 * (1 + fee) + 0.01) }).kind).toBe('sized');
    const refused = size({ available: moneyFromUsdt(300 * (1 + fee) - 0.01) });
    expect(refused).toMatchObject({ kind: 'impossible', code: 'insufficient_margin', numbers: { minimumMargin: 300 } });
  });
});

describe('liquidation', () => {
  it('lies one and a half times as far as the stop: leverage falls until it does, and the reason is told', () => {
    // 20 × is liquidated 4.6 % away; a stop 4 % away needs 6 %: with a maintenance of 0.4 % that is at most 15 ×.
    const wish: Wish = { confidence: 1, stop: 57_600, settings: { baseMarginPercent: 3 } };
    const sizing = sized(wish);
    const at = (leverage: number): number => {
      const price = liquidationPrice(sampleInstrument(), { side: 1, quantity: (300 * leverage) / PRICE, entryPrice: PRICE, wallet: 300 });
      return Math.abs(PRICE - (price ?? 0));
    };
    expect(at(sizing.leverage)).toBeGreaterThanOrEqual(1.5 * 2400);
    expect(at(sizing.leverage + 1)).toBeLessThan(1.5 * 2400);
    expect(sizing.factors.leverageLoweredBy).toEqual(['liquidation distance']);
  });

  it('is mirrored for a short', () => {
    const short = factors({ side: 'short', confidence: 1, stop: 62_400, settings: { baseMarginPercent: 3 } });
    expect(short.liquidationPrice).toBeGreaterThanOrEqual(PRICE + 1.5 * 2400);
    expect(short.liquidationPrice).toBeLessThan(PRICE + 1.6 * 2400);
    expect(short.leverageLoweredBy).toEqual(['liquidation distance']);
  });

  it('that no stop can be that far from is refused with both distances', () => {
    // A short at 1 × is liquidated when the price has all but doubled.
    const refused = size({ side: 'short', stop: 61_000, settings: { liquidationDistanceMultiple: 70 } });
    expect(refused).toMatchObject({ kind: 'impossible', code: 'liquidation_too_close', numbers: { needed: 70_000 } });
    if (refused.kind === 'sized') return;
    expect(refused.numbers['distance']).toBeGreaterThan(59_000);
    expect(refused.numbers['distance']).toBeLessThan(60_000);
    expect(factors({ side: 'short', stop: 61_000, settings: { liquidationDistanceMultiple: 59 } }).leverage).toBe(1);
  });

  it('of the position as it is sized is among the factors', () => {
    const { lots: amount, leverage, factors: shown } = sized();
    const value = amount * 60;
    expect(shown.liquidationPrice).toBe(
      liquidationPrice(sampleInstrument(), { side: 1, quantity: amount / 1000, entryPrice: PRICE, wallet: value / leverage }),
    );
  });
});

describe('lots', () => {
  it('stay within the room that exposure leaves and the bracket of the leverage', () => {
    expect(sized({ notionalRoomUsdt: 1200 }).lots).toBe(20);
    const brackets = [
      { bracket: 1, initialLeverage: 20, notionalFloor: 0, notionalCap: 1800, maintenanceMarginRatio: 0.004, cumulative: 0 },
      { bracket: 2, initialLeverage: 2, notionalFloor: 1800, notionalCap: 1e9, maintenanceMarginRatio: 0.01, cumulative: 10.8 },
    ];
    expect(sized({ instrument: sampleInstrument({ brackets }) }).lots).toBe(30);
  });

  it('are on the step of market orders and at most what one takes', () => {
    expect(sized({ instrument: sampleInstrument({ marketStepLots: 7 }) }).lots).toBe(49);
    expect(sized({ instrument: sampleInstrument({ marketMaxLots: lots(33) }) }).lots).toBe(33);
  });

  it('L9 are raised to the smallest order only where every limit still holds', () => {
    expect(sized({ minimumLots: 50 }).lots).toBe(50);
    // 3,000 of value is wanted; up to 13 % of margin at 3 × is 3,900.
    expect(sized({ minimumLots: 65 }).lots).toBe(65);
    expect(sized({ minimumLots: 66 }).lots).toBe(50);
    expect(sized({ minimumLots: 65, notionalRoomUsdt: 3899 }).lots).toBe(50);
    expect(sized({ minimumLots: 65, settings: { maxPositionMarginPercent: 12 } }).lots).toBe(50);
    expect(sized({ minimumLots: 65, settings: { maxPositionMarginPercent: 14 } }).lots).toBe(65);
    expect(sized({ minimumLots: 65, settings: { riskPerTradePercent: 0.313 } }).lots).toBe(65);
    expect(sized({ minimumLots: 65, settings: { riskPerTradePercent: 0.311 } }).lots).toBe(50);
    expect(sized({ minimumLots: 65, available: moneyFromUsdt(1300 * 1.0015 + 0.01) }).lots).toBe(65);
    expect(sized({ minimumLots: 65, available: moneyFromUsdt(1300 * 1.0015 - 0.01) }).lots).toBe(50);
  });

  it('are at most what a person wants, and then tie up that much', () => {
    expect(sized({ mostLots: 20 })).toMatchObject({ lots: lots(20) });
    expect(factors({ mostLots: 20 }).marginFraction).toBeCloseTo(1200 / 3 / EQUITY, 10);
    expect(sized({ mostLots: 500 }).lots).toBe(50);
    expect(factors({ mostLots: 50 }).marginFraction).toBeCloseTo(0.1, 10);
    expect(sized({ mostLots: 20, minimumLots: 30 }).lots).toBe(20);
    expect(sized({ mostLots: 65, minimumLots: 65 }).lots).toBe(65);
  });
});
