// The printable report: one HTML file without scripts, links or fonts from elsewhere.
import { BREAKDOWN_KEYS } from '../review/breakdown.ts';
import { escape, facts, interval, number, page, percent, table } from './html-parts.ts';
import { iso } from './moment.ts';
import { describeCombination } from './parameter-grid.ts';
import type { BacktestReport } from './report.ts';
import { equityFigure, histogramFigure, sensitivityFigure, underwaterFigure } from './report-figures.ts';
import type { TrialOutcome } from './sweep.ts';

export function reportToHtml(report: BacktestReport): string {
  const { summary, accounting } = report;
  const { performance, statistics } = summary;
  const books = accounting.agrees && accounting.tradesAgree;
  const results: readonly (readonly [string, string])[] = [
    ['Net result', `${number(report.wallet - report.deposit)} USDT (${percent(performance.totalReturn)})`],
    ['Return a year', percent(performance.annualReturn)],
    ['Maximum drawdown', percent(performance.maxDrawdown)],
    ['Sharpe ratio a year', `${number(performance.sharpe)} ${interval(performance.sharpeInterval, number)}`],
    ['Sortino ratio a year', number(performance.sortino)],
    ['P(true Sharpe > 0)', percent(performance.probabilisticSharpe)],
    [`Deflated for ${performance.trials} trials`, percent(performance.deflatedSharpe)],
    ['Trades', String(statistics.trades)],
    ['Win rate', `${percent(statistics.winRate)} ${interval(statistics.winRateInterval, percent)}`],
    ['Profit factor', number(statistics.profitFactor)],
    ['Expectancy', `${number(statistics.expectancyR)} R ${interval(statistics.expectancyRInterval, number)}`],
    ['Average win / loss', `${number(statistics.averageWin)} / ${number(statistics.averageLoss)} USDT`],
    ['Best / worst point (mean)', `${number(statistics.favourable.mean)} / ${number(statistics.adverse.mean)} R`],
    ['Fees', `${number(statistics.fees)} USDT`],
    ['Funding', `${number(statistics.funding)} USDT`],
    ['Virtual positions (every set-up)', `${report.counters.virtual.closed}, ${number(report.counters.virtual.sumR / report.counters.virtual.closed)} R each`],
    ['Trading at the end', escape(report.endState)],
  ];
  return page(
    `Backtest ${iso(report.from)} – ${iso(report.to)}`,
    `<h1>Backtest, ${escape(report.strategy)} strategy</h1>
<p>${iso(report.from)} to ${iso(report.to)}, ${report.sources.length} ${report.sources.length === 1 ? 'symbol' : 'symbols'}, ${report.counters.candles.toLocaleString('en')} candles, deposit ${number(report.deposit)} USDT.
Result hash <code>${report.hash}</code>.</p>
<p class="${books ? 'good' : 'alarm'}">${books ? 'The wallet equals fills, fees and funding to the last unit.' : 'The books do not agree; do not trust these numbers.'}</p>
${proofText(report)}
${report.warnings.length === 0 ? '' : `<ul class="warnings">${report.warnings.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>`}
<h2>Results</h2>${facts(results)}
<h2>Equity</h2>${equityFigure(report.equity.times, report.equity.usdt)}
<h2>Fall from the peak</h2>${underwaterFigure(report.equity.times, report.equity.usdt)}
<h2>Results in R</h2>${histogramFigure(summary.histogram)}
${BREAKDOWN_KEYS.map((key) => breakdownTable(report, key)).join('')}
${sweepText(report)}${walkForwardText(report)}
<h2>Assumptions</h2><ul>${report.assumptions.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>
<p>Fees ${report.costs.makerFeeBps} bps maker, ${report.costs.takerFeeBps} bps taker; flat funding rate ${report.costs.fundingRateE8 / 1e6} %; book ${report.costs.bookThickness}× the normal one; delay ${report.costs.delayMs / 1000} s.
Changed settings: ${escape(JSON.stringify(report.changedSettings))}.</p>
<h2>Data</h2>${table(
      ['Symbol', 'Candles', 'From', 'To', 'Missing', 'Rules', 'Funding'],
      report.sources.map((source) => [
        escape(source.symbol),
        String(source.candles),
        iso(source.first),
        iso(source.last),
        String(source.missing),
        source.rules,
        source.funding,
      ]),
    )}
<h2>Trades</h2><div class="trades">${table(
      ['Symbol', 'Side', 'Opened', 'Closed', 'Entry', 'Exit', 'Net USDT', 'R', 'Best R', 'Worst R', 'Reason'],
      report.trades.map((trade) => [
        escape(trade.symbol),
        trade.side,
        iso(trade.openedAt),
        iso(trade.closedAt),
        String(trade.entryPrice),
        String(trade.exitPrice),
        number(trade.net),
        number(trade.netR),
        number(trade.maxR),
        number(trade.minR),
        trade.reason,
      ]),
    )}</div>`,
  );
}

function proofText({ proof }: BacktestReport): string {
  if (proof === null) return '<p>Look-ahead was not tested in this run (--prove).</p>';
  if (proof.divergence === null)
    return `<p class="good">No look-ahead: ${proof.compared.toLocaleString('en')} judgements and journal lines are the same with the future hidden and with another future, at ${proof.cuts.length} cuts.</p>`;
  const { divergence } = proof;
  return `<p class="alarm">LOOK-AHEAD: with the future ${divergence.variant} after ${iso(divergence.cut)}, line ${divergence.index} differs.
Knowing the future: ${escape(divergence.knowing?.summary ?? 'nothing')}. Not knowing it: ${escape(divergence.unknowing?.summary ?? 'nothing')}.</p>`;
}

function breakdownTable(report: BacktestReport, key: (typeof BREAKDOWN_KEYS)[number]): string {
  const rows = report.summary.breakdowns[key];
  if (rows.length === 0) return '';
  return `<h2>By ${key}</h2>${table(
    [key, 'Trades', 'Win rate', '95 %', 'Net USDT', 'Expectancy R', 'Profit factor'],
    rows.map((row) => [
      escape(row.key),
      String(row.trades),
      percent(row.winRate),
      interval(row.winRateInterval, percent),
      number(row.net),
      number(row.expectancyR),
      number(row.profitFactor),
    ]),
  )}`;
}

const TRIAL_HEADS = ['Trades', 'Net USDT', 'Drawdown', 'Sharpe'] as const;

function trialCells(trial: TrialOutcome): readonly string[] {
  return [String(trial.trades), number(trial.net), percent(trial.maxDrawdown), number(trial.sharpe)];
}

function sweepText({ sweep }: BacktestReport): string {
  if (sweep === null) return '';
  const rows = sweep.trials.map((trial, index) => [
    `${escape(describeCombination(trial.combination))}${index === sweep.chosen ? ' — chosen' : ''}`,
    ...trialCells(trial),
  ]);
  const sensitivity = Object.entries(sweep.sensitivity).flatMap(([name, values]) =>
    values.map((entry) => [`${escape(name)} = ${escape(String(entry.value))}`, String(entry.trials), number(entry.meanSharpe)]),
  );
  return `<h2>Parameter sweep</h2><p>Chosen in sample ${iso(sweep.trainFrom)} to ${iso(sweep.trainTo)}; out of sample to ${iso(sweep.testTo)}.
Deflated Sharpe ratio of the choice ${percent(sweep.deflatedSharpe)}; probability of overfitting ${percent(sweep.overfitting.probability)} over ${sweep.overfitting.splits} splits.</p>
${table(['Combination', ...TRIAL_HEADS], [...rows, ['Chosen, out of sample', ...trialCells(sweep.outOfSample)]])}
${table(['Sensitivity', 'Trials', 'Mean Sharpe'], sensitivity)}
${Object.entries(sweep.sensitivity)
  .map(([name, values]) => `<h2>Mean Sharpe ratio by ${escape(name)}</h2>${sensitivityFigure(escape(name), values)}`)
  .join('')}`;
}

function walkForwardText({ walkForward }: BacktestReport): string {
  if (walkForward === null) return '';
  const { performance, statistics } = walkForward.summary;
  return `<h2>Walk-forward</h2><p>Tested stretches together: ${statistics.trades} trades, net ${number(statistics.net)} USDT, Sharpe ${number(performance.sharpe)}, drawdown ${percent(performance.maxDrawdown)};
efficiency ${number(walkForward.efficiency)}.</p>${table(
    ['Test stretch', 'Chosen', ...TRIAL_HEADS, 'Sharpe in training'],
    walkForward.folds.map((fold) => [
      `${iso(fold.trainTo)} – ${iso(fold.testTo)}`,
      escape(describeCombination(fold.chosen)),
      ...trialCells(fold.tested),
      number(fold.trained.sharpe),
    ]),
  )}`;
}
