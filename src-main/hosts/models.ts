// Opens the bundled models and the workers that serve them; a missing or broken model is a sentence, never a stop.
import type { Settings } from '../../src-shared/contract/settings.ts';
import { openModelRegistry } from '../adapters/models/registry.ts';
import { createPredictor } from '../adapters/workers/predictor.ts';
import { FEATURE_SCHEMA_HASH } from '../core/features/schema.ts';
import type { Logger, Predictor, WorkerLauncher } from '../core/ports.ts';

export interface OpenedModels {
  readonly predictor: Predictor | null;
  /** Why there is no model, or null. */
  readonly problem: string | null;
}

export interface ModelsInput {
  readonly folder: string;
  readonly launcher: WorkerLauncher;
  readonly settings: Settings;
  readonly logger: Logger;
}

/** The workers start in the background; the first batch waits for them. */
export function openModels(input: ModelsInput): Promise<OpenedModels> {
  const { folder, launcher, settings, logger } = input;
  const registry = openModelRegistry(folder, FEATURE_SCHEMA_HASH);
  for (const problem of registry.problems) logger.log('warn', 'models', problem);
  if (registry.models.length === 0) return Promise.resolve({ predictor: null, problem: registry.problems[0] ?? 'No model is bundled.' });
  return Promise.resolve({ predictor: createPredictor({ launcher, registry, settings, logger }), problem: null });
}
