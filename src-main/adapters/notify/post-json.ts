// Posts one JSON body and reads the answer as what to do next: done, slow down, never again, or try later. Never rejects.
import { request as requestHttp, type Agent, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { TLSSocket } from 'node:tls';
import { redact } from '../runtime/redact.ts';

export interface PostRequest {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly agent: Agent | null;
}

export type PostAnswer =
  /** `pauseMs`: the budget is used up for that long. */
  | { readonly kind: 'accepted'; readonly pauseMs: number | null }
  | { readonly kind: 'slow_down'; readonly pauseMs: number }
  | { readonly kind: 'refused'; readonly status: number; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

const LONGEST_ANSWER = 16 * 1024;
const LONGEST_PAUSE_MS = 3_600_000;

/** One POST; never rejects. What the other side answers is redacted before anybody sees it. */
export function postJson({ url, body, headers = {}, timeoutMs, agent }: PostRequest): Promise<PostAnswer> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const fail = (failure: Error): void => resolve({ kind: 'failed', detail: redact(failure.message) });
    const call = send(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
        ...(agent === null ? {} : { agent }),
      },
      (response) => {
        // What came without TLS was said by a proxy that did not open the way, not by the server.
        if (url.startsWith('https:') && !(response.socket instanceof TLSSocket)) {
          response.resume();
          resolve({ kind: 'failed', detail: `the proxy answered ${response.statusCode ?? 0}` });
          return;
        }
        let text = '';
        response.on('data', (chunk: Buffer) => {
          if (text.length < LONGEST_ANSWER) text += chunk.toString('utf8');
        });
        response.on('end', () => resolve(readAnswer(response, text)));
        response.on('error', fail);
      },
    );
    call.on('error', fail);
    call.end(body);
  });
}

/** Discord's rules: `X-RateLimit-*` headers on success, seconds in `Retry-After` or `retry_after` on 429. */
function readAnswer(response: IncomingMessage, text: string): PostAnswer {
  const status = response.statusCode ?? 0;
  const seconds = (name: string): number | null => {
    const value = Number(response.headers[name] ?? Number.NaN);
    return Number.isFinite(value) && value >= 0 ? Math.min(LONGEST_PAUSE_MS, Math.ceil(value * 1000)) : null;
  };
  if (status >= 200 && status < 300)
    return { kind: 'accepted', pauseMs: response.headers['x-ratelimit-remaining'] === '0' ? seconds('x-ratelimit-reset-after') : null };
  if (status === 429) return { kind: 'slow_down', pauseMs: Math.max(seconds('retry-after') ?? 0, readRetryAfter(text)) };
  const detail = redact(`${status} ${text.slice(0, 200)}`.trim());
  return status >= 400 && status < 500 && status !== 408 ? { kind: 'refused', status, detail } : { kind: 'failed', detail };
}

function readRetryAfter(text: string): number {
  try {
    const value = (JSON.parse(text) as { readonly retry_after?: unknown }).retry_after;
    return typeof value === 'number' && value >= 0 ? Math.min(LONGEST_PAUSE_MS, Math.ceil(value * 1000)) : 0;
  } catch {
    return 0;
  }
}
