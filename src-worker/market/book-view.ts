// The order book as clients see it: levels with update ids, and the differences between two looks for the depth streams.
import { formatPrice, formatQuantity, type Instrument } from '../../src-shared/domain/instrument.ts';
import type { Level } from '../../src-main/core/venue/depth.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';

type Row = readonly [price: string, quantity: string];

export interface BookSnapshot {
  readonly updateId: number;
  /** Best first. */
  readonly bids: readonly Row[];
  readonly asks: readonly Row[];
}

export interface BookDifference {
  readonly first: number;
  readonly last: number;
  readonly previous: number;
  /** Quantity zero removes the level. */
  readonly bids: readonly Row[];
  readonly asks: readonly Row[];
}

/** What a depth stream of one speed has not said yet. */
interface Unsaid {
  readonly since: number;
  readonly bids: Set<string>;
  readonly asks: Set<string>;
}

export class BookView {
  readonly #exchange: Exchange;
  readonly #books = new Map<string, BookSnapshot>();
  /** By symbol, then by speed in milliseconds. */
  readonly #unsaid = new Map<string, Map<number, Unsaid>>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** The book now; its id grows with every change. */
  snapshot(symbol: string, time: number): BookSnapshot {
    const instrument = this.#exchange.instrument(symbol);
    if (instrument === null) return { updateId: 0, bids: [], asks: [] };
    const rows = (levels: readonly Level[]): readonly Row[] => levels.map((level) => textOf(instrument, level));
    const bids = rows(this.#exchange.levels(symbol, 'SELL', time));
    const asks = rows(this.#exchange.levels(symbol, 'BUY', time));
    const known = this.#books.get(symbol);
    const changedBids = changedPrices(known?.bids ?? [], bids);
    const changedAsks = changedPrices(known?.asks ?? [], asks);
    const changes = changedBids.length + changedAsks.length;
    if (known !== undefined && changes === 0) return known;
    const snapshot = { updateId: (known?.updateId ?? 1000) + changes, bids, asks };
    this.#books.set(symbol, snapshot);
    for (const unsaid of this.#unsaid.get(symbol)?.values() ?? []) {
      for (const price of changedBids) unsaid.bids.add(price);
      for (const price of changedAsks) unsaid.asks.add(price);
    }
    return snapshot;
  }

  /**
   * Every level touched since the last call for this symbol and speed, with what it holds now; null when there is none. The chain of ids
   * has no holes, and a level that changed and changed back is told, because a snapshot taken in between has seen it.
   */
  difference(symbol: string, time: number, everyMs: number): BookDifference | null {
    const now = this.snapshot(symbol, time);
    const speeds = this.#unsaid.get(symbol) ?? new Map<number, Unsaid>();
    this.#unsaid.set(symbol, speeds);
    const unsaid = speeds.get(everyMs);
    if (unsaid?.since === now.updateId) return null;
    speeds.set(everyMs, { since: now.updateId, bids: new Set(), asks: new Set() });
    if (unsaid === undefined) return null;
    return {
      first: unsaid.since + 1,
      last: now.updateId,
      previous: unsaid.since,
      bids: quantitiesOf(unsaid.bids, now.bids),
      asks: quantitiesOf(unsaid.asks, now.asks),
    };
  }
}

function textOf(instrument: Instrument, level: Level): Row {
  return [formatPrice(instrument, level.price), formatQuantity(instrument, level.lots)];
}

function changedPrices(before: readonly Row[], now: readonly Row[]): readonly string[] {
  const old = new Map(before);
  const kept = new Set(now.map(([price]) => price));
  return [
    ...now.filter(([price, quantity]) => old.get(price) !== quantity).map(([price]) => price),
    ...before.filter(([price]) => !kept.has(price)).map(([price]) => price),
  ];
}

function quantitiesOf(prices: ReadonlySet<string>, rows: readonly Row[]): readonly Row[] {
  const held = new Map(rows);
  return [...prices].map((price): Row => [price, held.get(price) ?? '0']);
}
