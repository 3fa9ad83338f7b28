// Ranks the signals of a cycle by confidence × quality and says which may execute.
import type { NoSignal, Signal } from '../../../src-shared/domain/signal.ts';

export interface RankLimits {
  readonly minConfidence: number;
  readonly maxSignals: number;
  readonly immediateExecutionRank: number;
}

export interface RankedSignal {
  readonly signal: Signal;
  /** 1 is best. */
  readonly rank: number;
  readonly verdict: 'execute' | 'virtual' | 'dropped';
  /** Set when the signal goes no further. */
  readonly stoppedBy: NoSignal | null;
}

export function signalScore(signal: Signal): number {
  return signal.confidence * signal.quality;
}

/** Best first; ties by symbol, then side, so that the order never depends on arrival. */
export function rankSignals(signals: readonly Signal[], limits: RankLimits): readonly RankedSignal[] {
  if (signals.length === 0) return [];
  const ordered = [...signals].sort((a, b) => signalScore(b) - signalScore(a) || compareText(a.symbol, b.symbol) || compareText(a.side, b.side));
  let rank = 0;
  return ordered.map((signal) => {
    if (signal.confidence < limits.minConfidence) {
      return {
        signal,
        rank: 0,
        verdict: 'dropped',
        stoppedBy: stopped(signal, 'confidence', 'confidence.below_minimum', { confidence: signal.confidence, minimum: limits.minConfidence }),
      };
    }
    rank += 1;
    if (rank > limits.maxSignals)
      return { signal, rank, verdict: 'dropped', stoppedBy: stopped(signal, 'rank', 'rank.beyond_max_signals', { rank, maximum: limits.maxSignals }) };
    if (rank > limits.immediateExecutionRank)
      return { signal, rank, verdict: 'virtual', stoppedBy: stopped(signal, 'rank', 'rank.virtual_only', { rank, executing: limits.immediateExecutionRank }) };
    return { signal, rank, verdict: 'execute', stoppedBy: null };
  });
}

function stopped(signal: Signal, step: 'confidence' | 'rank', code: string, numbers: Readonly<Record<string, number>>): NoSignal {
  return { symbol: signal.symbol, decidedAt: signal.decidedAt, step, code, numbers, side: signal.side, progress: step === 'confidence' ? 0.8 : 0.95 };
}

/** Code-unit order: the same on every machine and in every locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
