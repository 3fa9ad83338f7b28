// Indicators against two independent sources: the technicalindicators library on real candles, and published vectors.
import { readFileSync } from 'node:fs';
import { adx, atr, AverageGain, AverageLoss, bollingerbands, ema, rsi, vwap } from 'technicalindicators';
import { describe, expect, it } from 'vitest';
import { Adx } from '../../../src-main/core/indicators/adx.ts';
import { Atr } from '../../../src-main/core/indicators/atr.ts';
import { Bollinger } from '../../../src-main/core/indicators/bollinger.ts';
import { Ema } from '../../../src-main/core/indicators/ema.ts';
import { Rsi } from '../../../src-main/core/indicators/rsi.ts';
import { VolumeRatio } from '../../../src-main/core/indicators/volume-ratio.ts';
import { Vwap } from '../../../src-main/core/indicators/vwap.ts';
import { realCandles, syntheticCandles } from '../support/candles.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const real = realCandles('SOLUSDT', '5m', { from: 20_000, count: 6000 });
const candles = real ?? syntheticCandles({ seed: 5, count: 6000, timeframe: '5m' });
const source = real === null ? 'synthetic candles (shared data absent)' : 'real SOLUSDT 5m candles';
const close = candles.map((candle) => candle.close);
const high = candles.map((candle) => candle.high);
const low = candles.map((candle) => candle.low);

/** Largest relative difference between the tail of ours and all of theirs; both must warm up on the same bar. */
function worst(ours: readonly number[], theirs: readonly number[]): number {
  const firstWarm = ours.findIndex((value) => !Number.isNaN(value));
  expect(ours.length - firstWarm).toBe(theirs.length);
  let largest = 0;
  theirs.forEach((expected, index) => {
    const actual = ours[firstWarm + index]!;
    const difference = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-12);
    largest = Math.max(largest, Math.abs(actual - expected) < 1e-13 ? 0 : difference);
  });
  return largest;
}

describe(`indicators agree with technicalindicators to 1e-9 on ${source}`, () => {
  it('EMA, from its first value', () => {
    for (const period of [20, 50]) {
      const ours = new Ema(period);
      expect(
        worst(
          close.map((value) => ours.update(value)),
          ema({ period, values: close }),
        ),
      ).toBeLessThan(1e-9);
    }
  });

  it('ATR, from its first value', () => {
    const ours = new Atr(14);
    expect(
      worst(
        candles.map((candle) => ours.update(candle.high, candle.low, candle.close)),
        atr({ period: 14, high, low, close }),
      ),
    ).toBeLessThan(1e-9);
  });

  it('ADX and both DI, from the first ADX', () => {
    const ours = new Adx(14);
    const rows = candles.map((candle) => ({ adx: ours.update(candle.high, candle.low, candle.close), pdi: ours.plusDi, mdi: ours.minusDi }));
    const theirs = adx({ period: 14, high, low, close });
    expect(
      worst(
        rows.map((row) => row.adx),
        theirs.map((row) => row.adx),
      ),
    ).toBeLessThan(1e-9);
    const tail = rows.slice(rows.length - theirs.length);
    expect(
      worst(
        tail.map((row) => row.pdi),
        theirs.map((row) => row.pdi),
      ),
    ).toBeLessThan(1e-9);
    expect(
      worst(
        tail.map((row) => row.mdi),
        theirs.map((row) => row.mdi),
      ),
    ).toBeLessThan(1e-9);
  });

  it('RSI: the library rounds it to two decimals, so its unrounded averages are compared', () => {
    const ours = new Rsi(14);
    const values = close.map((value) => ours.update(value));
    const gains = AverageGain.calculate({ period: 14, values: close });
    const losses = AverageLoss.calculate({ period: 14, values: close });
    expect(
      worst(
        values,
        gains.map((gain, index) => 100 - 100 / (1 + gain / losses[index]!)),
      ),
    ).toBeLessThan(1e-9);
    const rounded = rsi({ period: 14, values: close });
    expect(Math.max(...rounded.map((value, index) => Math.abs(value - values[values.length - rounded.length + index]!)))).toBeLessThan(0.00501);
  });

  it('Bollinger bands (20, 2σ of the population)', () => {
    const ours = new Bollinger();
    const rows = close.map((value) => {
      ours.update(value);
      return { upper: ours.upper, middle: ours.middle, lower: ours.lower };
    });
    const theirs = bollingerbands({ period: 20, stdDev: 2, values: close });
    for (const band of ['upper', 'middle', 'lower'] as const)
      expect(
        worst(
          rows.map((row) => row[band]),
          theirs.map((row) => row[band]),
        ),
      ).toBeLessThan(1e-9);
  });

  it('VWAP: the library never resets, so each UTC day is compared on its own', () => {
    const ours = new Vwap();
    const values = candles.map((candle) => ours.update(candle.openTime, (candle.high + candle.low + candle.close) / 3, candle.volume));
    const days = new Map<number, number[]>();
    candles.forEach((candle, index) => {
      const day = Math.floor(candle.openTime / 86_400_000);
      days.set(day, [...(days.get(day) ?? []), index]);
    });
    expect(days.size).toBeGreaterThan(10);
    for (const indexes of days.values()) {
      const pick = (column: (index: number) => number): number[] => indexes.map(column);
      const theirs = vwap({
        high: pick((index) => high[index]!),
        low: pick((index) => low[index]!),
        close: pick((index) => close[index]!),
        volume: pick((index) => candles[index]!.volume),
      });
      expect(
        worst(
          pick((index) => values[index]!),
          theirs,
        ),
      ).toBeLessThan(1e-9);
    }
  });
});

