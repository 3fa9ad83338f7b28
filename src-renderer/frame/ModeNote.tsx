// The line after a start that is not in the mode chosen last time: why, and the way there; it stays until somebody has read it.
import { useState } from 'react';
import type { ModeReason } from '../../src-shared/domain/session.ts';
import { useText } from '../i18n/translate.ts';
import { openDialog, useScreen } from '../state/store.ts';

/** Reasons that need a person. */
const SURPRISING: readonly ModeReason[] = ['live_unconfirmed', 'not_startable', 'unreadable'];

export function ModeNote(): React.JSX.Element | null {
  const t = useText();
  const reason = useScreen((state) => state.snapshot?.session.modeReason);
  const startedAt = useScreen((state) => state.snapshot?.session.startedAt);
  const [readAt, setReadAt] = useState<number | null>(null);
  if (reason === undefined || startedAt === undefined || readAt === startedAt || !SURPRISING.includes(reason)) return null;
  return (
    <div className="banner warn" role="alert" data-testid="mode-note">
      {t(`modeReason.${reason}`)}{' '}
      <button type="button" onClick={() => openDialog({ kind: 'mode' })}>
        {t('modeReason.choose')}
      </button>{' '}
      <button type="button" onClick={() => setReadAt(startedAt)}>
        {t('modeReason.leave')}
      </button>
    </div>
  );
}
