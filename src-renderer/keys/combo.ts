// Key combinations as text: how a pressed key is named, and whether two names clash.

/** What of a keyboard event names a combination. */
export interface PressedKey {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

const MODIFIERS = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process', 'Unidentified']);

/**
 * Name of a pressed combination, such as `Ctrl+Shift+P`, `Shift+1`, `/` or `ArrowDown`; null for a bare modifier.
 * Letters and digits go by their place, so that Shift+1 is not `!`; symbols go by what they print, so that `?` is `?`.
 */
export function comboOf(event: PressedKey): string | null {
  if (MODIFIERS.has(event.key)) return null;
  const place = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/.exec(event.code);
  const placed = place === null ? null : (place[1] ?? place[2] ?? place[3] ?? null);
  const isSymbol = placed === null && event.key.length === 1 && event.key !== ' ';
  const name = placed ?? (event.key === ' ' ? 'Space' : event.key);
  const parts = [
    event.ctrlKey || event.metaKey ? 'Ctrl' : null,
    event.altKey ? 'Alt' : null,
    // Which keys need Shift for a symbol differs per keyboard; the symbol alone names it.
    event.shiftKey && !isSymbol ? 'Shift' : null,
    name,
  ];
  return parts.filter((part) => part !== null).join('+');
}

/** Actions that share a key, by key; empty when nothing clashes. */
export function findClashes(keys: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const [action, key] of Object.entries(keys)) if (key !== '') users.set(key, [...(users.get(key) ?? []), action]);
  return new Map([...users].filter(([, actions]) => actions.length > 1));
}

/** Keys a person may not give away: they move the focus, leave dialogs or belong to the browser. */
export const RESERVED_KEYS: readonly string[] = ['Escape', 'Tab', 'Shift+Tab', 'Ctrl+W', 'Ctrl+T', 'Ctrl+R'];
