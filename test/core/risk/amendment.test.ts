// Another price for a resting entry: the whole position stays within risk, margin, exposure and liquidation limits, or it stays where it is.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { DenialCode } from '../../../src-shared/domain/risk.ts';
import { lots, money, moneyFromUsdt, ticks } from '../../../src-shared/kernel/units.ts';
import { reviewAmendment, type AmendmentRequest } from '../../../src-main/core/risk/amendment.ts';
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
