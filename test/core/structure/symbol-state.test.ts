// One symbol's three timeframes: aggregation at the boundaries, gaps, corrections, forming candles and restart.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { TIMEFRAMES, timeframeMs } from '../../../src-shared/domain/candle.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { createMarketState } from '../../../src-main/core/structure/market-state.ts';
import type { MarketState } from '../../../src-main/core/structure/market-state.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { realCandles, syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const FAR = 9e15 as EpochMs;

function aggregate(candles: readonly Candle[], timeframe: Timeframe): Candle[] {
  const step = timeframeMs(timeframe);
  const buckets = new Map<number, Candle[]>();
  for (const candle of candles) {
    const open = Math.floor(candle.openTime / step) * step;
    buckets.set(open, [...(buckets.get(open) ?? []), candle]);
  }
  const sum = (parts: readonly Candle[], key: 'volume' | 'quoteVolume' | 'trades' | 'takerBuyVolume'): number =>
    parts.reduce((total, part) => total + part[key], 0);
  return [...buckets]
    .filter(([, parts]) => parts.length === step / 300_000)
    .map(([open, parts]) => ({
      openTime: open as EpochMs,
      open: parts[0]!.open,
      close: parts.at(-1)!.close,
      high: Math.max(...parts.map((part) => part.high)),
      low: Math.min(...parts.map((part) => part.low)),
      volume: sum(parts, 'volume'),
      quoteVolume: sum(parts, 'quoteVolume'),
      trades: sum(parts, 'trades'),
      takerBuyVolume: sum(parts, 'takerBuyVolume'),
    }));
}

function live(candles: readonly Candle[]): SymbolState {
  const state = new SymbolState('X', settings, 2048);
  for (const candle of candles) expect(state.appendClosed5m(candle)).toEqual({ kind: 'appended' });
  return state;
}

function snapshots(market: MarketState): unknown {
  return TIMEFRAMES.map((timeframe) => [market.structureSnapshot('X', timeframe), market.candleColumns('X', timeframe, 50)]);
}

const five = syntheticCandles({ seed: 21, count: 1500, timeframe: '5m' });

describe('aggregation', () => {
  it('15m and 1h candles are those of their 5m parts, and incomplete buckets wait', () => {
    const state = live(five.slice(0, 1000));
    for (const timeframe of ['15m', '1h'] as const) expect(state.frames[timeframe].book.candles()).toEqual(aggregate(five.slice(0, 1000), timeframe));
    expect(state.gap).toBeNull();
  });

  it.each([
    [997, 'fifteen minutes open at a third'],
    [998, 'at two thirds'],
    [1000, 'in the middle of the hour'],
    [996, 'on the hour'],
  ])('history of each timeframe up to bar %i (%s) and the stream after it join without a seam', (cut) => {
    const reference = live(five);
    const state = new SymbolState('X', settings, 2048);
    for (const timeframe of ['1h', '15m'] as const) state.loadHistory(timeframe, aggregate(five.slice(0, cut), timeframe), FAR);
    state.loadHistory('5m', five.slice(cut - 400, cut), FAR);
    for (const candle of five.slice(cut)) state.appendClosed5m(candle);
    for (const timeframe of ['15m', '1h'] as const) {
      expect(state.frames[timeframe].book.candles()).toEqual(reference.frames[timeframe].book.candles());
      expect(state.frames[timeframe].indicators.adx.value).toBe(reference.frames[timeframe].indicators.adx.value);
    }
    expect(state.gap).toBeNull();
  });
});

