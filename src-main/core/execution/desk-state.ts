// What the trade desk owns: positions, orders, seen fills; every change is journalled whole, so replaying is setting.
import { isTerminal, type Order } from '../../../src-shared/domain/order.ts';
import type { CloseReason, LifecycleEvent, LifecycleKind, Position } from '../../../src-shared/domain/position.ts';
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { JournalRecord } from '../ports.ts';
import { counterOf, ordersOf, withDefaults, type HeldPosition } from './held-position.ts';
import type { DeskEffect, DeskOutput } from './desk-output.ts';
import { LiveMap } from './live-map.ts';

export const FILLS_REMEMBERED = 5000;
/** Ended orders that are known, the last to end: a late event of one of them still finds its position. */
export const ENDED_ORDERS_KEPT = 400;
/** So many more are let go at once. */
export const ORDERS_FORGOTTEN_AT_ONCE = 50;
export const CLOSED_POSITIONS_KEPT = 200;

/** Most calls have nothing to say. */
const NOTHING: DeskOutput = { records: [], durable: false, events: [], effects: [] };

export interface DeskCheckpoint {
  readonly positions: readonly HeldPosition[];
  readonly orders: readonly Order[];
  readonly fills: readonly string[];
  readonly counter: number;
}

export class DeskState {
  readonly positions = new LiveMap<HeldPosition>((held) => held.position.phase !== 'closed');
  readonly orders = new LiveMap<Order>((order) => !isTerminal(order.status));
  readonly #fills = new Set<string>();
  counter = 0;
  #records: JournalRecord[] = [];
  #events: EngineEventBody[] = [];
  #effects: DeskEffect[] = [];
  #durable = false;

  // ── reading ──

  get(id: string): HeldPosition | null {
    return this.positions.get(id) ?? null;
  }

  /** Positions that are not closed. */
  alive(): readonly HeldPosition[] {
    return this.positions.live();
  }

  aliveOn(symbol: string): readonly HeldPosition[] {
    return this.alive().filter((held) => held.position.symbol === symbol);
  }

  hasSeen(fillKey: string): boolean {
    return this.#fills.has(fillKey);
  }

  get fillCount(): number {
    return this.#fills.size;
  }

  // ── changing ──

  setPosition(held: HeldPosition, at: EpochMs, summary: string): void {
    this.positions.set(held.position.id, held);
    this.#records.push({ time: at, kind: 'position', positionId: held.position.id, symbol: held.position.symbol, summary, data: held });
    this.#forgetOld();
  }

  /** A change that need not survive a crash (marks, excursions). */
  setQuietly(held: HeldPosition): void {
    this.positions.set(held.position.id, held);
  }

  setOrder(order: Order, at: EpochMs, change: { readonly summary: string; readonly durable: boolean }): void {
    this.orders.set(order.intent.clientOrderId, order);
    this.#records.push({ time: at, kind: 'order', positionId: order.intent.positionId, symbol: order.intent.symbol, summary: change.summary, data: order });
    this.#events.push({ kind: 'order', order });
    this.#durable ||= change.durable;
  }

  /** What this call changes is on the disk before its answer leaves. */
  sync(): void {
    this.#durable = true;
  }

  /** Whatever is told under one of these keys later was counted already. The record carries them. */
  rememberFill(keys: readonly string[], record: JournalRecord): void {
    for (const key of keys) this.#remember(key);
    this.#records.push(record);
    this.#durable = true;
  }

