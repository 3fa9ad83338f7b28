// The bounds that authority hangs on: right for few blocks as for many, and silent where all outcomes fall into one stretch of days.
import { describe, expect, it } from 'vitest';
import { boundMean, studentT95, type Timed } from '../../../src-main/core/learning/block-bootstrap.ts';
import { judgePromotion, type ShadowedTrade } from '../../../src-main/core/learning/promotion.ts';
import { describeInterval, scoreModel } from '../../../src-worker/training/metrics.ts';
import { showsEdge } from '../../../src-worker/training/fit.ts';
import { randomOf } from '../support/candles.ts';

const DAY = 86_400_000;
const BLOCK = 4 * DAY;

/** `blocks` stretches of four days with 12 outcomes each, around zero, that share half of their luck with their neighbours. */
function chance(blocks: number, random: () => number): readonly Timed[] {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: blocks }, (_, block) => {
    const shared = 0.5 * normal();
    return Array.from({ length: 12 }, (_, at) => ({ value: shared + normal(), time: block * BLOCK + at * 0.3 * DAY }));
  }).flat();
}

describe('bounds of a mean', () => {
  it('calls chance proven once in twenty, whether there are 2, 3, 5 or 12 blocks', () => {
    for (const blocks of [2, 3, 5, 12]) {
      const random = randomOf(blocks);
      let proven = 0;
      for (let run = 0; run < 600; run += 1) if (boundMean(chance(blocks, random), random).low > 0) proven += 1;

      expect(proven / 600).toBeLessThan(0.085);
    }
  });

  it('has no bounds for one block, however many outcomes are in it, and nothing at all for none', () => {
    const one = Array.from({ length: 300 }, (_, at) => ({ value: 1 + (at % 3), time: BLOCK * 7 + at }));
    expect(boundMean(one, randomOf(1))).toEqual({ value: 2, low: Number.NaN, high: Number.NaN });
    expect(boundMean([], randomOf(1))).toEqual({ value: Number.NaN, low: Number.NaN, high: Number.NaN });
    expect(describeInterval(boundMean(one, randomOf(1)), 2)).toBe('2.00 [too few days]');
    expect(describeInterval(boundMean([], randomOf(1)), 2)).toBe('none');
    expect(describeInterval({ value: 1, low: 0.25, high: 2 }, 2)).toBe('1.00 [0.25, 2.00]');
  });

  it('weighs blocks by their outcomes and widens two of them by Student’s t with one degree of freedom', () => {
    const two = [
      { value: 2, time: 0 },
      { value: 4, time: BLOCK - 1 },
      { value: 9, time: BLOCK },
    ];
    const wider = (6.3137515 / 1.6448536) * Math.SQRT2;
    const bounds = boundMean(two, randomOf(3));
    expect(bounds.value).toBe(5);
    expect(bounds.low).toBeCloseTo(5 - (5 - 3) * wider, 4);
    expect(bounds.high).toBeCloseTo(5 + (9 - 5) * wider, 4);
  });

  it('knows the 95 % quantile of Student’s t as tables print it', () => {
    const printed: readonly (readonly [number, number])[] = [
      [1, 6.314],
      [2, 2.92],
      [3, 2.353],
      [4, 2.132],
      [9, 1.833],
      [30, 1.697],
    ];
    for (const [freedom, value] of printed) expect(Math.abs(studentT95(freedom) / value - 1)).toBeLessThan(0.003);
  });
});

describe('authority', () => {
  it('H5 two hundred splendid trades within four days are one observation: no edge and no promotion', () => {
    const within = (spread: number): readonly ShadowedTrade[] =>
      Array.from({ length: 200 }, (_, at): ShadowedTrade => {
        const label = at % 2 === 0 ? 1 : 0;
        return {
          decidedAt: (at * spread) / 200,
          label,
          resultR: label === 1 ? 1.9 : -1.1,
          breakEven: 0.37,
          champion: 0.5,
          challenger: label === 1 ? 0.6 : 0.2,
        };
      });
    const judge = (spread: number): ReturnType<typeof judgePromotion> =>
      judgePromotion({ trades: within(spread), trainedUntil: 0, leakagePassed: true, random: randomOf(2) });
    expect(judge(BLOCK - 1)).toMatchObject({ kind: 'keep', why: 'too_few', count: 200 });
    expect(judge(12 * BLOCK).kind).toBe('promote');

    const edgeOver = (spread: number): boolean => {
      const random = randomOf(9);
      const rows = Array.from({ length: 800 }, (_, at) => {
        const truth = random() < 0.5 ? 0.15 : 0.6;
        const label = random() < truth ? 1 : 0;
        return { probability: truth, label, resultR: label === 1 ? 1.9 : -1.1, decidedAt: (at * spread) / 800, baseRate: 0.375, breakEven: 0.37 };
      });
      return showsEdge(scoreModel(rows, 1));
    };
    expect(edgeOver(BLOCK - 1)).toBe(false);
    expect(edgeOver(12 * BLOCK)).toBe(true);
  });
});
