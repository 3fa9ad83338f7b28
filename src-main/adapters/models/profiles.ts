// How each feature lay in a model's training data, read from its report; without one there is no drift check, and that is said.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ServedProfile } from '../../core/learning/drift-monitor.ts';
import { readManifest } from './model-store.ts';

const reportSchema = z.object({
  profiles: z.array(z.object({ feature: z.string(), edges: z.array(z.number()), shares: z.array(z.number()) })).min(1),
});

/** Profiles of the version of `name` that serves from `folder`. */
export function readProfiles(folder: string, name: string): Result<ServedProfile, string> {
  const manifest = readManifest(folder);
  if (!manifest.ok) return manifest;
  const entry = manifest.value.models.find((model) => model.name === name);
  if (entry === undefined || basename(entry.report) !== entry.report) return err(`No model named ${name} serves, so its features cannot be watched for drift.`);
  try {
    const { profiles } = reportSchema.parse(JSON.parse(readFileSync(join(folder, entry.report.replace(/\.md$/, '.json')), 'utf8')));
    return ok({ names: profiles.map(({ feature }) => feature), profiles });
  } catch {
    return err(`The report of ${name} ${entry.version} holds no feature profiles, so its features cannot be watched for drift. Run \`npm run train\`.`);
  }
}
