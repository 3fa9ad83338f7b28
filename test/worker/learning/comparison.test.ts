// Deciders beside each other: each takes what it says, and random entries really are the same exits at other moments.
import { describe, expect, it } from 'vitest';
import { ROUND_TRIP_COST } from '../../../src-main/core/strategies/break-even.ts';
import type { TrainingRow } from '../../../src-worker/training/candidates.ts';
import { compareDeciders, drawRandomEntries, hybridTakes, monthOf, sliceBy, type JudgedSetUp } from '../../../src-worker/training/comparison.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { candleOf } from '../../core/support/candles.ts';

/** A market without memory: what a coin earns in it is known. */
function randomWalk(count: number): readonly Candle[] {
  const random = createRandom(9);
  let price = 100;
  return Array.from({ length: count }, (_, index) => {
    const open = price;
    let [high, low] = [open, open];
    for (let step = 0; step < 10; step += 1) {
      price *= random() < 0.5 ? 1.0004 : 1 / 1.0004;
      high = Math.max(high, price);
      low = Math.min(low, price);
    }
    return candleOf({ openTime: 1_700_000_100_000 + index * 300_000, open, high, low, close: price, volume: 1 });
  });
}

const candles = randomWalk(60_000);
const series = [{ symbol: 'AUSDT', candles }];

function setUp(next: number, change: Partial<TrainingRow> & { readonly probability?: number } = {}): JudgedSetUp {
  const { probability = 0.5, ...row } = change;
  return {
    probability,
    band: 0.1,
    row: {
      kind: 'set-up',
      symbol: 'AUSDT',
      side: 'long',
      decidedAt: candles[next]!.openTime,
      labelledAt: candles[next]!.openTime + 3_600_000,
      features: new Float32Array(0),
      label: 1,
      resultR: 1.5,
      breakEven: 0.4,
      ictConfidence: 0.7,
      quality: 0.6,
      isSignal: true,
      next,
      exits: { stop: 0.007, target: 0.014, horizonMs: 96 * 3_600_000 },
      ...row,
    },
  };
}

describe('deciders', () => {
  it('each takes what it says; costs are those of the stop', () => {
    const setUps = [
      setUp(5000),
      setUp(5100, { isSignal: false }),
      setUp(5200, { probability: 0.1, label: 0, resultR: -1.2 }),
      setUp(5300, { probability: 0.39, label: 0, resultR: -1.2, exits: { stop: 0.014, target: 0.028, horizonMs: 96 * 3_600_000 } }),
    ];
    const results = compareDeciders({ setUps, series, hasEdge: false, seed: 1 });
    expect(results.map(({ name, count }) => [name.split(' ')[0], count])).toEqual([
      ['every', 4],
      ['ICT', 3],
      ['hybrid', 2],
      ['model', 2],
      ['random', 20],
    ]);
    expect(results[0]!.expectancy.value).toBeCloseTo(0.15, 9);
    expect(results[3]!.costR).toBeCloseTo(ROUND_TRIP_COST / 0.007, 9);
  });

  it('hybrid follows the live rule: a veto stops, too little confidence stops, an incomplete signal is never taken', () => {
    expect(hybridTakes(setUp(5000), false)).toBe(true);
    expect(hybridTakes(setUp(5000, { probability: 0.05 }), false)).toBe(false);
    expect(hybridTakes(setUp(5000, { ictConfidence: 0.2 }), false)).toBe(false);
    expect(hybridTakes(setUp(5000, { isSignal: false }), true)).toBe(false);
  });

  it('random entries earn what a coin earns less the costs, and lie within two weeks of the set-up', () => {
    const random = createRandom(4);
    const rows = Array.from(
      { length: 400 },
      () => setUp(5000 + Math.floor(random() * 9000), { exits: { stop: 0.02, target: 0.04, horizonMs: 96 * 3_600_000 } }).row,
    );
    const drawn = drawRandomEntries(rows, series, 3);
    expect(drawn.length).toBeGreaterThan(1800);
    const mean = drawn.reduce((sum, entry) => sum + entry.resultR, 0) / drawn.length;
    expect(Math.abs(mean + ROUND_TRIP_COST / 0.007)).toBeLessThan(0.12);
    const times = rows.map((row) => row.decidedAt);
    expect(Math.min(...drawn.map((entry) => entry.time))).toBeGreaterThanOrEqual(Math.min(...times) - 14 * 86_400_000);
    expect(drawRandomEntries(rows, series, 3)).toEqual(drawn);
    expect(drawRandomEntries(rows, series, 4)).not.toEqual(drawn);
    expect(drawRandomEntries(rows, [], 3)).toEqual([]);
  });
});

describe('slices', () => {
  it('by month and by symbol every set-up counts once', () => {
    const setUps = Array.from({ length: 60 }, (_, index) =>
      setUp(1000 + index * 300, { symbol: `S${index % 3}`, label: index % 2 === 0 ? 1 : 0, probability: 0.3 + (index % 7) / 20 }),
    );
    for (const keyOf of [monthOf, (row: TrainingRow) => row.symbol]) {
      const slices = sliceBy(setUps, keyOf, 1);
      expect(slices.reduce((sum, slice) => sum + slice.count, 0)).toBe(60);
      expect(slices.map((slice) => slice.key)).toEqual(slices.map((slice) => slice.key).toSorted());
    }
    expect(sliceBy(setUps, monthOf, 1)[0]!.key).toMatch(/^\d{4}-\d{2}$/);
    expect(sliceBy(setUps, (row) => row.symbol, 1).map((slice) => slice.key)).toEqual(['S0', 'S1', 'S2']);
  });
});
