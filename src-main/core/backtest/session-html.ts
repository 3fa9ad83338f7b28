// The printable report of a recorded session: one HTML file without scripts, links or fonts from elsewhere.
import type { ReviewFigure, SessionDetail } from '../../../src-shared/contract/review.ts';
import { escape, facts, number, page, percent, table } from './html-parts.ts';
import { iso } from './moment.ts';
import { equityFigure, histogramFigure, underwaterFigure } from './report-figures.ts';

const NAMES: Readonly<Record<string, string>> = {
  net: 'Net result',
  totalReturn: 'Return',
  trades: 'Trades',
  winRate: 'Win rate',
  expectancyR: 'Expectancy',
  expectancyUsdt: 'Expectancy in USDT',
  profitFactor: 'Profit factor',
  sharpe: 'Sharpe ratio a year',
  sortino: 'Sortino ratio a year',
  maxDrawdown: 'Maximum drawdown',
  favourable: 'Best point (mean, quartiles)',
  adverse: 'Worst point (mean, quartiles)',
  winnersKept: 'Kept of the best point by winners',
  averageHours: 'Mean time held',
  fees: 'Fees',
  funding: 'Funding',
  longestLosingRun: 'Longest losing run',
};

export function sessionToHtml(detail: SessionDetail): string {
  const { row, overrides, notes } = detail;
  const own = notes.find((note) => note.trade === null);
  const noted = new Map(notes.flatMap((note) => (note.trade === null ? [] : [[note.trade, note]])));
  return page(
    `Session ${row.key}`,
    `<h1>Session ${escape(row.key)}, ${escape(row.strategy)} strategy</h1>
<p>${escape(row.mode)} mode, version ${escape(row.version)}; ${iso(row.startedAt)} to ${row.endedAt === null ? 'now' : iso(row.endedAt)}; ${row.lines} journal lines.</p>
${own === undefined ? '' : `<p>${escape(own.text)} ${own.tags.map((tag) => `<b>#${escape(tag)}</b>`).join(' ')}</p>`}
${detail.warnings.length === 0 ? '' : `<ul class="warnings">${detail.warnings.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>`}
<h2>Results</h2>${facts(detail.figures.flatMap((entry) => (NAMES[entry.id] === undefined ? [] : [[NAMES[entry.id]!, figureText(entry)] as const])))}
<h2>Equity</h2>${detail.equity.times.length < 2 ? '<p>None.</p>' : equityFigure(detail.equity.times, detail.equity.usdt)}
<h2>Fall from the peak</h2>${detail.equity.times.length < 2 ? '<p>None.</p>' : underwaterFigure(detail.equity.times, detail.equity.usdt)}
<h2>Results in R</h2>${histogramFigure(detail.histogram)}
${Object.entries(detail.breakdowns)
  .map(([key, rows]) =>
    rows.length === 0
      ? ''
      : `<h2>By ${escape(key)}</h2>${table(
          [key, 'Trades', 'Win rate', 'Net USDT', 'Expectancy R'],
          rows.map((entry) => [
            escape(entry.key),
            String(entry.trades),
            percent(entry.winRate ?? Number.NaN),
            number(entry.net),
            number(entry.expectancyR ?? Number.NaN),
          ]),
        )}`,
  )
  .join('')}
<h2>What the hand was worth</h2><p>${escape(overrides.verdict)}${overrides.waiting === 0 ? '' : ` ${overrides.waiting} plans have not ended yet.`}</p>
<h2>Changed settings</h2><p>${escape(JSON.stringify(detail.changedSettings))}</p>
<h2>Trades</h2><div class="trades">${table(
      ['Symbol', 'Side', 'Opened', 'Closed', 'Entry', 'Exit', 'Net USDT', 'R', 'Reason', 'Note'],
      detail.trades.map((trade) => [
        escape(trade.symbol),
        trade.side,
        iso(trade.openedAt),
        iso(trade.closedAt),
        String(trade.entryPrice),
        String(trade.exitPrice),
        number(trade.net),
        number(trade.netR ?? Number.NaN),
        escape(trade.reason),
        escape([noted.get(trade.id)?.text ?? '', ...(noted.get(trade.id)?.tags ?? []).map((tag) => `#${tag}`)].join(' ')),
      ]),
    )}</div>`,
  );
}

function figureText({ unit, value, low, high }: ReviewFigure): string {
  const format = unit === 'share' ? percent : unit === 'count' ? String : number;
  if (value === null) return '–';
  const suffix = unit === 'R' ? ' R' : unit === 'usdt' ? ' USDT' : unit === 'hours' ? ' h' : '';
  return `${format(value)}${suffix}${low === null || high === null ? '' : ` [${format(low)}, ${format(high)}]`}`;
}
