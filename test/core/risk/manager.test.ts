// The risk manager: one signal, one book, one answer; every denial with its code and numbers, every size within its limits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import type { DenialCode } from '../../../src-shared/domain/risk.ts';
import { lotsToQuantity, ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, moneyFromUsdt, moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { review, type OpenRisk, type RiskApproved, type RiskRequest } from '../../../src-main/core/risk/manager.ts';
import { lossFraction } from '../../../src-main/core/risk/sizing.ts';
import { liquidationPrice } from '../../../src-main/core/venue/margin.ts';
import { sampleInstrument, sampleSignal } from '../../support/samples.ts';
import { approve, riskRequest, START } from '../execution/support.ts';

const calm = { expectancyR: Number.NaN, lossesInRow: 0, lossesInRowOnSymbol: 0, lastLossOnSymbolAt: null };
const other = (overrides: Partial<OpenRisk> = {}): OpenRisk => ({ symbol: 'ETHUSDT', side: 'long', notionalUsdt: 1000, correlation: 0.1, ...overrides });
const withPlan = (plan: Partial<ReturnType<typeof sampleSignal>['plan']>): ReturnType<typeof sampleSignal> => {
  const signal = sampleSignal();
  return { ...signal, plan: { ...signal.plan, ...plan } };
};
const settingsOf = (changes: Partial<Settings>): Settings => ({ ...defaultSettings(), ...changes });

function shortSignal(): ReturnType<typeof sampleSignal> {
  return sampleSignal({
    side: 'short',
    plan: { side: 'short', entryKind: 'market', entry: 60_000, stop: 60_600, target: 58_800, rewardRisk: 2, expiresAt: epochMs(START + 1) },
  });
}

describe('denials', () => {
  const cases: readonly (readonly [DenialCode, Partial<RiskRequest>])[] = [
    ['trading_halted', { tradingState: 'halted' }],
    ['trading_reducing', { tradingState: 'reducing' }],
    ['automation_paused', { isPaused: true }],
    ['mode_forbids_orders', { mode: 'live' }],
    ['data_stale', { isFresh: false }],
    ['breaker_blocked', { breaker: 'blocked' }],
    ['symbol_not_tradable', { instrument: null }],
    ['symbol_not_tradable', { instrument: sampleInstrument({ status: 'TRADING_HALT' }) }],
    ['symbol_paused', { isSymbolPaused: true }],
    ['position_exists', { positions: [other({ symbol: 'BTCUSDT' })] }],
    ['opposing_position', { positions: [other({ symbol: 'BTCUSDT', side: 'short' })] }],
    ['order_pending', { hasPendingOrder: true }],
    ['unresolved_order', { hasPendingOrder: true, hasUnknownOrder: true, positions: [other({ symbol: 'BTCUSDT' })] }],
    ['symbol_cooldown', { record: { ...calm, lossesInRowOnSymbol: 1, lastLossOnSymbolAt: epochMs(START - 59 * 60_000) } }],
    ['losing_streak', { record: { ...calm, lossesInRowOnSymbol: 5, lastLossOnSymbolAt: epochMs(START - 23 * 3_600_000) } }],
    ['negative_expectancy', { record: { ...calm, expectancyR: -0.3 } }],
    ['max_positions', { settings: settingsOf({ maxPositions: 1 }), positions: [other()] }],
    ['gross_exposure', { positions: [other({ notionalUsdt: 50_000, side: 'short' })] }],
    ['net_exposure', { positions: [other({ notionalUsdt: 30_000 })] }],
    ['cluster_exposure', { positions: [other({ notionalUsdt: 20_000, correlation: 0.9 })] }],
    ['stop_wrong_side', { signal: withPlan({ stop: 60_500 }) }],
    ['stop_wrong_side', { signal: withPlan({ stop: 60_000 }) }],
    ['stop_too_close', { signal: withPlan({ stop: 59_900 }) }],
    ['stop_too_far', { signal: withPlan({ stop: 53_000, target: 75_000 }) }],
    ['price_moved', { price: 60_200 }],
    ['fills_at_once', { isByHand: true, signal: withPlan({ entryKind: 'limit', entry: 60_050 }) }],
    ['below_minimum_notional', { equity: moneyFromUsdt(120), available: moneyFromUsdt(120) }],
    ['below_minimum_quantity', { instrument: sampleInstrument({ minLots: lots(100_000) }) }],
    ['leverage_not_allowed', { settings: settingsOf({ minLeverage: 0.5, baseLeverage: 0.5, maxLeverage: 0.5 }) }],
    ['insufficient_margin', { available: moneyFromUsdt(10) }],
    ['risk_per_trade', { settings: settingsOf({ riskPerTradePercent: 0.05, minMarginPercent: 10 }) }],
    ['liquidation_too_close', { signal: shortSignal(), settings: settingsOf({ liquidationDistanceMultiple: 200 }) }],
  ];

  it.each(cases)('answers %s', (code, change) => {
    expect(review(riskRequest(change))).toMatchObject({ kind: 'denied', code });
  });

  it('gives the numbers behind a denial', () => {
    expect(review(riskRequest({ positions: [other({ notionalUsdt: 50_000, side: 'short' })] }))).toEqual({
      kind: 'denied',
      code: 'gross_exposure',
      numbers: { percent: 500, maximum: 500 },
    });
  });

  it('names the first failing check in the order of the specification', () => {
    expect(review(riskRequest({ tradingState: 'halted', mode: 'live', isFresh: false, hasPendingOrder: true, available: money(0) }))).toMatchObject({
      code: 'trading_halted',
    });
    expect(review(riskRequest({ hasPendingOrder: true, available: money(0), signal: withPlan({ stop: 60_500 }) }))).toMatchObject({ code: 'order_pending' });
  });

  it('counts a correlation that is not known as correlated (L23: unknown fails safe)', () => {
    expect(review(riskRequest({ positions: [other({ notionalUsdt: 20_000, correlation: Number.NaN })] }))).toMatchObject({ code: 'cluster_exposure' });
  });

  it('L14 a cold start trades: an expectancy that is not known yet denies nothing', () => {
    expect(review(riskRequest({ record: { ...calm, expectancyR: Number.NaN } })).kind).toBe('approved');
    expect(review(riskRequest({ record: { ...calm, expectancyR: -0.2 } })).kind).toBe('approved');
  });

  it('live mode trades only when trading is enabled', () => {
    expect(review(riskRequest({ mode: 'live', settings: settingsOf({ tradingEnabled: true }) })).kind).toBe('approved');
    for (const mode of ['simulated', 'paper', 'demo'] as const) expect(review(riskRequest({ mode })).kind).toBe('approved');
  });

  it('only the review makes an approval', () => {
    // @ts-expect-error an approval cannot be written by hand
    const forged: RiskApproved = { lots: lots(1), leverage: 20 };
    expect(forged).toBeDefined();
  });
});

describe('size', () => {
  it('rounds the stop away from the entry on both sides', () => {
    const long = approve({ signal: withPlan({ stop: 59_400.07 }) });
    expect(ticksToPrice(sampleInstrument(), long.stop)).toBe(59_400);
    const plan = {
      side: 'short' as const,
      entryKind: 'market' as const,
      entry: 60_000,
      stop: 60_600.03,
      target: 58_800,
      rewardRisk: 2,
      expiresAt: epochMs(START + 1),
    };
    const short = approve({ signal: sampleSignal({ side: 'short', plan }) });
    expect(ticksToPrice(sampleInstrument(), short.stop)).toBe(60_600.1);
  });

  it('L8 sizes on what is available and not on the total', () => {
    const free = approve();
    const tight = approve({ available: moneyFromUsdt(400) });
    const margin = (approval: RiskApproved): number => (lotsToQuantity(approval.instrument, approval.lots) * 60_000) / approval.leverage;
    expect(margin(tight)).toBeLessThanOrEqual(400);
    expect(margin(tight)).toBeLessThan(margin(free));
  });

  it('L29 stays within 90 % of total and 50 % of one position whatever the settings say', () => {
    const wild = settingsOf({
      maxTotalMarginPercent: 500,
      maxPositionMarginPercent: 500,
      maxMarginPercent: 500,
      minMarginPercent: 400,
      baseMarginPercent: 450,
      riskPerTradePercent: 100,
    });
    const { lots: size, leverage } = approve({ settings: wild });
    expect((lotsToQuantity(sampleInstrument(), size) * 60_000) / leverage).toBeLessThanOrEqual(5000);
    expect(review(riskRequest({ settings: { ...wild, minMarginPercent: 3 }, marginUsed: moneyFromUsdt(8900), available: moneyFromUsdt(9000) }))).toMatchObject({
      kind: 'denied',
      code: 'insufficient_margin',
    });
  });

  it('lowers leverage after losses, in a drawdown and in a spike, and says why', () => {
    const sure = sampleSignal({ confidence: 0.95, uncertainty: 0.02 });
    const tightStop = { ...sure, plan: { ...sure.plan, stop: 59_800, target: 60_400 } };
    const base = approve({ signal: tightStop });
    const losses = approve({ signal: tightStop, record: { ...calm, lossesInRow: 3 } });
    const spike = approve({ signal: tightStop, atrRatio: 2.1 });
    const drawdown = approve({ signal: tightStop, drawdownFraction: 0.11 });
    expect(losses.leverage).toBeLessThan(base.leverage);
    expect(losses.factors.leverageLoweredBy).toContain('losses');
    expect(spike.leverage).toBeLessThanOrEqual(5);
    expect(spike.factors.leverageLoweredBy).toContain('volatility spike');
    expect(drawdown.factors.drawdownFactor).toBe(0.5);
    expect(drawdown.leverage).toBeLessThanOrEqual(3);
  });

  it('computes liquidation as the published vectors do', () => {
    const instrument = sampleInstrument({
      brackets: [{ bracket: 1, initialLeverage: 125, notionalFloor: 0, notionalCap: 1e9, maintenanceMarginRatio: 0.005, cumulative: 50 }],
    });
    expect(liquidationPrice(instrument, { side: 1, quantity: 0.5, entryPrice: 60_000, wallet: 1000 })).toBeCloseTo(58_190.9548, 4);
    expect(liquidationPrice(instrument, { side: -1, quantity: 0.5, entryPrice: 60_000, wallet: 1000 })).toBeCloseTo(61_791.0448, 4);
  });

  it('never loses more than the limit at the stop, never exceeds margin, bracket or lot limits, for any market and account', () => {
    const cases = fc.record({
      equity: fc.double({ min: 500, max: 1_000_000, noNaN: true }),
      used: fc.double({ min: 0, max: 0.95, noNaN: true }),
      stopPercent: fc.double({ min: 0.31, max: 9.5, noNaN: true }),
      confidence: fc.double({ min: 0.35, max: 1, noNaN: true }),
      uncertainty: fc.double({ min: 0, max: 1, noNaN: true }),
      atrRatio: fc.double({ min: 0.2, max: 4, noNaN: true }),
      drawdown: fc.double({ min: 0, max: 0.19, noNaN: true }),
      isLong: fc.boolean(),
      isStrong: fc.boolean(),
    });
    let approved = 0;
    fc.assert(
      fc.property(cases, (example) => {
        const side = example.isLong ? ('long' as const) : ('short' as const);
        const sign = example.isLong ? 1 : -1;
        const stop = 60_000 * (1 - (sign * example.stopPercent) / 100);
        const signal = sampleSignal({
          side,
          confidence: example.confidence,
          uncertainty: example.uncertainty,
          plan: { side, entryKind: 'market', entry: 60_000, stop, target: 60_000 + 2 * (60_000 - stop), rewardRisk: 2, expiresAt: epochMs(START + 1) },
        });
        const settings = defaultSettings();
        const verdict = review(
          riskRequest({
            signal,
            equity: moneyFromUsdt(example.equity),
            marginUsed: moneyFromUsdt(example.equity * example.used),
            available: moneyFromUsdt(example.equity * (1 - example.used)),
            atrRatio: example.atrRatio,
            atrToMedian: example.atrRatio,
            drawdownFraction: example.drawdown,
            settings,
          }),
        );
        if (verdict.kind === 'denied') return;
        approved += 1;
        const { approval } = verdict;
        const value = lotsToQuantity(approval.instrument, approval.lots) * 60_000;
        const stopPrice = ticksToPrice(approval.instrument, approval.stop);
        const margin = value / approval.leverage;
        expect(value * lossFraction({ price: 60_000, stop: stopPrice, settings })).toBeLessThanOrEqual(example.equity * 0.01 * 1.000_001);
        expect(margin).toBeLessThanOrEqual(example.equity * 0.13 * 1.000_001);
        expect(margin * (1 + approval.leverage * 0.0005)).toBeLessThanOrEqual(example.equity * (1 - example.used) * 1.000_001);
        expect(margin + example.equity * example.used).toBeLessThanOrEqual(example.equity * 0.9 * 1.000_001);
        expect(approval.leverage).toBeLessThanOrEqual(20);
        expect(Number.isInteger(approval.leverage)).toBe(true);
        expect(value).toBeGreaterThanOrEqual(100);
        expect(approval.lots).toBeLessThanOrEqual(approval.instrument.marketMaxLots);
        const { liquidationPrice: liquidation } = approval.factors;
        if (liquidation !== null) expect(Math.abs(60_000 - liquidation)).toBeGreaterThanOrEqual(1.5 * Math.abs(60_000 - stopPrice) * 0.999_999);
        expect(moneyToUsdt(approval.factors.lossAtStop)).toBeLessThanOrEqual(example.equity * 0.01 * 1.000_001);
      }),
      { numRuns: 500 },
    );
    expect(approved).toBeGreaterThan(100);
  });
});
