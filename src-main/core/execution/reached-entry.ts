// The market has traded through the price of an entry that rests: it must have filled, and the news of it may be lost. The venue is asked at once.
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { orderOf, priceOfTicks } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';

/** So long the venue's own report is waited for; wall milliseconds. */
const REPORT_MS = 300;

/** A filled entry without a report is a position without a stop. Questions about one order stay a second apart, whatever the price does. */
export function askAboutReachedEntries(desk: DeskCore, symbol: string, now: EpochMs): void {
  const { context, inquiries } = desk;
  for (const held of context.state.aliveOn(symbol)) {
    const entry = orderOf(context, held.entryOrderId);
    if (entry === null || entry.intent.kind !== 'limit' || (entry.status !== 'resting' && entry.status !== 'partially_filled')) continue;
    const limit = priceOfTicks(context, symbol, entry.intent.price);
    const last = context.lastOf?.(symbol) ?? null;
    if (limit === null || last === null) continue;
    if (entry.intent.side === 'BUY' ? last < limit : last > limit) inquiries.hasten(entry.intent.clientOrderId, now, REPORT_MS);
  }
}
