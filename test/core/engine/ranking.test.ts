// Ranking of a cycle's signals.
import { describe, expect, it } from 'vitest';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { rankSignals } from '../../../src-main/core/engine/ranking.ts';
import { sampleSignal } from '../../support/samples.ts';

const limits = { minConfidence: 0.35, maxSignals: 4, immediateExecutionRank: 2 };
const named = (symbol: string, confidence: number, quality: number): Signal => ({ ...sampleSignal(), symbol, confidence, quality });

describe('rankSignals', () => {
  it('orders by confidence × quality and lets only the first ranks execute', () => {
    const ranked = rankSignals([named('C', 0.5, 0.5), named('A', 0.9, 0.9), named('B', 0.8, 0.8), named('D', 0.4, 0.4), named('E', 0.36, 0.36)], limits);
    expect(ranked.map((entry) => [entry.signal.symbol, entry.rank, entry.verdict])).toEqual([
      ['A', 1, 'execute'],
      ['B', 2, 'execute'],
      ['C', 3, 'virtual'],
      ['D', 4, 'virtual'],
      ['E', 5, 'dropped'],
    ]);
    expect(ranked[4]?.stoppedBy?.code).toBe('rank.beyond_max_signals');
  });

  it('multiplies the two: neither confidence nor quality alone decides', () => {
    const ranked = rankSignals([named('SURE', 0.9, 0.5), named('BOTH', 0.6, 0.9), named('GOOD', 0.45, 0.95)], limits);
    expect(ranked.map((entry) => entry.signal.symbol)).toEqual(['BOTH', 'SURE', 'GOOD']);
  });

  it('says what stopped the others, how far they came, and that the minimum itself is enough', () => {
    const ranked = rankSignals([named('A', 0.9, 0.9), named('B', 0.35, 1), named('C', 0.34, 1)], { ...limits, maxSignals: 1, immediateExecutionRank: 1 });
    expect(ranked.map(({ rank, verdict, stoppedBy }) => [rank, verdict, stoppedBy?.step, stoppedBy?.code, stoppedBy?.progress])).toEqual([
      [1, 'execute', undefined, undefined, undefined],
      [2, 'dropped', 'rank', 'rank.beyond_max_signals', 0.95],
      [0, 'dropped', 'confidence', 'confidence.below_minimum', 0.8],
    ]);
    expect(ranked[1]?.stoppedBy?.numbers).toEqual({ rank: 2, maximum: 1 });
    expect(ranked[2]?.stoppedBy?.numbers).toEqual({ confidence: 0.34, minimum: 0.35 });
  });

  it('does not let a signal below MIN_CONFIDENCE take a rank from another', () => {
    const ranked = rankSignals([named('LOW', 0.34, 1), named('OK', 0.36, 0.1)], limits);
    expect(ranked.find((entry) => entry.signal.symbol === 'OK')?.rank).toBe(1);
    expect(ranked.find((entry) => entry.signal.symbol === 'LOW')?.stoppedBy?.step).toBe('confidence');
  });

  it('gives the same order whatever the order of arrival', () => {
    const signals = [named('B', 0.5, 0.5), named('A', 0.5, 0.5), named('C', 0.5, 0.5)];
    const names = (list: readonly Signal[]): string[] => rankSignals(list, limits).map((entry) => entry.signal.symbol);
    expect(names(signals)).toEqual(['A', 'B', 'C']);
    expect(names([...signals].reverse())).toEqual(['A', 'B', 'C']);
    const sides = [named('A', 0.5, 0.5), { ...named('A', 0.5, 0.5), side: 'short' as const }];
    for (const list of [sides, sides.toReversed()]) expect(rankSignals(list, limits).map((entry) => entry.signal.side)).toEqual(['long', 'short']);
  });
});
