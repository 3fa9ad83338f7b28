// The performance modules: each does nothing while its switch is off, keeps its promises when on, and treats both directions alike.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Side, Signal } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { Evaluation } from '../../../src-main/core/strategies/context.ts';
import { findSweep, rankLevels, scoreLevel } from '../../../src-main/core/strategies/liquidity-pools.ts';
import { SignalMemory, createStrategy } from '../../../src-main/core/strategies/strategy.ts';
import { effectiveRegime, forecastRegime } from '../../../src-main/core/structure/regime-forecast.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { MIRROR_SCALE, candleOf, mirrorCandles, syntheticCandles } from '../support/candles.ts';

const settings: Settings = { ...defaultSettings(), strategyMode: 'ict' };
const market = syntheticCandles({ seed: 31, count: 9000, timeframe: '5m' });

function trade(candles: readonly Candle[], used: Settings, dynamicScore?: number): readonly Evaluation[] {
  const state = new SymbolState('X', used, 1024);
  const memory = new SignalMemory();
  const strategy = createStrategy('ict', used, memory);
  return candles.map((candle) => {
    state.appendClosed5m(candle);
    const context = bareContext((candle.openTime + 300_000) as EpochMs);
    const evaluation = strategy.evaluate(state, dynamicScore === undefined ? context : { ...context, dynamicScore });
    if (evaluation.kind === 'signal') memory.remember(evaluation.signal.id);
    return evaluation;
  });
}

function signalsOf(evaluations: readonly Evaluation[]): readonly Signal[] {
  return evaluations.flatMap((evaluation) => (evaluation.kind === 'signal' ? [evaluation.signal] : []));
}

const plain = trade(market, settings);

describe('market regime prediction', () => {
  const used: Settings = { ...settings, enableMarketRegimePrediction: true, regimePredictionThreshold: 0.6 };
  const every = (candles: readonly Candle[], look: (state: SymbolState) => void): void => {
    const state = new SymbolState('X', used, 1024);
    candles.forEach((candle, index) => {
      state.appendClosed5m(candle);
      if (index % 12 === 11) look(state);
    });
  };

  it('gives three probabilities that sum to 1, from the lookback on, the same in the mirrored market', () => {
    const collect = (candles: readonly Candle[]): readonly number[][] => {
      const rows: number[][] = [];
      every(candles, (state) => {
        const forecast = forecastRegime(state.frames['1h'], used);
        if (forecast !== null) rows.push([forecast.probabilities.trending, forecast.probabilities.ranging, forecast.probabilities.volatile]);
      });
      return rows;
    };
    const original = collect(market);
    const mirrored = collect(mirrorCandles(market));
    expect(original.length).toBeGreaterThan(500);
    expect(mirrored.length).toBe(original.length);
    original.forEach((row, index) => {
      expect(row[0]! + row[1]! + row[2]!).toBeCloseTo(1, 12);
      row.forEach((value, column) => expect(value).toBeCloseTo(mirrored[index]![column]!, 6));
    });
  });

  it('moves the regime only when a change is likelier than the threshold: up to a trend, or one step down', () => {
    const moves = new Set<string>();
    const ladder = ['choppy', 'ranging', 'trending', 'strong_trending'];
    every(market, (state) => {
      const hour = state.frames['1h'];
      const { regime, forecast } = effectiveRegime(hour, used);
      if (forecast === null) {
        expect(regime).toBe(hour.regime.regime);
        return;
      }
      const step = ladder.indexOf(regime) - ladder.indexOf(hour.regime.regime);
      const { trending, ranging, volatile } = forecast.probabilities;
      if (step > 0) expect(trending).toBeGreaterThanOrEqual(0.6);
      else expect(Math.max(ranging, volatile)).toBeGreaterThanOrEqual(0.6);
      expect(step).not.toBe(0);
      moves.add(step > 0 ? 'up' : 'down');
    });
    expect([...moves].toSorted()).toEqual(['down', 'up']);
  });

  it("a served model's forecast takes the place of the rule", () => {
    const certain = { now: 'ranging', probabilities: { trending: 0.95, ranging: 0.04, volatile: 0.01 } } as const;
    const codes = (change: Partial<Settings>, regimeForecast: typeof certain | null): ReadonlySet<string> => {
      const candles = market.slice(0, 4000);
      const state = new SymbolState('X', { ...used, ...change }, 1024);
      const strategy = createStrategy('ict', { ...used, ...change }, new SignalMemory());
      const found = candles.map((candle) => {
        state.appendClosed5m(candle);
        const evaluation = strategy.evaluate(state, { ...bareContext((candle.openTime + 300_000) as EpochMs), regimeForecast });
        return evaluation.kind === 'none' ? evaluation.noSignal.code : 'signal';
      });
      return new Set(found);
    };
    expect(codes({}, null).has('regime.ranging')).toBe(true);
    expect(codes({}, certain).has('regime.ranging')).toBe(false);
    expect(codes({ enableMarketRegimePrediction: false }, certain).has('regime.ranging')).toBe(true);
  });

  it('never moves it while the switch is off or certainty is asked for', () => {
    every(market, (state) => {
      const hour = state.frames['1h'];
      for (const change of [{ enableMarketRegimePrediction: false }, { regimePredictionThreshold: 1 }])
        expect(effectiveRegime(hour, { ...used, ...change })).toEqual({ regime: hour.regime.regime, forecast: null });
    });
  });
});

