// The price ladder: the order book put together by price steps, with one's own orders on their rungs and what lies outside the book.
import type { BookLevel, OrderBookView } from '../../src-shared/contract/trade-calls.ts';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { isTerminal, type Order } from '../../src-shared/domain/order.ts';
import { ticksToPrice } from '../ui/format.ts';

export type OwnKind = 'entry' | 'stop' | 'target' | 'close' | 'reduce' | 'position';

/** An order or a position of one's own at a price, floating. */
export interface OwnLevel {
  readonly id: string;
  readonly kind: OwnKind;
  readonly price: number;
}

export interface Rung {
  /** The step this rung stands for: bids round down, asks up. Floating. */
  readonly price: number;
  readonly quantity: number;
  /** From the best price to here. */
  readonly total: number;
  readonly own: readonly OwnLevel[];
}

export interface Ladder {
  /** Best first on both sides. */
  readonly asks: readonly Rung[];
  readonly bids: readonly Rung[];
  /** Best ask less best bid, in ticks and as a fraction of the middle; NaN with an empty side. */
  readonly spreadTicks: number;
  readonly spreadFraction: number;
  /** Share of the bids in all that is shown, [0, 1]; NaN for an empty book. */
  readonly bidShare: number;
  /** The largest total of both sides, for bars. */
  readonly most: number;
  /** One's own levels above the highest and below the lowest rung, nearest first. */
  readonly above: readonly OwnLevel[];
  readonly below: readonly OwnLevel[];
}

export interface LadderWish {
  readonly book: Pick<OrderBookView, 'bids' | 'asks'>;
  readonly market: MarketInfo;
  /** Ticks per rung. */
  readonly step: number;
  /** Rungs of each side. */
  readonly rows: number;
  readonly own: readonly OwnLevel[];
}

export function buildLadder({ book, market, step, rows, own }: LadderWish): Ladder {
  const tick = market.tickUnits / 10 ** market.priceScale;
  const asks = rungsOf(book.asks, { size: tick * step, round: Math.ceil, rows, own });
  const bids = rungsOf(book.bids, { size: tick * step, round: Math.floor, rows, own });
  const bid = book.bids[0]?.[0] ?? Number.NaN;
  const ask = book.asks[0]?.[0] ?? Number.NaN;
  const [bought, sold] = [bids.at(-1)?.total ?? 0, asks.at(-1)?.total ?? 0];
  const placed = new Set([...asks, ...bids].flatMap((rung) => rung.own));
  const outside = own.filter((level) => !placed.has(level));
  const middle = (bid + ask) / 2;
  return {
    asks,
    bids,
    spreadTicks: Math.round((ask - bid) / tick),
    spreadFraction: (ask - bid) / middle,
    bidShare: bought / (bought + sold),
    most: Math.max(bought, sold),
    above: outside.filter(({ price }) => price > middle).toSorted((a, b) => a.price - b.price),
    below: outside.filter(({ price }) => price <= middle).toSorted((a, b) => b.price - a.price),
  };
}

interface SideWish {
  readonly size: number;
  readonly round: (steps: number) => number;
  readonly rows: number;
  readonly own: readonly OwnLevel[];
}

function rungsOf(levels: readonly BookLevel[], { size, round, rows, own }: SideWish): readonly Rung[] {
  // A price within a millionth of a step counts as on it: floating prices are not exact.
  const stepOf = (price: number): number => round(Number((price / size).toFixed(6)));
  const quantities = new Map<number, number>();
  for (const [price, quantity] of levels) quantities.set(stepOf(price), (quantities.get(stepOf(price)) ?? 0) + quantity);
  let total = 0;
  return [...quantities].slice(0, rows).map(([at, quantity]): Rung => {
    total += quantity;
    return { price: at * size, quantity, total, own: own.filter(({ price }) => stepOf(price) === at) };
  });
}

/** Working orders and open positions of one market as levels; an order at the market has none. */
export function ownLevels(
  symbol: string,
  { orders, positions, market }: { readonly orders: readonly Order[]; readonly positions: readonly PositionView[]; readonly market: MarketInfo },
): readonly OwnLevel[] {
  const working = orders
    .filter(({ intent, status }) => intent.symbol === symbol && !isTerminal(status))
    .map(({ intent }): OwnLevel => ({ id: intent.clientOrderId, kind: intent.purpose, price: ticksToPrice(market, intent.trigger ?? intent.price) }));
  const held = positions
    .filter(({ position }) => position.symbol === symbol && position.phase !== 'closed' && position.lots > 0)
    .map(({ position }): OwnLevel => ({ id: position.id, kind: 'position', price: position.entryPrice }));
  return [...working, ...held].filter(({ price }) => Number.isFinite(price));
}
