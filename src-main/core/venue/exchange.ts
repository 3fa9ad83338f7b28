// One futures account at the venue: the one door to its orders, positions, margin and money.
import { notional, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderSide } from '../../../src-shared/domain/order.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { addMoney, lots, money, ZERO_MONEY, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';
import { accountMargin, holdingLiquidation, orderMarginOf, type AccountMargin, type OrderMargin } from './account-margin.ts';
import { amendOrder, type AmendRequest } from './amend.ts';
import { placeConditional, triggerConditionals } from './conditionals.ts';
import type { Level } from './depth.ts';
import { runDeadlines } from './deadlines.ts';
import { Desk, type MarketQuote, type SymbolStatus, type VenueRules } from './desk.ts';
import { fault } from './faults.ts';
import { scaleMoneyDown } from './ledger.ts';
import { autoDeleverage, liquidateIfNeeded, settleContract } from './liquidation.ts';
import { byTrader, cancelOrder, placeOrder, serveResting } from './matching.ts';
import { refuseOrder } from './order-rules.ts';
import { priceOf } from './price-match.ts';
import { restoreDesk, storeDesk, type ExchangeState } from './state.ts';
import * as settings from './settings.ts';
import type * as venue from './types.ts';

export class Exchange {
  readonly #desk = new Desk();

  constructor(instruments: readonly Instrument[], deposit: Money, time: EpochMs) {
    for (const instrument of instruments) this.#desk.instruments.set(instrument.symbol, instrument);
    this.#desk.ledger.post({ type: 'TRANSFER', symbol: '', amount: deposit, time, tradeId: null });
  }

  // ── reading ──

  get wallet(): Money {
    return this.#desk.ledger.wallet;
  }
  /** Wallet without the margin of isolated positions. */
  get crossWallet(): Money {
    return this.#desk.crossWallet;
  }
  get income(): readonly venue.Income[] {
    return this.#desk.ledger.lines;
  }
  get hedgeMode(): boolean {
    return this.#desk.positions.hedgeMode;
  }
  get feeBurn(): boolean {
    return this.#desk.feeBurn;
  }
  get trades(): readonly venue.Trade[] {
    return this.#desk.trades;
  }
  get marginChanges(): readonly venue.MarginChange[] {
    return this.#desk.marginChanges;
  }
  get amendments(): readonly venue.Amendment[] {
    return this.#desk.orders.amendments;
  }
  /** Fees, book and quirks; may be changed while the venue runs. */
  get rules(): VenueRules {
    return this.#desk.rules;
  }

