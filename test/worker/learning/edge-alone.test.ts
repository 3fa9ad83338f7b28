// H5 An edge is earned where it is used: one on set-ups gives no authority over moments without a set-up.
import { describe, expect, it } from 'vitest';
import { hasAuthority } from '../../../src-main/core/engine/live-tick.ts';
import { FEATURE_COUNT } from '../../../src-main/core/features/schema.ts';
import type { TrainingRow } from '../../../src-worker/training/candidates.ts';
import { fitBoosted } from '../../../src-worker/training/fit.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { sigmoid } from '../../../src-worker/training/tree.ts';

const DAY = 86_400_000;

/** A set-up and an archive row every few hours; the rule rules the set-ups, and the archive where `everywhere`. */
function planted(everywhere: boolean): readonly TrainingRow[] {
  const random = createRandom(5);
  return Array.from({ length: 3200 }, (_, index): TrainingRow => {
    const kind = index % 2 === 0 ? 'set-up' : 'archive';
    const features = Float32Array.from({ length: FEATURE_COUNT }, () => random() * 2 - 1);
    // A set-up says that it is one, so that a tree can tell the two apart.
    features[7] = kind === 'set-up' ? 1 : -1;
    const strength = kind === 'set-up' || everywhere ? 3 : 0;
    const label = random() < sigmoid(strength * features[3]! - 0.7) ? 1 : 0;
    const decidedAt = 1_700_000_000_000 + index * DAY * 0.1;
    return {
      kind,
      symbol: `S${index % 7}`,
      side: 'long',
      decidedAt,
      labelledAt: decidedAt + DAY / 4,
      features,
      label,
      resultR: (label === 1 ? 2 : -1) - 0.1,
      breakEven: 1.1 / 3,
      ictConfidence: 0.5,
      quality: 0.5,
      isSignal: true,
      next: index,
      exits: { stop: 0.01, target: 0.02, horizonMs: 4 * DAY },
    };
  });
}

describe('an edge without a set-up', () => {
  it('is shown where the rule holds everywhere, and not where it holds at set-ups alone', () => {
    const fitOn = (everywhere: boolean): Pick<ReturnType<typeof fitBoosted>, 'edge' | 'edgeAlone'> => {
      const { edge, edgeAlone } = fitBoosted(planted(everywhere), 3, () => undefined);
      return { edge, edgeAlone };
    };
    expect(fitOn(true)).toEqual({ edge: true, edgeAlone: true });
    expect(fitOn(false)).toEqual({ edge: true, edgeAlone: false });
  });

  it('is what the self-learning mode asks for; the others judge set-ups', () => {
    expect(hasAuthority({ hasEdge: true }, 'self_learning')).toBe(false);
    expect(hasAuthority({ hasEdge: true, hasEdgeAlone: true }, 'self_learning')).toBe(true);
    expect(hasAuthority({ hasEdge: true }, 'hybrid')).toBe(true);
    expect(hasAuthority({ hasEdge: false, hasEdgeAlone: true }, 'hybrid')).toBe(false);
  });
});
