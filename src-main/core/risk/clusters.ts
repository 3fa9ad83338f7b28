// Open exposure by groups of contracts that move together, for the risk panel: what one shock would hit at once.
import type { ExposureCluster } from '../../../src-shared/domain/risk.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';

export interface ClusterInput {
  readonly positions: readonly { readonly symbol: string; readonly side: Side; readonly notionalUsdt: number }[];
  readonly equityUsdt: number;
  /** Return correlation of two symbols, NaN while unknown. */
  readonly correlation: (a: string, b: string) => number;
  /** Correlation from which two symbols count as together; unknown counts as together. */
  readonly threshold: number;
}

/** Connected groups of symbols, largest net exposure first. Notionals in USDT. */
export function exposureClusters({ positions, equityUsdt, correlation, threshold }: ClusterInput): readonly ExposureCluster[] {
  const symbols = [...new Set(positions.map((position) => position.symbol))].toSorted();
  const isTogether = (a: string, b: string): boolean => {
    const value = correlation(a, b);
    return Number.isNaN(value) || value >= threshold;
  };
  const left = new Set(symbols);
  const groups: string[][] = [];
  for (const first of symbols) {
    if (!left.delete(first)) continue;
    const group = [first];
    for (let index = 0; index < group.length; index += 1) {
      for (const other of left) {
        if (!isTogether(group[index] ?? '', other)) continue;
        left.delete(other);
        group.push(other);
      }
    }
    groups.push(group);
  }
  return groups.map((group) => describe(new Set(group), positions, equityUsdt)).toSorted((a, b) => Math.abs(b.netPercent) - Math.abs(a.netPercent));
}

function describe(group: ReadonlySet<string>, positions: ClusterInput['positions'], equityUsdt: number): ExposureCluster {
  const sum = (side: Side): number =>
    positions.filter((position) => group.has(position.symbol) && position.side === side).reduce((total, position) => total + position.notionalUsdt, 0);
  const longUsdt = sum('long');
  const shortUsdt = sum('short');
  return { symbols: [...group].toSorted(), longUsdt, shortUsdt, netPercent: equityUsdt > 0 ? ((longUsdt - shortUsdt) / equityUsdt) * 100 : 0 };
}
