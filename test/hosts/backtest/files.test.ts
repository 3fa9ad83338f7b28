// Candle files as people have them: plain, gzipped, and the exchange's daily and monthly archives; what is wrong is named.
import { existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BAR_MS } from '../../../src-main/core/backtest/price-history.ts';
import { indexFolder, readCandleFiles, readFundingFiles } from '../../../src-main/hosts/backtest/candle-files.ts';
import { loadData, type DataRequest } from '../../../src-main/hosts/backtest/load-data.ts';
import { openEvents, refuseFiles, writeReport } from '../../../src-main/hosts/backtest/report-files.ts';
import { readZip } from '../../../src-main/hosts/backtest/zip.ts';
import { hasSharedData, sharedPath } from '../../support/shared.ts';
import { zipOf } from '../../support/zip.ts';

const FROM = Date.parse('2025-01-01T00:00:00Z');
let folder: string;

beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'candles-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows in the archive's twelve columns, without its header. */
function archiveRows(count: number, from = FROM): string {
  return Array.from({ length: count }, (_, index) => {
    const time = from + index * BAR_MS;
    return `${time},10${index % 10}.5,11${index % 10}.5,9${index % 10}.25,10${index % 10},12.5,${time + BAR_MS - 1},1250.75,321,6.25,625.5,0\n`;
  }).join('');
}
const ARCHIVE_HEADER = 'open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n';

function write(path: string, content: string | Buffer): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function request(part: Partial<DataRequest>): DataRequest {
  return { folder, symbols: null, from: null, to: null, warmUpBars: 10, fundingFolder: null, exchangeInfo: null, brackets: null, ...part };
}

describe('ZIP archives', () => {
  test.each([8, 0])('files packed with method %i come out as they went in', (method) => {
    const read = readZip(zipOf({ 'a.csv': 'one', 'b.csv': 'two '.repeat(500) }, { method }));
    expect(read.ok && read.value.map((file) => [file.name, file.bytes.toString()])).toEqual([
      ['a.csv', 'one'],
      ['b.csv', 'two '.repeat(500)],
    ]);
  });

  test.each([
    ['a cut-off download', () => zipOf({ 'a.csv': 'one' }).subarray(0, 40), 'the end of the archive is missing'],
    ['a wrong checksum', () => zipOf({ 'a.csv': 'one' }, { breakChecksum: true }), 'does not match its checksum'],
    ['encryption', () => zipOf({ 'a.csv': 'one' }, { flags: 1 }), 'is encrypted'],
    ['an unknown method', () => zipOf({ 'a.csv': 'one' }, { method: 12 }), 'method 12'],
  ])('%s is named', (_, make, words) => {
    expect(readZip(make())).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });
});

describe('candle files', () => {
  test('monthly and daily archives with and without header join into one series', () => {
    const paths = [
      write('zips/AAAUSDT-5m-2025-01.zip', zipOf({ 'AAAUSDT-5m-2025-01.csv': archiveRows(50) })),
      write('zips/AAAUSDT-5m-2025-01-02.zip', zipOf({ 'AAAUSDT-5m-2025-01-02.csv': ARCHIVE_HEADER + archiveRows(20, FROM + 50 * BAR_MS) })),
      write('zips/AAAUSDT-5m.csv.gz', gzipSync(ARCHIVE_HEADER + archiveRows(5, FROM + 68 * BAR_MS))),
    ];
    const read = readCandleFiles(paths);
    expect(read.ok && read.value.map((candle) => (candle.openTime - FROM) / BAR_MS)).toEqual(Array.from({ length: 73 }, (_, index) => index));
    expect(read.ok && read.value[0]).toEqual({
      openTime: FROM,
      open: 100.5,
      high: 110.5,
      low: 90.25,
      close: 100,
      volume: 12.5,
      quoteVolume: 1250.75,
      trades: 321,
      takerBuyVolume: 6.25,
    });
  });

  test('names of both kinds are found in sub-folders, other files are left alone', () => {
    write('zips/notes.txt', 'x');
    write('zips/AAAUSDT-1h.csv', 'x');
    write(
      'zips/funding/AAAUSDT-fundingRate-2025-01.zip',
      zipOf({ 'AAAUSDT-fundingRate-2025-01.csv': 'calc_time,funding_interval_hours,last_funding_rate\n1735689600001,8,0.00012345\n' }),
    );
    const index = indexFolder(join(folder, 'zips'));
    expect(index.ok && [...index.value.candles.entries()].map(([symbol, files]) => [symbol, files.length])).toEqual([['AAAUSDT', 3]]);
    expect(index.ok && [...index.value.funding.keys()]).toEqual(['AAAUSDT']);
  });

  test('funding of both formats is read in units of 1e-8', () => {
    const paths = [
      write('rates/A-funding.csv', 'funding_time_ms,rate\n1735718400000,-0.0001\n'),
      write('rates/A-fundingRate-2025-01.zip', zipOf({ 'x.csv': 'calc_time,funding_interval_hours,last_funding_rate\n1735689600001,8,0.00012345\n' })),
    ];
    const read = readFundingFiles(paths);
    expect(read.ok && [[...read.value.times], [...read.value.ratesE8]]).toEqual([
      [1735689600001, 1735718400000],
      [12345, -10000],
    ]);
  });

  test.each([
    ['microseconds', ARCHIVE_HEADER + archiveRows(2, FROM).replaceAll(/^(\d{13}),/gm, '$1000,'), 'counts time in microseconds, as the spot archive does'],
    ['a broken row', `${ARCHIVE_HEADER}${archiveRows(1)}1735689900000,abc,1,1,1,1,1,1,1,1,1,0\n`, 'Row 3'],
    ['an empty file', '', 'cannot be read'],
  ])('%s is refused with the file and the reason', (_, text, words) => {
    const path = write('bad/BBBUSDT-5m.csv', text);
    expect(readCandleFiles([path])).toMatchObject({ ok: false, error: expect.stringMatching(new RegExp(`BBBUSDT.*${words}`, 's')) });
  });
});

