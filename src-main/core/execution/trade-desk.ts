// The trade desk: the single owner of orders and positions, from approval to flat. Pure: time comes in, wishes go out.
import { isConditional, isTerminal, type Fill, type Order } from '../../../src-shared/domain/order.ts';
import type { CloseReason, Position, PositionOrigin } from '../../../src-shared/domain/position.ts';
import type { PositionView } from '../../../src-shared/contract/view.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { lotsToQuantity, ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import { addMoney, epochMs, lots, moneyFromUsdt, ticks, ZERO_MONEY, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError, OrderAcknowledgement, OrderReport, VenueEvent, VenueState } from '../ports.ts';
import type { RiskApproved } from '../risk/manager.ts';
import { Comparisons } from './comparisons.ts';
import { cancelOrder, isLive, netProfitR, orderOf, sendOrder, type DeskContext } from './desk-context.ts';
import { createHeld, DeskState, type DeskCheckpoint, type HeldPosition } from './desk-state.ts';
import type { DeskOutput } from './desk-output.ts';
import { applyFill, isOpeningFill, reasonOfForeignOrder } from './fills.ts';
import { guardPositions } from './guardian.ts';
import { Inquiries } from './inquiries.ts';
import { applyReport, withStatus } from './order-machine.ts';
import { closeAtMarket, completeStop, moveTarget, placeStop, placeStopAhead, placeTarget, refreshProtection, settleSuccessors } from './protection.ts';
import { reconcileDesk } from './reconcile.ts';

const STOP_WOULD_TRIGGER = -2021;
const STOP_EXISTS = -4130;
const REDUCE_ONLY_REFUSED = -2022;
const STOP_WHILE_FLAT = -4509;
const HOUR_MS = 3_600_000;
/** Positions are compared this often beside the venue's events, which may be lost without a gap; wall milliseconds. */
const VERIFY_MS = 20_000;
/** First question about an order that was acknowledged without its end: the event stream is usually faster. Wall milliseconds. */
const FIRST_QUESTION_MS = 800;
/** An order that works is asked about this often, wall milliseconds. */
const WORKING_QUESTION_MS = 4000;
const SILENT_VENUE_MS = 20_000;
/** Wall milliseconds of agreement after which an order without an acknowledgement was never placed. A resend would use a new id. */
const NEVER_PLACED_MS = 10_000;
/** A stop is not waited for that long: a second closePosition stop is refused by the venue (−4130), a second reduce-only one can only reduce. */
const STOP_NEVER_PLACED_MS = 1000;
const LOST_MS = 60_000;

export interface DeskConfig extends Omit<DeskContext, 'state'> {
  /** Lower-case letters and digits; makes ids unique across installations of one account. */
  readonly idSeed: string;
}

export class TradeDesk {
  readonly context: DeskContext;
  readonly #idSeed: string;
  readonly #inquiries: Inquiries;
  readonly #comparisons: Comparisons;
  #verifiedAt: EpochMs | null = null;
  /** Set by a restart with positions: the guardian waits for the first comparison, but not for ever. */
  #waitsForVenue: 'no' | 'yes' | EpochMs = 'no';

  constructor(config: DeskConfig) {
    this.context = { ...config, state: new DeskState() };
    this.#idSeed = config.idSeed;
    this.#inquiries = new Inquiries(config.speed);
    this.#comparisons = new Comparisons(config.speed);
  }

  // ── reading ──

  positions(): readonly Position[] {
    return this.context.state.alive().map((held) => held.position);
  }

  closedPositions(): readonly Position[] {
    return [...this.context.state.positions.values()]
      .map((held) => held.position)
      .filter((position) => position.phase === 'closed' && position.exitPrice !== null);
  }

  hasPendingOrder(symbol: string): boolean {
    return (
      [...this.context.state.orders.values()].some(
        (order) => order.intent.symbol === symbol && order.intent.purpose === 'entry' && !isTerminal(order.status),
      ) || this.context.state.aliveOn(symbol).length > 0
    );
  }

