// The trade desk: the single owner of orders and positions, from approval to flat. Pure: time comes in, wishes go out.
import { isConditional, isTerminal } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import type { PositionView } from '../../../src-shared/contract/view.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, OrderAcknowledgement, OrderReport, VenueEvent, VenueState } from '../ports.ts';
import type { AdditionApproved } from '../risk/addition.ts';
import type { AmendmentApproved } from '../risk/amendment.ts';
import type { RiskApproved } from '../risk/manager.ts';
import { amendEntry, askAboutAmendments, takeAmendment } from './amendment.ts';
import { takeCancellation, takeQuery, takeSubmission } from './answers.ts';
import { cancelByHand } from './cancel-by-hand.ts';
import type { DeskContext } from './desk-context.ts';
import { DeskCore } from './desk-core.ts';
import type { DeskOutput } from './desk-output.ts';
import { DeskState, type DeskCheckpoint } from './desk-state.ts';
import type { HeldPosition } from './held-position.ts';
import { addToEntry, openEntry, sendEntry } from './entry.ts';
import { takeFunding } from './funding.ts';
import { guardAtPrice, guardPositions, type GuardStep } from './guardian.ts';
import { MonitorSchedule } from './monitor-schedule.ts';
import { nakedTime } from './naked-clock.ts';
import { movePlan } from './plan-change.ts';
import { refreshProtection } from './protection.ts';
import { askBeforeResend } from './resend-entry.ts';
import { takeOrderEvent } from './reports.ts';
import { askAboutReachedEntries } from './reached-entry.ts';
import { takeComparison } from './take-comparison.ts';
import { VenueWatch } from './venue-watch.ts';

export interface HandStep {
  readonly summary: string;
  readonly apply: (held: HeldPosition) => HeldPosition;
  /** Kind of the command, for changes that alter how the position ends. */
  readonly action?: string;
}

export interface DeskConfig extends Omit<DeskContext, 'state'> {
  /** Lower-case letters and digits; makes ids unique across installations of one account. */
  readonly idSeed: string;
}

export class TradeDesk {
  readonly context: DeskContext & { speed: number };
  readonly #core: DeskCore;
  readonly #schedule = new MonitorSchedule();
  #closed: { readonly ended: readonly HeldPosition[]; readonly positions: readonly Position[] } = { ended: [], positions: [] };
  readonly #venue: VenueWatch;

  constructor(config: DeskConfig) {
    this.context = { ...config, state: new DeskState() };
    this.#core = new DeskCore(this.context, config.idSeed);
    this.#venue = new VenueWatch(this.#core);
  }

  setSpeed(speed: number): void {
    this.context.speed = speed;
    this.#core.inquiries.speed = speed;
    this.#core.comparisons.speed = speed;
    this.#core.resends.speed = speed;
  }

  // ── reading ──

  positions(): readonly Position[] {
    return this.context.state.alive().map((held) => held.position);
  }

