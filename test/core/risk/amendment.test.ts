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
    expect(plan({ ...short, stopBefore: 59_600, stop: 60_500 })).toMatchObject({ kind: 'too_large', limit: 'risk_per_trade' });
    expect(plan({ ...short, stopBefore: 59_600, stop: 58_900 })).toMatchObject({ kind: 'denied', code: 'stop_wrong_side' });
  });
});
