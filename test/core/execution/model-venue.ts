// The reference model: a venue of one contract in a few dozen lines. What it holds is the truth; what it tells waits in the mail.
import fc from 'fast-check';
import { isConditional, type Fill, type OrderIntent } from '../../../src-shared/domain/order.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots, type Lots } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError, OrderReport } from '../../../src-main/core/ports.ts';

import { closeAtMarket, moveStop } from '../../../src-main/core/execution/protection.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import type { TradeDesk } from '../../../src-main/core/execution/trade-desk.ts';
import { atTicks, Bench, refusal, submitted, venuePosition } from './support.ts';

const OVERLOADED: ExchangeError = { ...refusal(-1008), code: 'unavailable' };

export type Step =
  | { readonly kind: 'fill-entry'; readonly share: number }
  | { readonly kind: 'answer'; readonly pick: number }
  | { readonly kind: 'lose-answer'; readonly pick: number }
  | { readonly kind: 'refuse-stop'; readonly pick: number }
  | { readonly kind: 'deliver'; readonly pick: number; readonly twice: boolean }
  | { readonly kind: 'lose-mail'; readonly pick: number }
  | { readonly kind: 'trigger'; readonly purpose: 'stop' | 'target' }
  | { readonly kind: 'sell-elsewhere'; readonly share: number }
  | { readonly kind: 'move-stop'; readonly price: number }
  | { readonly kind: 'close-part'; readonly share: number }
  | { readonly kind: 'restart' }
  | { readonly kind: 'compare' }
  | { readonly kind: 'price'; readonly mark: number }
  | { readonly kind: 'wait'; readonly milliseconds: number };

const share = fc.double({ min: 0.1, max: 1, noNaN: true });
const pick = fc.nat(20);
const mark = fc.double({ min: 59_450, max: 61_150, noNaN: true });

export const STEP: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fill-entry' as const), share }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose-answer' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refuse-stop' as const), pick }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('deliver' as const), pick, twice: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose-mail' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('trigger' as const), purpose: fc.constantFrom('stop' as const, 'target' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sell-elsewhere' as const), share }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('move-stop' as const), price: fc.double({ min: 59_100, max: 59_440, noNaN: true }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close-part' as const), share }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compare' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('price' as const), mark }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.integer({ min: 50, max: 900 }) }) },
);

/** Orders one position may need at one moment: entry, stop, target, their successors, and a close. */
const MOST_AT_ONCE = 8;

interface VenueOrder {
  readonly intent: OrderIntent;
  filled: number;
  status: 'new' | 'filled' | 'canceled' | 'triggered';
}

type Request =
  | { readonly kind: 'submit'; readonly intent: OrderIntent }
  | { readonly kind: 'cancel' | 'query'; readonly clientOrderId: string }
  | { readonly kind: 'compare'; readonly symbols: readonly string[] };

interface Told {
  readonly report: OrderReport;
  readonly fill: Fill | null;
}

export class ModelVenue {
  readonly #bench = new Bench();
  #desk: TradeDesk = this.#bench.desk;
  /** Orders that reached the venue. */
  readonly #orders = new Map<string, VenueOrder>();
  readonly #seenIds = new Set<string>();
  readonly #fills: Fill[] = [];
  #mail: Told[] = [];
  /** Requests on their way: nothing has happened yet. */
  #requests: Request[] = [];
  #lots = 0;
  #sales = 0;
  #broken: string | null = null;
  #atOnce = 0;
  #countedAt = 0;

  /** With an entry at the venue, or one that was surely not executed at first and waits for its next try. */
  constructor(isOverloaded = false) {
    const entry = this.#bench.open();
    if (isOverloaded) this.#keep(this.#desk.onSubmitted(entry.clientOrderId, err(OVERLOADED), this.#bench.now));
    else {
      this.#reach(entry);
      this.#requests.push({ kind: 'submit', intent: entry });
    }
  }

  /** A rule that holds at every moment and was broken, in words, or null. */
  brokenRule(): string | null {
    return this.#broken;
  }

