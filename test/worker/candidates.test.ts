// Training rows come from the live code and know nothing of the future.
import { describe, expect, it } from 'vitest';
import { labelTrade } from '../../src-main/core/learning/triple-barrier.ts';
import { FEATURE_COUNT } from '../../src-main/core/features/schema.ts';
import { buildFeatureRow } from '../../src-main/core/features/build.ts';
import { bareContext } from '../../src-main/core/strategies/context.ts';
import { createStrategy, SignalMemory } from '../../src-main/core/strategies/strategy.ts';
import { createMarketState } from '../../src-main/core/structure/market-state.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { collectRows, type SymbolCandles } from '../../src-worker/training/candidates.ts';
import { syntheticCandles } from '../core/support/candles.ts';

const settings = defaultSettings();
const BARS = 9000;
const market = (count: number): readonly SymbolCandles[] =>
  ['BTCUSDT', 'AUSDT', 'BUSDT'].map((symbol, index) => ({
    symbol,
    candles: syntheticCandles({ seed: 31 + index, count: BARS, timeframe: '5m' }).slice(0, count),
  }));
const whole = market(BARS);
const rows = collectRows(whole, () => undefined);
const setUps = rows.filter((row) => row.kind === 'set-up');

describe('training rows', () => {
  it('finds set-ups and archive rows on both sides, one row per set-up', () => {
    expect(setUps.length).toBeGreaterThan(20);
    expect(new Set(setUps.map((row) => row.side))).toEqual(new Set(['long', 'short']));
    const archive = rows.filter((row) => row.kind === 'archive');
    expect(archive.length).toBeGreaterThan(500);
    expect(archive.every((row) => row.decidedAt % 3_600_000 === 0)).toBe(true);
  });

  it('L20 a row holds exactly what the engine would have asked the model about at that moment', () => {
    const chosen = setUps[Math.floor(setUps.length / 2)]!;
    const state = createMarketState(settings);
    for (const { symbol, candles } of whole)
      for (const candle of candles) if (candle.openTime + 300_000 <= chosen.decidedAt) state.appendClosed5m(symbol, candle);
    const live = new Float32Array(FEATURE_COUNT);
    const own = state.get(chosen.symbol)!;
    expect(buildFeatureRow({ state: own, bitcoin: state.get('BTCUSDT'), side: chosen.side, settings }, live, 0)).toBe(true);
    expect([...chosen.features]).toEqual([...live]);
    const evaluation = createStrategy('ict', settings, new SignalMemory()).evaluate(own, bareContext(epochMs(chosen.decidedAt)));
    const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate!;
    const { candles } = whole.find((entry) => entry.symbol === chosen.symbol)!;
    const next = candles.findIndex((candle) => candle.openTime === chosen.decidedAt);
    const label = labelTrade(signal.plan, candles, next)!;
    expect({ label: chosen.label, resultR: chosen.resultR, labelledAt: chosen.labelledAt }).toEqual({
      label: label.won ? 1 : 0,
      resultR: label.resultR,
      labelledAt: label.endedAt,
    });
  });

  it('rows found on a prefix are the rows found on the whole: no feature and no choice sees ahead', () => {
    const cut = 6500;
    const early = collectRows(market(cut), () => undefined);
    const end = whole[0]!.candles[cut]!.openTime;
    const expected = rows.filter((row) => row.labelledAt <= end);
    expect(expected.length).toBeGreaterThan(300);
    expect(early).toEqual(expected);
  });

  it('L34 outcomes come after decisions, and losers are kept beside winners', () => {
    expect(rows.every((row) => row.labelledAt > row.decidedAt)).toBe(true);
    const wins = setUps.filter((row) => row.label === 1).length;
    expect(wins).toBeGreaterThan(0);
    expect(wins).toBeLessThan(setUps.length);
  });

  it('a hole in the candles starts the symbol anew and no trade spans it', () => {
    const [bitcoin, ...others] = whole;
    const holed = [{ ...bitcoin!, candles: bitcoin!.candles.filter((_, index) => index < 5000 || index >= 5200) }, ...others];
    const from = bitcoin!.candles[5000]!.openTime;
    const found = collectRows(holed, () => undefined).filter((row) => row.symbol === 'BTCUSDT');
    expect(found.length).toBeGreaterThan(100);
    expect(found.some((row) => row.decidedAt < from && row.labelledAt > from)).toBe(false);
    // 200 missing candles and the warm-up of 53 hours.
    expect(found.some((row) => row.decidedAt >= from && row.decidedAt < from + 250 * 300_000)).toBe(false);
  });
});
