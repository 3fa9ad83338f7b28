// What the models view shows and asks: every model with its versions and what was measured of it, the training under way, and drift.
import { z } from 'zod';
import type { EpochMs } from '../kernel/units.ts';
import type { TrainingEpoch } from './worker.ts';

/** One measured figure with its 90 % bounds, what is known without the model, and how many rows are behind it. Null: not stated. */
export interface ModelFigure {
  readonly name: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly baseline: number | null;
  readonly count: number;
}

/** Rows with similar stated probabilities, and how often they won. */
export interface CalibrationPoint {
  readonly predicted: number;
  readonly observed: number;
  readonly count: number;
}

/** Share of the mean absolute SHAP value over the judged rows, [0, 1]. */
export interface FeatureImportance {
  readonly feature: string;
  readonly share: number;
}

export interface ModelVersion {
  readonly version: string;
  /** Outcomes known until here were learned from. */
  readonly trainedUntil: EpochMs | null;
  /** Edge (skill, for a network that predicts no trade) out of sample. */
  readonly edge: boolean;
  /** The report's verdict, one sentence. */
  readonly note: string;
}

/** What the gate said when champion and challenger were compared on the same later trades. */
export interface GateVerdict {
  readonly kind: 'promote' | 'keep';
  /** `leakage`, `overlap`, `too_few`, `log_loss`, `expectancy`, or a sentence; null when it passed plainly. */
  readonly why: string | null;
  readonly count: number;
}

export interface ModelDrift {
  readonly action: 'none' | 'warn' | 'act';
  /** Served rows compared with training. */
  readonly rows: number;
  /** Finished trades behind the loss check. */
  readonly trades: number;
  readonly isLossDrifting: boolean;
  /** What confidence from this model is multiplied with. */
  readonly discount: number;
  /** Features that moved, most first; the index is the population stability index. */
  readonly moved: readonly { readonly name: string; readonly index: number; readonly grade: 'warn' | 'act' }[];
}

export interface ModelView {
  readonly name: string;
  /** What it reads and what it answers, one sentence. */
  readonly purpose: string;
  /** `fallback`: the rule named below stands in for it. */
  readonly state: 'serving' | 'fallback';
  /** The rule that stands in, and why it does now; `why` is null while the model serves. */
  readonly fallback: { readonly rule: string; readonly why: string | null };
  /** What its answers may do to a signal. */
  readonly authority: 'may_raise' | 'may_lower' | 'informs';
  readonly champion: ModelVersion | null;
  readonly challenger: (ModelVersion & { readonly gate: GateVerdict | null }) | null;
  /** Served before, newest first: what a roll-back goes to. */
  readonly previous: readonly ModelVersion[];
  /** fp32 or INT8, and why, one sentence. */
  readonly serving: string;
  /** Of the version that serves, out of sample. */
  readonly figures: readonly ModelFigure[];
  readonly calibration: readonly CalibrationPoint[];
  /** Most first; empty where the model has none. */
  readonly importance: readonly FeatureImportance[];
  readonly leakage: { readonly passed: boolean; readonly text: string } | null;
  /** Null where it is not watched: then `driftProblem` says why. */
  readonly drift: ModelDrift | null;
  readonly driftProblem: string | null;
}

export type TrainingCause = 'asked' | 'new_samples' | 'hours' | 'drift';

/** Pushed while a training runs and whenever the models change. */
export interface TrainingView {
  readonly state: 'idle' | 'running' | 'paused';
  /** Names of the models being trained; empty while idle. */
  readonly models: readonly string[];
  readonly cause: TrainingCause | null;
  readonly startedAt: EpochMs | null;
  readonly stage: string;
  /** Of the stage, [0, 1]. */
  readonly fraction: number;
  /** Wall milliseconds until the stage ends; null while unknown. */
  readonly etaMs: number | null;
  /** Of the network being trained; null between networks. */
  readonly epoch: TrainingEpoch | null;
  readonly memoryMb: number;
  /** The newest line of the trainer. */
  readonly line: string;
  /** How the newest training of this run ended. */
  readonly last: { readonly endedAt: EpochMs; readonly isTrained: boolean; readonly text: string } | null;
  /** When the next one is due, one sentence. */
  readonly next: string;
  /** Grows with every change of the models: ask `models` again. */
  readonly revision: number;
}

export const IDLE_TRAINING: TrainingView = {
  state: 'idle',
  models: [],
  cause: null,
  startedAt: null,
  stage: '',
  fraction: 0,
  etaMs: null,
  epoch: null,
  memoryMb: 0,
  line: '',
  last: null,
  next: '',
  revision: 0,
};

/** Lived samples by where they came from, and what the models' veto saved or cost. */
export interface SamplesView {
  readonly total: number;
  readonly real: number;
  readonly paper: number;
  readonly virtual: number;
  /** Outcomes known since the last training began. */
  readonly sinceTraining: number;
  readonly byVerdict: readonly { readonly verdict: string; readonly count: number; readonly wins: number; readonly meanR: number }[];
  /** The same judged candidates under two deciders, mean result in R after costs; a count of 0 has no mean. */
  readonly counterfactual: {
    readonly hybrid: { readonly count: number; readonly meanR: number };
    readonly ictAlone: { readonly count: number; readonly meanR: number };
  };
  /** R not taken because of a veto, turned round: positive saved, negative cost. */
  readonly veto: { readonly count: number; readonly savedR: number };
}

export interface ModelsView {
  readonly models: readonly ModelView[];
  readonly training: TrainingView;
  readonly samples: SamplesView;
  /** Rows in the feature store, and the schema they were built by. */
  readonly features: { readonly rows: number; readonly schemaHash: string };
  /** One sentence for each model that cannot be used. */
  readonly problems: readonly string[];
}

const model = z.string().min(1).max(40);

export const learningCommandSchema = z.discriminatedUnion('kind', [
  /** A model's name, several with commas, or `all`. */
  z.object({ kind: z.literal('train'), model: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('pause-training') }),
  z.object({ kind: z.literal('resume-training') }),
  z.object({ kind: z.literal('cancel-training') }),
  /** Refused with `learning.gate` when the gate has not passed it, unless `despiteGate`. */
  z.object({ kind: z.literal('promote'), model, despiteGate: z.boolean() }),
  z.object({ kind: z.literal('roll-back'), model }),
]);
export type LearningCommand = z.infer<typeof learningCommandSchema>;
