// The sheet of keys: what each does, how to change it, and the switch for keys that act.
import { useEffect, useState } from 'react';
import { useText } from '../i18n/translate.ts';
import { ACTIONS, actionTitle, keyBindings, type Action } from '../keys/actions.ts';
import { comboOf, findClashes, RESERVED_KEYS } from '../keys/combo.ts';
import { prefer, usePreferences } from '../state/preferences.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { Modal } from '../ui/Modal.tsx';

export function KeysDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  const keymap = usePreferences((state) => state.keymap);
  const areOn = useScreen((state) => state.snapshot?.settings.keysEnabled ?? false);
  const [changing, setChanging] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const bindings = keyBindings(keymap);
  const clashes = findClashes(bindings);

  useEffect(() => {
    if (changing === null) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      const combo = comboOf(event);
      if (combo === null) return;
      event.preventDefault();
      event.stopPropagation();
      setChanging(null);
      if (combo === 'Escape') return;
      if (RESERVED_KEYS.includes(combo)) {
        setRefused(combo);
        return;
      }
      setRefused(null);
      const next = combo === 'Delete' || combo === 'Backspace' ? '' : combo;
      prefer({ keymap: { ...usePreferences.getState().keymap, [changing]: next } });
    };
    // Before every other listener, so that the pressed key does nothing else.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [changing]);

  const group = (isActing: boolean): React.JSX.Element => (
    <section aria-label={t(isActing ? 'keys.acting' : 'keys.looking')}>
      <h3>{t(isActing ? 'keys.acting' : 'keys.looking')}</h3>
      <div className="keys-list">
        {ACTIONS.filter((action) => action.acting === isActing).map((action) => (
          <KeyRow
            key={action.id}
            action={action}
            combo={bindings[action.id] ?? ''}
            isChanging={changing === action.id}
            onChange={() => setChanging(action.id)}
          />
        ))}
      </div>
    </section>
  );
  return (
    <Modal title={t('keys.title')} onClose={onClose} wide>
      <label className="menu-check">
        <input
          type="checkbox"
          checked={areOn}
          onChange={(event) => void command({ kind: 'update-settings', changes: { keysEnabled: event.target.checked } })}
        />{' '}
        {t('keys.actingOn')}
      </label>
      <p className="muted small-text">
        {t('keys.actingHint')} {t('keys.docking')}
      </p>
      {refused === null ? null : (
        <p className="bad-text" role="alert">
          {t('keys.reserved', { key: refused })}
        </p>
      )}
      {[...clashes.keys()].map((key) => (
        <p key={key} className="warn-text" role="alert">
          {t('keys.clash', { key })}
        </p>
      ))}
      <div className="keys-sheet" tabIndex={0} role="region" aria-label={t('keys.title')}>
        {group(false)}
        {group(true)}
      </div>
      <div className="button-row">
        <button type="button" onClick={() => prefer({ keymap: {} })}>
          {t('keys.reset')}
        </button>
        <div className="spacer" />
        <button type="button" onClick={onClose}>
          {t('dialog.close')}
        </button>
      </div>
    </Modal>
  );
}

interface KeyRowProps {
  readonly action: Action;
  readonly combo: string;
  readonly isChanging: boolean;
  readonly onChange: () => void;
}

function KeyRow({ action, combo, isChanging, onChange }: KeyRowProps): React.JSX.Element {
  const t = useText();
  const title = actionTitle(action);
  return (
    <div className="key-row">
      <span>{title}</span>
      <button
        type="button"
        aria-label={t('keys.change', { name: title, key: isChanging ? t('keys.press') : combo === '' ? t('keys.none') : combo })}
        onClick={onChange}
      >
        {isChanging ? t('keys.press') : combo === '' ? <span className="muted">{t('keys.none')}</span> : <kbd>{combo}</kbd>}
      </button>
    </div>
  );
}
