// A lived sample: what was known of a candidate when it was decided, how it ended, and how both are read from the journal's data.
import type { Side, Signal } from '../../../src-shared/domain/signal.ts';
import { breakEvenOf } from '../strategies/break-even.ts';

/** What was known of a candidate when it was decided; never its outcome. */
export interface SampleOpening {
  readonly id: string;
  readonly symbol: string;
  readonly side: Side;
  readonly decidedAt: number;
  readonly quality: number;
  readonly ictConfidence: number;
  /** Win probability at which the plan earns nothing after costs. */
  readonly breakEven: number;
  /** The plan's exits as fractions of its entry price, and how long it may last. */
  readonly exits: { readonly stop: number; readonly target: number; readonly horizonMs: number };
  /** Whether ICT alone would have traded it; null where no model judged. */
  readonly ictAlone: boolean | null;
  /** What the model said of it; null when none was asked. */
  readonly opinion: { readonly model: string; readonly version: string; readonly probability: number } | null;
}

/** A candidate that lived to its end, traded or not. */
export interface LivedSample {
  readonly id: string;
  readonly symbol: string;
  readonly openedAt: number;
  readonly closedAt: number;
  /** `traded`, or the code that stopped it. */
  readonly verdict: string;
  /** `virtual` until a position that was really opened from it has ended: then its result counts. */
  readonly source: SampleSource;
  /** After costs, in units of the risk at entry. */
  readonly resultR: number;
  /** Null when the journal no longer holds its opening. */
  readonly opening: SampleOpening | null;
}

export type SampleSource = 'virtual' | 'paper' | 'real';

export interface VerdictSummary {
  readonly verdict: string;
  readonly count: number;
  readonly wins: number;
  readonly meanR: number;
}

export interface Tally {
  readonly count: number;
  readonly meanR: number;
}

/** Whether a candidate passed every step of its strategy, by its verdict: what was stopped later, or traded, was complete. */
export function isCompleteSignal(verdict: string): boolean {
  return !/^(?:data|regime|bias|setup|trigger|confidence|plan|quality|model)\./u.test(verdict);
}

/** Null when the plan cannot be read: journal data is JSON from another session. */
export function openingOf(signal: Signal): SampleOpening | null {
  const { id, symbol, side, decidedAt, quality, ictConfidence, plan } = signal;
  if (plan === undefined || !(plan.entry > 0) || !(Math.abs(plan.entry - plan.stop) > 0)) return null;
  const opinion = signal.evidence.opinions[0];
  return {
    id,
    symbol,
    side,
    decidedAt,
    quality,
    ictConfidence,
    breakEven: breakEvenOf(plan),
    exits: {
      stop: Math.abs(plan.entry - plan.stop) / plan.entry,
      target: Math.abs(plan.target - plan.entry) / plan.entry,
      horizonMs: plan.expiresAt - decidedAt,
    },
    ictAlone: signal.evidence.ictAlone ?? null,
    opinion: opinion === undefined ? null : { model: opinion.model, version: opinion.version, probability: opinion.winProbability },
  };
}

/** The end of a virtual position; null unless it has the right shape. */
export function readVirtualEnd(data: unknown): Omit<LivedSample, 'source' | 'opening'> | null {
  if (typeof data !== 'object' || data === null) return null;
  const { id, symbol, openedAt, closedAt, verdict, pnlR } = data as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || typeof symbol !== 'string' || typeof verdict !== 'string') return null;
  if (typeof openedAt !== 'number' || typeof closedAt !== 'number' || typeof pnlR !== 'number' || !Number.isFinite(pnlR)) return null;
  return { id, symbol, openedAt, closedAt, verdict, resultR: pnlR };
}
