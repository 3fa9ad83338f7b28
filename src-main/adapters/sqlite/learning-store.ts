// What learning remembers in SQLite: feature rows as they were served (blobs, read through memory mapping) and lived samples.
import { z } from 'zod';
import type { LivedSample, SampleOpening } from '../../core/learning/lived-sample.ts';
import type { LedgerState } from '../../core/learning/sample-ledger.ts';
import type { Migrations, SqliteDatabase } from './database.ts';

export const LEARNING_MIGRATIONS: Migrations = [
  `CREATE TABLE feature_schema (id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, width INTEGER NOT NULL) STRICT;
   CREATE TABLE market (id INTEGER PRIMARY KEY, symbol TEXT NOT NULL UNIQUE) STRICT;
   CREATE TABLE feature_row (
     id INTEGER PRIMARY KEY AUTOINCREMENT, market INTEGER NOT NULL, is_long INTEGER NOT NULL, time INTEGER NOT NULL, feature_schema INTEGER NOT NULL, row BLOB NOT NULL
   ) STRICT;
   CREATE INDEX feature_row_place ON feature_row(market, is_long, time);
   CREATE TABLE sample (id TEXT PRIMARY KEY, closed_at INTEGER, data TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE followed (id INTEGER PRIMARY KEY CHECK (id = 1), journal_id INTEGER NOT NULL, training_started_at INTEGER) STRICT;
   INSERT INTO followed (id, journal_id, training_started_at) VALUES (1, 0, NULL);`,
  'CREATE INDEX sample_end ON sample(closed_at);',
];

/** Rows kept; the oldest go. About 256 bytes each. */
export const FEATURE_ROWS_KEPT = 1_000_000;
/** Rows removed at a time, so that no cycle waits for a large removal. */
const REMOVED_AT_ONCE = 2000;

export interface FeatureMatrix {
  /** Engine time at which the rows were asked. */
  readonly time: number;
  readonly schemaHash: string;
  /** `SYMBOL side` of each row. */
  readonly keys: readonly string[];
  /** Row-major, keys.length × width. */
  readonly rows: Float32Array;
  readonly width: number;
}

export interface FeatureQuery {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly schemaHash: string;
  /** The newest row not after this. */
  readonly until: number;
  /** And not before this. */
  readonly since: number;
}

const idSchema = z.object({ id: z.number() });
const rangeSchema = z.object({ first: z.number().nullable(), last: z.number().nullable() });

/** Owns its statements; the database belongs to the caller. */
export class LearningStore {
  readonly #database: SqliteDatabase;
  readonly #ids = new Map<string, number>();
  readonly #keptRows: number;

  constructor(database: SqliteDatabase, keptRows: number = FEATURE_ROWS_KEPT) {
    this.#database = database;
    this.#keptRows = keptRows;
  }

