// The peer's definitions against the peer's own results, row for row.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readCandleCsv } from '../../../src-main/hosts/cli/candle-csv.ts';
import { runDetect } from '../../../src-main/hosts/cli/detect.ts';
import { detectSmc } from '../../../src-main/hosts/cli/smc-detection.ts';
import type { SmcDetection } from '../../../src-main/hosts/cli/smc-detection.ts';
import { sharedDataPath } from '../../core/support/shared-data.ts';

/** Columns of a results file by name; an empty cell reads 0, as the peer uses both for "none". */
function table(path: string): Map<string, number[]> {
  const bytes = readFileSync(path);
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split(/\r?\n/);
  const rows = lines.slice(1).map((line) => line.split(','));
  return new Map(lines[0]!.split(',').map((name, column) => [name, rows.map((row) => Number(row[column] ?? ''))]));
}

function mismatches(ours: readonly (number | null)[] | undefined, theirs: readonly number[]): number {
  if (ours === undefined || ours.length !== theirs.length) return theirs.length;
  return theirs.filter((expected, row) => Math.abs((ours[row] ?? 0) - expected) > 1e-6 * Math.abs(expected)).length;
}

function detectFile(path: string): SmcDetection {
  const candles = readCandleCsv(path);
  if (!candles.ok) throw new Error(candles.error.uiMessage);
  return detectSmc(candles.value);
}

const CRYPTO = ['BTCUSDT-15m-2025-09-15-5000', 'SOLUSDT-5m-2025-10-05-5000'];
const EURUSD: readonly (readonly [string, string])[] = [
  ['fvg_result_data', 'fvg'],
  ['fvg_consecutive_result_data', 'fvg_join'],
  ['swing_highs_lows_result_data', 'swing5'],
  ['liquidity_result_data', 'liq5'],
  ['previous_high_low_result_data_4h', 'prev_4h'],
  ['previous_high_low_result_data_1D', 'prev_1D'],
  ['sessions_result_data', 'sess_London'],
];

describe.skipIf(sharedDataPath('data/smc') === null)('the smc definition reproduces the peer (shared data)', () => {
  it.each(CRYPTO)('every column of %s', (name) => {
    const path = sharedDataPath(`data/smc/crypto_peer/${name}.csv.gz`)!;
    const detection = detectFile(path);
    const expected = [...table(path)].filter(([column]) => column.includes('.'));
    expect(expected.length).toBeGreaterThan(70);
    expect(expected.map(([column, values]) => [column, mismatches(detection.columns[column], values)]).filter(([, count]) => count !== 0)).toEqual([]);
  });

  it('every expected file of the EURUSD set', () => {
    const detection = detectFile(sharedDataPath('data/smc/eurusd_15m/EURUSD_15M.csv.gz')!);
    const wrong = EURUSD.flatMap(([file, prefix]) =>
      [...table(sharedDataPath(`data/smc/eurusd_15m/${file}.csv.gz`)!)].map(
        ([column, values]) => [file, column, mismatches(detection.columns[`${prefix}.${column}`], values)] as const,
      ),
    );
    expect(wrong.length).toBe(25);
    expect(wrong.filter(([, , count]) => count !== 0)).toEqual([]);
  });

  it('the command writes the same columns', () => {
    const path = sharedDataPath(`data/smc/crypto_peer/${CRYPTO[0]!}.csv.gz`)!;
    const folder = mkdtempSync(join(tmpdir(), 'smc-'));
    try {
      const target = join(folder, 'out.csv');
      expect(runDetect(['--input', path, '--definition', 'smc', '--csv', target], { out: () => undefined, error: () => undefined })).toBe(0);
      const written = table(target);
      for (const [column, values] of table(path)) expect([column, mismatches(written.get(column), values)]).toEqual([column, 0]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
