// Feature rows: one schema, finite, symmetric, causal, alive, and the same offline as live.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { buildFeatureRow } from '../../../src-main/core/features/build.ts';
import { FEATURES, FEATURE_COUNT, FEATURE_GROUPS, FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { mirrorCandles, realCandles, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const bitcoinCandles = syntheticCandles({ seed: 77, count: 4000, timeframe: '5m' });
const MARKETS: readonly (readonly [string, Candle[] | null])[] = [
  ['synthetic', syntheticCandles({ seed: 41, count: 4000, timeframe: '5m' })],
  ['real DOGEUSDT', realCandles('DOGEUSDT', '5m', { from: 10_000, count: 4000 })],
];

/** Rows of both sides every 7 candles after warm-up. */
function rows(candles: readonly Candle[], bitcoin: readonly Candle[] | null): Map<number, Readonly<Record<Side, Float32Array>>> {
  const state = new SymbolState('X', settings, 1024);
  const bitcoinState = bitcoin === null ? null : new SymbolState('BTCUSDT', settings, 1024);
  const result = new Map<number, Readonly<Record<Side, Float32Array>>>();
  candles.forEach((candle, index) => {
    state.appendClosed5m(candle);
    if (bitcoinState !== null) bitcoinState.appendClosed5m({ ...bitcoin![index]!, openTime: candle.openTime });
    if (index % 7 !== 0) return;
    const row = { long: new Float32Array(FEATURE_COUNT), short: new Float32Array(FEATURE_COUNT) };
    const built = (['long', 'short'] as const).map((side) => buildFeatureRow({ state, bitcoin: bitcoinState, side, settings }, row[side], 0));
    if (built[0]) result.set(index, row);
  });
  return result;
}

describe('schema', () => {
  it('L20 has 64 uniquely named features, and its hash changes with any of them', () => {
    expect(FEATURE_COUNT).toBe(64);
    expect(new Set(FEATURES.map((feature) => feature.group + feature.name)).size).toBe(64);
    expect(new Set(FEATURES.map((feature) => feature.group))).toEqual(new Set(FEATURE_GROUPS));
    // Golden: a model of another schema is refused. Change it together with FEATURE_SCHEMA_VERSION.
    expect(FEATURE_SCHEMA_HASH).toBe('27b64be6a5992241');
  });

  it('a market that is warming up gives no row', () => {
    const state = new SymbolState('X', settings, 1024);
    for (const candle of bitcoinCandles.slice(0, 300)) state.appendClosed5m(candle);
    const out = new Float32Array(FEATURE_COUNT + 2).fill(9);
    expect(buildFeatureRow({ state, bitcoin: null, side: 'long', settings }, out, 1)).toBe(false);
    expect([...out]).toEqual([9, ...Array.from({ length: FEATURE_COUNT }, () => 0), 9]);
  });
});

describe.each(MARKETS)('%s', (_name, market) => {
  it.skipIf(market === null)('every value is finite and within ±2', () => {
    for (const row of rows(market!, bitcoinCandles).values())
      for (const side of ['long', 'short'] as const) expect(row[side].every((value) => Number.isFinite(value) && Math.abs(value) <= 2)).toBe(true);
  });

  it.skipIf(market === null)('L20 no feature is constant over a market, apart from missing indicators', () => {
    const all = [...rows(market!, bitcoinCandles).values()].flatMap((row) => [row.long, row.short]);
    const constant = FEATURES.filter((feature, column) => !feature.name.endsWith('Missing') && new Set(all.map((row) => row[column])).size < 2).map(
      (feature) => feature.name,
    );
    expect(constant).toEqual([]);
  });

  it.skipIf(market === null)('L15 a long in the market and a short in its mirror image read the same row', () => {
    const original = rows(market!, bitcoinCandles);
    const mirrored = rows(mirrorCandles(market!), mirrorCandles(bitcoinCandles));
    expect(mirrored.size).toBe(original.size);
    const different: string[] = [];
    for (const [index, row] of original) {
      const other = mirrored.get(index)!;
      FEATURES.forEach((feature, column) => {
        if (Math.abs(row.long[column]! - other.short[column]!) > 1e-6 || Math.abs(row.short[column]! - other.long[column]!) > 1e-6)
          different.push(`${feature.name} at ${index}`);
      });
    }
    expect(different).toEqual([]);
  });

  it.skipIf(market === null)('no look-ahead: rows of a prefix are those of the whole', () => {
    const whole = rows(market!, bitcoinCandles);
    const prefix = rows(market!.slice(0, 2200), bitcoinCandles.slice(0, 2200));
    expect(prefix.size).toBeGreaterThan(100);
    for (const [index, row] of prefix) expect(row).toEqual(whole.get(index));
  });

  it.skipIf(market === null)('L20 training offline from history and serving live give the same row', () => {
    const candles = market!.slice(0, 2400);
    const offline = new SymbolState('X', settings, 1024);
    offline.loadHistory('5m', candles, 9e15 as EpochMs);
    const out = new Float32Array(FEATURE_COUNT);
    expect(buildFeatureRow({ state: offline, bitcoin: null, side: 'long', settings }, out, 0)).toBe(true);
    const live = new SymbolState('X', settings, 1024);
    for (const candle of candles) live.appendClosed5m(candle);
    const served = new Float32Array(FEATURE_COUNT);
    buildFeatureRow({ state: live, bitcoin: null, side: 'long', settings }, served, 0);
    expect(served).toEqual(out);
  });

  it.skipIf(market === null)('without Bitcoin the market group is flagged missing and nothing else changes', () => {
    const withBitcoin = rows(market!, bitcoinCandles);
    const without = rows(market!, null);
    const missing = FEATURES.findIndex((feature) => feature.name === 'bitcoinMissing');
    for (const [index, row] of without) {
      expect(row.long[missing]).toBe(1);
      FEATURES.forEach((feature, column) => {
        if (feature.group !== 'market') expect(row.long[column]).toBe(withBitcoin.get(index)!.long[column]);
      });
    }
  });
});
