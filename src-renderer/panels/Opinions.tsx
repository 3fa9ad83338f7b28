// How the models' opinions were used in the decisions in memory.
import { useText, wordOf } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { formatShare } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';

export function Opinions(): React.JSX.Element {
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
