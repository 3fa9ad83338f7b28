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
import { cancelOrder, isLive, netProfitR, orderOf, sendOrder, type DeskContext } from './desk-context.ts';
import { DeskState, type DeskCheckpoint, type HeldPosition } from './desk-state.ts';
import type { DeskOutput } from './desk-output.ts';
import { guardPositions } from './guardian.ts';
import { applyReport, withStatus } from './order-machine.ts';
import { closeAtMarket, placeStop, placeTarget, refreshProtection, settleSuccessors } from './protection.ts';
import { reconcileDesk } from './reconcile.ts';

const STOP_WOULD_TRIGGER = -2021;
const STOP_EXISTS = -4130;

export interface DeskConfig extends Omit<DeskContext, 'state'> {
  /** Lower-case letters and digits; makes ids unique across installations of one account. */
  readonly idSeed: string;
}

export class TradeDesk {
  readonly context: DeskContext;
  readonly #idSeed: string;
  readonly #unresolved = new Map<string, { since: EpochMs; next: EpochMs; tries: number }>();

  constructor(config: DeskConfig) {
    this.context = { ...config, state: new DeskState() };
    this.#idSeed = config.idSeed;
  }

  // ── reading ──

  positions(): readonly Position[] {
    return this.context.state.alive().map((held) => held.position);
  }

  closedPositions(): readonly Position[] {
    return [...this.context.state.positions.values()].map((held) => held.position).filter((position) => position.phase === 'closed' && position.exitPrice !== null);
  }

  hasPendingOrder(symbol: string): boolean {
    return [...this.context.state.orders.values()].some((order) => order.intent.symbol === symbol && order.intent.purpose === 'entry' && !isTerminal(order.status)) || this.context.state.aliveOn(symbol).length > 0;
  }

  view(position: Position): Omit<PositionView, 'events'> {
    const instrument = this.context.instrumentOf(position.symbol);
    const mark = this.context.markOf(position.symbol) ?? position.entryPrice;
    const quantity = instrument === null ? 0 : lotsToQuantity(instrument, position.lots);
    const unrealised = quantity * (mark - position.entryPrice) * (position.side === 'long' ? 1 : -1);
    return { position, mark, unrealised: moneyFromUsdt(unrealised), pnlR: netProfitR(this.context, position, position.exitPrice ?? mark), marginUsed: moneyFromUsdt((quantity * mark) / Math.max(1, position.leverage)) };
  }

  // ── opening ──

  openPosition(approval: RiskApproved, signal: Signal, now: EpochMs): DeskOutput {
    const { state } = this.context;
    state.counter += 1;
    const { instrument } = approval;
    const stopPrice = ticksToPrice(instrument, approval.stop);
    const position: Position = {
      id: `pt${this.#idSeed}x${state.counter.toString(36)}`, symbol: signal.symbol, side: approval.side, phase: 'opening', origin: signal.strategy as PositionOrigin, control: 'auto', lots: lots(0), entryPrice: approval.expectedPrice,
      leverage: approval.leverage, stop: approval.stop, target: approval.target, riskPerUnit: Math.abs(approval.expectedPrice - stopPrice), protection: 'none_needed', nakedSince: null, openedAt: now, closedAt: null, closeReason: null,
      exitPrice: null, realisedPnl: ZERO_MONEY, fees: ZERO_MONEY, funding: ZERO_MONEY, liquidationPrice: approval.factors.liquidationPrice, maxPnlR: 0, minPnlR: 0, signal, sizing: approval.factors,
    };
    const held: HeldPosition = {
      position, entryOrderId: null, stopOrderId: null, nextStopId: null, targetOrderId: null, nextTargetId: null, closeOrderId: null, closeReason: null, sequence: 1, lastStopAttemptAt: null, lastTargetAttemptAt: null, stopCrossedAt: null,
      approach: { target: false, stop: false }, marginType: approval.marginType, limit: approval.limit, timeInForce: approval.timeInForce, plannedLots: approval.lots, openedLots: 0, touchedAt: now,
    };
    this.#keep(held, now, `${signal.symbol}: ${approval.side} approved, ${approval.leverage}× leverage`);
    state.effect({ kind: 'prepare-symbol', positionId: position.id, symbol: position.symbol, leverage: approval.leverage, marginType: approval.marginType });
    return this.#finish();
  }

