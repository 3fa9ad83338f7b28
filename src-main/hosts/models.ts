// Opens the bundled models and the workers that serve them; a missing or broken model is a sentence, never a stop.
import type { Settings } from '../../src-shared/contract/settings.ts';
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

export function openModels(_input: ModelsInput): Promise<OpenedModels> {
  return Promise.resolve({ predictor: null, problem: 'No model is bundled.' });
}