describe('conventions that differ are named', () => {
  it('a window without any move reads RSI 50 and ADX 0; the library says 100 and NaN', () => {
    const flat = Array.from({ length: 40 }, () => 10);
    const ours = new Rsi(14);
    expect(flat.map((value) => ours.update(value)).at(-1)).toBe(50);
    expect(rsi({ period: 14, values: flat }).at(-1)).toBe(100);
    const index = new Adx(14);
    expect(flat.map((value) => index.update(value, value, value)).at(-1)).toBe(0);
    expect(adx({ period: 14, high: flat, low: flat, close: flat }).at(-1)?.adx).toBeNaN();
  });

  it('the volume ratio leaves the current bar out of its own mean', () => {
    const ours = new VolumeRatio();
    const values = [...Array.from({ length: 20 }, () => 10), 30, 30].map((volume) => ours.update(volume));
    expect(values.slice(0, 20).every(Number.isNaN)).toBe(true);
    expect(values[20]).toBeCloseTo(3, 12);
    expect(values[21]).toBeCloseTo(30 / 11, 12);
  });
});

const quotesPath = sharedDataPath('data/indicators/skender/quotes_default.csv');

describe.skipIf(quotesPath === null)('indicators agree with the published Skender vectors (shared data)', () => {
  const rows =
    quotesPath === null
      ? []
      : readFileSync(quotesPath, 'utf8')
          .trim()
          .split('\n')
          .slice(1)
          .map((line) => line.split(',').slice(1).map(Number) as [number, number, number, number, number]);
  const vector = (name: string, key: string): number[] => {
    const parsed = JSON.parse(readFileSync(sharedDataPath(`data/indicators/skender/${name}.standard.json`)!, 'utf8')) as Record<string, number | null>[];
    return parsed.map((row) => row[key] ?? Number.NaN);
  };
  const compare = (ours: readonly number[], expected: readonly number[]): void => {
    expect(ours.length).toBe(expected.length);
    ours.forEach((value, index) => {
      if (Number.isNaN(expected[index]!)) expect(value).toBeNaN();
      else expect(Math.abs(value - expected[index]!) / Math.max(1e-9, Math.abs(expected[index]!))).toBeLessThan(1e-10);
    });
  };

  it('EMA 20 from the first value', () => {
    const ours = new Ema(20);
    compare(
      rows.map((row) => ours.update(row[3])),
      vector('ema', 'ema'),
    );
  });
  it('RSI 14', () => {
    const ours = new Rsi(14);
    compare(
      rows.map((row) => ours.update(row[3])),
      vector('rsi', 'rsi'),
    );
  });
  it('ATR 14', () => {
    const ours = new Atr(14);
    compare(
      rows.map((row) => ours.update(row[1], row[2], row[3])),
      vector('atr', 'atr'),
    );
  });
  it('ADX 14', () => {
    const ours = new Adx(14);
    compare(
      rows.map((row) => ours.update(row[1], row[2], row[3])),
      vector('adx', 'adx'),
    );
  });
  it('Bollinger 20, 2', () => {
    const ours = new Bollinger();
    const bands = rows.map((row) => {
      ours.update(row[3]);
      return [ours.upper, ours.lower] as const;
    });
    compare(
      bands.map((band) => band[0]),
      vector('bb', 'upperBand'),
    );
    compare(
      bands.map((band) => band[1]),
      vector('bb', 'lowerBand'),
    );
  });
});
