// What the trade desk owns: positions, orders, seen fills; every change is journalled whole, so replaying is setting.
import type { Order } from '../../../src-shared/domain/order.ts';
import type { CloseReason, LifecycleEvent, LifecycleKind, Position } from '../../../src-shared/domain/position.ts';
import type { EngineEventBody } from '../../../src-shared/contract/events.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { JournalRecord } from '../ports.ts';
import type { ApproachState } from './lifecycle.ts';
import type { DeskEffect, DeskOutput } from './desk-output.ts';

/** A position with what only the desk needs. All of it is journalled. */
export interface HeldPosition {
  readonly position: Position;
  readonly entryOrderId: string | null;
  /** The conditional that protects now. */
  readonly stopOrderId: string | null;
  /** A stop that is being placed to take over. */
  readonly nextStopId: string | null;
  readonly targetOrderId: string | null;
  readonly nextTargetId: string | null;
  readonly closeOrderId: string | null;
  readonly closeReason: CloseReason | null;
  /** Counter of the next client order id. */
  readonly sequence: number;
  readonly lastStopAttemptAt: EpochMs | null;
  readonly lastTargetAttemptAt: EpochMs | null;
  readonly stopCrossedAt: EpochMs | null;
  readonly approach: ApproachState;
  readonly marginType: 'isolated' | 'cross';
  readonly limit: number | null;
  readonly timeInForce: 'GTC' | 'IOC';
  readonly plannedLots: number;
  /** Lots of all opening fills, or what the venue said. */
  readonly openedLots: number;
  /** Lots of all closing fills; the position's lots are opened − closed. */
  readonly closedLots: number;
  /** Venue time of the last quantity taken from the venue; fills up to it are contained in that quantity. 0 = never. */
  readonly correctedAt: number;
  /** Venue code of the last refused close: it decides how the next one is sent. */
  readonly closeRefusal: number | null;
  /** Engine time of the last change of quantity. */
  readonly touchedAt: EpochMs;
  /** Lots opened before the newest entry order was sent: an addition counts from there. */
  readonly entryBaseLots: number;
  /** Newest price when the first entry order left; null before. */
  readonly sentPrice: number | null;
  /** How often an unfilled limit entry was sent again nearer to the price. */
  readonly chases: number;
  /** The entry is being cancelled to be sent again. */
  readonly isChasing: boolean;
  /** What a person did with it first; null while nobody did. */
  readonly handAction: string | null;
  /** Milliseconds without a confirmed stop, and the same as seconds × notional in USDT; counted up to `nakedCountedAt`. */
  readonly nakedMs: number;
  readonly nakedSecondsUsdt: number;
  readonly nakedCountedAt: EpochMs | null;
}

/** Fields that journals of earlier builds lack. */
const NEWER = {
  entryBaseLots: 0,
  sentPrice: null,
  chases: 0,
  isChasing: false,
  handAction: null,
  nakedMs: 0,
  nakedSecondsUsdt: 0,
  nakedCountedAt: null,
} as const;

const FILLS_REMEMBERED = 5000;
const ENDED_ORDERS_KEPT = 400;
const CLOSED_POSITIONS_KEPT = 200;

export interface DeskCheckpoint {
  readonly positions: readonly HeldPosition[];
  readonly orders: readonly Order[];
  readonly fills: readonly string[];
  readonly counter: number;
}

export class DeskState {
  readonly positions = new Map<string, HeldPosition>();
  readonly orders = new Map<string, Order>();
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
    return [...this.positions.values()].filter((held) => held.position.phase !== 'closed');
  }

  aliveOn(symbol: string): readonly HeldPosition[] {
    return this.alive().filter((held) => held.position.symbol === symbol);
  }

  hasSeen(fillKey: string): boolean {
    return this.#fills.has(fillKey);
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

  rememberFill(fillKey: string, record: JournalRecord): void {
    this.#fills.add(fillKey);
    if (this.#fills.size > FILLS_REMEMBERED) {
      const [oldest] = this.#fills;
      if (oldest !== undefined) this.#fills.delete(oldest);
    }
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
    for (const fill of checkpoint.fills) this.#fills.add(fill);
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
      this.#fills.add((data as { readonly key: string }).key);
    }
  }

  /** Excursions are journalled as events only; their newest value is the position's. */
  #replayExcursion(event: LifecycleEvent): void {
    const held = this.positions.get(event.positionId);
    if (held === undefined) return;
    if (event.kind === 'max_pnl_updated') this.positions.set(event.positionId, { ...held, position: { ...held.position, maxPnlR: event.pnlR } });
    if (event.kind === 'min_pnl_updated') this.positions.set(event.positionId, { ...held, position: { ...held.position, minPnlR: event.pnlR } });
  }

  #forgetOld(): void {
    const closed = [...this.positions.values()].filter((held) => held.position.phase === 'closed');
    if (closed.length > CLOSED_POSITIONS_KEPT)
      for (const held of closed.slice(0, closed.length - CLOSED_POSITIONS_KEPT)) this.positions.delete(held.position.id);
    if (this.orders.size <= ENDED_ORDERS_KEPT) return;
    for (const [id, order] of this.orders) {
      if (this.orders.size <= ENDED_ORDERS_KEPT) break;
      if (!this.positions.has(order.intent.positionId)) this.orders.delete(id);
    }
  }
}

/** Journals of earlier builds lack the newer fields; opened less held is then what was closed. */
function withDefaults(held: HeldPosition): HeldPosition {
  const older: Partial<HeldPosition> = held;
  if (older.nakedMs !== undefined) return held;
  const whole = { ...NEWER, ...older } as HeldPosition;
  if (older.closedLots !== undefined) return whole;
  return { ...whole, closedLots: Math.max(0, held.openedLots - held.position.lots), correctedAt: 0, closeRefusal: null };
}

/** A position before anything happened to it. */
export function createHeld(position: Position, plan: Pick<HeldPosition, 'marginType' | 'limit' | 'timeInForce' | 'plannedLots' | 'touchedAt'>): HeldPosition {
  return {
    position,
    entryOrderId: null,
    stopOrderId: null,
    nextStopId: null,
    targetOrderId: null,
    nextTargetId: null,
    closeOrderId: null,
    closeReason: null,
    sequence: 1,
    lastStopAttemptAt: null,
    lastTargetAttemptAt: null,
    stopCrossedAt: null,
    approach: { target: false, stop: false },
    ...plan,
    openedLots: 0,
    closedLots: 0,
    correctedAt: 0,
    closeRefusal: null,
    ...NEWER,
  };
}

/** Position ids end in a base-36 counter after the installation's seed: `pt` seed `x` counter. */
export function counterOf(positionId: string): number {
  const tail = /x([0-9a-z]+)$/.exec(positionId)?.[1];
  return tail === undefined ? 0 : Number.parseInt(tail, 36);
}
