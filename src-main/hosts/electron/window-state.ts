// Where the window was: kept in a small file, brought back only onto a screen that is still there.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowState {
  /** Null: let the system place it. */
  readonly bounds: Rectangle | null;
  readonly isMaximized: boolean;
}

export const DEFAULT_SIZE = { width: 1600, height: 960 } as const;
export const MINIMUM_SIZE = { width: 1200, height: 700 } as const;
/** This much of the window's title must be on a screen, or a person could not drag it back. */
const VISIBLE = { width: 160, height: 40 } as const;
const NO_STATE: WindowState = { bounds: null, isMaximized: false };

const whole = z.number().int().min(-100_000).max(100_000);
const stateSchema = z.object({
  bounds: z.object({ x: whole, y: whole, width: whole.min(1), height: whole.min(1) }).nullable(),
  isMaximized: z.boolean(),
});

/** What was kept, as far as it fits the screens of today. Anything unreadable counts as nothing kept. */
export function loadWindowState(file: string, screens: readonly Rectangle[]): WindowState {
  try {
    const kept = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return { ...kept, bounds: kept.bounds === null ? null : fitBounds(kept.bounds, screens) };
  } catch {
    return NO_STATE;
  }
}

/** The bounds on the first screen that shows the title bar, not larger than it; null when no screen does. */
export function fitBounds(bounds: Rectangle, screens: readonly Rectangle[]): Rectangle | null {
  const screen = screens.find((area) => {
    const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
    const isTitleInside = bounds.y >= area.y && bounds.y <= area.y + area.height - VISIBLE.height;
    return width >= VISIBLE.width && isTitleInside;
  });
  if (screen === undefined) return null;
  return {
    x: bounds.x,
    y: bounds.y,
    width: Math.max(Math.min(bounds.width, screen.width), Math.min(MINIMUM_SIZE.width, screen.width)),
    height: Math.max(Math.min(bounds.height, screen.height), Math.min(MINIMUM_SIZE.height, screen.height)),
  };
}

/** Best effort: a window that cannot be remembered is no reason to say anything. */
export function saveWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    return;
  }
}
