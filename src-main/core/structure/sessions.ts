// Kill zones: the hours of Asia, London and New York in which liquidity is taken.
import { timeWithin } from '../market/grid.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';

export const SESSIONS = ['asia', 'london', 'new_york'] as const;
export type SessionName = (typeof SESSIONS)[number];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** A session of every minute of a day, by the settings that define it. */
const calendars = new WeakMap<Settings, readonly (SessionName | null)[]>();

/** Minutes since 00:00 UTC of a text such as `06:00-09:00`: start inclusive, end exclusive; may run past midnight. */
function parseHours(text: string): readonly [number, number] {
  const minutes = (part: string): number => Number(part.slice(0, 2)) * 60 + Number(part.slice(3, 5));
  return [minutes(text), minutes(text.slice(6))];
}

function drawCalendar(settings: Settings): readonly (SessionName | null)[] {
  const texts: Readonly<Record<SessionName, string>> = { asia: settings.asiaSession, london: settings.londonSession, new_york: settings.newYorkSession };
  const hours = SESSIONS.map((session) => [session, ...parseHours(texts[session])] as const);
  return Array.from({ length: DAY_MINUTES }, (_, minute) => {
    const found = hours.find(([, start, end]) => (start <= end ? minute >= start && minute < end : minute >= start || minute < end));
    return found === undefined ? null : found[0];
  });
}

/** The first session that contains `time`, in the order Asia, London, New York, or null between them. */
export function sessionAt(time: number, settings: Settings): SessionName | null {
  let calendar = calendars.get(settings);
  if (calendar === undefined) {
    calendar = drawCalendar(settings);
    calendars.set(settings, calendar);
  }
  return calendar[timeWithin(Math.floor(time / MINUTE_MS), DAY_MINUTES)] ?? null;
}
