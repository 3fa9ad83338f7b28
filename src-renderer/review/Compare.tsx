// Two sessions side by side, and the chosen one beside a re-run of the engine with other settings.
import { useEffect, useState } from 'react';
import type { ReviewFigure, ReviewJobResult, SessionComparisonView } from '../../src-shared/contract/review.ts';
import { PARAMETERS } from '../../src-shared/contract/parameters.ts';
import { helpOf, rangeOf } from '../dialogs/setting-words.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { formatMoment } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';
import { askReview, sentenceOf } from './ask.ts';
import { EquityCurve } from './Curves.tsx';
import { changesOf } from './forms.ts';
import { alignCurves } from './rows.ts';
import { JobList } from './JobList.tsx';
import { figureName, figureText } from './Results.tsx';
import { startJob, useReview } from './store.ts';

export function Compare(): React.JSX.Element {
  const t = useText();
  const key = useReview((state) => state.key);
  if (key === null) return <p className="empty">{t('review.choose')}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.compare')} data-testid="compare">
      <Beside sessionKey={key} />
      {key.startsWith('backtest:') ? null : <WhatIf sessionKey={key} />}
    </div>
  );
}

function Beside({ sessionKey }: { readonly sessionKey: string }): React.JSX.Element {
  const t = useText();
  const rows = useReview((state) => state.rows) ?? [];
  const otherKey = useReview((state) => state.otherKey);
  const [view, setView] = useState<SessionComparisonView | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    setView(null);
    setProblem(null);
    if (otherKey === null || otherKey === sessionKey) return;
    askReview({ kind: 'compare', a: sessionKey, b: otherKey }).then(setView, (failure: unknown) => setProblem(sentenceOf(failure)));
  }, [sessionKey, otherKey]);
  return (
    <Block title={t('review.beside')}>
      <label>
        {t('review.other')}{' '}
        <select
          value={otherKey ?? ''}
          data-testid="compare-other"
          onChange={(event) => useReview.setState({ otherKey: event.target.value === '' ? null : event.target.value })}
        >
          <option value="">{t('review.chooseOther')}</option>
          {rows
            .filter((row) => row.key !== sessionKey)
            .map((row) => (
              <option key={row.key} value={row.key}>
                {t(`review.mode.${row.mode}`)} {formatMoment(row.startedAt)} · {row.trades} · {row.strategy}
              </option>
            ))}
        </select>
      </label>
      {problem === null ? null : <p className="problem">{problem}</p>}
      {view === null ? null : (
        <>
          <EquityCurve label={t('review.equity')} series={alignCurves(view.equity)} />
          {alignCurves(view.equity) === view.equity ? null : <p className="muted small-text">{t('review.aligned')}</p>}
          <Figures t={t} rows={view.rows} heads={[t('review.this'), t('review.otherShort')]} />
          <Difference t={t} difference={view.difference} />
          {view.settings.map((setting) => (
            <p key={setting.name} className="small-text">
              {setting.name}: {setting.a} → {setting.b}
            </p>
          ))}
        </>
      )}
    </Block>
  );
}

interface FigureRow {
  readonly id: string;
  readonly unit: ReviewFigure['unit'];
  readonly a: number | null;
  readonly b: number | null;
}

