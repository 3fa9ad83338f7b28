// Margin of the whole account: initial margin of positions and orders, what is available, and how close liquidation is. Floating USDT.
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import type { OrderSide, PositionSide } from '../../../src-shared/domain/order.ts';
import { moneyToUsdt, type Lots } from '../../../src-shared/kernel/units.ts';
import type { Desk } from './desk.ts';
import { liquidationPriceOfLegs, maintenanceUsdt, notionalUsdt, unrealisedUsdt } from './margin.ts';
import { entryPriceOf } from './positions.ts';
import type { VenueHolding } from './types.ts';

export interface AccountMargin {
  readonly unrealised: number;
  readonly crossUnrealised: number;
  readonly positionInitial: number;
  readonly orderInitial: number;
  readonly maintenance: number;
  readonly crossMaintenance: number;
  /** Cross wallet plus cross profit. */
  readonly crossBalance: number;
  readonly available: number;
}

export interface PlannedOrder {
  readonly side: OrderSide;
  readonly positionSide: PositionSide;
  readonly value: number;
}

export interface WorstNotional {
  readonly position: number;
  readonly worst: number;
  /** Resting orders that may add to a position. */
  readonly bids: number;
  readonly asks: number;
}

/**
 * Notional that needs initial margin on one symbol. One-way: the larger of position + buy orders and position − sell orders. Hedge: each
 * side with the orders that add to it. Source: "open order initial margin" of the exchange's FAQ.
 */
export function worstNotional(desk: Desk, symbol: string, planned: PlannedOrder | null): WorstNotional {
  const instrument = desk.instrument(symbol);
  const { mark } = desk.quote(symbol);
  const bids = { BOTH: 0, LONG: 0, SHORT: 0 };
  const asks = { BOTH: 0, LONG: 0, SHORT: 0 };
  for (const order of desk.orders.open(symbol)) {
    if (order.reduceOnly || order.price === null) continue;
    (order.side === 'BUY' ? bids : asks)[order.positionSide] += notionalUsdt(instrument, order.lots - order.filled, order.price);
  }
  if (planned !== null) (planned.side === 'BUY' ? bids : asks)[planned.positionSide] += planned.value;
  let position = 0;
  let worst = 0;
  const held = { BOTH: 0, LONG: 0, SHORT: 0 };
  for (const holding of desk.positions.of(symbol)) {
    const value = notionalUsdt(instrument, holding.lots, mark);
    position += value;
    held[holding.positionSide] += Math.sign(holding.lots) * value;
  }
  worst += Math.max(Math.abs(held.BOTH + bids.BOTH), Math.abs(held.BOTH - asks.BOTH), Math.abs(held.BOTH));
  worst += held.LONG + bids.LONG + Math.abs(held.SHORT) + asks.SHORT;
  const sum = (sides: Readonly<Record<PositionSide, number>>): number => sides.BOTH + sides.LONG + sides.SHORT;
  return { position, worst, bids: sum(bids), asks: sum(asks) };
}

export interface OrderMargin {
  readonly bids: number;
  readonly asks: number;
  readonly initial: number;
}

/** What the resting orders of one symbol are worth on each side, and the initial margin they take beyond the position's. Floating USDT. */
export function orderMarginOf(desk: Desk, symbol: string): OrderMargin {
  const { position, worst, bids, asks } = worstNotional(desk, symbol, null);
  return { bids, asks, initial: Math.max(0, worst - position) / desk.positions.leverageOf(symbol) };
}

export function accountMargin(desk: Desk): AccountMargin {
  let unrealised = 0;
  let crossUnrealised = 0;
  let positionInitial = 0;
  let crossInitial = 0;
  let maintenance = 0;
  let crossMaintenance = 0;
  for (const holding of desk.positions.open()) {
    const instrument = desk.instrument(holding.symbol);
    const { mark } = desk.quote(holding.symbol);
    const value = notionalUsdt(instrument, holding.lots, mark);
    const profit = unrealisedUsdt(instrument, holding, mark);
    const required = maintenanceUsdt(instrument, value);
    const initial = value / desk.positions.leverageOf(holding.symbol);
    unrealised += profit;
    maintenance += required;
    positionInitial += initial;
    if (desk.positions.isIsolated(holding.symbol)) continue;
    crossUnrealised += profit;
    crossMaintenance += required;
    crossInitial += initial;
  }
  let orderInitial = 0;
  for (const symbol of desk.orders.symbolsWithOrders()) {
    orderInitial += orderMarginOf(desk, symbol).initial;
  }
  const crossBalance = moneyToUsdt(desk.crossWallet) + crossUnrealised;
  const available = Math.max(0, crossBalance - crossInitial - orderInitial);
  return { unrealised, crossUnrealised, positionInitial, orderInitial, maintenance, crossMaintenance, crossBalance, available };
}

/** Margin of an isolated position: its own wallet plus its profit. */
export function isolatedBalance(desk: Desk, holding: VenueHolding): number {
  return moneyToUsdt(holding.isolatedMargin) + unrealisedUsdt(desk.instrument(holding.symbol), holding, desk.quote(holding.symbol).mark);
}

export function holdingMaintenance(desk: Desk, holding: VenueHolding): number {
  const instrument = desk.instrument(holding.symbol);
  return maintenanceUsdt(instrument, notionalUsdt(instrument, holding.lots, desk.quote(holding.symbol).mark));
}

/** Price that liquidates a holding with the account as it is, or null when none does. */
export function holdingLiquidation(desk: Desk, holding: VenueHolding): number | null {
  const instrument = desk.instrument(holding.symbol);
  const legOf = (held: VenueHolding): { side: 1 | -1; quantity: number; entryPrice: number } => ({
    side: held.lots > 0 ? 1 : -1,
    quantity: Math.abs(lotsToQuantity(instrument, held.lots as Lots)),
    entryPrice: entryPriceOf(instrument, held),
  });
  if (desk.positions.isIsolated(holding.symbol)) return liquidationPriceOfLegs(instrument, [legOf(holding)], moneyToUsdt(holding.isolatedMargin));
  const own = desk.positions.of(holding.symbol).filter((held) => held.lots !== 0);
  const margin = accountMargin(desk);
  const ownMaintenance = own.reduce((sum, held) => sum + holdingMaintenance(desk, held), 0);
  const { mark } = desk.quote(holding.symbol);
  const ownProfit = own.reduce((sum, held) => sum + unrealisedUsdt(instrument, held, mark), 0);
  const wallet = moneyToUsdt(desk.crossWallet) - (margin.crossMaintenance - ownMaintenance) + (margin.crossUnrealised - ownProfit);
  return liquidationPriceOfLegs(instrument, own.map(legOf), wallet);
}
