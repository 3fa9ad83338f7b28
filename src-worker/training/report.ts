// The training report: what was learned from what, how it was judged, and the verdict in one sentence.
import type { SymbolCandles, TrainingRow } from './candidates.ts';
import { BOOST_OPTIONS, type FitResult } from './fit.ts';
import { compareDeciders, describeDeciders, describeSlices, monthOf, sliceBy, type DeciderResult, type JudgedSetUp, type Slice } from './comparison.ts';
import { describeInterval, mean, type Metrics } from './metrics.ts';

export interface ReportInput {
  readonly name: string;
  readonly version: string;
  readonly rows: readonly TrainingRow[];
  readonly series: readonly SymbolCandles[];
  readonly fit: FitResult;
  readonly seed: number;
  readonly schemaHash: string;
  readonly dataHash: string;
}

export interface TrainingReport extends Omit<FitResult, 'model' | 'judged' | 'edgeAlone'> {
  readonly name: string;
  readonly version: string;
  readonly verdict: string;
  readonly seed: number;
  readonly schemaHash: string;
  readonly dataHash: string;
  readonly hyperparameters: typeof BOOST_OPTIONS;
  readonly trees: number;
  readonly data: readonly {
    readonly symbol: string;
    readonly candles: number;
    readonly from: string;
    readonly to: string;
    readonly setUps: number;
    readonly winRate: number;
    readonly meanR: number;
  }[];
  readonly counts: {
    readonly setUps: number;
    readonly archive: number;
    readonly signals: number;
    readonly long: number;
    readonly short: number;
    readonly wins: number;
  };
  /** Set-ups judged out of fold and in the hold-out, by who would have decided. */
  readonly deciders: { readonly walkForward: readonly DeciderResult[]; readonly holdOut: readonly DeciderResult[] };
  readonly bySymbol: readonly Slice[];
  readonly byMonth: readonly Slice[];
}

export function summarise(input: ReportInput): TrainingReport {
  const { model, judged, edgeAlone: _, ...fit } = input.fit;
  const setUpsOf = (list: FitResult['judged']['holdOut']): readonly JudgedSetUp[] =>
    list.map(({ row, scored }) => ({ row, probability: scored.probability, band: input.fit.band }));
  const all = setUpsOf([...judged.outOfFold, ...judged.holdOut]);
  const decide = (list: FitResult['judged']['holdOut']): readonly DeciderResult[] =>
    compareDeciders({ setUps: setUpsOf(list), series: input.series, hasEdge: fit.edge, seed: input.seed });
  const rows = input.rows.filter((row) => row.kind === 'set-up');
  return {
    name: input.name,
    version: input.version,
    verdict: verdictOf(input.fit),
    seed: input.seed,
    schemaHash: input.schemaHash,
    dataHash: input.dataHash,
    hyperparameters: { ...BOOST_OPTIONS, seed: input.seed },
    trees: model.trees.length,
    data: input.series.map((entry) => {
      const own = rows.filter((row) => row.symbol === entry.symbol);
      return {
        symbol: entry.symbol,
        candles: entry.candles.length,
        from: day(entry.candles[0]?.openTime),
        to: day(entry.candles.at(-1)?.openTime),
        setUps: own.length,
        winRate: mean(own.map((row) => row.label)),
        meanR: mean(own.map((row) => row.resultR)),
      };
    }),
    counts: {
      setUps: rows.length,
      archive: input.rows.length - rows.length,
      signals: rows.filter((row) => row.isSignal).length,
      long: rows.filter((row) => row.side === 'long').length,
      short: rows.filter((row) => row.side === 'short').length,
      wins: rows.filter((row) => row.label === 1).length,
    },
    deciders: { walkForward: decide(judged.outOfFold), holdOut: decide(judged.holdOut) },
    bySymbol: sliceBy(all, (row) => row.symbol, input.seed),
    byMonth: sliceBy(all, monthOf, input.seed),
    ...fit,
  };
}

function day(time: number | undefined): string {
  return time === undefined ? '' : new Date(time).toISOString().slice(0, 10);
}

function verdictOf(fit: FitResult): string {
  const { holdOut } = fit;
  const shown = `hold-out AUC ${holdOut.auc.toFixed(3)} on ${holdOut.count} set-ups, log-loss gain ${describeInterval(holdOut.logLossGain, 4)}`;
  const taken =
    holdOut.taken === 0
      ? 'it would take none of them'
      : `expectancy of what it takes ${describeInterval(holdOut.expectancyTaken, 4)} R after costs (${holdOut.taken} trades)`;
  if (!fit.leakage.passed) return `No edge to rely on: its leakage checks failed; ${shown}, ${taken}. It may only veto or lower; hybrid leans on ICT.`;
  if (fit.edgeAlone) return `Edge out of sample: ${shown}, ${taken}. It holds without a set-up too.`;
  if (fit.edge) return `Edge out of sample: ${shown}, ${taken}. Without a set-up it has shown none.`;
  return `No edge out of sample: ${shown}, ${taken}. It may only veto or lower; hybrid leans on ICT.`;
}

