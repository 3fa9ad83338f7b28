// Where in the order path the torture kills.

export const CRASH_POINTS = ['before-journal', 'after-journal', 'before-send', 'sending', 'after-answer', 'before-checkpoint', 'after-checkpoint'] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** A death that is wished for: at the `passes`-th time the point is passed with something that matches. */
export interface Armed {
  readonly point: CrashPoint;
  /** Pattern of what passes, e.g. `submit entry` or the kinds of the journalled records. */
  readonly whatPattern: string;
  readonly what: RegExp;
  readonly passes: number;
  /** For `sending`: milliseconds after the request left. */
  readonly delayMs: number;
}
