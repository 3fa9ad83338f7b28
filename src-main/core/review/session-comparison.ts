// A recorded session beside a re-run over the same candles: which decisions are the same, which are not, and what kind of difference it is.

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
  /** The candle it was made on reached the session too late, or never. */
  | 'candle_not_seen'
  | 'only_recorded'
  | 'only_rerun';

export interface DecisionDifference {
  readonly kind: DifferenceKind;
  readonly recorded: ComparedDecision | null;
  readonly rerun: ComparedDecision | null;
}

export interface SessionComparison {
  readonly recorded: number;
  readonly rerun: number;
  readonly same: number;
  readonly differences: readonly DecisionDifference[];
  readonly byKind: Readonly<Partial<Record<DifferenceKind, number>>>;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const NEAR_MS = 30 * 60_000;
const CONFIDENCE_STEP = 1e-9;

/** What is known of a session besides its decisions. */
export interface SessionCourse {
  /** Stretches in which it could decide. */
  readonly running: readonly Stretch[];
  /** Whether the candle that closed last before `time` had reached it in time; true where nothing is known of that. */
  readonly hadCandle: (symbol: string, time: number) => boolean;
}

/** Compares by signal id. */
export function compareSession(
  recorded: readonly ComparedDecision[],
  rerun: readonly ComparedDecision[],
  { running, hadCandle }: SessionCourse,
): SessionComparison {
  const byId = new Map(rerun.map((decision) => [decision.signalId, decision]));
  const recordedIds = new Set(recorded.map((decision) => decision.signalId));
  const differences: DecisionDifference[] = [];
  let same = 0;
  for (const decision of recorded) {
    const twin = byId.get(decision.signalId) ?? null;
    const kind = twin === null ? kindWithoutTwin(decision, { others: rerun, alone: 'only_recorded' }) : kindOfTwins(decision, twin);
    if (kind === null) same += 1;
    else differences.push({ kind, recorded: decision, rerun: twin });
  }
  for (const decision of rerun) {
    if (recordedIds.has(decision.signalId)) continue;
    const isRunning = running.some((stretch) => decision.time >= stretch.from && decision.time <= stretch.to);
    const alone = hadCandle(decision.symbol, decision.time) ? 'only_rerun' : 'candle_not_seen';
    const kind = isRunning ? kindWithoutTwin(decision, { others: recorded, alone }) : 'session_not_running';
    differences.push({ kind, recorded: null, rerun: decision });
  }
  const byKind: Partial<Record<DifferenceKind, number>> = {};
  for (const { kind } of differences) byKind[kind] = (byKind[kind] ?? 0) + 1;
  return { recorded: recorded.length, rerun: rerun.length, same, differences, byKind };
}

function kindOfTwins(recorded: ComparedDecision, rerun: ComparedDecision): DifferenceKind | null {
  if (recorded.outcome !== rerun.outcome || recorded.code !== rerun.code) return 'other_outcome';
  return Math.abs(recorded.confidence - rerun.confidence) > CONFIDENCE_STEP ? 'other_confidence' : null;
}

function kindWithoutTwin(
  decision: ComparedDecision,
  seen: { readonly others: readonly ComparedDecision[]; readonly alone: 'only_recorded' | 'only_rerun' | 'candle_not_seen' },
): DifferenceKind {
  const isNear = (other: ComparedDecision): boolean =>
    other.symbol === decision.symbol && other.side === decision.side && Math.abs(other.time - decision.time) <= NEAR_MS;
  return seen.others.some(isNear) ? 'other_candle' : seen.alone;
}