describe('gaps and corrections', () => {
  it('a hole holds the later candles back, names the missing stretch, stops decisions and closes with history', () => {
    const state = live(five.slice(0, 600));
    expect(state.appendClosed5m(five[603]!)).toEqual({ kind: 'gap', from: five[600]!.openTime, to: five[602]!.openTime });
    expect(state.appendClosed5m(five[604]!)).toEqual({ kind: 'gap', from: five[600]!.openTime, to: five[602]!.openTime });
    expect(state.gap).toEqual({ timeframe: '5m', from: five[600]!.openTime, to: five[602]!.openTime });
    state.loadHistory('5m', five.slice(600, 603), FAR);
    expect(state.gap).toBeNull();
    expect(state.frames['5m'].book.candles()).toEqual(five.slice(0, 605));
    expect(state.frames['15m'].book.candles()).toEqual(aggregate(five.slice(0, 605), '15m'));
  });

  it('what is held back is kept as it was, also when the giver writes the next candle over it', () => {
    const state = live(five.slice(0, 600));
    const slot = { ...five[601]! };
    state.appendClosed5m(slot);
    Object.assign(slot, five[602]);
    state.appendClosed5m(slot);
    state.loadHistory('5m', [five[600]!], FAR);
    expect(state.frames['5m'].book.candles()).toEqual(five.slice(0, 603));
  });

  it('a derived timeframe that lags behind is a gap too, until its own history comes', () => {
    const state = new SymbolState('X', settings, 2048);
    state.loadHistory('1h', aggregate(five.slice(0, 600), '1h'), FAR);
    state.loadHistory('5m', five.slice(800, 1000), FAR);
    expect(state.gap).toMatchObject({ timeframe: '1h', from: five[600]!.openTime });
    state.loadHistory('1h', aggregate(five.slice(600, 1000), '1h'), FAR);
    expect(state.gap).toBeNull();
  });

  it('a repeated candle is a duplicate, an old one is out of order, a senseless one is malformed; none changes anything', () => {
    const state = live(five.slice(0, 300));
    expect(state.appendClosed5m(five[299]!)).toEqual({ kind: 'duplicate' });
    expect(state.appendClosed5m(five[100]!)).toEqual({ kind: 'out_of_order' });
    expect(state.appendClosed5m({ ...five[300]!, high: five[300]!.low - 1 })).toEqual({ kind: 'malformed' });
    expect(state.appendClosed5m({ ...five[300]!, openTime: (five[300]!.openTime + 1) as EpochMs })).toEqual({ kind: 'malformed' });
    expect(state.appendClosed5m({ ...five[300]!, close: Number.NaN })).toEqual({ kind: 'malformed' });
    expect(state.frames['5m'].book.count).toBe(300);
  });

  it('L27 a correction of the newest candle replaces it in every timeframe, as if it had come right at once', () => {
    const wrong: Candle = { ...five[599]!, high: five[599]!.high * 1.02, volume: 1 };
    const corrected = live([...five.slice(0, 599), wrong]);
    expect(corrected.appendClosed5m(five[599]!)).toEqual({ kind: 'replaced' });
    const reference = live(five.slice(0, 600));
    for (const timeframe of TIMEFRAMES) {
      expect(corrected.frames[timeframe].book.candles()).toEqual(reference.frames[timeframe].book.candles());
      expect(corrected.frames[timeframe].indicators.atr.value).toBe(reference.frames[timeframe].indicators.atr.value);
    }
  });

  it('L27 a candle still forming never enters history, neither from the stream nor from REST', () => {
    const state = live(five.slice(0, 300));
    state.updateForming({ ...five[300]!, close: five[300]!.close * 2, high: five[300]!.close * 2 });
    const now = (five[300]!.openTime + 60_000) as EpochMs;
    state.loadHistory('5m', five.slice(290, 301), now);
    expect(state.frames['5m'].book.candles()).toEqual(five.slice(0, 300));
    expect(state.frames['5m'].close).toBe(five[299]!.close);
  });
});

describe('restart', () => {
  const real = realCandles('ETHUSDT', '5m', { from: 30_000, count: 1500 });
  for (const [name, candles] of [
    ['synthetic', five],
    ['real ETHUSDT', real],
  ] as const) {
    it.skipIf(candles === null)(`a market rebuilt from history equals one that never stopped (${name})`, () => {
      const never = createMarketState(settings, 2048);
      for (const candle of candles!) never.appendClosed5m('X', candle);
      const rebuilt = createMarketState(settings, 2048);
      for (const timeframe of ['5m', '15m', '1h'] as const) {
        rebuilt.loadHistory({
          symbol: 'X',
          timeframe,
          candles: timeframe === '5m' ? candles!.slice(0, 1100) : aggregate(candles!.slice(0, 1100), timeframe),
          closedBefore: FAR,
        });
      }
      for (const candle of candles!.slice(1100)) rebuilt.appendClosed5m('X', candle);
      expect(snapshots(rebuilt)).toEqual(snapshots(never));
    });
  }

  it('history that reaches further back than what is held rebuilds the timeframe from its new beginning', () => {
    const market = createMarketState(settings, 2048);
    market.loadHistory({ symbol: 'X', timeframe: '5m', candles: five.slice(900), closedBefore: FAR });
    market.loadHistory({ symbol: 'X', timeframe: '5m', candles: five.slice(0, 1000), closedBefore: FAR });
    for (const timeframe of ['15m', '1h'] as const)
      market.loadHistory({ symbol: 'X', timeframe, candles: aggregate(five.slice(0, 1000), timeframe), closedBefore: FAR });
    const never = createMarketState(settings, 2048);
    for (const candle of five) never.appendClosed5m('X', candle);
    expect(snapshots(market)).toEqual(snapshots(never));
  });

  it('H1 what was known at a past time is the very snapshot of that time, without anything that came later', () => {
    const market = createMarketState(settings, 2048);
    const then = new Map<number, unknown>();
    five.forEach((candle, index) => {
      market.appendClosed5m('X', candle);
      if (index % 250 === 249)
        then.set(
          candle.openTime + 300_000,
          TIMEFRAMES.map((timeframe) => market.structureSnapshot('X', timeframe)),
        );
    });
    expect(then.size).toBe(6);
    for (const [time, snapshot] of then) {
      const known = TIMEFRAMES.map((timeframe) => market.structureKnownAt('X', timeframe, time as EpochMs));
      expect(known).toEqual(snapshot);
      expect(TIMEFRAMES.map((timeframe) => market.structureKnownAt('X', timeframe, (time + 299_999) as EpochMs))[0]).toEqual(known[0]);
    }
    expect(market.structureKnownAt('X', '5m', five[0]!.openTime)).toBeNull();
    expect(market.structureKnownAt('Y', '5m', FAR)).toBeNull();
  });

  it('a ring that overflows keeps its newest candles and goes on', () => {
    const state = new SymbolState('X', settings, 256);
    for (const candle of five) state.appendClosed5m(candle);
    expect(state.frames['5m'].book.candles()).toEqual(five.slice(-256));
  });
});
