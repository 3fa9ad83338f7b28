// What the features mean, pinned: the installed models were trained on rows that a market like this gives with exactly these numbers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { TIMEFRAMES, timeframeMs } from '../../../src-shared/domain/candle.ts';
import type { Timeframe } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { buildFeatureRow } from '../../../src-main/core/features/build.ts';
import { FEATURES, FEATURE_COUNT } from '../../../src-main/core/features/schema.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { syntheticCandles } from '../support/candles.ts';

/** Candles at whose close a row is read, longs and shorts in turn; at the third there is no Bitcoin. */
const MOMENTS = [1200, 1747, 2303, 2881, 3456, 3999];
const WITHOUT_BITCOIN = 2303;

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden-rows.json'), 'utf8')) as Readonly<Record<string, readonly number[]>>;

describe('golden rows', () => {
  it('L20 every feature of six moments has the value it had when models were trained: another value asks for another schema version', () => {
    const settings = defaultSettings();
    const state = new SymbolState('X', settings, 1024);
    const bitcoin = new SymbolState('BTCUSDT', settings, 1024);
    const reference = syntheticCandles({ seed: 77, count: 4000, timeframe: '5m' });
    const rows: Float32Array[] = [];
    syntheticCandles({ seed: 41, count: 4000, timeframe: '5m' }).forEach((candle, index) => {
      state.appendClosed5m(candle);
      bitcoin.appendClosed5m(reference[index]!);
      const moment = MOMENTS.indexOf(index);
      if (moment < 0) return;
      const row = new Float32Array(FEATURE_COUNT);
      const side = moment % 2 === 0 ? 'long' : 'short';
      expect(buildFeatureRow({ state, bitcoin: index === WITHOUT_BITCOIN ? null : bitcoin, side, settings }, row, 0)).toBe(true);
      rows.push(row);
    });
    expect(Object.keys(golden)).toEqual(FEATURES.map((feature) => feature.name));
    const found = FEATURES.map((feature, column) => [feature.name, rows.map((row) => row[column])]);
    expect(found).toEqual(FEATURES.map(({ name }) => [name, golden[name]!.map((value) => expect.closeTo(value, 5) as number)]));
  });

  it('there is no row while any one timeframe is cold', () => {
    const end = Date.UTC(2025, 0, 6) + 100 * 3_600_000;
    const warmed = (timeframes: readonly Timeframe[]): boolean => {
      const state = new SymbolState('X', defaultSettings(), 1024);
      for (const timeframe of TIMEFRAMES) {
        const count = timeframes.includes(timeframe) ? 90 : 10;
        const start = end - count * timeframeMs(timeframe);
        state.loadHistory(timeframe, syntheticCandles({ seed: 3, count, timeframe, start }), end as EpochMs);
      }
      return buildFeatureRow({ state, bitcoin: null, side: 'long', settings: defaultSettings() }, new Float32Array(FEATURE_COUNT), 0);
    };
    expect([['5m', '15m', '1h'] as const, ['15m', '1h'] as const, ['5m', '1h'] as const, ['5m', '15m'] as const].map(warmed)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
