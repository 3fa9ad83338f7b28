// The models of a backtest that was planned on the screen: those the terminal serves, computed beside the job and never by the workers that serve the engine.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Logger, Predictor } from '../../core/ports.ts';
import { trainedUntil } from '../backtest/warnings.ts';
import { projectRoot } from '../build-stamp.ts';
import { openModels } from '../models.ts';
import { createThreadLauncher } from '../thread-worker.ts';

const QUIET: Logger = { log: () => undefined };

export interface JobModels {
  readonly predictor: Predictor | null;
  readonly trainedUntil: number | null;
  /** Those that answer; empty without any. */
  readonly names: readonly { readonly name: string; readonly version: string }[];
  /** Why no model answers although the strategy would ask, or null. */
  readonly problem: string | null;
}

const NONE: JobModels = { predictor: null, trainedUntil: null, names: [], problem: null };

/** `folder` null takes the models the program brings along. The caller stops the predictor. */
export async function openJobModels(folder: string | null, settings: Settings): Promise<JobModels> {
  if (settings.strategyMode === 'ict') return NONE;
  const root = projectRoot();
  const served = folder !== null && existsSync(join(folder, 'manifest.json')) ? folder : join(root, 'models');
  const { predictor, problem } = await openModels({ folder: served, launcher: createThreadLauncher(root), settings, logger: QUIET });
  if (predictor === null) return { ...NONE, problem: `${problem ?? 'There is no model.'} The rules decided alone.` };
  return { predictor, trainedUntil: trainedUntil(served), names: predictor.models.map(({ name, version }) => ({ name, version })), problem: null };
}
