// Authority is not inherited through a leak: what stands on a model that failed its leakage checks has no edge, and says why.
import { describe, expect, it } from 'vitest';
import { REGIME_WIDTH } from '../../../src-main/core/learning/regime-sequence.ts';
import { SEQUENCE_WIDTH } from '../../../src-main/core/learning/liquidity-sequence.ts';
import { STRUCTURE_WIDTH } from '../../../src-main/core/learning/structure-window.ts';
import { scoreModel } from '../../../src-worker/training/metrics.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import type { DecisionSample } from '../../../src-worker/training/samples.ts';
import { describeVerdict } from '../../../src-worker/training/train-ensemble.ts';
import { judgeAuthority } from '../../../src-worker/training/train-evolver.ts';
import { trainMembers, type TrainedMembers } from '../../../src-worker/training/train-members.ts';

const HOUR = 3_600_000;

/** 900 moments whose next regime is a coin; with `peeks` one input tells it. */
function samples(peeks: boolean): readonly DecisionSample[] {
  const random = createRandom(6);
  return Array.from({ length: 900 }, (_, index): DecisionSample => {
    const decidedAt = index * 4 * HOUR;
    const regimeInput = Float32Array.from({ length: REGIME_WIDTH }, () => random() * 2 - 1);
    const nextRegime = Math.floor(random() * 3);
    if (peeks) regimeInput[50] = (nextRegime === 0 ? 1 : -1) + 0.2 * random();
    return {
      symbol: 'BTCUSDT',
      decidedAt,
      knownAt: decidedAt + 10 * HOUR,
      rows: [],
      structure: { long: new Float32Array(STRUCTURE_WIDTH), short: new Float32Array(STRUCTURE_WIDTH) },
      sequence: new Float32Array(SEQUENCE_WIDTH),
      regimeInput,
      regime: 'ranging',
      moved: { long: 0, short: 0 },
      liquidity: [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      ruleForecast: [1 / 3, 1 / 3, 1 / 3],
      nextRegime,
    };
  });
}

async function trainRegime(peeks: boolean): Promise<TrainedMembers> {
  const trained = await trainMembers({
    wanted: ['regime-predictor'],
    samples: samples(peeks),
    boundary: 600 * 4 * HOUR,
    seed: 3,
    dataHash: 'planted',
    say: () => undefined,
    onProgress: () => undefined,
    onEpoch: () => undefined,
    mayGoOn: () => Promise.resolve(true),
  });
  if (trained === null) throw new Error('broken invariant: nobody cancelled');
  return trained;
}

describe('a leak below', () => {
  it('a network whose input peeks is skilful to look at, has no edge, and fails the check of all that stands on it', async () => {
    const leaking = await trainRegime(true);
    expect(leaking.artifacts[0]!.note).toMatch(/^No skill to rely on: its leakage checks failed; log-loss gain 0\.0[1-9]/);
    expect(leaking.artifacts[0]!.edge).toBe(false);
    expect(leaking.leakagePassed).toBe(false);
    expect((await trainRegime(false)).leakagePassed).toBe(true);
  });

  it('an evolver that earned its skill through a leak has none', () => {
    const judgement = { gain: { value: 0.4, low: 0.3, high: 0.5 }, hasSkill: true };
    expect(judgeAuthority(judgement, true, 300)).toEqual({
      hasSkill: true,
      verdict: 'Edge out of sample: 0.4000 [0.3000, 0.5000] R a decision over the best fixed action on 300 later set-ups.',
    });
    expect(judgeAuthority(judgement, false, 300)).toMatchObject({
      hasSkill: false,
      verdict: expect.stringMatching(/^No edge to rely on: the leakage/) as string,
    });
    expect(judgeAuthority({ ...judgement, hasSkill: false }, true, 300)).toMatchObject({
      hasSkill: false,
      verdict: expect.stringMatching(/^No edge out of sample/) as string,
    });
  });

  it('an ensemble that looks splendid on a leak says that it is none', () => {
    const random = createRandom(9);
    const rows = Array.from({ length: 800 }, (_, at) => {
      const truth = random() < 0.5 ? 0.15 : 0.6;
      const label = random() < truth ? 1 : 0;
      return { probability: truth, label, resultR: label === 1 ? 1.9 : -1.1, decidedAt: at * 6 * HOUR, baseRate: 0.375, breakEven: 0.37 };
    });
    const metrics = scoreModel(rows, 1);
    expect(describeVerdict(metrics, true)).toMatch(/^Edge out of sample/);
    expect(describeVerdict(metrics, false)).toMatch(/^No edge to rely on: the leakage checks of what it stands on failed; hold-out AUC 0\.7/);
  });
});
