// The model that judges set-ups now: its version, whether it has earned authority, what that lets it do, and who serves it.
import { useText, wordOf } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { formatShare } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';

export function Model(): React.JSX.Element {
  const t = useText();
  const health = useScreen((state) => state.snapshot?.health);
  const mode = useScreen((state) => state.snapshot?.session.strategyMode);
  if (health === undefined) return <p className="empty">{t('state.waiting')}</p>;
  const { model } = health;
  const training = health.workers.filter((worker) => worker.kind === 'training');
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.model')}>
      <Block title={t('model.serving')} note={mode === undefined ? undefined : wordOf('strategy', mode)}>
        {model === null ? (
          <p>{t('model.none')}</p>
        ) : (
          <dl className="facts">
            <dt>{t('model.name')}</dt>
            <dd>
              <strong>{model.name}</strong> <span className="muted">{model.version}</span>
            </dd>
            <dt>{t('model.edge')}</dt>
            <dd className={model.edge ? 'up' : 'warn-text'}>{t(model.edge ? 'model.hasEdge' : 'model.noEdge')}</dd>
            <dt>{t('model.authority')}</dt>
            <dd>{t(model.edge ? 'model.mayRaise' : 'model.mayLower')}</dd>
            <dt>{t('model.report')}</dt>
            <dd className="muted">{model.note}</dd>
          </dl>
        )}
      </Block>
      <Opinions />
      <Block title={t('model.training')}>
        {training.length === 0 ? <p className="muted small-text">{t('model.noTraining')}</p> : null}
        {training.map((worker) => (
          <p key={worker.id}>{t('health.worker', { id: worker.id, state: wordOf('worker', worker.state), mb: worker.memoryMb })}</p>
        ))}
      </Block>
    </div>
  );
}

/** How the models' opinions were used in the decisions in memory. */
function Opinions(): React.JSX.Element {
  const t = useText();
  const decisions = useScreen((state) => state.snapshot?.decisions);
  const opinions = (decisions ?? []).flatMap((decision) => decision.signal.evidence.opinions);
  const effects = Object.entries(Object.groupBy(opinions, (opinion) => opinion.effect)).toSorted((a, b) => (b[1]?.length ?? 0) - (a[1]?.length ?? 0));
  return (
    <Block title={t('model.effects')} note={t('outcomes.of', { count: opinions.length })}>
      {opinions.length === 0 ? <p className="muted small-text">{t('model.noOpinions')}</p> : null}
      <ul className="ladder">
        {effects.map(([effect, entries]) => {
          const count = entries?.length ?? 0;
          const mean = (entries ?? []).reduce((sum, opinion) => sum + opinion.winProbability, 0) / Math.max(1, count);
          return (
            <li key={effect}>
              <span>{wordOf('effect', effect)}</span>
              <span className="progress">
                <span style={{ width: `${(count / opinions.length) * 100}%` }} />
              </span>
              <span className="num">{count}</span>
              <span className="num muted">{t('model.meanWin', { share: formatShare(mean) })}</span>
            </li>
          );
        })}
      </ul>
    </Block>
  );
}
