// The command palette: everything the keys can do and every market, found by typing, run by Enter.
import { useEffect, useMemo, useRef, useState } from 'react';
import { useText } from '../i18n/translate.ts';
import { ACTIONS, actionTitle, keyBindings } from '../keys/actions.ts';
import { usePreferences } from '../state/preferences.ts';
import { selectSymbol, useScreen } from '../state/store.ts';
import { HoldButton } from '../ui/HoldButton.tsx';
import { Modal } from '../ui/Modal.tsx';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly key: string;
  readonly holdMs: number | null;
  readonly run: () => void;
}

const SHOWN = 14;

/** Entries whose title has every typed word; a title that starts with the text comes first. */
export function findEntries<T extends { readonly title: string }>(entries: readonly T[], text: string): readonly T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = entries.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const starts = (entry: T): number => (entry.title.toLowerCase().startsWith(text.toLowerCase()) ? 0 : 1);
  return found.toSorted((a, b) => starts(a) - starts(b));
}

export interface PaletteDialogProps {
  readonly only: 'symbols' | null;
  readonly onClose: () => void;
}

export function PaletteDialog({ only, onClose }: PaletteDialogProps): React.JSX.Element {
  const t = useText();
  const markets = useScreen((state) => state.snapshot?.markets);
  const keymap = usePreferences((state) => state.keymap);
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const entries = useMemo(() => {
    const bindings = keyBindings(keymap);
    const actions = ACTIONS.filter((action) => action.id !== 'palette').map((action): Entry => ({
      id: action.id,
      title: actionTitle(action),
      key: bindings[action.id] ?? '',
      holdMs: action.holdMs ?? null,
      run: action.run,
    }));
    const symbols = Object.keys(markets ?? {}).map((symbol): Entry => ({ id: symbol, title: symbol, key: '', holdMs: null, run: () => selectSymbol(symbol) }));
    return only === 'symbols' ? symbols : [...actions, ...symbols];
  }, [markets, keymap, only, t]);
  const found = findEntries(entries, text).slice(0, SHOWN);
  const chosen = found[Math.min(at, found.length - 1)];
  useEffect(() => {
    // In braces: newer browsers return a promise here, and an effect must return nothing.
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  const run = (entry: Entry | undefined): void => {
    // What must be held is not run by a single press of Enter.
    if (entry === undefined || entry.holdMs !== null) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt(Math.max(0, Math.min(found.length - 1, Math.min(at, found.length - 1) + step)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <Modal title={t(only === 'symbols' ? 'palette.symbols' : 'palette.title')} onClose={onClose}>
      <input
        type="search"
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={chosen === undefined ? undefined : `palette-${chosen.id}`}
        aria-label={t(only === 'symbols' ? 'palette.symbolInput' : 'palette.input')}
        placeholder={t(only === 'symbols' ? 'palette.symbolInput' : 'palette.input')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul className="palette" id="palette-list" role="listbox" ref={list} aria-label={t('palette.title')}>
        {found.map((entry, index) => (
          <li
            key={entry.id}
            id={`palette-${entry.id}`}
            role="option"
            aria-selected={entry === chosen}
            className={entry === chosen ? 'selected' : ''}
            onPointerMove={() => setAt(index)}
            onClick={() => run(entry)}
          >
            <span>{entry.title}</span>
            {entry.key === '' ? null : <kbd>{entry.key}</kbd>}
          </li>
        ))}
      </ul>
      {chosen !== undefined && chosen.holdMs !== null ? (
        <HoldButton
          label={chosen.title}
          title={chosen.title}
          holdMs={chosen.holdMs}
          onHeld={() => {
            onClose();
            chosen.run();
          }}
        />
      ) : null}
      {found.length === 0 ? <p className="empty">{t('palette.none')}</p> : null}
    </Modal>
  );
}
