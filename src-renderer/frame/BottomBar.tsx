// The lowest line: layouts, phase, the last event in words, cycle times, the countdown and the clock.
import { inLanguage } from '../i18n/said.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText } from '../i18n/translate.ts';
import { prefer, usePreferences } from '../state/preferences.ts';
import { useScreen } from '../state/store.ts';
import { formatAge, formatClock, numberText } from '../ui/format.ts';
import { LayoutBar } from './LayoutBar.tsx';

export function BottomBar(): React.JSX.Element {
  const t = useText();
  const session = useScreen((state) => state.snapshot?.session);
  const health = useScreen((state) => state.snapshot?.health);
  const now = useScreen((state) => state.snapshot?.engineTime ?? 0);
  const last = useScreen((state) => state.snapshot?.log.at(-1));
  const clock = usePreferences((state) => state.clock);
  return (
    <footer className="bottombar">
      <LayoutBar />
      <span className="phase">{session === undefined ? t('frame.connecting') : inLanguage(session.phaseSaid, session.phaseText)}</span>
      <span className="last-event" title={inWords(last?.message ?? '')}>
        {last === undefined ? '' : inWords(last.message)}
      </span>
      <span className="num">
        {t('frame.cycle', {
          time: health === undefined || health.liveCycleMs === null ? '–' : `${numberText(health.liveCycleMs, 1)} ms`,
          overruns: health?.liveOverruns ?? 0,
        })}
      </span>
      <span className="num">{t('frame.next', { age: health === undefined || health.nextCycleAt === null ? '–' : formatAge(health.nextCycleAt - now) })}</span>
      <button type="button" className="link num" title={t('keys.clock')} onClick={() => prefer({ clock: clock === 'utc' ? 'local' : 'utc' })}>
        {now === 0 ? '' : formatClock(now)}
        {session !== undefined && session.speed !== 1 ? ` · ${session.speed}×` : ''}
      </button>
    </footer>
  );
}
