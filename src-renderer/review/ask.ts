// Typed questions about sessions, and saving an exported file.
import { PART_BYTES, type ExportFormat, type ReviewRequest } from '../../src-shared/contract/review-requests.ts';
import type { ReviewAnswers } from '../../src-shared/contract/review.ts';
import { currentRpc } from '../connect.ts';
import { inWords } from '../i18n/sentences.ts';
import { translate } from '../i18n/translate.ts';

/** Rejects with an error whose message is a sentence. */
export async function askReview<K extends ReviewRequest['kind']>(request: Extract<ReviewRequest, { kind: K }>): Promise<ReviewAnswers[K]> {
  const rpc = currentRpc();
  if (rpc === null) throw new Error(translate('review.offline'));
  return (await rpc.call('review', request)) as ReviewAnswers[K];
}

export function sentenceOf(failure: unknown): string {
  return inWords(failure instanceof Error ? failure.message : String(failure));
}

/** Asks for a session as a file and saves it. */
export async function saveSession(key: string, format: ExportFormat): Promise<void> {
  const file = await askReview({ kind: 'export', key, format });
  saveBytes(file.name, file.mediaType, [bytesOf(file.base64)]);
}

/** Saves the session as a file that another terminal can open: journal, candles, recording, equity. */
export async function saveSessionFile(key: string): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let offset = 0; ;) {
    const part = await askReview({ kind: 'export-part', key, offset });
    const bytes = bytesOf(part.base64);
    parts.push(bytes);
    offset += bytes.length;
    if (offset >= part.bytes || bytes.length === 0) return saveBytes(part.name, 'application/vnd.sqlite3', parts);
  }
}

/** Sends a session file of another terminal, part by part; gives the key under which it is listed. */
export async function sendSessionFile(file: File): Promise<string | null> {
  const upload = crypto.randomUUID();
  for (let offset = 0; ; offset += PART_BYTES) {
    const bytes = new Uint8Array(await file.slice(offset, offset + PART_BYTES).arrayBuffer());
    const isLast = offset + PART_BYTES >= file.size;
    const { key } = await askReview({ kind: 'import-part', upload, offset, base64: textOf(bytes), isLast });
    if (isLast) return key;
  }
}

function saveBytes(name: string, type: string, parts: readonly Uint8Array<ArrayBuffer>[]): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([...parts], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** Opens the printable report in a frame and asks the system to print it; every system prints to PDF. */
export async function printSession(key: string): Promise<void> {
  const file = await askReview({ kind: 'export', key, format: 'html' });
  const bytes = bytesOf(file.base64);
  const frame = document.createElement('iframe');
  frame.className = 'visually-hidden';
  frame.title = file.name;
  frame.srcdoc = new TextDecoder().decode(bytes);
  frame.addEventListener('load', () => {
    frame.contentWindow?.addEventListener('afterprint', () => frame.remove());
    frame.contentWindow?.print();
  });
  document.body.append(frame);
}
