// The memory of learning: feature rows as they were served, samples by id, and both as the training worker reads them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type SqliteDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import { LEARNING_MIGRATIONS, LearningStore } from '../../../src-main/adapters/sqlite/learning-store.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';
import type { LivedSample, SampleOpening } from '../../../src-main/core/learning/lived-sample.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { TrainingRow } from '../../../src-worker/training/candidates.ts';
import { mergeLived, readLived } from '../../../src-worker/training/lived-samples.ts';

let folder: string;
let database: SqliteDatabase;
const file = (): string => join(folder, 'learning.sqlite');
const open = (): SqliteDatabase => {
  const opened = openDatabase({ file: file(), migrations: LEARNING_MIGRATIONS, synchronous: 'NORMAL', onNotice: () => undefined, now: () => 0 });
  if (!opened.ok) throw new Error(opened.error.uiMessage);
  return opened.value;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'learning-'));
  database = open();
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const rowOf = (first: number): Float32Array => Float32Array.from({ length: FEATURE_COUNT }, (_, index) => first + index / 100);
function serve(store: LearningStore, time: number, keys: readonly string[], first: number): void {
  const rows = new Float32Array(keys.length * FEATURE_COUNT);
  keys.forEach((_, index) => rows.set(rowOf(first + index), index * FEATURE_COUNT));
  store.addFeatures({ time, schemaHash: FEATURE_SCHEMA_HASH, keys, rows, width: FEATURE_COUNT });
}
const opening = (id: string, change: Partial<SampleOpening> = {}): SampleOpening => ({
  id,
  symbol: 'AUSDT',
  side: 'long',
  decidedAt: 1_000_000,
  quality: 0.6,
  ictConfidence: 0.7,
  breakEven: 0.35,
  exits: { stop: 0.01, target: 0.02, horizonMs: 345_600_000 },
  ictAlone: null,
  opinion: null,
  ...change,
});
const sample = (id: string, change: Partial<LivedSample> = {}): LivedSample => ({
  id,
  symbol: 'AUSDT',
  openedAt: 1_000_000,
  closedAt: 2_000_000,
  verdict: 'traded',
  source: 'paper',
  resultR: 1.4,
  opening: opening(id),
  ...change,
});

describe('feature store', () => {
  it('L20 gives back exactly the row that was served, of the side, the market, the moment and the schema asked for', () => {
    const store = new LearningStore(database);
    serve(store, 1000, ['AUSDT long', 'AUSDT short', 'BUSDT long'], 1);
    serve(store, 2000, ['AUSDT long', 'AUSDT short'], 11);
    const ask = { symbol: 'AUSDT', side: 'long', schemaHash: FEATURE_SCHEMA_HASH, until: 1999, since: 0 } as const;
    expect(store.features(ask)).toEqual(rowOf(1));
    expect(store.features({ ...ask, until: 2000 })).toEqual(rowOf(11));
    expect(store.features({ ...ask, side: 'short' })).toEqual(rowOf(2));
    expect(store.features({ ...ask, since: 1001 })).toBeNull();
    expect(store.features({ ...ask, schemaHash: 'another' })).toBeNull();
    expect(store.features({ ...ask, symbol: 'CUSDT' })).toBeNull();
    expect(store.featureCount).toBe(5);
  });

  it('L18 survives a restart, and the oldest rows go when there are too many', () => {
    serve(new LearningStore(database, 4), 1000, ['AUSDT long', 'AUSDT short'], 1);
    database.close();
    database = open();
    const store = new LearningStore(database, 4);
    serve(store, 2000, ['AUSDT long', 'AUSDT short'], 3);
    serve(store, 3000, ['AUSDT long'], 5);
    expect(store.featureCount).toBe(4);
    expect(store.features({ symbol: 'AUSDT', side: 'long', schemaHash: FEATURE_SCHEMA_HASH, until: 1999, since: 0 })).toBeNull();
    expect(store.features({ symbol: 'AUSDT', side: 'short', schemaHash: FEATURE_SCHEMA_HASH, until: 1999, since: 0 })).toEqual(rowOf(2));
  });

  it('is read through memory mapping: rows lie in the file, not in the heap', () => {
    expect(Number(database.pragma('mmap_size', { simple: true }))).toBeGreaterThanOrEqual(268_435_456);
  });
});

