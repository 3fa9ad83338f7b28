// The peer's previous high and low, sessions and retracements.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { SmcColumns, SmcSwings } from './smc-structure.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-04 was a Sunday. */
const SUNDAY_MS = 3 * DAY_MS;

export type SmcPeriod = '4h' | '1D' | 'W';

/** 4h and 1D are labelled by their start; W ends on, includes and is labelled by Sunday 00:00. */
function periodLabel(time: number, period: SmcPeriod): number {
  if (period === 'W') return Math.ceil((time - SUNDAY_MS) / (7 * DAY_MS)) * 7 * DAY_MS + SUNDAY_MS;
  const step = period === '4h' ? 4 * HOUR_MS : DAY_MS;
  return Math.floor(time / step) * step;
}

/**
 * High and low of the period before the last one labelled strictly before each bar, and whether the run since has broken them. The peer
 * keeps them in 32 bits and compares with that, so a price equal to the rounded-down high counts as beyond it.
 */
export function smcPreviousHighLow(candles: readonly Candle[], period: SmcPeriod): SmcColumns {
  const periods: { readonly label: number; high: number; low: number }[] = [];
  for (const candle of candles) {
    const label = periodLabel(candle.openTime, period);
    const last = periods.at(-1);
    if (last === undefined || last.label !== label) periods.push({ label, high: candle.high, low: candle.low });
    else {
      last.high = Math.max(last.high, candle.high);
      last.low = Math.min(last.low, candle.low);
    }
  }
  const result = {
    PreviousHigh: [] as (number | null)[],
    PreviousLow: [] as (number | null)[],
    BrokenHigh: [] as (number | null)[],
    BrokenLow: [] as (number | null)[],
  };
  let before = 0;
  let run = { previous: -1, high: -Infinity, low: Infinity };
  for (const candle of candles) {
    while (before < periods.length && periods[before]!.label < candle.openTime) before += 1;
    const previous = periods[before - 2];
    if (run.previous !== before - 2) run = { previous: before - 2, high: -Infinity, low: Infinity };
    run.high = Math.max(run.high, candle.high);
    run.low = Math.min(run.low, candle.low);
    result.PreviousHigh.push(previous === undefined ? null : Math.fround(previous.high));
    result.PreviousLow.push(previous === undefined ? null : Math.fround(previous.low));
    result.BrokenHigh.push(previous !== undefined && run.high > Math.fround(previous.high) ? 1 : 0);
    result.BrokenLow.push(previous !== undefined && run.low < Math.fround(previous.low) ? 1 : 0);
  }
  return result;
}

/** UTC minutes, both ends inclusive. */
export const SMC_SESSIONS: Readonly<Record<string, readonly [number, number]>> = {
  Sydney: [21 * 60, 6 * 60],
  Tokyo: [0, 9 * 60],
  London: [7 * 60, 16 * 60],
  NewYork: [13 * 60, 22 * 60],
  AsianKillZone: [0, 4 * 60],
  LondonOpenKillZone: [6 * 60, 9 * 60],
  NewYorkKillZone: [11 * 60, 14 * 60],
  LondonCloseKillZone: [14 * 60, 16 * 60],
};

/** Whether each bar is in the session, and the running high and low since its first bar; 0 outside. */
export function smcSession(candles: readonly Candle[], hours: readonly [number, number]): SmcColumns {
  const [start, end] = hours;
  const result = { Active: [] as number[], High: [] as number[], Low: [] as number[] };
  let high = 0;
  let low = 0;
  for (const candle of candles) {
    const minute = Math.floor((candle.openTime % DAY_MS) / 60_000);
    const isActive = start < end ? minute >= start && minute <= end : minute >= start || minute <= end;
    const isFirst = isActive && result.Active.at(-1) !== 1;
    high = isActive ? (isFirst ? candle.high : Math.max(high, candle.high)) : 0;
    low = isActive ? (isFirst ? candle.low : Math.min(low, candle.low)) : 0;
    result.Active.push(isActive ? 1 : 0);
    result.High.push(high);
    result.Low.push(low);
  }
  return result;
}

/** Python's rounding to one decimal: half to even on the decimal value as stored. */
function roundTenth(value: number): number {
  const scaled = value * 10;
  const floor = Math.floor(scaled);
  const isHalf = scaled - floor === 0.5;
  return (isHalf ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(scaled)) / 10;
}

/** How far price came back into the leg between the last two swings, in percent, now and at its deepest. */
export function smcRetracements(candles: readonly Candle[], swings: SmcSwings): SmcColumns {
  const count = candles.length;
  const direction = new Float64Array(count);
  const current = new Float64Array(count);
  const deepest = new Float64Array(count);
  let top = 0;
  let bottom = 0;
  for (let bar = 0; bar < count; bar += 1) {
    const before = bar === 0 ? count - 1 : bar - 1;
    if (swings.mark[bar] === 1) top = swings.level[bar]!;
    if (swings.mark[bar] === -1) bottom = swings.level[bar]!;
    direction[bar] = swings.mark[bar] === 0 ? (bar === 0 ? 0 : direction[before]!) : swings.mark[bar]!;
    if (direction[before] === 1) {
      current[bar] = roundTenth(100 - ((candles[bar]!.low - bottom) / (top - bottom)) * 100);
      deepest[bar] = Math.max(deepest[before]!, current[bar]!);
    }
    if (direction[bar] === -1) {
      current[bar] = roundTenth(100 - ((candles[bar]!.high - top) / (bottom - top)) * 100);
      deepest[bar] = Math.max(direction[before] === -1 ? deepest[before]! : 0, current[bar]!);
    }
  }
  const shifted = [direction, current, deepest].map((values) => [values[count - 1]!, ...values.subarray(0, count - 1)]);
  clearLeadIn(shifted[0]!, shifted);
  return { Direction: shifted[0]!, 'CurrentRetracement%': shifted[1]!, 'DeepestRetracement%': shifted[2]! };
}

/** Everything up to and including the bar of the third direction change is unknown. */
function clearLeadIn(direction: readonly number[], columns: readonly number[][]): void {
  let changes = 0;
  for (let bar = 1; bar < direction.length && changes < 3; bar += 1) {
    if (direction[bar] === direction[bar - 1]) continue;
    changes += 1;
    if (changes === 3) for (const column of columns) column.fill(0, 0, bar + 1);
  }
}