function table(name: string, metrics: Metrics): string {
  return [
    `### ${name}`,
    '',
    '| figure | value |',
    '|---|---|',
    `| set-ups | ${metrics.count} |`,
    `| win rate | ${metrics.baseRate.toFixed(3)} |`,
    `| log loss (base rate alone) | ${metrics.logLoss.toFixed(4)} (${metrics.baseLogLoss.toFixed(4)}) |`,
    `| log-loss gain, 90 % | ${describeInterval(metrics.logLossGain, 4)} |`,
    `| Brier | ${metrics.brier.toFixed(4)} |`,
    `| AUC | ${metrics.auc.toFixed(3)} |`,
    `| calibration, deviations from what it states (fails beyond ±3) | ${metrics.calibrationZ.toFixed(2)} |`,
    `| expectancy of all, R | ${describeInterval(metrics.expectancyAll, 4)} |`,
    `| taken (p above the plan's own break-even) | ${metrics.taken} |`,
    `| precision of taken | ${metrics.taken === 0 ? 'none taken' : metrics.precision.toFixed(3)} |`,
    `| expectancy of taken, R | ${metrics.taken === 0 ? 'none taken' : describeInterval(metrics.expectancyTaken, 4)} |`,
    '',
    '| predicted | observed | set-ups |',
    '|---|---|---|',
    ...metrics.calibration.map((bin) => `| ${bin.predicted.toFixed(3)} | ${bin.observed.toFixed(3)} | ${bin.count} |`),
    '',
  ].join('\n');
}

/** Markdown for a person. */
export function describeReport(report: TrainingReport): string {
  return [
    `# ${report.name} ${report.version}`,
    '',
    `**${report.verdict}**`,
    '',
    'Rows are ICT set-ups that passed step 3, found by the live code on closed candles, and archive rows: the plan the self-learning mode would make, both sides, once an hour. Both are learned from (a set-up counts as much as five archive rows); only set-ups are judged.',
    "Features are those known at the decision; entry is the next candle's open; the label is the plan's own triple barrier (target, stop, 96 h), stop first when one candle holds both; results are after 0.14 % round-trip costs (0.05 % taker fee and 0.02 % slippage each way); funding is not charged.",
    'Folds run forward in time; label windows that cross a boundary are purged and a day is left out after it. The last 12 % of set-ups take no part in fitting, stopping or calibration; every look at them while choosing settings still makes the figure a little kinder than the future. Intervals are 90 % bootstrap over four-day blocks, widened where there are few of them.',
    '',
    `Set-ups ${report.counts.setUps} (long ${report.counts.long}, short ${report.counts.short}), complete signals ${report.counts.signals}, archive rows ${report.counts.archive}; set-ups won ${report.counts.wins}; rows purged at boundaries ${report.purged}; trees ${report.trees}; seed ${report.seed}; feature schema ${report.schemaHash}; data ${report.dataHash}.`,
    `Hyperparameters: ${JSON.stringify(report.hyperparameters)}.`,
    '',
    table('Walk-forward folds', report.walkForward),
    table('Hold-out', report.holdOut),
    '### Who decides',
    '',
    'The same set-ups under different deciders, results in R after costs. Random entries take the stop, target and horizon of each set-up, five times each, on a random side at a random moment within two weeks of it.',
    '',
    'Walk-forward folds:',
    '',
    ...describeDeciders(report.deciders.walkForward),
    '',
    'Hold-out:',
    '',
    ...describeDeciders(report.deciders.holdOut),
    '',
    `ICT confidence alone ranks with AUC ${report.ictOnly.walkForwardAuc.toFixed(3)} (folds) and ${report.ictOnly.holdOutAuc.toFixed(3)} (hold-out).`,
    '',
    `Leakage: with all outcomes shuffled it scores AUC ${report.leakage.shuffledAuc.toFixed(3)}; features that alone tell the outcome: ${report.leakage.suspiciousFeatures.join(', ') || 'none'}; constant features: ${report.leakage.constantFeatures.join(', ') || 'none'}; rows on both sides of the split: ${(report.leakage.sharedRows * 100).toFixed(2)} %; training outcomes after the first row judged: ${report.leakage.windowsOverlap ? 'YES' : 'none'}; ${report.leakage.passed ? 'passed' : 'FAILED'}.`,
    '',
    '## What moves its answers',
    '',
    'Exact tree SHAP over the judged set-ups: share of the mean absolute value. Gain is what the feature earned in training.',
    '',
    '| feature | share of SHAP | share of gain |',
    '|---|---|---|',
    ...report.importance.slice(0, 20).map((entry) => `| ${entry.feature} | ${(entry.share * 100).toFixed(1)} % | ${(entry.gainShare * 100).toFixed(1)} % |`),
    '',
    '## By symbol (folds and hold-out together)',
    '',
    ...describeSlices('symbol', report.bySymbol),
    '',
    '## By month (folds and hold-out together)',
    '',
    ...describeSlices('month', report.byMonth),
    '',
    '## Data',
    '',
    '| symbol | candles | from | to | set-ups | win rate | mean R |',
    '|---|---|---|---|---|---|---|',
    ...report.data.map(
      (entry) =>
        `| ${entry.symbol} | ${entry.candles} | ${entry.from} | ${entry.to} | ${entry.setUps} | ${entry.winRate.toFixed(3)} | ${entry.meanR.toFixed(3)} |`,
    ),
    '',
  ].join('\n');
}
