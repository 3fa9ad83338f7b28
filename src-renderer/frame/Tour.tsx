// The first-start tour: a line under the top bar that explains one part at a time and covers nothing.
import { useEffect, useState } from 'react';
import { useText, type PhraseKey } from '../i18n/translate.ts';
import { prefer, usePreferences } from '../state/preferences.ts';
import { useScreen } from '../state/store.ts';

interface Stop {
  readonly text: PhraseKey;
  /** What is outlined while the step is shown. */
  readonly target: string;
}

const STOPS: readonly Stop[] = [
  { text: 'tour.mode', target: '.topbar .badge' },
  { text: 'tour.markets', target: '[data-panel=markets]' },
  { text: 'tour.chart', target: '[data-panel=chart]' },
  { text: 'tour.positions', target: '[data-panel=positions]' },
  { text: 'tour.risk', target: '[data-panel=risk]' },
  { text: 'tour.flatten', target: '.topbar .hold' },
  { text: 'tour.keys', target: '.top-buttons' },
];

export function Tour(): React.JSX.Element | null {
  const t = useText();
  const isDone = usePreferences((state) => state.tourDone);
  const isReady = useScreen((state) => state.snapshot !== null);
  const [at, setAt] = useState(0);
  const stop = STOPS[at];
  const isShown = !isDone && isReady && stop !== undefined;
  useEffect(() => {
    if (!isShown) return undefined;
    const target = document.querySelector(stop.target);
    target?.classList.add('tour-target');
    return () => target?.classList.remove('tour-target');
  }, [isShown, stop]);
  if (!isShown) return null;
  const end = (): void => {
    setAt(0);
    prefer({ tourDone: true });
  };
  return (
    <section className="tour" aria-label={t('tour.title')}>
      <strong>{t('tour.step', { at: at + 1, of: STOPS.length })}</strong>
      <span aria-live="polite">{t(stop.text)}</span>
      <div className="spacer" />
      <button type="button" disabled={at === 0} onClick={() => setAt(at - 1)}>
        {t('tour.back')}
      </button>
      {at === STOPS.length - 1 ? null : (
        <button type="button" className="primary" onClick={() => setAt(at + 1)}>
          {t('tour.next')}
        </button>
      )}
      <button type="button" onClick={end}>
        {t(at === STOPS.length - 1 ? 'tour.end' : 'tour.skip')}
      </button>
    </section>
  );
}
