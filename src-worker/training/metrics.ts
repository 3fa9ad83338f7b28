// How good predictions are: each figure with its count, and bootstrap intervals where a decision hangs on it.
import { createGenerator } from '../market/random.ts';

export interface Scored {
  readonly probability: number;
  readonly label: number;
  /** Result of the trade in R after costs. */
  readonly resultR: number;
}

export interface Interval {
  readonly value: number;
  /** 90 % bootstrap bounds. */
  readonly low: number;
  readonly high: number;
}

export interface Metrics {
  readonly count: number;
  readonly baseRate: number;
  readonly logLoss: number;
  readonly baseLogLoss: number;
  /** Base log loss less the model's; above zero is better than knowing the base rate. */
  readonly logLossGain: Interval;
  readonly brier: number;
  readonly auc: number;
  readonly expectancyAll: Interval;
  /** Trades the model would take: above the probability that breaks even at the average reward. */
  readonly threshold: number;
  readonly taken: number;
  readonly precision: number;
  readonly expectancyTaken: Interval;
  readonly calibration: readonly { readonly from: number; readonly to: number; readonly count: number; readonly predicted: number; readonly observed: number }[];
}

const DRAWS = 400;

export function scoreModel(rows: readonly Scored[], options: { readonly baseRate: number; readonly threshold: number; readonly seed: number }): Metrics {
  const loss = (probability: number, label: number): number => -Math.log(Math.max(1e-9, label === 1 ? probability : 1 - probability));
  const gains = rows.map((row) => loss(options.baseRate, row.label) - loss(row.probability, row.label));
  const taken = rows.filter((row) => row.probability >= options.threshold);
  return {
    count: rows.length, baseRate: mean(rows.map((row) => row.label)), logLoss: mean(rows.map((row) => loss(row.probability, row.label))), baseLogLoss: mean(rows.map((row) => loss(options.baseRate, row.label))),
    logLossGain: bootstrapMean(gains, options.seed), brier: mean(rows.map((row) => (row.probability - row.label) ** 2)), auc: areaUnderCurve(rows), expectancyAll: bootstrapMean(rows.map((row) => row.resultR), options.seed + 1),
    threshold: options.threshold, taken: taken.length, precision: mean(taken.map((row) => row.label)), expectancyTaken: bootstrapMean(taken.map((row) => row.resultR), options.seed + 2), calibration: calibrationCurve(rows),
  };
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean with 90 % bounds from 400 seeded resamples of blocks of 20 neighbours, because labels overlap in time. */
export function bootstrapMean(values: readonly number[], seed: number): Interval {
  if (values.length === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const random = createGenerator(seed, 5);
  const block = Math.min(20, values.length);
  const blocks = Math.ceil(values.length / block);
  const draws = Array.from({ length: DRAWS }, () => {
    let sum = 0;
    for (let index = 0; index < blocks; index += 1) {
      const start = Math.floor(random.uniform() * Math.max(1, values.length - block + 1));
      for (let offset = 0; offset < block; offset += 1) sum += values[start + offset] ?? 0;
    }
    return sum / (blocks * block);
  }).toSorted((a, b) => a - b);
  return { value: mean(values), low: draws[Math.floor(DRAWS * 0.05)] ?? Number.NaN, high: draws[Math.floor(DRAWS * 0.95)] ?? Number.NaN };
}

/** Chance that a winner is ranked above a loser; ties count half. */
export function areaUnderCurve(rows: readonly Pick<Scored, 'probability' | 'label'>[]): number {
  const sorted = rows.toSorted((a, b) => a.probability - b.probability);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end]?.probability === sorted[start]?.probability) end += 1;
    const rank = (start + end + 1) / 2;
    for (let index = start; index < end; index += 1) {
      if (sorted[index]?.label === 1) {
        rankSum += rank;
        positives += 1;
      }
    }
    start = end;
  }
  const negatives = rows.length - positives;
  return positives === 0 || negatives === 0 ? Number.NaN : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function calibrationCurve(rows: readonly Scored[]): Metrics['calibration'] {
  const sorted = rows.toSorted((a, b) => a.probability - b.probability);
  const bins = 10;
  return Array.from({ length: bins }, (_, bin) => {
    const part = sorted.slice(Math.floor((bin * sorted.length) / bins), Math.floor(((bin + 1) * sorted.length) / bins));
    return { from: part[0]?.probability ?? 0, to: part.at(-1)?.probability ?? 0, count: part.length, predicted: mean(part.map((row) => row.probability)), observed: mean(part.map((row) => row.label)) };
  }).filter((bin) => bin.count > 0);
}
