// The inputs of the networks: mirror images give mirror views, nothing sees ahead, and too little history gives no window.
import { describe, expect, it } from 'vitest';
import { buildLiquiditySequence, SEQUENCE_STEPS, SEQUENCE_WIDTH, STEP_WIDTH } from '../../../src-main/core/learning/liquidity-sequence.ts';
import { buildRegimeSequence, forecastFrom, REGIME_WIDTH } from '../../../src-main/core/learning/regime-sequence.ts';
import { buildStructureWindow, STRUCTURE_WIDTH } from '../../../src-main/core/learning/structure-window.ts';
import { createMarketState } from '../../../src-main/core/structure/market-state.ts';
import type { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { mirrorCandles, syntheticCandles } from '../support/candles.ts';

const candles = syntheticCandles({ seed: 5, count: 3000, timeframe: '5m' });

function stateOf(list: readonly Candle[]): SymbolState {
  const market = createMarketState(defaultSettings());
  for (const candle of list) market.appendClosed5m('A', candle);
  return market.get('A')!;
}

const structure = (state: SymbolState, side: 'long' | 'short'): Float32Array => {
  const out = new Float32Array(STRUCTURE_WIDTH + 2).fill(9);
  expect(buildStructureWindow(state.frames['15m'], side, { out, offset: 1 })).toBe(true);
  expect([out[0], out.at(-1)]).toEqual([9, 9]);
  return out.slice(1, -1);
};
const gap = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

describe('structure window', () => {
  it('L15 a long in a market and a short in its mirror image see the same window', () => {
    const [market, mirror] = [stateOf(candles), stateOf(mirrorCandles(candles))];
    expect(gap(structure(market, 'long'), structure(mirror, 'short'))).toBeLessThan(1e-3);
    expect(gap(structure(market, 'long'), structure(mirror, 'long'))).toBeGreaterThan(0.5);
  });

  it('ends at the newest closed 15m candle with a close offset of zero, whatever the 5m candles after it', () => {
    const before = stateOf(candles.slice(0, 2997));
    const after = stateOf(candles.slice(0, 2999));
    expect(before.frames['15m'].book.count).toBe(after.frames['15m'].book.count);
    const window = structure(before, 'long');
    expect([...structure(after, 'long')]).toEqual([...window]);
    expect(window[STRUCTURE_WIDTH - 2]).toBeCloseTo(0, 12);
    expect(window.every((value) => Number.isFinite(value))).toBe(true);
  });

  it('too few candles give zeros and false, for all three inputs', () => {
    const state = stateOf(candles.slice(0, 60));
    const out = new Float32Array(SEQUENCE_WIDTH).fill(3);
    expect(buildStructureWindow(state.frames['15m'], 'long', { out, offset: 0 })).toBe(false);
    expect(out.subarray(0, STRUCTURE_WIDTH).every((value) => value === 0)).toBe(true);
    expect(buildLiquiditySequence(state.frames['15m'], out, 0)).toBe(false);
    expect(buildRegimeSequence(state.frames['1h'], out, 0)).toBe(false);
  });
});

describe('liquidity sequence', () => {
  it('marks turns only once two later bars are closed', () => {
    const state = stateOf(candles);
    const out = new Float32Array(SEQUENCE_WIDTH);
    expect(buildLiquiditySequence(state.frames['15m'], out, 0)).toBe(true);
    const marks = Array.from({ length: SEQUENCE_STEPS }, (_, step) => [out[step * STEP_WIDTH + 6]!, out[step * STEP_WIDTH + 7]!]);
    expect(marks.slice(-2)).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(marks.flat().filter((mark) => mark === 1).length).toBeGreaterThan(4);
    marks.forEach(([top], step) => {
      if (top !== 1) return;
      const high = (at: number): number => out[at * STEP_WIDTH + 1]!;
      if (step >= 2) expect(Math.max(high(step - 2), high(step - 1), high(step + 1), high(step + 2))).toBeLessThan(high(step));
    });
  });
});

describe('regime sequence', () => {
  it('has 120 finite values, and an answer becomes the forecast that the strategies take', () => {
    const out = new Float32Array(REGIME_WIDTH);
    expect(buildRegimeSequence(stateOf(candles).frames['1h'], out, 0)).toBe(true);
    expect(out.every((value) => Number.isFinite(value))).toBe(true);
    expect(new Set(out).size).toBeGreaterThan(80);
    expect(forecastFrom([0.5, 0.3, 0.2], 'ranging')).toEqual({ now: 'ranging', probabilities: { trending: 0.5, ranging: 0.3, volatile: 0.2 } });
  });
});
