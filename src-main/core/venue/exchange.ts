// One futures account at the venue: takes orders, matches them against the synthetic book, keeps positions, margin and the ledger.
import { notional, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderSide, PositionSide } from '../../../src-shared/domain/order.ts';
import { err, invariant, ok, type Result } from '../../../src-shared/kernel/result.ts';
import {
  addMoney,
  epochMs,
  lots,
  money,
  moneyToUsdt,
  negateMoney,
  subtractMoney,
  ZERO_MONEY,
  type EpochMs,
  type Lots,
  type Money,
  type Ticks,
} from '../../../src-shared/kernel/units.ts';
import { AlgoBook } from './algo-book.ts';
import { quoteAround, takerLevels } from './depth.ts';
import { fault } from './faults.ts';
import { checkFilters, CLIENT_ID_PATTERN, MAXIMUM_OPEN_ORDERS } from './filters.ts';
import { Ledger, scaleMoneyDown, scaleMoneyUp, type LedgerState } from './ledger.ts';
import { maintenanceUsdt, maximumLeverage, notionalCapAt, notionalUsdt, unrealisedUsdt } from './margin.ts';
import type { AccountEvent, AlgoOrder, AlgoRequest, Income, OrderRequest, Trade, VenueFault, VenueHolding, VenueOrder } from './types.ts';

const MAKER_FEE_BPS = 2;
const TAKER_FEE_BPS = 5;
const BPS = 10_000;
const ENDED_KEPT = 5000;
const TRADES_KEPT = 10_000;
const DEFAULT_LEVERAGE = 20;

export interface MarketQuote {
  readonly last: Ticks;
  readonly mark: Ticks;
  readonly quoteVolume24h: number;
}

export interface ExchangeState {
  readonly ledger: LedgerState;
  readonly hedgeMode: boolean;
  readonly nextOrderId: number;
  readonly nextTradeId: number;
  readonly orders: readonly VenueOrder[];
  readonly algos: readonly AlgoOrder[];
  readonly trades: readonly Trade[];
  readonly holdings: readonly VenueHolding[];
  readonly leverage: readonly (readonly [string, number])[];
  readonly isolated: readonly string[];
  readonly quotes: readonly (readonly [string, MarketQuote])[];
}

type OrderOrigin = { readonly originalType: string; readonly isForced: boolean };

export class Exchange {
  readonly #instruments = new Map<string, Instrument>();
  readonly #quotes = new Map<string, MarketQuote>();
  readonly #ledger = new Ledger();
  readonly #open = new Map<number, VenueOrder>();
  #ended: VenueOrder[] = [];
  #trades: Trade[] = [];
  readonly #holdings = new Map<string, VenueHolding>();
  readonly #leverage = new Map<string, number>();
  readonly #isolated = new Set<string>();
  readonly #algos = new AlgoBook();
  #events: AccountEvent[] = [];
  #hedgeMode = false;
  #nextOrderId = 1_000_001;
  #nextTradeId = 5_000_001;

  constructor(instruments: readonly Instrument[], deposit: Money, time: EpochMs) {
    for (const instrument of instruments) this.#instruments.set(instrument.symbol, instrument);
    this.#ledger.post({ type: 'TRANSFER', symbol: '', amount: deposit, time, tradeId: null });
  }

  // ── reading ──

  get wallet(): Money {
    return this.#ledger.wallet;
  }
  get income(): readonly Income[] {
    return this.#ledger.lines;
  }
  get hedgeMode(): boolean {
    return this.#hedgeMode;
  }
  get trades(): readonly Trade[] {
    return this.#trades;
  }

