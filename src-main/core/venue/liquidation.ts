// Forced closing: margin calls, liquidation tier by tier with the insurance fund behind it, auto-deleveraging and settlement.
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import { lots, money, moneyFromUsdt, moneyToUsdt, ticks, type EpochMs, type Money, type Ticks } from '../../../src-shared/kernel/units.ts';
import { accountMargin, holdingMaintenance, isolatedBalance } from './account-margin.ts';
import type { Desk } from './desk.ts';
import { scaleMoneyUp } from './ledger.ts';
import { bracketOf, notionalUsdt } from './margin.ts';
import { endOrder, fillOrder, openOrder, take } from './matching.ts';
import { entryPriceOf } from './positions.ts';
import { EXPIRY_REASON, type ForcedBy, type OrderRequest, type VenueHolding, type VenueOrder } from './types.ts';

/** Warn when maintenance has eaten this share of the margin. */
const CALL_RATIO = 0.8;
const CALM_RATIO = 0.7;
const RATE_SCALE = 1_000_000;

/** Checks the symbol's positions against their margin and closes what can no longer be carried. */
export function liquidateIfNeeded(desk: Desk, symbol: string, time: EpochMs): void {
  const held = desk.positions.of(symbol).filter((holding) => holding.lots !== 0);
  if (held.length === 0) return;
  if (desk.positions.isIsolated(symbol)) for (const holding of held) liquidateIsolated(desk, holding, time);
  else liquidateCross(desk, time);
}

function liquidateIsolated(desk: Desk, holding: VenueHolding, time: EpochMs): void {
  const isLost = (): boolean => isolatedBalance(desk, holding) <= holdingMaintenance(desk, holding);
  callForMargin(desk, holding, { ratio: holdingMaintenance(desk, holding) / Math.max(1e-9, isolatedBalance(desk, holding)), time });
  if (!isLost()) return;
  cancelOrders(desk, holding.symbol, time);
  while (holding.lots !== 0 && isLost()) closeTier(desk, holding, time);
  desk.reportAccount('INSURANCE_CLEAR', { time, holdings: [holding] });
}

function liquidateCross(desk: Desk, time: EpochMs): void {
  const margin = accountMargin(desk);
  const ratio = margin.crossMaintenance / Math.max(1e-9, margin.crossBalance);
  const crossHeld = (): readonly VenueHolding[] => desk.positions.open().filter((holding) => !desk.positions.isIsolated(holding.symbol));
  for (const holding of crossHeld()) callForMargin(desk, holding, { ratio, time });
  if (margin.crossBalance > margin.crossMaintenance) return;
  for (const symbol of desk.orders.symbolsWithOrders()) if (!desk.positions.isIsolated(symbol)) cancelOrders(desk, symbol, time);
  const isLost = (): boolean => {
    const now = accountMargin(desk);
    return now.crossBalance <= now.crossMaintenance;
  };
  let last: VenueHolding | null = null;
  while (isLost()) {
    const [worst] = crossHeld().toSorted((a, b) => holdingMaintenance(desk, b) - holdingMaintenance(desk, a));
    if (worst === undefined) break;
    closeTier(desk, worst, time);
    last = worst;
  }
  desk.coverDeficit(last?.symbol ?? '', time);
  if (last !== null) desk.reportAccount('INSURANCE_CLEAR', { time, holdings: [last] });
}

/** Closes one tier of the position: down to the bracket below, or all of it in the lowest. */
function closeTier(desk: Desk, holding: VenueHolding, time: EpochMs): void {
  const instrument = desk.instrument(holding.symbol);
  const { mark } = desk.quote(holding.symbol);
  const held = Math.abs(holding.lots);
  const value = notionalUsdt(instrument, held, mark);
  const bracket = bracketOf(instrument, value);
  const kept = bracket.notionalFloor <= 0 ? 0 : Math.floor((held * bracket.notionalFloor * 0.999) / value);
  forceClose(desk, holding, { lots: held - kept, limit: bankruptcyPrice(desk, holding), by: 'LIQUIDATION', time });
}

/** The price at which nothing of the margin is left. */
function bankruptcyPrice(desk: Desk, holding: VenueHolding): Ticks {
  const instrument = desk.instrument(holding.symbol);
  const { mark } = desk.quote(holding.symbol);
  const quantity = Math.abs(lotsToQuantity(instrument, lots(holding.lots)));
  const perTick = instrument.tickUnits / 10 ** instrument.priceScale;
  const isLong = holding.lots > 0;
  const reference = desk.positions.isIsolated(holding.symbol) ? entryPriceOf(instrument, holding) / perTick : mark;
  const cushion = desk.positions.isIsolated(holding.symbol) ? moneyToUsdt(holding.isolatedMargin) : accountMargin(desk).crossBalance;
  const distance = cushion / quantity / perTick;
  return ticks(Math.max(1, isLong ? Math.ceil(reference - distance) : Math.floor(reference + distance)));
}

