// Recognises what a proxy says when it does not carry a connection. Texts: the SOCKS client's and HTTP status 407.

export const PROXY_CREDENTIALS = 'The proxy refused the user name or password.';

export function isCredentialRefusal(message: string): boolean {
  return /authentication failed|no accepted authentication type|unknown authentication type|refused with 407/i.test(message);
}

/** The tunnel was never built: nothing of the request has left. */
export function isProxyFailure(message: string): boolean {
  return /socks[45]? |proxy connection timed out|proxy rejected/i.test(message);
}
