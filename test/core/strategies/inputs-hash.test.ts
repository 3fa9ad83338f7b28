// H2: one word names everything a decision was made from; deciding again gives the same word, and any other input another.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { bareContext, type DecisionContext } from '../../../src-main/core/strategies/context.ts';
import { hashInputs, keepInputs } from '../../../src-main/core/strategies/inputs-hash.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const candles = syntheticCandles({ seed: 21, count: 700, timeframe: '5m' });
const context = bareContext(1_760_000_000_000 as EpochMs);

function stateOf(list: readonly Candle[]): SymbolState {
  const state = new SymbolState('X', settings, 1024);
  for (const candle of list) state.appendClosed5m(candle);
  return state;
}

const opinion = { model: 'boosted-trees', version: '1', winProbability: 0.4, low: 0.3, high: 0.5, effect: 'unused' } as const;

describe('H2 the inputs hash', () => {
  const state = stateOf(candles);
  const word = hashInputs(state, settings, context);

  it('is 16 hexadecimal digits and the same whenever the same candles, settings and context are read again', () => {
    expect(word).toMatch(/^[0-9a-f]{16}$/);
    expect(hashInputs(stateOf(candles), { ...settings }, { ...context })).toBe(word);
  });

  it('is the same when it was only kept up to now, past what the book remembers', () => {
    const long = syntheticCandles({ seed: 22, count: 2500, timeframe: '5m' });
    const asked = new SymbolState('X', settings, 256);
    const kept = new SymbolState('X', settings, 256);
    for (const candle of long) {
      asked.appendClosed5m(candle);
      kept.appendClosed5m(candle);
      hashInputs(asked, settings, context);
      keepInputs(kept);
    }
    expect(hashInputs(kept, settings, context)).toBe(hashInputs(asked, settings, context));
  });

  it('is another for any other candle, however old, and for a missing one', () => {
    const changed = (change: (candle: Candle) => Candle, at: number): string =>
      hashInputs(stateOf(candles.map((candle, index) => (index === at ? change(candle) : candle))), settings, context);
    const words = [
      changed((candle) => ({ ...candle, volume: candle.volume + 1 }), 0),
      changed((candle) => ({ ...candle, high: candle.high + 0.01 }), 350),
      changed((candle) => ({ ...candle, close: (candle.close + candle.low) / 2 }), 699),
      hashInputs(stateOf(candles.slice(1)), settings, context),
      hashInputs(stateOf(candles.slice(0, -1)), settings, context),
    ];
    expect(new Set([word, ...words]).size).toBe(6);
  });

  it('is another for any other setting and for anything else the strategy was told', () => {
    const told: readonly Partial<DecisionContext>[] = [
      { now: (context.now + 1) as EpochMs },
      { spreadFraction: 0.001 },
      { opinions: { long: opinion, short: null } },
      { opinions: { long: null, short: opinion } },
      { opinions: { long: { ...opinion, version: '2' }, short: null } },
      { modelHasEdge: true },
      { modelDiscount: 0.5 },
      { openSide: 'long' },
      { openSide: 'short' },
      { correlatedPositions: { long: 1, short: 0 } },
      { correlatedPositions: { long: 0, short: 1 } },
      { dynamicScore: 0.1 },
      { sweepProbabilities: { long: 0.5, short: null } },
      { regimeForecast: { now: 'ranging', probabilities: { trending: 0.2, ranging: 0.7, volatile: 0.1 } } },
    ];
    const words = told.map((change) => hashInputs(state, settings, { ...context, ...change }));
    words.push(
      hashInputs(state, { ...settings, minConfidence: settings.minConfidence + 0.01 }, context),
      hashInputs(state, { ...settings, strategyMode: 'ict' }, context),
    );
    expect(new Set([word, ...words]).size).toBe(words.length + 1);
  });

  it('tells values apart, not only what is there: every number of the context counts, and every yes or no by itself', () => {
    const forecast = (trending: number): Partial<DecisionContext> => ({
      regimeForecast: { now: 'ranging', probabilities: { trending, ranging: 0.7, volatile: 0.3 - trending } },
    });
    const pairs: readonly (readonly [Partial<DecisionContext>, Partial<DecisionContext>])[] = [
      [{ spreadFraction: 0.001 }, { spreadFraction: 0.002 }],
      [{ modelDiscount: 0.5 }, { modelDiscount: 0.6 }],
      [{ dynamicScore: 0.1 }, { dynamicScore: 0.2 }],
      [{ sweepProbabilities: { long: 0.5, short: null } }, { sweepProbabilities: { long: 0.6, short: null } }],
      [{ sweepProbabilities: { long: null, short: 0.5 } }, { sweepProbabilities: { long: 0.5, short: null } }],
      [forecast(0.1), forecast(0.2)],
      [{ opinions: { long: opinion, short: null } }, { opinions: { long: { ...opinion, winProbability: 0.41 }, short: null } }],
      [{ opinions: { long: opinion, short: null } }, { opinions: { long: { ...opinion, low: 0.31 }, short: null } }],
      [{ opinions: { long: opinion, short: null } }, { opinions: { long: { ...opinion, high: 0.51 }, short: null } }],
      [{ modelHasEdge: true, openSide: 'long' }, { openSide: 'short' }],
      [{ modelHasEdge: true, openSide: 'short' }, { openSide: 'long' }],
    ];
    for (const [one, other] of pairs)
      expect(hashInputs(state, settings, { ...context, ...one })).not.toBe(hashInputs(state, settings, { ...context, ...other }));
  });

  it('knows a hole that is being repaired, and does not mind the order in which settings are written', () => {
    const waiting = stateOf(candles);
    const last = candles.at(-1)!;
    expect(waiting.appendClosed5m({ ...last, openTime: (last.openTime + 600_000) as EpochMs }).kind).toBe('gap');
    expect(hashInputs(waiting, settings, context)).not.toBe(word);
    const turned = Object.fromEntries(Object.entries(settings).toReversed()) as typeof settings;
    expect(hashInputs(state, turned, context)).toBe(word);
  });

  it('forgets with the candles it stood for', () => {
    const again = stateOf(candles);
    again.reset();
    for (const candle of candles) again.appendClosed5m(candle);
    expect(hashInputs(again, settings, context)).toBe(word);
  });
});
