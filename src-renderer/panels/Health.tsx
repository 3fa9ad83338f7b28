// The health checklist: what is wrong and what to do, and the workers that judge the set-ups.
import { inLanguage } from '../i18n/said.ts';
import { isPhraseKey, translate, useText, wordOf } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { Block } from '../ui/parts.tsx';

const MARKS = { ok: '✓', warn: '!', bad: '✕', unknown: '·' } as const;
const ORDER = { bad: 0, warn: 1, unknown: 2, ok: 3 } as const;

/** Names of checks by their stable id; an unknown one keeps the engine's label. */
export function checkName(check: { readonly id: string; readonly label: string }): string {
  const key = `check.${check.id}`;
  return isPhraseKey(key) ? translate(key) : check.label;
}

export function Health(): React.JSX.Element {
  const t = useText();
  const health = useScreen((state) => state.snapshot?.health);
  if (health === undefined) return <p className="empty">{t('state.waiting')}</p>;
  const checks = health.checks.toSorted((a, b) => ORDER[a.state] - ORDER[b.state]);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.health')}>
      <Block title={t('health.checks')} note={t('health.memory', { mb: health.memoryMb })}>
        <ul className="checks">
          {checks.map((check) => (
            <li key={check.id} className={`check-${check.state}`}>
              <i aria-hidden>{MARKS[check.state]}</i>
              <span>
                <span className="visually-hidden">{t(`health.${check.state}`)}: </span>
                <strong>{checkName(check)}</strong> {inLanguage(check.said, check.detail)}
                {check.advice === null || check.state === 'ok' ? '' : ` ${inLanguage(check.advised, check.advice)}`}
              </span>
            </li>
          ))}
        </ul>
      </Block>
      <Block title={t('health.workers')}>
        {health.workers.length === 0 ? <p className="muted small-text">{t('health.noWorkers')}</p> : null}
        <div className="workers" data-testid="workers">
          {health.workers.map((worker) => (
            <span key={worker.id} className={`chip small worker-${worker.state}`} data-restarts={worker.restarts}>
              {t('health.worker', { id: worker.id, state: wordOf('worker', worker.state), mb: worker.memoryMb })}
              {worker.restarts > 0 ? ` · ${t('health.restarted', { times: worker.restarts })}` : ''}
            </span>
          ))}
        </div>
      </Block>
    </div>
  );
}
