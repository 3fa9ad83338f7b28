// Another price for a resting entry: the whole position stays within risk, margin, exposure and liquidation limits, or it stays where it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { DenialCode } from '../../../src-shared/domain/risk.ts';
import { lots, money, moneyFromUsdt, ticks } from '../../../src-shared/kernel/units.ts';
import { reviewAmendment, reviewPlan, type AmendmentRequest } from '../../../src-main/core/risk/amendment.ts';
import { sampleInstrument, samplePosition } from '../../support/samples.ts';

const EQUITY = 10_000;
const UNIT = 0.001;
/** Sample ticks are tenths of a USDT: a long entry rests at 59 000, its stop is at 58 400, the price 60 000. */
const at = (price: number): ReturnType<typeof ticks> => ticks(price * 10);

function request(overrides: Partial<AmendmentRequest> = {}): AmendmentRequest {
  return {
    settings: { ...defaultSettings(), riskPerTradePercent: 1 },
    mode: 'paper',
    tradingState: 'active',
    isFresh: true,
    breaker: 'normal',
    positions: [],
    equity: moneyFromUsdt(EQUITY),
    available: moneyFromUsdt(9000),
    marginUsed: money(0),
    price: 60_000,
    instrument: sampleInstrument(),
    position: samplePosition({ phase: 'opening', lots: lots(0), entryPrice: 59_000, leverage: 5 }),
    stop: 58_400,
    target: 61_000,
    order: { price: at(59_000), lots: lots(100), filledLots: lots(0) },
    wanted: at(59_100),
    hasPendingOrder: false,
    ...overrides,
  };
}

function outcome(overrides: Partial<AmendmentRequest>): DenialCode | 'approved' {
  const verdict = reviewAmendment(request(overrides));
  return verdict.kind === 'denied' ? verdict.code : 'approved';
}

describe('another price for a resting entry', () => {
  it('keeps its quantity while every limit leaves room, and names the loss at the stop from there', () => {
    const verdict = reviewAmendment(request({ order: { price: at(59_000), lots: lots(50), filledLots: lots(0) } }));
    expect(verdict).toMatchObject({ kind: 'approved', approval: { price: at(59_100), lots: 50, loweredBy: null } });
    if (verdict.kind === 'approved') expect(verdict.approval.lossAtStopUsdt).toBeGreaterThan(50 * UNIT * 700);
  });

  it('is lowered to what the risk per trade leaves farther from the stop, never raised nearer to it', () => {
    const away = reviewAmendment(request({ wanted: at(59_800) }));
    expect(away).toMatchObject({ kind: 'approved', approval: { loweredBy: 'risk_per_trade' } });
    if (away.kind === 'approved') {
      expect(away.approval.lots).toBeLessThan(100);
      expect(away.approval.lossAtStopUsdt).toBeLessThanOrEqual(EQUITY * 0.01);
    }
    const nearer = reviewAmendment(request({ wanted: at(58_800) }));
    expect(nearer).toMatchObject({ kind: 'approved', approval: { lots: 100, loweredBy: null } });
  });

  it('what has filled already counts with its own entry price, and is never given back', () => {
    const position = samplePosition({ phase: 'open', lots: lots(60), entryPrice: 59_000, leverage: 5 });
    const order = { price: at(59_000), lots: lots(100), filledLots: lots(60) };
    const verdict = reviewAmendment(request({ position, order, wanted: at(59_900) }));
    expect(verdict).toMatchObject({ kind: 'approved' });
    if (verdict.kind === 'approved') {
      expect(verdict.approval.lots).toBeGreaterThan(60);
      expect(verdict.approval.lossAtStopUsdt).toBeLessThanOrEqual(EQUITY * 0.01);
    }
    expect(outcome({ position, order, settings: { ...defaultSettings(), riskPerTradePercent: 0.1 } })).toBe('risk_per_trade');
  });

  it.each<readonly [DenialCode, Partial<AmendmentRequest>]>([
    ['trading_halted', { tradingState: 'halted' }],
    ['trading_reducing', { tradingState: 'reducing' }],
    ['mode_forbids_orders', { mode: 'live' }],
    ['data_stale', { isFresh: false }],
    ['breaker_blocked', { breaker: 'blocked' }],
    ['symbol_not_tradable', { instrument: null }],
    ['order_pending', { hasPendingOrder: true }],
    ['stop_wrong_side', { stop: null }],
    ['stop_wrong_side', { wanted: at(58_300) }],
    ['stop_wrong_side', { wanted: at(61_100), price: 62_000 }],
    ['stop_too_close', { wanted: at(58_410) }],
    ['stop_too_far', { stop: 30_000 }],
    ['fills_at_once', { wanted: at(60_000) }],
    ['risk_per_trade', { settings: { ...defaultSettings(), riskPerTradePercent: 0.002 } }],
    ['gross_exposure', { settings: { ...defaultSettings(), maxGrossExposurePercent: 0.1, riskPerTradePercent: 5 } }],
    ['insufficient_margin', { marginUsed: moneyFromUsdt(8999), settings: { ...defaultSettings(), riskPerTradePercent: 5, maxTotalMarginPercent: 90 } }],
  ])('is refused with %s', (code, overrides) => {
    expect(outcome(overrides)).toBe(code);
  });

  it('a short entry is judged as a mirror', () => {
    const short = samplePosition({ side: 'short', phase: 'opening', lots: lots(0), entryPrice: 61_000, leverage: 5 });
    const mirrored = { position: short, stop: 61_600, target: 59_000, order: { price: at(61_000), lots: lots(50), filledLots: lots(0) } };
    expect(outcome({ ...mirrored, wanted: at(60_900) })).toBe('approved');
    expect(outcome({ ...mirrored, wanted: at(61_700) })).toBe('stop_wrong_side');
    expect(outcome({ ...mirrored, wanted: at(60_000) })).toBe('fills_at_once');
  });

  it('whatever is approved loses no more than the limit at its stop and never grows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 58_450, max: 59_990 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        (price, quantity, riskPerTradePercent, leverage) => {
          const position = samplePosition({ phase: 'opening', lots: lots(0), entryPrice: 59_000, leverage });
          const order = { price: at(59_000), lots: lots(quantity), filledLots: lots(0) };
          const settings = { ...defaultSettings(), riskPerTradePercent };
          const verdict = reviewAmendment(request({ wanted: at(price), order, position, settings }));
          if (verdict.kind === 'denied') return;
          expect(verdict.approval.lossAtStopUsdt).toBeLessThanOrEqual((EQUITY * riskPerTradePercent) / 100 + 1e-6);
          expect(verdict.approval.lots).toBeLessThanOrEqual(quantity);
        },
      ),
    );
  });
});

