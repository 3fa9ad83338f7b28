// Indicators against the published Tulip vectors (three decimals): equal where the conventions agree, one seed apart where they do not.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Atr } from '../../../src-main/core/indicators/atr.ts';
import { Ema } from '../../../src-main/core/indicators/ema.ts';
import { Rsi } from '../../../src-main/core/indicators/rsi.ts';
import { WILDER_SIZE, startWilder, stepWilder } from '../../../src-main/core/indicators/wilder.ts';
import { sharedDataPath } from '../support/shared-data.ts';

const FILES = ['atoz.txt', 'untest.txt'] as const;

interface Case {
  readonly name: string;
  readonly period: number;
  readonly rows: readonly (readonly number[])[];
}

/** The cases of an indicator: options, then input rows, then output rows. */
function casesOf(indicator: string): readonly Case[] {
  return FILES.flatMap((file) => {
    const path = sharedDataPath(`data/indicators/tulip/${file}`);
    if (path === null) return [];
    return readFileSync(path, 'utf8')
      .split(/\r?\n\s*\r?\n/)
      .map((block) =>
        block
          .trim()
          .split(/\r?\n/)
          .filter((line) => !line.startsWith('#')),
      )
      .filter(([title]) => title?.split(' ')[0] === indicator)
      .map(([title, ...lines]) => ({
        name: `${file} ${title}`,
        period: Number(title!.split(' ')[1]),
        rows: lines.map((line) =>
          line
            .replace(/[{}\s]/g, '')
            .replace(/,$/, '')
            .split(',')
            .map(Number),
        ),
      }));
  });
}

const rounding = 0.0011;

describe.skipIf(sharedDataPath('data/indicators/tulip') === null)('Tulip vectors (shared data)', () => {
  it('RSI agrees from its first value', () => {
    const cases = casesOf('rsi');
    expect(cases).toHaveLength(2);
    for (const { period, rows } of cases) {
      const ours = new Rsi(period);
      const values = rows[0]!.map((close) => ours.update(close)).filter((value) => !Number.isNaN(value));
      expect(values).toHaveLength(rows[1]!.length);
      values.forEach((value, index) => expect(Math.abs(value - rows[1]![index]!)).toBeLessThan(rounding));
    }
  });

  it("Wilder's average agrees from its first value", () => {
    const cases = casesOf('wilders');
    expect(cases).toHaveLength(2);
    for (const { period, rows } of cases) {
      const memory = new Float64Array(WILDER_SIZE);
      startWilder(memory, 0, period);
      const values = rows[0]!.map((input) => stepWilder(memory, 0, input)).filter((value) => !Number.isNaN(value));
      expect(values).toHaveLength(rows[1]!.length);
      values.forEach((value, index) => expect(Math.abs(value - rows[1]![index]!)).toBeLessThan(rounding));
    }
  });

  /** Two averages of one recurrence from different seeds: what lies between them shrinks by the same factor at every step. */
  function expectSameRecurrence(ours: readonly number[], theirs: readonly number[], keep: number): void {
    const first = ours.findIndex((value) => !Number.isNaN(value));
    const aligned = theirs.slice(theirs.length - (ours.length - first));
    const gap = ours[first]! - aligned[0]!;
    aligned.forEach((expected, index) => expect(Math.abs(ours[first + index]! - expected - gap * keep ** index)).toBeLessThan(2 * rounding));
  }

  it('EMA differs by its seed alone: theirs starts at the first input, ours at the mean of the first n', () => {
    expect(casesOf('ema')).toHaveLength(2);
    for (const { period, rows } of casesOf('ema')) {
      const ours = new Ema(period);
      expectSameRecurrence(
        rows[0]!.map((close) => ours.update(close)),
        rows[1]!,
        1 - 2 / (period + 1),
      );
    }
  });

  it('ATR differs by its seed alone: theirs counts the first bar, whose true range is unknown, as its height', () => {
    expect(casesOf('atr')).toHaveLength(2);
    for (const { period, rows } of casesOf('atr')) {
      const [high, low, close, theirs] = rows as [number[], number[], number[], number[]];
      const ours = new Atr(period);
      expectSameRecurrence(
        high.map((value, index) => ours.update(value, low[index]!, close[index]!)),
        theirs,
        1 - 1 / period,
      );
    }
  });
});
