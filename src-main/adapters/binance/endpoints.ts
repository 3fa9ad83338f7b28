// Base addresses of every place the terminal talks to; the one table to change when the exchange moves its hosts.

export interface Endpoints {
  readonly rest: string;
  /** Without path; `/market`, `/public` and `/private` are added by the SDK's routing. */
  readonly socket: string;
  /** Where the streams may be instead; tried when the first brings nothing. */
  readonly alternativeSocket?: string;
  /** Host that knows what an API key may do; absent where there is none (demo, local venue). */
  readonly account?: string;
}

/** Source: USDⓈ-M futures documentation, general info and WebSocket change notice of 2026-04-23. */
export const BINANCE: Endpoints = { rest: 'https://fapi.binance.com', socket: 'wss://fstream.binance.com', account: 'https://api.binance.com' };
/** Documents and clients name two stream hosts for the demo; which one serves it shows only when connecting. */
export const BINANCE_DEMO: Endpoints = {
  rest: 'https://demo-fapi.binance.com',
  socket: 'wss://fstream.binancefuture.com',
  alternativeSocket: 'wss://demo-fstream.binance.com',
};
export const BINANCE_OLD_TESTNET: Endpoints = { rest: 'https://testnet.binancefuture.com', socket: 'wss://stream.binancefuture.com' };

/** The local venue at its REST base URL. */
export function venueEndpoints(url: string): Endpoints {
  return { rest: url, socket: url.replace(/^http/, 'ws') };
}
