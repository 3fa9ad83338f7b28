// What a failed call means: was it executed, does it count as a failure of the exchange, and what should the trader read.
import type { ExchangeError } from '../../core/ports.ts';
import { redact } from '../runtime/redact.ts';

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
const AUTH_CODES: readonly number[] = [-2014, -2015, -1022];

interface Read {
  readonly code: ExchangeError['code'];
  readonly outcome: ExchangeError['outcome'];
  readonly uiMessage: string;
}

/** `isMutation`: the call could have changed something at the venue. Source: error-code page and general info. */
export function describeFailure(raw: RawFailure, isMutation: boolean): ExchangeError {
  const read = readFailure(raw, isMutation);
  return { ...read, venueCode: raw.venueCode, detail: redact(`${raw.status ?? raw.systemCode ?? 'no answer'} ${raw.venueCode ?? ''} ${raw.message}`.trim()) };
}

/** Whether a failure speaks against the exchange or the way to it (and not against our own request). */
export function countsAgainstBreaker(error: ExchangeError): boolean {
  return error.code === 'unreachable' || error.code === 'unavailable' || error.code === 'timeout' || error.code === 'malformed';
}

function readFailure({ status, venueCode, message, systemCode, retryAfterMs }: RawFailure, isMutation: boolean): Read {
  const unknown: ExchangeError['outcome'] = isMutation ? 'unknown' : 'not_executed';
  if (status === 451 || (status === 403 && /restricted location/i.test(message)) || venueCode === -4402 || venueCode === -4403) {
    return {
      code: 'geo_blocked',
      outcome: 'not_executed',
      uiMessage:
        'Binance refuses this location. Nothing was sent. Check that the VPN or proxy leaves from an allowed region; the terminal does not look for another way out.',
    };
  }
  if (status === 418)
    return {
      code: 'banned',
      outcome: 'not_executed',
      uiMessage: `Binance has banned this address for ${seconds(retryAfterMs)}. Nothing was sent; calls go on when the ban ends. A shared VPN address can cause this.`,
    };
  if (status === 429 || venueCode === -1003 || venueCode === -1015)
    return {
      code: 'rate_limited',
      outcome: 'not_executed',
      uiMessage: `The exchange asked for a pause of ${seconds(retryAfterMs)}. Nothing was sent; the call waits its turn.`,
    };
  if (status === 403)
    return {
      code: 'banned',
      outcome: 'not_executed',
      uiMessage: 'The firewall in front of Binance refused this address. Nothing was sent; calls pause for some minutes. Try another VPN exit.',
    };
  if (venueCode === -1021)
    return { code: 'timestamp', outcome: 'not_executed', uiMessage: 'The clock differs from the exchange. It is measured again and the call repeated once.' };
  if (venueCode !== null && AUTH_CODES.includes(venueCode))
    return {
      code: 'unauthorised',
      outcome: 'not_executed',
      uiMessage: 'The exchange refused the API key (key, permission or IP whitelist). Market data goes on; check the key in the settings.',
    };
  if (venueCode !== null && UNKNOWN_CODES.includes(venueCode))
    return {
      code: 'timeout',
      outcome: unknown,
      uiMessage: 'The exchange did not say whether the order was executed. It is being checked; nothing is sent again.',
    };
  if (status === 503 && /unknown error/i.test(message))
    return {
      code: 'timeout',
      outcome: unknown,
      uiMessage: 'The exchange did not say whether the order was executed. It is being checked; nothing is sent again.',
    };
  if (status === 503 || venueCode === -1001 || venueCode === -1008 || venueCode === -1016)
    return {
      code: 'unavailable',
      outcome: 'not_executed',
      uiMessage: 'The exchange is overloaded or in maintenance. Nothing was executed; it is tried again.',
    };
  if (status !== null && status >= 500)
    return { code: 'unavailable', outcome: unknown, uiMessage: 'The exchange has an internal problem. What was sent is being checked; nothing is sent again.' };
  if (status === 408 || systemCode === 'ECONNABORTED' || systemCode === 'ETIMEDOUT')
    return { code: 'timeout', outcome: unknown, uiMessage: 'The exchange did not answer in time. What was sent is being checked; nothing is sent again.' };
  if (
    status === null &&
    (systemCode === 'ECONNREFUSED' || systemCode === 'ENOTFOUND' || systemCode === 'EAI_AGAIN' || systemCode === 'ENETUNREACH' || systemCode === 'EHOSTUNREACH')
  ) {
    return {
      code: 'unreachable',
      outcome: 'not_executed',
      uiMessage: 'The exchange cannot be reached. Check the network, the VPN or the proxy. Nothing was sent; stops at the exchange stay in force.',
    };
  }
  if (status === null)
    return { code: 'unreachable', outcome: unknown, uiMessage: 'The connection to the exchange broke. What was sent is being checked; nothing is sent again.' };
  return { code: 'rejected', outcome: 'not_executed', uiMessage: `The exchange refused: ${message} (${venueCode ?? status}).` };
}

function seconds(milliseconds: number | null): string {
  return milliseconds === null ? 'a while' : `${Math.ceil(milliseconds / 1000)} s`;
}

/** Reads whatever the SDK or axios threw. */
export function readThrown(thrown: unknown): RawFailure {
  const source = asRecord(thrown);
  const response = asRecord(source['response']);
  const body = asRecord(response['data'] ?? source['body']);
  const headers = asRecord(response['headers'] ?? source['headers']);
  const code = body['code'] ?? source['code'];
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN);
  const text = body['msg'] ?? (typeof response['data'] === 'string' ? String(response['data']).slice(0, 200) : undefined) ?? source['message'];
  return {
    status: typeof response['status'] === 'number' ? response['status'] : null,
    venueCode: typeof code === 'number' ? code : null,
    message: typeof text === 'string' ? text : 'no text',
    systemCode: typeof source['code'] === 'string' ? source['code'] : null,
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : null,
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
