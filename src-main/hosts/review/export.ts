// A session or backtest as a file: trades as CSV or Parquet, everything as JSON, a printable report as HTML.
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ExportFormat } from '../../../src-shared/contract/review-requests.ts';
import type { ExportedFile, ReviewTrade, SessionDetail } from '../../../src-shared/contract/review.ts';
import { tradesToCsv } from '../../core/backtest/report-csv.ts';
import { sessionToHtml } from '../../core/backtest/session-html.ts';

const MEDIA: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  html: 'text/html',
  json: 'application/json',
};

/** A backtest brings its own, fuller report as `html`. */
export function exportSession(detail: SessionDetail, format: ExportFormat, html: string | null): ExportedFile {
  const name = `${detail.row.key.replaceAll(':', '-')}.${format}`;
  return { name, mediaType: MEDIA[format], base64: bytesOf(detail, format, html).toString('base64') };
}

function bytesOf(detail: SessionDetail, format: ExportFormat, html: string | null): Buffer {
  switch (format) {
    case 'csv':
      return Buffer.from(tradesToCsv(detail.trades));
    case 'parquet':
      return Buffer.from(tradesToParquet(detail.trades));
    case 'html':
      return Buffer.from(html ?? sessionToHtml(detail));
    case 'json':
      return Buffer.from(`${JSON.stringify(detail, null, 1)}\n`);
  }
}

const TEXTS = ['id', 'symbol', 'side', 'strategy', 'reason', 'regime'] as const;
const NUMBERS = [
  'entryPrice',
  'exitPrice',
  'quantity',
  'leverage',
  'realised',
  'fees',
  'funding',
  'net',
  'netR',
  'maxR',
  'minR',
  'confidence',
  'quality',
] as const;

/** One row a trade; times as timestamps, amounts in USDT as doubles, what is unknown as null. */
export function tradesToParquet(trades: readonly ReviewTrade[]): ArrayBuffer {
  const columnOf = <T>(read: (trade: ReviewTrade) => T): T[] => trades.map(read);
  return parquetWriteBuffer({
    columnData: [
      ...TEXTS.map((name) => ({ name, data: columnOf((trade) => trade[name]), type: 'STRING' as const, nullable: name === 'regime' })),
      ...(['openedAt', 'closedAt'] as const).map((name) => ({ name, data: columnOf((trade) => new Date(trade[name])), type: 'TIMESTAMP' as const })),
      ...NUMBERS.map((name) => ({ name, data: columnOf((trade) => trade[name]), type: 'DOUBLE' as const, nullable: true })),
    ],
  });
}
