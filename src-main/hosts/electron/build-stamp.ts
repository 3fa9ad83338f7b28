// Which sources this build was made from: written at build time, the same for the same commit, shown in About and in crash reports.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const stampSchema = z.object({
  version: z.string().max(50),
  /** Null when it was not built from a git checkout. */
  commit: z
    .string()
    .regex(/^[0-9a-f]{7,40}$/)
    .nullable(),
  /** Of the commit, not of the build: two builds of one commit are the same. */
  date: z.string().max(40).nullable(),
  /** The sources differed from the commit. */
  isChanged: z.boolean(),
});
export type BuildStamp = z.infer<typeof stampSchema>;

/** Null when it runs from sources or the file is not one. */
export function readBuildStamp(root: string): BuildStamp | null {
  try {
    return stampSchema.parse(JSON.parse(readFileSync(join(root, 'out', 'build.json'), 'utf8')));
  } catch {
    return null;
  }
}

export function describeStamp(version: string, stamp: BuildStamp | null): string {
  if (stamp === null || stamp.commit === null) return `Version ${version}`;
  return `Version ${version} (${stamp.commit.slice(0, 10)}${stamp.isChanged ? ', changed' : ''}, ${stamp.date?.slice(0, 10) ?? 'no date'})`;
}
