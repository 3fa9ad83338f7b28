// What became of every candidate, traded or not: results per verdict, and how well confidence matched wins. Pure.
import type { VirtualPosition } from '../../src-shared/domain/position.ts';

export interface VerdictResult {
  readonly verdict: string;
  readonly count: number;
  readonly wins: number;
  readonly sumR: number;
  readonly meanR: number;
}

type Closed = Pick<VirtualPosition, 'verdict' | 'pnlR' | 'confidence' | 'closedAt' | 'closeReason'>;

/** A win is a result above 0 R after costs. */
const isWin = (entry: Closed): boolean => entry.pnlR > 0;

/** Results of closed virtual positions per verdict, most frequent first. */
export function byVerdict(closed: readonly Closed[]): readonly VerdictResult[] {
  const groups = new Map<string, Closed[]>();
  for (const entry of closed) groups.set(entry.verdict, [...(groups.get(entry.verdict) ?? []), entry]);
  return [...groups]
    .map(([verdict, entries]): VerdictResult => {
      const sumR = entries.reduce((sum, entry) => sum + entry.pnlR, 0);
      return { verdict, count: entries.length, wins: entries.filter(isWin).length, sumR, meanR: sumR / entries.length };
    })
    .toSorted((a, b) => b.count - a.count || (a.verdict < b.verdict ? -1 : 1));
}

/** What the models' vetoes saved (positive) or cost (negative), in R: the opposite of what the vetoed candidates earned. */
export function vetoSaved(closed: readonly Closed[]): { readonly count: number; readonly savedR: number } {
  const vetoed = closed.filter((entry) => entry.verdict.startsWith('model.'));
  return { count: vetoed.length, savedR: 0 - vetoed.reduce((sum, entry) => sum + entry.pnlR, 0) };
}

export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly meanConfidence: number;
  readonly winShare: number;
  /** Wilson interval of the win share, 95 %. */
  readonly low: number;
  readonly high: number;
}

const Z = 1.96;

/** Wilson score interval for `wins` of `count`. Source: Wilson 1927. */
export function wilson(wins: number, count: number): { readonly low: number; readonly high: number } {
  if (count === 0) return { low: 0, high: 1 };
  const share = wins / count;
  const centre = share + (Z * Z) / (2 * count);
  const spread = Z * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  const scale = 1 + (Z * Z) / count;
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) };
}

/** Closed candidates in bins of confidence, with the share that won; empty bins are left out. */
export function calibration(closed: readonly Closed[], bins = 10): readonly CalibrationBin[] {
  return Array.from({ length: bins }, (_, index) => index).flatMap((index): CalibrationBin[] => {
    const from = index / bins;
    const to = (index + 1) / bins;
    const inside = closed.filter((entry) => entry.confidence >= from && (entry.confidence < to || (index === bins - 1 && entry.confidence <= 1)));
    if (inside.length === 0) return [];
    const wins = inside.filter(isWin).length;
    const meanConfidence = inside.reduce((sum, entry) => sum + entry.confidence, 0) / inside.length;
    return [{ from, to, count: inside.length, meanConfidence, winShare: wins / inside.length, ...wilson(wins, inside.length) }];
  });
}
