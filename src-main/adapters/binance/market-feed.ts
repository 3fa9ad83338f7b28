// Implements MarketFeed over the exchange: universe, warm-up, live streams, gap repair, staleness and one honest status.
import { say } from '../../../src-shared/contract/said.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { MarketEvent } from '../../core/ports.ts';
import { BookStream } from './book-stream.ts';
import { CandleHistory } from './candle-history.ts';
import { CandleKeeper } from './candle-keeper.ts';
import { DepthStreams } from './depth-streams.ts';
import { FEED_TIMES, type BinanceMarketFeed, type FeedOptions, type FeedTimes } from './feed-options.ts';
import { FeedTeller, type FeedFacts } from './feed-status.ts';
import { readMarketFrame } from './market-frames.ts';
import { MarketStreams, symbolsOf, topicOf } from './market-streams.ts';
import { QuotePoll } from './quote-poll.ts';
import { QuoteTable } from './quote-table.ts';
import { RuleWatch } from './rule-watch.ts';
import { loadMarket } from './universe-loader.ts';

const PARALLEL_BACKFILLS = 4;
/** Fees may be paid in BNB; its price is kept although nobody may watch it. */
const FEE_MARKET = 'BNBUSDT';

export function createMarketFeed(options: FeedOptions): BinanceMarketFeed {
  const feed = new Feed(options);
  return {
    start: (handler) => feed.start(handler),
    stop: () => feed.stop(),
    require: (symbols) => feed.require(symbols),
    history: (request) => feed.history.page(request),
    priceOf: (asset) => feed.quotes.priceOf(asset),
    orderBook: (symbol) => feed.depth.book(symbol),
    reloadRules: () => feed.reloadRules(),
  };
}

class Feed {
  readonly quotes: QuoteTable;
  readonly history: CandleHistory;
  readonly depth: DepthStreams;
  readonly #options: FeedOptions;
  readonly #times: FeedTimes;
  readonly #streams: MarketStreams;
  readonly #books: BookStream;
  readonly #keeper: CandleKeeper;
  readonly #teller: FeedTeller;
  #handler: (event: MarketEvent) => void = () => undefined;
  #universe: readonly string[] = [];
  #required: readonly string[] = [];
  /** Required, but unknown to the exchange. */
  readonly #unlisted = new Set<string>();
  #timers: NodeJS.Timeout[] = [];
  #isStopped = false;
  #isRefreshing = false;
  #refreshedAt = performance.now();
  readonly #rules: RuleWatch;
  readonly #poll: QuotePoll;
  #finish: () => void = () => undefined;

