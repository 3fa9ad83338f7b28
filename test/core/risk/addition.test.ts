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

/** One limit is the tightest, the others are far away: what it leaves is worked out by hand. A lot is worth 60, its loss at the stop 0.78. */
describe('each limit of an addition', () => {
  const wide = { ...defaultSettings(), riskPerTradePercent: 5, maxGrossExposurePercent: 2000, maxNetExposurePercent: 2000, maxClusterExposurePercent: 2000 };
  const all = { wantedLots: 4000 };
  const held = (overrides: Parameters<typeof samplePosition>[0]): Partial<AdditionRequest> => ({
    position: samplePosition({ lots: lots(40), entryPrice: 60_000, leverage: 5, ...overrides }),
  });
  const bracket = (notionalCap: number) =>
    sampleInstrument({ brackets: [{ bracket: 1, initialLeverage: 20, notionalFloor: 0, notionalCap, maintenanceMarginRatio: 0.004, cumulative: 0 }] });

  it.each<readonly [string, Partial<AdditionRequest>, number, DenialCode]>([
    // 40 lots lose 0.04 × (600 + 148.5 + 30) = 31.14; of 100 are left 68.86.
    ['the risk per trade', { ...all }, 88, 'risk_per_trade'],
    // 0.04 × (−100 + 148.5 + 29.65) = 3.13.
    ['the risk per trade of a stop just beyond the entry', { ...all, ...held({ entryPrice: 59_300 }) }, 124, 'risk_per_trade'],
    ['the risk per trade where the stop locks in a profit', { ...all, ...held({ entryPrice: 58_000 }) }, 128, 'risk_per_trade'],
    // 0.04 × (600 + 151.5 + 30) = 31.26.
    ['the risk per trade of a short', { ...all, ...held({ side: 'short' }), stop: 60_600, positions: [] }, 88, 'risk_per_trade'],
    ['the risk per trade of a short in profit', { ...all, ...held({ side: 'short', entryPrice: 62_000 }), stop: 60_600, positions: [] }, 128, 'risk_per_trade'],
    // A lot ties up 60 × (1/5 + 0.0005) = 12.03.
    ['what is available', { ...all, settings: wide, available: moneyFromUsdt(100) }, 8, 'insufficient_margin'],
    ['what is available, without leverage', { ...all, ...held({ leverage: 1 }), settings: wide, available: moneyFromUsdt(600) }, 9, 'insufficient_margin'],
    ['the limit of all margin', { ...all, settings: { ...wide, maxTotalMarginPercent: 30 }, marginUsed: moneyFromUsdt(2800) }, 16, 'insufficient_margin'],
    ['L29 90 % of equity', { ...all, settings: { ...wide, maxTotalMarginPercent: 100 }, marginUsed: moneyFromUsdt(8800) }, 16, 'insufficient_margin'],
    // 600 less the 480 that are tied up.
    ['the limit of one position’s margin', { ...all, settings: { ...wide, maxPositionMarginPercent: 6 } }, 9, 'insufficient_margin'],
    [
      'L29 half of equity',
      { ...all, ...held({ lots: lots(400) }), settings: { ...wide, maxPositionMarginPercent: 90 }, positions: [] },
      16,
      'insufficient_margin',
    ],
    ['exposure', { ...all, settings: { ...wide, maxClusterExposurePercent: 30 } }, 10, 'cluster_exposure'],
    ['the bracket of the leverage', { ...all, settings: wide, instrument: bracket(3000) }, 10, 'leverage_not_allowed'],
  ])('%s', (_what, overrides, amount, loweredBy) => {
    expect(reviewAddition(request(overrides))).toMatchObject({ kind: 'approved', approval: { lots: amount, loweredBy } });
  });

  it('names the loss of the whole position, costs included', () => {
    const verdict = reviewAddition(request());
    expect(verdict.kind === 'approved' && verdict.approval.lossAtStopUsdt).toBeCloseTo(31.14 + 20 * 0.78, 6);
  });

  it('is not called lowered where it is as many as wanted, or fewer only for the step and most of a market order', () => {
    const of = (overrides: Partial<AdditionRequest>): unknown => reviewAddition(request(overrides));
    expect(of({ wantedLots: 88 })).toMatchObject({ approval: { lots: 88, loweredBy: null } });
    expect(of({ wantedLots: 89 })).toMatchObject({ approval: { lots: 88, loweredBy: 'risk_per_trade' } });
    expect(of({ instrument: sampleInstrument({ marketStepLots: 7 }) })).toMatchObject({ approval: { lots: 14, loweredBy: null } });
    expect(of({ instrument: sampleInstrument({ marketMaxLots: lots(15) }) })).toMatchObject({ approval: { lots: 15, loweredBy: null } });
  });

  it.each<readonly [string, Partial<AdditionRequest>, DenialCode | 'approved']>([
    ['a lot is worth less than the exchange takes', { wantedLots: 1 }, 'below_minimum_notional'],
    ['two are worth enough', { wantedLots: 2 }, 'approved'],
    ['our own smallest value counts where it is more', { wantedLots: 8, settings: { ...wide, minNotionalUsdt: 500 } }, 'below_minimum_notional'],
    ['just above it', { wantedLots: 9, settings: { ...wide, minNotionalUsdt: 500 } }, 'approved'],
    ['exactly the smallest value', { wantedLots: 8, settings: { ...wide, minNotionalUsdt: 480 } }, 'approved'],
    ['fewer than the smallest quantity', { wantedLots: 4, instrument: sampleInstrument({ minLots: lots(5) }) }, 'below_minimum_quantity'],
    ['exactly the smallest quantity', { wantedLots: 5, instrument: sampleInstrument({ minLots: lots(5) }) }, 'approved'],
    ['fewer than the smallest of a market order', { wantedLots: 4, instrument: sampleInstrument({ marketMinLots: lots(5) }) }, 'below_minimum_quantity'],
    ['less than one step', { wantedLots: 6, instrument: sampleInstrument({ marketStepLots: 7 }) }, 'below_minimum_quantity'],
    ['a limit that leaves less than the smallest value is the reason', { settings: wide, available: moneyFromUsdt(15) }, 'insufficient_margin'],
    ['a limit that leaves nothing is the reason', { settings: wide, available: moneyFromUsdt(0) }, 'insufficient_margin'],
    ['a stop at the price', { stop: 60_000 }, 'stop_wrong_side'],
    ['a stop a tick below it', { stop: 59_999.9, settings: wide }, 'approved'],
    ['a stop above the price of a long', { stop: 60_100 }, 'stop_wrong_side'],
    ['a stop below the price of a short', { ...held({ side: 'short' }), positions: [] }, 'stop_wrong_side'],
    ['no stop', { stop: null }, 'stop_wrong_side'],
  ])('%s', (_what, overrides, expected) => expect(outcome(overrides)).toBe(expected));

  it.each<readonly [string, Partial<AdditionRequest>, DenialCode | 'approved']>([
    // At 20 × a long is liquidated some 4.6 % away, 2,771 USDT.
    ['a long whose stop asks for 2,700', { ...held({ leverage: 20 }), stop: 58_200, wantedLots: 2, settings: wide }, 'approved'],
    ['a long whose stop asks for 2,850', { ...held({ leverage: 20 }), stop: 58_100, wantedLots: 2, settings: wide }, 'liquidation_too_close'],
    // A short 2,749.
    ['a short whose stop asks for 2,700', { ...held({ side: 'short', leverage: 20 }), stop: 61_800, wantedLots: 2, settings: wide, positions: [] }, 'approved'],
    [
      'a short whose stop asks for 2,850',
      { ...held({ side: 'short', leverage: 20 }), stop: 61_900, wantedLots: 2, settings: wide, positions: [] },
      'liquidation_too_close',
    ],
  ])('liquidation of %s', (_what, overrides, expected) => expect(outcome(overrides)).toBe(expected));

  it('liquidation of a short is nearer than that of a long, by what maintenance makes of it', () => {
    // 1.5 × 1,840 lies between 2,749 and 2,771.
    expect(outcome({ ...held({ leverage: 20 }), stop: 58_160, wantedLots: 2, settings: wide })).toBe('approved');
    expect(outcome({ ...held({ side: 'short', leverage: 20 }), stop: 61_840, wantedLots: 2, settings: wide, positions: [] })).toBe('liquidation_too_close');
  });

  it('gives the numbers behind a refusal', () => {
    expect(reviewAddition(request({ wantedLots: 1 }))).toMatchObject({ numbers: { notionalUsdt: 60, minimumUsdt: 100 } });
    expect(reviewAddition(request({ stop: 60_100 }))).toMatchObject({ numbers: { price: 60_000, stop: 60_100 } });
    expect(reviewAddition(request({ settings: wide, available: moneyFromUsdt(-100), wantedLots: 9 }))).toMatchObject({ numbers: { lots: 0, wanted: 9 } });
  });

  it('liquidation is that of the mean entry after the addition', () => {
    // Held at 50,000; what is added at 60,000 brings the mean entry, and with it the liquidation, nearer to the price.
    const rich = { equity: moneyFromUsdt(100_000), available: moneyFromUsdt(90_000), settings: wide, stop: 57_500, positions: [] };
    const old = held({ entryPrice: 50_000, leverage: 20 });
    expect(outcome({ ...rich, ...old, wantedLots: 40 })).toBe('approved');
    expect(outcome({ ...rich, ...old, wantedLots: 400 })).toBe('liquidation_too_close');
  });

  it('without leverage nothing liquidates a long', () => {
    expect(outcome({ ...held({ leverage: 1 }), stop: 54_000, settings: { ...wide, liquidationDistanceMultiple: 10 }, wantedLots: 2 })).toBe('approved');
  });
});
