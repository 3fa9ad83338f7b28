// What makes a price series look like a market: tails, clustering of volatility, common movement, volume that goes with range.
import type { Candle } from '../../src-shared/domain/candle.ts';

export interface SeriesStatistics {
  readonly symbol: string;
  readonly candles: number;
  /** Standard deviation of a 5m log return in basis points. */
  readonly volatilityBps: number;
  readonly excessKurtosis: number;
  /** The same without the ten largest moves, which a single crash would otherwise decide. */
  readonly trimmedKurtosis: number;
  /** Autocorrelation of returns at one candle: near zero. */
  readonly returnMemory: number;
  /** Autocorrelation of absolute returns at 5 minutes, 1 hour, 1 day. */
  readonly volatilityMemory: readonly [number, number, number];
  /** Correlation of the logarithms of volume and range. */
  readonly volumeRange: number;
  /** Busiest over quietest hour, by mean absolute return. */
  readonly seasonality: number;
  /** Share of returns beyond four standard deviations, per thousand. */
  readonly beyondFourSigma: number;
}

const DAY_LAG = 288;

export function correlation(a: readonly number[], b: readonly number[]): number {
  const count = Math.min(a.length, b.length);
  if (count < 3) return Number.NaN;
  let meanA = 0;
  let meanB = 0;
  for (let index = 0; index < count; index += 1) {
    meanA += (a[index] ?? 0) / count;
    meanB += (b[index] ?? 0) / count;
  }
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let index = 0; index < count; index += 1) {
    const x = (a[index] ?? 0) - meanA;
    const y = (b[index] ?? 0) - meanB;
    covariance += x * y;
    varianceA += x * x;
    varianceB += y * y;
  }
  return covariance / Math.sqrt(varianceA * varianceB);
}

function autocorrelation(values: readonly number[], lag: number): number {
  return correlation(values.slice(0, -lag), values.slice(lag));
}

/** Log returns between neighbouring candles; holes are skipped. */
export function returnsOf(candles: readonly Candle[], stepMs: number): ReadonlyMap<number, number> {
  const returns = new Map<number, number>();
  for (let index = 1; index < candles.length; index += 1) {
    const before = candles[index - 1];
    const now = candles[index];
    if (before === undefined || now === undefined || now.openTime - before.openTime !== stepMs) continue;
    returns.set(now.openTime, Math.log(now.close / before.close));
  }
  return returns;
}

export function measureSeries(symbol: string, candles: readonly Candle[], stepMs: number): SeriesStatistics {
  const byTime = returnsOf(candles, stepMs);
  const returns = [...byTime.values()];
  const absolute = returns.map(Math.abs);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length;
  const deviation = Math.sqrt(variance);
  const traded = candles.filter((candle) => candle.volume > 0 && candle.high > candle.low);
  return {
    symbol,
    candles: candles.length,
    volatilityBps: deviation * 10_000,
    excessKurtosis: excessKurtosis(returns),
    trimmedKurtosis: excessKurtosis(returns.toSorted((a, b) => Math.abs(a) - Math.abs(b)).slice(0, -10)),
    returnMemory: autocorrelation(returns, 1),
    volatilityMemory: [autocorrelation(absolute, 1), autocorrelation(absolute, 12), autocorrelation(absolute, DAY_LAG)],
    volumeRange: correlation(
      traded.map((candle) => Math.log(candle.volume)),
      traded.map((candle) => Math.log(candle.high / candle.low)),
    ),
    seasonality: seasonalityOf(byTime),
    beyondFourSigma: (1000 * returns.filter((value) => Math.abs(value - mean) > 4 * deviation).length) / returns.length,
  };
}

function excessKurtosis(returns: readonly number[]): number {
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length;
  return returns.reduce((sum, value) => sum + (value - mean) ** 4, 0) / returns.length / variance ** 2 - 3;
}

function seasonalityOf(returns: ReadonlyMap<number, number>): number {
  const sums = Array.from({ length: 24 }, () => ({ total: 0, count: 0 }));
  for (const [time, value] of returns) {
    const hour = sums[Math.floor(time / 3_600_000) % 24];
    if (hour === undefined) continue;
    hour.total += Math.abs(value);
    hour.count += 1;
  }
  const means = sums.filter((hour) => hour.count > 0).map((hour) => hour.total / hour.count);
  return Math.max(...means) / Math.min(...means);
}

/** Mean pairwise correlation of returns over the times all pairs share. */
export function crossCorrelation(series: readonly ReadonlyMap<number, number>[]): number {
  let total = 0;
  let pairs = 0;
  for (let first = 0; first < series.length; first += 1)
    for (let second = first + 1; second < series.length; second += 1) {
      const [a, b] = [series[first], series[second]];
      if (a === undefined || b === undefined) continue;
      const times = [...a.keys()].filter((time) => b.has(time));
      if (times.length < 1000) continue;
      total += correlation(
        times.map((time) => a.get(time) ?? 0),
        times.map((time) => b.get(time) ?? 0),
      );
      pairs += 1;
    }
  return total / pairs;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
