// The errors of calls that we ourselves did not let out or could not read, each with a sentence for the trader.
import { inEnglish, say, type Said } from '../../../src-shared/contract/said.ts';
import type { ExchangeError } from '../../core/ports.ts';
import type { Grant } from './rate-limiter.ts';

/** `cause` is the last of the failures that closed the breaker. */
export function heldByBreaker(name: string, probeInMs: number, cause: ExchangeError | null): ExchangeError {
  const why = cause === null ? inEnglish(say('exchange.failedInRow')) : cause.uiMessage;
  return {
    code: 'breaker',
    outcome: 'not_executed',
    venueCode: null,
    detail: `${name} held back${cause === null ? '' : ` after ${cause.detail}`}`,
    ...told(say('exchange.heldByBreaker', { why, name, seconds: Math.ceil(probeInMs / 1000) })),
  };
}

export function heldByLimiter(name: string, grant: Grant & { readonly kind: 'refused' }, blockReason: 'rate_limited' | 'banned'): ExchangeError {
  const isBan = grant.why === 'blocked' && blockReason === 'banned';
  const seconds = Math.ceil(grant.waitMs / 1000);
  return {
    code: isBan ? 'banned' : 'rate_limited',
    outcome: 'not_executed',
    venueCode: null,
    detail: `${name} held back: ${grant.why}, ${Math.ceil(grant.waitMs)} ms`,
    ...told(
      grant.why === 'blocked'
        ? say(isBan ? 'exchange.stillBanned' : 'exchange.stillPaused', { seconds, name })
        : say('exchange.budgetUsed', { budget: grant.why === 'orders' ? 'order' : 'request', name }),
    ),
  };
}

export function notUnderstood(name: string, where: string, isMutation: boolean): ExchangeError {
  return {
    code: 'malformed',
    outcome: isMutation ? 'unknown' : 'not_executed',
    venueCode: null,
    detail: where,
    ...told(say(isMutation ? 'exchange.answerUnknown' : 'exchange.answerDropped', { name })),
  };
}

function told(said: Said): Pick<ExchangeError, 'uiMessage' | 'said'> {
  return { uiMessage: inEnglish(said), said };
}
