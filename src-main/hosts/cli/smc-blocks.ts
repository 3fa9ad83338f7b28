// The peer's order blocks, kept with its quirks (asymmetric mitigation, one breaker flag per bar for both sides).
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { SmcColumns, SmcSwings } from './smc-structure.ts';

interface BlockArrays {
  readonly sign: Int8Array;
  readonly top: Float64Array;
  readonly bottom: Float64Array;
  readonly volume: Float64Array;
  readonly mitigated: Float64Array;
  readonly percentage: Float64Array;
  readonly isBreaker: Uint8Array;
}

/** A bullish pass over all bars, then a bearish one, on shared arrays. `closeMitigation` ignores wicks. */
export function smcOrderBlocks(candles: readonly Candle[], swings: SmcSwings, closeMitigation: boolean): SmcColumns {
  const count = candles.length;
  const arrays: BlockArrays = {
    sign: new Int8Array(count),
    top: new Float64Array(count),
    bottom: new Float64Array(count),
    volume: new Float64Array(count),
    mitigated: new Float64Array(count),
    percentage: new Float64Array(count),
    isBreaker: new Uint8Array(count),
  };
  runPass({ candles, swings, closeMitigation, arrays, sign: 1 });
  runPass({ candles, swings, closeMitigation, arrays, sign: -1 });
  const column = (values: ArrayLike<number>): (number | null)[] => Array.from({ length: count }, (_, bar) => (arrays.sign[bar] === 0 ? null : values[bar]!));
  return {
    OB: column(arrays.sign),
    Top: column(arrays.top),
    Bottom: column(arrays.bottom),
    OBVolume: column(arrays.volume),
    MitigatedIndex: column(arrays.mitigated),
    Percentage: column(arrays.percentage),
  };
}

interface Pass {
  readonly candles: readonly Candle[];
  readonly swings: SmcSwings;
  readonly closeMitigation: boolean;
  readonly arrays: BlockArrays;
  readonly sign: 1 | -1;
}

function runPass(pass: Pass): void {
  const { candles, swings, arrays, sign } = pass;
  let active: number[] = [];
  let lastSwing = -1;
  const used = new Set<number>();
  for (let bar = 0; bar < candles.length; bar += 1) {
    active = active.filter((block) => survives(pass, block, bar));
    if (bar > 0 && swings.mark[bar - 1] === sign) lastSwing = bar - 1;
    if (lastSwing < 0 || used.has(lastSwing)) continue;
    const passes = sign === 1 ? candles[bar]!.close > candles[lastSwing]!.high : candles[bar]!.close < candles[lastSwing]!.low;
    if (!passes) continue;
    used.add(lastSwing);
    const block = blockBar(candles, { from: lastSwing + 1, to: bar - 1, sign });
    const { high, low } = candles[block]!;
    const isSwapped = sign === 1 && lastSwing === bar - 1;
    arrays.sign[block] = sign;
    arrays.top[block] = Math.fround(isSwapped ? low : high);
    arrays.bottom[block] = Math.fround(isSwapped ? high : low);
    setVolume(pass, block, bar);
    active.push(block);
  }
}

/** False when the block is erased at `bar`. A touched block becomes a breaker first. */
function survives(pass: Pass, block: number, bar: number): boolean {
  const { arrays, sign, closeMitigation } = pass;
  const candle = pass.candles[bar]!;
  if (arrays.isBreaker[block] === 1) {
    const isErased = sign === 1 ? candle.high > arrays.top[block]! : candle.low < arrays.bottom[block]!;
    if (!isErased) return true;
    arrays.sign[block] = 0;
    arrays.mitigated[block] = 0;
    return false;
  }
  const [inner, outer] = [Math.min(candle.open, candle.close), Math.max(candle.open, candle.close)];
  const isMitigated =
    sign === 1 ? (closeMitigation ? inner : candle.low) < arrays.bottom[block]! : (closeMitigation ? outer : candle.high) > arrays.top[block]!;
  if (!isMitigated) return true;
  arrays.isBreaker[block] = 1;
  arrays.mitigated[block] = sign === 1 ? bar - 1 : bar;
  return true;
}

/** The lowest low (highest high) between swing and break, the latest of equals; the bar before the break when there is none between. */
function blockBar(candles: readonly Candle[], range: { readonly from: number; readonly to: number; readonly sign: 1 | -1 }): number {
  let best = range.to;
  for (let bar = range.to; bar >= range.from; bar -= 1) {
    const isFarther = range.sign === 1 ? candles[bar]!.low < candles[best]!.low : candles[bar]!.high > candles[best]!.high;
    if (isFarther) best = bar;
  }
  return best;
}

function setVolume(pass: Pass, block: number, bar: number): void {
  const volume = (index: number): number => pass.candles[index]?.volume ?? 0;
  const recent = volume(bar) + volume(bar - 1);
  const before = volume(bar - 2);
  const largest = Math.max(recent, before);
  pass.arrays.volume[block] = recent + before;
  pass.arrays.percentage[block] = largest === 0 ? 100 : (100 * Math.min(recent, before)) / largest;
}
