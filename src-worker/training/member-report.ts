// The report of a network: how good it is on data after its training, beside what is known without it, each figure with its count and interval.
import type { Timed } from '../../src-main/core/learning/block-bootstrap.ts';
import { areaUnderCurve, bootstrapMean, mean, type Interval } from './metrics.ts';

export interface Figure {
  readonly name: string;
  readonly count: number;
  readonly value: number;
  /** 90 % block bootstrap bounds where a decision hangs on it. */
  readonly low?: number;
  readonly high?: number;
  /** The same figure without the model. */
  readonly baseline?: number;
}

export interface MemberLeakage {
  /** AUC on later rows when all outcomes are shuffled, of the outcome farthest from chance; null where there is none to shuffle. */
  readonly shuffledAuc: number | null;
  /** Share of the judged rows that stand among the training rows too; null where the rows were checked before. */
  readonly sharedRows: number | null;
  readonly windowsOverlap: boolean;
  readonly passed: boolean;
}

export interface MemberReport {
  readonly name: string;
  readonly version: string;
  readonly verdict: string;
  /** Whether it beats what is known without it, out of sample. */
  readonly hasSkill: boolean;
  readonly what: string;
  readonly seed: number;
  readonly schemaHash: string;
  readonly dataHash: string;
  readonly trainedUntil: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly figures: readonly Figure[];
  readonly leakage: MemberLeakage;
  readonly hyperparameters: unknown;
  /** Served form and why; see the quantisation gate. */
  readonly serving: string;
}

export interface Outcome {
  readonly probability: number;
  readonly label: number;
  /** What is known without the model. */
  readonly baseRate: number;
  readonly time: number;
}

export function logLossOf(probability: number, label: number): number {
  return -Math.log(Math.max(1e-6, label === 1 ? probability : 1 - probability));
}

/** Log-loss gain over the base rate with its bounds, AUC and Brier score. */
export function judgeOutcomes(
  name: string,
  outcomes: readonly Outcome[],
  seed: number,
): { readonly figures: readonly Figure[]; readonly gain: Interval; readonly auc: number } {
  const gains: readonly Timed[] = outcomes.map(({ probability, label, baseRate, time }) => ({
    value: logLossOf(baseRate, label) - logLossOf(probability, label),
    time,
  }));
  const gain = bootstrapMean(gains, seed);
  const auc = areaUnderCurve(outcomes);
  const count = outcomes.length;
  return {
    gain,
    auc,
    figures: [
      {
        name: `${name}: log loss`,
        count,
        value: mean(outcomes.map(({ probability, label }) => logLossOf(probability, label))),
        baseline: mean(outcomes.map(({ baseRate, label }) => logLossOf(baseRate, label))),
      },
      { name: `${name}: log-loss gain`, count, ...gain, baseline: 0 },
      { name: `${name}: AUC`, count, value: auc, baseline: 0.5 },
      {
        name: `${name}: Brier score`,
        count,
        value: mean(outcomes.map(({ probability, label }) => (probability - label) ** 2)),
        baseline: mean(outcomes.map(({ baseRate, label }) => (baseRate - label) ** 2)),
      },
    ],
  };
}

function text(value: number | undefined): string {
  return value === undefined ? '' : Number.isNaN(value) ? 'none' : value.toFixed(4);
}

function boundsText(low: number | undefined, high: number | undefined): string {
  if (low === undefined || high === undefined) return '';
  return Number.isNaN(low) ? 'too few days' : `${text(low)} … ${text(high)}`;
}

/** Markdown for a person. */
export function describeMember(report: MemberReport): string {
  const { leakage } = report;
  return [
    `# ${report.name} ${report.version}`,
    '',
    `**${report.verdict}**`,
    '',
    report.what,
    '',
    `Trained on what was known before ${report.trainedUntil}; judged on later decisions only. ${Object.entries(report.counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}; seed ${report.seed}; input schema ${report.schemaHash}; data ${report.dataHash}.`,
    `Hyperparameters: ${JSON.stringify(report.hyperparameters)}.`,
    `Served: ${report.serving}`,
    '',
    '| figure | value | 90 % interval | without the model | count |',
    '|---|---|---|---|---|',
    ...report.figures.map(
      ({ name, value, low, high, baseline, count }) => `| ${name} | ${text(value)} | ${boundsText(low, high)} | ${text(baseline)} | ${count} |`,
    ),
    '',
    `Leakage: ${leakage.shuffledAuc === null ? 'no outcome to shuffle' : `with all outcomes shuffled it scores AUC ${leakage.shuffledAuc.toFixed(3)}`}; ${leakage.sharedRows === null ? '' : `rows on both sides of the split: ${(leakage.sharedRows * 100).toFixed(2)} %; `}training outcomes after the first row judged: ${leakage.windowsOverlap ? 'YES' : 'none'}; ${leakage.passed ? 'passed' : 'FAILED'}.`,
    '',
  ].join('\n');
}
