// The strategy interface, its three modes, and the memory that keeps one set-up from firing twice.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { StrategyMode } from '../../../src-shared/domain/signal.ts';
import { assertNever } from '../../../src-shared/kernel/result.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { DecisionContext, Evaluation, IctAnalysis } from './context.ts';
import { refuse } from './context.ts';
import { analyseHybrid } from './hybrid.ts';
import { analyseIct } from './ict.ts';
import { analyseSelfLearning } from './self-learning.ts';

/** Signals remembered per strategy; far more than can be fresh at once. */
export const REMEMBERED_SIGNALS = 4096;

export interface Strategy {
  readonly mode: StrategyMode;
  /** Judges a symbol on its closed candles. Pure apart from reading which signals were already taken. */
  evaluate(state: SymbolState, context: DecisionContext): Evaluation;
}

/**
 * Ids of signals that were acted on. The engine calls `remember` once a signal is taken into its ranking, and again at boot for the
 * newest journalled signals: ids are made from the market alone, so the memory is rebuilt exactly.
 */
export class SignalMemory {
  private readonly ids = new Set<string>();

  get size(): number {
    return this.ids.size;
  }

  remember(signalId: string): void {
    this.ids.add(signalId);
    if (this.ids.size <= REMEMBERED_SIGNALS) return;
    for (const oldest of this.ids) {
      this.ids.delete(oldest);
      return;
    }
  }

  has(signalId: string): boolean {
    return this.ids.has(signalId);
  }
}

function analyserOf(mode: StrategyMode): (state: SymbolState, settings: Settings, context: DecisionContext) => IctAnalysis {
  switch (mode) {
    case 'ict':
      return analyseIct;
    case 'hybrid':
      return analyseHybrid;
    case 'self_learning':
      return analyseSelfLearning;
    default:
      return assertNever(mode);
  }
}

/** The strategy of a mode. Cheap to make: switching the mode while running is making another one over the same memory. */
export function createStrategy(mode: StrategyMode, settings: Settings, memory: SignalMemory): Strategy {
  const analyse = analyserOf(mode);
  return { mode, evaluate: (state, context) => conclude(analyse(state, settings, context), { context, memory }) };
}

function conclude(analysis: IctAnalysis, decision: { readonly context: DecisionContext; readonly memory: SignalMemory }): Evaluation {
  if (analysis.kind === 'none') return { kind: 'none', noSignal: analysis.noSignal, candidate: null };
  const { signal, stoppedBy } = analysis;
  if (stoppedBy !== null) return { kind: 'none', noSignal: stoppedBy, candidate: signal };
  if (!decision.memory.has(signal.id)) return { kind: 'signal', signal };
  const noSignal = refuse({
    symbol: signal.symbol,
    now: decision.context.now,
    step: 'trigger',
    code: 'trigger.already_signalled',
    numbers: { confidence: signal.confidence },
    side: signal.side,
    closeness: 1,
  });
  return { kind: 'none', noSignal, candidate: null };
}