describe('liquidity hunting', () => {
  const used: Settings = { ...settings, enableLiquidityHunting: true };
  const hunted = trade(market, used);
  const isHunted = (signal: Signal): boolean => signal.evidence.trigger.startsWith('liquidity hunter');

  it('adds entries after sweeps on both sides and leaves every signal of the rules as it was', () => {
    const all = signalsOf(hunted);
    expect(all.filter((signal) => isHunted(signal) && signal.side === 'long').length).toBeGreaterThan(3);
    expect(all.filter((signal) => isHunted(signal) && signal.side === 'short').length).toBeGreaterThan(3);
    const ids = new Set(all.map((signal) => signal.id));
    expect(signalsOf(plain).filter((signal) => !ids.has(signal.id))).toEqual([]);
    expect(signalsOf(plain).some(isHunted)).toBe(false);
  });

  it('enters within the slippage bound of the swept level, with enough confidence, the stop behind the wick', () => {
    for (const signal of signalsOf(hunted).filter(isHunted)) {
      const level = signal.evidence.facts.find((fact) => fact.label === 'swept level')!.value as number;
      expect(Math.abs(Math.log(signal.plan.entry / level))).toBeLessThanOrEqual(0.003);
      expect(signal.confidence).toBeGreaterThanOrEqual(0.6);
      expect(signal.side === 'long' ? signal.plan.stop < level : signal.plan.stop > level).toBe(true);
      expect(signal.evidence.zone).toBeNull();
    }
    const strict = signalsOf(trade(market, { ...used, liquidityHuntingConfidence: 1 }));
    expect(strict.some(isHunted)).toBe(false);
  });

  it('a model that would lift a sweep over the general minimum does not lift it over the one of the hunter', () => {
    const hybrid: Settings = { ...used, strategyMode: 'hybrid', liquidityHuntingConfidence: 0.9, minConfidence: 0.1 };
    const opinion = { model: 'gbdt', version: 'v1', winProbability: 0.6, low: 0.6, high: 0.6, effect: 'unused' } as const;
    const state = new SymbolState('X', hybrid, 1024);
    const strategy = createStrategy('hybrid', hybrid, new SignalMemory());
    const stopped: Evaluation[] = [];
    for (const candle of market) {
      state.appendClosed5m(candle);
      const now = (candle.openTime + 300_000) as EpochMs;
      const evaluation = strategy.evaluate(state, { ...bareContext(now), opinions: { long: opinion, short: opinion }, modelHasEdge: true, fallback: null });
      if (evaluation.kind === 'signal') expect(isHunted(evaluation.signal)).toBe(false);
      else if (evaluation.candidate !== null && isHunted(evaluation.candidate)) stopped.push(evaluation);
    }
    expect(stopped.length).toBeGreaterThan(10);
  });

  it('L15 the mirrored market is hunted in mirror image', () => {
    const key = (signal: Signal, side: Side, price: number): unknown => [side, signal.decidedAt, Number(price.toPrecision(7)), signal.confidence.toFixed(7)];
    const mirrored = signalsOf(trade(mirrorCandles(market), used));
    expect(mirrored.map((signal) => key(signal, signal.side === 'long' ? 'short' : 'long', MIRROR_SCALE / signal.plan.stop))).toEqual(
      signalsOf(hunted).map((signal) => key(signal, signal.side, signal.plan.stop)),
    );
  });

  it('ranks pools by touches, age and nearness, and lets a model weigh in', () => {
    const state = new SymbolState('X', settings, 1024);
    for (const candle of market.slice(0, 4000)) state.appendClosed5m(candle);
    const terms = { price: state.frames['5m'].close, now: state.frames['5m'].book.lastCloseTime, modelProbability: null };
    const ranked = rankLevels(state, 'long', terms);
    expect(ranked.length).toBeGreaterThan(1);
    expect(ranked.map((entry) => entry.score)).toEqual(ranked.map((entry) => entry.score).toSorted((a, b) => b - a));
    const { level, score } = ranked[0]!;
    expect(scoreLevel({ ...level, touches: level.touches + 1 }, terms)).toBeGreaterThanOrEqual(score);
    expect(scoreLevel({ ...level, price: terms.price * 0.9999 }, terms)).toBeGreaterThan(scoreLevel({ ...level, price: terms.price * 0.99 }, terms));
    expect(scoreLevel(level, { ...terms, modelProbability: 1 })).toBeCloseTo(0.6 * score + 0.4, 12);
  });

  it('falls back to the edge of the dealing range where no pool is known', () => {
    const state = new SymbolState('X', settings, 1024);
    for (const candle of market.slice(0, 4002)) state.appendClosed5m(candle);
    const { '5m': five, '15m': fifteen } = state.frames;
    for (const frame of [five, fifteen]) {
      while (frame.sellSide.pools.alive.length > 0) frame.sellSide.pools.end(0);
      frame.sellSide.lastSweepTime = Number.NaN;
    }
    const ranked = rankLevels(state, 'long', { price: five.close, now: five.book.lastCloseTime, modelProbability: null });
    expect(ranked).toMatchObject([{ level: { source: 'range', price: fifteen.swings.lastLow!.price } }]);
    expect(findSweep(state, 'long')).toBeNull();
    const above = (): number => fifteen.swings.lastLow!.price * 1.001;
    while (fifteen.book.lastCloseTime !== five.book.lastCloseTime) quiet(state, above());
    for (let index = 0; index < 5; index += 1) quiet(state, above());
    const edge = fifteen.swings.lastLow!.price;
    const { lastCloseTime: openTime } = five.book;
    state.appendClosed5m(candleOf({ openTime, open: five.close, high: five.close, low: edge * 0.998, close: edge * 1.0005, volume: 100 }));
    expect(findSweep(state, 'long')).toMatchObject({ level: { source: 'range', price: edge }, barsAgo: 0, extreme: edge * 0.998 });
  });
});

