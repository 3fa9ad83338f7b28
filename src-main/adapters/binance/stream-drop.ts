// Why a stream is down, as a state and one sentence with advice.
import { isCredentialRefusal, isProxyFailure, PROXY_CREDENTIALS, PROXY_CREDENTIALS_ADVICE } from './proxy-failures.ts';

export interface StreamDrop {
  readonly kind: 'geo_blocked' | 'proxy' | 'down';
  readonly why: string;
  /** What happened and what to do; the caller adds what it means for trading. */
  readonly advice: string;
}

/** `why` is a refusal such as `refused with 451`, a system error or our own reason for reconnecting. */
export function describeDrop(why: string): StreamDrop {
  if (/refused with 451/.test(why))
    return { kind: 'geo_blocked', why, advice: 'Binance refuses this location. Check that the VPN or proxy leaves from an allowed region.' };
  if (/refused with 403/.test(why))
    return { kind: 'geo_blocked', why, advice: 'Binance refuses this address (location or firewall). Try another VPN exit in an allowed region.' };
  if (isCredentialRefusal(why)) return { kind: 'proxy', why, advice: `${PROXY_CREDENTIALS} ${PROXY_CREDENTIALS_ADVICE}` };
  if (isProxyFailure(why)) return { kind: 'proxy', why, advice: `The proxy did not carry the connection (${why}). Check that it runs and may reach Binance.` };
  return { kind: 'down', why, advice: `The exchange or the way to it ended the connection (${why}).` };
}
