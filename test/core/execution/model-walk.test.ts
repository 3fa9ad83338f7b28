// A hundred thousand random steps against a simple model of the venue: it knows the truth; the desk hears it late, twice, reordered or never.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelVenue, STEP, type Step } from './model-venue.ts';

const WALKS = Number(process.env['MODEL_WALKS'] ?? 1500);
const LONGEST = 140;

describe('the state machines beside the reference model', () => {
  it('L1 L2 L4 L5 L24 agree with it after every walk: lots, money, one stop in force, nothing left over, nothing doubled', () => {
    let steps = 0;
    let overloaded = 0;
    const kinds = new Set<Step['kind']>();
    fc.assert(
      fc.property(fc.array(STEP, { minLength: 40, maxLength: LONGEST, size: 'max' }), fc.integer({ min: 1, max: 5 }), (walk, fifth) => {
        const venue = new ModelVenue(fifth === 1);
        if (fifth === 1) overloaded += 1;
        for (const step of walk) {
          venue.take(step);
          steps += 1;
          kinds.add(step.kind);
          if (venue.brokenRule() !== null) throw new Error(venue.brokenRule() ?? '');
        }
        venue.comeToRest();
        expect(venue.disagreement()).toBeNull();
      }),
      { numRuns: WALKS, seed: 20_261_121 },
    );
    // The walk must have been the walk that is promised.
    if (WALKS >= 1500) expect(steps).toBeGreaterThanOrEqual(100_000);
    expect(kinds.size).toBe(14);
    expect(overloaded).toBeGreaterThan(WALKS / 10);
  });
});
