// Signs a request on this thread: microseconds, where the SDK's own way asks a thread pool twice before every order.
import { createHmac } from 'node:crypto';

/** Hexadecimal HMAC-SHA256 of the exact text that is sent. Source: general info, signed endpoints. */
function signHmac(message: string, secret: string): Promise<string> {
  return Promise.resolve(createHmac('sha256', secret).update(message).digest('hex'));
}

/** Options of the SDK's client: keys of the RSA and Ed25519 kind are PEM text and stay with the SDK. */
export function signingOptions(secret: string | null): { readonly customSignMessageFn?: typeof signHmac } {
  return secret === null || secret.includes('PRIVATE KEY') ? {} : { customSignMessageFn: signHmac };
}
