// What a person has arranged in this browser: favourites, overlays, layouts, keys. Kept in localStorage, checked when read.
import { create } from 'zustand';
import { z } from 'zod';

export const OVERLAY_NAMES = ['orderBlocks', 'gaps', 'breaks', 'swings', 'liquidity', 'range', 'sessions', 'predicted', 'signals', 'trades'] as const;
export type OverlayName = (typeof OVERLAY_NAMES)[number];
export const STUDY_NAMES = ['emaFast', 'emaSlow', 'bollinger', 'vwap', 'rsi', 'atr', 'adx', 'macd'] as const;
export type StudyName = (typeof STUDY_NAMES)[number];
export const CHART_ARRANGEMENTS = ['one', 'timeframes', 'symbols'] as const;
export type ChartArrangement = (typeof CHART_ARRANGEMENTS)[number];

const profileSchema = z.object({ name: z.string(), values: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])) });
export type SettingsProfile = z.infer<typeof profileSchema>;

const overlayDefaults: Readonly<Record<OverlayName, boolean>> = {
  orderBlocks: true,
  gaps: true,
  breaks: true,
  swings: false,
  liquidity: true,
  range: false,
  sessions: false,
  predicted: false,
  signals: true,
  trades: true,
};

const preferencesSchema = z.object({
  favourites: z.array(z.string()).catch([]),
  overlays: z
    .partialRecord(z.enum(OVERLAY_NAMES), z.boolean())
    .catch({})
    .transform((value): Readonly<Record<OverlayName, boolean>> => ({ ...overlayDefaults, ...value })),
  studies: z.array(z.enum(STUDY_NAMES)).catch([]),
  charts: z.enum(CHART_ARRANGEMENTS).catch('one'),
  layout: z.string().catch('trade'),
  /** Saved arrangement per layout name, as the docking library wrote it. */
  layouts: z.record(z.string(), z.unknown()).catch({}),
  keymap: z.record(z.string(), z.string()).catch({}),
  profiles: z.array(profileSchema).catch([]),
  tourDone: z.boolean().catch(false),
  clock: z.enum(['utc', 'local']).catch('utc'),
  volume: z.number().min(0).max(1).catch(0.4),
});
export type Preferences = Readonly<z.infer<typeof preferencesSchema>>;

const STORAGE_KEY = 'terminal-preferences';
const STORE_AFTER_MS = 250;
let storing: ReturnType<typeof setTimeout> | null = null;

/** Preferences from stored text; anything broken falls back to its default, part by part. */
export function parsePreferences(text: string | null): Preferences {
  let value: unknown = {};
  try {
    value = JSON.parse(text ?? '{}');
  } catch {
    // Damaged text is treated as absent; the next change overwrites it.
  }
  return preferencesSchema.parse(typeof value === 'object' && value !== null ? value : {});
}

function read(): Preferences {
  try {
    return parsePreferences(localStorage.getItem(STORAGE_KEY));
  } catch {
    return parsePreferences(null);
  }
}

export const usePreferences = create<Preferences>(() => read());

/** Changes some preferences and stores all of them. A full or forbidden storage only loses persistence. */
export function prefer(changes: Partial<Preferences>): void {
  usePreferences.setState(changes);
  storing ??= setTimeout(store, STORE_AFTER_MS);
}

/** Writing is slow beside a frame; it follows the paint, and nothing is lost when the page goes away. */
function store(): void {
  if (storing === null) return;
  clearTimeout(storing);
  storing = null;
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(usePreferences.getState()));
  } catch {
    // Private windows may refuse storage; the screen works without it.
  }
}
if (typeof addEventListener === 'function') addEventListener('pagehide', store);

export function toggleOverlay(name: OverlayName): void {
  const { overlays } = usePreferences.getState();
  prefer({ overlays: { ...overlays, [name]: !overlays[name] } });
}

export function toggleStudy(name: StudyName): void {
  const { studies } = usePreferences.getState();
  prefer({ studies: studies.includes(name) ? studies.filter((entry) => entry !== name) : [...studies, name] });
}

export function toggleFavourite(symbol: string): void {
  const { favourites } = usePreferences.getState();
  prefer({ favourites: favourites.includes(symbol) ? favourites.filter((entry) => entry !== symbol) : [...favourites, symbol] });
}
