// After a loss limit halted trading, a person lets it go on only by typing a phrase.
import { useState } from 'react';
import { useText, wordOf } from '../i18n/translate.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { Modal } from '../ui/Modal.tsx';

export const ALLOW_PHRASE = 'ALLOW';

export function AllowDialog({ onClose }: { readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  const guard = useScreen((state) => state.snapshot?.guard);
  const settings = useScreen((state) => state.snapshot?.settings);
  const [text, setText] = useState('');
  const isRight = text.trim().toUpperCase() === ALLOW_PHRASE;
  return (
    <Modal title={t('allow.title')} onClose={onClose}>
      <p>
        {t('allow.text', {
          reason: wordOf('cause', guard?.reason ?? 'none'),
          day: (guard?.dailyLossFraction ?? 0) * 100,
          dayLimit: settings?.dailyLossLimitPercent ?? 0,
          drawdown: (guard?.drawdownFraction ?? 0) * 100,
          drawdownLimit: settings?.maxDrawdownPercent ?? 0,
        })}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRight) return;
          void command({ kind: 'set-trading-state', state: 'active' });
          onClose();
        }}
      >
        <label>
          {t('allow.type', { phrase: ALLOW_PHRASE })} <input value={text} onChange={(event) => setText(event.target.value)} autoComplete="off" />
        </label>
        <div className="button-row">
          <button type="submit" className="danger" disabled={!isRight}>
            {t('allow.confirm')}
          </button>
          <button type="button" onClick={onClose}>
            {t('allow.keep')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
