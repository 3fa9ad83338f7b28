// Runs the engine on inputs and carries out its wishes at the in-process venue; the venue's answers are inputs again, at the same moment.
import { assertNever } from '../../../src-shared/kernel/result.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEffect, EngineInput, EngineOutput } from '../engine/messages.ts';
import { BAR_MS } from './price-history.ts';
import type { Exchange } from '../venue/exchange.ts';
import { InProcessVenue } from './in-process-venue.ts';
import type { RunBooks } from './run-books.ts';
import type { RunPredictor } from './run-types.ts';
import type { SymbolClock } from './symbol-clock.ts';
import { venueEventOf } from './venue-reports.ts';

/** Pulses go on this long after the last event of the venue. */
const SETTLE_MS = 3 * BAR_MS;

export interface EffectParts {
  readonly engine: Engine;
  readonly exchange: Exchange;
  readonly books: RunBooks;
  readonly clocks: ReadonlyMap<string, SymbolClock>;
  readonly predictor: RunPredictor | null;
}

export class EffectRunner {
  readonly #parts: EffectParts;
  readonly #venue: InProcessVenue;
  readonly #queue: EngineInput[] = [];
  /** Symbols with a position or an open order at the venue; null when it must be asked again. */
  #exposed: readonly SymbolClock[] | null = null;
  #isDraining = false;
  #pending: Promise<EngineInput> | null = null;
  /** False from any order, cancellation or event of the venue to the next comparison. */
  #isCompared = false;
  /** Until then something at the venue may still have to be followed. */
  busyUntil = 0;

  constructor(parts: EffectParts) {
    this.#parts = parts;
    this.#venue = new InProcessVenue(parts.exchange);
  }

  /** True while the models have a question. */
  get isWaiting(): boolean {
    return this.#pending !== null;
  }

  /** Only called while nothing is being processed. */
  feed(input: EngineInput): void {
    this.#isDraining = true;
    this.commit(this.#parts.engine.process(input), input.at);
    this.#isDraining = false;
    if (this.#queue.length > 0) this.drain();
  }

  async answerModels(): Promise<void> {
    while (this.#pending !== null) {
      const input = await this.#pending;
      this.#pending = null;
      this.feed(input);
    }
  }

  /** Tells the venue the present price of a symbol and the engine what came of it. */
  tell(clock: SymbolClock, at: EpochMs): void {
    this.#parts.exchange.onPrice(clock.symbol, clock.quote(), at);
    this.deliver(at);
  }

  exposed(): readonly SymbolClock[] {
    this.#exposed ??= [...this.#parts.exchange.symbolsAtRisk()].flatMap((symbol) => this.#parts.clocks.get(symbol) ?? []);
    return this.#exposed;
  }

  /** What the venue has to say becomes input of the engine; the books read along. */
  deliver(at: EpochMs): void {
    const { exchange, books } = this.#parts;
    const events = exchange.drainEvents();
    if (events.length === 0) return;
    this.#isCompared = false;
    this.#exposed = null;
    this.busyUntil = at + SETTLE_MS;
    books.addVenueEvents(events);
    for (const event of events) {
      const translated = venueEventOf(exchange, event);
      if (translated !== null) this.#queue.push({ kind: 'venue', at, event: translated });
    }
    this.drain();
  }

  drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    for (let input = this.#queue.shift(); input !== undefined; input = this.#queue.shift()) this.commit(this.#parts.engine.process(input), input.at);
    this.#isDraining = false;
  }

  commit(output: EngineOutput, at: EpochMs): void {
    const { books } = this.#parts;
    for (const record of output.records) books.addRecord(record);
    for (const event of output.events) books.addEvent(event, at);
    for (const effect of output.effects) this.#carryOut(effect, at);
  }

  #carryOut(effect: EngineEffect, at: EpochMs): void {
    switch (effect.kind) {
      case 'submit': {
        const { intent } = effect;
        this.#isCompared = false;
        this.#parts.books.addOrder(intent);
        this.#showPrice(intent.symbol, at);
        this.#queue.push({ kind: 'submitted', at, clientOrderId: intent.clientOrderId, result: this.#venue.submit(intent, at) });
        return this.deliver(at);
      }
      case 'cancel':
        this.#queue.push({ kind: 'canceled', at, clientOrderId: effect.clientOrderId, result: this.#venue.cancel(effect, at) });
        return this.deliver(at);
      case 'amend': {
        const { amendmentId, request } = effect;
        this.#isCompared = false;
        this.#showPrice(request.symbol, at);
        this.#queue.push({ kind: 'amended', at, clientOrderId: request.clientOrderId, amendmentId, result: this.#venue.amendOrder(request, at) });
        return this.deliver(at);
      }
      case 'query':
        this.#queue.push({ kind: 'queried', at, clientOrderId: effect.clientOrderId, result: this.#venue.query(effect) });
        return;
      case 'prepare-symbol':
        this.#showPrice(effect.symbol, at);
        this.#queue.push({ kind: 'prepared', at, positionId: effect.positionId, result: this.#venue.prepareSymbol(effect, at) });
        return this.deliver(at);
      case 'reconcile':
        // Nothing has happened on either side since the books agreed: the question rests, as one does whose answer is slow, and is asked anew.
        if (this.#isCompared && effect.scope === 'account') return;
        if (effect.scope === 'account') this.#isCompared = true;
        this.#queue.push({ kind: 'reconciled', at, request: effect, result: { ok: true, value: this.#venue.fetchState(effect, at) } });
        return;
      case 'predict':
        this.#askModels(effect.batch, at);
        return;
      case 'require-symbols':
      case 'save-settings':
      case 'notify':
      case 'answer-command':
        return;
      default:
        assertNever(effect);
    }
  }

  #askModels(batch: Extract<EngineEffect, { kind: 'predict' }>['batch'], at: EpochMs): void {
    const { cycle } = batch;
    const { predictor } = this.#parts;
    if (predictor !== null) {
      this.#pending = predictor.predict(batch, at).then((result) => ({ kind: 'prediction', at, cycle, result }));
      return;
    }
    const error = { code: 'no_model', uiMessage: 'No model is loaded; ICT rules decide alone.' } as const;
    this.#queue.push({ kind: 'prediction', at, cycle, result: { ok: false, error } });
  }

  /** The venue sees prices only where they matter; before an order it sees the present one. */
  #showPrice(symbol: string, at: EpochMs): void {
    const clock = this.#parts.clocks.get(symbol);
    const { exchange } = this.#parts;
    if (clock !== undefined && clock.price > 0 && exchange.quote(symbol)?.last !== clock.price) exchange.onPrice(symbol, clock.quote(), epochMs(at));
  }
}
