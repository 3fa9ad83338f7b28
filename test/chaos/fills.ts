// Which executions of the venue the journal does not know, and what it knows of their orders.
import Database from 'better-sqlite3';

interface VenueTrade {
  readonly symbol: string;
  readonly tradeId: number;
  readonly clientOrderId: string;
  readonly lots: number;
  readonly side: string;
}

/** One line for each trade of the venue that no fill record of the journal names, with the newest records of its position. */
export function missingFills(file: string, trades: readonly VenueTrade[]): readonly string[] {
  const database = new Database(file, { readonly: true });
  try {
    const rows = database.prepare("SELECT data FROM journal WHERE kind = 'fill'").all() as { data: string }[];
    const known = new Set(rows.map((row) => (JSON.parse(row.data) as { key?: string }).key));
    const story = database.prepare(
      "SELECT time, kind, summary FROM journal WHERE position_id = ? OR (symbol = ? AND kind IN ('fill', 'position')) ORDER BY id DESC LIMIT 40",
    );
    const told = new Set<string>();
    return trades
      .filter((trade) => !known.has(`${trade.symbol} ${trade.tradeId}`))
      .map((trade) => {
        const position = trade.clientOrderId.split('-')[0] ?? '';
        const lines = told.has(position) ? [] : (story.all(position, trade.symbol) as { time: number; kind: string; summary: string }[]);
        told.add(position);
        const records = lines.toReversed().map(({ time, kind, summary }) => `  ${new Date(time).toISOString()} ${kind} ${summary}`);
        return [`${trade.symbol} ${trade.tradeId} ${trade.side} ${trade.lots} lots, order ${trade.clientOrderId}`, ...records].join('\n');
      });
  } finally {
    database.close();
  }
}
