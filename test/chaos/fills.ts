// Which executions of the venue the journal does not know.
import Database from 'better-sqlite3';

/** Trades of the venue that no fill record of the journal names. */
export function missingFills(file: string, trades: readonly { readonly symbol: string; readonly tradeId: number }[]): readonly string[] {
  const database = new Database(file, { readonly: true });
  try {
    const rows = database.prepare("SELECT data FROM journal WHERE kind = 'fill'").all() as { data: string }[];
    const known = new Set(rows.map((row) => (JSON.parse(row.data) as { key?: string }).key));
    return trades.map((trade) => `${trade.symbol} ${trade.tradeId}`).filter((key) => !known.has(key));
  } finally {
    database.close();
  }
}