  /** One transaction; the oldest rows beyond the limit go along. */
  addFeatures({ time, schemaHash, keys, rows, width }: FeatureMatrix): void {
    // Ids learned in a transaction that was rolled back are none.
    const known = new Map(this.#ids);
    try {
      this.#insert({ time, schemaHash, keys, rows, width });
    } catch (failure) {
      this.#ids.clear();
      for (const [key, id] of known) this.#ids.set(key, id);
      throw failure;
    }
  }

  #insert({ time, schemaHash, keys, rows, width }: FeatureMatrix): void {
    const insert = this.#database.prepare('INSERT INTO feature_row (market, is_long, time, feature_schema, row) VALUES (?, ?, ?, ?, ?)');
    this.#database.transaction(() => {
      const schema = this.#schemaId(schemaHash, width);
      keys.forEach((key, index) => {
        const [symbol = '', side = ''] = key.split(' ');
        const row = Buffer.from(rows.buffer, rows.byteOffset + index * width * 4, width * 4);
        insert.run(this.#marketId(symbol), side === 'long' ? 1 : 0, time, schema, row);
      });
      const { first, last } = this.#range();
      const surplus = last - first + 1 - this.#keptRows;
      if (surplus > 0) this.#database.prepare('DELETE FROM feature_row WHERE id < ?').run(first + Math.min(surplus, REMOVED_AT_ONCE));
    })();
  }

  /** A copy of the row, or null when none was served then. */
  features({ symbol, side, schemaHash, until, since }: FeatureQuery): Float32Array | null {
    const found = this.#database
      .prepare(
        `SELECT row FROM feature_row JOIN feature_schema ON feature_schema.id = feature_row.feature_schema
         WHERE market = (SELECT id FROM market WHERE symbol = ?) AND is_long = ? AND time <= ? AND time >= ? AND hash = ? ORDER BY time DESC LIMIT 1`,
      )
      .get(symbol, side === 'long' ? 1 : 0, until, since, schemaHash) as { readonly row: Buffer } | undefined;
    if (found === undefined) return null;
    const row = new Float32Array(found.row.byteLength / 4);
    new Uint8Array(row.buffer).set(found.row);
    return row;
  }

  get featureCount(): number {
    return this.#range().count;
  }

  /** Samples (read row by row when they are asked for), openings and how far the journal was followed. */
  loadLedger(): LedgerState {
    const openings = z
      .array(z.object({ data: z.string() }))
      .parse(this.#database.prepare('SELECT data FROM sample WHERE closed_at IS NULL').all())
      .map(({ data }) => JSON.parse(data) as SampleOpening);
    const { journal_id: lastId } = z.object({ journal_id: z.number() }).parse(this.#database.prepare('SELECT journal_id FROM followed').get());
    return { samples: this.#samples(), openings, lastId };
  }

  /** One stored sample; null when there is none or it has not ended. */
  sample(id: string): LivedSample | null {
    const found = this.#database.prepare('SELECT data FROM sample WHERE id = ? AND closed_at IS NOT NULL').get(id);
    return found === undefined ? null : (JSON.parse(z.object({ data: z.string() }).parse(found).data) as LivedSample);
  }

  /** Stored samples whose outcome became known after `time`, engine time. */
  samplesSince(time: number): number {
    return z.object({ count: z.number() }).parse(this.#database.prepare('SELECT count(*) AS count FROM sample WHERE closed_at > ?').get(time)).count;
  }

  *#samples(): Generator<LivedSample> {
    const rows = this.#database.prepare('SELECT data FROM sample WHERE closed_at IS NOT NULL ORDER BY closed_at').iterate();
    for (const row of rows) yield JSON.parse(z.object({ data: z.string() }).parse(row).data) as LivedSample;
  }

  /** All or nothing: a sample is never counted as followed without being kept. */
  saveLedger(changed: { readonly samples: readonly LivedSample[]; readonly openings: readonly SampleOpening[] }, lastId: number): void {
    const put = this.#database.prepare(
      'INSERT INTO sample (id, closed_at, data) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, data = excluded.data',
    );
    this.#database.transaction(() => {
      for (const opening of changed.openings) put.run(opening.id, null, JSON.stringify(opening));
      for (const sample of changed.samples) put.run(sample.id, sample.closedAt, JSON.stringify(sample));
      this.#database.prepare('UPDATE followed SET journal_id = ?').run(lastId);
    })();
  }

  /** A journal that starts anew is followed from its beginning. */
  forgetJournal(): void {
    this.#database.prepare('UPDATE followed SET journal_id = 0').run();
  }

  get trainingStartedAt(): number | null {
    return z.object({ at: z.number().nullable() }).parse(this.#database.prepare('SELECT training_started_at AS at FROM followed').get()).at;
  }

  set trainingStartedAt(at: number | null) {
    this.#database.prepare('UPDATE followed SET training_started_at = ?').run(at);
  }

  #range(): { readonly first: number; readonly last: number; readonly count: number } {
    const { first, last } = rangeSchema.parse(this.#database.prepare('SELECT min(id) AS first, max(id) AS last FROM feature_row').get());
    // Ids are given in a row and removed from the front only.
    return { first: first ?? 0, last: last ?? -1, count: first === null || last === null ? 0 : last - first + 1 };
  }

  #schemaId(hash: string, width: number): number {
    return this.#idOf(`schema ${hash}`, () => {
      this.#database.prepare('INSERT INTO feature_schema (hash, width) VALUES (?, ?) ON CONFLICT DO NOTHING').run(hash, width);
      return this.#database.prepare('SELECT id FROM feature_schema WHERE hash = ?').get(hash);
    });
  }

  #marketId(symbol: string): number {
    return this.#idOf(`market ${symbol}`, () => {
      this.#database.prepare('INSERT INTO market (symbol) VALUES (?) ON CONFLICT DO NOTHING').run(symbol);
      return this.#database.prepare('SELECT id FROM market WHERE symbol = ?').get(symbol);
    });
  }

  #idOf(key: string, find: () => unknown): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const { id } = idSchema.parse(find());
    this.#ids.set(key, id);
    return id;
  }
}
