// The engine under a historical clock: candles become inputs in the order of time, wishes go to the venue in the same process.
import { assertNever } from '../../../src-shared/kernel/result.ts';
import { epochMs, moneyFromUsdt, addMoney, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { LEG_ENDS_MS, nextLevel, pathOf } from './intrabar-path.ts';
import { BAR_MS } from './price-history.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineInput } from '../engine/messages.ts';
import { isOnGrid } from '../market/grid.ts';
import type { MarketPrice } from '../ports.ts';
import { Exchange } from '../venue/exchange.ts';
import { EffectRunner } from './effect-runner.ts';
import { CALM_EXCHANGE } from './in-process-venue.ts';
import { RunBooks } from './run-books.ts';
import type { BacktestRequest, BacktestResult, RunPrint, WarmUpPages } from './run-types.ts';
import { SymbolClock } from './symbol-clock.ts';
import { venueAccount } from './venue-reports.ts';
import { waitingLevels } from './waiting-levels.ts';

const FUNDING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const PROGRESS_STEPS = 2000;
const VIRTUAL_TICKS_AFTER = 3;
/** From the last price of a closed candle, which is one millisecond old when the next one should open. */
const HOLE_MS = HOUR_MS + 1;

export class HistoricalRun {
  readonly #request: BacktestRequest;
  readonly #engine: Engine;
  readonly #exchange: Exchange;
  readonly #clocks: readonly SymbolClock[];
  readonly #books: RunBooks;
  readonly #runner: EffectRunner;
  #commands = 0;
  #virtualTicksLeft = 0;
  #virtualChangesSeen = 0;

  constructor(request: BacktestRequest, print: RunPrint) {
    this.#request = request;
    const start = request.from - request.warmUpBars * BAR_MS;
    this.#clocks = request.histories.map((history) => new SymbolClock(history, start));
    const instruments = request.histories.map((history) => history.instrument);
    this.#exchange = new Exchange(instruments, request.deposit, epochMs(request.from));
    const { rules } = this.#exchange;
    rules.makerFeeBps = request.costs.makerFeeBps;
    rules.takerFeeBps = request.costs.takerFeeBps;
    rules.bookThickness = request.costs.bookThickness;
    this.#engine = createEngine(request);
    this.#books = new RunBooks(request, { exchange: this.#exchange, print });
    this.#runner = new EffectRunner({
      engine: this.#engine,
      exchange: this.#exchange,
      books: this.#books,
      clocks: new Map(this.#clocks.map((clock) => [clock.symbol, clock])),
      predictor: request.predictor,
    });
  }

  /** Runs to the end, or until the progress handler cancels. Asynchronous only where models are asked. */
  async run(): Promise<BacktestResult> {
    const { from, to, warmUpBars } = this.#request;
    this.#begin();
    const pages = this.#request.warmUpPages ?? null;
    if (pages === null) for (let time = from - warmUpBars * BAR_MS; time < from; time += BAR_MS) this.#learn(time);
    else this.#learnPages(pages);
    this.#connect();
    const steps = Math.max(1, (to - from) / BAR_MS);
    let wasCancelled = false;
    let step = 0;
    let at = epochMs(from);
    for (let time = from; time < to && !wasCancelled; time += BAR_MS) {
      this.#open(at);
      if (this.#runner.isWaiting) await this.#runner.answerModels();
      if (this.#runner.exposed().length > 0) this.#walk(time);
      at = epochMs(time + BAR_MS);
      this.#close(time, at);
      step += 1;
      if (step % PROGRESS_STEPS === 0) wasCancelled = this.#request.onProgress?.(step / steps) ?? false;
    }
    this.#finish(at);
    return this.#books.result(wasCancelled);
  }

  #begin(): void {
    const at = epochMs(this.#request.from - this.#request.warmUpBars * BAR_MS);
    const instruments = this.#clocks.map((clock) => clock.history.instrument);
    this.#feed({ kind: 'market', at, event: { kind: 'instruments', instruments, universe: this.#clocks.map((clock) => clock.symbol) } });
  }

  /** Warm-up: closed candles only. */
  #learn(time: number): void {
    const at = epochMs(time + BAR_MS);
    for (const clock of this.#clocks) {
      if (!clock.opensAt(time)) continue;
      this.#closeBar(clock, at);
      this.#books.warmUpCandles += 1;
    }
  }

  /** Warm-up as the terminal does it when it connects: one page of each timeframe. */
  #learnPages(pages: ReadonlyMap<string, WarmUpPages>): void {
    const at = epochMs(this.#request.from);
    for (const clock of this.#clocks) {
      while (clock.history.openTime[clock.next]! < this.#request.from) {
        clock.close();
        this.#books.warmUpCandles += 1;
      }
      for (const timeframe of ['1h', '15m', '5m'] as const) {
        const candles = pages.get(clock.symbol)?.[timeframe] ?? [];
        this.#feed({ kind: 'market', at, event: { kind: 'history', symbol: clock.symbol, timeframe, candles } });
      }
    }
  }

  #connect(): void {
    const at = epochMs(this.#request.from);
    const count = this.#clocks.length;
    for (const clock of this.#clocks) this.#feed({ kind: 'market', at, event: { kind: 'symbol-ready', symbol: clock.symbol } });
    const status = { state: 'streaming', text: 'Historical candles.', symbolsReady: count, symbolsTotal: count, lastEventAt: at } as const;
    this.#feed({ kind: 'market', at, event: { kind: 'feed-status', status } });
    this.#feed({ kind: 'account', at, account: venueAccount(this.#exchange) });
    this.#runner.commit(this.#engine.begin(at), at);
    this.#runner.drain();
  }

  /** The first trade of every new candle; funding; then the engine decides on what has closed. */
  #open(at: EpochMs): void {
    const time: number = at;
    const prices = this.#openPrices(at);
    for (const clock of this.#runner.exposed()) if (clock.priceAt === time) this.#runner.tell(clock, at);
    if (isOnGrid(time, FUNDING_MS)) this.#payFunding(at);
    this.#leaveHoles(at);
    this.#resumeAtMidnight(at);
    if (prices.length > 0) this.#feed({ kind: 'market', at, event: { kind: 'prices', prices } });
    if (this.#needsPulse(time)) this.#feed({ kind: 'pulse', at, exchange: CALM_EXCHANGE });
    if (this.#needsVirtualTick()) this.#feed({ kind: 'virtual-tick', at });
    const { delayMs } = this.#request.costs;
    if (delayMs > 0) this.#wait(at, delayMs);
    this.#feed({ kind: 'live-tick', at: epochMs(at + delayMs) });
  }

  /** The first price of every candle that opens now. */
  #openPrices(at: EpochMs): readonly MarketPrice[] {
    let prices: MarketPrice[] | null = null;
    for (const clock of this.#clocks) {
      if (!clock.opensAt(at)) continue;
      clock.setPrice(clock.history.open[clock.next]!, at);
      const price = clock.marketPrice(at);
      if (prices === null) prices = [price];
      else prices.push(price);
    }
    return prices ?? [];
  }

  /** Price goes its way along the first leg before the engine decides. */
  #wait(at: EpochMs, delayMs: number): void {
    const then = epochMs(at + delayMs);
    const prices: MarketPrice[] = [];
    const exposed = this.#runner.exposed();
    for (const clock of this.#clocks) {
      if (!clock.opensAt(at)) continue;
      const target = clock.history.open[clock.next]! + (this.#pathOf(clock)[0] - clock.history.open[clock.next]!) * (delayMs / LEG_ENDS_MS[0]);
      if (exposed.includes(clock)) this.#travel(clock, target, { legStart: at, at: then });
      else clock.setPrice(target, then);
      prices.push(clock.marketPrice(then));
    }
    if (prices.length > 0) this.#feed({ kind: 'market', at: then, event: { kind: 'prices', prices } });
  }

  #pathOf({ history, next }: SymbolClock): readonly [number, number, number] {
    return pathOf({ open: history.open[next]!, high: history.high[next]!, low: history.low[next]!, close: history.close[next]! });
  }

  /**
   * While nothing is open and trading is active, a pulse can change nothing between two hours: equity stands still, the day changes on the
   * hour, and the volatility breaker reads hourly candles. After the last change it still runs for a while, so that the books are compared.
   */
  #needsPulse(time: number): boolean {
    if (this.#request.pulsesAlways === true || this.#runner.busyUntil >= time || isOnGrid(time, HOUR_MS)) return true;
    return this.#runner.exposed().length > 0 || this.#books.guard?.state !== 'active';
  }

  /**
   * Virtual positions and the twins of real ones are followed while there are any, and a little longer: what ended is told at the next tick,
   * also what began and ended within one candle.
   */
  #needsVirtualTick(): boolean {
    const { virtualOpen, virtualChanges } = this.#books;
    const isFollowed = virtualOpen > 0 || virtualChanges !== this.#virtualChangesSeen || this.#runner.exposed().length > 0;
    this.#virtualChangesSeen = virtualChanges;
    if (isFollowed) this.#virtualTicksLeft = VIRTUAL_TICKS_AFTER;
    else this.#virtualTicksLeft -= 1;
    return this.#virtualTicksLeft > 0 || this.#request.pulsesAlways === true;
  }

  /** Inside the candle only what is exposed at the venue needs the way price takes. */
  #walk(time: number): void {
    for (let leg = 0; leg < LEG_ENDS_MS.length; leg += 1) {
      const exposed = this.#runner.exposed();
      const legStart = time + (LEG_ENDS_MS[leg - 1] ?? this.#request.costs.delayMs);
      const at = epochMs(time + LEG_ENDS_MS[leg]!);
      const prices: MarketPrice[] = [];
      for (const clock of exposed) {
        if (!clock.opensAt(time)) continue;
        this.#travel(clock, this.#pathOf(clock)[leg]!, { legStart, at });
        prices.push(clock.marketPrice(at));
      }
      if (prices.length === 0) return;
      this.#feed({ kind: 'market', at, event: { kind: 'prices', prices } });
      this.#feed({ kind: 'pulse', at, exchange: CALM_EXCHANGE });
    }
  }

  /** From the present price to `target`, stopping at every price at which something waits at the venue. */
  #travel(clock: SymbolClock, target: number, { legStart, at }: { readonly legStart: number; readonly at: EpochMs }): void {
    const from = clock.price;
    clock.setPrice(target, at);
    const to = clock.price;
    const next = (position: number): number | null => nextLevel(waitingLevels(this.#exchange, clock), position, to);
    for (let level = next(from); level !== null; level = next(level)) {
      clock.price = level as typeof from;
      const share = Math.abs(level - from) / Math.abs(to - from);
      this.#runner.tell(clock, epochMs(Math.max(legStart + 1, Math.floor(legStart + (at - legStart) * share))));
    }
    clock.price = to;
    this.#runner.tell(clock, at);
  }

  #close(time: number, at: EpochMs): void {
    for (const clock of this.#clocks) {
      if (!clock.opensAt(time)) continue;
      clock.setPrice(clock.history.close[clock.next]!, at - 1);
      this.#closeBar(clock, at);
      this.#books.candles += 1;
    }
  }

  #closeBar(clock: SymbolClock, at: EpochMs): void {
    const { symbol } = clock;
    const closed = clock.close();
    switch (closed.kind) {
      case 'candle':
        this.#feed({ kind: 'market', at, event: { kind: 'candle-closed', symbol, timeframe: '5m', candle: closed.candle } });
        return;
      case 'restart':
        for (const timeframe of ['5m', '15m', '1h'] as const)
          this.#feed({ kind: 'market', at, event: { kind: 'history', symbol, timeframe, candles: closed.history[timeframe] } });
        // A hole took the symbol out of trading, as in a feed that repairs it.
        if (at > this.#request.from) this.#feed({ kind: 'market', at, event: { kind: 'symbol-ready', symbol } });
        return;
      case 'waiting':
        return;
      default:
        assertNever(closed);
    }
  }

  /** Everything still open is closed at the last price, so that every result is counted and the books can be compared flat. */
  #finish(at: EpochMs): void {
    if (this.#runner.exposed().length > 0) {
      for (const clock of this.#runner.exposed()) this.#runner.tell(clock, at);
      this.#command(at, { kind: 'flatten-all' });
      this.#feed({ kind: 'pulse', at: epochMs(at + 5000), exchange: CALM_EXCHANGE });
    }
    this.#books.addEquity(addMoney(this.#exchange.wallet, moneyFromUsdt(this.#exchange.marginUsdt().unrealised)), at - 1);
  }

  #payFunding(at: EpochMs): void {
    for (const clock of this.#clocks) {
      const rate = clock.fundingE8(at, this.#request.costs.fundingRateE8);
      if (clock.opensAt(at) && this.#exchange.quote(clock.symbol) !== null) this.#exchange.settleFunding(clock.symbol, rate, at);
    }
    this.#runner.deliver(at);
  }

  /** A position cannot be followed through a hole in the data: after an hour without a candle it is closed at the last price. */
  #leaveHoles(at: EpochMs): void {
    for (const clock of this.#runner.exposed()) if (at - clock.priceAt === HOLE_MS) this.#command(at, { kind: 'flatten-symbol', symbol: clock.symbol });
  }

  #resumeAtMidnight(at: EpochMs): void {
    if (!isOnGrid(at, DAY_MS) || !this.#request.resumesNextDay || this.#books.guard?.reason !== 'daily_loss') return;
    this.#books.resumed += 1;
    this.#command(at, { kind: 'set-trading-state', state: 'active' });
  }

  #command(at: EpochMs, command: Extract<EngineInput, { kind: 'command' }>['command']): void {
    this.#commands += 1;
    this.#feed({ kind: 'command', at, id: this.#commands, who: 'backtest', command });
  }

  #feed(input: EngineInput): void {
    this.#runner.feed(input);
  }
}

function createEngine({ settings, from, onAnalysis }: BacktestRequest): Engine {
  return new Engine({
    settings,
    speed: 1,
    idSeed: 'bt',
    isWatched: onAnalysis !== undefined,
    session: {
      mode: 'simulated',
      host: 'node',
      version: 'backtest',
      startedAt: epochMs(from),
      speed: 1,
      strategyMode: settings.strategyMode,
      automation: 'running',
      phase: 'starting',
      phaseText: 'Backtest.',
    },
  });
}
