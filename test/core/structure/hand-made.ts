// Hand-made 15m candles whose structure can be checked by eye.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';
import { candleOf } from '../support/candles.ts';

const STEP = 900_000;
export const START = Date.UTC(2025, 0, 6);
export const HOUR = 3_600_000;

export type Bar = readonly [open: number, high: number, low: number, close: number, volume?: number];

/** A quiet prefix that warms ATR (about 1 wide around 100) without a swing standing out, then the bars. */
export function run(bars: readonly Bar[], overrides: Partial<Settings> = {}): TimeframeState {
  const settings: Settings = { ...defaultSettings(), internalSwingLength: 2, swingLength: 3, ...overrides };
  const state = new TimeframeState('15m', settings, 256);
  const all: Bar[] = [...Array.from({ length: 30 }, (): Bar => [100, 100.5, 99.5, 100]), ...bars];
  all.forEach(([open, high, low, close, volume], index) =>
    state.append(candleOf({ openTime: START + index * STEP, open, high, low, close, volume: volume ?? 100 })),
  );
  return state;
}

export const at = (bar: number): number => START + (30 + bar) * STEP;

/** Up to a swing high at bar 2 (105), down to a low at bar 5 (98, after down candles), then a close above 105 at bar 8. */
export const BULLISH_BREAK: readonly Bar[] = [
  [100, 101, 100, 101],
  [101, 103, 100.8, 103],
  [103, 105, 102.5, 104],
  [104, 104.2, 101, 101],
  [101, 101.5, 99.5, 99.6, 400],
  [99.6, 100, 98, 99.8, 150],
  [99.8, 102, 99.7, 102],
  [102, 104.5, 101.8, 104.4],
  [104.4, 106.5, 104, 106],
];
