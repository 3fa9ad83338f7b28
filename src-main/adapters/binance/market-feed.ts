// Implements MarketFeed over the exchange: universe, warm-up from archive and REST, live streams, gap repair, staleness.
import type { Agent } from 'node:http';
import { z } from 'zod';
import { timeframeMs, type Candle, type Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { selectUniverse } from '../../core/market/universe.ts';
import type { CandleArchive, Clock, ExchangeError, FeedStatus, Logger, MarketEvent, MarketFeed, MarketPrice } from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import type { InstrumentTable } from './instrument-table.ts';
import { toCandle } from './mapping.ts';
import { dayTickersSchema, klineEventSchema, klinesSchema, markPriceEventSchema, miniTickerEventSchema, premiumsSchema } from './schemas.ts';
import { StreamSocket } from './stream-socket.ts';

const WARM_UP_BARS = 499;
const TOPICS_PER_SOCKET = 150;
const STALE_CHECK_MS = 2000;
const SILENCE_MS = 20_000;
const RETRY_MS = 5000;
const UNIVERSE_REFRESH_MS = 3_600_000;
const PARALLEL_BACKFILLS = 4;
const STATUS_EVERY = 5;

export interface FeedOptions {
  readonly gateway: Gateway;
  readonly socketBase: string;
  readonly agent: Agent | null;
  readonly archive: CandleArchive;
  readonly instruments: InstrumentTable;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Quote {
  last: number;
  mark: number;
  open24h: number;
  quoteVolume24h: number;
  fundingRate: number;
  nextFundingTime: EpochMs | null;
  time: EpochMs;
}

export function createMarketFeed(options: FeedOptions): MarketFeed {
  const feed = new BinanceFeed(options);
  return {
    start: (handler) => feed.start(handler),
    stop: () => feed.stop(),
    require: (symbols) => feed.require(symbols),
    history: (request) => feed.history(request),
  };
}

class BinanceFeed {
  readonly #options: FeedOptions;
  #handler: (event: MarketEvent) => void = () => undefined;
  #universe: readonly string[] = [];
  #required: readonly string[] = [];
  readonly #quotes = new Map<string, Quote>();
  readonly #ready = new Set<string>();
  readonly #lastClosed = new Map<string, number>();
  readonly #repairing = new Set<string>();
  /** Closed candles that came while their symbol was loading or being repaired. */
  readonly #held = new Map<string, Candle[]>();
  #sockets: StreamSocket[] = [];
  #timers: NodeJS.Timeout[] = [];
  #lastFrameAt = performance.now();
  #lastEventAt: EpochMs | null = null;
  #isStopped = false;
  #finish: () => void = () => undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  async start(handler: (event: MarketEvent) => void): Promise<void> {
    this.#handler = handler;
    const finished = new Promise<void>((done) => void (this.#finish = done));
    this.#say('connecting', 'Connecting to the exchange.');
    while (!this.#isStopped && !(await this.#loadUniverse())) await pause(RETRY_MS);
    if (!this.#isStopped) {
      this.#openStreams();
      this.#timers.push(
        setInterval(() => this.#watch(), STALE_CHECK_MS),
        setInterval(() => void this.#refreshUniverse(), UNIVERSE_REFRESH_MS),
      );
      void this.#backfillAll();
    }
    await finished;
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.stop();
    this.#finish();
    return Promise.resolve();
  }

  require(symbols: readonly string[]): void {
    this.#required = symbols;
  }

  async history(request: {
    readonly symbol: string;
    readonly timeframe: Timeframe;
    readonly limit: number;
    readonly before: EpochMs | null;
  }): Promise<Result<readonly Candle[], ExchangeError>> {
    const stored = this.#options.archive.read(request);
    const step = timeframeMs(request.timeframe);
    const newest = stored.at(-1);
    const isWhole =
      stored.length === request.limit &&
      (request.before === null || (newest !== undefined && newest.openTime === request.before - step)) &&
      isContiguous(stored, step);
    if (isWhole) return ok(stored);
    const fetched = await this.#fetch(
      request.symbol,
      request.timeframe,
      { limit: Math.min(1500, request.limit), ...(request.before === null ? {} : { endTime: request.before - 1 }) },
      'data',
    );
    return fetched;
  }

  // ── universe ──

  async #loadUniverse(): Promise<boolean> {
    const { gateway, instruments, settings, logger } = this.#options;
    await gateway.syncClock();
    const loaded = await instruments.load();
    if (!loaded.ok) return this.#sayFailure(loaded.error);
    const tickers = await gateway.call({ name: 'day tickers', weight: 40, priority: 'data', isMutation: false }, dayTickersSchema, (client) =>
      client.get24hrChangeStatistics(),
    );
    if (!tickers.ok) return this.#sayFailure(tickers.error);
    const premiums = await gateway.call({ name: 'mark prices', weight: 10, priority: 'data', isMutation: false }, premiumsSchema, (client) =>
      client.getMarkPrice(),
    );
    if (!premiums.ok) return this.#sayFailure(premiums.error);
    const candidates = tickers.value.map((ticker) => ({
      symbol: ticker.symbol,
      quoteVolume24h: ticker.quoteVolume,
      tradable: instruments.get(ticker.symbol)?.status === 'TRADING',
    }));
    this.#universe = selectUniverse({ candidates, limit: settings().topSymbols, required: this.#required });
    if (this.#universe.length === 0) {
      logger.log('error', 'market', 'The exchange lists no tradable USDT perpetual; trying again.');
      return false;
    }
    const known = new Set(this.#universe);
    for (const ticker of tickers.value)
      if (known.has(ticker.symbol))
        this.#quotes.set(ticker.symbol, {
          last: ticker.lastPrice,
          mark: ticker.lastPrice,
          open24h: ticker.openPrice,
          quoteVolume24h: ticker.quoteVolume,
          fundingRate: 0,
          nextFundingTime: null,
          time: epochMs(ticker.closeTime),
        });
    for (const premium of premiums.value) {
      const quote = this.#quotes.get(premium.symbol);
      if (quote !== undefined)
        Object.assign(quote, { mark: premium.markPrice, fundingRate: premium.lastFundingRate, nextFundingTime: epochMs(premium.nextFundingTime) });
    }
    this.#handler({
      kind: 'instruments',
      instruments: this.#universe.map((symbol) => instruments.get(symbol)).filter((entry): entry is Instrument => entry !== null),
      universe: this.#universe,
    });
    this.#publishPrices(this.#universe);
    return true;
  }

  /** Rules and volumes change over the day; streams follow only when the set of symbols did. */
  async #refreshUniverse(): Promise<void> {
    const before = new Set(this.#universe);
    if (!(await this.#loadUniverse())) return;
    const added = this.#universe.filter((symbol) => !before.has(symbol));
    if (added.length === 0 && before.size === this.#universe.length) return;
    for (const socket of this.#sockets) socket.stop();
    this.#openStreams();
    await this.#backfill(added);
  }

  // ── streams ──

  #openStreams(): void {
    const { socketBase, agent, logger } = this.#options;
    const topics = ['!miniTicker@arr', '!markPrice@arr@1s', ...this.#universe.map((symbol) => `${symbol.toLowerCase()}@kline_5m`)];
    this.#sockets = [];
    for (let first = 0; first < topics.length; first += TOPICS_PER_SOCKET) {
      const socket = new StreamSocket({
        name: `market stream ${this.#sockets.length + 1}`,
        topics: topics.slice(first, first + TOPICS_PER_SOCKET),
        agent,
        logger,
        address: () => Promise.resolve(`${socketBase}/market/stream`),
        onMessage: (text) => this.#onFrame(text),
        onOpen: (isFirst) => {
          if (!isFirst) void this.#fillGaps();
        },
        onDown: (why) =>
          this.#say(/refused with (451|403)/.test(why) ? 'geo_blocked' : 'down', `The market stream is down (${why}); reconnecting. Entries wait, exits work.`),
      });
      this.#sockets.push(socket);
      socket.start();
    }
  }

  #onFrame(text: string): void {
    this.#lastFrameAt = performance.now();
    const frame = z.object({ stream: z.string(), data: z.unknown() }).safeParse(JSON.parse(text));
    if (!frame.success) return;
    const { stream, data } = frame.data;
    if (stream.startsWith('!miniTicker')) this.#onMiniTickers(data);
    else if (stream.startsWith('!markPrice')) this.#onMarkPrices(data);
    else if (stream.includes('@kline_')) this.#onKline(data);
  }

  /** All-market arrays mix both kinds of futures: only known symbols count. */
  #onMiniTickers(data: unknown): void {
    const parsed = miniTickerEventSchema.safeParse(data);
    if (!parsed.success) return this.#count('24hrMiniTicker');
    const changed: string[] = [];
    for (const ticker of parsed.data) {
      const quote = this.#quotes.get(ticker.s);
      if (quote === undefined || ticker.st === 2 || ticker.E < quote.time) continue;
      Object.assign(quote, { last: ticker.c, open24h: ticker.o, quoteVolume24h: ticker.q, time: epochMs(ticker.E) });
      changed.push(ticker.s);
    }
    this.#publishPrices(changed);
  }

  #onMarkPrices(data: unknown): void {
    const parsed = markPriceEventSchema.safeParse(data);
    if (!parsed.success) return this.#count('markPriceUpdate');
    const changed: string[] = [];
    for (const mark of parsed.data) {
      const quote = this.#quotes.get(mark.s);
      if (quote === undefined || mark.st === 2) continue;
      quote.mark = mark.p;
      if (typeof mark.r === 'number') quote.fundingRate = mark.r;
      quote.nextFundingTime = epochMs(mark.T);
      if (mark.E > quote.time) quote.time = epochMs(mark.E);
      changed.push(mark.s);
    }
    this.#publishPrices(changed);
  }

  #publishPrices(symbols: readonly string[]): void {
    const prices: MarketPrice[] = [];
    for (const symbol of symbols) {
      const quote = this.#quotes.get(symbol);
      if (quote === undefined) continue;
      prices.push({
        symbol,
        last: quote.last,
        mark: quote.mark,
        change24h: quote.open24h > 0 ? quote.last / quote.open24h - 1 : 0,
        quoteVolume24h: quote.quoteVolume24h,
        fundingRate: quote.fundingRate,
        nextFundingTime: quote.nextFundingTime,
        time: quote.time,
      });
      if (this.#lastEventAt === null || quote.time > this.#lastEventAt) this.#lastEventAt = quote.time;
    }
    if (prices.length > 0) this.#handler({ kind: 'prices', prices });
  }

  #onKline(data: unknown): void {
    const parsed = klineEventSchema.safeParse(data);
    if (!parsed.success) return this.#count('kline');
    const { s: symbol, k } = parsed.data;
    if (k.i !== '5m') return;
    const candle: Candle = {
      openTime: epochMs(k.t),
      open: k.o,
      high: k.h,
      low: k.l,
      close: k.c,
      volume: k.v,
      quoteVolume: k.q,
      trades: k.n,
      takerBuyVolume: k.V,
    };
    if (!k.x) {
      if (this.#ready.has(symbol)) this.#handler({ kind: 'candle-forming', symbol, timeframe: '5m', candle });
      return;
    }
    this.#options.archive.append(symbol, '5m', [candle]);
    if (!this.#ready.has(symbol)) {
      this.#hold(symbol, candle);
      return;
    }
    const expected = (this.#lastClosed.get(symbol) ?? candle.openTime - timeframeMs('5m')) + timeframeMs('5m');
    if (candle.openTime < expected) return;
    if (candle.openTime > expected) {
      this.#hold(symbol, candle);
      void this.#repair(symbol);
      return;
    }
    this.#deliver(symbol, candle);
  }

  #deliver(symbol: string, candle: Candle): void {
    this.#lastClosed.set(symbol, candle.openTime);
    this.#handler({ kind: 'candle-closed', symbol, timeframe: '5m', candle });
  }

  #hold(symbol: string, candle: Candle): void {
    const held = this.#held.get(symbol) ?? [];
    held.push(candle);
    this.#held.set(symbol, held);
  }

  // ── history ──

  async #backfillAll(): Promise<void> {
    await this.#backfill(this.#universe);
  }

  async #backfill(symbols: readonly string[]): Promise<void> {
    const queue = [...symbols];
    const worker = async (): Promise<void> => {
      for (let symbol = queue.shift(); symbol !== undefined && !this.#isStopped; symbol = queue.shift()) {
        while (!this.#isStopped && !(await this.#loadSymbol(symbol))) await pause(RETRY_MS);
        this.#sayProgress();
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_BACKFILLS }, worker));
  }

  async #loadSymbol(symbol: string): Promise<boolean> {
    for (const timeframe of ['1h', '15m', '5m'] as const) {
      const candles = await this.#closedHistory(symbol, timeframe);
      if (candles === null) return false;
      this.#handler({ kind: 'history', symbol, timeframe, candles });
      if (timeframe === '5m') this.#lastClosed.set(symbol, candles.at(-1)?.openTime ?? 0);
    }
    this.#becomeReady(symbol);
    return true;
  }

  #becomeReady(symbol: string): void {
    this.#ready.add(symbol);
    this.#handler({ kind: 'symbol-ready', symbol });
    const held = (this.#held.get(symbol) ?? []).toSorted((a, b) => a.openTime - b.openTime);
    this.#held.delete(symbol);
    for (const candle of held) {
      const last = this.#lastClosed.get(symbol) ?? 0;
      if (candle.openTime <= last) continue;
      if (candle.openTime > last + timeframeMs('5m')) {
        this.#hold(symbol, candle);
        void this.#repair(symbol);
        return;
      }
      this.#deliver(symbol, candle);
    }
  }

  /** The newest closed candles: from the archive as far as they are there, the rest from the exchange. Null when it failed. */
  async #closedHistory(symbol: string, timeframe: Timeframe): Promise<readonly Candle[] | null> {
    const { archive, clock } = this.#options;
    const step = timeframeMs(timeframe);
    const lastClosedOpen = Math.floor(clock.now() / step) * step - step;
    const stored = archive.read({ symbol, timeframe, limit: WARM_UP_BARS, before: null });
    const newest = stored.at(-1)?.openTime ?? 0;
    const missing = Math.round((lastClosedOpen - newest) / step);
    const isUsable = stored.length >= WARM_UP_BARS && isContiguous(stored, step);
    if (isUsable && missing <= 0) return stored;
    const limit = isUsable && missing < 90 ? Math.max(2, missing + 2) : WARM_UP_BARS;
    const fetched = await this.#fetch(symbol, timeframe, { limit }, 'backfill');
    if (!fetched.ok) return this.#sayFailure(fetched.error) ? [] : null;
    const first = fetched.value[0]?.openTime ?? 0;
    const older = isUsable ? stored.filter((candle) => candle.openTime < first) : [];
    return [...older, ...fetched.value];
  }

  /** Closed candles from the exchange, stored in the archive. */
  async #fetch(
    symbol: string,
    timeframe: Timeframe,
    range: { readonly limit: number; readonly endTime?: number },
    priority: 'data' | 'backfill',
  ): Promise<Result<readonly Candle[], ExchangeError>> {
    const { gateway, archive, clock } = this.#options;
    const weight = range.limit < 100 ? 1 : range.limit < 500 ? 2 : range.limit <= 1000 ? 5 : 10;
    const answer = await gateway.call({ name: 'candles', weight, priority, isMutation: false }, klinesSchema, (client) =>
      client.getKlines({ symbol, interval: timeframe, ...range }),
    );
    if (!answer.ok) return answer;
    const now = clock.now() + gateway.clockOffsetMs;
    const closed = answer.value.map(toCandle).filter((candle) => candle.openTime + timeframeMs(timeframe) <= now);
    archive.append(symbol, timeframe, closed);
    return ok(closed);
  }

  /** Candles are missing in front of a held one: fetch the hole, hand it over as history, then go on. */
  async #repair(symbol: string): Promise<void> {
    if (this.#repairing.has(symbol)) return;
    this.#repairing.add(symbol);
    this.#ready.delete(symbol);
    this.#options.logger.log('warn', 'market', `${symbol}: 5-minute candles were missed; they are being fetched.`);
    while (!this.#isStopped && !(await this.#loadSymbol(symbol))) await pause(RETRY_MS);
    this.#repairing.delete(symbol);
  }

  /** After a reconnection every symbol may have missed a candle. */
  async #fillGaps(): Promise<void> {
    const step = timeframeMs('5m');
    const lastClosedOpen = Math.floor(this.#options.clock.now() / step) * step - step;
    const behind = this.#universe.filter((symbol) => this.#ready.has(symbol) && (this.#lastClosed.get(symbol) ?? 0) < lastClosedOpen);
    for (const symbol of behind) await this.#repair(symbol);
  }

  // ── watching ──

  #watch(): void {
    const silentMs = performance.now() - this.#lastFrameAt;
    if (silentMs > SILENCE_MS) {
      this.#lastFrameAt = performance.now();
      for (const socket of this.#sockets) socket.restart('silent for 20 seconds');
      this.#say('stale', 'Market data stopped arriving; reconnecting. Entries wait, exits work.');
      return;
    }
    this.#sayProgress();
  }

  #sayProgress(): void {
    const total = this.#universe.length;
    const ready = this.#universe.filter((symbol) => this.#ready.has(symbol)).length;
    if (ready < total - Math.max(3, total * 0.05)) {
      if (ready % STATUS_EVERY === 0 || ready < STATUS_EVERY) this.#say('warming_up', `Loading history: ${ready} of ${total} symbols.`);
    } else this.#say('streaming', `${total} markets, ${ready} with full history.`);
  }

  #sayFailure(error: ExchangeError): boolean {
    this.#say(error.code === 'geo_blocked' ? 'geo_blocked' : 'down', error.uiMessage);
    return false;
  }

  #say(state: FeedStatus['state'], text: string): void {
    const symbolsReady = this.#universe.filter((symbol) => this.#ready.has(symbol)).length;
    this.#handler({ kind: 'feed-status', status: { state, text, symbolsReady, symbolsTotal: this.#universe.length, lastEventAt: this.#lastEventAt } });
  }

  #count(kind: string): void {
    const { malformed } = this.#options.gateway;
    malformed.set(kind, (malformed.get(kind) ?? 0) + 1);
    this.#options.logger.log('warn', 'market', `A ${kind} frame was not understood and was dropped.`);
  }
}

function isContiguous(candles: readonly Candle[], step: number): boolean {
  return candles.every((candle, index) => index === 0 || candle.openTime === (candles[index - 1]?.openTime ?? 0) + step);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}