describe('data of a backtest', () => {
  test('the time asked for with its warm-up is taken, and holes are counted', () => {
    const rows = archiveRows(100).split('\n');
    write('run/AAAUSDT-5m.csv', ARCHIVE_HEADER + [...rows.slice(0, 60), ...rows.slice(63)].join('\n'));
    const loaded = loadData(request({ folder: join(folder, 'run'), from: FROM + 30 * BAR_MS, to: FROM + 90 * BAR_MS }));
    expect(loaded).toMatchObject({ ok: true, value: { from: FROM + 30 * BAR_MS, to: FROM + 90 * BAR_MS } });
    expect(loaded.ok && loaded.value.sources).toMatchObject([
      { symbol: 'AAAUSDT', candles: 67, missing: 3, rules: 'derived from candles', funding: 'flat rate', first: FROM + 20 * BAR_MS },
    ]);
  });

  test('a symbol whose candles end before that time is left out by name', () => {
    write('ended/AAAUSDT-5m.csv', ARCHIVE_HEADER + archiveRows(100));
    write('ended/GONEUSDT-5m.csv', ARCHIVE_HEADER + archiveRows(20));
    const loaded = loadData(request({ folder: join(folder, 'ended'), from: FROM + 30 * BAR_MS, to: FROM + 90 * BAR_MS }));
    expect(loaded).toMatchObject({ ok: true, value: { leftOut: ['GONEUSDT'], sources: [{ symbol: 'AAAUSDT' }] } });
  });

  test('without times everything after the warm-up is traded', () => {
    expect(loadData(request({ folder: join(folder, 'run') }))).toMatchObject({ ok: true, value: { from: FROM + 10 * BAR_MS, to: FROM + 100 * BAR_MS } });
  });

  test.each([
    [{ folder: '/dev/null/nowhere' }, 'does not exist'],
    [{ symbols: ['ZZZUSDT'] }, 'no 5-minute candles of ZZZUSDT'],
    [{ warmUpBars: 5000 }, 'nothing to trade'],
    [{ from: FROM + 1000 * BAR_MS }, 'No symbol'],
  ] as const)('%o is answered in words', (part, words) => {
    expect(loadData(request({ folder: join(folder, 'run'), ...part }))).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });

  test.skipIf(!hasSharedData())("the exchange's own rules are used where they are given", () => {
    write('rules/BTCUSDT-5m.csv', ARCHIVE_HEADER + archiveRows(50));
    const loaded = loadData(
      request({
        folder: join(folder, 'rules'),
        exchangeInfo: sharedPath('data/binance/recorded/exchangeInfo.mainnet.2021-07-22.json.gz'),
        brackets: sharedPath('data/binance/recorded/leverageBracket.mainnet.2026-05-07.json.gz'),
      }),
    );
    expect(loaded.ok && loaded.value.sources[0]?.rules).toBe('exchange');
    expect(loaded.ok && loaded.value.histories[0]?.instrument).toMatchObject({ symbol: 'BTCUSDT', priceScale: 2, quantityScale: 3, stepUnits: 1 });
    expect(loaded.ok && loaded.value.histories[0]?.instrument.brackets.length).toBeGreaterThan(5);
  });
});

describe('what a backtest writes', () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'backtest-out-'));
  });
  afterEach(() => rmSync(place, { recursive: true }));

  test('is refused before the work when it is a folder, or has none to lie in', () => {
    const fine = join(place, 'fine.json');
    expect(refuseFiles([fine, '/dev/null'])).toBeNull();
    expect(existsSync(fine)).toBe(false);
    expect(refuseFiles([fine, place])).toBe(`Cannot write ${place}: it is a folder.`);
    expect(refuseFiles([join(place, 'none', 'out.csv')])).toMatch(/out\.csv: ENOENT/);
  });

  test('replaces what was there only when it is whole, and leaves nothing half behind', () => {
    const path = join(place, 'out.json');
    expect(writeReport(path, 'first')).toEqual({ ok: true, value: null });
    // Something stands where the new file would be made.
    mkdirSync(`${path}.part`);
    expect(writeReport(path, 'second')).toMatchObject({ ok: false, error: expect.stringContaining(`Cannot write ${path}: E`) });
    expect(readFileSync(path, 'utf8')).toBe('first');
    rmSync(`${path}.part`, { recursive: true });
    expect(writeReport(path, 'third').ok).toBe(true);
    expect(readdirSync(place)).toEqual(['out.json']);
    expect(readFileSync(path, 'utf8')).toBe('third');
  });

  test.skipIf(!existsSync('/dev/full'))('on a full disk is a sentence, for the report and for the journal lines', () => {
    expect(writeReport('/dev/full', 'x')).toEqual({ ok: false, error: expect.stringContaining('Cannot write /dev/full: ENOSPC') });
    const events = openEvents('/dev/full');
    if (!events.ok) throw new Error(events.error);
    const { write, problem, close } = events.value;
    expect(problem()).toBeNull();
    write({ time: 1 } as never);
    write({ time: 2 } as never);
    close();
    expect(problem()).toContain('Cannot write /dev/full: ENOSPC');
  });
});
