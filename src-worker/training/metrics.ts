// How good predictions are: each figure with its count, and bootstrap intervals where a decision hangs on it.
import { boundMean, type Bounds, type Timed } from '../../src-main/core/learning/block-bootstrap.ts';
import { createGenerator } from '../market/random.ts';

export interface Scored {
  readonly probability: number;
  readonly label: number;
  /** Result of the trade in R after costs. */
  readonly resultR: number;
  readonly decidedAt: number;
  /** Win rate of the rows the model was trained on: what is known without any feature. */
  readonly baseRate: number;
  /** Win probability at which this plan earns nothing after costs, known at entry. */
  readonly breakEven: number;
}

/** 90 % block bootstrap bounds; NaN where there are too few days to say. */
export type Interval = Bounds;

export interface Metrics {
  readonly count: number;
  readonly baseRate: number;
  readonly logLoss: number;
  readonly baseLogLoss: number;
  /** Base log loss less the model's; above zero is better than knowing the base rate. */
  readonly logLossGain: Interval;
  readonly brier: number;
  readonly auc: number;
  /** How far outcomes lie from the stated probabilities, in standard deviations of chance; beyond ±3 the probabilities do not mean what they say. */
  readonly calibrationZ: number;
  readonly expectancyAll: Interval;
  /** Trades the model would take: those whose probability is above their own plan's break-even after costs. */
  readonly taken: number;
  readonly precision: number;
  readonly expectancyTaken: Interval;
  readonly calibration: readonly {
    readonly from: number;
    readonly to: number;
    readonly count: number;
    readonly predicted: number;
    readonly observed: number;
  }[];
}

export function scoreModel(rows: readonly Scored[], seed: number): Metrics {
  const loss = (probability: number, label: number): number => -Math.log(Math.max(1e-9, label === 1 ? probability : 1 - probability));
  const losses = rows.map((row) => loss(row.probability, row.label));
  const baseLosses = rows.map((row) => loss(row.baseRate, row.label));
  const timed = (values: readonly number[], list: readonly Scored[]): readonly Timed[] =>
    values.map((value, index) => ({ value, time: list[index]?.decidedAt ?? 0 }));
  const taken = rows.filter((row) => row.probability > row.breakEven);
  return {
    count: rows.length,
    baseRate: mean(rows.map((row) => row.label)),
    logLoss: mean(losses),
    baseLogLoss: mean(baseLosses),
    logLossGain: bootstrapMean(
      timed(
        baseLosses.map((value, index) => value - (losses[index] ?? 0)),
        rows,
      ),
      seed,
    ),
    brier: mean(rows.map((row) => (row.probability - row.label) ** 2)),
    auc: areaUnderCurve(rows),
    calibrationZ: calibrationZ(rows),
    expectancyAll: bootstrapMean(
      timed(
        rows.map((row) => row.resultR),
        rows,
      ),
      seed + 1,
    ),
    taken: taken.length,
    precision: mean(taken.map((row) => row.label)),
    expectancyTaken: bootstrapMean(
      timed(
        taken.map((row) => row.resultR),
        taken,
      ),
      seed + 2,
    ),
    calibration: calibrationCurve(rows),
  };
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Mean with 90 % bounds, from a seed. See {@link boundMean}. */
export function bootstrapMean(values: readonly Timed[], seed: number): Interval {
  const random = createGenerator(seed, 5);
  return boundMean(values, () => random.uniform());
}

/** `0.123 [0.100, 0.146]`; says so where there is no value, or no bounds. */
export function describeInterval({ value, low, high }: Interval, digits: number): string {
  if (Number.isNaN(value)) return 'none';
  return `${value.toFixed(digits)} [${Number.isNaN(low) ? 'too few days' : `${low.toFixed(digits)}, ${high.toFixed(digits)}`}]`;
}

/** Chance that a winner is ranked above a loser; ties count half. */
export function areaUnderCurve(rows: readonly Pick<Scored, 'probability' | 'label'>[]): number {
  const sorted = rows.toSorted((a, b) => a.probability - b.probability);
  let rankSum = 0;
  let positives = 0;
  for (let start = 0; start < sorted.length;) {
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

/** Source: Spiegelhalter 1986, "Probabilistic prediction in patient management and clinical trials". NaN where every probability is one half. */
export function calibrationZ(rows: readonly Pick<Scored, 'probability' | 'label'>[]): number {
  let gap = 0;
  let variance = 0;
  for (const { probability, label } of rows) {
    gap += (label - probability) * (1 - 2 * probability);
    variance += (1 - 2 * probability) ** 2 * probability * (1 - probability);
  }
  return gap / Math.sqrt(variance);
}

function calibrationCurve(rows: readonly Scored[]): Metrics['calibration'] {
  const sorted = rows.toSorted((a, b) => a.probability - b.probability);
  const bins = 10;
  return Array.from({ length: bins }, (_, bin) => {
    const part = sorted.slice(Math.floor((bin * sorted.length) / bins), Math.floor(((bin + 1) * sorted.length) / bins));
    return {
      from: part[0]?.probability ?? 0,
      to: part.at(-1)?.probability ?? 0,
      count: part.length,
      predicted: mean(part.map((row) => row.probability)),
      observed: mean(part.map((row) => row.label)),
    };
  }).filter((bin) => bin.count > 0);
}
