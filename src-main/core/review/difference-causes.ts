// Why a recorded session and its re-run decided differently: each difference gets one cause, from what is known of the session besides its decisions.
import type { ComparedDecision, DifferenceKind, Stretch } from './session-comparison.ts';

export type DifferenceCause =
  /** Before it streamed, or while data or venue failed it. */
  | 'not_running'
  /** The candle never reached the session, or only after the next one had closed, or with other numbers than the archive has now. */
  | 'missing_candle'
  | 'late_candle'
  | 'changed_candle'
  /** The session read the history of the symbol anew, so that its indicators began elsewhere. */
  | 'history_reread'
  | 'setting_changed'
  | 'manual_action'
  | 'model_version'
  /** The models answered one and not the other, or something else. */
  | 'model_answer'
  /** Spread or price stood elsewhere at the moment of the decision. */
  | 'spread'
  /** Positions, margin or limits stood elsewhere: fills and their times are never quite the same. */
  | 'account'
  | 'other_build'
  | 'unexplained';

/** `at` is the close of the candle that makes it so; of an `unpriced` one the archive has no candle, so that the re-run had no price to decide at. */
export type CandleFate = { readonly kind: 'seen' } | { readonly kind: 'late' | 'missing' | 'changed' | 'unpriced'; readonly at: number };

/** Something a person did. */
export interface HandAction {
  readonly time: number;
  readonly isSetting: boolean;
  /** Null where it touches everything. */
  readonly symbol: string | null;
  readonly words: string;
}

/** What is known of a session besides its decisions. */
export interface SessionCourse {
  /** Stretches in which it could decide. */
  readonly running: readonly Stretch[];
  /**
   * What became of the 5m candle of a symbol that closed last before a moment, and whether an earlier one was told with other numbers than the
   * archive has; `seen` where nothing is known.
   */
  readonly candle: (symbol: string, time: number) => CandleFate;
  /** When the history of a symbol was last read anew before a moment; null for never. */
  readonly historyReadAt: (symbol: string, time: number) => number | null;
  /** In the order of time. */
  readonly hands: readonly HandAction[];
  /** Settings the re-run was told to change; empty unless it is a what-if. */
  readonly whatIf: readonly string[];
  /** False when it is known that another engine recorded the session. */
  readonly isSameBuild: boolean | null;
}

export interface ExplainedCause {
  readonly cause: DifferenceCause;
  /** One sentence with its numbers. */
  readonly detail: string;
}

const SPREAD_CODES: readonly string[] = ['price_moved', 'stop_too_close', 'stop_too_far', 'stop_wrong_side', 'liquidation_too_close'];
const ACCOUNT_CODES: readonly string[] = [
  ...['trading_halted', 'trading_reducing', 'breaker_blocked', 'position_exists', 'opposing_position', 'order_pending', 'symbol_cooldown', 'max_positions'],
  ...['gross_exposure', 'net_exposure', 'cluster_exposure', 'below_minimum_quantity', 'below_minimum_notional', 'leverage_not_allowed'],
  ...['insufficient_margin', 'risk_per_trade', 'negative_expectancy', 'losing_streak', 'unresolved_order'],
];
const CANDLE_WORDS: Readonly<Record<Exclude<CandleFate['kind'], 'seen'>, string>> = {
  missing: 'never reached the session',
  late: 'reached the session after the next one',
  changed: 'has other numbers in the archive than the session was told',
  unpriced: 'is not in the archive, so that the re-run had no price to decide at',
};
const STEP = 1e-9;

export interface Difference {
  readonly kind: DifferenceKind;
  readonly recorded: ComparedDecision | null;
  readonly rerun: ComparedDecision | null;
}

/** The first cause that applies; what has none is said to be unexplained, which is an alarm. */
export function explainDifference({ kind, recorded, rerun }: Difference, course: SessionCourse): ExplainedCause {
  const decision = recorded ?? rerun;
  if (decision === null) throw new Error('a difference without a decision');
  const { symbol, time } = decision;
  if (kind === 'session_not_running') return { cause: 'not_running', detail: 'the session was starting, stopped, or cut off from data or venue' };
  if (course.whatIf.length > 0) return { cause: 'setting_changed', detail: `the re-run has other settings: ${course.whatIf.join(', ')}` };
  const fate = course.candle(symbol, time);
  if (fate.kind !== 'seen')
    return {
      cause: fate.kind === 'unpriced' ? 'missing_candle' : `${fate.kind}_candle`,
      detail: `the 5m candle that closed at ${clock(fate.at)} ${CANDLE_WORDS[fate.kind]}`,
    };
  const setting = course.hands.findLast((hand) => hand.isSetting && hand.time <= time);
  if (setting !== undefined) return { cause: 'setting_changed', detail: `${clock(setting.time)} ${setting.words}; the re-run keeps the settings of the start` };
  const models = modelCause(recorded, rerun);
  if (models !== null) return models;
  if (kind !== 'other_confidence') {
    const hand = course.hands.findLast((entry) => !entry.isSetting && entry.time <= time && (entry.symbol === null || entry.symbol === symbol));
    if (hand !== undefined) return { cause: 'manual_action', detail: `${clock(hand.time)} ${hand.words}; the re-run does not repeat it` };
    const code = codeAmong(SPREAD_CODES, recorded, rerun);
    if (code !== null) return { cause: 'spread', detail: `spread or price stood elsewhere at the moment of the decision (${code})` };
    const limit = codeAmong(ACCOUNT_CODES, recorded, rerun);
    if (limit !== null) return { cause: 'account', detail: `positions, margin or limits stood elsewhere, because fills and their times differ (${limit})` };
  }
  const reread = course.historyReadAt(symbol, time);
  if (reread !== null)
    return { cause: 'history_reread', detail: `${clock(reread)} the session read the history of ${symbol} anew; its indicators began elsewhere` };
  if (course.isSameBuild === false) return { cause: 'other_build', detail: 'another build of the program recorded the session' };
  return { cause: 'unexplained', detail: 'nothing that is known of the session explains it' };
}

function modelCause(recorded: ComparedDecision | null, rerun: ComparedDecision | null): ExplainedCause | null {
  if (recorded?.models === undefined || rerun?.models === undefined) return null;
  const name = ({ model, version }: ModelWord): string => `${model} ${version}`;
  const [before, after] = [recorded.models.map(name).join(', '), rerun.models.map(name).join(', ')];
  if (before !== after && before !== '' && after !== '') return { cause: 'model_version', detail: `decided with ${before}, re-run with ${after}` };
  const isOther = recorded.models.some(({ probability }, index) => Math.abs(probability - (rerun.models?.[index]?.probability ?? Number.NaN)) > STEP);
  if (before === after && !isOther) return null;
  const words = (list: readonly ModelWord[]): string =>
    list.length === 0 ? 'no model answered' : list.map((word) => `${name(word)}: ${word.probability.toFixed(3)}`).join(', ');
  return { cause: 'model_answer', detail: `session: ${words(recorded.models)}; re-run: ${words(rerun.models)}` };
}

/** What a model said of a decision. */
export interface ModelWord {
  readonly model: string;
  readonly version: string;
  readonly probability: number;
}

function codeAmong(codes: readonly string[], ...decisions: readonly (ComparedDecision | null)[]): string | null {
  return decisions.find((decision) => decision?.code !== null && decision?.code !== undefined && codes.includes(decision.code))?.code ?? null;
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}
