// Entries that rest at the exchange: which they are, and what another price would mean before it is sent.
import { useMemo } from 'react';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { lossFractionAt } from '../../src-shared/domain/loss-at-stop.ts';
import { isTerminal, type Order } from '../../src-shared/domain/order.ts';
import type { Position } from '../../src-shared/domain/position.ts';
import { lotsToQuantity, ticksToPrice } from '../ui/format.ts';
import { useScreen } from './store.ts';

export interface PendingEntry {
  readonly order: Order;
  readonly view: PositionView;
}

/** Whether a person may give the order another price: a limit entry at the exchange. */
export function isMovableEntry({ status, intent }: Order): boolean {
  return intent.purpose === 'entry' && intent.kind === 'limit' && intent.price !== null && (status === 'resting' || status === 'partially_filled');
}

/** The entry order of a position that has not ended; null when there is none. */
export function restingEntryOf(orders: Readonly<Record<string, Order>>, positionId: string): Order | null {
  return Object.values(orders).find(({ intent, status }) => intent.positionId === positionId && intent.purpose === 'entry' && !isTerminal(status)) ?? null;
}

/** Resting entries of one market; a change of a mark alone gives the same list. */
export function usePendingEntries(symbol: string): readonly PendingEntry[] {
  const orders = useScreen((state) => state.snapshot?.orders);
  const positions = useScreen((state) => state.snapshot?.positions);
  return useMemo(
    () =>
      Object.values(orders ?? {}).flatMap((order): readonly PendingEntry[] => {
        const view = positions?.[order.intent.positionId];
        return order.intent.symbol === symbol && isMovableEntry(order) && view !== undefined && view.position.phase !== 'closed' ? [{ order, view }] : [];
      }),
    [orders, positions, symbol],
  );
}

export type EntryProblem = 'beyond_stop' | 'beyond_target' | 'fills_at_once';

export interface EntryOutcome {
  readonly problem: EntryProblem | null;
  /** Distance of the entry from the mark and from its stop, fractions of the mark and of the entry. */
  readonly fromMark: number;
  readonly toStop: number;
  /** What the target would win over what the stop would lose; NaN without both. */
  readonly rewardRisk: number;
  /** Lots the order has, and the most the risk per trade leaves at this price. */
  readonly lots: number;
  readonly lotsAfter: number;
  /** Loss at the stop with `lotsAfter`, costs included, USDT and percent of the equity. */
  readonly lossUsdt: number;
  readonly lossPercent: number;
}

export interface EntryWish {
  readonly order: Order;
  readonly position: Pick<Position, 'side' | 'stop' | 'target' | 'lots' | 'entryPrice'>;
  /** The price wanted, floating. */
  readonly price: number;
  readonly mark: number;
  readonly market: MarketInfo | undefined;
  /** USDT. */
  readonly equity: number;
  readonly settings: Pick<Settings, 'maxSlippagePercent' | 'riskPerTradePercent'>;
}

/** The same sums the risk manager makes; it may leave less where margin or exposure are short. */
export function judgeEntry({ order, position, price, mark, market, equity, settings }: EntryWish): EntryOutcome {
  const sign = position.side === 'long' ? 1 : -1;
  const stop = ticksToPrice(market, position.stop);
  const target = ticksToPrice(market, position.target);
  const lossOf = (entry: number): number => entry * lossFractionAt({ price: entry, stop, maxSlippagePercent: settings.maxSlippagePercent });
  const filledLoss = order.filledLots === 0 ? 0 : lotsToQuantity(market, order.filledLots) * lossOf(position.entryPrice);
  const perLot = lotsToQuantity(market, 1) * lossOf(price);
  const room = ((equity * settings.riskPerTradePercent) / 100 - filledLoss) / perLot;
  const lotsAfter = Math.max(order.filledLots, Math.min(order.intent.lots, Math.floor(order.filledLots + room)));
  const lossUsdt = filledLoss + (lotsAfter - order.filledLots) * perLot;
  const isBeyond = (level: number, direction: number): boolean => Number.isFinite(level) && (price - level) * direction <= 0;
  return {
    problem: isBeyond(stop, sign) ? 'beyond_stop' : isBeyond(target, -sign) ? 'beyond_target' : (price - mark) * sign >= 0 ? 'fills_at_once' : null,
    fromMark: price / mark - 1,
    toStop: Math.abs(price - stop) / price,
    rewardRisk: Math.abs(target - price) / Math.abs(price - stop),
    lots: order.intent.lots,
    lotsAfter,
    lossUsdt,
    lossPercent: (lossUsdt / equity) * 100,
  };
}

export interface PlanOutcome {
  readonly problem: 'beyond_entry' | 'too_large' | null;
  /** What the target would win over what the stop would lose; NaN without both. */
  readonly rewardRisk: number;
  /** Distance from the entry to the level, a fraction of the entry. */
  readonly fromEntry: number;
  /** Loss of the whole order at its stop, costs included, USDT and percent of the equity; and the win at its target, before costs. */
  readonly lossUsdt: number;
  readonly lossPercent: number;
  readonly winUsdt: number;
}

/** Another stop or target for an entry that rests, the sums of the risk manager: it keeps its size or is refused. */
export function judgePlan(wish: Omit<EntryWish, 'price' | 'mark'> & { readonly level: 'stop' | 'target'; readonly at: number }): PlanOutcome {
  const { order, position, level, at, market, equity, settings } = wish;
  const sign = position.side === 'long' ? 1 : -1;
  const entry = ticksToPrice(market, order.intent.price);
  const before = ticksToPrice(market, position.stop);
  const stop = level === 'stop' ? at : before;
  const target = level === 'target' ? at : ticksToPrice(market, position.target);
  const quantity = lotsToQuantity(market, order.intent.lots);
  const lossUsdt = quantity * entry * lossFractionAt({ price: entry, stop, maxSlippagePercent: settings.maxSlippagePercent });
  const isWider = !(Math.abs(entry - stop) <= Math.abs(entry - before));
  const isTooLarge = isWider && lossUsdt > (equity * settings.riskPerTradePercent) / 100;
  const isMisplaced = level === 'stop' ? (entry - at) * sign <= 0 : (at - entry) * sign <= 0;
  return {
    problem: isMisplaced ? 'beyond_entry' : isTooLarge ? 'too_large' : null,
    rewardRisk: Math.abs(target - entry) / Math.abs(entry - stop),
    fromEntry: Math.abs(at - entry) / entry,
    lossUsdt,
    lossPercent: (lossUsdt / equity) * 100,
    winUsdt: Math.abs(target - entry) * quantity,
  };
}
