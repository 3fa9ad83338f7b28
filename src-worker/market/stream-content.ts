// What the public streams say at a moment: for one topic, the frames that are due.
import type { Candle } from '../../src-shared/domain/candle.ts';
import { assertNever } from '../../src-shared/kernel/result.ts';
import type { BookView } from './book-view.ts';
import { bucketOpen, INTERVALS } from './intervals.ts';
import * as frames from './market-frames.ts';
import type { Market } from './market.ts';
import { FIVE_MINUTES } from './source.ts';
import type { SymbolMarket } from './symbol-market.ts';
import type { Tape } from './tape.ts';
import type { Topic } from './topics.ts';

/** More than a day of the shortest candles. */
const MOST_CLOSED = 1600;

/** Real milliseconds between looks: fast for trades and books, slow for tickers and marks. */
export type Cadence = 'fast' | 'medium' | 'slow';

export function cadenceOf(topic: Topic): Cadence {
  switch (topic.kind) {
    case 'agg-trade':
    case 'trade':
    case 'book-ticker':
      return 'fast';
    case 'depth':
      return topic.everyMs <= 100 ? 'fast' : 'medium';
    case 'kline':
    case 'continuous-kline':
      return 'medium';
    case 'mini-ticker':
    case 'ticker':
    case 'force-order':
    case 'mark-price':
    case 'all-mini-tickers':
    case 'all-tickers':
    case 'all-book-tickers':
    case 'all-force-orders':
    case 'all-mark-prices':
    case 'contract-info':
    case 'unknown':
      return 'slow';
    default:
      return assertNever(topic);
  }
}

export class StreamContent {
  readonly #market: Market;
  readonly #books: BookView;
  readonly #tape: Tape;
  readonly #sentTrades = new Map<string, number>();
  #forced: { readonly symbolMarket: SymbolMarket; readonly forced: frames.ForcedOrder }[] = [];
  #contracts: { readonly symbolMarket: SymbolMarket; readonly status: string }[] = [];

  constructor(parts: { readonly market: Market; readonly books: BookView; readonly tape: Tape }) {
    this.#market = parts.market;
    this.#books = parts.books;
    this.#tape = parts.tape;
  }

  addForced(symbolMarket: SymbolMarket, forced: frames.ForcedOrder): void {
    this.#forced.push({ symbolMarket, forced });
  }

  addContract(symbolMarket: SymbolMarket, status: string): void {
    this.#contracts.push({ symbolMarket, status });
  }

  /** Forgets what is said once, after everybody has heard it. */
  endSlowRound(): void {
    this.#forced = [];
    this.#contracts = [];
  }

