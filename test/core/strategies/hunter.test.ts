// The liquidity hunter against a plain re-telling of its rules, at every close of a market: when it speaks, for which side, and with which numbers.
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { computeSubScores } from '../../../src-main/core/features/sub-scores.ts';
import { weighConfidence } from '../../../src-main/core/strategies/confidence.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { DecisionContext, Evaluation } from '../../../src-main/core/strategies/context.ts';
import { findSweep, scoreLevel } from '../../../src-main/core/strategies/liquidity-pools.ts';
import { chooseTarget } from '../../../src-main/core/strategies/plan.ts';
import { judgeQuality } from '../../../src-main/core/strategies/quality.ts';
import { SignalMemory, createStrategy } from '../../../src-main/core/strategies/strategy.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { syntheticCandles } from '../support/candles.ts';
import { ictSettings } from './support.ts';

interface Told {
  readonly id: string;
  readonly confidence: number;
  readonly quality: number;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  readonly stoppedBy: string | null;
}

/** What the rules make of the sweep that favours a side; null without one, too far from its level, or with a stop too far. */
function huntAgain(state: SymbolState, side: Side, { settings, context }: { readonly settings: Settings; readonly context: DecisionContext }): Told | null {
  const sweep = findSweep(state, side);
  if (sweep === null) return null;
  const { '5m': five, '15m': fifteen } = state.frames;
  const sign = side === 'long' ? 1 : -1;
  const entry = five.close;
  const away = Math.abs(Math.log(entry / sweep.level.price));
  if (away > settings.liquidityHuntingSlippagePercent / 100) return null;
  if (side === 'long' ? entry <= sweep.extreme : entry >= sweep.extreme) return null;
  const risk = Math.max(Math.abs(Math.log(entry / sweep.extreme)) + 0.25 * fifteen.atr, settings.minStopDistancePercent / 100);
  if (risk > settings.maxStopDistancePercent / 100) return null;
  const { targetR } = chooseTarget({ state, side, entry, stopDistance: risk }, settings);
  const rank = scoreLevel(sweep.level, { price: entry, now: sweep.time, modelProbability: context.sweepProbabilities?.[side] ?? null });
  const confidence = 0.6 * rank + 0.4 * weighConfidence(computeSubScores(state, side, settings));
  const quality = judgeQuality({
    side,
    barsAgo: sweep.barsAgo,
    distanceAtr: away / fifteen.atr,
    volumeRatio: fifteen.indicators.volumeRatio.value,
    maxSpread: settings.maxSlippagePercent / 100,
    context,
  });
  const needed = Math.max(settings.liquidityHuntingConfidence, settings.minConfidence);
  const stoppedBy = confidence < needed ? 'confidence.too_low' : quality < 0.2 ? 'quality.too_low' : null;
  return {
    id: `X-${side}-${sweep.time}`,
    confidence,
    quality,
    entry,
    stop: entry * Math.exp(-sign * risk),
    target: entry * Math.exp(sign * risk * targetR),
    stoppedBy,
  };
}

function seen(evaluation: Evaluation): unknown {
  const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
  const refusal = evaluation.kind === 'none' ? evaluation.noSignal : null;
  return { id: signal?.id, code: refusal?.code, confidence: signal?.confidence, progress: refusal?.progress };
}

const market = syntheticCandles({ seed: 31, count: 3600, timeframe: '5m' });

function compare(change: Partial<Settings>, context: Partial<DecisionContext> = {}): Readonly<Record<'told' | 'stopped' | 'left', number>> {
  const settings: Settings = { ...ictSettings, enableLiquidityHunting: true, ...change };
  const state = new SymbolState('X', settings, 1024);
  const hunter = createStrategy('ict', settings, new SignalMemory());
  const rules = createStrategy('ict', { ...settings, enableLiquidityHunting: false }, new SignalMemory());
  const counts = { told: 0, stopped: 0, left: 0 };
  for (const candle of market) {
    state.appendClosed5m(candle);
    const now = { ...bareContext((candle.openTime + 300_000) as EpochMs), ...context };
    const evaluation = hunter.evaluate(state, now);
    const alone = rules.evaluate(state, now);
    const leavesRoom = alone.kind === 'none' && ['bias', 'setup', 'trigger'].includes(alone.noSignal.step);
    const hunts = leavesRoom ? (['long', 'short'] as const).flatMap((side) => huntAgain(state, side, { settings, context: now }) ?? []) : [];
    const best = hunts.toSorted((a, b) => b.confidence - a.confidence)[0];
    const isTied = hunts.length === 2 && hunts[0]!.confidence === hunts[1]!.confidence;
    const keepsRules = best === undefined || isTied || (best.stoppedBy !== null && alone.kind === 'none' && alone.candidate !== null);
    if (keepsRules) {
      expect(seen(evaluation)).toEqual(seen(alone));
      counts.left += 1;
      continue;
    }
    const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate!;
    const { id, confidence, quality, plan } = signal;
    const found = { id, confidence, quality, entry: plan.entry, stop: plan.stop, target: plan.target };
    const { stoppedBy, ...told } = best;
    expect(found).toEqual(Object.fromEntries(Object.entries(told).map(([key, value]) => [key, typeof value === 'number' ? expect.closeTo(value, 9) : value])));
    expect(evaluation.kind === 'none' ? evaluation.noSignal.code : null).toBe(stoppedBy);
    counts[stoppedBy === null ? 'told' : 'stopped'] += 1;
  }
  return counts;
}

describe('the liquidity hunter', () => {
  it('speaks only where the rules stopped at bias, set-up or trigger, for the better of two sweeps, with its own entry, stop and confidence', () => {
    const { told, stopped, left } = compare({ liquidityHuntingConfidence: 0.5 });
    expect([told, stopped, left].map((count, index) => count > [10, 20, 1000][index]!)).toEqual([true, true, true]);
  });

  it('asks for the higher of its own minimum and the general one', () => {
    expect(compare({ liquidityHuntingConfidence: 0.3, minConfidence: 0.72 }).stopped).toBeGreaterThan(20);
  });

  it('gives way to an open position, a distant level and a stop too far, and hears a model of liquidity', () => {
    expect(compare({ liquidityHuntingSlippagePercent: 0.05 }, { openSide: 'long' }).stopped).toBeGreaterThan(5);
    expect(compare({ maxStopDistancePercent: 0.5 }, { sweepProbabilities: { long: 0.9, short: null } }).told).toBeGreaterThan(5);
  });
});