describe('lived samples', () => {
  it('L17 L18 are kept with how far the journal was followed; an opening becomes a sample under the same id', () => {
    const store = new LearningStore(database);
    store.saveLedger({ samples: [], openings: [opening('S1'), opening('S2')] }, 10);
    store.saveLedger({ samples: [sample('S1')], openings: [] }, 12);
    const loaded = store.loadLedger();
    expect({ ...loaded, samples: [...loaded.samples] }).toEqual({ samples: [sample('S1')], openings: [opening('S2')], lastId: 12 });
    store.forgetJournal();
    expect(store.loadLedger().lastId).toBe(0);
    store.trainingStartedAt = 77;
    expect(new LearningStore(database).trainingStartedAt).toBe(77);
  });

  it('L17 are read oldest end first, found by id, and counted since a moment', () => {
    const store = new LearningStore(database);
    store.saveLedger(
      { samples: [sample('S3', { closedAt: 30 }), sample('S1', { closedAt: 10 }), sample('S2', { closedAt: 20 })], openings: [opening('S4')] },
      4,
    );
    expect([...store.loadLedger().samples].map(({ id }) => id)).toEqual(['S1', 'S2', 'S3']);
    expect([store.sample('S2')?.closedAt, store.sample('S4'), store.sample('S5')]).toEqual([20, null, null]);
    expect([store.samplesSince(0), store.samplesSince(10), store.samplesSince(30)]).toEqual([3, 2, 0]);
  });

  it('L20 reach the training with the features that were served at their decision, or not at all', () => {
    const store = new LearningStore(database);
    serve(store, 990_000, ['AUSDT long', 'AUSDT short'], 1);
    store.saveLedger(
      {
        samples: [
          sample('S1'),
          sample('S2', { verdict: 'model.veto', resultR: -1.1, source: 'virtual', opening: opening('S2', { side: 'short' }) }),
          sample('late', { opening: opening('late', { decidedAt: 2_000_000 }) }),
          sample('unknown', { opening: null }),
        ],
        openings: [],
      },
      1,
    );
    const lived = readLived(file());
    if (!lived.ok) throw new Error(lived.error);
    expect(lived.value.map(({ side, label, resultR, isSignal, features }) => [side, label, resultR, isSignal, features[0]])).toEqual([
      ['long', 1, 1.4, true, 1],
      ['short', 0, -1.1, false, 2],
    ]);
    expect(readLived(join(folder, 'absent.sqlite'))).toEqual({ ok: true, value: [] });
  });

  it('outweigh the set-up the candles gave, add what the candles did not, and keep the order of time', () => {
    const store = new LearningStore(database);
    serve(store, 990_000, ['AUSDT long', 'AUSDT short'], 1);
    store.saveLedger({ samples: [sample('S1'), sample('S2', { opening: opening('S2', { side: 'short' }) })], openings: [] }, 1);
    const lived = readLived(file());
    if (!lived.ok) throw new Error(lived.error);
    const candle = { open: 1, high: 1, low: 1, close: 1, volume: 1, quoteVolume: 1, trades: 1, takerBuyVolume: 0 };
    const candles = Array.from({ length: 10 }, (_, index) => ({ ...candle, openTime: epochMs(300_000 * index) }));
    const archived: TrainingRow = { ...lived.value[0]!, decidedAt: 900_000, label: 0, resultR: -1, features: rowOf(50), next: 3 };
    const other: TrainingRow = { ...archived, symbol: 'BUSDT', decidedAt: 100_000 };
    const merged = mergeLived([other, archived], lived.value, [{ symbol: 'AUSDT', candles }]);
    expect(merged.map(({ symbol, side, decidedAt, resultR, next }) => [symbol, side, decidedAt, resultR, next])).toEqual([
      ['BUSDT', 'long', 100_000, -1, 3],
      ['AUSDT', 'long', 900_000, 1.4, 3],
      ['AUSDT', 'short', 1_000_000, 1.4, 4],
    ]);
    expect(merged[1]!.features[0]).toBe(1);
    // A market without candles has nothing to be compared with.
    expect(mergeLived([], lived.value, [])).toEqual([]);
  });
});