  view(position: Position): Omit<PositionView, 'events'> {
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
    };
  }

  // ── opening ──

  openPosition(approval: RiskApproved, signal: Signal, now: EpochMs): DeskOutput {
    const { state } = this.context;
    state.counter += 1;
    const { instrument } = approval;
    const stopPrice = ticksToPrice(instrument, approval.stop);
    const position: Position = {
      id: `pt${this.#idSeed}x${state.counter.toString(36)}`,
      symbol: signal.symbol,
      side: approval.side,
      phase: 'opening',
      origin: signal.strategy satisfies PositionOrigin,
      control: signal.strategy === 'manual' ? 'mine' : 'auto',
      lots: lots(0),
      entryPrice: approval.expectedPrice,
      leverage: approval.leverage,
      stop: approval.stop,
      target: approval.target,
      riskPerUnit: Math.abs(approval.expectedPrice - stopPrice),
      protection: 'none_needed',
      nakedSince: null,
      openedAt: now,
      closedAt: null,
      closeReason: null,
      exitPrice: null,
      realisedPnl: ZERO_MONEY,
      fees: ZERO_MONEY,
      funding: ZERO_MONEY,
      liquidationPrice: approval.factors.liquidationPrice,
      maxPnlR: 0,
      minPnlR: 0,
      signal,
      sizing: approval.factors,
    };
    const held = createHeld(position, {
      marginType: approval.marginType,
      limit: approval.limit,
      timeInForce: approval.timeInForce,
      plannedLots: approval.lots,
      touchedAt: now,
    });
    this.#keep(held, now, `${signal.symbol}: ${approval.side} approved, ${approval.leverage}× leverage`);
    state.effect({ kind: 'prepare-symbol', positionId: position.id, symbol: position.symbol, leverage: approval.leverage, marginType: approval.marginType });
    return this.#finish();
  }

  onPrepared(positionId: string, result: Result<null, ExchangeError>, now: EpochMs): DeskOutput {
    const held = this.context.state.get(positionId);
    if (held === null || held.position.phase !== 'opening' || held.entryOrderId !== null) return this.#finish();
    if (!result.ok || held.closeReason !== null) {
      this.#abandon(held, now, result.ok ? 'closed before the entry was sent' : result.error.uiMessage);
      return this.#finish();
    }
    const sent = sendOrder(
      this.context,
      held,
      {
        purpose: 'entry',
        kind: held.limit === null ? 'market' : 'limit',
        lots: lots(held.plannedLots),
        price: held.limit === null ? null : ticks(held.limit),
        trigger: null,
        closePosition: false,
        timeInForce: held.limit === null ? 'GTC' : held.timeInForce,
      },
      now,
    );
    this.#keep({ ...sent.held, entryOrderId: sent.clientOrderId }, now, `${held.position.symbol}: entry order is sent`);
    return this.#finish();
  }

  // ── answers of the venue ──

  onSubmitted(clientOrderId: string, result: Result<OrderAcknowledgement, ExchangeError>, now: EpochMs): DeskOutput {
    const order = this.context.state.orders.get(clientOrderId);
    if (order === undefined) return this.#finish();
    if (result.ok) {
      // Fills come from the event stream or a comparison, never from an acknowledgement; but a stop does not wait for them.
      const known = result.value.status === 'filled' || result.value.status === 'partially_filled' ? 'resting' : result.value.status;
      this.#setOrder(
        withStatus(order, isConditional(order.intent.kind) || !isTerminal(known) ? known : 'resting', { at: now, venueOrderId: result.value.venueOrderId }),
        now,
        'is at the venue',
      );
      if (!isConditional(order.intent.kind)) this.#inquiries.ask(clientOrderId, now, FIRST_QUESTION_MS);
      if (order.intent.purpose === 'entry' && result.value.filledLots > 0) this.#protectAhead(order.intent.positionId, now);
    } else if (result.error.outcome === 'unknown' || result.error.venueCode === -4116) {
      this.#setOrder(withStatus(order, 'unknown', { at: now, reason: result.error.uiMessage }), now, 'has an unknown outcome; it is being checked');
      this.#inquiries.ask(clientOrderId, now, 500);
    } else this.#refused(order, result.error, now);
    this.#settle(order.intent.positionId, now);
    return this.#finish();
  }

  onCanceled(clientOrderId: string, result: Result<null, ExchangeError>, now: EpochMs): DeskOutput {
    const order = this.context.state.orders.get(clientOrderId);
    if (order === undefined || isTerminal(order.status)) return this.#finish();
    if (result.ok && isConditional(order.intent.kind)) this.#setOrder(withStatus(order, 'canceled', { at: now }), now, 'is cancelled');
    else this.#inquiries.ask(clientOrderId, now, 300);
    // A left-over order may rest beside its successor: the comparison finds and cancels it.
    if (!result.ok) this.#want(order.intent.symbol, now - HOUR_MS, now);
    this.#settle(order.intent.positionId, now);
    return this.#finish();
  }

  onQueried(clientOrderId: string, result: Result<OrderReport | null, ExchangeError>, now: EpochMs): DeskOutput {
    const order = this.context.state.orders.get(clientOrderId);
    if (order === undefined) return this.#finish();
    if (result.ok && result.value !== null) {
      this.#inquiries.settle(clientOrderId);
      this.#applyReport(order, result.value, now);
      // Its events may be lost: an order that works is asked about until it has ended.
      const isWorking = !isConditional(order.intent.kind) && !isTerminal(result.value.status);
      if (isWorking) this.#inquiries.ask(clientOrderId, now, WORKING_QUESTION_MS);
    } else if (result.ok && !isTerminal(order.status)) this.#onUnknownOrder(order, now);
    this.#settle(order.intent.positionId, now);
    return this.#finish();
  }

  onVenueEvent(event: VenueEvent, now: EpochMs): DeskOutput {
    switch (event.kind) {
      case 'order':
        this.#onOrderEvent(event.report, event.fill, now);
        break;
      case 'account':
        this.#onFunding(event, now);
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
    if (venue.scope === 'symbols') this.#comparisons.settle(venue.symbols, true);
    else {
      this.#verifiedAt = now;
      if (this.#waitsForVenue !== 'no') this.#restartNakedClocks(now);
    }
    for (const fill of venue.fills) this.#applyFill(fill, now);
    for (const report of venue.orders) {
      const order = this.context.state.orders.get(report.clientOrderId);
      if (order !== undefined) this.#applyReport(order, report, now);
    }
    reconcileDesk(this.context, venue, {
      now,
      adopt: (held, summary) => this.#keep(held, now, summary),
      close: (held, reason) => this.#closed(held, now, reason),
      abandon: (held, why) => this.#abandon(held, now, why),
      fetchFills: (symbol) => this.#want(symbol, now - HOUR_MS, now),
      ask: (id) => this.#inquiries.ask(id, now, 0),
      makeId: () => this.#nextId(),
    });
    for (const held of this.context.state.alive()) this.#settle(held.position.id, now);
    return this.#finish();
  }

  /** A comparison of single symbols got no answer: it is wished again. */
  onComparisonFailed(symbols: readonly string[], now: EpochMs): DeskOutput {
    this.#comparisons.settle(symbols, false);
    this.#askWanted(now);
    return this.#finish();
  }

  onPulse(now: EpochMs): DeskOutput {
    for (const clientOrderId of this.#inquiries.takeDue(now)) {
      const order = this.context.state.orders.get(clientOrderId);
      if (order === undefined || isTerminal(order.status)) this.#inquiries.settle(clientOrderId);
      else this.context.state.effect({ kind: 'query', symbol: order.intent.symbol, clientOrderId, conditional: isConditional(order.intent.kind) });
    }
    this.#verify(now);
    this.#askWanted(now);
    if (this.#mayGuard(now)) guardPositions(this.context, { now, settle: (held, summary) => this.#keep(held, now, summary) });
    return this.#finish();
  }

  // ── changes by the engine (override) ──

  /** Applies `change` to a position and journals it with its summary. */
  change(positionId: string, now: EpochMs, step: { readonly summary: string; readonly apply: (held: HeldPosition) => HeldPosition }): DeskOutput {
    const held = this.context.state.get(positionId);
    if (held !== null) this.#keep(refreshProtection(this.context, step.apply(held), now), now, step.summary);
    return this.#finish();
  }

  /** Cancels an order for a person. A cancelled target is not wanted any more, so nothing places it again. */
  cancelEntry(clientOrderId: string): DeskOutput {
    cancelOrder(this.context, clientOrderId);
    const order = this.context.state.orders.get(clientOrderId);
    const held = order === undefined ? null : this.context.state.get(order.intent.positionId);
    if (order?.intent.purpose === 'target' && held !== null)
      this.#keep({ ...held, position: { ...held.position, target: null } }, order.updatedAt, `${held.position.symbol}: target removed by hand`);
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

  #finish(): DeskOutput {
    return this.context.state.take();
  }

  #nextId(): string {
    this.context.state.counter += 1;
    return `pt${this.#idSeed}x${this.context.state.counter.toString(36)}`;
  }

  /** Asks for a comparison of one symbol with its fills since a time. */
  #want(symbol: string, since: number, now: EpochMs): void {
    this.#comparisons.want(symbol, epochMs(since));
    this.#askWanted(now);
  }

  #askWanted(now: EpochMs): void {
    const request = this.#comparisons.take(now);
    if (request !== null) this.context.state.effect({ kind: 'reconcile', scope: 'symbols', ...request });
  }

  /** Open positions follow the venue's events and are verified by polling. */
  #verify(now: EpochMs): void {
    this.#verifiedAt ??= now;
    if (now - this.#verifiedAt < VERIFY_MS * this.context.speed) return;
    const since = epochMs(this.#verifiedAt - VERIFY_MS * this.context.speed);
    for (const { position } of this.context.state.alive()) this.#comparisons.want(position.symbol, since);
    this.#verifiedAt = now;
  }

  /** The venue says that the entry has filled; its fills are still on their way. A closePosition stop needs no quantity, so it goes out now. */
  #protectAhead(positionId: string, now: EpochMs): void {
    const held = this.context.state.get(positionId);
    if (held === null || held.position.phase !== 'opening' || held.openedLots > 0) return;
    const ahead = placeStopAhead(this.context, held, now);
    if (ahead !== held) this.#keep(ahead, now, `${held.position.symbol}: the stop is sent ahead of the fills`);
  }

  /** After a restart nothing is closed for want of a stop before the venue was heard; when it stays silent the guardian starts alone. */
  #mayGuard(now: EpochMs): boolean {
    if (this.#waitsForVenue === 'no') return true;
    if (this.#waitsForVenue === 'yes') this.#waitsForVenue = now;
    if (now - this.#waitsForVenue < SILENT_VENUE_MS * this.context.speed) return false;
    this.#restartNakedClocks(now);
    return true;
  }

  #restartNakedClocks(now: EpochMs): void {
    this.#waitsForVenue = 'no';
    for (const held of this.context.state.alive())
      if (held.position.nakedSince !== null) this.context.state.setQuietly({ ...held, position: { ...held.position, nakedSince: now } });
  }

  /** The venue does not know the order. A conditional it had taken is gone; any other is given time to appear, then was never placed. */
  #onUnknownOrder(order: Order, now: EpochMs): void {
    const { clientOrderId, kind } = order.intent;
    const isTaken = order.venueOrderId !== null;
    const waited = this.#inquiries.waited(clientOrderId, now);
    const neverPlaced = order.intent.purpose === 'stop' ? STOP_NEVER_PLACED_MS : NEVER_PLACED_MS;
    const isGone = (isConditional(kind) && isTaken && order.status !== 'triggered') || waited > (isTaken ? LOST_MS : neverPlaced) * this.context.speed;
    if (!isGone) return;
    this.#inquiries.settle(clientOrderId);
    if (isTaken)
      this.#setOrder(
        withStatus(order, 'expired', { at: now, reason: 'The venue had taken this order and does not know it any more.' }),
        now,
        'has vanished at the venue',
      );
    else
      this.#setOrder(withStatus(order, 'rejected', { at: now, reason: 'The venue does not know this order; it was never placed.' }), now, 'was never placed');
  }

  #keep(held: HeldPosition, now: EpochMs, summary: string): void {
    this.context.state.setPosition(held, now, summary);
    this.context.state.event({ kind: 'position', view: this.view(held.position) });
  }

  #setOrder(order: Order, now: EpochMs, what: string): void {
    if (this.context.state.orders.get(order.intent.clientOrderId) === order) return;
    this.context.state.setOrder(order, now, { summary: `${order.intent.symbol}: ${order.intent.purpose} order ${what}`, durable: false });
  }

  #refused(order: Order, error: ExchangeError, now: EpochMs): void {
    if (order.intent.purpose === 'stop' && error.venueCode === STOP_EXISTS) {
      this.#setOrder(withStatus(order, 'rejected', { at: now, reason: error.uiMessage }), now, 'was refused: a stop already rests');
      this.#want(order.intent.symbol, now - HOUR_MS, now);
      return;
    }
    this.#setOrder(withStatus(order, 'rejected', { at: now, reason: error.uiMessage }), now, `was refused: ${error.uiMessage}`);
    const held = this.context.state.get(order.intent.positionId);
    if (held === null) return;
    if (order.intent.purpose === 'stop' && error.venueCode === STOP_WOULD_TRIGGER)
      this.#keep(
        closeAtMarket(this.context, held, { amount: held.position.lots, reason: 'stop', now }),
        now,
        `${held.position.symbol}: price is beyond the stop; closing at the market`,
      );
    if (order.intent.clientOrderId === held.closeOrderId)
      this.#keep({ ...held, closeRefusal: error.venueCode }, now, `${held.position.symbol}: the close was refused (${error.venueCode ?? error.code})`);
    if (error.venueCode === REDUCE_ONLY_REFUSED || error.venueCode === STOP_WHILE_FLAT) this.#want(order.intent.symbol, now - HOUR_MS, now);
  }

  #onOrderEvent(report: OrderReport, fill: Fill | null, now: EpochMs): void {
    const order =
      this.context.state.orders.get(report.clientOrderId) ??
      [...this.context.state.orders.values()].find((known) => known.triggeredOrderId === report.venueOrderId && !report.conditional);
    if (fill !== null) this.#applyFill(fill, now);
    if (order === undefined) {
      // Somebody else's order: its consequences are read from the venue. Their conditionals rest without moving anything.
      if (!report.conditional) this.#want(report.symbol, (fill?.time ?? now) - HOUR_MS, now);
      return;
    }
    this.#applyReport(order, report, now);
    const isStray = order.intent.purpose === 'entry' && this.context.state.get(order.intent.positionId)?.position.phase === 'closed';
    if (isStray && !isTerminal(report.status)) cancelOrder(this.context, order.intent.clientOrderId);
    this.#settle(order.intent.positionId, now);
  }

  #applyReport(order: Order, report: OrderReport, now: EpochMs): void {
    const next = applyReport(order, report);
    if (next === order) return;
    this.#setOrder(next, now, `is ${next.status.replaceAll('_', ' ')}`);
    if (isTerminal(next.status)) this.#inquiries.settle(order.intent.clientOrderId);
    // The venue says more is filled than the fills we have: fetch them.
    const held = this.context.state.get(order.intent.positionId);
    if (held === null || report.filledLots <= 0 || order.intent.purpose !== 'entry' || held.openedLots >= report.filledLots) return;
    this.#protectAhead(order.intent.positionId, now);
    this.#want(order.intent.symbol, order.intent.createdAt - 1000, now);
  }

  #orderOfFill(fill: Fill): Order | null {
    const { orders } = this.context.state;
    return (
      orders.get(fill.clientOrderId) ??
      [...orders.values()].find((order) => order.venueOrderId === fill.venueOrderId || order.triggeredOrderId === fill.venueOrderId) ??
      null
    );
  }

  /** By its order; else the position of that symbol and leg which was there at the time. */
  #ownerOfFill(fill: Fill): HeldPosition | null {
    const { state } = this.context;
    const order = this.#orderOfFill(fill);
    if (order !== null) return this.#adopterOf(order, fill) ?? state.get(order.intent.positionId);
    const isLeg = ({ position }: HeldPosition): boolean =>
      position.symbol === fill.symbol &&
      (fill.positionSide === 'BOTH' || (fill.positionSide === 'LONG') === (position.side === 'long')) &&
      fill.time >= position.openedAt;
    return (
      state.alive().find(isLeg) ??
      [...state.positions.values()].findLast(
        (held) => isLeg(held) && held.position.phase === 'closed' && held.openedLots > 0 && fill.time <= held.correctedAt,
      ) ??
      null
    );
  }

  /** An entry that was given up and filled after all may have been adopted meanwhile: then its fills are contained in what was adopted. */
  #adopterOf(order: Order, fill: Fill): HeldPosition | null {
    const { state } = this.context;
    const given = state.get(order.intent.positionId);
    if (given === null || given.position.phase !== 'closed' || given.openedLots > 0) return null;
    return (
      state.alive().find((held) => held.position.symbol === fill.symbol && held.position.side === given.position.side && fill.time <= held.correctedAt) ?? null
    );
  }

  #applyFill(fill: Fill, now: EpochMs): void {
    const key = `${fill.symbol} ${fill.tradeId}`;
    const { state } = this.context;
    const held = this.#ownerOfFill(fill);
    if (held === null || state.hasSeen(key)) return;
    const order = this.#orderOfFill(fill);
    state.rememberFill(key, {
      time: now,
      kind: 'fill',
      positionId: held.position.id,
      symbol: fill.symbol,
      summary: `${fill.symbol}: ${fill.side} ${fill.lots} lots at ${fill.price}`,
      data: { key, fill },
    });
    if (order !== null) this.#setOrder({ ...order, fee: addMoney(order.fee, fill.fee) }, now, `filled ${fill.lots} lots`);
    const isOpening = isOpeningFill(held, fill);
    const purpose = order?.intent.purpose;
    const filled = applyFill(this.context, held, {
      fill,
      reason: purpose === 'stop' || purpose === 'target' ? purpose : reasonOfForeignOrder(fill.clientOrderId),
      now,
    });
    if (isOpening && held.openedLots === 0) state.lifecycle(filled.position, 'created', { at: now, price: fill.price, pnlR: 0 });
    const isUnwanted = held.position.phase === 'opening' && held.closeReason !== null;
    let next = filled.position.lots > 0 ? placeStop(this.context, filled, now) : filled;
    if (isUnwanted && held.closeReason !== null) next = closeAtMarket(this.context, next, { amount: next.position.lots, reason: held.closeReason, now });
    this.#keep(refreshProtection(this.context, next, now), now, `${fill.symbol}: ${isOpening ? 'opened' : 'closed'} ${fill.lots} lots at ${fill.price}`);
    this.#settle(held.position.id, now);
  }

  #onFunding(event: Extract<VenueEvent, { kind: 'account' }>, now: EpochMs): void {
    if (event.reason !== 'FUNDING_FEE' || event.funding === 0) return;
    const [changed] = event.positions;
    const held = changed === undefined ? undefined : this.context.state.aliveOn(changed.symbol)[0];
    const key = `funding ${changed?.symbol ?? ''} ${event.time}`;
    if (held === undefined || this.context.state.hasSeen(key)) return;
    this.context.state.rememberFill(key, {
      time: now,
      kind: 'fill',
      positionId: held.position.id,
      symbol: held.position.symbol,
      summary: `${held.position.symbol}: funding ${event.funding / 1e8} USDT`,
      data: { key },
    });
    this.#keep({ ...held, position: { ...held.position, funding: addMoney(held.position.funding, event.funding) } }, now, `${held.position.symbol}: funding`);
  }

  /** Draws the conclusions of changed orders for one position. */
  #settle(positionId: string, now: EpochMs): void {
    const held = this.context.state.get(positionId);
    if (held === null || held.position.phase === 'closed') return;
    const entry = orderOf(this.context, held.entryOrderId);
    if (held.position.lots === 0) {
      if (isLive(entry)) {
        // Stopped out while the rest of the entry still works: the rest must not open it again.
        if (held.openedLots > 0 && held.closedLots > 0) cancelOrder(this.context, held.entryOrderId);
        return;
      }
      // The venue filled more than the fills that came: whether the position is flat is known when they are here, or by comparison.
      if (entry !== null && held.correctedAt === 0 && held.openedLots > 0 && entry.filledLots > held.openedLots) {
        this.#want(held.position.symbol, entry.intent.createdAt - 1000, now);
        return;
      }
      if (held.openedLots > 0) this.#closed(held, now, this.#reasonOf(held));
      else if (entry !== null && !(entry.status === 'filled')) this.#abandon(held, now, entry.reason ?? `the entry order was ${entry.status}`);
      return;
    }
    let next = settleSuccessors(this.context, held);
    if (!isLive(entry) && next.position.phase !== 'closing') next = placeTarget(this.context, this.#resizeTarget(next, now), now);
    next = refreshProtection(this.context, completeStop(this.context, next, now), now);
    if (next !== held)
      this.#keep(
        next,
        now,
        `${next.position.symbol}: ${next.position.protection === 'protected' ? 'protected by stop and target' : next.position.protection.replaceAll('_', ' ')}`,
      );
  }

  /** After a part was closed the target must not ask for more than is left. */
  #resizeTarget(held: HeldPosition, now: EpochMs): HeldPosition {
    const target = orderOf(this.context, held.targetOrderId);
    const isExiting =
      held.closeReason !== null || [held.stopOrderId, held.nextStopId, held.targetOrderId].some((id) => orderOf(this.context, id)?.status === 'triggered');
    if (
      isExiting ||
      held.position.target === null ||
      target === null ||
      !isLive(target) ||
      target.intent.lots === held.position.lots ||
      held.nextTargetId !== null ||
      isLive(orderOf(this.context, held.closeOrderId))
    )
      return held;
    return moveTarget(this.context, held, { target: held.position.target, now });
  }

  #reasonOf(held: HeldPosition): CloseReason {
    if (held.closeReason !== null) return held.closeReason;
    const wasFilled = (id: string | null): boolean => {
      const order = orderOf(this.context, id);
      return order !== null && (order.status === 'triggered' || order.status === 'filled' || order.filledLots > 0);
    };
    if (wasFilled(held.stopOrderId) || wasFilled(held.nextStopId)) return 'stop';
    return wasFilled(held.targetOrderId) || wasFilled(held.nextTargetId) ? 'target' : 'external';
  }

  #closed(held: HeldPosition, now: EpochMs, reason: CloseReason): void {
    for (const id of [held.stopOrderId, held.nextStopId, held.targetOrderId, held.nextTargetId, held.entryOrderId]) cancelOrder(this.context, id);
    const { position } = held;
    const price = position.exitPrice ?? this.context.markOf(position.symbol) ?? position.entryPrice;
    const pnlR = this.#finalR(held, price);
    const closed: Position = {
      ...position,
      phase: 'closed',
      lots: lots(0),
      closedAt: now,
      closeReason: reason,
      exitPrice: price,
      protection: 'none_needed',
      nakedSince: null,
      maxPnlR: Math.max(position.maxPnlR, pnlR),
      minPnlR: Math.min(position.minPnlR, pnlR),
    };
    if (reason === 'target') this.context.state.lifecycle(closed, 'tp_triggered', { at: now, price, pnlR });
    if (reason === 'stop') this.context.state.lifecycle(closed, 'sl_triggered', { at: now, price, pnlR });
    if (reason === 'manual' || reason === 'flatten') this.context.state.lifecycle(closed, 'manual_close', { at: now, price, pnlR });
    if (reason === 'expired') this.context.state.lifecycle(closed, 'expired', { at: now, price, pnlR });
    this.#keep({ ...held, position: closed }, now, `${position.symbol}: closed (${reason})`);
    this.context.state.lifecycle(closed, 'closed', { at: now, price, pnlR, reason });
    this.context.state.effect({
      kind: 'notify',
      notification: { topic: 'trade', title: `${position.symbol} closed`, text: `${position.side} closed by ${reason} at ${price}, ${pnlR.toFixed(2)} R.` },
    });
  }

  /** R of the whole trade from the venue's own money: realised profit less fees plus funding. */
  #finalR(held: HeldPosition, price: number): number {
    const { position, openedLots } = held;
    const instrument = this.context.instrumentOf(position.symbol);
    if (instrument === null || position.riskPerUnit <= 0 || openedLots <= 0) return netProfitR(this.context, position, price);
    const risk = position.riskPerUnit * lotsToQuantity(instrument, lots(openedLots));
    return (position.realisedPnl - position.fees + position.funding) / 1e8 / risk;
  }

  #abandon(held: HeldPosition, now: EpochMs, why: string): void {
    const position: Position = { ...held.position, phase: 'closed', closedAt: now, closeReason: 'external', protection: 'none_needed', nakedSince: null };
    this.#keep({ ...held, position }, now, `${position.symbol}: not opened (${why})`);
  }
}