  take(step: Step): void {
    const bench = this.#bench;
    switch (step.kind) {
      case 'fill-entry': {
        const entry = [...this.#orders.values()].find((order) => order.intent.purpose === 'entry' && order.status === 'new');
        if (entry !== undefined) this.#fill(entry, Math.ceil((entry.intent.lots - entry.filled) * step.share), 60_000);
        return;
      }
      case 'answer':
        return this.#answer(step.pick, 'answered');
      case 'lose-answer':
        return this.#answer(step.pick, 'lost');
      case 'refuse-stop':
        return this.#answer(step.pick, 'refused');
      case 'deliver': {
        const [told] = this.#mail.length === 0 ? [] : this.#mail.splice(step.pick % this.#mail.length, 1);
        if (told === undefined) return;
        this.#hear(told);
        if (step.twice) this.#hear(told);
        return;
      }
      case 'lose-mail':
        if (this.#mail.length > 0) this.#mail.splice(step.pick % this.#mail.length, 1);
        return;
      case 'trigger':
        return this.#trigger(step.purpose);
      case 'sell-elsewhere': {
        const amount = Math.ceil(this.#lots * step.share);
        if (amount <= 0) return;
        this.#sales += 1;
        const sale = { ...this.#template(), clientOrderId: `web_${this.#sales}`, side: 'SELL' as const, lots: lots(amount), purpose: 'close' as const };
        this.#fill({ intent: sale, filled: 0, status: 'new' }, amount, 60_020);
        return;
      }
      case 'move-stop': {
        const held = this.#desk.context.state.alive()[0];
        if (held === undefined || held.position.lots === 0 || held.nextStopId !== null || held.position.phase !== 'open') return;
        const stop = atTicks(step.price);
        this.#keep(
          this.#desk.change(held.position.id, bench.now, {
            summary: 'moved',
            apply: (current) => moveStop(this.#desk.context, current, { stop, now: bench.now }),
          }),
        );
        return;
      }
      case 'close-part': {
        const held = this.#desk.context.state.alive()[0];
        if (held === undefined || held.position.lots === 0) return;
        const amount = Math.max(1, Math.floor(held.position.lots * step.share));
        this.#keep(
          this.#desk.change(held.position.id, bench.now, {
            summary: 'closed',
            apply: (current) => closeAtMarket(this.#desk.context, current, { amount, reason: 'manual', now: bench.now }),
          }),
        );
        return;
      }
      case 'restart':
        return this.#restart();
      case 'compare':
        return this.#compare();
      case 'price':
        bench.mark = step.mark;
        bench.wait(50);
        this.#keep(this.#desk.onPrice('BTCUSDT', bench.now));
        this.#keep(this.#desk.onPulse(bench.now));
        return;
      case 'wait':
        bench.wait(step.milliseconds);
        this.#keep(this.#desk.onPulse(bench.now));
    }
  }

