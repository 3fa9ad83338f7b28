// A frame of a combined stream of the public door, told apart from replies and from what is no frame.
import { frameSchema } from './stream-schemas.ts';

/** Null for replies to SUBSCRIBE; `data` is not yet checked. */
export function readPublicFrame(text: string): { readonly stream: string; readonly data?: unknown } | 'malformed' | null {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return 'malformed';
  }
  const frame = frameSchema.safeParse(raw);
  if (frame.success) return frame.data;
  return typeof raw === 'object' && raw !== null && 'id' in raw ? null : 'malformed';
}
