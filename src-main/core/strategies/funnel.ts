// Counts at which step the symbols of a cycle stopped, so that "0 signals" always has a visible reason.
import type { FunnelView } from '../../../src-shared/contract/view.ts';
import type { FunnelStep } from '../../../src-shared/domain/signal.ts';
import { FUNNEL_STEPS } from '../../../src-shared/domain/signal.ts';
import type { Evaluation } from './context.ts';

/** Counters of one cycle. Rank and risk are added by the engine, which takes a signal away again with `stop`. */
export class FunnelCounts {
  private evaluated = 0;
  private signals = 0;
  private readonly stopped: Record<FunnelStep, number>;
  /** Null before the first: most cycles of a backtest hold one. */
  private codes: string[] | null = null;

  constructor() {
    // A literal: one is made for every cycle, and the backtest makes one for every candle.
    this.stopped = { data: 0, regime: 0, bias: 0, setup: 0, trigger: 0, confidence: 0, plan: 0, quality: 0, model: 0, rank: 0, risk: 0 };
  }

  record(evaluation: Evaluation): void {
    this.evaluated += 1;
    if (evaluation.kind === 'signal') this.signals += 1;
    else this.count(evaluation.noSignal.step, evaluation.noSignal.code);
  }

  /** A signal that was recorded and then stopped later in the trip. */
  stop(step: 'rank' | 'risk', code: string): void {
    this.signals -= 1;
    this.count(step, code);
  }

  /** How often each reason was given, most frequent first. */
  get reasons(): readonly (readonly [string, number])[] {
    const counts = new Map<string, number>();
    for (const code of this.codes ?? []) counts.set(code, (counts.get(code) ?? 0) + 1);
    return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  /** The step at which every evaluated symbol stopped, when it is the same for all of them: a gate worth an alarm. */
  get impassableStep(): FunnelStep | null {
    if (this.evaluated === 0) return null;
    return FUNNEL_STEPS.find((step) => this.stopped[step] === this.evaluated) ?? null;
  }

  /** The counts as they are when the cycle is over: nothing is counted after it. */
  view(cycle: number): FunnelView {
    return { cycle, evaluated: this.evaluated, signals: this.signals, stopped: this.stopped };
  }

  private count(step: FunnelStep, code: string): void {
    this.stopped[step] += 1;
    if (this.codes === null) this.codes = [code];
    else this.codes.push(code);
  }
}
