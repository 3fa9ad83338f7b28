// The risk manager: every denial code by name, and the hard caps nothing can move.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { DENIAL_CODES, type DenialCode } from '../../../src-shared/domain/risk.ts';
import { epochMs, lots, money, moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { review, type RiskRequest } from '../../../src-main/core/risk/manager.ts';
import { lossFraction } from '../../../src-main/core/risk/sizing.ts';
import { sampleInstrument, sampleSignal } from '../../support/samples.ts';

const usdt = (amount: number): ReturnType<typeof money> => money(Math.round(amount * 1e8));
const NOW = epochMs(1_760_000_200_000);

function request(change: Partial<RiskRequest> = {}): RiskRequest {
  return {
    now: NOW, signal: sampleSignal(), instrument: sampleInstrument(), settings: defaultSettings(), mode: 'simulated', tradingState: 'active', isPaused: false, isSymbolPaused: false, isFresh: true, breaker: 'normal', hasPendingOrder: false, positions: [],
    equity: usdt(10_000), available: usdt(10_000), marginUsed: usdt(0), price: 60_000, quoteVolume24h: 5e9, drawdownFraction: 0, atrRatio: 1, record: { expectancyR: Number.NaN, lossesInRow: 0, lossesInRowOnSymbol: 0, lastLossOnSymbolAt: null }, ...change,
  };
}

function codeOf(change: Partial<RiskRequest>): string {
  const verdict = review(request(change));
  return verdict.kind === 'denied' ? verdict.code : 'approved';
}

const settings = (change: Partial<ReturnType<typeof defaultSettings>>): { readonly settings: ReturnType<typeof defaultSettings> } => ({ settings: { ...defaultSettings(), ...change } });
const plan = (change: Partial<ReturnType<typeof sampleSignal>['plan']>): { readonly signal: ReturnType<typeof sampleSignal> } => ({ signal: sampleSignal({ plan: { ...sampleSignal().plan, ...change } }) });
const other = (notionalUsdt: number, correlation: number, symbol = 'ETHUSDT'): RiskRequest['positions'][number] => ({ symbol, side: 'long', notionalUsdt, correlation });

const DENIED: readonly (readonly [DenialCode, Partial<RiskRequest>])[] = [
  ['trading_halted', { tradingState: 'halted' }],
  ['trading_reducing', { tradingState: 'reducing' }],
  ['automation_paused', { isPaused: true }],
  ['mode_forbids_orders', { mode: 'live' }],
  ['data_stale', { isFresh: false }],
  ['breaker_blocked', { breaker: 'blocked' }],
  ['symbol_not_tradable', { instrument: sampleInstrument({ status: 'SETTLING' }) }],
  ['symbol_paused', { isSymbolPaused: true }],
  ['position_exists', { positions: [other(100, 1, 'BTCUSDT')] }],
  ['opposing_position', { positions: [{ ...other(100, 1, 'BTCUSDT'), side: 'short' }] }],
  ['order_pending', { hasPendingOrder: true }],
  ['symbol_cooldown', { record: { expectancyR: Number.NaN, lossesInRow: 1, lossesInRowOnSymbol: 1, lastLossOnSymbolAt: epochMs(NOW - 60_000) } }],
  ['losing_streak', { record: { expectancyR: Number.NaN, lossesInRow: 5, lossesInRowOnSymbol: 5, lastLossOnSymbolAt: epochMs(NOW - 2 * 3_600_000) } }],
  ['negative_expectancy', { record: { expectancyR: -0.5, lossesInRow: 0, lossesInRowOnSymbol: 0, lastLossOnSymbolAt: null } }],
  ['max_positions', { ...settings({ maxPositions: 1 }), positions: [other(100, 0)] }],
  ['gross_exposure', { positions: [other(60_000, 0)] }],
  ['net_exposure', { positions: [other(35_000, 0)] }],
  ['cluster_exposure', { positions: [other(25_000, 0.95)] }],
  ['stop_wrong_side', { price: 59_000 }],
  ['stop_too_close', plan({ stop: 59_950 })],
  ['stop_too_far', plan({ stop: 50_000 })],
  ['price_moved', { price: 60_300 }],
  ['insufficient_margin', { available: usdt(50) }],
  ['risk_per_trade', settings({ riskPerTradePercent: 0.05, minMarginPercent: 10 })],
  ['below_minimum_quantity', { equity: usdt(12), available: usdt(12) }],
  ['below_minimum_notional', { equity: usdt(120), available: usdt(120) }],
  ['leverage_not_allowed', { instrument: sampleInstrument({ brackets: [{ bracket: 1, initialLeverage: 2, notionalFloor: 0, notionalCap: 1e12, maintenanceMarginRatio: 0.004, cumulative: 0 }] }) }],
  ['liquidation_too_close', { signal: sampleSignal({ side: 'short', plan: { ...sampleSignal().plan, side: 'short', stop: 75_000, target: 30_000 } }), ...settings({ liquidationDistanceMultiple: 10, maxStopDistancePercent: 50 }) }],
];

describe('the risk manager', () => {
  it.each(DENIED)('denies with %s', (code, change) => {
    expect(codeOf(change)).toBe(code);
  });

  it('leaves no denial code of its own untested', () => {
    const elsewhere: readonly DenialCode[] = ['max_signals', 'rank_too_low', 'unresolved_order'];
    expect(DENIAL_CODES.filter((code) => !elsewhere.includes(code) && !DENIED.some(([tested]) => tested === code))).toEqual([]);
  });

  it('approves a sound signal with its stop and target on the grid, rounded away from entry', () => {
    const verdict = review(request({ ...plan({ stop: 59_400.05, target: 61_200.05 }) }));
    expect(verdict.kind).toBe('approved');
    if (verdict.kind !== 'approved') return;
    expect(verdict.approval.stop).toBe(594_000);
    expect(verdict.approval.lots).toBeGreaterThan(0);
    expect(verdict.approval.factors.lossAtStopFraction).toBeLessThanOrEqual(0.01);
  });

  it('L29 keeps the hard caps whatever the settings say: one position at most half of equity, all margin at most 90 %', () => {
    const greedy = settings({ maxMarginPercent: 50, baseMarginPercent: 50, minMarginPercent: 50, riskPerTradePercent: 5, maxPositionMarginPercent: 50, regimeTrendingMultiplier: 3, maxLeverage: 20 });
    const verdict = review(request({ ...greedy }));
    if (verdict.kind === 'approved') expect(verdict.approval.factors.marginFraction).toBeLessThanOrEqual(0.5);
    expect(codeOf({ marginUsed: usdt(8_950), available: usdt(1_050) })).toBe('insufficient_margin');
  });

  it('L8 sizes on what is available, not on the total', () => {
    const free = review(request());
    const tight = review(request({ available: usdt(400) }));
    expect(free.kind).toBe('approved');
    expect(tight.kind).toBe('approved');
    if (free.kind !== 'approved' || tight.kind !== 'approved') return;
    const margin = (approval: typeof tight.approval): number => (moneyToUsdt(approval.factors.lossAtStop) / lossFraction({ price: 60_000, stop: 59_400, settings: defaultSettings() })) / approval.leverage;
    expect(margin(tight.approval)).toBeLessThanOrEqual(400);
    expect(tight.approval.lots).toBeLessThan(free.approval.lots);
  });

  it('L9 never rounds a size up: the lots times the price stay within margin × leverage', () => {
    const verdict = review(request({ instrument: sampleInstrument({ quantityScale: 0, minLots: lots(1), marketMinLots: lots(1) }), price: 60_000, equity: usdt(1_000_000), available: usdt(1_000_000) }));
    if (verdict.kind !== 'approved') throw new Error(verdict.code);
    expect(verdict.approval.lots * 60_000).toBeLessThanOrEqual(1_000_000 * verdict.approval.factors.marginFraction * verdict.approval.leverage + 1e-6);
  });

  it('gives the mirrored signal the same size', () => {
    const long = review(request());
    const short = review(request({ signal: sampleSignal({ side: 'short', plan: { ...sampleSignal().plan, side: 'short', stop: 60_600, target: 58_800 } }) }));
    if (long.kind !== 'approved' || short.kind !== 'approved') throw new Error('both must be approved');
    expect(short.approval.lots).toBe(long.approval.lots);
    expect(short.approval.leverage).toBe(long.approval.leverage);
  });

  it('leaves liquidation at least 1.5 times farther than the stop', () => {
    const verdict = review(request({ ...plan({ stop: 57_000, target: 66_000 }), ...settings({ baseLeverage: 20, minLeverage: 3, riskPerTradePercent: 5 }) }));
    if (verdict.kind !== 'approved') throw new Error(verdict.code);
    const liquidation = verdict.approval.factors.liquidationPrice ?? 0;
    expect(60_000 - liquidation).toBeGreaterThanOrEqual(1.5 * 3000 - 1);
  });
});
