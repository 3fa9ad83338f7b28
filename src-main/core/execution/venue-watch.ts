// How the desk keeps in step with a venue that may be silent: positions verified by polling, and what a restart must hear first.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { VenueState } from '../ports.ts';
import type { DeskCore } from './desk-core.ts';
import { countNaked } from './naked-clock.ts';

/** Positions are compared this often beside the venue's events, which may be lost without a gap; wall milliseconds. */
const VERIFY_MS = 20_000;
/** Positions that are polled that often; more of them are polled more seldom, so that it never costs over 240 of the weight a minute. */
const VERIFIED_TOGETHER = 10;
const SILENT_VENUE_MS = 20_000;

export class VenueWatch {
  readonly #desk: DeskCore;
  #verifiedAt: EpochMs | null = null;
  /** Set by a restart with positions: the guardian waits for the first comparison, but not for ever. */
  #waitsForVenue: 'no' | 'yes' | EpochMs = 'no';

  constructor(desk: DeskCore) {
    this.#desk = desk;
  }

  /** False between a restart and the first comparison, or the guardian's own start. */
  get isHeard(): boolean {
    return this.#waitsForVenue === 'no';
  }

  /** The book was rebuilt: what the venue says comes before what it remembers. */
  restarted(): void {
    this.#waitsForVenue = 'yes';
  }

  /** A state of the whole account is here. */
  compared(venue: VenueState, now: EpochMs): void {
    this.#verifiedAt = now;
    if (this.#waitsForVenue === 'no') return;
    this.#restartNakedClocks(now);
    this.#askAboutUnlisted(venue, now);
  }

  /** Open positions follow the venue's events and are verified by polling. */
  verify(now: EpochMs): void {
    const { context, comparisons } = this.#desk;
    this.#verifiedAt ??= now;
    const alive = context.state.alive();
    const pause = VERIFY_MS * Math.max(1, alive.length / VERIFIED_TOGETHER) * context.speed;
    if (now - this.#verifiedAt < pause) return;
    const since = epochMs(this.#verifiedAt - pause);
    // Without its rules a contract cannot be read: the venue would seem to have no such position.
    for (const { position } of alive) if (context.instrumentOf(position.symbol) !== null) comparisons.want(position.symbol, since);
    this.#verifiedAt = now;
  }

  /** After a restart nothing is closed for want of a stop before the venue was heard; when it stays silent the guardian starts alone. */
  mayGuard(now: EpochMs): boolean {
    if (this.#waitsForVenue === 'no') return true;
    if (this.#waitsForVenue === 'yes') this.#waitsForVenue = now;
    if (now - this.#waitsForVenue < SILENT_VENUE_MS * this.#desk.context.speed) return false;
    this.#restartNakedClocks(now);
    return true;
  }

  /** After a restart every order the venue does not list is asked about at once: it may have died on its way with us, and be somebody's stop. */
  #askAboutUnlisted(venue: VenueState, now: EpochMs): void {
    const { context, inquiries } = this.#desk;
    const listed = new Set(venue.orders.map((report) => report.clientOrderId));
    for (const order of context.state.orders.live()) if (!listed.has(order.intent.clientOrderId)) inquiries.ask(order.intent.clientOrderId, now, 0);
  }

  #restartNakedClocks(now: EpochMs): void {
    const { context } = this.#desk;
    this.#waitsForVenue = 'no';
    for (const held of context.state.alive())
      if (held.position.nakedSince !== null) context.state.setQuietly({ ...countNaked(context, held, now), position: { ...held.position, nakedSince: now } });
  }
}
