// A clock of this computer that is plainly wrong, in words: by how much, in which direction, and what to do.
import { inEnglish, say, type Said } from './said.ts';

/** @param offsetMs the exchange's clock minus ours, in wall milliseconds */
export function sayWrongClock(offsetMs: number): Said {
  return say(offsetMs < 0 ? 'clock.ahead' : 'clock.behind', { span: spanOf(Math.abs(offsetMs) / 1000) });
}

/** The same with the advice, for log and notification. */
export function describeWrongClock(offsetMs: number): string {
  return `${inEnglish(sayWrongClock(offsetMs))} ${inEnglish(say('clock.setIt'))}`;
}

function spanOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
