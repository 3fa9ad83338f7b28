// The trade desk: the single owner of orders and positions, from approval to flat. Pure: time comes in, wishes go out.
import { isConditional, isTerminal } from '../../../src-shared/domain/order.ts';
import type { Position } from '../../../src-shared/domain/position.ts';
import type { PositionView } from '../../../src-shared/contract/view.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, OrderAcknowledgement, OrderReport, VenueEvent, VenueState } from '../ports.ts';
import type { AdditionApproved } from '../risk/addition.ts';
import type { AmendmentApproved } from '../risk/amendment.ts';
import type { RiskApproved } from '../risk/manager.ts';
import { amendEntry, askAboutAmendments, takeAmendment } from './amendment.ts';
import { takeCancellation, takeQuery, takeSubmission } from './answers.ts';
import { cancelOrder, type DeskContext } from './desk-context.ts';
import { DeskCore, HOUR_MS } from './desk-core.ts';
import type { DeskOutput } from './desk-output.ts';
import { DeskState, type DeskCheckpoint } from './desk-state.ts';
import type { HeldPosition } from './held-position.ts';
import { addToEntry, openEntry, sendEntry } from './entry.ts';
import { takeFill } from './fill-desk.ts';
import { takeFunding, takePayment } from './funding.ts';
import { guardAtPrice, guardPositions, type GuardStep } from './guardian.ts';
import { MonitorSchedule } from './monitor-schedule.ts';
import { countNaked, nakedTime } from './naked-clock.ts';
import { refreshProtection } from './protection.ts';
import { reconcileDesk } from './reconcile.ts';
import { askBeforeResend, giveUpResend } from './resend-entry.ts';
import { takeOrderEvent, takeReport } from './reports.ts';
import { abandonPosition, endPosition, settlePosition } from './settle.ts';

/** Positions are compared this often beside the venue's events, which may be lost without a gap; wall milliseconds. */
const VERIFY_MS = 20_000;
/** Positions that are polled that often; more of them are polled more seldom, so that it never costs over 240 of the weight a minute. */
const VERIFIED_TOGETHER = 10;
const SILENT_VENUE_MS = 20_000;

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
  #verifiedAt: EpochMs | null = null;
  /** Set by a restart with positions: the guardian waits for the first comparison, but not for ever. */
  #waitsForVenue: 'no' | 'yes' | EpochMs = 'no';

  constructor(config: DeskConfig) {
    this.context = { ...config, state: new DeskState() };
    this.#core = new DeskCore(this.context, config.idSeed);
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
    else {
      this.#verifiedAt = now;
      if (this.#waitsForVenue !== 'no') {
        this.#restartNakedClocks(now);
        this.#askAboutUnlisted(venue, now);
      }
    }
    for (const fill of venue.fills) takeFill(this.#core, fill, now);
    for (const payment of venue.funding ?? []) takePayment(this.#core, payment, now);
    for (const report of venue.orders) {
      const order = this.context.state.orders.get(report.clientOrderId);
      if (order !== undefined) takeReport(this.#core, { order, report, now });
    }
    reconcileDesk(this.context, venue, {
      now,
      adopt: (held, summary) => this.#core.keep(held, now, summary),
      close: (held, reason) => endPosition(this.#core, held, { now, reason }),
      abandon: (held, why) => abandonPosition(this.#core, held, { now, why }),
      fetchFills: (symbol) => this.#core.want(symbol, now - HOUR_MS, now),
      ask: (id) => this.#core.inquiries.ask(id, now, 0),
      makeId: () => this.#core.nextId(),
    });
    for (const held of this.context.state.alive()) settlePosition(this.#core, held.position.id, now);
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
    this.#verify(now);
    this.#core.askWanted(now);
    if (this.#mayGuard(now)) guardPositions(this.context, this.#guardStep(now));
    return this.#finish();
  }

  /** A new price: stops are watched and rules run at once, not at the next pulse. */
  onPrice(symbol: string, now: EpochMs): DeskOutput {
    if (this.#waitsForVenue === 'no') guardAtPrice(this.context, symbol, this.#guardStep(now));
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
    const order = this.context.state.orders.get(clientOrderId);
    if (order !== undefined && this.#core.resends.get(clientOrderId) !== null) giveUpResend(this.#core, order, { now, why: 'It was taken back by hand.' });
    cancelOrder(this.context, clientOrderId);
    const held = order === undefined ? null : this.context.state.get(order.intent.positionId);
    if (order?.intent.purpose === 'target' && held !== null)
      this.#core.keep({ ...held, position: { ...held.position, target: null } }, order.updatedAt, `${held.position.symbol}: target removed by hand`);
    return this.#finish();
  }

  // ── memory ──

  checkpoint(): DeskCheckpoint {
    return this.context.state.checkpoint();
  }

  restore(checkpoint: DeskCheckpoint): void {
    this.context.state.restore(checkpoint);
    this.#waitsForVenue = 'yes';
  }

  replay(kind: string, data: unknown): void {
    this.context.state.replay(kind, data);
    this.#waitsForVenue = 'yes';
  }

  // ── inside ──

  #guardStep(now: EpochMs): GuardStep {
    return { now, schedule: this.#schedule, settle: (held, summary) => this.#core.keep(held, now, summary) };
  }

  #finish(): DeskOutput {
    return this.context.state.take();
  }

  /** Open positions follow the venue's events and are verified by polling. */
  #verify(now: EpochMs): void {
    this.#verifiedAt ??= now;
    const alive = this.context.state.alive();
    const pause = VERIFY_MS * Math.max(1, alive.length / VERIFIED_TOGETHER) * this.context.speed;
    if (now - this.#verifiedAt < pause) return;
    const since = epochMs(this.#verifiedAt - pause);
    // Without its rules a contract cannot be read: the venue would seem to have no such position.
    for (const { position } of alive) if (this.context.instrumentOf(position.symbol) !== null) this.#core.comparisons.want(position.symbol, since);
    this.#verifiedAt = now;
  }

  /** After a restart nothing is closed for want of a stop before the venue was heard; when it stays silent the guardian starts alone. */
  #mayGuard(now: EpochMs): boolean {
    if (this.#waitsForVenue === 'no') return true;
    if (this.#waitsForVenue === 'yes') this.#waitsForVenue = now;
    if (now - this.#waitsForVenue < SILENT_VENUE_MS * this.context.speed) return false;
    this.#restartNakedClocks(now);
    return true;
  }

  /** After a restart every order the venue does not list is asked about at once: it may have died on its way with us, and be somebody's stop. */
  #askAboutUnlisted(venue: VenueState, now: EpochMs): void {
    const listed = new Set(venue.orders.map((report) => report.clientOrderId));
    for (const order of this.context.state.orders.live())
      if (!listed.has(order.intent.clientOrderId)) this.#core.inquiries.ask(order.intent.clientOrderId, now, 0);
  }

  #restartNakedClocks(now: EpochMs): void {
    this.#waitsForVenue = 'no';
    for (const held of this.context.state.alive())
      if (held.position.nakedSince !== null)
        this.context.state.setQuietly({ ...countNaked(this.context, held, now), position: { ...held.position, nakedSince: now } });
  }
}
