// The engine under a historical clock: candles become inputs in the order of time, wishes go to the venue in the same process.
import { createHash } from 'node:crypto';
import type { DecisionView, FunnelView, VirtualSummary } from '../../../src-shared/contract/view.ts';
import { FUNNEL_STEPS } from '../../../src-shared/domain/signal.ts';
import { assertNever } from '../../../src-shared/kernel/result.ts';
import type { CapitalGuardView } from '../../../src-shared/domain/risk.ts';
import { epochMs, money, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { Audit } from '../../core/backtest/audit.ts';
import { closedTradeOf, type ClosedTrade } from '../../core/backtest/closed-trade.ts';
import { EquityRecorder } from '../../core/backtest/equity-recorder.ts';
import { LEG_ENDS_MS, nextLevel, pathOf } from '../../core/backtest/intrabar-path.ts';
import { BAR_MS } from '../../core/backtest/price-history.ts';
import { Engine } from '../../core/engine/engine.ts';
import type { EngineEffect, EngineInput, EngineOutput } from '../../core/engine/messages.ts';
import type { HeldPosition } from '../../core/execution/desk-state.ts';
import type { JournalRecord, MarketPrice } from '../../core/ports.ts';
import { Exchange } from '../../core/venue/exchange.ts';
import { CALM_EXCHANGE, InProcessVenue } from './in-process-venue.ts';
import type { BacktestCounters, BacktestRequest, BacktestResult } from './run-types.ts';
import { SymbolClock } from './symbol-clock.ts';
import { venueAccount, venueEventOf } from './venue-reports.ts';

const FUNDING_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Pulses go on this long after the last event of the venue. */
const SETTLE_MS = 3 * BAR_MS;
const PROGRESS_STEPS = 2000;

type Decisions = Record<DecisionView['outcome'], number>;

export class HistoricalRun {
  readonly #request: BacktestRequest;
  readonly #engine: Engine;
  readonly #exchange: Exchange;
  readonly #venue: InProcessVenue;
  readonly #clocks: readonly SymbolClock[];
  readonly #bySymbol: ReadonlyMap<string, SymbolClock>;
  readonly #audit: Audit;
  readonly #equity: EquityRecorder;
  readonly #hash = createHash('sha256');
  readonly #queue: EngineInput[] = [];
  readonly #trades = new Map<string, ClosedTrade>();
  readonly #decisions: Decisions = { executed: 0, virtual: 0, denied: 0, vetoed: 0 };
  readonly #denials: Record<string, number> = {};
  readonly #stopped = new Float64Array(FUNNEL_STEPS.length);
  #evaluated = 0;
  #signals = 0;
  /** Symbols with a position or an open order at the venue; null when it must be asked again. */
  #exposed: readonly SymbolClock[] | null = null;
  #virtual: VirtualSummary = { open: 0, opened: 0, closed: 0, wins: 0, sumR: 0 };
  #guard: CapitalGuardView | null = null;
  #busyUntil = 0;
  #isDraining = false;
  #virtualOpen = 0;
  #pending: Promise<EngineInput> | null = null;
  #insuranceSeen = 0;
  #records = 0;
  #resumed = 0;
  #liquidations = 0;
  #candles = 0;
  #warmUpCandles = 0;
  #commands = 0;

  constructor(request: BacktestRequest) {
    this.#request = request;
    const instruments = request.histories.map((history) => history.instrument);
    const start = request.from - request.warmUpBars * BAR_MS;
    this.#clocks = request.histories.map((history) => new SymbolClock(history, start));
    this.#bySymbol = new Map(this.#clocks.map((clock) => [clock.symbol, clock]));
    this.#exchange = new Exchange(instruments, request.deposit, epochMs(request.from));
    const { rules } = this.#exchange;
    rules.makerFeeBps = request.costs.makerFeeBps;
    rules.takerFeeBps = request.costs.takerFeeBps;
    rules.bookThickness = request.costs.bookThickness;
    this.#venue = new InProcessVenue(this.#exchange);
    this.#audit = new Audit((symbol) => this.#bySymbol.get(symbol)!.history.instrument, request.deposit);
    this.#equity = new EquityRecorder(request.deposit, request.from);
    this.#engine = new Engine({
      settings: request.settings,
      speed: 1,
      idSeed: 'bt',
      session: {
        mode: 'simulated',
        host: 'node',
        version: 'backtest',
        startedAt: epochMs(request.from),
        speed: 1,
        strategyMode: request.settings.strategyMode,
        automation: 'running',
        phase: 'starting',
        phaseText: 'Backtest.',
      },
    });
  }

  /** Runs to the end, or until the progress handler cancels. Asynchronous only where models are asked. */
  async run(): Promise<BacktestResult> {
    const { from, to, warmUpBars } = this.#request;
    this.#begin();
    for (let time = from - warmUpBars * BAR_MS; time < from; time += BAR_MS) this.#learn(time);
    this.#connect();
    const steps = Math.max(1, (to - from) / BAR_MS);
    let wasCancelled = false;
    let step = 0;
    let at = epochMs(from);
    for (let time = from; time < to && !wasCancelled; time += BAR_MS) {
      this.#open(at);
      if (this.#pending !== null) await this.#answerModels();
      if (this.#exposedNow().length > 0) this.#walk(time);
      at = epochMs(time + BAR_MS);
      this.#close(time, at);
      step += 1;
      if (step % PROGRESS_STEPS === 0) wasCancelled = this.#request.onProgress?.(step / steps) ?? false;
    }
    this.#finish(to);
    return this.#result(wasCancelled);
  }

  // ── the course of a run ──

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
      this.#warmUpCandles += 1;
    }
  }

  #connect(): void {
    const at = epochMs(this.#request.from);
    for (const clock of this.#clocks) this.#feed({ kind: 'market', at, event: { kind: 'symbol-ready', symbol: clock.symbol } });
    const status = {
      state: 'streaming',
      text: 'Historical candles.',
      symbolsReady: this.#clocks.length,
      symbolsTotal: this.#clocks.length,
      lastEventAt: at,
    } as const;
    this.#feed({ kind: 'market', at, event: { kind: 'feed-status', status } });
    this.#feed({ kind: 'account', at, account: venueAccount(this.#exchange) });
    this.#commit(this.#engine.begin(at), at);
    this.#drain();
  }

  /** The first trade of every new candle; funding; then the engine decides on what has closed. */
  #open(at: EpochMs): void {
    const time: number = at;
    const prices: MarketPrice[] = [];
    for (const clock of this.#clocks) {
      if (!clock.opensAt(time)) continue;
      clock.setPrice(clock.history.open[clock.next]!, time);
      prices.push(clock.marketPrice(at));
    }
    for (const clock of this.#exposedNow()) if (clock.priceAt === time) this.#tell(clock, at);
    if (time % FUNDING_MS === 0) this.#payFunding(at);
    this.#resumeAtMidnight(at);
    if (prices.length > 0) this.#feed({ kind: 'market', at, event: { kind: 'prices', prices } });
    if (this.#needsPulse(time)) this.#feed({ kind: 'pulse', at, exchange: CALM_EXCHANGE });
    if (this.#virtualOpen > 0) this.#feed({ kind: 'virtual-tick', at });
    this.#feed({ kind: 'live-tick', at });
  }

  /**
   * While nothing is open and trading is active, a pulse can change nothing between two hours: equity stands still, the day changes on the
   * hour, and the volatility breaker reads hourly candles. After the last change it still runs for a while, so that the books are compared.
   */
  #needsPulse(time: number): boolean {
    return this.#busyUntil >= time || time % HOUR_MS === 0 || this.#exposedNow().length > 0 || this.#guard?.state !== 'active';
  }

  /** Inside the candle only what is exposed at the venue needs the way price takes. */
  #walk(time: number): void {
    for (let leg = 0; leg < LEG_ENDS_MS.length; leg += 1) {
      const exposed = this.#exposedNow();
      if (exposed.length === 0) return;
      const legStart = time + (LEG_ENDS_MS[leg - 1] ?? 0);
      const at = epochMs(time + LEG_ENDS_MS[leg]!);
      const prices: MarketPrice[] = [];
      for (const clock of exposed) {
        if (!clock.opensAt(time)) continue;
        const { open, high, low, close } = clock.history;
        const path = pathOf({ open: open[clock.next]!, high: high[clock.next]!, low: low[clock.next]!, close: close[clock.next]! });
        this.#travel(clock, path[leg]!, { legStart, at });
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
    const span = Math.abs(to - from);
    let position: number = from;
    for (
      let level = nextLevel(this.#waitingLevels(clock.symbol), position, to);
      level !== null;
      level = nextLevel(this.#waitingLevels(clock.symbol), position, to)
    ) {
      position = level;
      clock.price = level as typeof from;
      this.#tell(clock, epochMs(Math.max(legStart + 1, Math.floor(legStart + ((at - legStart) * Math.abs(level - from)) / span))));
    }
    clock.price = to;
    this.#tell(clock, at);
  }

  #close(time: number, at: EpochMs): void {
    for (const clock of this.#clocks) {
      if (!clock.opensAt(time)) continue;
      clock.setPrice(clock.history.close[clock.next]!, at - 1);
      this.#closeBar(clock, at);
      this.#candles += 1;
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
        return;
      case 'waiting':
        return;
      default:
        assertNever(closed);
    }
  }

  /** Everything still open is closed at the last price, so that every result is counted and the books can be compared flat. */
  #finish(to: number): void {
    const at = epochMs(to);
    if (this.#exposedNow().length > 0) {
      for (const clock of this.#exposedNow()) this.#tell(clock, at);
      this.#command(at, { kind: 'flatten-all' });
      this.#feed({ kind: 'pulse', at: epochMs(to + 5000), exchange: CALM_EXCHANGE });
    }
    this.#equity.add(money(this.#exchange.wallet + Math.round(this.#exchange.marginUsdt().unrealised * 1e8)), to - 1);
  }

  #payFunding(at: EpochMs): void {
    for (const clock of this.#clocks) {
      const rate = clock.fundingE8(at, this.#request.costs.fundingRateE8);
      if (this.#exchange.quote(clock.symbol) !== null) this.#exchange.settleFunding(clock.symbol, rate, at);
    }
    this.#deliver(at);
  }

  #resumeAtMidnight(at: EpochMs): void {
    if (at % DAY_MS !== 0 || !this.#request.resumesNextDay || this.#guard?.reason !== 'daily_loss') return;
    this.#resumed += 1;
    this.#command(at, { kind: 'set-trading-state', state: 'active' });
  }

  #command(at: EpochMs, command: Extract<EngineInput, { kind: 'command' }>['command']): void {
    this.#commands += 1;
    this.#feed({ kind: 'command', at, id: this.#commands, who: 'backtest', command });
  }

  async #answerModels(): Promise<void> {
    while (this.#pending !== null) {
      const input = await this.#pending;
      this.#pending = null;
      this.#feed(input);
    }
  }

  // ── between the engine and the venue ──

  #tell(clock: SymbolClock, at: EpochMs): void {
    this.#exchange.onPrice(clock.symbol, clock.quote(), at);
    this.#deliver(at);
  }

  /** What the venue has to say becomes input of the engine; the audit reads along. */
  #deliver(at: EpochMs): void {
    const events = this.#exchange.drainEvents();
    if (events.length === 0) return;
    this.#exposed = null;
    this.#busyUntil = at + SETTLE_MS;
    for (const event of events) {
      if (event.kind === 'order' && event.trade !== null) {
        const { symbol, side, positionSide, fee, price, lots, realised } = event.trade;
        this.#audit.addFill({ symbol, side, positionSide, fee, price, lots, realisedPnl: realised });
        if (event.order.forcedBy === 'LIQUIDATION') this.#liquidations += 1;
      }
      if (event.kind === 'account' && event.reason === 'FUNDING_FEE') this.#audit.addFunding(event.change);
      const translated = venueEventOf(this.#exchange, event);
      if (translated !== null) this.#queue.push({ kind: 'venue', at, event: translated });
    }
    for (const line of this.#exchange.income.slice(-events.length * 4)) {
      if (line.id <= this.#insuranceSeen) continue;
      this.#insuranceSeen = line.id;
      if (line.type === 'INSURANCE_CLEAR') this.#audit.addInsurance(line.amount);
    }
    this.#drain();
  }

  /** Only called while nothing is being processed. */
  #feed(input: EngineInput): void {
    this.#isDraining = true;
    this.#commit(this.#engine.process(input), input.at);
    this.#isDraining = false;
    if (this.#queue.length > 0) this.#drain();
  }

  #drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let input = this.#queue.shift(); input !== undefined; input = this.#queue.shift()) this.#commit(this.#engine.process(input), input.at);
    this.#isDraining = false;
  }

  #commit(output: EngineOutput, at: EpochMs): void {
    for (const record of output.records) this.#take(record);
    for (const event of output.events) {
      if (event.kind === 'account') this.#equity.add(event.account.equity, at);
      else if (event.kind === 'guard') this.#guard = event.guard;
      else if (event.kind === 'decision') this.#countDecision(event.decision);
      else if (event.kind === 'virtual') this.#virtual = event.virtual;
      else if (event.kind === 'analysis') {
        this.#countFunnel(event.funnel);
        this.#request.onAnalysis?.(event.analysis, at);
      }
    }
    for (const effect of output.effects) this.#carryOut(effect, at);
  }

  #take(record: JournalRecord): void {
    this.#records += 1;
    this.#hash.update(JSON.stringify(record));
    this.#request.onRecord?.(record);
    if (record.kind === 'virtual-opened') this.#virtualOpen += 1;
    if (record.kind === 'virtual-closed') this.#virtualOpen -= 1;
    if (record.kind !== 'position') return;
    const { position, openedLots } = record.data as HeldPosition;
    if (position.phase !== 'closed') return;
    const trade = closedTradeOf(position, openedLots, this.#bySymbol.get(position.symbol)!.history.instrument);
    if (trade !== null) this.#trades.set(trade.id, trade);
  }

  #countDecision({ outcome, code }: DecisionView): void {
    this.#decisions[outcome] += 1;
    if (outcome === 'denied' && code !== null) this.#denials[code] = (this.#denials[code] ?? 0) + 1;
  }

  #countFunnel(funnel: FunnelView): void {
    for (let index = 0; index < FUNNEL_STEPS.length; index += 1) this.#stopped[index]! += funnel.stopped[FUNNEL_STEPS[index]!];
    this.#evaluated += funnel.evaluated;
    this.#signals += funnel.signals;
  }

  #carryOut(effect: EngineEffect, at: EpochMs): void {
    switch (effect.kind) {
      case 'submit': {
        this.#hash.update(JSON.stringify(effect.intent));
        this.#showPrice(effect.intent.symbol, at);
        const result = this.#venue.submit(effect.intent, at);
        this.#queue.push({ kind: 'submitted', at, clientOrderId: effect.intent.clientOrderId, result });
        return this.#deliver(at);
      }
      case 'cancel':
        this.#queue.push({ kind: 'canceled', at, clientOrderId: effect.clientOrderId, result: this.#venue.cancel(effect, at) });
        return this.#deliver(at);
      case 'query':
        this.#queue.push({ kind: 'queried', at, clientOrderId: effect.clientOrderId, result: this.#venue.query(effect) });
        return;
      case 'prepare-symbol':
        this.#showPrice(effect.symbol, at);
        this.#queue.push({ kind: 'prepared', at, positionId: effect.positionId, result: this.#venue.prepareSymbol(effect, at) });
        return this.#deliver(at);
      case 'reconcile':
        this.#queue.push({ kind: 'reconciled', at, result: { ok: true, value: this.#venue.fetchState(effect, at) } });
        return;
      case 'predict':
        this.#askModels(effect.batch, at);
        return;
      case 'require-symbols':
      case 'save-settings':
      case 'notify':
      case 'answer-command':
        return;
      default:
        assertNever(effect);
    }
  }

  #askModels(batch: Extract<EngineEffect, { kind: 'predict' }>['batch'], at: EpochMs): void {
    const { cycle } = batch;
    const { predictor } = this.#request;
    if (predictor !== null) {
      this.#pending = predictor.predict(batch).then((result) => ({ kind: 'prediction', at, cycle, result }));
      return;
    }
    const error = { code: 'no_model', uiMessage: 'No model is loaded; ICT rules decide alone.' } as const;
    this.#queue.push({ kind: 'prediction', at, cycle, result: { ok: false, error } });
  }

  /** The venue sees prices only where they matter; before an order it sees the present one. */
  #showPrice(symbol: string, at: EpochMs): void {
    const clock = this.#bySymbol.get(symbol);
    if (clock !== undefined && clock.price > 0 && this.#exchange.quote(symbol)?.last !== clock.price) this.#exchange.onPrice(symbol, clock.quote(), at);
  }

  #exposedNow(): readonly SymbolClock[] {
    this.#exposed ??= [...this.#exchange.symbolsAtRisk()].flatMap((symbol) => this.#bySymbol.get(symbol) ?? []);
    return this.#exposed;
  }

  /** Prices at which something of the symbol waits: triggers, limits, liquidation. */
  *#waitingLevels(symbol: string): Generator<number> {
    for (const algo of this.#exchange.openAlgos(symbol)) yield algo.trigger;
    for (const order of this.#exchange.openOrders(symbol)) if (order.price !== null) yield order.price;
    const { instrument } = this.#bySymbol.get(symbol)!.history;
    for (const holding of this.#exchange.holdings()) {
      if (holding.symbol !== symbol) continue;
      const level = this.#exchange.liquidationPriceOf(holding);
      if (level !== null) yield Math.round((level * 10 ** instrument.priceScale) / instrument.tickUnits);
    }
  }

  #result(wasCancelled: boolean): BacktestResult {
    const trades = [...this.#trades.values()].toSorted((a, b) => a.closedAt - b.closedAt || (a.id < b.id ? -1 : 1));
    const { opened, closed, wins, sumR } = this.#virtual;
    const counters: BacktestCounters = {
      candles: this.#candles,
      warmUpCandles: this.#warmUpCandles,
      decisions: this.#decisions,
      denials: this.#denials,
      virtual: { opened, closed, wins, sumR },
      funnel: { evaluated: this.#evaluated, signals: this.#signals, ...Object.fromEntries(FUNNEL_STEPS.map((step, index) => [step, this.#stopped[index]!])) },
      records: this.#records,
      resumed: this.#resumed,
      liquidations: this.#liquidations,
    };
    return {
      from: this.#request.from,
      to: this.#request.to,
      deposit: this.#request.deposit,
      wallet: this.#exchange.wallet,
      trades,
      equity: this.#equity.curve(),
      audit: this.#audit.compare(this.#exchange.wallet, this.#exchange.holdings()),
      tradeTotals: {
        beforeFunding: money(trades.reduce((sum, trade) => sum + trade.realised - trade.fees, 0)),
        funding: money(trades.reduce((sum, trade) => sum + trade.funding, 0)),
      },
      counters,
      hash: this.#hash.digest('hex'),
      wasCancelled,
      endState: this.#guard === null ? 'unknown' : `${this.#guard.state} (${this.#guard.reason})`,
    };
  }
}
