// Account-stream frames as venue events; pure, total: any text gives events, an expiry, something ignored or something malformed.
import { z } from 'zod';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { VenueEvent } from '../../core/ports.ts';
import { toAccountUpdate } from './account-mapping.ts';
import { toAlgoEvent, toOrderEvent, type AssetPrice } from './order-mapping.ts';
import { accountEventSchema, algoEventSchema, frameSchema, marginCallSchema, orderEventSchema, triggerRejectSchema } from './stream-schemas.ts';
import { readable } from './wire-units.ts';

export type UserFrame =
  | { readonly kind: 'events'; readonly events: readonly VenueEvent[] }
  | { readonly kind: 'expired' }
  /** Kinds that carry nothing the account does not tell otherwise. */
  | { readonly kind: 'ignored'; readonly what: string }
  | { readonly kind: 'malformed'; readonly what: string };

export interface UserFrameContext {
  readonly instrumentOf: (symbol: string) => Instrument | null;
  readonly priceOf: AssetPrice;
}

const kindSchema = z.object({ e: z.string() });

export function readUserFrame(text: string, context: UserFrameContext): UserFrame {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { kind: 'malformed', what: 'account frame' };
  }
  const wrapped = frameSchema.safeParse(raw);
  if (wrapped.success && wrapped.data.data !== undefined) raw = wrapped.data.data;
  const kind = kindSchema.safeParse(raw);
  if (!kind.success) return { kind: 'malformed', what: 'account frame' };
  const what = kind.data.e;
  switch (what) {
    case 'ORDER_TRADE_UPDATE':
    case 'ALGO_UPDATE':
    case 'ACCOUNT_UPDATE':
    case 'MARGIN_CALL':
    case 'CONDITIONAL_ORDER_TRIGGER_REJECT': {
      const events = readable(() => readEvents(what, raw, context)) ?? null;
      return events === null ? { kind: 'malformed', what } : { kind: 'events', events };
    }
    case 'listenKeyExpired':
      return { kind: 'expired' };
    default:
      return { kind: 'ignored', what: what.slice(0, 40) };
  }
}

/** Null when the event does not have the shape of its kind, or speaks of a contract we have no rules for. */
function readEvents(kind: string, raw: unknown, { instrumentOf, priceOf }: UserFrameContext): readonly VenueEvent[] | null {
  if (kind === 'ORDER_TRADE_UPDATE') {
    const event = orderEventSchema.safeParse(raw);
    const instrument = event.success ? instrumentOf(event.data.o.s) : null;
    return event.success && instrument !== null ? [{ kind: 'order', ...toOrderEvent(event.data, instrument, priceOf) }] : null;
  }
  if (kind === 'ALGO_UPDATE') {
    const event = algoEventSchema.safeParse(raw);
    const instrument = event.success ? instrumentOf(event.data.o.s) : null;
    return event.success && instrument !== null ? [{ kind: 'order', report: toAlgoEvent(event.data, instrument), fill: null }] : null;
  }
  if (kind === 'ACCOUNT_UPDATE') {
    const event = accountEventSchema.safeParse(raw);
    return event.success ? [{ kind: 'account', ...toAccountUpdate(event.data, instrumentOf) }] : null;
  }
  if (kind === 'MARGIN_CALL') {
    const event = marginCallSchema.safeParse(raw);
    return event.success ? event.data.p.map(({ s }) => ({ kind: 'margin-call', symbol: s })) : null;
  }
  const event = triggerRejectSchema.safeParse(raw);
  return event.success ? [{ kind: 'resync-needed', why: `a conditional order of ${event.data.or.s} was refused at its trigger: ${event.data.or.r}` }] : null;
}
