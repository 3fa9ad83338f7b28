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

export class BookView {
  readonly #exchange: Exchange;
  readonly #books = new Map<string, BookSnapshot>();
  readonly #sent = new Map<string, BookSnapshot>();

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
    const changes = known === undefined ? 1 : differences(known.bids, bids).length + differences(known.asks, asks).length;
    if (known !== undefined && changes === 0) return known;
    const snapshot = { updateId: (known?.updateId ?? 1000) + changes, bids, asks };
    this.#books.set(symbol, snapshot);
    return snapshot;
  }

  /** What changed since the last call for this symbol and speed, or null. The chain of ids has no holes. */
  difference(symbol: string, time: number, everyMs: number): BookDifference | null {
    const now = this.snapshot(symbol, time);
    const key = `${symbol} ${everyMs}`;
    const before = this.#sent.get(key);
    this.#sent.set(key, now);
    if (before === undefined || before.updateId === now.updateId) return null;
    return {
      first: before.updateId + 1,
      last: now.updateId,
      previous: before.updateId,
      bids: differences(before.bids, now.bids),
      asks: differences(before.asks, now.asks),
    };
  }
}

function textOf(instrument: Instrument, level: Level): Row {
  return [formatPrice(instrument, level.price), formatQuantity(instrument, level.lots)];
}

function differences(before: readonly Row[], now: readonly Row[]): readonly Row[] {
  const old = new Map(before);
  const changed = now.filter(([price, quantity]) => old.get(price) !== quantity);
  const kept = new Set(now.map(([price]) => price));
  return [...changed, ...before.filter(([price]) => !kept.has(price)).map(([price]): Row => [price, '0'])];
}
