// What a failed call means: was it executed, does it count as a failure of the exchange, and what should the trader read.
import type { ExchangeError } from '../../core/ports.ts';
import { redact } from '../runtime/redact.ts';
import { isCredentialRefusal, isProxyFailure, PROXY_CREDENTIALS, PROXY_CREDENTIALS_ADVICE } from './proxy-failures.ts';

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
const KEY_REFUSALS: Readonly<Record<number, string>> = {
  [-2014]: 'does not know this as an API key: it may be cut off, or have blanks in it',
  [-2015]: 'refused the API key: it is not one of this exchange (demo and live have their own), may not trade futures, or is restricted to other addresses',
  [-1022]: 'refused the signature: the API secret does not belong to the key, or is cut off',
};
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

interface Read {
  readonly code: ExchangeError['code'];
  readonly outcome: ExchangeError['outcome'];
  readonly uiMessage: string;
}

/** `isMutation`: the call could have changed something at the venue. Source: error-code page and general info. */
export function describeFailure(raw: RawFailure, isMutation: boolean): ExchangeError {
  const read = readAnswer(raw, isMutation) ?? readSilence(raw, isMutation) ?? readStatus(raw, isMutation);
  return { ...read, venueCode: raw.venueCode, detail: redact(`${raw.status ?? raw.systemCode ?? 'no answer'} ${raw.venueCode ?? ''} ${raw.message}`.trim()) };
}

/** Whether a failure speaks against the exchange or the way to it (and not against our own request). */
export function countsAgainstBreaker(error: ExchangeError): boolean {
  return error.code === 'unreachable' || error.code === 'unavailable' || error.code === 'timeout' || error.code === 'malformed';
}

/** Certainly not executed and gone in a moment: the same request with the same client id may be sent again. */
export function isWorthRepeating(error: ExchangeError): boolean {
  return error.code === 'unavailable' && error.outcome === 'not_executed' && !(error.venueCode !== null && MAINTENANCE_CODES.includes(error.venueCode));
}

function notExecuted(code: ExchangeError['code'], uiMessage: string): Read {
  return { code, outcome: 'not_executed', uiMessage };
}

/** Refusals by address, budget, clock and key, recognised by status or code. */
function readAnswer({ status, venueCode, message, retryAfterMs }: RawFailure, isMutation: boolean): Read | null {
  if (status === 407) return notExecuted('unreachable', `${PROXY_CREDENTIALS} Nothing was sent. ${PROXY_CREDENTIALS_ADVICE}`);
  if (status === 451 || (status === 403 && /restricted location/i.test(message)))
    return notExecuted(
      'geo_blocked',
      'Binance refuses this location. Nothing was sent. Check that the VPN or proxy leaves from an allowed region; the terminal does not look for another way out.',
    );
  if (venueCode === -4402 || venueCode === -4403)
    return notExecuted('geo_blocked', 'Binance does not allow this action for the region of this account. Nothing was sent; closing stays possible.');
  if (status === 418 || (venueCode === -1003 && /banned until/i.test(message)))
    return notExecuted(
      'banned',
      `Binance has banned this address for ${seconds(retryAfterMs)}. Nothing was sent; calls go on when the ban ends. A shared VPN address can cause this.`,
    );
  if (venueCode === -1015)
    return notExecuted('rate_limited', `The account has sent its allowed number of orders. Nothing was sent; orders wait ${seconds(retryAfterMs)}.`);
  if (status === 429 || venueCode === -1003)
    return notExecuted('rate_limited', `The exchange asked for a pause of ${seconds(retryAfterMs)}. Nothing was sent; no call leaves before it is over.`);
  if (status === 403)
    return notExecuted(
      'banned',
      'The firewall in front of Binance refused this address. Nothing was sent; calls pause for some minutes. Try another VPN exit.',
    );
  if (venueCode === -1021) return notExecuted('timestamp', 'The clock differs from the exchange. It is measured again and the call repeated once.');
  const refusal = venueCode === null ? undefined : KEY_REFUSALS[venueCode];
  if (refusal !== undefined)
    return notExecuted(
      'unauthorised',
      `The exchange ${refusal}${seenFrom(message)}. Nothing was executed. Market data goes on; check the key in the settings.`,
    );
  const unknown = isMutation ? 'unknown' : 'not_executed';
  if (venueCode !== null && MAY_STAND_CODES.includes(venueCode))
    return {
      code: 'rejected',
      outcome: unknown,
      uiMessage: `The exchange answered "${message}" (${venueCode}): the order may already stand. ${after(isMutation)}`,
    };
  if ((venueCode !== null && UNKNOWN_CODES.includes(venueCode)) || /occur unknown error/i.test(message) || (status === 503 && /unknown error/i.test(message)))
    return { code: 'timeout', outcome: unknown, uiMessage: `The exchange did not say whether the request was executed. ${after(isMutation)}` };
  if (venueCode !== null && MAINTENANCE_CODES.includes(venueCode))
    return notExecuted(
      'unavailable',
      'The exchange is in maintenance. Nothing was executed; calls go on when it is over. Stops at the exchange stay in force.',
    );
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
    return { code: 'timeout', outcome: unknown, uiMessage: `The exchange did not answer in time. ${after(isMutation)}` };
  if (status !== null) return null;
  if (isCredentialRefusal(message)) return notExecuted('unreachable', `${PROXY_CREDENTIALS} Nothing was sent. ${PROXY_CREDENTIALS_ADVICE}`);
  if (systemCode !== null && NOT_CONNECTED.includes(systemCode))
    return notExecuted(
      'unreachable',
      'The exchange cannot be reached. Check the network, the VPN or the proxy. Nothing was sent; stops at the exchange stay in force.',
    );
  if (systemCode !== null && CERTIFICATE.includes(systemCode))
    return notExecuted(
      'unreachable',
      'The certificate shown is not one of Binance: a proxy or a virus scanner reads the connection, or the clock of this machine is wrong. Nothing was sent.',
    );
  if (isProxyFailure(message))
    return notExecuted('unreachable', 'The proxy did not open a way to Binance. Nothing was sent. Check that it runs and may reach Binance.');
  return { code: 'unreachable', outcome: unknown, uiMessage: `The connection to the exchange broke. ${after(isMutation)}` };
}

function readStatus({ status, venueCode, message }: RawFailure, isMutation: boolean): Read {
  if (status === 503 || venueCode === -1001 || venueCode === -1008)
    return notExecuted('unavailable', 'The exchange is overloaded. Nothing was executed; it is tried again.');
  if (status !== null && status >= 500)
    return { code: 'unavailable', outcome: isMutation ? 'unknown' : 'not_executed', uiMessage: `The exchange has an internal problem. ${after(isMutation)}` };
  return notExecuted('rejected', `The exchange refused: ${message} (${venueCode ?? status ?? 'no code'}).`);
}

/** What becomes of a request whose answer is missing. */
function after(isMutation: boolean): string {
  return isMutation ? 'It is being checked; nothing is sent again.' : 'Nothing was changed; it is asked again.';
}

function seconds(milliseconds: number | null): string {
  return milliseconds === null ? 'a while' : `${Math.ceil(milliseconds / 1000)} s`;
}