  instrument(symbol: string): Instrument | null {
    return this.#instruments.get(symbol) ?? null;
  }
  quote(symbol: string): MarketQuote | null {
    return this.#quotes.get(symbol) ?? null;
  }
  leverageOf(symbol: string): number {
    return this.#leverage.get(symbol) ?? DEFAULT_LEVERAGE;
  }
  isIsolated(symbol: string): boolean {
    return this.#isolated.has(symbol);
  }
  holdings(): readonly VenueHolding[] {
    return [...this.#holdings.values()].filter((holding) => holding.lots !== 0);
  }
  openOrders(symbol: string | null): readonly VenueOrder[] {
    return [...this.#open.values()].filter((order) => symbol === null || order.symbol === symbol);
  }
  openAlgos(symbol: string | null): readonly AlgoOrder[] {
    return this.#algos.open(symbol);
  }
  allAlgos(symbol: string): readonly AlgoOrder[] {
    return this.#algos.all(symbol);
  }
  allOrders(symbol: string): readonly VenueOrder[] {
    return [...this.#ended, ...this.#open.values()].filter((order) => order.symbol === symbol).toSorted((a, b) => a.orderId - b.orderId);
  }
  findOrder(symbol: string, wanted: { readonly orderId: number | null; readonly clientOrderId: string | null }): VenueOrder | null {
    return (
      this.allOrders(symbol).findLast((order) => (wanted.orderId === null ? order.clientOrderId === wanted.clientOrderId : order.orderId === wanted.orderId)) ??
      null
    );
  }
  findAlgo(wanted: { readonly algoId: number | null; readonly clientAlgoId: string | null }): AlgoOrder | null {
    return this.#algos.find(wanted);
  }

  /** Floating sums for margin and display, USDT. */
  marginUsdt(): {
    readonly unrealised: number;
    readonly positionInitial: number;
    readonly orderInitial: number;
    readonly maintenance: number;
    readonly available: number;
  } {
    let unrealised = 0;
    let positionInitial = 0;
    let maintenance = 0;
    for (const holding of this.holdings()) {
      const instrument = this.#mustInstrument(holding.symbol);
      const mark = this.#mustQuote(holding.symbol).mark;
      const value = notionalUsdt(instrument, holding.lots, mark);
      unrealised += unrealisedUsdt(instrument, holding, mark);
      positionInitial += value / this.leverageOf(holding.symbol);
      maintenance += maintenanceUsdt(instrument, value);
    }
    let orderInitial = 0;
    for (const order of this.#open.values()) {
      if (order.reduceOnly || order.price === null) continue;
      orderInitial += notionalUsdt(this.#mustInstrument(order.symbol), order.lots - order.filled, order.price) / this.leverageOf(order.symbol);
    }
    const available = Math.max(0, moneyToUsdt(this.wallet) + Math.min(0, unrealised) - positionInitial - orderInitial);
    return { unrealised, positionInitial, orderInitial, maintenance, available };
  }

  // ── settings of the account ──

  setLeverage(symbol: string, leverage: number, time: EpochMs): VenueFault | null {
    const instrument = this.#mustInstrument(symbol);
    if (!Number.isInteger(leverage) || leverage < 1 || leverage > maximumLeverage(instrument)) return fault(-4028);
    const holding = this.#holdingsOf(symbol).find((entry) => entry.lots !== 0);
    if (holding !== undefined && this.isIsolated(symbol) && leverage < this.leverageOf(symbol)) return fault(-4161);
    this.#leverage.set(symbol, leverage);
    this.#events.push({ kind: 'config', time, symbol, leverage });
    return null;
  }

  setIsolated(symbol: string, isolated: boolean): VenueFault | null {
    if (this.isIsolated(symbol) === isolated) return fault(-4046);
    if (this.openOrders(symbol).length > 0 || this.openAlgos(symbol).length > 0) return fault(-4047);
    if (this.#holdingsOf(symbol).some((holding) => holding.lots !== 0)) return fault(-4048);
    if (isolated) this.#isolated.add(symbol);
    else this.#isolated.delete(symbol);
    return null;
  }

  setHedgeMode(hedge: boolean): VenueFault | null {
    if (this.#hedgeMode === hedge) return fault(-4059);
    if (this.#open.size > 0 || this.#algos.open(null).length > 0) return fault(-4067);
    if (this.holdings().length > 0) return fault(-4068);
    this.#hedgeMode = hedge;
    return null;
  }

  // ── orders ──

  place(request: OrderRequest, time: EpochMs): Result<VenueOrder, VenueFault> {
    return this.#place(request, { originalType: request.type, isForced: false }, time);
  }

  cancel(symbol: string, wanted: { readonly orderId: number | null; readonly clientOrderId: string | null }, time: EpochMs): Result<VenueOrder, VenueFault> {
    const order = this.openOrders(symbol).find((entry) =>
      wanted.orderId === null ? entry.clientOrderId === wanted.clientOrderId : entry.orderId === wanted.orderId,
    );
    if (order === undefined) return err(fault(-2011));
    this.#end(order, 'CANCELED', time);
    return ok({ ...order });
  }

  placeAlgo(request: AlgoRequest, time: EpochMs): Result<AlgoOrder, VenueFault> {
    const instrument = this.instrument(request.symbol);
    const quote = this.quote(request.symbol);
    if (instrument === null || quote === null) return err(fault(-1121));
    const sideFault = this.#checkSide(request.positionSide, request.reduceOnly);
    if (sideFault !== null) return err(sideFault);
    if (!request.closePosition) {
      const filterFault = checkFilters(instrument, {
        isMarket: request.price === null,
        side: request.side,
        lots: request.lots,
        price: null,
        mark: quote.mark,
        reduceOnly: request.reduceOnly || this.#hedgeMode,
      });
      if (filterFault !== null) return err(filterFault);
    }
    const isFlat = this.#closable(request.symbol, request.side, request.positionSide) === 0;
    return this.#algos.place(request, { isFlat, price: request.workingType === 'MARK_PRICE' ? quote.mark : quote.last, time, events: this.#events });
  }

  cancelAlgo(wanted: { readonly algoId: number | null; readonly clientAlgoId: string | null }, time: EpochMs): Result<AlgoOrder, VenueFault> {
    return this.#algos.cancel(wanted, time, this.#events);
  }

  /** Everything the user stream has to say since the last call. */
  drainEvents(): readonly AccountEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  // ── the market moves ──

  /** One price of the path. Visits resting orders, conditional orders and liquidation. */
  onPrice(symbol: string, quote: MarketQuote, time: EpochMs): void {
    this.#quotes.set(symbol, quote);
    for (const order of [...this.#open.values()]) {
      if (order.symbol !== symbol || order.price === null) continue;
      const isThrough = order.side === 'BUY' ? quote.last < order.price : quote.last > order.price;
      if (isThrough) this.#fillResting(order, time);
    }
    for (const algo of this.#algos.triggered(symbol, quote)) this.#trigger(algo, time);
    this.#liquidateIfNeeded(symbol, time);
  }

  /** Pays or receives funding: notional at mark × rate, longs pay when the rate is positive. */
  settleFunding(symbol: string, rateE8: number, time: EpochMs): void {
    const changed: VenueHolding[] = [];
    let total = ZERO_MONEY;
    for (const holding of this.#holdingsOf(symbol)) {
      if (holding.lots === 0) continue;
      const value = notional(this.#mustInstrument(symbol), this.#mustQuote(symbol).mark, lots(Math.abs(holding.lots)));
      const amount = scaleMoneyDown(money(holding.lots > 0 ? -value : value), rateE8, 1e8);
      this.#ledger.post({ type: 'FUNDING_FEE', symbol, amount, time, tradeId: null });
      total = addMoney(total, amount);
      changed.push({ ...holding });
    }
    if (changed.length > 0) this.#events.push({ kind: 'account', time, reason: 'FUNDING_FEE', change: total, holdings: changed });
  }

  symbolsAtRisk(): ReadonlySet<string> {
    return new Set([
      ...[...this.#open.values()].map((order) => order.symbol),
      ...this.#algos.open(null).map((algo) => algo.symbol),
      ...this.holdings().map((holding) => holding.symbol),
    ]);
  }

  state(): ExchangeState {
    return {
      ledger: this.#ledger.state(),
      hedgeMode: this.#hedgeMode,
      nextOrderId: this.#nextOrderId,
      nextTradeId: this.#nextTradeId,
      orders: [...this.#ended, ...this.#open.values()],
      algos: this.#algos.state(),
      trades: this.#trades,
      holdings: [...this.#holdings.values()],
      leverage: [...this.#leverage],
      isolated: [...this.#isolated],
      quotes: [...this.#quotes],
    };
  }

  restore(state: ExchangeState): void {
    this.#ledger.restore(state.ledger);
    this.#hedgeMode = state.hedgeMode;
    this.#nextOrderId = state.nextOrderId;
    this.#nextTradeId = state.nextTradeId;
    for (const order of state.orders) {
      if (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED') this.#open.set(order.orderId, { ...order });
      else this.#ended.push({ ...order });
    }
    this.#algos.restore(state.algos);
    this.#trades = [...state.trades];
    for (const holding of state.holdings) this.#holdings.set(`${holding.symbol} ${holding.positionSide}`, { ...holding });
    for (const [symbol, leverage] of state.leverage) this.#leverage.set(symbol, leverage);
    for (const symbol of state.isolated) this.#isolated.add(symbol);
    for (const [symbol, quote] of state.quotes) if (!this.#quotes.has(symbol)) this.#quotes.set(symbol, quote);
  }

  // ── inside ──

  #mustInstrument(symbol: string): Instrument {
    const instrument = this.#instruments.get(symbol);
    invariant(instrument !== undefined, `unknown symbol ${symbol}`);
    return instrument;
  }
  #mustQuote(symbol: string): MarketQuote {
    const quote = this.#quotes.get(symbol);
    invariant(quote !== undefined, `no price of ${symbol} yet`);
    return quote;
  }
  #holdingsOf(symbol: string): readonly VenueHolding[] {
    return [...this.#holdings.values()].filter((holding) => holding.symbol === symbol);
  }
  #holding(symbol: string, positionSide: PositionSide, time: EpochMs): VenueHolding {
    const key = `${symbol} ${positionSide}`;
    const existing = this.#holdings.get(key);
    if (existing !== undefined) return existing;
    const created: VenueHolding = {
      symbol,
      positionSide,
      lots: 0,
      entryNotional: ZERO_MONEY,
      isolatedMargin: ZERO_MONEY,
      realised: ZERO_MONEY,
      updateTime: time,
    };
    this.#holdings.set(key, created);
    return created;
  }

  #checkSide(positionSide: PositionSide, reduceOnly: boolean): VenueFault | null {
    if (this.#hedgeMode !== (positionSide !== 'BOTH')) return fault(-4061);
    return this.#hedgeMode && reduceOnly ? fault(-1102) : null;
  }

  /** Lots an order of this side could close. */
  #closable(symbol: string, side: OrderSide, positionSide: PositionSide): number {
    const held = this.#holdings.get(`${symbol} ${positionSide}`)?.lots ?? 0;
    return side === 'SELL' ? Math.max(0, held) : Math.max(0, -held);
  }

  #place(request: OrderRequest, origin: OrderOrigin, time: EpochMs): Result<VenueOrder, VenueFault> {
    const instrument = this.instrument(request.symbol);
    const quote = this.quote(request.symbol);
    if (instrument === null || quote === null) return err(fault(-1121));
    const closable = this.#closable(request.symbol, request.side, request.positionSide);
    const reduces = request.reduceOnly || (this.#hedgeMode && request.side === (request.positionSide === 'LONG' ? 'SELL' : 'BUY'));
    const refusal = origin.isForced ? null : this.#refuse(request, { instrument, quote, closable, reduces });
    if (refusal !== null) return err(refusal);
    const amount = reduces ? lots(Math.min(request.lots, closable)) : request.lots;
    const order: VenueOrder = {
      ...request,
      lots: amount,
      orderId: this.#nextOrderId++,
      time,
      originalType: origin.originalType,
      status: 'NEW',
      filled: lots(0),
      filledNotional: ZERO_MONEY,
      updateTime: time,
    };
    this.#open.set(order.orderId, order);
    this.#events.push({ kind: 'order', time, execution: 'NEW', order: { ...order }, trade: null });
    this.#take(order, instrument, time);
    if (this.#open.has(order.orderId) && (order.type === 'MARKET' || order.timeInForce === 'IOC')) this.#end(order, 'EXPIRED', time);
    return ok({ ...order });
  }

  #refuse(
    request: OrderRequest,
    seen: { readonly instrument: Instrument; readonly quote: MarketQuote; readonly closable: number; readonly reduces: boolean },
  ): VenueFault | null {
    const { instrument, quote, closable, reduces } = seen;
    if (!CLIENT_ID_PATTERN.test(request.clientOrderId)) return fault(-4015);
    const sideFault = this.#checkSide(request.positionSide, request.reduceOnly);
    if (sideFault !== null) return sideFault;
    if ([...this.#open.values()].some((order) => order.clientOrderId === request.clientOrderId)) return fault(-4116);
    if (this.openOrders(request.symbol).length >= MAXIMUM_OPEN_ORDERS) return fault(-2025);
    const filterFault = checkFilters(instrument, {
      isMarket: request.type === 'MARKET',
      side: request.side,
      lots: request.lots,
      price: request.price,
      mark: quote.mark,
      reduceOnly: reduces,
    });
    if (filterFault !== null) return filterFault;
    if (reduces && closable === 0) return fault(-2022);
    if (request.type === 'LIMIT' && request.price !== null) {
      const { bid, ask } = quoteAround(quote.last);
      const crosses = request.side === 'BUY' ? request.price >= ask : request.price <= bid;
      if (request.timeInForce === 'GTX' && crosses) return fault(-5022);
      if (request.timeInForce === 'FOK' && !this.#isFillable(request, instrument)) return fault(-5021);
    }
    return reduces ? null : this.#refuseForMargin(request, { instrument, quote, closable });
  }

  #refuseForMargin(
    request: OrderRequest,
    seen: { readonly instrument: Instrument; readonly quote: MarketQuote; readonly closable: number },
  ): VenueFault | null {
    const { instrument, quote, closable } = seen;
    const opening = request.lots - closable;
    if (opening <= 0) return null;
    const price = request.price ?? quoteAround(quote.last)[request.side === 'BUY' ? 'ask' : 'bid'];
    const value = notionalUsdt(instrument, opening, price);
    const leverage = this.leverageOf(request.symbol);
    const held = this.#holdingsOf(request.symbol).reduce((sum, holding) => sum + notionalUsdt(instrument, holding.lots, quote.mark), 0);
    if (held + value > notionalCapAt(instrument, leverage)) return fault(-2027);
    return value / leverage + (value * TAKER_FEE_BPS) / BPS > this.marginUsdt().available ? fault(-2019) : null;
  }

  #isFillable(request: OrderRequest, instrument: Instrument): boolean {
    const quote = this.#mustQuote(request.symbol);
    let left: number = request.lots;
    for (const level of takerLevels(instrument, quote.last, { side: request.side, quoteVolume24h: quote.quoteVolume24h })) {
      if (request.price !== null && (request.side === 'BUY' ? level.price > request.price : level.price < request.price)) break;
      left -= level.lots;
    }
    return left <= 0;
  }

  /** Walks the book as a taker, level by level, as far as the limit price allows. */
  #take(order: VenueOrder, instrument: Instrument, time: EpochMs): void {
    const quote = this.#mustQuote(order.symbol);
    for (const level of takerLevels(instrument, quote.last, { side: order.side, quoteVolume24h: quote.quoteVolume24h })) {
      const left = order.lots - order.filled;
      if (left <= 0) return;
      if (order.price !== null && (order.side === 'BUY' ? level.price > order.price : level.price < order.price)) return;
      this.#fill(order, { price: level.price, lots: lots(Math.min(left, level.lots)), maker: false, time });
    }
  }

  /** Price traded through a resting order: all that is left fills at its own price. Touching is not enough. */
  #fillResting(order: VenueOrder, time: EpochMs): void {
    if (order.price === null) return;
    const reduces = order.reduceOnly || (this.#hedgeMode && order.side === (order.positionSide === 'LONG' ? 'SELL' : 'BUY'));
    const closable = this.#closable(order.symbol, order.side, order.positionSide);
    const left = reduces ? Math.min(order.lots - order.filled, closable) : order.lots - order.filled;
    if (left > 0) this.#fill(order, { price: order.price, lots: lots(left), maker: true, time });
    if (this.#open.has(order.orderId) && reduces) this.#end(order, 'EXPIRED', time);
  }

  #fill(order: VenueOrder, fill: { readonly price: Ticks; readonly lots: Lots; readonly maker: boolean; readonly time: EpochMs }): void {
    const instrument = this.#mustInstrument(order.symbol);
    const value = notional(instrument, fill.price, fill.lots);
    const fee = scaleMoneyUp(value, fill.maker ? MAKER_FEE_BPS : TAKER_FEE_BPS, BPS);
    const holding = this.#holding(order.symbol, order.positionSide, fill.time);
    const realised = applyFill(holding, { side: order.side, lots: fill.lots, value, time: fill.time });
    const trade: Trade = {
      tradeId: this.#nextTradeId++,
      orderId: order.orderId,
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      positionSide: order.positionSide,
      price: fill.price,
      lots: fill.lots,
      notional: value,
      fee,
      realised,
      maker: fill.maker,
      time: fill.time,
    };
    this.#trades.push(trade);
    if (this.#trades.length > TRADES_KEPT) this.#trades = this.#trades.slice(-TRADES_KEPT / 2);
    this.#ledger.post({ type: 'REALIZED_PNL', symbol: order.symbol, amount: realised, time: fill.time, tradeId: trade.tradeId });
    this.#ledger.post({ type: 'COMMISSION', symbol: order.symbol, amount: negateMoney(fee), time: fill.time, tradeId: trade.tradeId });
    order.filled = lots(order.filled + fill.lots);
    order.filledNotional = addMoney(order.filledNotional, value);
    order.updateTime = fill.time;
    order.status = order.filled >= order.lots ? 'FILLED' : 'PARTIALLY_FILLED';
    if (order.status === 'FILLED') this.#retire(order);
    this.#events.push({ kind: 'order', time: fill.time, execution: 'TRADE', order: { ...order }, trade });
    this.#events.push({ kind: 'account', time: fill.time, reason: 'ORDER', change: ZERO_MONEY, holdings: [{ ...holding }] });
    if (holding.lots === 0) this.#onFlat(order.symbol, order.positionSide, fill.time);
  }

  /** Reduce-only orders and closePosition stops have nothing left to close. */
  #onFlat(symbol: string, positionSide: PositionSide, time: EpochMs): void {
    this.#algos.expireWhenFlat(symbol, positionSide, { time, events: this.#events });
    for (const order of [...this.#open.values()]) {
      if (order.symbol === symbol && order.positionSide === positionSide && order.reduceOnly && order.filled < order.lots && order.type === 'LIMIT')
        this.#end(order, 'EXPIRED', time);
    }
  }

  #trigger(algo: AlgoOrder, time: EpochMs): void {
    const closable = this.#closable(algo.symbol, algo.side, algo.positionSide);
    const amount = algo.closePosition ? lots(closable) : algo.reduceOnly || this.#hedgeMode ? lots(Math.min(algo.lots, closable)) : algo.lots;
    this.#algos.mark(algo, 'TRIGGERING', { time, events: this.#events });
    if (amount <= 0) {
      this.#algos.mark(algo, 'EXPIRED', { time, events: this.#events });
      return;
    }
    const request: OrderRequest = {
      symbol: algo.symbol,
      side: algo.side,
      positionSide: algo.positionSide,
      type: algo.price === null ? 'MARKET' : 'LIMIT',
      lots: amount,
      price: algo.price,
      timeInForce: algo.price === null ? 'GTC' : algo.timeInForce,
      reduceOnly: !this.#hedgeMode && (algo.reduceOnly || algo.closePosition),
      clientOrderId: algo.clientAlgoId,
    };
    algo.orderId = this.#nextOrderId;
    this.#algos.mark(algo, 'TRIGGERED', { time, events: this.#events });
    const placed = this.#place(request, { originalType: algo.type, isForced: algo.closePosition || algo.reduceOnly }, time);
    if (!placed.ok) {
      algo.orderId = null;
      algo.rejectReason = placed.error.message;
    }
    this.#algos.mark(algo, placed.ok ? 'FINISHED' : 'REJECTED', { time, events: this.#events });
  }

  #end(order: VenueOrder, status: 'CANCELED' | 'EXPIRED', time: EpochMs): void {
    order.status = status;
    order.updateTime = time;
    this.#retire(order);
    this.#events.push({ kind: 'order', time, execution: status, order: { ...order }, trade: null });
  }

  #retire(order: VenueOrder): void {
    this.#open.delete(order.orderId);
    this.#ended.push(order);
    if (this.#ended.length > ENDED_KEPT) this.#ended = this.#ended.slice(-ENDED_KEPT / 2);
  }

  /** Cross: the whole account. Isolated: the position against its own margin. Closed at the book as `autoclose-`. */
  #liquidateIfNeeded(symbol: string, time: EpochMs): void {
    for (const holding of this.#holdingsOf(symbol)) {
      if (holding.lots === 0) continue;
      const instrument = this.#mustInstrument(symbol);
      const { mark } = this.#mustQuote(symbol);
      const value = notionalUsdt(instrument, holding.lots, mark);
      const margin = this.isIsolated(symbol)
        ? moneyToUsdt(holding.entryNotional) / this.leverageOf(symbol) + unrealisedUsdt(instrument, holding, mark) - maintenanceUsdt(instrument, value)
        : moneyToUsdt(this.wallet) + this.marginUsdt().unrealised - this.marginUsdt().maintenance;
      if (margin > 0) continue;
      const side: OrderSide = holding.lots > 0 ? 'SELL' : 'BUY';
      const request: OrderRequest = {
        symbol,
        side,
        positionSide: holding.positionSide,
        type: 'MARKET',
        lots: lots(Math.abs(holding.lots)),
        price: null,
        timeInForce: 'IOC',
        reduceOnly: true,
        clientOrderId: `autoclose-${time}${this.#nextOrderId}`.slice(0, 36),
      };
      this.#place(request, { originalType: 'LIQUIDATION', isForced: true }, time);
    }
    if (this.wallet < 0) this.#ledger.post({ type: 'INSURANCE_CLEAR', symbol, amount: negateMoney(this.wallet), time, tradeId: null });
  }
}

/** Applies one fill to a holding and gives the realised profit, exact: cost leaves in proportion, rounded so that nothing is created. */
export function applyFill(
  holding: VenueHolding,
  fill: { readonly side: OrderSide; readonly lots: Lots; readonly value: Money; readonly time: EpochMs },
): Money {
  const direction = fill.side === 'BUY' ? 1 : -1;
  const held = Math.abs(holding.lots);
  const isOpening = holding.lots === 0 || Math.sign(holding.lots) === direction;
  holding.updateTime = epochMs(fill.time);
  if (isOpening) {
    holding.lots += direction * fill.lots;
    holding.entryNotional = addMoney(holding.entryNotional, fill.value);
    return ZERO_MONEY;
  }
  const closing = Math.min(held, fill.lots);
  const cost = scaleMoneyDown(holding.entryNotional, closing, held);
  const proceeds = scaleMoneyDown(fill.value, closing, fill.lots);
  const wasLong = holding.lots > 0;
  const realised = wasLong ? subtractMoney(proceeds, cost) : subtractMoney(cost, proceeds);
  holding.lots += direction * fill.lots;
  holding.realised = addMoney(holding.realised, realised);
  holding.entryNotional = fill.lots > closing ? subtractMoney(fill.value, proceeds) : subtractMoney(holding.entryNotional, cost);
  return realised;
}

/** Average entry in USDT, floating; 0 when flat. */
export function entryPriceOf(instrument: Instrument, holding: VenueHolding): number {
  const quantity = (Math.abs(holding.lots) * instrument.stepUnits) / 10 ** instrument.quantityScale;
  return quantity === 0 ? 0 : moneyToUsdt(holding.entryNotional) / quantity;
}
