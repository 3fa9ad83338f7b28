// Champion against challenger with the champion served by ONNX Runtime.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ModelFile } from '../../../src-shared/contract/worker.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';
import { exportEnsemble } from '../../../src-worker/onnx/export.ts';
import { versionOf } from '../../../src-worker/training/artifact.ts';
import { judgeChallenger } from '../../../src-worker/training/challenge.ts';
import type { Judged } from '../../../src-worker/training/fit.ts';
import { createRandom } from '../../../src-worker/training/random.ts';

const DAY = 86_400_000;
let folder: string;
let file: ModelFile;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'challenge-'));
  const leaf = { feature: [0], threshold: [0], missingLeft: [false], left: [-1], right: [-1], value: [0] };
  const bytes = exportEnsemble({
    name: 'base',
    schemaHash: FEATURE_SCHEMA_HASH,
    ensemble: { width: FEATURE_COUNT, base: -0.4, trees: [leaf] },
    calibration: { slope: 1, intercept: 0 },
    bandHalfWidth: 0.1,
  });
  const path = join(folder, 'base.onnx');
  writeFileSync(path, bytes);
  file = { name: 'boosted-trees', ...versionOf(0, bytes), path, schemaHash: FEATURE_SCHEMA_HASH, inputWidth: FEATURE_COUNT, outputWidth: 3 };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Set-ups won by feature 3; the challenger knows it or not. */
function judged(knows: boolean): readonly Judged[] {
  const random = createRandom(3);
  return Array.from({ length: 300 }, (_, index): Judged => {
    const features = Float32Array.from({ length: FEATURE_COUNT }, () => random() * 2 - 1);
    const chance = features[3]! > 0 ? 0.65 : 0.15;
    const label = random() < chance ? 1 : 0;
    const decidedAt = (100 + index) * DAY;
    const resultR = label === 1 ? 1.9 : -1.1;
    return {
      row: {
        kind: 'set-up',
        symbol: 'S',
        side: 'long',
        decidedAt,
        labelledAt: decidedAt + DAY,
        features,
        label,
        resultR,
        breakEven: 0.37,
        ictConfidence: 0.5,
        quality: 0.5,
        isSignal: true,
        next: index,
        exits: { stop: 0.01, target: 0.02, horizonMs: 4 * DAY },
      },
      margin: 0,
      scored: { probability: knows ? chance : 0.4, label, resultR, decidedAt, baseRate: 0.4, breakEven: 0.37 },
    };
  });
}

describe('champion against challenger', () => {
  const base = { trainedUntil: 0, leakagePassed: true, seed: 1 };

  it('promotes a challenger that knows more, keeps the champion otherwise', async () => {
    const champion = { file, trainedUntil: 0 };
    expect(await judgeChallenger({ ...base, champion, holdOut: judged(true) })).toEqual({ kind: 'promote', why: null, count: 300 });
    expect(await judgeChallenger({ ...base, champion, holdOut: judged(false) })).toMatchObject({ kind: 'keep', why: 'log_loss' });
    expect(await judgeChallenger({ ...base, champion, holdOut: judged(true), leakagePassed: false })).toMatchObject({ kind: 'keep', why: 'leakage' });
  });

  it('counts only set-ups later than what the champion knew', async () => {
    const champion = { file, trainedUntil: 350 * DAY };
    expect(await judgeChallenger({ ...base, champion, holdOut: judged(true) })).toEqual({ kind: 'keep', why: 'too_few', count: 50 });
  });

  it('a champion that cannot be opened, or reads other features, gives way', async () => {
    const holdOut = judged(false);
    const broken = { file: { ...file, path: join(folder, 'absent.onnx') }, trainedUntil: 0 };
    expect(await judgeChallenger({ ...base, champion: broken, holdOut })).toMatchObject({
      kind: 'promote',
      why: expect.stringMatching(/cannot be opened/) as unknown,
    });
    expect(await judgeChallenger({ ...base, champion: broken, holdOut, leakagePassed: false })).toMatchObject({ kind: 'keep', why: 'leakage' });
    const foreign = { file: { ...file, schemaHash: 'other' }, trainedUntil: 0 };
    expect(await judgeChallenger({ ...base, champion: foreign, holdOut })).toMatchObject({
      kind: 'promote',
      why: expect.stringMatching(/other features/) as unknown,
    });
  });
});
