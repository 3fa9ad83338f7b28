// When a training is due: enough new closed samples, enough hours with a few, or drift; never two at once and never without enough data.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { MODEL_NAMES, type ModelName } from './model-inputs.ts';

const HOUR_MS = 3_600_000;
/** After a training that failed or was refused the next one waits at least this long. */
const RETRY_MS = HOUR_MS;

export interface TrainingHistory {
  /** Samples with a known outcome, all of them. */
  readonly samples: number;
  /** Of those, known since the last training began. */
  readonly newSamples: number;
  /** When the last training began, engine time; null before the first. */
  readonly lastStartedAt: number | null;
  readonly isRunning: boolean;
  /** What the drift checks ask for. */
  readonly drift: 'none' | 'warn' | 'act';
}

export type TrainingNeed =
  | { readonly kind: 'due'; readonly why: 'new_samples' | 'hours' | 'drift' }
  | { readonly kind: 'not_due'; readonly why: 'running' | 'too_few_samples' | 'just_tried' | 'nothing_new'; readonly missing: number };

export type TrainingSettings = Pick<Settings, 'mlMinTrainingSamples' | 'retrainNewSamples' | 'retrainHours' | 'retrainMinSamples'>;

/** What a training by itself trains: the models that are not switched off. The ensemble stands on all of them. */
export function scheduledModels(settings: ScheduledSettings, sinceEvolutionMs: number): readonly ModelName[] {
  const off = new Set<ModelName>([
    ...(settings.autoencoderTrainingEnabled ? [] : (['structure-autoencoder', 'feature-discovery'] as const)),
    ...(settings.featureDiscoveryEnabled ? [] : (['feature-discovery'] as const)),
    ...(settings.reinforcementLearningEnabled && sinceEvolutionMs >= settings.strategyEvolutionIntervalSeconds * 1000 ? [] : (['strategy-evolver'] as const)),
  ]);
  return MODEL_NAMES.filter((name) => !off.has(name) && (name !== 'ensemble' || off.size === 0));
}

export type ScheduledSettings = Pick<
  Settings,
  'autoencoderTrainingEnabled' | 'featureDiscoveryEnabled' | 'reinforcementLearningEnabled' | 'strategyEvolutionIntervalSeconds'
>;

/** Pure: the same history and settings give the same answer. */
export function trainingNeed(history: TrainingHistory, settings: TrainingSettings, now: number): TrainingNeed {
  const not = (why: Extract<TrainingNeed, { kind: 'not_due' }>['why'], missing = 0): TrainingNeed => ({ kind: 'not_due', why, missing });
  if (history.isRunning) return not('running');
  if (history.samples < settings.mlMinTrainingSamples) return not('too_few_samples', settings.mlMinTrainingSamples - history.samples);
  const since = history.lastStartedAt === null ? Infinity : now - history.lastStartedAt;
  if (since < RETRY_MS) return not('just_tried');
  // Drift alone brings nothing new to learn from.
  if (history.drift === 'act' && history.newSamples >= settings.retrainMinSamples) return { kind: 'due', why: 'drift' };
  if (history.newSamples >= settings.retrainNewSamples) return { kind: 'due', why: 'new_samples' };
  if (since >= settings.retrainHours * HOUR_MS && history.newSamples >= settings.retrainMinSamples) return { kind: 'due', why: 'hours' };
  return not('nothing_new', settings.retrainNewSamples - history.newSamples);
}
