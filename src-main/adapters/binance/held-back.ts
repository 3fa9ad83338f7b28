// The errors of calls that we ourselves did not let out or could not read, each with a sentence for the trader.
import type { ExchangeError } from '../../core/ports.ts';
import type { Grant } from './rate-limiter.ts';

/** `cause` is the last of the failures that closed the breaker. */
export function heldByBreaker(name: string, probeInMs: number, cause: ExchangeError | null): ExchangeError {
  const why = cause === null ? 'Calls to the exchange failed several times in a row.' : cause.uiMessage;
  return {
    code: 'breaker',
    outcome: 'not_executed',
    venueCode: null,
    detail: `${name} held back${cause === null ? '' : ` after ${cause.detail}`}`,
    uiMessage: `${why} ${name} was held back, the next try is in ${Math.ceil(probeInMs / 1000)} s; closing and protecting still work.`,
  };
}

export function heldByLimiter(name: string, grant: Grant & { readonly kind: 'refused' }, blockReason: 'rate_limited' | 'banned'): ExchangeError {
  const wait = `${Math.ceil(grant.waitMs / 1000)} s`;
  const isBan = grant.why === 'blocked' && blockReason === 'banned';
  const why = isBan
    ? `Binance has banned this address for another ${wait}`
    : grant.why === 'blocked'
      ? `the exchange asked for a pause of another ${wait}`
      : `the ${grant.why === 'orders' ? 'order' : 'request'} budget of this minute is used up`;
  return {
    code: isBan ? 'banned' : 'rate_limited',
    outcome: 'not_executed',
    venueCode: null,
    detail: `${name} held back: ${grant.why}, ${Math.ceil(grant.waitMs)} ms`,
    uiMessage: `${why.charAt(0).toUpperCase()}${why.slice(1)}; ${name} was not sent, because it would leave too late.`,
  };
}

export function notUnderstood(name: string, where: string, isMutation: boolean): ExchangeError {
  return {
    code: 'malformed',
    outcome: isMutation ? 'unknown' : 'not_executed',
    venueCode: null,
    detail: where,
    uiMessage: isMutation
      ? `The exchange's answer to ${name} was not understood. It is being checked; nothing is sent again.`
      : `The exchange's answer to ${name} was not understood and was dropped; it is asked again.`,
  };
}
