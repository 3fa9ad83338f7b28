// Typed questions about sessions, and saving an exported file.
import type { ExportFormat, ReviewRequest } from '../../src-shared/contract/review-requests.ts';
import type { ReviewAnswers } from '../../src-shared/contract/review.ts';
import { currentRpc } from '../connect.ts';
import { translate } from '../i18n/translate.ts';

/** Rejects with an error whose message is a sentence. */
export async function askReview<K extends ReviewRequest['kind']>(request: Extract<ReviewRequest, { kind: K }>): Promise<ReviewAnswers[K]> {
  const rpc = currentRpc();
  if (rpc === null) throw new Error(translate('review.offline'));
  return (await rpc.call('review', request)) as ReviewAnswers[K];
}

export function sentenceOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}

/** Asks for a session as a file and saves it. */
export async function saveSession(key: string, format: ExportFormat): Promise<void> {
  const file = await askReview({ kind: 'export', key, format });
  const bytes = Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: file.mediaType }));
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Opens the printable report in a frame and asks the system to print it; every system prints to PDF. */
export async function printSession(key: string): Promise<void> {
  const file = await askReview({ kind: 'export', key, format: 'html' });
  const bytes = Uint8Array.from(atob(file.base64), (letter) => letter.charCodeAt(0));
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