  /** Lists a contract, or replaces its rules. */
  list(instrument: Instrument): void {
    this.#desk.instruments.set(instrument.symbol, instrument);
  }
  instrument(symbol: string): Instrument | null {
    return this.#desk.instruments.get(symbol) ?? null;
  }
  quote(symbol: string): MarketQuote | null {
    return this.#desk.quotes.get(symbol) ?? null;
  }
  /** What a taker of `side` meets, best first; empty before the first price. */
  levels(symbol: string, side: OrderSide, time: number): readonly Level[] {
    return this.#desk.quotes.has(symbol) ? this.#desk.levels(symbol, side, time) : [];
  }
  status(symbol: string): SymbolStatus {
    return this.#desk.status(symbol);
  }
  /** Coarser filters in force; {1, 1} when there are none. */
  multiples(symbol: string): { readonly ticks: number; readonly lots: number } {
    return this.#desk.multiples.get(symbol) ?? { ticks: 1, lots: 1 };
  }
  leverageOf(symbol: string): number {
    return this.#desk.positions.leverageOf(symbol);
  }
  isIsolated(symbol: string): boolean {
    return this.#desk.positions.isIsolated(symbol);
  }
  holdings(): readonly venue.VenueHolding[] {
    return this.#desk.positions.open();
  }
  openOrders(symbol: string | null): readonly venue.VenueOrder[] {
    return this.#desk.orders.open(symbol);
  }
  openAlgos(symbol: string | null): readonly venue.AlgoOrder[] {
    return this.#desk.algos.open(symbol);
  }
  allAlgos(symbol: string | null): readonly venue.AlgoOrder[] {
    return this.#desk.algos.all(symbol);
  }
  allOrders(symbol: string | null): readonly venue.VenueOrder[] {
    return this.#desk.orders.all(symbol);
  }
  findOrder(symbol: string, wanted: venue.OrderKey): venue.VenueOrder | null {
    return this.#desk.orders.find(symbol, wanted);
  }
  findAlgo(wanted: venue.AlgoKey): venue.AlgoOrder | null {
    return this.#desk.algos.find(wanted);
  }
  /** Floating sums for margin and display, USDT. */
  marginUsdt(): AccountMargin {
    return accountMargin(this.#desk);
  }
  /** Resting orders of a symbol: notional of each side and initial margin, USDT. */
  orderMarginOf(symbol: string): OrderMargin {
    return this.#desk.quotes.has(symbol) ? orderMarginOf(this.#desk, symbol) : { bids: 0, asks: 0, initial: 0 };
  }
  /** Null when no price liquidates the holding. */
  liquidationPriceOf(holding: venue.VenueHolding): number | null {
    return holdingLiquidation(this.#desk, holding);
  }

  // ── settings of the account ──

  setLeverage(symbol: string, leverage: number, time: EpochMs): venue.VenueFault | null {
    return settings.setLeverage(this.#desk, { symbol, leverage }, time);
  }
  setIsolated(symbol: string, isolated: boolean): venue.VenueFault | null {
    return settings.setIsolated(this.#desk, symbol, isolated);
  }
  setHedgeMode(hedge: boolean): venue.VenueFault | null {
    return settings.setHedgeMode(this.#desk, hedge);
  }
  setFeeBurn(on: boolean): void {
    this.#desk.feeBurn = on;
  }
  changePositionMargin(change: settings.PositionMarginChange, time: EpochMs): venue.VenueFault | null {
    return settings.changePositionMargin(this.#desk, change, time);
  }
  /** Cancels the symbol's regular orders at `deadline` unless it is moved; null disarms. */
  setCountdown(symbol: string, deadline: number | null): void {
    if (deadline === null) this.#desk.countdowns.delete(symbol);
    else this.#desk.countdowns.set(symbol, deadline);
  }

  // ── orders ──

  place(request: venue.OrderRequest, time: EpochMs): Result<venue.VenueOrder, venue.VenueFault> {
    return placeOrder(this.#desk, request, { origin: byTrader(request.type), time });
  }
  /** The order as it would be accepted, or what would refuse it; nothing is placed. */
  check(request: venue.OrderRequest, time: EpochMs): Result<venue.OrderRequest, venue.VenueFault> {
    if (this.quote(request.symbol) === null) return err(fault(-1121));
    const price = priceOf(this.#desk, request, time);
    if (!price.ok) return price;
    const priced = { ...request, price: price.value };
    const refused = refuseOrder(this.#desk, priced, time);
    return refused === null ? ok(priced) : err(refused);
  }
  amend(request: AmendRequest, time: EpochMs): Result<venue.VenueOrder, venue.VenueFault> {
    return amendOrder(this.#desk, request, time);
  }
  cancel(symbol: string, wanted: venue.OrderKey, time: EpochMs): Result<venue.VenueOrder, venue.VenueFault> {
    const order = this.#desk.orders.findOpen(symbol, wanted);
    return order === null ? err(fault(-2011)) : ok(cancelOrder(this.#desk, order, time));
  }
  placeAlgo(request: venue.AlgoRequest, time: EpochMs): Result<venue.AlgoOrder, venue.VenueFault> {
    return placeConditional(this.#desk, request, time);
  }
  cancelAlgo(wanted: venue.AlgoKey, time: EpochMs): Result<venue.AlgoOrder, venue.VenueFault> {
    return this.#desk.algos.cancel(wanted, time);
  }
  /** Everything the user stream has to say since the last call. */
  drainEvents(): readonly venue.AccountEvent[] {
    const { events } = this.#desk;
    this.#desk.events = [];
    return events;
  }

  // ── the market moves ──

  /** One price of the path. Visits resting orders, conditional orders and liquidation. */
  onPrice(symbol: string, quote: MarketQuote, time: EpochMs): void {
    const desk = this.#desk;
    desk.quotes.set(symbol, quote);
    this.onTime(time);
    for (const order of desk.orders.open(symbol)) if (desk.orders.isOpen(order.orderId)) serveResting(desk, order, time);
    triggerConditionals(desk, symbol, time);
    liquidateIfNeeded(desk, symbol, time);
  }

  /** Ends what a deadline ends: orders good till a date, and countdowns. */
  onTime(time: EpochMs): void {
    runDeadlines(this.#desk, time);
  }

  /** Pays or receives funding: notional at mark × rate, longs pay when the rate is positive. Isolated positions pay from their own margin. */
  settleFunding(symbol: string, rateE8: number, time: EpochMs): void {
    const desk = this.#desk;
    for (const holding of desk.positions.of(symbol)) {
      if (holding.lots === 0) continue;
      const value = notional(desk.instrument(symbol), desk.quote(symbol).mark, lots(Math.abs(holding.lots)));
      const amount = scaleMoneyDown(money(holding.lots > 0 ? -value : value), rateE8, 1e8);
      desk.ledger.post({ type: 'FUNDING_FEE', symbol, amount, time, tradeId: null });
      const isIsolated = desk.positions.isIsolated(symbol);
      if (isIsolated) holding.isolatedMargin = addMoney(holding.isolatedMargin, amount);
      if (amount !== ZERO_MONEY) desk.reportAccount('FUNDING_FEE', { time, amount, holdings: isIsolated ? [holding] : [] });
    }
  }

  symbolsAtRisk(): ReadonlySet<string> {
    return new Set([
      ...this.#desk.orders.symbolsWithOrders(),
      ...this.#desk.algos.open(null).map((algo) => algo.symbol),
      ...this.holdings().map((holding) => holding.symbol),
    ]);
  }

  // ── a bad day ──

  /** Halts, resumes or closes a symbol. SETTLING also settles what is held at the mark price. */
  setStatus(symbol: string, status: SymbolStatus, time: EpochMs): void {
    if (status === 'SETTLING') settleContract(this.#desk, symbol, time);
    else this.#desk.statuses.set(symbol, status);
  }
  /** Puts coarser filters in force; {1, 1} restores them. */
  setMultiples(symbol: string, multiples: { readonly ticks: number; readonly lots: number }): void {
    this.#desk.multiples.set(symbol, multiples);
  }
  /** Number of positions taken away. */
  autoDeleverage(symbol: string, time: EpochMs): number {
    return autoDeleverage(this.#desk, symbol, time);
  }
  /** Loses an accepted conditional without an event. */
  vanishAlgo(algoId: number): void {
    this.#desk.algos.vanish(algoId);
  }

  state(): ExchangeState {
    return storeDesk(this.#desk);
  }
  restore(state: ExchangeState): void {
    restoreDesk(this.#desk, state);
  }
}
