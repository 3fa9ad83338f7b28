// Samples for the networks: inputs as they would have been served, targets from the candles after, nothing from ahead.
import { describe, expect, it } from 'vitest';
import { buildLiquiditySequence, SEQUENCE_WIDTH } from '../../../src-main/core/learning/liquidity-sequence.ts';
import { buildRegimeSequence, REGIME_WIDTH } from '../../../src-main/core/learning/regime-sequence.ts';
import { buildStructureWindow, STRUCTURE_WIDTH } from '../../../src-main/core/learning/structure-window.ts';
import { ROUND_TRIP_COST } from '../../../src-main/core/strategies/break-even.ts';
import { createMarketState } from '../../../src-main/core/structure/market-state.ts';
import { classOf, FORECAST_BARS, MARKET_CLASSES } from '../../../src-main/core/structure/regime-forecast.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { sampleSteps, type DecisionSample } from '../../../src-worker/training/samples.ts';
import { runSteps } from '../../../src-worker/training/steps.ts';
import { syntheticCandles } from '../../core/support/candles.ts';

const BARS = 7000;
const series = ['BTCUSDT', 'AUSDT'].map((symbol, index) => ({ symbol, candles: syntheticCandles({ seed: 61 + index, count: BARS, timeframe: '5m' }) }));
const { rows, samples } = runSteps(sampleSteps(series));
const candlesOf = (symbol: string): readonly Candle[] => series.find((entry) => entry.symbol === symbol)!.candles;
const indexOf = (sample: DecisionSample): number => candlesOf(sample.symbol).findIndex((candle) => candle.openTime === sample.decidedAt);

describe('network samples', () => {
  it('come in the order of time, at set-ups and every four hours, with their rows', () => {
    expect(samples.length).toBeGreaterThan(100);
    samples.forEach((sample, at) => expect(at === 0 || sample.decidedAt >= samples[at - 1]!.decidedAt).toBe(true));
    for (const sample of samples) {
      expect(sample.rows.some((row) => row.kind === 'set-up') || sample.decidedAt % (4 * 3_600_000) === 0).toBe(true);
      for (const row of sample.rows) expect(rows).toContain(row);
    }
  });

  it('L20 inputs are what serving would build from the candles until then', () => {
    const chosen = samples.filter((_, at) => at % 37 === 5);
    expect(chosen.length).toBeGreaterThan(2);
    for (const sample of chosen) {
      const market = createMarketState(defaultSettings());
      for (const candle of candlesOf(sample.symbol)) if (candle.openTime < sample.decidedAt) market.appendClosed5m(sample.symbol, candle);
      const frames = market.get(sample.symbol)!.frames;
      const [structure, sequence, regime] = [new Float32Array(STRUCTURE_WIDTH), new Float32Array(SEQUENCE_WIDTH), new Float32Array(REGIME_WIDTH)];
      buildStructureWindow(frames['15m'], 'short', { out: structure, offset: 0 });
      buildLiquiditySequence(frames['15m'], sequence, 0);
      buildRegimeSequence(frames['1h'], regime, 0);
      expect([...sample.structure.short]).toEqual([...structure]);
      expect([...sample.sequence]).toEqual([...sequence]);
      expect([...sample.regimeInput]).toEqual([...regime]);
    }
  });

  it('moved: whether a trade entered at the next open is above its costs after twelve candles', () => {
    for (const sample of samples) {
      const candles = candlesOf(sample.symbol);
      const next = indexOf(sample);
      const last = candles[next + 11];
      if (next < 0 || last === undefined) {
        expect([sample.moved.long, sample.moved.short]).toEqual([Number.NaN, Number.NaN]);
        continue;
      }
      const move = Math.log(last.close / candles[next]!.open);
      expect([sample.moved.long, sample.moved.short]).toEqual([Number(move > ROUND_TRIP_COST), Number(move < -ROUND_TRIP_COST)]);
    }
    expect(new Set(samples.map((sample) => sample.moved.long)).size).toBeGreaterThan(1);
  });

  it('liquidity: a pool is taken when price trades beyond it in the next six hours; its distance counts only then', () => {
    const known = samples.filter((sample) => !Number.isNaN(sample.liquidity[2]) && !Number.isNaN(sample.liquidity[3]));
    expect(known.length).toBeGreaterThan(50);
    expect(new Set(known.map((sample) => sample.liquidity[2]))).toEqual(new Set([0, 1]));
    for (const { liquidity } of known) {
      for (const side of [0, 1] as const) {
        if (liquidity[side + 2] === 1) expect(liquidity[side]).toBeGreaterThan(0);
        else expect(liquidity[side]).toBeNaN();
      }
    }
    // Pools that are taken are nearer than the whole range of the six hours.
    for (const sample of known) {
      const path = candlesOf(sample.symbol).slice(indexOf(sample), indexOf(sample) + 72);
      const market = Math.max(...path.map((candle) => candle.high)) / candlesOf(sample.symbol)[indexOf(sample) - 1]!.close;
      if (sample.liquidity[2] === 1) expect(market).toBeGreaterThan(1);
    }
  });

  it('the next regime is the class of the 1h candle ten on, as the live rule says it then', () => {
    const chosen = samples.filter((sample, at) => sample.nextRegime >= 0 && at % 41 === 3);
    expect(chosen.length).toBeGreaterThan(2);
    for (const sample of chosen) {
      const until = (Math.floor(sample.decidedAt / 3_600_000) + FORECAST_BARS) * 3_600_000;
      const market = createMarketState(defaultSettings());
      for (const candle of candlesOf(sample.symbol)) if (candle.openTime < until) market.appendClosed5m(sample.symbol, candle);
      expect(MARKET_CLASSES[sample.nextRegime]).toBe(classOf(market.get(sample.symbol)!.frames['1h'], defaultSettings()));
      expect(sample.ruleForecast.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    }
    expect(new Set(samples.map((sample) => sample.nextRegime)).size).toBeGreaterThan(2);
  });

  it('at the end of the candles targets are missing, not guessed', () => {
    const end = candlesOf('AUSDT').at(-1)!.openTime;
    const late = samples.filter((sample) => sample.decidedAt > end - 6 * 3_600_000);
    expect(late.every((sample) => sample.nextRegime === -1 && Number.isNaN(sample.liquidity[2]))).toBe(true);
    expect(samples.some((sample) => sample.nextRegime >= 0)).toBe(true);
  });
});
