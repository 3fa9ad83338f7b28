// Adding to a position: the whole position stays within risk, margin, exposure and liquidation limits, or nothing is added.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { DenialCode } from '../../../src-shared/domain/risk.ts';
import { lots, money, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { reviewAddition, type AdditionRequest } from '../../../src-main/core/risk/addition.ts';
import { sampleInstrument, samplePosition } from '../../support/samples.ts';

const EQUITY = 10_000;
const UNIT = 0.001;

function request(overrides: Partial<AdditionRequest> = {}): AdditionRequest {
  const position = samplePosition({ lots: lots(40), entryPrice: 60_000, leverage: 5 });
  return {
    settings: { ...defaultSettings(), riskPerTradePercent: 1 },
    mode: 'paper',
    tradingState: 'active',
    isFresh: true,
    breaker: 'normal',
    positions: [{ symbol: 'BTCUSDT', side: 'long', notionalUsdt: 2400, correlation: 1 }],
    equity: moneyFromUsdt(EQUITY),
    available: moneyFromUsdt(9000),
    marginUsed: moneyFromUsdt(480),
    price: 60_000,
    instrument: sampleInstrument(),
    position,
    stop: 59_400,
    wantedLots: 20,
    hasPendingOrder: false,
    ...overrides,
  };
}

function outcome(overrides: Partial<AdditionRequest>): DenialCode | 'approved' {
  const verdict = reviewAddition(request(overrides));
  return verdict.kind === 'denied' ? verdict.code : 'approved';
}

describe('an addition by hand', () => {
  it('is what was asked for while every limit leaves room, with the loss of the whole position named', () => {
    const verdict = reviewAddition(request());
    expect(verdict).toMatchObject({ kind: 'approved', approval: { lots: 20, loweredBy: null } });
    if (verdict.kind === 'approved') expect(verdict.approval.lossAtStopUsdt).toBeGreaterThan(60 * UNIT * 600);
  });

  it('is lowered to what the risk per trade leaves for the whole position, and says so', () => {
    const verdict = reviewAddition(request({ wantedLots: 4000 }));
    expect(verdict).toMatchObject({ kind: 'approved', approval: { loweredBy: 'risk_per_trade' } });
    if (verdict.kind === 'approved') expect(verdict.approval.lossAtStopUsdt).toBeLessThanOrEqual(EQUITY * 0.01);
  });

  it.each<readonly [DenialCode, Partial<AdditionRequest>]>([
    ['trading_halted', { tradingState: 'halted' }],
    ['trading_reducing', { tradingState: 'reducing' }],
    ['mode_forbids_orders', { mode: 'live' }],
    ['data_stale', { isFresh: false }],
    ['breaker_blocked', { breaker: 'blocked' }],
    ['symbol_not_tradable', { instrument: null }],
    ['order_pending', { hasPendingOrder: true }],
    ['stop_wrong_side', { stop: null }],
    ['stop_wrong_side', { stop: 60_100 }],
    ['risk_per_trade', { settings: { ...defaultSettings(), riskPerTradePercent: 0.05 } }],
    ['insufficient_margin', { available: money(0) }],
    ['gross_exposure', { settings: { ...defaultSettings(), maxGrossExposurePercent: 10, riskPerTradePercent: 5 } }],
    [
      'liquidation_too_close',
      {
        position: samplePosition({ lots: lots(40), entryPrice: 60_000, leverage: 20 }),
        stop: 57_500,
        settings: { ...defaultSettings(), riskPerTradePercent: 5 },
      },
    ],
  ])('is denied with %s', (code, overrides) => {
    expect(outcome(overrides)).toBe(code);
  });

  it('may follow a stop that already locks in a profit: what is held cannot lose', () => {
    const verdict = reviewAddition(request({ stop: 60_600, price: 61_200 }));
    expect(verdict).toMatchObject({ kind: 'approved', approval: { lots: 20 } });
  });

  it('L29 never lets the whole position lose more than the limit, nor tie up more than is free, whatever is wanted', () => {
    fc.assert(
      fc.property(
        fc.record({
          held: fc.integer({ min: 1, max: 200 }),
          wanted: fc.integer({ min: 1, max: 100_000 }),
          stop: fc.double({ min: 55_000, max: 61_500, noNaN: true }),
          price: fc.double({ min: 58_000, max: 62_000, noNaN: true }),
          leverage: fc.integer({ min: 1, max: 20 }),
          available: fc.integer({ min: 0, max: 10_000 }),
        }),
        ({ held, wanted, stop, price, leverage, available }) => {
          const verdict = reviewAddition(
            request({
              position: samplePosition({ lots: lots(held), entryPrice: 60_000, leverage }),
              wantedLots: wanted,
              stop,
              price,
              available: moneyFromUsdt(available),
            }),
          );
          if (verdict.kind === 'denied') return;
          const { approval } = verdict;
          expect(approval.lots).toBeLessThanOrEqual(wanted);
          const plainLoss = held * UNIT * Math.max(0, 60_000 - stop) + approval.lots * UNIT * (price - stop);
          expect(plainLoss).toBeLessThanOrEqual(EQUITY * 0.01 + 1e-6);
          expect((approval.lots * UNIT * price) / leverage).toBeLessThanOrEqual(available);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