describe('another stop and target for a resting entry', () => {
  /** The order stays at 59 000; its stop was at 58 400. */
  const plan = (overrides: Partial<AmendmentRequest> & { readonly stopBefore?: number | null } = {}): ReturnType<typeof reviewPlan> =>
    reviewPlan({ ...request(overrides), stopBefore: 58_400, ...overrides });

  it('names the loss of the whole order at the new stop, costs included', () => {
    // 0.1 coins, 800 USDT from the stop, two taker fees and the slippage bound of the value.
    const costs = 0.1 * 59_000 * (0.001 + defaultSettings().maxSlippagePercent / 100);
    const verdict = plan({ stop: 58_200 });
    expect(verdict.kind).toBe('approved');
    if (verdict.kind === 'approved') expect(verdict.lossAtStopUsdt).toBeCloseTo(0.1 * 800 + costs, 6);
  });

  it('counts what has filled at its own price', () => {
    const filled = { price: at(59_000), lots: lots(100), filledLots: lots(40) };
    const position = samplePosition({ phase: 'open', lots: lots(40), entryPrice: 58_900, leverage: 5 });
    const costs = (0.04 * 58_900 + 0.06 * 59_000) * (0.001 + defaultSettings().maxSlippagePercent / 100);
    const verdict = plan({ stop: 58_300, order: filled, position });
    if (verdict.kind !== 'approved') throw new Error(verdict.kind);
    expect(verdict.lossAtStopUsdt).toBeCloseTo(0.04 * 600 + 0.06 * 700 + costs, 6);
  });

  it('is too large where a limit leaves fewer lots than the order has at a wider stop, and says which and how many', () => {
    const verdict = plan({ stop: 57_500 });
    expect(verdict).toMatchObject({ kind: 'too_large', limit: 'risk_per_trade' });
    if (verdict.kind !== 'too_large') return;
    const loss = (amount: number): number => amount * UNIT * 59_000 * (1500 / 59_000 + 0.001 + defaultSettings().maxSlippagePercent / 100);
    expect(loss(verdict.room)).toBeLessThanOrEqual(EQUITY * 0.01);
    expect(loss(verdict.room + 1)).toBeGreaterThan(EQUITY * 0.01);
  });

  it('a stop as far as before, or nearer, is not measured against the limits; nor is a target', () => {
    const poor = { available: moneyFromUsdt(0), equity: moneyFromUsdt(100) };
    expect(plan({ ...poor, stop: 58_400, target: 62_000 }).kind).toBe('approved');
    expect(plan({ ...poor, stop: 58_500 }).kind).toBe('approved');
    expect(plan({ ...poor, stop: 58_399.9 }).kind).not.toBe('approved');
  });

  it('a wider stop needs leave to open anything, a nearer one does not', () => {
    expect(plan({ stop: 58_300, tradingState: 'reducing' })).toMatchObject({ kind: 'denied', code: 'trading_reducing' });
    expect(plan({ stop: 58_500, tradingState: 'reducing' }).kind).toBe('approved');
  });

  it('a wider stop keeps its distance from liquidation', () => {
    const small = { price: at(59_000), lots: lots(10), filledLots: lots(0) };
    const position = samplePosition({ phase: 'opening', lots: lots(0), entryPrice: 59_000, leverage: 18 });
    expect(plan({ order: small, position, stop: 57_200 }).kind).toBe('approved');
    expect(plan({ order: small, position, stop: 56_700 })).toMatchObject({ kind: 'denied', code: 'liquidation_too_close' });
  });

  it('an entry without a stop gets one only within every limit', () => {
    expect(
      plan({
        stopBefore: null,
        stop: 58_500,
        settings: { ...defaultSettings(), riskPerTradePercent: 1 },
        order: { price: at(59_000), lots: lots(10), filledLots: lots(0) },
      }).kind,
    ).toBe('approved');
    expect(plan({ stopBefore: null, stop: 58_500, order: { price: at(59_000), lots: lots(1000), filledLots: lots(0) } })).toMatchObject({ kind: 'too_large' });
  });

  it('an entry that the price has reached may still get another stop; it is about to fill', () => {
    expect(plan({ price: 58_990, stop: 58_500 }).kind).toBe('approved');
    expect(plan({ price: 58_990, stop: 58_300 }).kind).toBe('approved');
  });

  it.each<readonly [string, Partial<AmendmentRequest>, DenialCode]>([
    ['no stop', { stop: null }, 'stop_wrong_side'],
    ['a contract without rules', { instrument: null }, 'symbol_not_tradable'],
    ['a change under way', { hasPendingOrder: true, stop: 58_500 }, 'order_pending'],
    ['a stop on the other side', { stop: 59_100 }, 'stop_wrong_side'],
    ['a target on the other side', { target: 58_900 }, 'stop_wrong_side'],
  ])('%s is refused', (_what, overrides, code) => {
    expect(plan(overrides)).toMatchObject({ kind: 'denied', code });
  });

  it('is mirrored for a short', () => {
    const short = {
      position: samplePosition({ side: 'short', phase: 'opening', lots: lots(0), entryPrice: 59_000, leverage: 5 }),
      target: 57_000,
      price: 58_000,
    };
    expect(plan({ ...short, stopBefore: 59_600, stop: 59_500 }).kind).toBe('approved');
    expect(plan({ ...short, stopBefore: 59_600, stop: 59_500, tradingState: 'reducing' }).kind).toBe('approved');
    expect(plan({ ...short, stopBefore: 59_600, stop: 60_500 })).toMatchObject({ kind: 'too_large', limit: 'risk_per_trade' });
    expect(plan({ ...short, stopBefore: 59_600, stop: 58_900 })).toMatchObject({ kind: 'denied', code: 'stop_wrong_side' });
  });
});