  /** The same list as long as nothing closes or is forgotten. */
  closedPositions(): readonly Position[] {
    const ended = this.context.state.positions.ended();
    if (ended !== this.#closed.ended) this.#closed = { ended, positions: ended.map((held) => held.position).filter((position) => position.exitPrice !== null) };
    return this.#closed.positions;
  }

  /** Seconds × USDT without a confirmed stop, of every position that is open or was closed after `since`. */
  nakedSecondsUsdtSince(since: EpochMs, now: EpochMs): number {
    let sum = 0;
    for (const held of this.context.state.positions.values())
      if ((held.position.closedAt ?? now) >= since) sum += nakedTime(this.context, held, now).nakedSecondsUsdt;
    return sum;
  }

  /** An order of the symbol whose fate the venue has not told. */
  hasUnknownOrder(symbol: string): boolean {
    return this.context.state.orders.live().some((order) => order.status === 'unknown' && order.intent.symbol === symbol);
  }

  hasPendingOrder(symbol: string): boolean {
    return (
      this.context.state.orders.live().some((order) => order.intent.symbol === symbol && order.intent.purpose === 'entry') ||
      this.context.state.aliveOn(symbol).length > 0
    );
  }

  view(position: Position, now: EpochMs): Omit<PositionView, 'events'> {
    return this.#core.view(position, now);
  }

  // ── opening ──

  openPosition(approval: RiskApproved, signal: Signal, now: EpochMs): DeskOutput {
    openEntry(this.#core, { approval, signal }, now);
    return this.#finish();
  }

  onPrepared(positionId: string, result: Result<null, ExchangeError>, now: EpochMs): DeskOutput {
    sendEntry(this.#core, { positionId, result }, now);
    return this.#finish();
  }

  // ── answers of the venue ──

  onSubmitted(clientOrderId: string, result: Result<OrderAcknowledgement, ExchangeError>, now: EpochMs): DeskOutput {
    takeSubmission(this.#core, { clientOrderId, result, now });
    return this.#finish();
  }

  onCanceled(clientOrderId: string, result: Result<null, ExchangeError>, now: EpochMs): DeskOutput {
    takeCancellation(this.#core, { clientOrderId, result, now });
    return this.#finish();
  }

  onQueried(clientOrderId: string, result: Result<OrderReport | null, ExchangeError>, now: EpochMs): DeskOutput {
    takeQuery(this.#core, { clientOrderId, result, now });
    return this.#finish();
  }

  onAmended(answer: Parameters<typeof takeAmendment>[1], now: EpochMs): DeskOutput {
    takeAmendment(this.#core, answer, now);
    return this.#finish();
  }

  onVenueEvent(event: VenueEvent, now: EpochMs): DeskOutput {
    switch (event.kind) {
      case 'order':
        takeOrderEvent(this.#core, event, now);
        break;
      case 'account':
        takeFunding(this.#core, event, now);
        break;
      case 'margin-call':
        this.context.state.effect({
          kind: 'notify',
          notification: { topic: 'alarm', title: 'Margin call', text: 'The exchange warns that margin is low. Reduce positions or add funds.' },
        });
        break;
      case 'stream':
      case 'resync-needed':
        break;
    }
    return this.#finish();
  }

  onReconciled(venue: VenueState, now: EpochMs): DeskOutput {
    if (venue.scope === 'symbols') this.#core.comparisons.settle(venue.symbols, true);
    else this.#venue.compared(venue, now);
    takeComparison(this.#core, venue, now);
    return this.#finish();
  }

  /** A comparison of single symbols got no answer: it is wished again. */
  onComparisonFailed(symbols: readonly string[], now: EpochMs): DeskOutput {
    this.#core.comparisons.settle(symbols, false);
    this.#core.askWanted(now);
    return this.#finish();
  }

  onPulse(now: EpochMs): DeskOutput {
    askBeforeResend(this.#core, now);
    askAboutAmendments(this.#core, now);
    for (const clientOrderId of this.#core.inquiries.takeDue(now)) {
      const order = this.context.state.orders.get(clientOrderId);
      if (order === undefined || isTerminal(order.status)) this.#core.inquiries.settle(clientOrderId);
      else this.context.state.effect({ kind: 'query', symbol: order.intent.symbol, clientOrderId, conditional: isConditional(order.intent.kind) });
    }
    this.#venue.verify(now);
    this.#core.askWanted(now);
    if (this.#venue.mayGuard(now)) guardPositions(this.context, this.#guardStep(now));
    return this.#finish();
  }

  /** A new price: stops are watched and rules run at once, not at the next pulse. */
  onPrice(symbol: string, now: EpochMs): DeskOutput {
    askAboutReachedEntries(this.#core, symbol, now);
    if (this.#venue.isHeard) guardAtPrice(this.context, symbol, this.#guardStep(now));
    return this.#finish();
  }

  // ── changes by a person ──

  /** Adds to an open position what the risk manager approved, at the market. */
  addToPosition(positionId: string, approval: AdditionApproved, now: EpochMs): DeskOutput {
    addToEntry(this.#core, { positionId, approval }, now);
    return this.#finish();
  }

  /** Gives a resting entry the price and quantity the risk manager approved. */
  amendEntry(positionId: string, approval: AmendmentApproved, now: EpochMs): DeskOutput {
    amendEntry(this.#core, { positionId, approval }, now);
    return this.#finish();
  }

  /** Gives a resting entry the stop and target the risk manager approved. */
  movePlan(change: Parameters<typeof movePlan>[1], now: EpochMs): DeskOutput {
    movePlan(this.#core, change, now);
    return this.#finish();
  }

  /** Applies a change to a position and journals it with its summary. */
  change(positionId: string, now: EpochMs, step: HandStep): DeskOutput {
    const held = this.context.state.get(positionId);
    if (held === null) return this.#finish();
    const changed = refreshProtection(this.context, step.apply(held), now);
    this.#core.keep({ ...changed, handAction: held.handAction ?? step.action ?? null }, now, step.summary);
    return this.#finish();
  }

  /** Cancels an order for a person. A cancelled target is not wanted any more, so nothing places it again. */
  cancelEntry(clientOrderId: string, now: EpochMs): DeskOutput {
    cancelByHand(this.#core, clientOrderId, now);
    return this.#finish();
  }

  // ── memory ──

  checkpoint(): DeskCheckpoint {
    return this.context.state.checkpoint();
  }

  restore(checkpoint: DeskCheckpoint): void {
    this.context.state.restore(checkpoint);
    this.#venue.restarted();
  }

  replay(kind: string, data: unknown): void {
    this.context.state.replay(kind, data);
    this.#venue.restarted();
  }

  // ── inside ──

  #guardStep(now: EpochMs): GuardStep {
    return { now, schedule: this.#schedule, settle: (held, summary) => this.#core.keep(held, now, summary) };
  }

  #finish(): DeskOutput {
    return this.context.state.take();
  }
}
