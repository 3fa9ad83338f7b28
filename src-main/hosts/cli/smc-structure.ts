// A peer's definitions of swings, breaks, gaps, order blocks and liquidity, for comparison only: most of them look ahead.
import type { Candle } from '../../../src-shared/domain/candle.ts';

/** One value per bar; null where there is none. Names and meanings follow the smart-money-concepts package. */
export type SmcColumns = Readonly<Record<string, readonly (number | null)[]>>;

export interface SmcSwings {
  /** 1 high, −1 low, 0 none. */
  readonly mark: Int8Array;
  readonly level: Float64Array;
}

function blank(count: number): (number | null)[] {
  return Array.from({ length: count }, () => null);
}

/** Three-candle gaps with a candle of the gap's colour in the middle; `join` collapses runs of one sign onto their last bar. */
export function smcGaps(candles: readonly Candle[], join: boolean): SmcColumns {
  const count = candles.length;
  const sign = new Int8Array(count);
  const top = new Float64Array(count);
  const bottom = new Float64Array(count);
  for (let bar = 1; bar + 1 < count; bar += 1) {
    const [before, middle, after] = [candles[bar - 1]!, candles[bar]!, candles[bar + 1]!];
    const rises = before.high < after.low && middle.close > middle.open;
    const falls = before.low > after.high && middle.close < middle.open;
    if (!rises && !falls) continue;
    sign[bar] = rises ? 1 : -1;
    top[bar] = rises ? after.low : before.low;
    bottom[bar] = rises ? before.high : after.high;
  }
  if (join) joinRuns(sign, top, bottom);
  const result = { FVG: blank(count), Top: blank(count), Bottom: blank(count), MitigatedIndex: blank(count) };
  for (let bar = 0; bar < count; bar += 1) {
    if (sign[bar] === 0) continue;
    result.FVG[bar] = sign[bar]!;
    result.Top[bar] = top[bar]!;
    result.Bottom[bar] = bottom[bar]!;
    const touched = candles.findIndex((candle, index) => index >= bar + 2 && (sign[bar] === 1 ? candle.low <= top[bar]! : candle.high >= bottom[bar]!));
    result.MitigatedIndex[bar] = Math.max(0, touched);
  }
  return result;
}

function joinRuns(sign: Int8Array, top: Float64Array, bottom: Float64Array): void {
  for (let bar = 0; bar + 1 < sign.length; bar += 1) {
    if (sign[bar] === 0 || sign[bar] !== sign[bar + 1]) continue;
    top[bar + 1] = Math.max(top[bar]!, top[bar + 1]!);
    bottom[bar + 1] = Math.min(bottom[bar]!, bottom[bar + 1]!);
    sign[bar] = 0;
  }
}

/** Window maxima and minima (L−1 bars before, L after, ties count), thinned until highs and lows alternate, with artificial ends. */
export function smcSwings(candles: readonly Candle[], length: number): SmcSwings {
  const count = candles.length;
  const mark = new Int8Array(count);
  const level = new Float64Array(count);
  for (let bar = 2 * length - 1; bar <= count - 1 - length; bar += 1) {
    let highest = -Infinity;
    let lowest = Infinity;
    for (let index = bar - length + 1; index <= bar + length; index += 1) {
      highest = Math.max(highest, candles[index]!.high);
      lowest = Math.min(lowest, candles[index]!.low);
    }
    if (candles[bar]!.high === highest) mark[bar] = 1;
    else if (candles[bar]!.low === lowest) mark[bar] = -1;
  }
  thin(candles, mark);
  const marked = marks(mark);
  if (marked.length > 0) {
    mark[0] = -mark[marked[0]!]!;
    mark[count - 1] = -mark[marked.at(-1)!]!;
  }
  for (const bar of marks(mark)) level[bar] = mark[bar] === 1 ? candles[bar]!.high : candles[bar]!.low;
  return { mark, level };
}

/** Bars that carry a mark, oldest first. */
export function marks(mark: Int8Array): number[] {
  const bars: number[] = [];
  for (let bar = 0; bar < mark.length; bar += 1) if (mark[bar] !== 0) bars.push(bar);
  return bars;
}

/** Each pass judges all neighbours at once: of two marks of one sign the less extreme goes, the later one when they are equal. */
function thin(candles: readonly Candle[], mark: Int8Array): void {
  for (;;) {
    const bars = marks(mark);
    const removed = new Set<number>();
    for (let index = 0; index + 1 < bars.length; index += 1) {
      const [earlier, later] = [bars[index]!, bars[index + 1]!];
      if (mark[earlier] !== mark[later]) continue;
      const earlierLoses = mark[earlier] === 1 ? candles[earlier]!.high < candles[later]!.high : candles[earlier]!.low > candles[later]!.low;
      removed.add(earlierLoses ? earlier : later);
    }
    if (removed.size === 0) return;
    for (const bar of removed) mark[bar] = 0;
  }
}

