// Symmetry of the indicators: in log price under p → K/p, and in price under reflection.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { IndicatorSet } from '../../../src-main/core/indicators/indicator-set.ts';
import { MIRROR_SCALE, mirrorCandles, realCandles, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const sources: readonly (readonly [string, Candle[] | null])[] = [
  ['synthetic', syntheticCandles({ seed: 11, count: 3000, timeframe: '15m' })],
  ['real ETHUSDT', realCandles('ETHUSDT', '15m', { from: 5000, count: 3000 })],
];

function feed(candles: readonly Candle[], map: (price: number) => number): Record<string, number>[] {
  const set = new IndicatorSet(settings);
  const flips = map(2) < map(1);
  return candles.map((candle) => {
    const top = map(flips ? candle.low : candle.high);
    const bottom = map(flips ? candle.high : candle.low);
    set.update({ openTime: candle.openTime, high: top, low: bottom, close: map(candle.close), volume: candle.volume });
    return values(set);
  });
}

function values(set: IndicatorSet): Record<string, number> {
  const { emaFast, emaSlow, rsi, atr, adx, bollinger, vwap, volumeRatio } = set;
  return {
    emaFast: emaFast.value,
    emaSlow: emaSlow.value,
    rsi: rsi.value,
    atr: atr.value,
    adx: adx.value,
    plusDi: adx.plusDi,
    minusDi: adx.minusDi,
    upper: bollinger.upper,
    lower: bollinger.lower,
    vwap: vwap.value,
    volumeRatio: volumeRatio.value,
  };
}

function expectMirrored(original: readonly Record<string, number>[], mirrored: readonly Record<string, number>[], centre: number): void {
  expect(original.length).toBe(mirrored.length);
  const close = (a: number, b: number): boolean => (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) < 1e-7;
  original.forEach((a, index) => {
    const b = mirrored[index]!;
    const pairs = [
      [a['emaFast'], centre - b['emaFast']!],
      [a['emaSlow'], centre - b['emaSlow']!],
      [a['vwap'], centre - b['vwap']!],
      [a['upper'], centre - b['lower']!],
      [a['lower'], centre - b['upper']!],
      [a['rsi'], 100 - b['rsi']!],
      [a['atr'], b['atr']],
      [a['adx'], b['adx']],
      [a['plusDi'], b['minusDi']],
      [a['minusDi'], b['plusDi']],
      [a['volumeRatio'], b['volumeRatio']],
    ] as const;
    for (const [left, right] of pairs) if (!close(left!, right!)) expect.fail(`bar ${index}: ${left} against ${right}`);
  });
}

describe('L15 indicators treat both directions alike', () => {
  for (const [name, candles] of sources) {
    it.skipIf(candles === null)(`in log price the market K/p gives exactly mirrored values (${name}; the decision path)`, () => {
      expectMirrored(feed(candles!, Math.log), feed(mirrorCandles(candles!), Math.log), Math.log(MIRROR_SCALE));
    });
    it.skipIf(candles === null)(`in price the reflected market 2C − p gives exactly mirrored values (${name}; the displayed values)`, () => {
      // In whole cents, so that equal moves up and down stay equal and the tie rule of directional movement is tested too.
      const cents = (price: number): number => Math.round(price * 100);
      const centre = 2 * Math.max(...candles!.map((candle) => cents(candle.high)));
      expectMirrored(
        feed(candles!, cents),
        feed(candles!, (price) => centre - cents(price)),
        centre,
      );
    });
  }
});
