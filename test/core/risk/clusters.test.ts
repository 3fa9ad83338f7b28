// Exposure by clusters: what moves together is summed together, also through one another, and the unknown counts as together.
import { describe, expect, it } from 'vitest';
import { exposureClusters } from '../../../src-main/core/risk/clusters.ts';

const position = (symbol: string, side: 'long' | 'short', notionalUsdt: number) => ({ symbol, side, notionalUsdt });

function clusters(pairs: Readonly<Record<string, number>>, positions: readonly ReturnType<typeof position>[]) {
  return exposureClusters({ positions, equityUsdt: 1000, threshold: 0.8, correlation: (a, b) => pairs[[a, b].toSorted().join(' ')] ?? 0 });
}

describe('exposure clusters', () => {
  it('sums long and short of what moves together, largest net first', () => {
    const positions = [position('A', 'long', 300), position('B', 'short', 100), position('C', 'long', 500)];
    expect(clusters({ 'A B': 0.9 }, positions)).toEqual([
      { symbols: ['C'], longUsdt: 500, shortUsdt: 0, netPercent: 50 },
      { symbols: ['A', 'B'], longUsdt: 300, shortUsdt: 100, netPercent: 20 },
    ]);
  });

  it('joins two that move with a third', () => {
    const positions = [position('A', 'long', 100), position('B', 'long', 100), position('C', 'long', 100)];
    expect(clusters({ 'A B': 0.9, 'B C': 0.85, 'A C': 0.1 }, positions)).toMatchObject([{ symbols: ['A', 'B', 'C'], netPercent: 30 }]);
  });

  it('takes an unknown correlation for a high one', () => {
    expect(clusters({ 'A B': Number.NaN }, [position('A', 'long', 100), position('B', 'long', 100)])).toHaveLength(1);
  });

  it('is empty without positions', () => {
    expect(clusters({}, [])).toEqual([]);
  });

  it('a correlation at the limit is together, one under it is not', () => {
    const positions = [position('A', 'long', 100), position('B', 'long', 100)];
    expect(clusters({ 'A B': 0.8 }, positions)).toHaveLength(1);
    expect(clusters({ 'A B': 0.799 }, positions)).toHaveLength(2);
  });

  it('the largest is first by size, not by side, and its contracts stand in order', () => {
    const positions = [position('D', 'long', 100), position('C', 'short', 500), position('B', 'long', 300), position('A', 'long', 100)];
    expect(clusters({ 'A B': 0.9 }, positions).map(({ symbols, netPercent }) => [symbols, netPercent])).toEqual([
      [['C'], -50],
      [['A', 'B'], 40],
      [['D'], 10],
    ]);
  });

  it('contracts stand in order also where they move together only through a third, and groups of one size by their first', () => {
    const positions = [
      position('C', 'long', 100),
      position('B', 'long', 100),
      position('A', 'long', 100),
      position('Z', 'long', 50),
      position('Y', 'long', 50),
    ];
    expect(clusters({ 'A C': 0.9, 'B C': 0.9 }, positions).map(({ symbols }) => symbols)).toEqual([['A', 'B', 'C'], ['Y'], ['Z']]);
  });

  it('without equity there is no share of it', () => {
    expect(exposureClusters({ positions: [position('A', 'long', 100)], equityUsdt: 0, threshold: 0.8, correlation: () => 0 })).toMatchObject([
      { netPercent: 0 },
    ]);
  });
});
