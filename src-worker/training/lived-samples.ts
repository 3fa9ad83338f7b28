// Samples that were lived, real, paper and virtual, from the terminal's own memory: the features that were served then, and how each ended.
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { z } from 'zod';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../../src-main/core/features/schema.ts';
import { isCompleteSignal } from '../../src-main/core/learning/lived-sample.ts';
import type { SymbolCandles, TrainingRow } from './candidates.ts';

/** A row served at most this long before the decision is the one it was made from: rows are built with every new candle. */
const SERVED_WITHIN_MS = 600_000;
/** Decisions of one side of one market this near each other are the same set-up. */
const SAME_WITHIN_MS = 300_000;

const openingSchema = z.object({
  side: z.enum(['long', 'short']),
  decidedAt: z.number(),
  quality: z.number(),
  ictConfidence: z.number(),
  breakEven: z.number(),
  exits: z.object({ stop: z.number(), target: z.number(), horizonMs: z.number() }),
});
const sampleSchema = z.object({ symbol: z.string(), closedAt: z.number(), verdict: z.string(), resultR: z.number(), opening: openingSchema.nullable() });

export interface LivedRow extends Omit<TrainingRow, 'next'> {
  readonly kind: 'set-up';
}

/** Rows in the order of time; samples whose features are no longer kept, or were of another schema, are left out. */
export function readLived(file: string): Result<readonly LivedRow[], string> {
  if (!existsSync(file)) return ok([]);
  let database: Database.Database | null = null;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    database.pragma('mmap_size = 268435456');
    const samples = z.array(z.object({ data: z.string() })).parse(database.prepare('SELECT data FROM sample WHERE closed_at IS NOT NULL').all());
    const served = database.prepare(
      `SELECT row FROM feature_row JOIN feature_schema ON feature_schema.id = feature_row.feature_schema
       WHERE market = (SELECT id FROM market WHERE symbol = ?) AND is_long = ? AND time <= ? AND time >= ? AND hash = ? ORDER BY time DESC LIMIT 1`,
    );
    const rows: LivedRow[] = [];
    for (const { data } of samples) {
      const parsed = sampleSchema.safeParse(JSON.parse(data));
      if (!parsed.success || parsed.data.opening === null) continue;
      const { symbol, closedAt, verdict, resultR, opening } = parsed.data;
      const { side, decidedAt } = opening;
      const found = served.get(symbol, side === 'long' ? 1 : 0, decidedAt, decidedAt - SERVED_WITHIN_MS, FEATURE_SCHEMA_HASH) as { row: Buffer } | undefined;
      if (found === undefined || found.row.byteLength !== FEATURE_COUNT * 4) continue;
      const features = new Float32Array(FEATURE_COUNT);
      new Uint8Array(features.buffer).set(found.row);
      rows.push({
        ...opening,
        kind: 'set-up',
        symbol,
        features,
        labelledAt: closedAt,
        label: resultR > 0 ? 1 : 0,
        resultR,
        isSignal: isCompleteSignal(verdict),
      });
    }
    return ok(rows.toSorted((a, b) => a.decidedAt - b.decidedAt || (a.symbol < b.symbol ? -1 : 1)));
  } catch (failure) {
    return err(`The lived samples in ${file} cannot be read: ${failure instanceof Error ? failure.message : String(failure)}`);
  } finally {
    database?.close();
  }
}

/**
 * What was lived outweighs what the candles would have given: the same set-up takes the lived features and result, others are added.
 * Samples of markets without candles are left out: nothing could be compared with them. Sorted by decision time.
 */
export function mergeLived(rows: readonly TrainingRow[], lived: readonly LivedRow[], series: readonly SymbolCandles[]): readonly TrainingRow[] {
  if (lived.length === 0) return rows;
  const placeOf = (row: { readonly symbol: string; readonly side: string }): string => `${row.symbol} ${row.side}`;
  const bySide = Map.groupBy(
    rows.filter(({ kind }) => kind === 'set-up'),
    placeOf,
  );
  const replaced = new Map<TrainingRow, TrainingRow>();
  const added: TrainingRow[] = [];
  for (const sample of lived) {
    const same = bySide.get(placeOf(sample))?.find((row) => Math.abs(row.decidedAt - sample.decidedAt) <= SAME_WITHIN_MS);
    if (same !== undefined) {
      // The moment stays the candle's: that is how the networks' inputs of it are found.
      replaced.set(same, { ...sample, decidedAt: same.decidedAt, next: same.next });
      continue;
    }
    const candles = series.find(({ symbol }) => symbol === sample.symbol)?.candles ?? [];
    const next = candles.findIndex(({ openTime }) => openTime >= sample.decidedAt);
    if (next >= 0) added.push({ ...sample, next });
  }
  return [...rows.map((row) => replaced.get(row) ?? row), ...added].toSorted((a, b) => a.decidedAt - b.decidedAt);
}