  onPrepared(positionId: string, result: Result<null, ExchangeError>, now: EpochMs): DeskOutput {
    const held = this.context.state.get(positionId);
    if (held === null || held.position.phase !== 'opening' || held.entryOrderId !== null) return this.#finish();
    if (!result.ok) return this.#abandon(held, now, result.error.uiMessage);
    const sent = sendOrder(this.context, held, {
      purpose: 'entry', kind: held.limit === null ? 'market' : 'limit', lots: lots(held.plannedLots), price: held.limit === null ? null : ticks(held.limit), trigger: null, closePosition: false, timeInForce: held.limit === null ? 'GTC' : held.timeInForce,
    }, now);
    this.#keep({ ...sent.held, entryOrderId: sent.clientOrderId }, now, `${held.position.symbol}: entry order is sent`);
    return this.#finish();
  }

  // ── answers of the venue ──

  onSubmitted(clientOrderId: string, result: Result<OrderAcknowledgement, ExchangeError>, now: EpochMs): DeskOutput {
    const order = this.context.state.orders.get(clientOrderId);
    if (order === undefined) return this.#finish();
    if (result.ok) {
      // Fills come from the event stream or a query, never from an acknowledgement.
      const known = result.value.status === 'filled' || result.value.status === 'partially_filled' ? 'resting' : result.value.status;
      this.#setOrder(withStatus(order, isConditional(order.intent.kind) || !isTerminal(known) ? known : 'resting', { at: now, venueOrderId: result.value.venueOrderId }), now, 'is at the venue');
      if (!isConditional(order.intent.kind)) this.#askSoon(clientOrderId, now, 1500);
    } else if (result.error.outcome === 'unknown' || result.error.venueCode === -4116) {
      this.#setOrder(withStatus(order, 'unknown', { at: now, reason: result.error.uiMessage }), now, 'has an unknown outcome; it is being checked');
      this.#askSoon(clientOrderId, now, 500);
    } else this.#refused(order, result.error, now);
    this.#settle(order.intent.positionId, now);
    return this.#finish();
  }

  onCanceled(clientOrderId: string, result: Result<null, ExchangeError>, now: EpochMs): DeskOutput {
    const order = this.context.state.orders.get(clientOrderId);
    if (order === undefined || isTerminal(order.status)) return this.#finish();
    if (result.ok && isConditional(order.intent.kind)) this.#setOrder(withStatus(order, 'canceled', { at: now }), now, 'is cancelled');
    else this.#askSoon(clientOrderId, now, 300);
    this.#settle(order.intent.positionId, now);
    return this.#finish();
  }