  /** The world becomes reliable: everything is answered and told, and compared, until nothing is under way. */
  comeToRest(): void {
    const bench = this.#bench;
    bench.mark = 60_000;
    for (let round = 0; round < 60; round += 1) {
      this.#endEntries();
      for (let answers = 0; answers < 40 && this.#requests.length > 0; answers += 1) this.#answer(0, 'answered');
      for (const told of this.#mail.splice(0)) this.#hear(told);
      bench.wait(1000);
      this.#keep(this.#desk.onPulse(bench.now));
      if (round % 5 === 4) this.#compare();
    }
  }

  /** What is left of a market order ends with the market it met. */
  #endEntries(): void {
    for (const order of this.#orders.values())
      if (order.intent.purpose === 'entry' && order.status === 'new') {
        order.status = 'canceled';
        this.#mail.push({ report: this.#reportOf(order), fill: null });
      }
  }

  /** What differs between the desk and the truth, in words, or null. */
  disagreement(): string | null {
    const { state } = this.#desk.context;
    const alive = state.alive().filter((held) => held.position.lots > 0);
    const held = alive.reduce((sum, one) => sum + one.position.lots, 0);
    if (held !== this.#lots) return `the desk holds ${held} lots, the venue ${this.#lots}`;
    const resting = [...this.#orders.values()].filter((order) => order.status === 'new');
    const stops = resting.filter((order) => order.intent.purpose === 'stop');
    if (this.#lots > 0 && stops.length !== 1) return `${stops.length} stops protect ${this.#lots} lots`;
    if (this.#lots > 0 && alive.some(({ position }) => position.protection === 'naked')) return 'a protected position is shown as naked';
    if (this.#lots === 0 && resting.length > 0) return `left over: ${resting.map((order) => order.intent.clientOrderId).join(', ')}`;
    const targets = resting.filter((order) => order.intent.purpose === 'target').reduce((sum, order) => sum + order.intent.lots, 0);
    if (targets > this.#lots) return `targets of ${targets} lots on ${this.#lots}`;
    const fees = [...state.positions.values()].reduce((sum, one) => sum + one.position.fees, 0);
    const paid = this.#fills.reduce((sum, fill) => sum + fill.fee, 0);
    return fees === paid ? null : `the desk counted fees of ${fees}, the venue took ${paid}`;
  }

  // ── the venue ──

  #template(): OrderIntent {
    const [entry] = [...this.#orders.values()];
    if (entry === undefined) throw new Error('there is no entry');
    return entry.intent;
  }

  /** A request arrives. Ids are used once, and a second stop that closes everything is refused, as the exchange does. */
  #reach(intent: OrderIntent): 'taken' | 'refused' {
    if (this.#seenIds.has(intent.clientOrderId)) this.#broken = `${intent.clientOrderId} was sent twice`;
    this.#seenIds.add(intent.clientOrderId);
    const hasWhole = [...this.#orders.values()].some((order) => order.intent.closePosition && order.status === 'new');
    if (isConditional(intent.kind) && ((intent.closePosition && hasWhole) || this.#lots === 0)) return 'refused';
    if ((intent.purpose === 'close' || intent.purpose === 'reduce') && this.#lots === 0) return 'refused';
    const order: VenueOrder = { intent, filled: 0, status: 'new' };
    this.#orders.set(intent.clientOrderId, order);
    if (intent.purpose === 'close' || intent.purpose === 'reduce') this.#fill(order, Math.min(intent.lots, this.#lots), 60_010);
    return 'taken';
  }

  #fill(order: VenueOrder, amount: number, price: number): void {
    if (amount <= 0) return;
    const { intent } = order;
    order.filled += amount;
    const isDone = order.filled >= intent.lots || (intent.purpose !== 'entry' && this.#lots - amount <= 0);
    if (isDone) order.status = 'filled';
    this.#lots += intent.side === 'BUY' ? amount : -amount;
    const fill = this.#bench.fillOf(intent, amount, price);
    this.#fills.push(fill);
    const report = this.#bench.report(intent, {
      conditional: false,
      status: isDone ? 'filled' : 'partially_filled',
      filledLots: lots(order.filled),
      averagePrice: price,
      purpose: 'other',
    });
    this.#mail.push({ report, fill });
    if (this.#lots === 0) this.#expireReduceOnly();
  }

  /** The exchange ends reduce-only orders of a flat position only when they trigger; closePosition ones too. They rest until cancelled. */
  #expireReduceOnly(): void {
    for (const order of this.#orders.values())
      if (order.status === 'new' && (order.intent.purpose === 'close' || order.intent.purpose === 'reduce')) order.status = 'canceled';
  }

  #trigger(purpose: 'stop' | 'target'): void {
    const order = [...this.#orders.values()].find((one) => one.intent.purpose === purpose && one.status === 'new');
    if (order === undefined || this.#lots === 0) return;
    order.status = 'triggered';
    const { intent } = order;
    const venueOrderId = `t-${intent.clientOrderId}`;
    const amount = intent.closePosition ? this.#lots : Math.min(intent.lots, this.#lots);
    this.#mail.push({ report: this.#bench.report(intent, { status: 'triggered', triggeredOrderId: venueOrderId }), fill: null });
    this.#lots -= amount;
    const fill = this.#bench.fillOf(intent, amount, purpose === 'stop' ? 59_400 : 61_200, { venueOrderId });
    this.#fills.push(fill);
    const report = this.#bench.report(intent, {
      conditional: false,
      venueOrderId,
      status: 'filled',
      lots: lots(amount),
      filledLots: lots(amount),
      purpose: 'other',
    });
    this.#mail.push({ report, fill });
  }

  // ── the way between ──

  #keep(output: DeskOutput): void {
    this.#bench.keep(output);
    const intents = submitted(output);
    for (const { clientOrderId } of intents) if (this.#orders.has(clientOrderId)) this.#broken = `${clientOrderId} was sent again although the venue has it`;
    this.#requests.push(...intents.map((intent) => ({ kind: 'submit' as const, intent })));
    this.#countOrders(intents.length);
    for (const effect of output.effects) {
      if (effect.kind === 'cancel' || effect.kind === 'query') this.#requests.push({ kind: effect.kind, clientOrderId: effect.clientOrderId });
      if (effect.kind === 'reconcile') this.#requests.push({ kind: 'compare', symbols: effect.symbols });
    }
  }

  /** Orders answered by orders without any time between them would be a storm at the exchange. */
  #countOrders(count: number): void {
    const { now } = this.#bench;
    this.#atOnce = now === this.#countedAt ? this.#atOnce + count : count;
    this.#countedAt = now;
    if (this.#atOnce > MOST_AT_ONCE) this.#broken = `${this.#atOnce} orders were sent at one moment`;
  }

  #answer(index: number, how: 'answered' | 'lost' | 'refused'): void {
    if (this.#requests.length === 0) return;
    const [request] = this.#requests.splice(index % this.#requests.length, 1);
    if (request === undefined) return;
    const { now } = this.#bench;
    const isLost = how === 'lost';
    switch (request.kind) {
      case 'submit':
        return this.#answerSubmission(request.intent, how);
      case 'cancel': {
        const order = this.#orders.get(request.clientOrderId);
        const isHere = order?.status === 'new';
        if (isHere) order.status = 'canceled';
        return this.#keep(this.#desk.onCanceled(request.clientOrderId, isLost ? err(refusal(null, 'unknown')) : isHere ? ok(null) : err(refusal(-2011)), now));
      }
      case 'query': {
        const order = this.#orders.get(request.clientOrderId);
        const found = ok(order === undefined ? null : this.#reportOf(order));
        return this.#keep(this.#desk.onQueried(request.clientOrderId, isLost ? err(refusal(null, 'unknown')) : found, now));
      }
      case 'compare':
        if (isLost) this.#keep(this.#desk.onComparisonFailed(request.symbols, now));
        else this.#compare(request.symbols);
    }
  }

  #answerSubmission(intent: OrderIntent, how: 'answered' | 'lost' | 'refused'): void {
    const { now } = this.#bench;
    const tell = (result: Parameters<TradeDesk['onSubmitted']>[1]): void => this.#keep(this.#desk.onSubmitted(intent.clientOrderId, result, now));
    if (how === 'refused' && intent.purpose === 'stop') return tell(err(refusal(-1001)));
    // Surely not executed, and over in a moment: the entry may come again, under its own id.
    if (how === 'refused' && intent.purpose === 'entry' && !this.#orders.has(intent.clientOrderId)) return tell(err(OVERLOADED));
    const isNew = !this.#orders.has(intent.clientOrderId);
    if (isNew && this.#reach(intent) === 'refused') return tell(err(refusal(isConditional(intent.kind) ? (this.#lots === 0 ? -4509 : -4130) : -2022)));
    if (how === 'lost') return tell(err(refusal(null, 'unknown')));
    const order = this.#orders.get(intent.clientOrderId);
    const filledLots = lots(order?.filled ?? 0);
    tell(ok({ clientOrderId: intent.clientOrderId, venueOrderId: `v-${intent.clientOrderId}`, status: this.#statusOf(order), filledLots, time: now }));
  }

  #statusOf(order: VenueOrder | undefined): OrderReport['status'] {
    if (order === undefined || order.status === 'new') return (order?.filled ?? 0) > 0 ? 'partially_filled' : 'resting';
    return order.status;
  }

  #reportOf(order: VenueOrder): OrderReport {
    return this.#bench.report(order.intent, {
      status: this.#statusOf(order),
      filledLots: (isConditional(order.intent.kind) ? 0 : order.filled) as Lots,
      triggeredOrderId: order.status === 'triggered' ? `t-${order.intent.clientOrderId}` : null,
    });
  }

  #hear({ report, fill }: Told): void {
    this.#keep(this.#desk.onVenueEvent({ kind: 'order', report, fill }, this.#bench.now));
  }

  /** The whole account, or only the symbols named. */
  #compare(symbols: readonly string[] = []): void {
    const bench = this.#bench;
    this.#keep(
      this.#desk.onReconciled(
        bench.venue({
          scope: symbols.length === 0 ? 'account' : 'symbols',
          symbols,
          time: epochMs(bench.now),
          positions: this.#lots > 0 ? [venuePosition(this.#lots)] : [],
          orders: [...this.#orders.values()].filter((order) => order.status === 'new').map((order) => this.#reportOf(order)),
          fills: this.#fills,
        }),
        bench.now,
      ),
    );
  }

  /** The engine dies and comes back from its journal; requests on their way may have left or not: these did not. */
  #restart(): void {
    const reborn = this.#bench.twin();
    for (const record of this.#bench.records) reborn.replay(record.kind, structuredClone(record.data));
    this.#desk = reborn;
    this.#requests = [];
    this.#mail = [];
    this.#bench.wait(3000);
    this.#compare();
  }
}