  constructor(options: FeedOptions) {
    const { gateway, archive, logger, socketHost, agent } = options;
    this.#options = options;
    this.#times = options.times ?? FEED_TIMES;
    this.quotes = new QuoteTable(() => options.clock.speed);
    this.#rules = new RuleWatch(options.instruments, () => this.#announce(), this.#times);
    this.#poll = new QuotePoll(gateway, (prices) => {
      if (!this.#isStopped) this.#publish(this.quotes.applyPolled(prices));
    });
    this.history = new CandleHistory(gateway, archive, options.settings);
    this.#teller = new FeedTeller(
      () => this.#facts(),
      (status) => {
        if (!this.#isStopped) this.#handler({ kind: 'feed-status', status });
      },
    );
    this.#keeper = new CandleKeeper({
      history: this.history,
      logger,
      emit: (event) => this.#handler(event),
      onFailure: (error) => this.#teller.failure(error),
      onProgress: () => this.#teller.progress(),
      retryMs: this.#times.retryMs,
      parallel: PARALLEL_BACKFILLS,
      settings: options.settings,
    });
    this.#streams = new MarketStreams({
      socketHost,
      agent,
      logger,
      times: this.#times,
      onMessage: (text) => this.#onFrame(text),
      onReopened: (topics) => void this.#keeper.repair(symbolsOf(topics, this.#universe)),
      onDown: (drop) => this.#teller.drop(drop),
    });
    this.depth = new DepthStreams({ socketHost, agent, logger, times: this.#times, onMalformed: () => this.#countRows('depthUpdate', 1) });
    this.#books = new BookStream({
      socketHost,
      agent,
      logger,
      times: this.#times,
      onTicker: (ticker) => this.quotes.applyBookTicker(ticker),
      onMalformed: () => this.#countRows('bookTicker', 1),
    });
  }

  async start(handler: (event: MarketEvent) => void): Promise<void> {
    this.#handler = handler;
    const finished = new Promise<void>((done) => void (this.#finish = done));
    this.#teller.say('connecting', say('feed.connecting'));
    while (!this.#isStopped && !(await this.#loadUniverse())) await pause(this.#times.retryMs);
    if (!this.#isStopped) {
      this.#timers.push(setInterval(() => this.#watch(), this.#times.watchMs));
      this.#follow();
    }
    await finished;
  }

  stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#rules.stop();
    this.#keeper.stop();
    this.#streams.stop();
    this.#books.stop();
    this.depth.stop();
    this.#options.gateway.stop();
    this.#finish();
    return Promise.resolve();
  }

  /** A symbol with a position is watched at once, not at the next refresh; one the exchange does not list is asked about once. */
  require(symbols: readonly string[]): void {
    this.#required = symbols;
    if (this.#universe.length > 0 && this.#missing().length > 0) void this.#refresh();
  }

  /** The first reading is on its way anyway. */
  reloadRules(): void {
    if (this.#universe.length > 0) this.#rules.reload();
  }

  #missing(): readonly string[] {
    return this.#required.filter((symbol) => !this.#universe.includes(symbol) && !this.#unlisted.has(symbol));
  }

  async #loadUniverse(): Promise<boolean> {
    const { gateway, instruments, settings } = this.#options;
    const market = await loadMarket({ gateway, instruments, limit: settings().topSymbols, required: this.#required });
    if (!market.ok) return this.#teller.failure(market.error);
    const { universe, tickers, premiums } = market.value;
    this.#universe = universe;
    this.quotes.load([...universe, FEE_MARKET], tickers, premiums);
    this.#announce();
    this.#publish(universe);
    return true;
  }

  #announce(): void {
    const rules = this.#universe.map((symbol) => this.#options.instruments.get(symbol)).filter((entry): entry is Instrument => entry !== null);
    this.#handler({ kind: 'instruments', instruments: rules, universe: this.#universe });
  }

  /** Rules and volumes change over the day; streams and history follow the set of symbols. Goes on until what is required is there. */
  async #refresh(): Promise<void> {
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    this.#refreshedAt = performance.now();
    do {
      const asked = this.#missing();
      if (await this.#loadUniverse()) {
        for (const symbol of asked) if (!this.#universe.includes(symbol)) this.#unlisted.add(symbol);
        if (!this.#isStopped) this.#follow();
      } else if (!this.#isStopped) await pause(this.#times.retryMs);
    } while (!this.#isStopped && this.#missing().length > 0);
    this.#isRefreshing = false;
  }

  #follow(): void {
    this.#streams.set(['!miniTicker@arr', '!markPrice@arr@1s', '!contractInfo', ...this.#universe.map(topicOf)]);
    this.#books.start();
    void this.#keeper.watch(this.#universe);
  }

  #onFrame(text: string): void {
    const frame = readMarketFrame(text);
    switch (frame.kind) {
      case 'mini-tickers':
        this.#countRows('24hrMiniTicker', frame.malformed);
        this.#publish(this.quotes.applyMiniTickers(frame.rows));
        return;
      case 'mark-prices':
        this.#countRows('markPriceUpdate', frame.malformed);
        this.#publish(this.quotes.applyMarkPrices(frame.rows));
        return;
      case 'candle':
        if (frame.isClosed) this.#keeper.onClosed(frame.symbol, frame.candle);
        else this.#keeper.onForming(frame.symbol, frame.candle);
        return;
      case 'contract':
        if (this.#options.instruments.get(frame.symbol) !== null) this.reloadRules();
        return;
      case 'reply':
        if (frame.failure !== null) {
          this.#countRows('subscription reply', 1);
          this.#options.logger.log('error', 'stream', `The exchange refused a subscription (${frame.failure}); candles come by request until it is repeated.`);
        }
        return;
      case 'malformed':
        this.#countRows(frame.what, 1);
        return;
      case 'ignored':
    }
  }

  #publish(symbols: readonly string[]): void {
    this.#poll.heard();
    const prices = this.quotes.prices(symbols.filter((symbol) => symbol !== FEE_MARKET || this.#universe.includes(FEE_MARKET)));
    if (prices.length > 0) this.#handler({ kind: 'prices', prices });
  }

  /** A subscribed topic may stay silent: its candles are fetched, and a connection that mostly fails is renewed. */
  #watch(): void {
    const { gateway, clock, settings } = this.#options;
    if (performance.now() - this.#refreshedAt >= (this.#times.universeMs ?? settings().cacheExchangeInfoSeconds * 1000)) void this.#refresh();
    this.#poll.look(settings().cacheTickerSeconds * 1000);
    const late = this.#keeper.late(gateway.timestamp(), this.#times.lateMs * clock.speed);
    if (late.length > 0) {
      void this.#keeper.repair(late);
      if (this.#streams.isOpen) this.#streams.restartCarriers(late.map(topicOf), 'most candles did not come');
    }
    this.#rules.look();
    this.#teller.progress();
  }

  #facts(): FeedFacts {
    const ready = this.#universe.filter((symbol) => this.#keeper.isReady(symbol)).length;
    return { ready, total: this.#universe.length, lastEventAt: this.quotes.lastEventAt, drop: this.#streams.drop };
  }

  #countRows(kind: string, rows: number): void {
    for (let index = 0; index < rows; index += 1) this.#options.gateway.count(kind);
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, milliseconds));
}