export function swingColumns(swings: SmcSwings): SmcColumns {
  const value = (column: ArrayLike<number>): (number | null)[] =>
    Array.from({ length: swings.mark.length }, (_, bar) => (swings.mark[bar] === 0 ? null : column[bar]!));
  return { HighLow: value(swings.mark), Level: value(swings.level) };
}

/** Breaks from patterns of four alternating swings, dated back to the second of them. */
export function smcBreaks(candles: readonly Candle[], swings: SmcSwings, closeBreak: boolean): SmcColumns {
  const count = candles.length;
  const result = { BOS: blank(count), CHOCH: blank(count), Level: blank(count), BrokenIndex: blank(count) };
  const bars = marks(swings.mark);
  const levelOf = (position: number): number => swings.level[bars[position]!]!;
  for (let newest = 3; newest < bars.length; newest += 1) {
    const sign = swings.mark[bars[newest]!]!;
    const [a, b, c, d] = [levelOf(newest - 3) * sign, levelOf(newest - 2) * sign, levelOf(newest - 1) * sign, levelOf(newest) * sign];
    const at = bars[newest - 2]!;
    if (a < c && c < b && b < d) result.BOS[at] = sign;
    else if (c < a && a < b && b < d) result.CHOCH[at] = sign;
    else continue;
    result.Level[at] = Math.fround(levelOf(newest - 2));
  }
  findBroken(candles, result, closeBreak);
  return result;
}

function findBroken(
  candles: readonly Candle[],
  result: { readonly BOS: (number | null)[]; readonly CHOCH: (number | null)[]; readonly Level: (number | null)[]; readonly BrokenIndex: (number | null)[] },
  closeBreak: boolean,
): void {
  const alive: number[] = [];
  const clear = (bar: number): void => {
    result.BOS[bar] = null;
    result.CHOCH[bar] = null;
    result.Level[bar] = null;
  };
  for (let bar = 0; bar < candles.length; bar += 1) {
    const sign = result.BOS[bar] ?? result.CHOCH[bar] ?? 0;
    if (sign === 0) continue;
    const level = result.Level[bar]!;
    const broken = candles.findIndex((candle, index) => {
      if (index < bar + 2) return false;
      return sign > 0 ? (closeBreak ? candle.close : candle.high) > level : (closeBreak ? candle.close : candle.low) < level;
    });
    if (broken < 0) {
      clear(bar);
      continue;
    }
    result.BrokenIndex[bar] = broken;
    for (let position = alive.length - 1; position >= 0; position -= 1) {
      if (result.BrokenIndex[alive[position]!]! < broken) continue;
      clear(alive[position]!);
      alive.splice(position, 1);
    }
    alive.push(bar);
  }
}

/** Groups of swings within a share of the whole data's range, and the first bar that ran through them. */
export function smcLiquidity(candles: readonly Candle[], swings: SmcSwings, rangeShare: number): SmcColumns {
  const count = candles.length;
  const result = { Liquidity: blank(count), Level: blank(count), End: blank(count), Swept: blank(count) };
  const highest = candles.reduce((extreme, candle) => Math.max(extreme, candle.high), -Infinity);
  const lowest = candles.reduce((extreme, candle) => Math.min(extreme, candle.low), Infinity);
  const reach = (highest - lowest) * rangeShare;
  for (const sign of [1, -1] as const) {
    const bars = marks(swings.mark).filter((bar) => swings.mark[bar] === sign);
    const used = new Set<number>();
    for (const bar of bars) {
      if (used.has(bar)) continue;
      const level = swings.level[bar]!;
      const swept = candles.findIndex((candle, index) => index > bar && (sign === 1 ? candle.high >= level + reach : candle.low <= level - reach));
      const group = bars.filter((other) => other > bar && !used.has(other) && (swept < 0 || other < swept) && Math.abs(swings.level[other]! - level) <= reach);
      if (group.length === 0) continue;
      for (const other of group) used.add(other);
      result.Liquidity[bar] = sign;
      result.Level[bar] = [bar, ...group].reduce((sum, other) => sum + swings.level[other]!, 0) / (group.length + 1);
      result.End[bar] = group.at(-1)!;
      result.Swept[bar] = Math.max(0, swept);
    }
  }
  return result;
}
