// Why a stream is down, as a state and one sentence with advice.
import { inEnglish, say } from '../../../src-shared/contract/said.ts';
import { isCredentialRefusal, isProxyFailure } from './proxy-failures.ts';

export interface StreamDrop {
  readonly kind: 'geo_blocked' | 'proxy' | 'down';
  readonly why: string;
  /** What happened and what to do; the caller adds what it means for trading. */
  readonly advice: string;
}

/** `why` is a refusal such as `refused with 451`, a system error or our own reason for reconnecting. */
export function describeDrop(why: string): StreamDrop {
  if (/refused with 451/.test(why)) return { kind: 'geo_blocked', why, advice: inEnglish(say('exchange.dropLocation')) };
  if (/refused with 403/.test(why)) return { kind: 'geo_blocked', why, advice: inEnglish(say('exchange.dropAddress')) };
  if (isCredentialRefusal(why)) return { kind: 'proxy', why, advice: inEnglish(say('exchange.dropCredentials')) };
  if (isProxyFailure(why)) return { kind: 'proxy', why, advice: inEnglish(say('exchange.dropProxy', { why })) };
  return { kind: 'down', why, advice: inEnglish(say('exchange.dropEnded', { why })) };
}