function quiet(state: SymbolState, close: number): void {
  const five = state.frames['5m'];
  const open = five.close;
  state.appendClosed5m(candleOf({ openTime: five.book.lastCloseTime, open, high: Math.max(open, close), low: Math.min(open, close), close, volume: 100 }));
}

describe('dynamic features', () => {
  it('a score moves confidence by at most a tenth towards its side, and nothing while the switch is off', () => {
    const at = plain.findIndex((evaluation) => evaluation.kind === 'signal');
    const prefix = market.slice(0, at + 1);
    const confidenceWith = (used: Settings, score?: number): number => {
      const evaluation = trade(prefix, used, score).at(-1)!;
      return evaluation.kind === 'signal' ? evaluation.signal.confidence : Number.NaN;
    };
    const base = confidenceWith(settings);
    const on: Settings = { ...settings, enableDynamicFeatures: true };
    const side = signalsOf(plain)[0]!.side === 'long' ? 1 : -1;
    expect(confidenceWith(settings, 0.5)).toBe(base);
    expect(confidenceWith(on)).toBe(base);
    expect(confidenceWith(on, Number.NaN)).toBe(base);
    expect(confidenceWith(on, 0.5)).toBeCloseTo(base + 0.05 * side, 12);
    expect(confidenceWith(on, -1)).toBeCloseTo(base - 0.1 * side, 12);
  });
});
