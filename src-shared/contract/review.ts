// Reviewing sessions and backtests: what the screen is answered.
import type { CandleColumns } from '../domain/candle.ts';
import type { ReviewJob, ReviewKind, ReviewRequest } from './review-requests.ts';

export interface SessionNote {
  readonly trade: string | null;
  readonly text: string;
  readonly tags: readonly string[];
  readonly changedAt: number;
}

export interface SessionRow {
  readonly key: string;
  /** A run of this terminal, or one that was brought from another. */
  readonly origin: 'own' | 'imported';
  readonly mode: 'simulated' | 'paper' | 'demo' | 'live' | 'backtest';
  readonly strategy: string;
  readonly version: string;
  readonly startedAt: number;
  /** Null while it runs, and for good when it ended without a stop. */
  readonly endedAt: number | null;
  readonly endedWhy: string | null;
  readonly lines: number;
  readonly trades: number;
  /** USDT after fees and funding. */
  readonly net: number;
  readonly tags: readonly string[];
  readonly note: string;
  /** Size of the recording for exact replay; null without one. */
  readonly recordingBytes: number | null;
}

/** One number of the statistics; null where it means nothing. */
export interface ReviewFigure {
  readonly id: string;
  readonly unit: 'count' | 'usdt' | 'share' | 'R' | 'ratio' | 'hours';
  readonly value: number | null;
  /** 95 % interval. */
  readonly low: number | null;
  readonly high: number | null;
}

export interface ReviewTrade {
  readonly id: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly strategy: string;
  readonly openedAt: number;
  readonly closedAt: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly quantity: number;
  readonly leverage: number;
  readonly realised: number;
  readonly fees: number;
  readonly funding: number;
  readonly net: number;
  readonly netR: number | null;
  readonly maxR: number | null;
  readonly minR: number | null;
  readonly reason: string;
  readonly confidence: number | null;
  readonly quality: number | null;
  readonly regime: string | null;
}

export interface ReviewBreakdownRow {
  readonly key: string;
  readonly trades: number;
  readonly winRate: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly net: number;
  readonly expectancyR: number | null;
  readonly profitFactor: number | null;
}

/** What a person's hand was worth beside the untouched plan. */
export interface OverrideView {
  readonly verdict: string;
  readonly overrides: number;
  readonly helped: number;
  readonly hurt: number;
  readonly rows: readonly { readonly id: string; readonly symbol: string; readonly action: string; readonly actualR: number; readonly planR: number }[];
  /** Trades whose untouched plan has not ended yet. */
  readonly waiting: number;
}

export interface SessionDetail {
  readonly row: SessionRow;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Settings that differ from their defaults. */
  readonly changedSettings: Readonly<Record<string, unknown>>;
  readonly models: readonly { readonly name: string; readonly version: string }[];
  readonly candles: string;
  readonly opening: number;
  readonly figures: readonly ReviewFigure[];
  /** Equity in USDT; from finished trades where the session kept no equity (`isExact` false). */
  readonly equity: { readonly times: readonly number[]; readonly usdt: readonly number[]; readonly isExact: boolean };
  readonly histogram: readonly { readonly from: number; readonly count: number }[];
  readonly breakdowns: Readonly<Record<string, readonly ReviewBreakdownRow[]>>;
  readonly trades: readonly ReviewTrade[];
  readonly overrides: OverrideView;
  readonly notes: readonly SessionNote[];
  /** Sentences that must be read with the numbers. */
  readonly warnings: readonly string[];
  readonly hash: string | null;
  /** Means per value of each swept parameter; empty without a sweep. */
  readonly sensitivity: Readonly<Record<string, readonly { readonly value: string; readonly meanSharpe: number | null }[]>>;
  /** Sentences about sweep, walk-forward, accounting and look-ahead. */
  readonly findings: readonly string[];
}

export interface TimelineEvent {
  readonly id: number;
  readonly time: number;
  readonly kind: string;
  readonly summary: string;
  readonly symbol: string | null;
  readonly positionId: string | null;
}

/** A position from this moment until its next state. Prices, not ticks. */
export interface TimelinePosition {
  readonly time: number;
  readonly id: string;
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly phase: string;
  readonly quantity: number;
  readonly entryPrice: number;
  readonly stop: number | null;
  readonly target: number | null;
  readonly realised: number;
  readonly closeReason: string | null;
  readonly exitPrice: number | null;
}

export interface SessionTimeline {
  readonly from: number;
  readonly to: number;
  readonly symbols: readonly string[];
  readonly events: readonly TimelineEvent[];
  /** In the order of time. */
  readonly positions: readonly TimelinePosition[];
  /** True when older events were left out. */
  readonly isCut: boolean;
}

