// Replay: files of every kind that Binance's archive and this project use, the path inside a candle, recorded funding, plain errors.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { Market } from '../../../src-worker/market/market.ts';
import { pathOf, pathOverMinutes } from '../../../src-worker/market/replay-path.ts';
import { openReplay, readCandleFile } from '../../../src-worker/market/replay.ts';
import { readZippedText } from '../../../src-worker/market/zip.ts';
import { temporaryFolder } from '../../support/terminal.ts';

const T0 = Date.UTC(2025, 0, 1);
const STEP = 300_000;

/** A zip with one entry, as the archive makes them. */
function zipOf(name: string, text: string, packed = true): Buffer {
  const data = Buffer.from(text);
  const body = packed ? deflateRawSync(data) : data;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(packed ? 8 : 0, 8);
  local.writeUInt32LE(body.length, 18);
  local.writeUInt32LE(data.length, 22);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(packed ? 8 : 0, 10);
  entry.writeUInt32LE(body.length, 20);
  entry.writeUInt32LE(data.length, 24);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(46 + name.length, 12);
  end.writeUInt32LE(30 + name.length + body.length, 16);
  return Buffer.concat([local, Buffer.from(name), body, entry, Buffer.from(name), end]);
}

const row = (index: number, close: number): string => `${T0 + index * STEP},100,110,95,${close},5,${T0 + (index + 1) * STEP - 1},500,7,2,200,0`;
const candle = (openTime: number, [open, high, low, close]: readonly [number, number, number, number]): Candle => ({
  openTime: epochMs(openTime),
  open,
  high,
  low,
  close,
  volume: 1,
  quoteVolume: 1,
  trades: 1,
  takerBuyVolume: 0.5,
});

describe('candle files', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(() => folder.remove());

  it.each([
    ['archive zip', 'A-5m-2025-01.zip', zipOf('A.csv', `open_time,open,high,low,close,volume,close_time\n${row(0, 105)}\n${row(1, 106)}\n`)],
    ['stored zip', 'B-5m-2025-01-01.zip', zipOf('B.csv', `${row(0, 105)}\n${row(1, 106)}`, false)],
    ['archive csv', 'C-5m.csv', Buffer.from(`${row(0, 105)}\r\n${row(1, 106)}\r\n`)],
    ['our gzip', 'D-5m.csv.gz', gzipSync(`open_time_ms,open\n${T0},100,110,95,105,5,500,7,2\n${T0 + STEP},100,110,95,106,5,,,\n`)],
  ])('%s', async (_, name, bytes) => {
    const path = join(folder.path, name);
    writeFileSync(path, bytes);
    const read = await readCandleFile(path);
    if (!read.ok) throw new Error(read.error);
    expect([...read.value.values()].map((entry) => entry.close)).toEqual([105, 106]);
    expect(read.value.get(T0)).toMatchObject({ open: 100, high: 110, low: 95, volume: 5, quoteVolume: 500, trades: 7, takerBuyVolume: 2 });
  });

  it('names the line that is wrong, and says what is wrong with a damaged archive', async () => {
    const path = join(folder.path, 'E-5m.csv');
    writeFileSync(path, `${row(0, 105)}\n${T0 + STEP},100,,95,106,5\n`);
    expect(await readCandleFile(path)).toMatchObject({ ok: false, error: expect.stringContaining('line 2') as string });
    const damaged = join(folder.path, 'F-5m.zip');
    writeFileSync(damaged, 'not a zip at all, but longer than twenty-two bytes');
    expect(await readCandleFile(damaged)).toMatchObject({ ok: false, error: expect.stringContaining('not a zip') as string });
    expect(readZippedText(zipOf('x', 'y').subarray(0, 40))).toMatchObject({ ok: false });
  });

  it('merges monthly files, uses minutes for the path and recorded rates for funding', async () => {
    const data = join(folder.path, 'whole');
    mkdirSync(data);
    const day = (start: number, count: number): string =>
      Array.from({ length: count }, (_, index) => row(start + index, 100 + ((start + index) % 7))).join('\n');
    writeFileSync(join(data, 'XUSDT-5m-2025-01.zip'), zipOf('x', day(0, 4000)));
    writeFileSync(join(data, 'XUSDT-5m-2025-02.zip'), zipOf('x', day(4000, 4000)));
    writeFileSync(join(data, 'XUSDT-funding.csv'), `funding_time_ms,rate\n${T0 + 23 * 86_400_000},0.00042\n${T0 + 23 * 86_400_000 + 28_800_003},-0.00017\n`);
    const opened = await openReplay({ folder: data, from: T0 + 22 * 86_400_000 + 43_200_000 });
    if (!opened.ok) throw new Error(opened.error);
    const market = new Market(opened.value, opened.value.liveFrom);
    market.advance(T0 + 24 * 86_400_000);
    const rates = market.symbols.get('XUSDT')?.fundings.map((funding) => funding.rate);
    expect(rates).toContain(0.00042);
    expect(rates).toContain(-0.00017);
    expect(market.symbols.get('XUSDT')?.series.last?.openTime).toBe(T0 + 24 * 86_400_000 - STEP);
  });
});

describe('the path inside a candle', () => {
  it('goes to the nearer extreme first, then the other, then to the close', () => {
    expect([...pathOf(candle(T0, [100, 103, 90, 95])).points]).toEqual([101.5, 103, 96.5, 90, 92.5, 95]);
    expect([...pathOf(candle(T0, [100, 120, 98, 110])).points]).toEqual([99, 98, 109, 120, 115, 110]);
  });

  it('follows the minutes where all five are known and agree, and falls back where not', () => {
    const whole = candle(T0, [100, 106, 97, 104]);
    const parts = [
      candle(T0, [100, 101, 97, 98]),
      candle(T0 + 60_000, [98, 102, 98, 101]),
      candle(T0 + 120_000, [101, 106, 101, 105]),
      candle(T0 + 180_000, [105, 105, 103, 103]),
      candle(T0 + 240_000, [103, 104, 102, 104]),
    ];
    const at = (list: readonly Candle[]) => (time: number) => list.find((part) => part.openTime === time);
    const path = pathOverMinutes(whole, at(parts));
    expect(path.points).toHaveLength(20);
    expect(Math.max(...path.points)).toBe(106);
    expect(Math.min(...path.points)).toBe(97);
    expect(path.points.at(-1)).toBe(104);
    expect(pathOverMinutes(whole, at(parts.slice(1))).points).toEqual(pathOf(whole).points);
    expect(pathOverMinutes({ ...whole, high: 107 }, at(parts)).points).toHaveLength(6);
  });
});
