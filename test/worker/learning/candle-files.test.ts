// Candle files for training: what was asked for and nothing twice, or one sentence that says what is wrong.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSeries } from '../../../src-worker/training/candle-files.ts';

const HEADER = 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base,taker_buy_quote';
const candles = (count: number): string =>
  [HEADER, ...Array.from({ length: count }, (_, at) => `${1_700_000_100_000 + at * 300_000},1,2,0.5,1.5,10,15,1,5,7`)].join('\n');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'candles-'));
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'BBBUSDT-5m.csv'), candles(5));
  writeFileSync(join(folder, 'more', 'AAAUSDT-5m.csv'), candles(3));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (symbols: readonly string[] | null, maxCandles = 1000): ReturnType<typeof readSeries> => readSeries({ folder, symbols, maxCandles });

describe('candle files', () => {
  it('are found in folders below, sorted by symbol, the newest candles of each', async () => {
    const found = await read(null, 4);
    if (!found.ok) throw new Error(found.error);
    expect(found.value.map(({ symbol, candles: list }) => [symbol, list.length, list.at(-1)?.openTime])).toEqual([
      ['AAAUSDT', 3, 1_700_000_100_000 + 2 * 300_000],
      ['BBBUSDT', 4, 1_700_000_100_000 + 4 * 300_000],
    ]);
  });

  it('a symbol that was asked for and is not there is no training without it', async () => {
    expect(await read(['BBBUSDT', 'NOPEUSDT', 'NEITHERUSDT'])).toEqual({ ok: false, error: `${folder} holds no 5-minute candles of NOPEUSDT, NEITHERUSDT.` });
  });

  it('two files of one symbol would be learned from twice, also across the split: refused', async () => {
    writeFileSync(join(folder, 'more', 'BBBUSDT-5m.csv'), candles(5));
    const refused = await read(null);
    rmSync(join(folder, 'more', 'BBBUSDT-5m.csv'));
    expect(refused).toMatchObject({ ok: false, error: expect.stringMatching(/holds more than one file of BBBUSDT/) as string });
  });
});