  lifecycle(
    position: Position,
    kind: LifecycleKind,
    seen: { readonly at: EpochMs; readonly price: number; readonly pnlR: number; readonly reason?: CloseReason },
  ): void {
    const event: LifecycleEvent = { positionId: position.id, kind, time: seen.at, price: seen.price, pnlR: seen.pnlR, reason: seen.reason ?? null };
    this.#events.push({ kind: 'lifecycle', event });
    this.#records.push({
      time: seen.at,
      kind: 'lifecycle',
      positionId: position.id,
      symbol: position.symbol,
      summary: `${position.symbol} ${kind.replaceAll('_', ' ')}`,
      data: event,
    });
  }

  record(record: JournalRecord): void {
    this.#records.push(record);
  }
  event(body: EngineEventBody): void {
    this.#events.push(body);
  }
  effect(effect: DeskEffect): void {
    this.#effects.push(effect);
  }

  /** Everything since the last call. */
  take(): DeskOutput {
    if (this.#records.length === 0 && this.#events.length === 0 && this.#effects.length === 0) return NOTHING;
    const output: DeskOutput = { records: this.#records, durable: this.#durable, events: this.#events, effects: this.#effects };
    this.#records = [];
    this.#events = [];
    this.#effects = [];
    this.#durable = false;
    return output;
  }

  // ── memory ──

  checkpoint(): DeskCheckpoint {
    return { positions: [...this.positions.values()], orders: [...this.orders.values()], fills: [...this.#fills], counter: this.counter };
  }

  restore(checkpoint: DeskCheckpoint): void {
    for (const held of checkpoint.positions) this.positions.set(held.position.id, withDefaults(held));
    for (const order of checkpoint.orders) this.orders.set(order.intent.clientOrderId, order);
    for (const fill of checkpoint.fills) this.#remember(fill);
    this.counter = checkpoint.counter;
  }

  /** Applies one journalled change. Records of other parts are ignored. */
  replay(kind: string, data: unknown): void {
    if (kind === 'position') {
      const held = withDefaults(data as HeldPosition);
      this.positions.set(held.position.id, held);
      this.counter = Math.max(this.counter, counterOf(held.position.id));
      this.#forgetOld();
    } else if (kind === 'lifecycle') {
      this.#replayExcursion(data as LifecycleEvent);
    } else if (kind === 'order') {
      const order = data as Order;
      this.orders.set(order.intent.clientOrderId, order);
    } else if (kind === 'fill') {
      const { key, alias } = data as { readonly key: string; readonly alias?: string };
      this.#remember(key);
      if (alias !== undefined) this.#remember(alias);
    }
  }

  /** Excursions are journalled as events only; their newest value is the position's. */
  #replayExcursion(event: LifecycleEvent): void {
    const held = this.positions.get(event.positionId);
    if (held === undefined) return;
    if (event.kind === 'max_pnl_updated') this.positions.set(event.positionId, { ...held, position: { ...held.position, maxPnlR: event.pnlR } });
    if (event.kind === 'min_pnl_updated') this.positions.set(event.positionId, { ...held, position: { ...held.position, minPnlR: event.pnlR } });
  }

  #remember(fillKey: string): void {
    this.#fills.add(fillKey);
    for (const oldest of this.#fills) if (this.#fills.size <= FILLS_REMEMBERED || !this.#fills.delete(oldest)) break;
  }

  #forgetOld(): void {
    const closed = this.positions.ended();
    if (closed.length > CLOSED_POSITIONS_KEPT)
      for (const held of closed.slice(0, closed.length - CLOSED_POSITIONS_KEPT)) this.positions.delete(held.position.id);
    this.#forgetOrders();
  }

  /** A position that trails for weeks ends an order with every step: all but the newest leave, those that an open position names stay. */
  #forgetOrders(): void {
    const surplus = this.orders.size - this.orders.live().length - ENDED_ORDERS_KEPT;
    if (surplus < ORDERS_FORGOTTEN_AT_ONCE) return;
    const named = new Set(this.alive().flatMap(ordersOf));
    const oldest = this.orders.ended().toSorted((a, b) => a.updatedAt - b.updatedAt);
    for (const { intent } of oldest.slice(0, surplus)) if (!named.has(intent.clientOrderId)) this.orders.delete(intent.clientOrderId);
    for (const { intent } of this.orders.live()) if (!this.positions.has(intent.positionId)) this.orders.delete(intent.clientOrderId);
  }
}