export type ReviewCandles = CandleColumns;

export interface SessionComparisonView {
  readonly a: SessionRow;
  readonly b: SessionRow;
  readonly rows: readonly { readonly id: string; readonly unit: ReviewFigure['unit']; readonly a: number | null; readonly b: number | null }[];
  /** Mean R of B minus A, with its 95 % interval. */
  readonly difference: { readonly value: number | null; readonly low: number | null; readonly high: number | null };
  readonly settings: readonly { readonly name: string; readonly a: string; readonly b: string }[];
  readonly equity: readonly [SessionDetail['equity'], SessionDetail['equity']];
}

export interface ExportedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly base64: string;
}

/** A stretch of a session file. */
export interface ExportedPart {
  readonly name: string;
  readonly bytes: number;
  readonly offset: number;
  readonly base64: string;
}

/** A set-up up to its decision, its outcome hidden. Prices are shares of the entry, so that the market is not recognised. */
export interface BlindCaseView {
  readonly id: string;
  readonly side: 'long' | 'short';
  readonly candles: ReviewCandles;
  readonly stop: number;
  readonly target: number;
}

export interface BlindJudge {
  readonly taken: number;
  readonly winRate: number | null;
  readonly takenR: number;
  readonly skippedR: number;
  readonly brier: number | null;
  readonly ranking: number | null;
}

export interface BlindGradeView {
  readonly judged: number;
  readonly person: BlindJudge;
  readonly system: BlindJudge;
  readonly outcomes: readonly {
    readonly id: string;
    readonly symbol: string;
    readonly decidedAt: number;
    readonly confidence: number;
    readonly netR: number;
  }[];
}

export type ReviewJobResult =
  | {
      readonly kind: 'verify';
      readonly inputs: number;
      readonly journalLines: number;
      readonly hash: string;
      readonly isWhole: boolean;
      /** First moment from which outputs differ; null when all are the same. */
      readonly differsAt: number | null;
      /** Whether the same engine recorded it (null: unknown), and a sentence that names both builds. */
      readonly build: { readonly isSame: boolean | null; readonly sentence: string };
    }
  | {
      readonly kind: 'what-if';
      readonly changes: Readonly<Record<string, unknown>>;
      readonly recorded: readonly ReviewFigure[];
      readonly rerun: readonly ReviewFigure[];
      readonly difference: SessionComparisonView['difference'];
      readonly equity: SessionDetail['equity'];
      readonly decisions: {
        readonly recorded: number;
        readonly rerun: number;
        readonly same: number;
        readonly byKind: Readonly<Record<string, number>>;
        readonly byCause: Readonly<Record<string, number>>;
      };
      /** Whether the journal says what a replay of the recording gives (null: there is none), and a sentence about it. */
      readonly journal: { readonly isSame: boolean | null; readonly sentence: string };
      readonly differences: readonly {
        readonly kind: string;
        readonly time: number;
        readonly signal: string;
        readonly recorded: string;
        readonly rerun: string;
        /** `unexplained` is an alarm; every other cause comes with its sentence. */
        readonly cause: string;
        readonly detail: string;
      }[];
    }
  | {
      readonly kind: 'backtest';
      readonly key: string;
      /** Why its numbers must not be trusted: books that do not agree, a look-ahead; empty when all is well. */
      readonly alarms: readonly string[];
    };

export interface ReviewJobView {
  readonly id: number;
  readonly job: ReviewJob;
  readonly startedAt: number;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled';
  /** Share done, [0, 1]; null while it cannot be told. */
  readonly progress: number | null;
  readonly stage: string;
  readonly result: ReviewJobResult | null;
  readonly problem: string | null;
}

/** What each request is answered with. */
export interface ReviewAnswers {
  readonly sessions: readonly SessionRow[];
  readonly session: SessionDetail;
  readonly timeline: SessionTimeline;
  readonly record: TimelineEvent & { readonly data: unknown };
  readonly candles: ReviewCandles;
  readonly annotate: readonly SessionNote[];
  readonly compare: SessionComparisonView;
  readonly export: ExportedFile;
  /** Key of the imported session once the last part is there. */
  readonly 'import-part': { readonly key: string | null };
  readonly 'export-part': ExportedPart;
  readonly remove: readonly SessionRow[];
  readonly blind: readonly BlindCaseView[];
  readonly grade: BlindGradeView;
  readonly 'start-job': ReviewJobView;
  readonly jobs: readonly ReviewJobView[];
  readonly 'cancel-job': readonly ReviewJobView[];
}

export interface ReviewCalls {
  /** The answer belongs to the request's kind: {@link ReviewAnswers}. */
  readonly review: { readonly parameters: ReviewRequest; readonly result: ReviewAnswers[ReviewKind] };
}
