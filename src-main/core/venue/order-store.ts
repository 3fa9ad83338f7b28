// Regular orders by id, client id and symbol: the open ones indexed, the ended ones kept for queries.
import type { Amendment, OrderKey, VenueOrder } from './types.ts';

const ENDED_KEPT = 5000;
const AMENDMENTS_KEPT = 1000;

export class OrderStore {
  readonly #open = new Map<number, VenueOrder>();
  readonly #openBySymbol = new Map<string, Map<number, VenueOrder>>();
  readonly #openByClientId = new Map<string, VenueOrder>();
  #ended: VenueOrder[] = [];
  #amendments: Amendment[] = [];
  #nextAmendmentId = 1;

  get openCount(): number {
    return this.#open.size;
  }

  get amendments(): readonly Amendment[] {
    return this.#amendments;
  }

  add(order: VenueOrder): void {
    this.#open.set(order.orderId, order);
    this.#openByClientId.set(order.clientOrderId, order);
    const sameSymbol = this.#openBySymbol.get(order.symbol);
    if (sameSymbol === undefined) this.#openBySymbol.set(order.symbol, new Map([[order.orderId, order]]));
    else sameSymbol.set(order.orderId, order);
  }

  isOpen(orderId: number): boolean {
    return this.#open.has(orderId);
  }

  hasClientId(clientOrderId: string): boolean {
    return this.#openByClientId.has(clientOrderId);
  }

  /** Open orders, oldest first; a fresh list, so that callers may end orders while they walk it. */
  open(symbol: string | null): readonly VenueOrder[] {
    if (symbol === null) return [...this.#open.values()];
    return [...(this.#openBySymbol.get(symbol)?.values() ?? [])];
  }

  openCountOf(symbol: string): number {
    return this.#openBySymbol.get(symbol)?.size ?? 0;
  }

  findOpen(symbol: string, key: OrderKey): VenueOrder | null {
    const found = key.orderId === null ? this.#openByClientId.get(key.clientOrderId ?? '') : this.#open.get(key.orderId);
    return found?.symbol === symbol ? found : null;
  }

  /** The newest order that matches: a client id may be used again after its order ended. */
  find(symbol: string, key: OrderKey): VenueOrder | null {
    const open = this.findOpen(symbol, key);
    if (open !== null) return open;
    return (
      this.#ended.findLast(
        (order) => order.symbol === symbol && (key.orderId === null ? order.clientOrderId === key.clientOrderId : order.orderId === key.orderId),
      ) ?? null
    );
  }

  all(symbol: string | null): readonly VenueOrder[] {
    return [...this.#ended, ...this.#open.values()].filter((order) => symbol === null || order.symbol === symbol).toSorted((a, b) => a.orderId - b.orderId);
  }

  /** Moves an order from the open to the ended ones. */
  retire(order: VenueOrder): void {
    this.#open.delete(order.orderId);
    this.#openBySymbol.get(order.symbol)?.delete(order.orderId);
    if (this.#openByClientId.get(order.clientOrderId) === order) this.#openByClientId.delete(order.clientOrderId);
    this.#ended.push(order);
    if (this.#ended.length > ENDED_KEPT) this.#ended = this.#ended.slice(-ENDED_KEPT / 2);
  }

  recordAmendment(amendment: Omit<Amendment, 'amendmentId'>): void {
    this.#amendments.push({ ...amendment, amendmentId: this.#nextAmendmentId++ });
    if (this.#amendments.length > AMENDMENTS_KEPT) this.#amendments = this.#amendments.slice(-AMENDMENTS_KEPT / 2);
  }

  symbolsWithOrders(): readonly string[] {
    return [...this.#openBySymbol].filter(([, orders]) => orders.size > 0).map(([symbol]) => symbol);
  }

  state(): readonly VenueOrder[] {
    return [...this.#ended, ...this.#open.values()];
  }

  restore(orders: readonly VenueOrder[]): void {
    for (const order of orders) {
      const copy = { ...order };
      if (order.status === 'NEW' || order.status === 'PARTIALLY_FILLED') this.add(copy);
      else this.#ended.push(copy);
    }
  }
}
