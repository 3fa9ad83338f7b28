// Reads whatever the SDK or its HTTP library threw into one flat record, without ever throwing itself.
import type { RawFailure } from './errors.ts';

const TEXT_LIMIT = 200;

export function readThrown(thrown: unknown): RawFailure {
  const source = asRecord(thrown);
  // With another 2xx status the SDK throws the response itself.
  const response = asRecord(source['response'] ?? (typeof source['status'] === 'number' && 'data' in source ? source : undefined));
  const data = response['data'] ?? source['body'];
  const body = asRecord(data);
  const headers = asRecord(response['headers'] ?? source['headers']);
  const code = body['code'] ?? source['code'];
  const message = typeof body['msg'] === 'string' ? body['msg'] : typeof data === 'string' && data !== '' ? withoutTags(data) : source['message'];
  const text =
    typeof message === 'string' && message !== '' ? message.slice(0, TEXT_LIMIT) : typeof thrown === 'string' ? thrown.slice(0, TEXT_LIMIT) : 'no text';
  return {
    status: typeof response['status'] === 'number' ? response['status'] : null,
    venueCode: readCode(code),
    message: text,
    systemCode: readSystemCode(source['code'], text),
    retryAfterMs: readRetryAfter(headers['retry-after']) ?? readBanEnd(text, headers['date']),
  };
}

/** The venue's codes are negative integers apart from 239999; 0 is what the location page carries. */
function readCode(code: unknown): number | null {
  return typeof code === 'number' && Number.isSafeInteger(code) ? code : null;
}

/** A SOCKS client passes on only the text of the system's error. */
function readSystemCode(code: unknown, text: string): string | null {
  if (typeof code === 'string') return code;
  return /\b(?:connect|getaddrinfo) (E[A-Z_]+)\b/.exec(text)?.[1] ?? null;
}

/** Seconds, as the exchange sends them. */
function readRetryAfter(value: unknown): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const secondsToWait = Number(value);
  return value !== '' && Number.isFinite(secondsToWait) && secondsToWait >= 0 ? secondsToWait * 1000 : null;
}

/** "IP banned until 1700000000000": the end of a ban, measured against the answer's own Date header. */
function readBanEnd(text: string, date: unknown): number | null {
  const until = Number(/banned until (\d{13})/.exec(text)?.[1] ?? Number.NaN);
  const answered = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  return Number.isFinite(until) && Number.isFinite(answered) ? Math.max(0, until - answered) : null;
}

function withoutTags(page: string): string {
  return page
    .slice(0, 4000)
    .replaceAll(/<(script|style)[^>]*>[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