function Figures({
  t,
  rows,
  heads,
}: {
  readonly t: Translate;
  readonly rows: readonly FigureRow[];
  readonly heads: readonly [string, string];
}): React.JSX.Element {
  return (
    <table className="grid plain">
      <thead>
        <tr>
          <th>{t('review.figures')}</th>
          <th className="right">{heads[0]}</th>
          <th className="right">{heads[1]}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>{figureName(t, row.id)}</td>
            <td className="right num">{figureText(row.unit, row.a)}</td>
            <td className="right num">{figureText(row.unit, row.b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Difference({ t, difference }: { readonly t: Translate; readonly difference: SessionComparisonView['difference'] }): React.JSX.Element {
  const { value, low, high } = difference;
  if (value === null || low === null || high === null) return <p className="muted">{t('review.noDifference')}</p>;
  const words = low > 0 || high < 0 ? 'review.differencePlain' : 'review.differenceUnproven';
  return <p>{t(words, { value: figureText('R', value), low: figureText('R', low), high: figureText('R', high) })}</p>;
}

/** A longer table of differences is folded. */
const OPEN_DIFFERENCES = 12;

const ASKED = [
  'minStopDistancePercent',
  'rewardRiskRatio',
  'minConfidence',
  'maxLeverage',
  'riskPerTradePercent',
  'dailyLossLimitPercent',
  'immediateExecutionRank',
] as const;

function WhatIf({ sessionKey }: { readonly sessionKey: string }): React.JSX.Element {
  const t = useText();
  const settings = useReview((state) => state.detail?.settings);
  const job = useReview((state) => state.jobs.find((entry) => entry.job.kind === 'what-if' && entry.job.key === sessionKey && entry.state === 'done'));
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [other, setOther] = useState('');
  const changes = changesOf(values, other);
  return (
    <Block title={t('review.whatIf')} note={t('review.whatIfHint')}>
      <form
        className="what-if"
        onSubmit={(event) => {
          event.preventDefault();
          void startJob({ kind: 'what-if', key: sessionKey, changes });
        }}
      >
        {ASKED.map((name) => (
          <label key={name} title={`${helpOf(name)} ${rangeOf(name)}`}>
            <span>{PARAMETERS[name].name}</span>
            <input
              inputMode="decimal"
              value={values[name] ?? ''}
              placeholder={String(settings?.[name] ?? '')}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          </label>
        ))}
        <label>
          <span>{t('review.otherSettings')}</span>
          <input value={other} placeholder="BREAK_EVEN_ENABLED=true, STRATEGY_MODE=ict" onChange={(event) => setOther(event.target.value)} />
        </label>
        <button type="submit" data-testid="what-if-run">
          {t('review.rerun')}
        </button>
      </form>
      <JobList kinds={['what-if']} />
      {job?.result?.kind === 'what-if' ? <WhatIfResult t={t} result={job.result} /> : null}
    </Block>
  );
}

function WhatIfResult({ t, result }: { readonly t: Translate; readonly result: Extract<ReviewJobResult, { kind: 'what-if' }> }): React.JSX.Element {
  const recordedEquity = useReview((state) => state.detail?.equity);
  const rows = result.recorded.map(({ id, unit, value }) => ({ id, unit, a: value, b: result.rerun.find((entry) => entry.id === id)?.value ?? null }));
  const { recorded, rerun, same, byCause } = result.decisions;
  const unexplained = byCause['unexplained'] ?? 0;
  return (
    <div data-testid="what-if-result">
      <p>
        {Object.keys(result.changes).length === 0
          ? t('review.unchanged')
          : Object.entries(result.changes)
              .map(([name, value]) => `${name} = ${String(value)}`)
              .join(', ')}
      </p>
      <p>{t('review.decisions', { recorded, rerun, same })}</p>
      <p className={result.journal.isSame === false ? 'problem' : 'muted small-text'}>{inWords(result.journal.sentence)}</p>
      {unexplained === 0 ? null : (
        <p className="problem" role="alert">
          {t('review.unexplained', { count: unexplained })}
        </p>
      )}
      {result.differences.length === 0 ? null : (
        <details open={result.differences.length <= OPEN_DIFFERENCES}>
          <summary>{t('review.differences', { count: result.differences.length })}</summary>
          <table className="grid plain">
            <tbody>
              {result.differences.map((entry) => (
                <tr key={`${entry.signal} ${entry.kind}`}>
                  <td className="num">{formatMoment(entry.time)}</td>
                  <td>{entry.signal}</td>
                  <td>
                    {wordOf('difference', entry.kind)}
                    <br />
                    <small className="muted">
                      {entry.recorded} → {entry.rerun}
                    </small>
                  </td>
                  <td className={entry.cause === 'unexplained' ? 'problem' : ''} title={entry.detail}>
                    {wordOf('cause', entry.cause)}
                    <br />
                    <small className="muted">{inWords(entry.detail)}</small>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      <EquityCurve label={t('review.equity')} series={recordedEquity === undefined ? [result.equity] : [recordedEquity, result.equity]} />
      <Figures t={t} rows={rows} heads={[t('review.asRecorded'), t('review.asRerun')]} />
      <Difference t={t} difference={result.difference} />
    </div>
  );
}
