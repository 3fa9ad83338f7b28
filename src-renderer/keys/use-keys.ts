// Listens to the keyboard once for the whole screen and runs what a key stands for.
import { useEffect } from 'react';
import { translate } from '../i18n/translate.ts';
import { usePreferences } from '../state/preferences.ts';
import { useScreen } from '../state/store.ts';
import { say } from '../state/toasts.ts';
import { ACTIONS, keyBindings, type Action } from './actions.ts';
import { comboOf } from './combo.ts';
import { moveInList } from './list-move.ts';

const TYPING = new Set(['INPUT', 'SELECT', 'TEXTAREA']);
/** Keys that a focused button, tab or row needs for itself. */
const WIDGET_KEYS = new Set(['Enter', 'Space', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End']);

function isBusy(target: EventTarget | null, combo: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (TYPING.has(target.tagName)) return !combo.startsWith('Ctrl+') || /^Ctrl\+[ACVXZ]$/.test(combo);
  return WIDGET_KEYS.has(combo) && target !== document.body && target.closest('button, a, tr, [role=tab], [role=row], [role=slider], summary') !== null;
}

function actionFor(combo: string): Action | undefined {
  const bindings = keyBindings(usePreferences.getState().keymap);
  return ACTIONS.find((action) => bindings[action.id] === combo);
}

/** One timer for a held key; released early it does nothing. */
function createHold(): { start(action: Action): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return {
    start: (action) => {
      if (timer !== null) return;
      say('alarm', translate('keys.keepHolding'));
      timer = setTimeout(() => {
        timer = null;
        action.run();
      }, action.holdMs);
    },
    stop,
  };
}

export function useKeys(): void {
  useEffect(() => {
    const hold = createHold();
    const onKey = (event: KeyboardEvent): void => {
      const combo = comboOf(event);
      const { dialog, snapshot } = useScreen.getState();
      if (combo === null || event.defaultPrevented || isBusy(event.target, combo)) return;
      if (dialog !== null) return;
      if (combo === 'ArrowDown' || combo === 'ArrowUp') {
        event.preventDefault();
        moveInList(combo === 'ArrowDown' ? 1 : -1);
        return;
      }
      const action = actionFor(combo);
      if (action === undefined) return;
      event.preventDefault();
      if (action.acting && snapshot?.settings.keysEnabled !== true) {
        if (!event.repeat) say('bad', translate('keys.off'));
        return;
      }
      if (action.holdMs !== undefined) hold.start(action);
      else action.run();
    };
    const release = (): void => hold.stop();
    window.addEventListener('keydown', onKey);
    window.addEventListener('keyup', release);
    window.addEventListener('blur', release);
    return () => {
      release();
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('keyup', release);
      window.removeEventListener('blur', release);
    };
  }, []);
}
