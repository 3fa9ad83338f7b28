// However candles arrive - repeated, late, with holes that history closes, corrected - a symbol ends up as if they had come in order.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { describeStructure } from '../../../src-main/core/structure/snapshot.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const FAR = 9e15 as EpochMs;
const candles = syntheticCandles({ seed: 77, count: 700, timeframe: '5m' });

type Mishap =
  | { readonly kind: 'repeat' }
  | { readonly kind: 'old'; readonly back: number }
  | { readonly kind: 'hole'; readonly length: number; readonly more: number }
  | { readonly kind: 'wrong'; readonly factor: number }
  | { readonly kind: 'overlap'; readonly back: number };

const mishap = fc.oneof(
  fc.constant<Mishap>({ kind: 'repeat' }),
  fc.record({ kind: fc.constant('old' as const), back: fc.integer({ min: 2, max: 60 }) }),
  fc.record({ kind: fc.constant('hole' as const), length: fc.integer({ min: 1, max: 40 }), more: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('wrong' as const), factor: fc.double({ min: 0.9, max: 1.1, noNaN: true }) }),
  fc.record({ kind: fc.constant('overlap' as const), back: fc.integer({ min: 1, max: 30 }) }),
);
/** Where mishaps happen: after so many good candles, one of them. */
const course = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), mishap), { minLength: 3, maxLength: 12 });

/** Plays a mishap at candle `next`, the first that has not come; returns the first that has not come afterwards. */
function suffer(state: SymbolState, next: number, event: Mishap): number {
  const newest = candles[next - 1]!;
  switch (event.kind) {
    case 'repeat':
      expect(state.appendClosed5m(newest)).toEqual({ kind: 'duplicate' });
      return next;
    case 'old':
      expect(state.appendClosed5m(candles[Math.max(0, next - event.back)]!).kind).toBe(
        next - event.back >= next - 1 || next === 1 ? 'duplicate' : 'out_of_order',
      );
      return next;
    case 'hole': {
      const from = next + event.length;
      const late = candles.slice(from, from + 1 + event.more);
      if (late.length === 0) return next;
      for (const candle of late) {
        expect(state.appendClosed5m(candle)).toEqual({ kind: 'gap', from: candles[next]!.openTime, to: candles[from - 1]!.openTime });
      }
      expect(state.gap).not.toBeNull();
      state.loadHistory('5m', candles.slice(Math.max(0, next - 3), from), FAR);
      return from + late.length;
    }
    case 'wrong': {
      const candle = candles[next];
      if (candle === undefined) return next;
      const bent: Candle = { ...candle, close: candle.close * event.factor, high: candle.high * 1.2, low: candle.low * 0.8 };
      state.appendClosed5m(bent);
      expect(state.appendClosed5m(candle)).toEqual({ kind: 'replaced' });
      return next + 1;
    }
    case 'overlap':
      state.loadHistory('5m', candles.slice(Math.max(0, next - event.back), next + 2), FAR);
      return Math.min(candles.length, next + 2);
  }
}

describe('a symbol fed by a troubled stream', () => {
  it('L27 knows what it would know without the trouble', () => {
    fc.assert(
      fc.property(course, (steps) => {
        const state = new SymbolState('X', settings, 1024);
        let next = 0;
        for (const [good, event] of steps) {
          for (const end = Math.min(candles.length, next + good); next < end; next += 1) state.appendClosed5m(candles[next]!);
          if (next < candles.length) next = suffer(state, next, event);
        }
        const calm = new SymbolState('X', settings, 1024);
        for (const candle of candles.slice(0, next)) calm.appendClosed5m(candle);
        expect(state.gap).toBeNull();
        for (const timeframe of TIMEFRAMES) {
          expect(state.frames[timeframe].book.candles()).toEqual(calm.frames[timeframe].book.candles());
          expect(describeStructure('X', state.frames[timeframe])).toEqual(describeStructure('X', calm.frames[timeframe]));
          expect(state.frames[timeframe].facts).toEqual(calm.frames[timeframe].facts);
        }
      }),
      { numRuns: 40, seed: 20_261_121 },
    );
  });
});
