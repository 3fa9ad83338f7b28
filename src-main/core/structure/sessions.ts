// Kill zones: the hours of Asia, London and New York in which liquidity is taken.
import type { Settings } from '../../../src-shared/contract/settings.ts';

export const SESSIONS = ['asia', 'london', 'new_york'] as const;
export type SessionName = (typeof SESSIONS)[number];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** Minutes since 00:00 UTC of a text such as `06:00-09:00`: start inclusive, end exclusive; may run past midnight. */
function parseHours(text: string): readonly [number, number] {
  const minutes = (part: string): number => Number(part.slice(0, 2)) * 60 + Number(part.slice(3, 5));
  return [minutes(text), minutes(text.slice(6))];
}

/** The first session that contains `time`, in the order Asia, London, New York, or null between them. */
export function sessionAt(time: number, settings: Settings): SessionName | null {
  const minute = Math.floor(time / MINUTE_MS) % DAY_MINUTES;
  const hours: Readonly<Record<SessionName, string>> = { asia: settings.asiaSession, london: settings.londonSession, new_york: settings.newYorkSession };
  for (const session of SESSIONS) {
    const [start, end] = parseHours(hours[session]);
    if (start <= end ? minute >= start && minute < end : minute >= start || minute < end) return session;
  }
  return null;
}
