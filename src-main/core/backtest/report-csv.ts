// Trades as CSV, one row each, for a spreadsheet.
import type { ReviewTrade } from '../../../src-shared/contract/review.ts';

const COLUMNS: readonly (readonly [name: string, read: (trade: ReviewTrade) => string | number | null])[] = [
  ['id', (trade) => trade.id],
  ['symbol', (trade) => trade.symbol],
  ['side', (trade) => trade.side],
  ['strategy', (trade) => trade.strategy],
  ['opened_at', (trade) => new Date(trade.openedAt).toISOString()],
  ['closed_at', (trade) => new Date(trade.closedAt).toISOString()],
  ['entry_price', (trade) => trade.entryPrice],
  ['exit_price', (trade) => trade.exitPrice],
  ['quantity', (trade) => trade.quantity],
  ['leverage', (trade) => trade.leverage],
  ['realised_usdt', (trade) => trade.realised],
  ['fees_usdt', (trade) => trade.fees],
  ['funding_usdt', (trade) => trade.funding],
  ['net_usdt', (trade) => trade.net],
  ['net_r', (trade) => trade.netR],
  ['best_r', (trade) => trade.maxR],
  ['worst_r', (trade) => trade.minR],
  ['reason', (trade) => trade.reason],
  ['confidence', (trade) => trade.confidence],
  ['quality', (trade) => trade.quality],
  ['regime', (trade) => trade.regime],
];

/** Header and rows, RFC 4180. A cell that a spreadsheet would run as a formula is written as text. */
export function tradesToCsv(trades: readonly ReviewTrade[]): string {
  const rows = trades.map((trade) => COLUMNS.map(([, read]) => cellOf(read(trade))).join(','));
  return `${[COLUMNS.map(([name]) => name).join(','), ...rows].join('\r\n')}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