interface ForcedClose {
  readonly lots: number;
  /** Worst price the trader pays; what the book does not take at it goes to the insurance fund at it. */
  readonly limit: Ticks;
  readonly by: ForcedBy;
  readonly time: EpochMs;
}

const CLIENT_ID_PREFIX: Readonly<Record<ForcedBy, string>> = { LIQUIDATION: 'autoclose-', ADL: 'adl_autoclose-', SETTLEMENT: 'settlement_autoclose-' };

function forceClose(desk: Desk, holding: VenueHolding, { lots: amount, limit, by, time }: ForcedClose): void {
  const before = { wallet: desk.ledger.wallet, margin: holding.isolatedMargin };
  const request: OrderRequest = {
    symbol: holding.symbol,
    side: holding.lots > 0 ? 'SELL' : 'BUY',
    positionSide: holding.positionSide,
    type: 'LIMIT',
    lots: lots(amount),
    price: limit,
    timeInForce: by === 'LIQUIDATION' ? 'IOC' : 'GTC',
    reduceOnly: true,
    clientOrderId: `${CLIENT_ID_PREFIX[by]}${desk.nextOrderId}`,
  };
  const origin = { originalType: 'LIMIT', algoId: null, closePosition: false, forcedBy: by, isChecked: false };
  const order = openOrder(desk, request, { origin, time });
  if (by === 'LIQUIDATION') take(desk, order, time);
  if (desk.orders.isOpen(order.orderId)) fillOrder(desk, order, { price: limit, lots: lots(order.lots - order.filled), maker: false, time });
  if (by === 'LIQUIDATION') settleLiquidation(desk, holding, { order, before, time });
}

/** The liquidation fee as far as the margin reaches; beyond the margin of an isolated position the insurance fund pays. */
function settleLiquidation(
  desk: Desk,
  holding: VenueHolding,
  closed: { readonly order: VenueOrder; readonly before: { readonly wallet: Money; readonly margin: Money }; readonly time: EpochMs },
): void {
  const { symbol } = holding;
  const post = (amount: number): void => desk.ledger.post({ type: 'INSURANCE_CLEAR', symbol, amount: money(amount), time: closed.time, tradeId: null });
  const fee = scaleMoneyUp(closed.order.filledNotional, Math.round(desk.instrument(symbol).liquidationFee * RATE_SCALE), RATE_SCALE);
  const lost = closed.before.wallet - desk.ledger.wallet;
  const isIsolated = desk.positions.isIsolated(symbol);
  const left = isIsolated ? closed.before.margin - holding.isolatedMargin - lost : moneyFromUsdt(Math.max(0, accountMargin(desk).crossBalance));
  if (left >= 0) post(-Math.min(fee, left, Math.max(0, desk.crossWallet)));
  else if (isIsolated) post(-left);
}

/** Takes a profitable position away at the mark price, as auto-deleveraging does when the fund of the losers is empty. */
export function autoDeleverage(desk: Desk, symbol: string, time: EpochMs): number {
  const held = desk.positions.of(symbol).filter((holding) => holding.lots !== 0);
  for (const holding of held) forceClose(desk, holding, { lots: Math.abs(holding.lots), limit: desk.quote(symbol).mark, by: 'ADL', time });
  return held.length;
}

/** The contract ends: orders expire, positions are settled at the mark price, nothing opens any more. */
export function settleContract(desk: Desk, symbol: string, time: EpochMs): void {
  desk.statuses.set(symbol, 'SETTLING');
  for (const order of desk.orders.open(symbol)) endOrder(desk, order, { status: 'EXPIRED', time, reason: EXPIRY_REASON.delisted });
  for (const algo of desk.algos.open(symbol)) desk.algos.mark(algo, 'EXPIRED', time);
  for (const holding of desk.positions.of(symbol))
    if (holding.lots !== 0) forceClose(desk, holding, { lots: Math.abs(holding.lots), limit: desk.quote(symbol).mark, by: 'SETTLEMENT', time });
}

function cancelOrders(desk: Desk, symbol: string, time: EpochMs): void {
  for (const order of desk.orders.open(symbol)) endOrder(desk, order, { status: 'EXPIRED', time, reason: EXPIRY_REASON.liquidation });
}

/** One warning when the margin gets thin, another only after it has recovered. */
function callForMargin(desk: Desk, holding: VenueHolding, { ratio, time }: { readonly ratio: number; readonly time: EpochMs }): void {
  const key = `${holding.symbol} ${holding.positionSide}`;
  if (ratio < CALM_RATIO) desk.warned.delete(key);
  if (ratio < CALL_RATIO || desk.warned.has(key)) return;
  desk.warned.add(key);
  desk.events.push({ kind: 'margin-call', time, crossWallet: desk.crossWallet, holdings: [{ ...holding }] });
}
