// The detect command: what it writes, what it accepts, and how it refuses.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ema } from 'technicalindicators';
import { runDetect } from '../../../src-main/hosts/cli/detect.ts';
import type { Detection } from '../../../src-main/hosts/cli/detection.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { syntheticCandles } from '../../core/support/candles.ts';
import { zipOf } from '../../support/zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'detect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const candles = syntheticCandles({ seed: 61, count: 900, timeframe: '15m' });
const rows = candles.map((candle) => [candle.openTime, candle.open, candle.high, candle.low, candle.close, candle.volume].join(','));
const HEADER = 'open_time,open,high,low,close,volume';

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function run(...argv: string[]): { readonly code: number; readonly out: string; readonly error: string } {
  let out = '';
  let error = '';
  const code = runDetect(argv, { out: (text) => (out += text), error: (text) => (error += text) });
  return { code, out, error };
}

function detect(path: string, ...more: string[]): Detection {
  const result = run('--input', path, '--timeframe', '15m', ...more);
  expect(result.error).toContain('candles');
  expect(result.code).toBe(0);
  return JSON.parse(result.out) as Detection;
}

const plain = file('plain.csv', [HEADER, ...rows].join('\n'));

describe('detect', () => {
  it('writes one value per candle and indicator, null during warm-up, in price', () => {
    const { indicators, openTime } = detect(plain);
    expect(openTime).toHaveLength(900);
    const theirs = ema({ period: 20, values: candles.map((candle) => candle.close) });
    expect(indicators.emaFast.slice(0, 19)).toEqual(Array.from({ length: 19 }, () => null));
    indicators.emaFast.slice(19).forEach((value, index) => expect(value).toBeCloseTo(theirs[index]!, 9));
    expect(Object.values(indicators).every((column) => column.length === 900)).toBe(true);
  });

  it('writes the very objects the engine would know at the end', () => {
    const state = new TimeframeState('15m', defaultSettings(), 1024);
    for (const candle of candles) state.append(candle);
    const live = describeStructure('X', state);
    const { structure } = detect(plain);
    expect(structure.orderBlocks.filter((block) => block.endedTime === null)).toEqual(
      JSON.parse(JSON.stringify(live.orderBlocks.filter((block) => block.endedTime === null))),
    );
    expect(structure.breaks.slice(-20)).toEqual(live.breaks.slice(-20));
    expect(structure.swings.length).toBeGreaterThanOrEqual(live.swings.length);
  });

  it('reads gzip, other header names, seconds and ISO dates alike', () => {
    const expected = detect(plain);
    expect(detect(file('packed.csv.gz', gzipSync([HEADER, ...rows].join('\n'))))).toEqual(expected);
    expect(detect(file('names.csv', ['open_time_ms,Open,High,Low,Close,Volume,quote_volume', ...rows.map((row) => `${row},`)].join('\r\n')))).toEqual(expected);
    expect(detect(file('seconds.csv', [HEADER, ...rows.map((row) => row.replace(/^(\d+)000,/, '$1,'))].join('\n')))).toEqual(expected);
    const iso = rows.map((row, index) => row.replace(/^\d+/, new Date(candles[index]!.openTime).toISOString().replace('T', ' ').slice(0, 19)));
    expect(detect(file('iso.csv', ['Date,open,high,low,close,volume', ...iso].join('\n')))).toEqual(expected);
  });

  it('reads the files of the public archive as they come: without a header, in microseconds, zipped', () => {
    const expected = detect(plain);
    const archive = rows.map((row) => `${row},1,0,0,0,0,0`).join('\n');
    expect(detect(file('archive.csv', archive))).toEqual(expected);
    expect(detect(file('microseconds.csv', archive.replaceAll(/^(\d{13}),/gm, '$1000,')))).toEqual(expected);
    expect(detect(file('archive.zip', zipOf({ 'X-15m.csv': archive })))).toEqual(expected);
    expect(run('--input', file('two.zip', zipOf({ 'a.csv': archive, 'b.csv': archive })), '--timeframe', '15m').error).toContain('more than one CSV file');
  });

  it('reads what spreadsheets write: quotes, semicolons, tabs, whole numbers with a fraction', () => {
    const expected = detect(plain);
    const quoted = [HEADER, ...rows].map((row) => row.split(',').map((cell) => `"${cell}"`));
    expect(detect(file('quoted.csv', quoted.map((cells) => cells.join(',')).join('\n')))).toEqual(expected);
    for (const separator of [';', '\t'])
      expect(detect(file('separated.csv', [HEADER, ...rows].map((row) => row.replaceAll(',', separator)).join('\n')))).toEqual(expected);
    expect(detect(file('fraction.csv', [HEADER, ...rows.map((row) => row.replace(',', '.0,'))].join('\n')))).toEqual(expected);
  });

  it('counts empty lines when it names a row', () => {
    const path = file('blank.csv', [HEADER, '', rows[0], '', rows[1]?.replace(/,[\d.]+,/, ',much,')].join('\n'));
    expect(run('--input', path, '--timeframe', '15m').error).toContain('Row 5: a price or volume is not a number');
  });

  it('reports missing stretches and starts anew behind them', () => {
    const { structure } = detect(file('hole.csv', [HEADER, ...rows.slice(0, 400), ...rows.slice(410)].join('\n')));
    expect(structure.missing).toEqual([{ from: candles[400]!.openTime, to: candles[409]!.openTime }]);
  });

  it('writes a candle table and an object table as CSV', () => {
    const target = join(folder, 'out.csv');
    expect(run('--input', plain, '--timeframe', '15m', '--csv', target).code).toBe(0);
    const [table, objects] = readFileSync(target, 'utf8').split('\n\n');
    expect(table!.split('\n')).toHaveLength(901);
    expect(objects).toContain('order_block');
  });

  it('the object table holds every object that the JSON holds, each row as wide as its head', () => {
    const target = join(folder, 'all.csv');
    run('--input', plain, '--timeframe', '15m', '--csv', target);
    const [head, ...objects] = readFileSync(target, 'utf8')
      .trimEnd()
      .split('\n\n')[1]!
      .split('\n')
      .map((line) => line.split(','));
    expect(objects.filter((cells) => cells.length !== head!.length)).toEqual([]);
    const { structure } = detect(plain);
    const listed = (object: string): number => objects.filter(([name]) => name === object).length;
    expect([
      listed('swing'),
      listed('break'),
      listed('order_block'),
      listed('fair_value_gap'),
      listed('liquidity_pool'),
      listed('dealing_range'),
      listed('optimal_trade_entry'),
      listed('regime'),
      listed('missing'),
    ]).toEqual([
      structure.swings.length,
      structure.breaks.length,
      structure.orderBlocks.length,
      structure.gaps.length,
      structure.pools.length,
      structure.ranges.length,
      structure.ranges.length,
      structure.regimes.length,
      structure.missing.length,
    ]);
    expect(objects.length).toBe(Object.values(structure).reduce((sum, list) => sum + list.length, structure.ranges.length));
  });

  it('H1 with --audit it publishes how often anything was changed afterwards: never', () => {
    const result = run('--input', plain, '--timeframe', '15m', '--audit');
    expect(result.error).toMatch(/Audit: \d{3} objects published, 0 backdated, 0 rewritten, 0 taken back\./);
    expect((JSON.parse(result.out) as Detection).audit).toMatchObject({ backdated: 0, rewritten: 0, takenBack: 0, offences: [] });
    expect(detect(plain).audit).toBeNull();
  });

  it('parameters can be changed', () => {
    expect(detect(plain, '--set', 'internalSwingLength=8').settings['internalSwingLength']).toBe(8);
  });

  it.each([
    ['no input', [], '--input is missing'],
    ['an unknown flag', ['--input', plain, '--speed', '9'], 'There is no flag --speed.'],
    ['no timeframe', ['--input', plain], '--timeframe is missing'],
    ['an unknown timeframe', ['--input', plain, '--timeframe', '2m'], '--timeframe is 2m; it must be one of 5m, 15m, 1h'],
    ['a wrong timeframe', ['--input', plain, '--timeframe', '1h'], 'which is not a 1h candle'],
    ['a missing file', ['--input', join(folder, 'none.csv'), '--timeframe', '15m'], 'Cannot read'],
    ['an unknown definition', ['--input', plain, '--timeframe', '15m', '--definition', 'wyckoff'], '--definition is wyckoff; it must be ours or smc'],
    [
      'a bad parameter',
      ['--input', plain, '--timeframe', '15m', '--set', 'swingLength=1'],
      'swingLength is 1; it must be a whole number from 3 to 100 candles',
    ],
    ['a misspelt parameter', ['--input', plain, '--timeframe', '15m', '--set', 'swinglength=20'], 'swinglength is not a parameter'],
    ['an empty file', ['--input', file('empty.csv', HEADER), '--timeframe', '15m'], 'holds no candles'],
    [
      'a header without volume',
      ['--input', file('header.csv', ['open_time,open,high,low,close', ...rows].join('\n')), '--timeframe', '15m'],
      'The header lacks volume',
    ],
    [
      'a word for a price',
      ['--input', file('word.csv', [HEADER, ...rows.slice(0, 5), rows[5]!.replace(/,[\d.]+,/, ',much,')].join('\n')), '--timeframe', '15m'],
      'Row 7: a price or volume is not a number',
    ],
    [
      'a high below the close',
      ['--input', file('high.csv', [HEADER, `${candles[0]!.openTime},10,9,8,10,1`].join('\n')), '--timeframe', '15m'],
      'Row 2: high and low do not contain',
    ],
    [
      'unsorted rows',
      ['--input', file('unsorted.csv', [HEADER, rows[1], rows[0]].join('\n')), '--timeframe', '15m'],
      'Row 3: its open time does not come after',
    ],
    ['a binary file', ['--input', file('binary.csv.gz', Buffer.from([0x1f, 0x8b, 1, 2, 3])), '--timeframe', '15m'], 'Cannot read'],
  ] as const)('refuses %s with one sentence and exit code 2', (_name, argv, sentence) => {
    const result = run(...argv);
    expect(result.code).toBe(2);
    expect(result.error).toContain(sentence);
    expect(result.error).not.toMatch(/\n\s+at /);
    expect(result.out).toBe('');
  });

  it('explains itself with --help', () => {
    expect(run('--help')).toMatchObject({ code: 0, error: '' });
    expect(run('--help').out).toContain('--timeframe');
  });
});
