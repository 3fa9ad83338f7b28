// A market feed against the tiny exchange, with its events and an archive in memory.
import type { Candle, Timeframe } from '../../../../src-shared/domain/candle.ts';
import type { Settings } from '../../../../src-shared/contract/settings.ts';
import { defaultSettings } from '../../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../../src-shared/kernel/units.ts';
import type { CandleArchive, Clock, MarketEvent } from '../../../../src-main/core/ports.ts';
import { FEED_TIMES, type BinanceMarketFeed, type FeedTimes } from '../../../../src-main/adapters/binance/feed-options.ts';
import { createMarketFeed } from '../../../../src-main/adapters/binance/market-feed.ts';
import { InstrumentTable } from '../../../../src-main/adapters/binance/instrument-table.ts';
import { SocketHost } from '../../../../src-main/adapters/binance/socket-host.ts';
import type { Gateway } from '../../../../src-main/adapters/binance/gateway.ts';
import { gatewayBench, type MemoryLogger } from './bench.ts';
import type { TinyExchange } from './tiny-exchange.ts';
import { candleAt, serveMarket, STEP_MS } from './tiny-routes.ts';

export class MemoryArchive implements CandleArchive {
  readonly #rows = new Map<string, Map<number, Candle>>();

  append(symbol: string, timeframe: Timeframe, candles: readonly Candle[]): void {
    const key = `${symbol} ${timeframe}`;
    const rows = this.#rows.get(key) ?? new Map<number, Candle>();
    for (const candle of candles) rows.set(candle.openTime, candle);
    this.#rows.set(key, rows);
  }

  read({ symbol, timeframe, limit, before }: Parameters<CandleArchive['read']>[0]): readonly Candle[] {
    const rows = [...(this.#rows.get(`${symbol} ${timeframe}`)?.values() ?? [])].toSorted((a, b) => a.openTime - b.openTime);
    return rows.filter(({ openTime }) => before === null || openTime < before).slice(-limit);
  }

  newest(symbol: string, timeframe: Timeframe): Candle['openTime'] | null {
    return this.read({ symbol, timeframe, limit: 1, before: null })[0]?.openTime ?? null;
  }
}

/** Exchange time that tests set; both the exchange and the feed follow it. */
export class SharedTime {
  value = Math.floor(1_780_000_000_000 / (12 * STEP_MS)) * 12 * STEP_MS + 60_000;

  readonly clock: Clock = { speed: 1, now: () => epochMs(this.value) };

  /** To `seconds` after the end of the candle that is open now; gives the open time of the one that closed. */
  closeCandle(seconds = 1): number {
    const open = Math.floor(this.value / STEP_MS) * STEP_MS;
    this.value = open + STEP_MS + seconds * 1000;
    return open;
  }
}

export interface FeedBench {
  readonly feed: BinanceMarketFeed;
  readonly gateway: Gateway;
  readonly logger: MemoryLogger;
  readonly events: MarketEvent[];
  readonly archive: MemoryArchive;
  readonly time: SharedTime;
  readonly symbols: string[];
  /** Open times of the closed candles delivered for a symbol: history first, then live, in order. */
  candles(symbol: string): readonly number[];
  of<K extends MarketEvent['kind']>(kind: K): readonly Extract<MarketEvent, { readonly kind: K }>[];
  readonly start: () => Promise<void>;
}

export const QUICK_FEED: FeedTimes = { ...FEED_TIMES, firstPauseMs: 20, longestPauseMs: 40, frameGapMs: 5, watchMs: 20, retryMs: 20, silenceMs: 60_000 };

export function feedBench(
  exchange: TinyExchange,
  options: {
    readonly symbols: readonly string[];
    readonly times?: Partial<FeedTimes>;
    readonly socketHosts?: readonly [string, ...string[]];
    readonly settings?: Partial<Settings>;
  },
): FeedBench {
  const time = new SharedTime();
  const symbols = [...options.symbols];
  serveMarket(exchange, { now: () => time.value, symbols });
  const settings: Settings = { ...defaultSettings(), requestTimeoutSeconds: 10, ...options.settings };
  const { gateway, logger } = gatewayBench(exchange.url, { clock: time.clock, settings: () => settings });
  const archive = new MemoryArchive();
  const events: MarketEvent[] = [];
  const feed = createMarketFeed({
    gateway,
    socketHost: new SocketHost(...(options.socketHosts ?? [exchange.url.replace(/^http/, 'ws')])),
    agent: null,
    archive,
    instruments: new InstrumentTable({ market: gateway, trading: gateway, maySign: () => Promise.resolve(true) }, logger),
    settings: () => settings,
    clock: time.clock,
    logger,
    times: { ...QUICK_FEED, ...options.times },
  });
  const of = <K extends MarketEvent['kind']>(kind: K): readonly Extract<MarketEvent, { readonly kind: K }>[] =>
    events.filter((event): event is Extract<MarketEvent, { readonly kind: K }> => event.kind === kind);
  return {
    feed,
    gateway,
    logger,
    events,
    archive,
    time,
    symbols,
    of,
    candles: (symbol) => {
      const times: number[] = [];
      for (const event of events) {
        if (event.kind === 'history' && event.symbol === symbol && event.timeframe === '5m')
          times.splice(0, times.length, ...event.candles.map(({ openTime }) => openTime));
        if (event.kind === 'candle-closed' && event.symbol === symbol) times.push(event.candle.openTime);
      }
      return times;
    },
    start: () => {
      void feed.start((event) => void events.push(event));
      return Promise.resolve();
    },
  };
}

export function klineFrame(symbol: string, openTime: number, isClosed: boolean): unknown {
  const { open, high, low, close, volume, quoteVolume, trades, takerBuyVolume } = candleAt(openTime);
  const k = {
    t: openTime,
    T: openTime + STEP_MS - 1,
    s: symbol,
    i: '5m',
    f: 1,
    L: 2,
    o: String(open),
    c: String(close),
    h: String(high),
    l: String(low),
    v: String(volume),
    n: trades,
    x: isClosed,
    q: String(quoteVolume),
    V: String(takerBuyVolume),
    Q: '1',
    B: '0',
  };
  return { stream: `${symbol.toLowerCase()}@kline_5m`, data: { e: 'kline', E: openTime + STEP_MS, s: symbol, st: 1, k } };
}
