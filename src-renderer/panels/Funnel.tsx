// The decisions funnel: how many markets pass each step, from all markets to what is sent; a step lists who stopped there and why.
import { useMemo } from 'react';
import type { MarketAnalysis } from '../../src-shared/contract/view.ts';
import { FUNNEL_STEPS, type FunnelStep } from '../../src-shared/domain/signal.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { selectStep, selectSymbol, useScreen } from '../state/store.ts';
import { describeCode } from '../text/codes.ts';
import { formatShare } from '../ui/format.ts';

export interface FunnelRow {
  readonly step: FunnelStep;
  readonly lost: number;
  /** Markets that passed this step. */
  readonly left: number;
}

/** Counts from the newest evaluation of every market. */
export function countFunnel(analysis: readonly Pick<MarketAnalysis, 'stoppedAt'>[]): readonly FunnelRow[] {
  let left = analysis.length;
  return FUNNEL_STEPS.map((step) => {
    const lost = analysis.reduce((sum, row) => sum + (row.stoppedAt === step ? 1 : 0), 0);
    left -= lost;
    return { step, lost, left };
  });
}

export function Funnel(): React.JSX.Element {
  const t = useText();
  const analysis = useScreen((state) => state.snapshot?.analysis);
  const markets = useScreen((state) => state.snapshot?.markets);
  const funnel = useScreen((state) => state.snapshot?.funnel);
  const decisions = useScreen((state) => state.snapshot?.decisions);
  const chosen = useScreen((state) => state.step);
  const rows = useMemo(() => Object.values(analysis ?? {}), [analysis]);
  const steps = countFunnel(rows);
  const sent = (decisions ?? []).filter((decision) => decision.outcome === 'executed').length;
  const passed = steps.at(-1)?.left ?? 0;
  return (
    <section className="funnel-panel" aria-label={t('panel.funnel')}>
      <p className="muted small-text">
        {t('funnel.intro', { analysed: rows.length, markets: Object.keys(markets ?? {}).length, cycle: funnel?.cycle ?? 0 })}
        {rows.length > 0 && passed === 0 ? ` ${t('funnel.nonePasses')}` : ''}
      </p>
      <ol className="funnel">
        {steps.map(({ step, lost, left }) => (
          <li key={step}>
            <button
              type="button"
              aria-pressed={chosen === step}
              disabled={lost === 0}
              title={t('funnel.show', { step: wordOf('step', step) })}
              onClick={() => selectStep(chosen === step ? null : step)}
            >
              <span>{wordOf('step', step)}</span>
              <span className="progress">
                <span style={{ width: `${rows.length === 0 ? 0 : (left / rows.length) * 100}%` }} />
              </span>
              <span className="num muted">{lost > 0 ? `−${lost}` : ''}</span>
              <span className="num">{left}</span>
            </button>
          </li>
        ))}
        <li className="funnel-sent">
          <span>{t('funnel.sent')}</span>
          <span />
          <span className="num muted" />
          <span className="num">{sent}</span>
        </li>
      </ol>
      {chosen === null ? <p className="muted small-text">{t('funnel.hint')}</p> : <Stopped step={chosen} rows={rows} />}
    </section>
  );
}

/** Who stopped at a step: reasons with their counts, then the markets, nearest to passing first. */
function Stopped({ step, rows }: { readonly step: FunnelStep; readonly rows: readonly MarketAnalysis[] }): React.JSX.Element {
  const t = useText();
  const stopped = rows.filter((row) => row.stoppedAt === step).toSorted((a, b) => b.progress - a.progress);
  return (
    <div className="stopped">
      <h3>{t('funnel.stoppedAt', { step: wordOf('step', step), count: stopped.length })}</h3>
      <ul>
        {stopped.slice(0, 60).map((row) => (
          <li key={row.symbol}>
            <button type="button" onClick={() => selectSymbol(row.symbol)}>
              <strong>{row.symbol}</strong> <span className="num muted">{formatShare(row.progress)}</span>{' '}
              {row.stopCode === null ? '' : describeCode(row.stopCode, row.stopNumbers)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
