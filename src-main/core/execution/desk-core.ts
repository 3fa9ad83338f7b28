// What the desk's subjects share: the books, open questions, wished comparisons, and journalled changes of positions and orders.
import type { PositionView } from '../../../src-shared/contract/view.ts';
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import type { Order } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import { epochMs, moneyFromUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { Comparisons } from './comparisons.ts';
import { netProfitR, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';
import { Inquiries } from './inquiries.ts';
import { nakedTime } from './naked-clock.ts';
import { Resends } from './resends.ts';

export const HOUR_MS = 3_600_000;

export class DeskCore {
  readonly context: DeskContext;
  readonly inquiries: Inquiries;
  readonly comparisons: Comparisons;
  readonly resends: Resends;
  readonly #idSeed: string;

  constructor(context: DeskContext, idSeed: string) {
    this.context = context;
    this.#idSeed = idSeed;
    this.inquiries = new Inquiries(context.speed);
    this.comparisons = new Comparisons(context.speed);
    this.resends = new Resends(context.speed);
  }

  /** Last traded price, else the mark; null while unknown. */
  newestPrice(symbol: string): number | null {
    return this.context.lastOf?.(symbol) ?? this.context.markOf(symbol);
  }

  nextId(): string {
    this.context.state.counter += 1;
    return `pt${this.#idSeed}x${this.context.state.counter.toString(36)}`;
  }

  /** Journals a changed position whole and shows it. */
  keep(held: HeldPosition, now: EpochMs, summary: string): void {
    this.context.state.setPosition(held, now, summary);
    this.context.state.event({ kind: 'position', view: this.view(held.position, now) });
  }

  /** Journals a changed order whole and shows it; the same order changes nothing. */
  setOrder(order: Order, now: EpochMs, what: string): void {
    if (this.context.state.orders.get(order.intent.clientOrderId) === order) return;
    this.context.state.setOrder(order, now, { summary: `${order.intent.symbol}: ${order.intent.purpose} order ${what}`, durable: false });
  }

  /** Asks for a comparison of one symbol with its fills since a time. */
  want(symbol: string, since: number, now: EpochMs): void {
    // Without its rules a contract cannot be read: the venue would seem to have no such position.
    if (this.context.instrumentOf(symbol) === null) return;
    this.comparisons.want(symbol, epochMs(since));
    this.askWanted(now);
  }

  askWanted(now: EpochMs): void {
    const request = this.comparisons.take(now);
    if (request !== null) this.context.state.effect({ kind: 'reconcile', scope: 'symbols', ...request });
  }

  /** A position as the screen sees it, at the newest mark. */
  view(position: Position, now: EpochMs): Omit<PositionView, 'events'> {
    const held = this.context.state.get(position.id);
    const instrument = this.context.instrumentOf(position.symbol);
    const mark = this.context.markOf(position.symbol) ?? position.entryPrice;
    const quantity = instrument === null ? 0 : lotsToQuantity(instrument, position.lots);
    const unrealised = quantity * (mark - position.entryPrice) * (position.side === 'long' ? 1 : -1);
    return {
      position,
      mark,
      unrealised: moneyFromUsdt(unrealised),
      pnlR: netProfitR(this.context, position, position.exitPrice ?? mark),
      marginUsed: moneyFromUsdt((quantity * mark) / Math.max(1, position.leverage)),
      ...(held === null ? {} : nakedTime(this.context, held, now)),
    };
  }
}
