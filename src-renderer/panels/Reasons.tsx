// Why this market was not traded, step by step, in words with the numbers; and what its last signals became.
import { FUNNEL_STEPS } from '../../src-shared/domain/signal.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { heldOn } from '../state/selectors.ts';
import { openSignal, showPanel, useScreen } from '../state/store.ts';
import { describeCode } from '../text/codes.ts';
import { formatAge, formatMoment, formatR, formatShare } from '../ui/format.ts';

export function Reasons(): React.JSX.Element {
  const t = useText();
  const symbol = useScreen((state) => state.symbol);
  const analysis = useScreen((state) => state.snapshot?.analysis[state.symbol]);
  const now = useScreen((state) => state.snapshot?.engineTime ?? 0);
  const all = useScreen((state) => state.snapshot?.decisions);
  const held = useScreen((state) => heldOn(state.snapshot?.positions, state.symbol));
  const decisions = (all ?? [])
    .filter((decision) => decision.signal.symbol === symbol)
    .slice(-8)
    .toReversed();
  if (analysis === undefined) return <p className="empty">{t('reasons.none', { symbol })}</p>;
  const at = analysis.stoppedAt === null ? FUNNEL_STEPS.length : FUNNEL_STEPS.indexOf(analysis.stoppedAt);
  // What passes every step goes on to be ranked and reviewed; below stands what became of it.
  const title =
    held === null
      ? t(analysis.stoppedAt === null ? 'reasons.all' : 'reasons.of', { symbol })
      : t('reasons.held', { symbol, side: wordOf('side', held.position.side), r: formatR(held.pnlR) });
  return (
    <section className="reasons" aria-label={title} tabIndex={0}>
      <h3>{title}</h3>
      <p className="muted small-text">
        {t('reasons.checked', { age: formatAge(now - analysis.analysedAt), share: formatShare(analysis.progress) })} {t('step.bias')}:{' '}
        {analysis.bias === null ? t('direction.none') : wordOf('side', analysis.bias)}.
      </p>
      <ol className="steps">
        {FUNNEL_STEPS.map((step, index) => (
          <li key={step} className={index < at ? 'passed' : index === at ? 'stopped' : 'muted'}>
            <i aria-hidden>{index < at ? '✓' : index === at ? '✕' : '·'}</i> {wordOf('step', step)}
            {index === at && analysis.stopCode !== null ? <span>: {describeCode(analysis.stopCode, analysis.stopNumbers)}</span> : null}
            <span className="visually-hidden">{t(index < at ? 'reasons.passed' : index === at ? 'reasons.stopped' : 'reasons.notReached')}</span>
          </li>
        ))}
      </ol>
      {decisions.length === 0 ? null : <h3>{t('reasons.signals')}</h3>}
      <ul className="reason-signals">
        {decisions.map(({ signal, outcome, code, numbers }) => (
          <li key={`${signal.id} ${outcome}`}>
            <button
              type="button"
              onClick={() => {
                openSignal(signal.id);
                showPanel('detail');
              }}
            >
              <span className="num">{formatMoment(signal.decidedAt)}</span>{' '}
              <span className={`chip small outcome-${outcome}`}>{wordOf('outcome', outcome)}</span>{' '}
              {code === null ? t('decisions.sent') : describeCode(code, numbers)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
