// The screen's copy of the engine's state: a snapshot and the pure reducer that keeps it current.
import { assertNever } from '../kernel/result.ts';
import { isTerminal, type Order } from '../domain/order.ts';
import type { LifecycleEvent } from '../domain/position.ts';
import type { EngineEvent, EngineEventBody } from './events.ts';
import type { PositionView, Snapshot } from './view.ts';

export const DECISIONS_KEPT = 200;
export const LOG_LINES_KEPT = 500;
export const CLOSED_POSITIONS_KEPT = 100;
export const ENDED_ORDERS_KEPT = 200;
export const LIFECYCLE_EVENTS_KEPT = 200;

export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly snapshot: Snapshot }
  /** Already contained in the snapshot. */
  | { readonly kind: 'old' }
  /** Events are missing; ask for a fresh snapshot. */
  | { readonly kind: 'gap'; readonly expected: number; readonly got: number };

/** Applies one event to a snapshot without changing either. */
export function applyEvent(snapshot: Snapshot, event: EngineEvent): ApplyOutcome {
  if (event.sequence <= snapshot.sequence) return { kind: 'old' };
  if (event.sequence !== snapshot.sequence + 1) return { kind: 'gap', expected: snapshot.sequence + 1, got: event.sequence };
  return { kind: 'applied', snapshot: { ...applyBody(snapshot, event.body), sequence: event.sequence, engineTime: event.time } };
}

/** The same reducer without the sequence; the engine's own view store uses it to build snapshots. */
export function applyBody(snapshot: Snapshot, body: EngineEventBody): Snapshot {
  switch (body.kind) {
    case 'session':
      return { ...snapshot, session: body.session };
    case 'account':
      return { ...snapshot, account: body.account };
    case 'guard':
      return { ...snapshot, guard: body.guard };
    case 'markets':
      return { ...snapshot, markets: Object.fromEntries(body.markets.map((market) => [market.symbol, market])) };
    case 'ticks':
      return { ...snapshot, ticks: mergeBySymbol(snapshot.ticks, body.ticks) };
    case 'analysis':
      return { ...snapshot, analysis: mergeBySymbol(snapshot.analysis, body.analysis), funnel: body.funnel };
    case 'position':
      return { ...snapshot, positions: withPosition(snapshot.positions, body.view) };
    case 'lifecycle':
      return { ...snapshot, positions: withLifecycle(snapshot.positions, body.event) };
    case 'order':
      return { ...snapshot, orders: withOrder(snapshot.orders, body.order) };
    case 'decision':
      return { ...snapshot, decisions: appendBounded(snapshot.decisions, body.decision, DECISIONS_KEPT) };
    case 'virtual':
      return { ...snapshot, virtual: body.virtual };
    case 'health':
      return { ...snapshot, health: body.health };
    case 'log':
      return { ...snapshot, log: appendBounded(snapshot.log, body.line, LOG_LINES_KEPT) };
    case 'settings':
      return { ...snapshot, settings: body.settings };
    case 'training':
      return { ...snapshot, training: body.training };
    case 'alarms':
      return { ...snapshot, alarms: body.alarms };
    case 'candle':
      return snapshot;
    default:
      return assertNever(body);
  }
}

function mergeBySymbol<T extends { readonly symbol: string }>(existing: Readonly<Record<string, T>>, rows: readonly T[]): Readonly<Record<string, T>> {
  const next = { ...existing };
  for (const row of rows) next[row.symbol] = row;
  return next;
}

function appendBounded<T>(list: readonly T[], item: T, limit: number): readonly T[] {
  return list.length < limit ? [...list, item] : [...list.slice(list.length - limit + 1), item];
}

function withPosition(positions: Readonly<Record<string, PositionView>>, view: Omit<PositionView, 'events'>): Readonly<Record<string, PositionView>> {
  const known = positions[view.position.id];
  const events = known?.events ?? [];
  // Not every change tells the twin; the last one told stays.
  const twin = view.twin ?? known?.twin;
  const next = { ...positions, [view.position.id]: { ...view, events, ...(twin === undefined ? {} : { twin }) } };
  if (view.position.phase !== 'closed') return next;
  return dropOldest(next, CLOSED_POSITIONS_KEPT, (entry) => (entry.position.phase === 'closed' ? (entry.position.closedAt ?? 0) : null));
}

function withLifecycle(positions: Readonly<Record<string, PositionView>>, event: LifecycleEvent): Readonly<Record<string, PositionView>> {
  const view = positions[event.positionId];
  if (view === undefined) return positions;
  return { ...positions, [event.positionId]: { ...view, events: appendBounded(view.events, event, LIFECYCLE_EVENTS_KEPT) } };
}

function withOrder(orders: Readonly<Record<string, Order>>, order: Order): Readonly<Record<string, Order>> {
  const next = { ...orders, [order.intent.clientOrderId]: order };
  if (!isTerminal(order.status)) return next;
  return dropOldest(next, ENDED_ORDERS_KEPT, (entry) => (isTerminal(entry.status) ? entry.updatedAt : null));
}

/** Removes the oldest droppable entries beyond `limit`; `ageOf` gives null for entries that stay. */
function dropOldest<T>(record: Readonly<Record<string, T>>, limit: number, ageOf: (entry: T) => number | null): Readonly<Record<string, T>> {
  const droppable = Object.entries(record).filter(([, entry]) => ageOf(entry) !== null);
  if (droppable.length <= limit) return record;
  droppable.sort((a, b) => (ageOf(a[1]) ?? 0) - (ageOf(b[1]) ?? 0));
  const dropped = new Set(droppable.slice(0, droppable.length - limit).map(([key]) => key));
  return Object.fromEntries(Object.entries(record).filter(([key]) => !dropped.has(key)));
}