  endFastRound(): void {
    for (const symbol of this.#market.symbols.keys()) this.#sentTrades.set(symbol, this.#tape.recent(symbol).at(-1)?.id ?? 0);
  }

  /** The frames of a topic at this look; `changed` holds the symbols whose price moved since the last one. */
  framesOf(topic: Topic, look: { readonly changed: ReadonlySet<SymbolMarket>; readonly now: number; readonly round: number }): readonly unknown[] {
    const { changed, now, round } = look;
    if ('symbol' in topic) {
      const symbolMarket = this.#market.symbols.get(topic.symbol);
      return symbolMarket === undefined ? [] : this.#symbolFrames(topic, symbolMarket, look);
    }
    switch (topic.kind) {
      case 'all-mini-tickers':
        return changed.size === 0 ? [] : [[...[...changed].map((entry) => frames.miniTickerFrame(entry, now)), ...frames.foreignTickers(now)]];
      case 'all-tickers':
        return changed.size === 0 ? [] : [[...changed].map((entry) => frames.tickerFrame(entry, now))];
      case 'all-mark-prices': {
        if (round % (topic.everyMs / 1000) !== 0) return [];
        const foreign = frames.foreignMarkPrices(now);
        const all = [...this.#market.symbols.values()].filter((entry) => entry.mark > 0);
        return [[...all.map((entry) => frames.markPriceFrame(entry, now)), foreign.coin], [foreign.stock]];
      }
      case 'all-book-tickers':
        return round % 5 === 0 ? [...changed].map((entry) => this.#bookTicker(entry, now)) : [];
      case 'all-force-orders':
        return this.#forced.map(({ symbolMarket, forced }) => frames.forceOrderFrame(symbolMarket, forced, now));
      case 'contract-info':
        return this.#contracts.map(({ symbolMarket, status }) => frames.contractInfoFrame(symbolMarket, { status, now }));
      case 'unknown':
        return [];
      default:
        return assertNever(topic);
    }
  }

  #bookTicker(symbolMarket: SymbolMarket, now: number): unknown {
    return frames.bookTickerFrame(symbolMarket, this.#books.snapshot(symbolMarket.instrument.symbol, now), now);
  }

  #symbolFrames(
    topic: Extract<Topic, { symbol: string }>,
    symbolMarket: SymbolMarket,
    look: { readonly changed: ReadonlySet<SymbolMarket>; readonly now: number; readonly round: number },
  ): readonly unknown[] {
    const { now } = look;
    const { symbol } = symbolMarket.instrument;
    const hasChanged = look.changed.has(symbolMarket);
    switch (topic.kind) {
      case 'kline':
      case 'continuous-kline': {
        if (!hasChanged) return [];
        const candle = this.#formingCandle(symbolMarket, topic.interval, now);
        if (candle === null) return [];
        const input = { interval: topic.interval, candle, closed: false, now };
        return [topic.kind === 'kline' ? frames.klineFrame(symbolMarket, input) : frames.continuousKlineFrame(symbolMarket, input)];
      }
      case 'agg-trade':
      case 'trade': {
        const since = this.#sentTrades.get(symbol) ?? 0;
        const describe = topic.kind === 'trade' ? frames.tradeFrame : frames.aggregateTradeFrame;
        return this.#tape.recent(symbol).flatMap((trade) => (trade.id > since ? [describe(symbolMarket, trade, now)] : []));
      }
      case 'mini-ticker':
        return hasChanged ? [frames.miniTickerFrame(symbolMarket, now)] : [];
      case 'ticker':
        return hasChanged ? [frames.tickerFrame(symbolMarket, now)] : [];
      case 'force-order':
        return this.#forced.filter((entry) => entry.symbolMarket === symbolMarket).map(({ forced }) => frames.forceOrderFrame(symbolMarket, forced, now));
      case 'book-ticker':
        return hasChanged ? [this.#bookTicker(symbolMarket, now)] : [];
      case 'mark-price':
        return look.round % (topic.everyMs / 1000) === 0 ? [frames.markPriceFrame(symbolMarket, now)] : [];
      case 'depth':
        return this.#depthFrames(symbolMarket, topic, look);
      default:
        return assertNever(topic);
    }
  }

  #depthFrames(
    symbolMarket: SymbolMarket,
    topic: Extract<Topic, { kind: 'depth' }>,
    look: { readonly now: number; readonly round: number },
  ): readonly unknown[] {
    const { symbol } = symbolMarket.instrument;
    if (topic.everyMs === 500 && look.round % 2 !== 0) return [];
    if (topic.levels !== null) {
      const book = this.#books.snapshot(symbol, look.now);
      const top = {
        first: book.updateId,
        last: book.updateId,
        previous: book.updateId - 1,
        bids: book.bids.slice(0, topic.levels),
        asks: book.asks.slice(0, topic.levels),
      };
      return [frames.depthFrame(symbolMarket, top, look.now)];
    }
    const change = this.#books.difference(symbol, look.now, topic.everyMs);
    return change === null ? [] : [frames.depthFrame(symbolMarket, change, look.now)];
  }

  #formingCandle(symbolMarket: SymbolMarket, interval: string, now: number): Candle | null {
    const { forming } = symbolMarket;
    if (forming === null || interval === '5m') return forming;
    const step = INTERVALS[interval] ?? FIVE_MINUTES;
    const time = step < FIVE_MINUTES ? Math.max(forming.openTime, Math.min(now, forming.openTime + FIVE_MINUTES - 1)) : forming.openTime;
    const open = bucketOpen(interval, time);
    return symbolMarket.candles({ interval, from: open, to: time, limit: 1, newest: true }, now)[0] ?? null;
  }

  /** Candles of an interval that ended after `from` and not after `to`, oldest first: each is there exactly once, however far time jumps. */
  closedCandles(symbolMarket: SymbolMarket, interval: string, { from, to }: { readonly from: number; readonly to: number }): readonly Candle[] {
    const first = bucketOpen(interval, from);
    const end = bucketOpen(interval, to);
    return first === end ? [] : symbolMarket.candles({ interval, from: first, to: end - 1, limit: MOST_CLOSED, newest: false }, to);
  }
}
