// What a failed call means: was it executed, does it count as a failure of the exchange, and what should the trader read.
import type { SAID_EXCHANGE } from '../../../src-shared/contract/said-exchange.ts';
import { inEnglish, say, type Said, type SaidValues } from '../../../src-shared/contract/said.ts';
import type { ExchangeError } from '../../core/ports.ts';
import { redact } from '../runtime/redact.ts';
import { isCredentialRefusal, isProxyFailure } from './proxy-failures.ts';

export interface RawFailure {
  /** HTTP status, null when no answer came. */
  readonly status: number | null;
  readonly venueCode: number | null;
  readonly message: string;
  /** Node's error code such as ECONNREFUSED, or null. */
  readonly systemCode: string | null;
  readonly retryAfterMs: number | null;
}

const UNKNOWN_CODES: readonly number[] = [-1000, -1006, -1007];
/** Why a key was refused, and what to look at. Source: error-code page. */
const KEY_REFUSALS: Readonly<Record<number, ExchangeCode>> = { [-2014]: 'keyUnknown', [-2015]: 'keyRefused', [-1022]: 'keySignature' };
const MAINTENANCE_CODES: readonly number[] = [-1016, -1109, 239_999];
/** The order may stand at the exchange: -4116 says this client id already does, -5047 has no documented meaning. */
const MAY_STAND_CODES: readonly number[] = [-4116, -5047];
/** TLS refuses the certificate before a byte of the request leaves. */
const CERTIFICATE: readonly string[] = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
];
const NOT_CONNECTED: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'];

type ExchangeCode = keyof typeof SAID_EXCHANGE extends `exchange.${infer Name}` ? Name : never;

interface Read {
  readonly code: ExchangeError['code'];
  readonly outcome: ExchangeError['outcome'];
  readonly said: Said;
}

/** `isMutation`: the call could have changed something at the venue. Source: error-code page and general info. */
export function describeFailure(raw: RawFailure, isMutation: boolean): ExchangeError {
  const read = readAnswer(raw, isMutation) ?? readSilence(raw, isMutation) ?? readStatus(raw, isMutation);
  return {
    ...read,
    uiMessage: inEnglish(read.said),
    venueCode: raw.venueCode,
    detail: redact(`${raw.status ?? raw.systemCode ?? 'no answer'} ${raw.venueCode ?? ''} ${raw.message}`.trim()),
  };
}

/** Whether a failure speaks against the exchange or the way to it (and not against our own request). */
export function countsAgainstBreaker(error: ExchangeError): boolean {
  return error.code === 'unreachable' || error.code === 'unavailable' || error.code === 'timeout' || error.code === 'malformed';
}

/** Certainly not executed and gone in a moment: the same request with the same client id may be sent again. */
export function isWorthRepeating(error: ExchangeError): boolean {
  return error.code === 'unavailable' && error.outcome === 'not_executed' && !(error.venueCode !== null && MAINTENANCE_CODES.includes(error.venueCode));
}

function notExecuted(code: ExchangeError['code'], what: ExchangeCode, values: SaidValues = {}): Read {
  return { code, outcome: 'not_executed', said: say(`exchange.${what}`, values) };
}

/** Refusals by address, budget, clock and key, recognised by status or code. */
function readAnswer({ status, venueCode, message, retryAfterMs }: RawFailure, isMutation: boolean): Read | null {
  if (status === 407) return notExecuted('unreachable', 'proxyCredentials');
  if (status === 451 || (status === 403 && /restricted location/i.test(message))) return notExecuted('geo_blocked', 'location');
  if (venueCode === -4402 || venueCode === -4403) return notExecuted('geo_blocked', 'accountRegion');
  if (status === 418 || (venueCode === -1003 && /banned until/i.test(message))) return notExecuted('banned', 'banned', { wait: seconds(retryAfterMs) });
  if (venueCode === -1015) return notExecuted('rate_limited', 'orderBudget', { wait: seconds(retryAfterMs) });
  if (status === 429 || venueCode === -1003) return notExecuted('rate_limited', 'pause', { wait: seconds(retryAfterMs) });
  if (status === 403) return notExecuted('banned', 'firewall');
  if (venueCode === -1021) return notExecuted('timestamp', 'clock');
  const refusal = venueCode === null ? undefined : KEY_REFUSALS[venueCode];
  if (refusal !== undefined) return notExecuted('unauthorised', refusal, { seen: seenFrom(message) });
  const unknown = isMutation ? 'unknown' : 'not_executed';
  if (venueCode !== null && MAY_STAND_CODES.includes(venueCode))
    return {
      code: 'rejected',
      outcome: unknown,
      said: say('exchange.mayStand', { message, code: venueCode, after: after(isMutation) }),
    };
  if ((venueCode !== null && UNKNOWN_CODES.includes(venueCode)) || /occur unknown error/i.test(message) || (status === 503 && /unknown error/i.test(message)))
    return { code: 'timeout', outcome: unknown, said: say('exchange.notSaid', { after: after(isMutation) }) };
  if (venueCode !== null && MAINTENANCE_CODES.includes(venueCode)) return notExecuted('unavailable', 'maintenance');
  return null;
}

/** The address the exchange names in its refusal, which is the one to allow for the key. */
function seenFrom(message: string): string {
  const address = /request ip: (\d+(?:\.\d+){3}|[\da-f:]*:[\da-f:]+)/i.exec(message)?.[1];
  return address === undefined ? '' : ` (it sees this terminal at ${address})`;
}

/** No HTTP answer at all. */
function readSilence({ status, message, systemCode }: RawFailure, isMutation: boolean): Read | null {
  const unknown = isMutation ? 'unknown' : 'not_executed';
  if (status === 408 || systemCode === 'ECONNABORTED' || systemCode === 'ETIMEDOUT')
    return { code: 'timeout', outcome: unknown, said: say('exchange.late', { after: after(isMutation) }) };
  if (status !== null) return null;
  if (isCredentialRefusal(message)) return notExecuted('unreachable', 'proxyCredentials');
  if (systemCode !== null && NOT_CONNECTED.includes(systemCode)) return notExecuted('unreachable', 'unreachable');
  if (systemCode !== null && CERTIFICATE.includes(systemCode)) return notExecuted('unreachable', 'certificate');
  if (isProxyFailure(message)) return notExecuted('unreachable', 'proxyWay');
  return { code: 'unreachable', outcome: unknown, said: say('exchange.broken', { after: after(isMutation) }) };
}

function readStatus({ status, venueCode, message }: RawFailure, isMutation: boolean): Read {
  if (venueCode === -1001 || venueCode === -1008 || (status === 503 && (!isMutation || isCertainlyFailed(message))))
    return notExecuted('unavailable', 'overloaded');
  if (status !== null && status >= 500)
    return { code: 'unavailable', outcome: isMutation ? 'unknown' : 'not_executed', said: say('exchange.internal', { after: after(isMutation) }) };
  return notExecuted('rejected', 'refused', { message, code: venueCode ?? status ?? 'no code' });
}

/**
 * The exchange's own sentence for a 503 that was not executed. A page of somebody on the way, or no text at all, says nothing about the
 * order behind it: sent again after a fill, the same client id would open a second position.
 */
function isCertainlyFailed(message: string): boolean {
  return /^service unavailable\.?$/i.test(message.trim());
}

/** What becomes of a request whose answer is missing. */
function after(isMutation: boolean): string {
  return inEnglish(say(isMutation ? 'exchange.checked' : 'exchange.askedAgain'));
}

function seconds(milliseconds: number | null): string {
  return milliseconds === null ? 'a while' : `${Math.ceil(milliseconds / 1000)} s`;
}
