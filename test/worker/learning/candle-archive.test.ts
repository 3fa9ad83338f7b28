// The trainer reads what the terminal stored, of one source alone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CANDLE_MIGRATIONS, createCandleArchive } from '../../../src-main/adapters/sqlite/candles.ts';
import { openDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import { readArchive } from '../../../src-worker/training/candle-archive.ts';
import { syntheticCandles } from '../../core/support/candles.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('reads the newest closed 5m candles of each symbol of a source, oldest first, while the terminal has the archive open', () => {
  const file = join(folder, 'candles.sqlite');
  const opened = openDatabase({ file, migrations: CANDLE_MIGRATIONS, synchronous: 'NORMAL', onNotice: () => undefined, now: Date.now });
  if (!opened.ok) throw new Error(opened.error.uiMessage);
  const candles = syntheticCandles({ seed: 3, count: 50, timeframe: '5m' });
  const archive = createCandleArchive(opened.value, 'binance');
  archive.append('B币USDT', '5m', candles);
  archive.append('AUSDT', '5m', candles.slice(0, 10));
  archive.append('AUSDT', '1h', candles);
  createCandleArchive(opened.value, 'simulated').append('CUSDT', '5m', candles);
  const read = readArchive({ file, source: 'binance', maxCandles: 20 });
  if (!read.ok) throw new Error(read.error);
  expect(read.value.map(({ symbol, candles: found }) => [symbol, found.length])).toEqual([
    ['AUSDT', 10],
    ['B币USDT', 20],
  ]);
  const { openTime, open, high, low, close, volume } = candles[30]!;
  expect(read.value[1]!.candles[0]).toMatchObject({ openTime, open, high, low, close, volume });
  opened.value.close();
});

it('a missing, foreign or empty archive is a sentence', () => {
  expect(readArchive({ file: join(folder, 'absent.sqlite'), source: 'x', maxCandles: 5 })).toMatchObject({ ok: false });
  const junk = join(folder, 'junk.sqlite');
  writeFileSync(junk, 'this is no database at all, whatever its name may say');
  expect(readArchive({ file: junk, source: 'x', maxCandles: 5 })).toMatchObject({ ok: false, error: expect.stringMatching(/cannot be read/) as unknown });
  expect(readArchive({ file: join(folder, 'candles.sqlite'), source: 'nobody', maxCandles: 5 })).toMatchObject({
    ok: false,
    error: expect.stringMatching(/holds no 5-minute candles of nobody/) as unknown,
  });
});
