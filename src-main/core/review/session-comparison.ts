// A recorded session beside a re-run over the same candles: which decisions are the same, which are not, of what kind each difference is and why it is there.
import { explainDifference, type DifferenceCause, type ModelWord, type SessionCourse } from './difference-causes.ts';

/** One decision, from a journal or from a re-run. */
export interface ComparedDecision {
  /** Made from the market alone, so that judging the same candles again gives the same id. */
  readonly signalId: string;
  readonly symbol: string;
  readonly side: string;
  readonly time: number;
  /** `executed`, `denied`, `virtual` or `vetoed`, and why. */
  readonly outcome: string;
  readonly code: string | null;
  readonly confidence: number;
  /** What the models said; absent where it is not known. */
  readonly models?: readonly ModelWord[];
}

export type DifferenceKind =
  /** The same set-up, but something else came of it. */
  | 'other_outcome'
  /** The same set-up and outcome with another confidence: the history behind the candles was not the same length. */
  | 'other_confidence'
  /** The other run found the same side of the same market within the window, named by another candle. */
  | 'other_candle'
  /** Before the session streamed, or while it was interrupted: it could not decide. */
  | 'session_not_running'
  | 'only_recorded'
  | 'only_rerun';

export interface DecisionDifference {
  readonly kind: DifferenceKind;
  readonly recorded: ComparedDecision | null;
  readonly rerun: ComparedDecision | null;
  readonly cause: DifferenceCause;
  /** The cause in one sentence. */
  readonly detail: string;
}

export interface SessionComparison {
  readonly recorded: number;
  readonly rerun: number;
  readonly same: number;
  readonly differences: readonly DecisionDifference[];
  readonly byKind: Readonly<Partial<Record<DifferenceKind, number>>>;
  readonly byCause: Readonly<Partial<Record<DifferenceCause, number>>>;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const NEAR_MS = 30 * 60_000;
const CONFIDENCE_STEP = 1e-9;

/** Compares by signal id. */
export function compareSession(recorded: readonly ComparedDecision[], rerun: readonly ComparedDecision[], course: SessionCourse): SessionComparison {
  const byId = new Map(rerun.map((decision) => [decision.signalId, decision]));
  const recordedIds = new Set(recorded.map((decision) => decision.signalId));
  const differences: DecisionDifference[] = [];
  const add = (difference: Omit<DecisionDifference, 'cause' | 'detail'>): void => {
    differences.push({ ...difference, ...explainDifference(difference, course) });
  };
  let same = 0;
  for (const decision of recorded) {
    const twin = byId.get(decision.signalId) ?? null;
    const kind = twin === null ? kindWithoutTwin(decision, rerun, 'only_recorded') : kindOfTwins(decision, twin);
    if (kind === null) same += 1;
    else add({ kind, recorded: decision, rerun: twin });
  }
  for (const decision of rerun) {
    if (recordedIds.has(decision.signalId)) continue;
    const isRunning = course.running.some((stretch) => decision.time >= stretch.from && decision.time <= stretch.to);
    add({ kind: isRunning ? kindWithoutTwin(decision, recorded, 'only_rerun') : 'session_not_running', recorded: null, rerun: decision });
  }
  const counted = <K extends string>(names: readonly K[]): Partial<Record<K, number>> => {
    const counts: Partial<Record<K, number>> = {};
    for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  };
  const byKind = counted(differences.map(({ kind }) => kind));
  return { recorded: recorded.length, rerun: rerun.length, same, differences, byKind, byCause: counted(differences.map(({ cause }) => cause)) };
}

function kindOfTwins(recorded: ComparedDecision, rerun: ComparedDecision): DifferenceKind | null {
  if (recorded.outcome !== rerun.outcome || recorded.code !== rerun.code) return 'other_outcome';
  return Math.abs(recorded.confidence - rerun.confidence) > CONFIDENCE_STEP ? 'other_confidence' : null;
}

function kindWithoutTwin(decision: ComparedDecision, others: readonly ComparedDecision[], alone: 'only_recorded' | 'only_rerun'): DifferenceKind {
  const isNear = (other: ComparedDecision): boolean =>
    other.symbol === decision.symbol && other.side === decision.side && Math.abs(other.time - decision.time) <= NEAR_MS;
  return others.some(isNear) ? 'other_candle' : alone;
}
