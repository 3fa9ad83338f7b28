// The account as plain data, for the file that outlives the venue's process.
import type { Desk, MarketQuote, SymbolStatus } from './desk.ts';
import type { LedgerState } from './ledger.ts';
import { EXPIRY_REASON, type AlgoOrder, type MarginChange, type Trade, type VenueHolding, type VenueOrder } from './types.ts';
import { lots, ZERO_MONEY } from '../../../src-shared/kernel/units.ts';

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
  readonly marginChanges?: readonly MarginChange[];
  readonly statuses?: readonly (readonly [string, SymbolStatus])[];
  readonly countdowns?: readonly (readonly [string, number])[];
  readonly feeBurn?: boolean;
}

export function storeDesk(desk: Desk): ExchangeState {
  return {
    ledger: desk.ledger.state(),
    ...desk.positions.state(),
    nextOrderId: desk.nextOrderId,
    nextTradeId: desk.nextTradeId,
    orders: desk.orders.state(),
    algos: desk.algos.state(),
    trades: desk.trades,
    quotes: [...desk.quotes],
    marginChanges: desk.marginChanges,
    statuses: [...desk.statuses],
    countdowns: [...desk.countdowns],
    feeBurn: desk.feeBurn,
  };
}

/** Accepts states written before the newer fields existed. */
export function restoreDesk(desk: Desk, state: ExchangeState): void {
  desk.ledger.restore(state.ledger);
  desk.positions.restore(state);
  desk.nextOrderId = state.nextOrderId;
  desk.nextTradeId = state.nextTradeId;
  desk.orders.restore(state.orders.map((order) => ({ ...OLD_ORDER, ...order })));
  for (const order of desk.orders.open(null)) if (order.timeInForce === 'GTD') desk.goodTill.add(order);
  desk.algos.restore(state.algos.map((algo) => ({ ...OLD_ALGO, ...algo })));
  desk.trades = [...state.trades];
  desk.marginChanges = [...(state.marginChanges ?? [])];
  for (const [symbol, quote] of state.quotes) if (!desk.quotes.has(symbol)) desk.quotes.set(symbol, quote);
  for (const [symbol, status] of state.statuses ?? []) desk.statuses.set(symbol, status);
  desk.feeBurn = state.feeBurn ?? false;
  for (const [symbol, deadline] of state.countdowns ?? []) desk.countdowns.set(symbol, deadline);
}

const OLD_ORDER = { algoId: null, closePosition: false, forcedBy: null, expiryReason: EXPIRY_REASON.none, amendments: 0, queueAhead: 0 } as const;
const OLD_ALGO = { triggerTime: 0, isActivated: false, extreme: null, filled: lots(0), filledNotional: ZERO_MONEY };