  onQueried(clientOrderId: string, result: Result<OrderReport | null, ExchangeError>, now: EpochMs): DeskOutput {
    const order = this.context.state.orders.get(clientOrderId);
    const asked = this.#unresolved.get(clientOrderId);
    if (order === undefined) return this.#finish();
    if (result.ok && result.value !== null) {
      this.#unresolved.delete(clientOrderId);
      this.#applyReport(order, result.value, now);
    } else if (result.ok && !isTerminal(order.status)) {
      const waited = asked === undefined ? Infinity : now - asked.since;
      // Declared "not placed" only after ten wall seconds of agreement; a resend would use a new id.
      if (waited > 10_000 * this.context.speed) {
        this.#unresolved.delete(clientOrderId);
        this.#setOrder(withStatus(order, 'rejected', { at: now, reason: 'The venue does not know this order; it was never placed.' }), now, 'was never placed');
      }
    }
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
        this.context.state.effect({ kind: 'notify', notification: { topic: 'alarm', title: 'Margin call', text: 'The exchange warns that margin is low. Reduce positions or add funds.' } });
        break;
      case 'stream':
      case 'resync-needed':
        break;
    }
    return this.#finish();
  }

  onReconciled(venue: VenueState, now: EpochMs): DeskOutput {
    for (const fill of venue.fills) this.#applyFill(fill, this.#ownerOfFill(fill), now);
    for (const report of venue.orders) {
      const order = this.context.state.orders.get(report.clientOrderId);
      if (order !== undefined) this.#applyReport(order, report, now);
    }
    reconcileDesk(this.context, venue, { now, adopt: (held, summary) => this.#keep(held, now, summary), close: (held, reason) => this.#closed(held, now, reason), ask: (id) => this.#askSoon(id, now, 0), makeId: () => this.#nextId() });
    for (const held of this.context.state.alive()) this.#settle(held.position.id, now);
    return this.#finish();
  }

  onPulse(now: EpochMs): DeskOutput {
    for (const [clientOrderId, asked] of this.#unresolved) {
      if (now < asked.next) continue;
      const order = this.context.state.orders.get(clientOrderId);
      if (order === undefined || isTerminal(order.status)) {
        this.#unresolved.delete(clientOrderId);
        continue;
      }
      const pauses = [500, 1000, 2000, 5000, 10_000];
      this.#unresolved.set(clientOrderId, { since: asked.since, tries: asked.tries + 1, next: epochMs(now + (pauses[Math.min(asked.tries, pauses.length - 1)] ?? 10_000) * this.context.speed) });
      this.context.state.effect({ kind: 'query', symbol: order.intent.symbol, clientOrderId, conditional: isConditional(order.intent.kind) });
    }
    guardPositions(this.context, { now, settle: (held, summary) => this.#keep(held, now, summary) });
    return this.#finish();
  }

  // ── changes by the engine (override) ──

  /** Applies `change` to a position and journals it with its summary. */
  change(positionId: string, now: EpochMs, step: { readonly summary: string; readonly apply: (held: HeldPosition) => HeldPosition }): DeskOutput {
    const held = this.context.state.get(positionId);
    if (held !== null) this.#keep(refreshProtection(this.context, step.apply(held), now), now, step.summary);
    return this.#finish();
  }

  cancelEntry(clientOrderId: string): DeskOutput {
    cancelOrder(this.context, clientOrderId);
    return this.#finish();
  }

  // ── memory ──

  checkpoint(): DeskCheckpoint {
    return this.context.state.checkpoint();
  }

  restore(checkpoint: DeskCheckpoint): void {
    this.context.state.restore(checkpoint);
  }

  replay(kind: string, data: unknown): void {
    this.context.state.replay(kind, data);
  }

  // ── inside ──

  #finish(): DeskOutput {
    return this.context.state.take();
  }

  #nextId(): string {
    this.context.state.counter += 1;
    return `pt${this.#idSeed}x${this.context.state.counter.toString(36)}`;
  }

  #askSoon(clientOrderId: string, now: EpochMs, wallMs: number): void {
    if (!this.#unresolved.has(clientOrderId)) this.#unresolved.set(clientOrderId, { since: now, next: epochMs(now + wallMs * this.context.speed), tries: 0 });
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
      this.context.state.effect({ kind: 'reconcile', symbols: [order.intent.symbol], fillsSince: epochMs(now - 3_600_000) });
      return;
    }
    this.#setOrder(withStatus(order, 'rejected', { at: now, reason: error.uiMessage }), now, `was refused: ${error.uiMessage}`);
    const held = this.context.state.get(order.intent.positionId);
    if (held === null) return;
    if (order.intent.purpose === 'stop' && error.venueCode === STOP_WOULD_TRIGGER) this.#keep(closeAtMarket(this.context, held, { amount: held.position.lots, reason: 'stop', now }), now, `${held.position.symbol}: price is beyond the stop; closing at the market`);
    if (error.venueCode === -2022 || error.venueCode === -4509) this.context.state.effect({ kind: 'reconcile', symbols: [order.intent.symbol], fillsSince: epochMs(now - 3_600_000) });
  }

  #onOrderEvent(report: OrderReport, fill: Fill | null, now: EpochMs): void {
    const order = this.context.state.orders.get(report.clientOrderId) ?? [...this.context.state.orders.values()].find((known) => known.triggeredOrderId === report.venueOrderId && !report.conditional);
    if (fill !== null) this.#applyFill(fill, order?.intent.positionId ?? this.#ownerOfFill(fill), now);
    if (order !== undefined) {
      this.#applyReport(order, report, now);
      this.#settle(order.intent.positionId, now);
    } else if (fill === null && !report.conditional) this.context.state.effect({ kind: 'reconcile', symbols: [report.symbol], fillsSince: epochMs(now - 3_600_000) });
  }

  #applyReport(order: Order, report: OrderReport, now: EpochMs): void {
    const next = applyReport(order, report);
    if (next === order) return;
    this.#setOrder(next, now, `is ${next.status.replaceAll('_', ' ')}`);
    if (isTerminal(next.status)) this.#unresolved.delete(order.intent.clientOrderId);
    // The venue says more is filled than the fills we have: fetch them.
    const held = this.context.state.get(order.intent.positionId);
    if (held !== null && report.filledLots > 0 && order.intent.purpose === 'entry' && held.openedLots < report.filledLots) this.context.state.effect({ kind: 'reconcile', symbols: [order.intent.symbol], fillsSince: epochMs(order.intent.createdAt - 1000) });
  }

  #ownerOfFill(fill: Fill): string | null {
    const byOrder = [...this.context.state.orders.values()].find((order) => order.venueOrderId === fill.venueOrderId || order.triggeredOrderId === fill.venueOrderId || order.intent.clientOrderId === fill.clientOrderId);
    if (byOrder !== undefined) return byOrder.intent.positionId;
    const [only] = this.context.state.aliveOn(fill.symbol);
    return only !== undefined && fill.time >= only.position.openedAt ? only.position.id : null;
  }

  #applyFill(fill: Fill, positionId: string | null, now: EpochMs): void {
    const key = `${fill.symbol} ${fill.tradeId}`;
    const { state } = this.context;
    const held = positionId === null ? null : state.get(positionId);
    if (held === null || state.hasSeen(key)) return;
    state.rememberFill(key, { time: now, kind: 'fill', positionId, symbol: fill.symbol, summary: `${fill.symbol}: ${fill.side} ${fill.lots} lots at ${fill.price}`, data: { key, fill } });
    const { position } = held;
    const isOpening = fill.side === (position.side === 'long' ? 'BUY' : 'SELL');
    const lotsAfter = lots(Math.max(0, position.lots + (isOpening ? fill.lots : -fill.lots)));
    const entryPrice = isOpening ? (position.entryPrice * position.lots + fill.price * fill.lots) / (position.lots + fill.lots) : position.entryPrice;
    const instrument = this.context.instrumentOf(position.symbol);
    const stopPrice = instrument === null || position.stop === null ? null : ticksToPrice(instrument, position.stop);
    const filled: Position = {
      ...position, lots: lotsAfter, entryPrice: position.lots === 0 && isOpening ? fill.price : entryPrice, fees: addMoney(position.fees, fill.fee), realisedPnl: addMoney(position.realisedPnl, fill.realisedPnl),
      phase: position.phase === 'opening' && isOpening ? 'open' : position.phase, exitPrice: isOpening ? position.exitPrice : fill.price,
      riskPerUnit: isOpening && stopPrice !== null ? Math.abs((position.lots === 0 ? fill.price : entryPrice) - stopPrice) : position.riskPerUnit,
    };
    const purpose = isOpening ? null : this.#purposeOfFill(fill);
    const closeReason = held.closeReason ?? (purpose === 'stop' || purpose === 'target' ? purpose : fill.clientOrderId.startsWith('autoclose-') ? 'liquidation' : null);
    let next: HeldPosition = { ...held, position: filled, closeReason, openedLots: held.openedLots + (isOpening ? fill.lots : 0), touchedAt: now };
    if (isOpening && held.openedLots === 0) state.lifecycle(filled, 'created', { at: now, price: fill.price, pnlR: 0 });
    if (lotsAfter > 0) next = placeStop(this.context, next, now);
    this.#keep(refreshProtection(this.context, next, now), now, `${fill.symbol}: ${isOpening ? 'opened' : 'closed'} ${fill.lots} lots at ${fill.price}`);
    this.#settle(filled.id, now);
  }

  #purposeOfFill(fill: Fill): string | null {
    const order = this.context.state.orders.get(fill.clientOrderId) ?? [...this.context.state.orders.values()].find((known) => known.venueOrderId === fill.venueOrderId || known.triggeredOrderId === fill.venueOrderId);
    return order?.intent.purpose ?? null;
  }

  #onFunding(event: Extract<VenueEvent, { kind: 'account' }>, now: EpochMs): void {
    if (event.reason !== 'FUNDING_FEE' || event.funding === 0) return;
    const [changed] = event.positions;
    const held = changed === undefined ? undefined : this.context.state.aliveOn(changed.symbol)[0];
    if (held !== undefined) this.#keep({ ...held, position: { ...held.position, funding: addMoney(held.position.funding, event.funding) } }, now, `${held.position.symbol}: funding`);
  }

  /** Draws the conclusions of changed orders for one position. */
  #settle(positionId: string, now: EpochMs): void {
    const held = this.context.state.get(positionId);
    if (held === null || held.position.phase === 'closed') return;
    const entry = orderOf(this.context, held.entryOrderId);
    if (held.position.lots === 0) {
      if (isLive(entry)) return;
      if (held.openedLots > 0) this.#closed(held, now, this.#reasonOf(held));
      else if (entry !== null && !(entry.status === 'filled')) this.#abandonQuietly(held, now, entry.reason ?? `the entry order was ${entry.status}`);
      return;
    }
    let next = settleSuccessors(this.context, held);
    if (!isLive(entry) && next.position.phase !== 'closing') next = placeTarget(this.context, this.#resizeTarget(next), now);
    next = refreshProtection(this.context, next, now);
    if (next !== held) this.#keep(next, now, `${next.position.symbol}: ${next.position.protection === 'protected' ? 'protected by stop and target' : next.position.protection.replaceAll('_', ' ')}`);
  }

  /** After a part was closed the target must not ask for more than is left. */
  #resizeTarget(held: HeldPosition): HeldPosition {
    const target = orderOf(this.context, held.targetOrderId);
    const isExiting = held.closeReason !== null || [held.stopOrderId, held.nextStopId, held.targetOrderId].some((id) => orderOf(this.context, id)?.status === 'triggered');
    if (isExiting || target === null || !isLive(target) || target.intent.lots === held.position.lots || held.nextTargetId !== null || isLive(orderOf(this.context, held.closeOrderId))) return held;
    cancelOrder(this.context, held.targetOrderId);
    return { ...held, targetOrderId: null };
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
      ...position, phase: 'closed', lots: lots(0), closedAt: now, closeReason: reason, exitPrice: price, protection: 'none_needed', nakedSince: null, maxPnlR: Math.max(position.maxPnlR, pnlR), minPnlR: Math.min(position.minPnlR, pnlR),
    };
    if (reason === 'target') this.context.state.lifecycle(closed, 'tp_triggered', { at: now, price, pnlR });
    if (reason === 'stop') this.context.state.lifecycle(closed, 'sl_triggered', { at: now, price, pnlR });
    if (reason === 'manual' || reason === 'flatten') this.context.state.lifecycle(closed, 'manual_close', { at: now, price, pnlR });
    if (reason === 'expired') this.context.state.lifecycle(closed, 'expired', { at: now, price, pnlR });
    this.#keep({ ...held, position: closed }, now, `${position.symbol}: closed (${reason})`);
    this.context.state.lifecycle(closed, 'closed', { at: now, price, pnlR, reason });
    this.context.state.effect({ kind: 'notify', notification: { topic: 'trade', title: `${position.symbol} closed`, text: `${position.side} closed by ${reason} at ${price}, ${pnlR.toFixed(2)} R.` } });
  }

  /** R of the whole trade from the venue's own money: realised profit less fees plus funding. */
  #finalR(held: HeldPosition, price: number): number {
    const { position, openedLots } = held;
    const instrument = this.context.instrumentOf(position.symbol);
    if (instrument === null || position.riskPerUnit <= 0 || openedLots <= 0) return netProfitR(this.context, position, price);
    const risk = position.riskPerUnit * lotsToQuantity(instrument, lots(openedLots));
    return (position.realisedPnl - position.fees + position.funding) / 1e8 / risk;
  }

  #abandon(held: HeldPosition, now: EpochMs, why: string): DeskOutput {
    this.#abandonQuietly(held, now, why);
    return this.#finish();
  }

  #abandonQuietly(held: HeldPosition, now: EpochMs, why: string): void {
    const position: Position = { ...held.position, phase: 'closed', closedAt: now, closeReason: 'external', protection: 'none_needed', nakedSince: null };
    this.#keep({ ...held, position }, now, `${position.symbol}: not opened (${why})`);
  }
}
