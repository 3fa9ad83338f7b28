// What an exported session takes along besides its journal: its candles, its recording and its equity, so that another terminal can do everything with it.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import BetterSqlite from 'better-sqlite3';
import { z } from 'zod';
import { timeframeMs } from '../../../src-shared/domain/candle.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { openCandleReader } from '../../adapters/sqlite/candle-reader.ts';
import { CANDLE_COLUMNS, CANDLE_MIGRATIONS } from '../../adapters/sqlite/candles.ts';
import { readRecordingHeader } from './recording-replay.ts';
import { equityFile } from './session-recorder.ts';
import { recordingBeside, type SessionPlace } from './session-place.ts';

/** A larger recording stays at home; its session can be re-run, but not replayed exactly. */
const LARGEST_RECORDING_BYTES = 128 * 2 ** 20;
/** Candles before the start: what the terminal asks for when it connects. */
const PAGE = 500;
const COMPANIONS = 'CREATE TABLE companion (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT';
const rowSchema = z.object({ bytes: z.instanceof(Buffer) });

/** Puts them into an exported journal. `place` is where the session lies here. */
export function packCompanions(file: string, place: SessionPlace, time: { readonly from: number; readonly to: number }): void {
  const database = new BetterSqlite(file);
  try {
    database.exec(COMPANIONS);
    const put = database.prepare('INSERT INTO companion (name, bytes) VALUES (?, ?)');
    for (const [name, path] of [
      ['recording', place.recording],
      ['equity', equityFile(place.recording)],
    ] as const)
      if (existsSync(path) && statSync(path).size <= LARGEST_RECORDING_BYTES) put.run(name, readFileSync(path));
    packCandles(database, place, time);
  } finally {
    database.close();
  }
}

function packCandles(
  database: BetterSqlite.Database,
  { candles, recording }: SessionPlace,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (const statements of CANDLE_MIGRATIONS) database.exec(statements);
  const header = readRecordingHeader(recording);
  const reader = openCandleReader(candles);
  if (!reader.ok) return;
  const market = header.ok ? header.value.candles.source : reader.value.busiestSource({ from, to });
  reader.value.close();
  if (market === null) return;
  database.prepare('ATTACH ? AS archive').run(candles);
  try {
    database.prepare('INSERT INTO main.series SELECT id, source, symbol, timeframe FROM archive.series WHERE source = ?').run(market);
    const copy = database.prepare(
      `INSERT INTO main.candle SELECT series, ${CANDLE_COLUMNS} FROM archive.candle
       WHERE series IN (SELECT id FROM main.series WHERE timeframe = ?) AND open_time >= ? AND open_time < ?`,
    );
    for (const timeframe of ['5m', '15m', '1h'] as const) copy.run(timeframe, from - PAGE * timeframeMs(timeframe), to);
  } finally {
    database.exec('DETACH archive');
  }
}

/** Writes recording and equity of an imported session beside it, as the terminal's own lie beside one another. */
export function unpackCompanions(file: string): Result<null, string> {
  const database = new BetterSqlite(file, { readonly: true });
  try {
    // Sessions of earlier builds bring a journal alone.
    if (database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'companion'").get() === undefined) return ok(null);
    const find = database.prepare('SELECT bytes FROM companion WHERE name = ?');
    const recording = recordingBeside(file);
    for (const [name, path] of [
      ['recording', recording],
      ['equity', equityFile(recording)],
    ] as const) {
      const row = find.get(name);
      if (row !== undefined) writeFileSync(path, rowSchema.parse(row).bytes);
    }
    if (!existsSync(recording)) return ok(null);
    const header = readRecordingHeader(recording);
    return header.ok ? ok(null) : err(header.error);
  } finally {
    database.close();
  }
}
