// One look tells how fresh the screen is: link, newest price, account stream, API breaker and alarms.
import { useText, wordOf } from '../i18n/translate.ts';
import { useFreshness } from '../state/freshness.ts';
import { showPanel, useScreen } from '../state/store.ts';
import { formatAge, numberText } from '../ui/format.ts';

export function LinkChip(): React.JSX.Element {
  const t = useText();
  const health = useScreen((state) => state.snapshot?.health);
  const freshness = useFreshness((state) => state.freshness);
  const bad = health?.checks.filter((check) => check.state === 'bad').length ?? 0;
  const isLive = freshness.kind === 'live';
  const rest = health?.restLatencyMs ?? null;
  const age = freshness.kind === 'live' ? (health?.marketAgeMs ?? null) : 'ageMs' in freshness ? freshness.ageMs : null;
  const text = isLive
    ? t('frame.link', {
        age: age === null ? '–' : age < 10_000 ? `${numberText(age / 1000, 1)} s` : formatAge(age),
        state: health?.userStream === 'connected' ? '✓' : '…',
        rest: rest === null ? '–' : rest,
      })
    : freshness.kind === 'disconnected'
      ? t('frame.stateDisconnected')
      : freshness.kind === 'no_market'
        ? t('frame.stateNoMarket')
        : freshness.kind === 'waiting' || freshness.kind === 'refused'
          ? t('frame.stateConnecting')
          : `${t('frame.stateStale')} ${formatAge(age ?? 0)}`;
  const hint = t('frame.linkHint', { stream: wordOf('stream', health?.userStream ?? 'connecting'), rest: rest ?? '–', clock: health?.clockOffsetMs ?? 0 });
  return (
    <>
      <span className={`chip breaker-${health?.breaker ?? 'normal'}`} title={t('frame.apiHint')}>
        {t('frame.api', { grade: wordOf('grade', health?.breaker ?? 'normal'), used: health?.weightUsed ?? 0, limit: health?.weightLimit ?? 0 })}
      </span>
      <button type="button" className={`chip ${isLive ? 'ok' : 'bad'}`} data-testid="link" title={hint} onClick={() => showPanel('connection')}>
        {text}
      </button>
      {bad > 0 ? (
        <button type="button" className="chip bad" title={t('frame.alarmsHint')} onClick={() => showPanel('health')}>
          {t('frame.alarms', { count: bad })}
        </button>
      ) : null}
    </>
  );
}
