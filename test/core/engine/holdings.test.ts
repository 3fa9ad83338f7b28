// What the engine remembers is counted and bounded: the numbers a soak prints, and that months of running do not pass them.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { ClusterIndex } from '../../../src-main/core/engine/cluster.ts';
import { CandleBook } from '../../../src-main/core/market/candle-book.ts';
import { SignalMemory, REMEMBERED_SIGNALS } from '../../../src-main/core/strategies/strategy.ts';
import type { MarketState } from '../../../src-main/core/structure/market-state.ts';
import { CLOSED_KEPT, NAMES_KEPT } from '../../../src-main/core/virtual/ended.ts';
import { VirtualBook } from '../../../src-main/core/virtual/virtual-book.ts';
import { longSignal, START } from '../virtual/support.ts';
import { EngineBench } from './bench.ts';

const HOUR_MS = 3_600_000;

describe('memory of the engine', () => {
  it('is told by name, each once and none above its bound', () => {
    const holdings = new EngineBench().engine.holdings();
    expect(new Set(holdings.map(({ name }) => name)).size).toBe(holdings.length);
    for (const { name, count, most } of holdings) expect(count, name).toBeLessThanOrEqual(most ?? Infinity);
    expect(holdings.map(({ name }) => name)).toEqual(expect.arrayContaining(['ended orders', 'virtual closed', 'signals', 'zones']));
  });

  it('keeps a thousand ended virtual positions and twenty thousand names of forty thousand that lived', () => {
    const book = new VirtualBook(() => 10);
    for (let index = 0; index < 2 * NAMES_KEPT; index += 1) {
      const id = `signal ${index}`;
      book.open(longSignal(id), 'traded', START);
      book.close(id, epochMs(START + index));
    }
    expect(book.endedCounts).toEqual({ closed: CLOSED_KEPT, names: NAMES_KEPT });
    expect(book.summary()).toMatchObject({ open: 0, opened: 2 * NAMES_KEPT, closed: 2 * NAMES_KEPT });
    expect(book.checkpoint().closed).toHaveLength(CLOSED_KEPT);
  });

  it('forgets the oldest signals that were acted on', () => {
    const memory = new SignalMemory();
    for (let index = 0; index < 3 * REMEMBERED_SIGNALS; index += 1) memory.remember(`${index}`);
    expect([memory.size, memory.has(`${3 * REMEMBERED_SIGNALS - 1}`), memory.has('0')]).toEqual([REMEMBERED_SIGNALS, true, false]);
  });

  it('keeps correlations for their hour, not those of every pair that was ever asked about', () => {
    const books = new Map(Array.from({ length: 20 }, (_, index) => [`S${index}`, new CandleBook('1h', 256)]));
    const market = { get: (symbol: string) => ({ frames: { '1h': { book: books.get(symbol) } } }) } as unknown as MarketState;
    const clusters = new ClusterIndex(market);
    for (let hour = 0; hour < 100; hour += 1) {
      for (const [symbol, book] of books) {
        const close = 100 + Math.sin(hour * 0.9 + symbol.length);
        const flat = { open: close, high: close, low: close, close, volume: 1, quoteVolume: 1, trades: 1, takerBuyVolume: 0.5 };
        book.append({ openTime: epochMs(hour * HOUR_MS), ...flat });
      }
      // Every hour another pair is held.
      const other = `S${1 + (hour % 19)}`;
      const value = clusters.correlation('S0', other);
      expect(clusters.correlation(other, 'S0')).toBe(value);
      expect(clusters.size).toBe(1);
    }
  });
});