/** One limit is the tightest, the others are far away. At 59 100 a lot is worth 59.1 and loses 0.7 + 0.1773 at the stop. */
describe('each limit of another price', () => {
  const wide = { ...defaultSettings(), riskPerTradePercent: 5, maxGrossExposurePercent: 2000, maxNetExposurePercent: 2000, maxClusterExposurePercent: 2000 };
  const ordered = (amount: number, filledLots = 0): Partial<AmendmentRequest> => ({
    order: { price: at(59_000), lots: lots(amount), filledLots: lots(filledLots) },
    ...(filledLots > 0 ? { position: samplePosition({ phase: 'open', lots: lots(filledLots), entryPrice: 58_900, leverage: 5 }) } : {}),
  });
  const bracket = (notionalCap: number) =>
    sampleInstrument({ brackets: [{ bracket: 1, initialLeverage: 20, notionalFloor: 0, notionalCap, maintenanceMarginRatio: 0.004, cumulative: 0 }] });

  const unlevered: Partial<AmendmentRequest> = {
    ...ordered(1000),
    position: samplePosition({ phase: 'opening', lots: lots(0), entryPrice: 59_000, leverage: 1 }),
  };
  it.each<readonly [string, Partial<AmendmentRequest>, number, DenialCode]>([
    ['the risk per trade', ordered(1000), 113, 'risk_per_trade'],
    // What has filled loses 0.04 × 500 + 7.07; 72.93 are left for the rest.
    ['the risk per trade with a part filled', ordered(1000, 40), 123, 'risk_per_trade'],
    [
      'all margin, without leverage',
      { ...unlevered, settings: { ...wide, maxTotalMarginPercent: 30 }, marginUsed: moneyFromUsdt(2400) },
      10,
      'insufficient_margin',
    ],
    // The margin of the order at 59 000 is given back; at 59 100 it carries a little less.
    ['the margin it has, with nothing else free', { ...ordered(50), settings: wide, available: moneyFromUsdt(0) }, 49, 'insufficient_margin'],
    ['the margin of the rest, with a part filled', { ...ordered(50, 20), settings: wide, available: moneyFromUsdt(0) }, 49, 'insufficient_margin'],
    [
      'the limit of all margin',
      { ...ordered(1000), settings: { ...wide, maxTotalMarginPercent: 30 }, marginUsed: moneyFromUsdt(2900) },
      8,
      'insufficient_margin',
    ],
    ['L29 90 % of equity', { ...ordered(1000), settings: { ...wide, maxTotalMarginPercent: 100 }, marginUsed: moneyFromUsdt(8900) }, 8, 'insufficient_margin'],
    ['the limit of one position’s margin', { ...ordered(1000), settings: { ...wide, maxPositionMarginPercent: 1 } }, 8, 'insufficient_margin'],
    // 600 less 471.2 that are tied up.
    ['that limit with a part filled', { ...ordered(1000, 40), settings: { ...wide, maxPositionMarginPercent: 6 } }, 50, 'insufficient_margin'],
    ['L29 half of equity', { ...ordered(1000), settings: { ...wide, maxPositionMarginPercent: 90 } }, 421, 'insufficient_margin'],
    ['exposure', { ...ordered(1000), settings: { ...wide, maxClusterExposurePercent: 10 } }, 16, 'cluster_exposure'],
    // 1,000 less 589.
    ['exposure with a part filled', { ...ordered(1000, 10), settings: { ...wide, maxClusterExposurePercent: 10 } }, 16, 'cluster_exposure'],
    ['the bracket of the leverage', { ...ordered(1000), settings: wide, instrument: bracket(1000) }, 16, 'leverage_not_allowed'],
    ['the bracket with a part filled', { ...ordered(1000, 10), settings: wide, instrument: bracket(1000) }, 16, 'leverage_not_allowed'],
  ])('%s', (_what, overrides, amount, loweredBy) => {
    expect(reviewAmendment(request(overrides))).toMatchObject({ kind: 'approved', approval: { lots: amount, loweredBy } });
  });

  it('a price as good as the old one needs no more margin than the order has', () => {
    expect(reviewAmendment(request({ ...ordered(50), settings: wide, available: moneyFromUsdt(2) }))).toMatchObject({
      approval: { lots: 50, loweredBy: null },
    });
    expect(reviewAmendment(request({ ...ordered(50), settings: wide, available: moneyFromUsdt(0), wanted: at(58_900) }))).toMatchObject({
      approval: { lots: 50 },
    });
  });

  it('names the loss of the whole position, costs included', () => {
    const lossOf = (overrides: Partial<AmendmentRequest>): number | false => {
      const verdict = reviewAmendment(request(overrides));
      return verdict.kind === 'approved' && verdict.approval.lossAtStopUsdt;
    };
    expect(lossOf(ordered(50))).toBeCloseTo(50 * (0.7 + 59.1 * 0.003), 6);
    expect(lossOf(ordered(50, 20))).toBeCloseTo(20 * (0.5 + 58.9 * 0.003) + 30 * (0.7 + 59.1 * 0.003), 6);
  });

  it.each<readonly [string, Partial<AmendmentRequest>, DenialCode | 'approved']>([
    ['an order of one lot is worth less than the exchange takes', ordered(1), 'below_minimum_notional'],
    ['of two it is worth enough', ordered(2), 'approved'],
    ['our own smallest value counts where it is more', { ...ordered(8), settings: { ...wide, minNotionalUsdt: 473 } }, 'below_minimum_notional'],
    ['just above it', { ...ordered(8), settings: { ...wide, minNotionalUsdt: 472 } }, 'approved'],
    [
      'a limit that leaves less than the smallest value is the reason',
      { ...ordered(1000), settings: { ...wide, maxPositionMarginPercent: 0.2 } },
      'insufficient_margin',
    ],
    [
      'a limit that leaves fewer than the smallest quantity is the reason',
      { ...ordered(1000), instrument: sampleInstrument({ minLots: lots(114) }) },
      'risk_per_trade',
    ],
    ['just as many as the smallest quantity', { ...ordered(1000), instrument: sampleInstrument({ minLots: lots(113) }) }, 'approved'],
    ['an order smaller than the smallest quantity', { ...ordered(50), instrument: sampleInstrument({ minLots: lots(51) }) }, 'below_minimum_quantity'],
    ['nothing left for the rest', { ...ordered(1000, 40), settings: { ...wide, maxPositionMarginPercent: 4.72 } }, 'insufficient_margin'],
    ['something left for the rest', { ...ordered(1000, 40), settings: { ...wide, maxPositionMarginPercent: 4.84 } }, 'approved'],
    ['at its stop', { wanted: at(58_400) }, 'stop_wrong_side'],
    ['at its target', { wanted: at(59_500), target: 59_500 }, 'stop_wrong_side'],
    ['a tick from its target', { wanted: at(59_100), target: 59_100.1 }, 'approved'],
    ['exactly the smallest value', { ...ordered(8), settings: { ...wide, minNotionalUsdt: 472.8 } }, 'approved'],
    ['without a target', { target: null }, 'approved'],
    ['as near to the stop as is allowed', { wanted: at(60_000), stop: 59_820, price: 61_000, ...ordered(50) }, 'approved'],
    ['a tick nearer', { wanted: at(60_000), stop: 59_820.3, price: 61_000, ...ordered(50) }, 'stop_too_close'],
    ['as far from the stop as is allowed', { wanted: at(60_000), stop: 54_000, price: 61_000, ...ordered(5) }, 'approved'],
    ['a tick farther', { wanted: at(60_000), stop: 53_999.9, price: 61_000, ...ordered(5) }, 'stop_too_far'],
    ['at the price', { wanted: at(60_000) }, 'fills_at_once'],
    ['a tick below it', { wanted: at(59_999.9), ...ordered(20) }, 'approved'],
  ])('%s', (_what, overrides, expected) => expect(outcome(overrides)).toBe(expected));

  it('tells the levels that do not fit', () => {
    expect(reviewAmendment(request({ wanted: at(58_300) }))).toMatchObject({ numbers: { price: 58_300, stop: 58_400, target: 61_000 } });
  });

  it('without leverage nothing liquidates a long, however far its stop', () => {
    expect(
      outcome({ ...unlevered, ...ordered(10), wanted: at(60_000), price: 61_000, stop: 54_000, settings: { ...wide, liquidationDistanceMultiple: 9 } }),
    ).toBe('approved');
  });

  it('tells the fewest lots that would do', () => {
    expect(reviewAmendment(request({ ...ordered(50), instrument: sampleInstrument({ minLots: lots(51) }) }))).toMatchObject({
      numbers: { lots: 50, minimum: 51 },
    });
    const full = { ...ordered(1000, 40), settings: { ...wide, maxPositionMarginPercent: 4.72 } };
    expect(reviewAmendment(request(full))).toMatchObject({ numbers: { lots: 40, minimum: 41 } });
  });

  it.each<readonly [string, Partial<AmendmentRequest>, DenialCode | 'approved']>([
    // At 20 × a long from 60 000 is liquidated some 4.6 % away, 2,771 USDT; a short 2,749.
    ['a long whose stop asks for 2,700', { stop: 58_200 }, 'approved'],
    ['a long whose stop asks for 2,760', { stop: 58_160 }, 'approved'],
    ['a long whose stop asks for 2,850', { stop: 58_100 }, 'liquidation_too_close'],
  ])('liquidation of %s', (_what, overrides, expected) => {
    const position = samplePosition({ phase: 'opening', lots: lots(0), entryPrice: 59_000, leverage: 20 });
    expect(outcome({ ...ordered(10), position, wanted: at(60_000), price: 61_000, target: 63_000, settings: wide, ...overrides })).toBe(expected);
  });

  it.each<readonly [number, DenialCode | 'approved']>([
    [61_800, 'approved'],
    [61_840, 'liquidation_too_close'],
  ])('liquidation of a short with its stop at %i', (stop, expected) => {
    const position = samplePosition({ side: 'short', phase: 'opening', lots: lots(0), entryPrice: 61_000, leverage: 20 });
    const order = { price: at(61_000), lots: lots(10), filledLots: lots(0) };
    expect(outcome({ order, position, wanted: at(60_000), price: 59_000, target: 57_000, stop, settings: wide })).toBe(expected);
  });
});
