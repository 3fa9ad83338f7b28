// Statistics of the chosen session: figures with intervals, curves, tables, what the hand was worth, trades with notes.
import { useState } from 'react';
import type { ReviewFigure, SessionDetail } from '../../src-shared/contract/review.ts';
import { inWords } from '../i18n/sentences.ts';
import { isPhraseKey, useText, wordOf, type Translate } from '../i18n/translate.ts';
import { formatR, NO_VALUE, numberText, toneOf } from '../ui/format.ts';
import { Block, Segmented } from '../ui/parts.tsx';
import { EquityCurve, Histogram, Sensitivity, UnderwaterCurve } from './Curves.tsx';
import { NoteForm } from './NoteForm.tsx';
import { useReview } from './store.ts';
import { TradeList } from './TradeList.tsx';

export function figureText(unit: ReviewFigure['unit'], value: number | null): string {
  if (value === null) return NO_VALUE;
  switch (unit) {
    case 'count':
      return String(value);
    case 'share':
      return `${numberText(value * 100, 1)} %`;
    case 'R':
      return `${numberText(value, 2)} R`;
    case 'usdt':
    case 'ratio':
      return numberText(value, 2);
    case 'hours':
      return `${numberText(value, 1)} ${wordOf('unit', 'h')}`;
  }
}

export function figureName(t: Translate, id: string): string {
  const key = `figure.${id}`;
  return isPhraseKey(key) ? t(key) : id;
}

export function Results(): React.JSX.Element {
  const t = useText();
  const detail = useReview((state) => state.detail);
  const key = useReview((state) => state.key);
  const moment = useReview((state) => state.moment);
  if (detail === null) return <p className="empty">{key === null ? t('review.choose') : t('state.loading')}</p>;
  return (
    <div className="scroll results" tabIndex={0} role="region" aria-label={t('panel.results')} data-testid="results">
      {[...detail.warnings, ...detail.findings].map((sentence) => (
        <p key={sentence} className={detail.warnings.includes(sentence) || /^[A-Z-]{6,}/u.test(sentence) ? 'problem' : 'muted small-text'}>
          {inWords(sentence)}
        </p>
      ))}
      <Block title={t('review.figures')} note={t('review.intervals')}>
        <dl className="figures">
          {detail.figures.map((figure) => (
            <div key={figure.id} title={isPhraseKey(`figureHint.${figure.id}`) ? t(`figureHint.${figure.id}` as 'figureHint.sharpe') : undefined}>
              <dt>{figureName(t, figure.id)}</dt>
              <dd className={`num ${figure.id === 'net' ? toneOf(figure.value ?? 0) : ''}`}>
                {figureText(figure.unit, figure.value)}
                {figure.value === null || figure.low === null || figure.high === null ? null : (
                  <small className="muted">
                    {' '}
                    [{figureText(figure.unit, figure.low)}, {figureText(figure.unit, figure.high)}]
                  </small>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </Block>
      <div className="result-charts">
        <Block title={t('review.equity')} note={detail.equity.isExact ? undefined : t('review.equityOfTrades')}>
          {detail.equity.times.length < 2 ? (
            <p className="muted">{t('review.noEquity')}</p>
          ) : (
            <>
              <EquityCurve label={t('review.equity')} series={[detail.equity]} moment={moment} />
              <UnderwaterCurve label={t('review.underwater')} series={detail.equity} />
            </>
          )}
        </Block>
        <Block title={t('review.histogram')}>
          {detail.trades.length === 0 ? <p className="muted">{t('review.noTrades')}</p> : <Histogram label={t('review.histogram')} bins={detail.histogram} />}
        </Block>
        {Object.entries(detail.sensitivity).map(([name, values]) => (
          <Block key={name} title={t('review.sensitivity', { name })} note={t('review.sensitivityHint')}>
            <Sensitivity name={name} values={values} />
          </Block>
        ))}
      </div>
      <Breakdowns detail={detail} />
      <Overrides detail={detail} />
      <NoteForm trade={null} />
      <TradeList detail={detail} />
      <Block title={t('review.session')}>
        <dl className="facts">
          <dt>{t('review.changed')}</dt>
          <dd className="wrap">
            {Object.entries(detail.changedSettings)
              .map(([name, value]) => `${name} = ${String(value)}`)
              .join(', ') || t('review.none')}
          </dd>
          <dt>{t('review.models')}</dt>
          <dd className="wrap">{detail.models.map((model) => `${model.name} ${model.version}`).join(', ') || t('review.none')}</dd>
          <dt>{t('review.candles')}</dt>
          <dd className="wrap">{detail.candles}</dd>
          {detail.hash === null ? null : (
            <>
              <dt>{t('review.hash')}</dt>
              <dd className="wrap num">{detail.hash}</dd>
            </>
          )}
        </dl>
      </Block>
    </div>
  );
}

const CUTS = ['symbol', 'side', 'hour', 'weekday', 'regime', 'strategy', 'reason'] as const;
type Cut = (typeof CUTS)[number];
const CUT_WORDS: Partial<Record<Cut, string>> = { reason: 'close', side: 'side', weekday: 'weekday', regime: 'regime', strategy: 'origin' };

/** A row's own name: a word of the engine in the language of the screen, a symbol or an hour as it is. */
function cutName(by: Cut, key: string): string {
  const prefix = CUT_WORDS[by];
  return prefix === undefined ? key : wordOf(prefix, key);
}

function Breakdowns({ detail }: { readonly detail: SessionDetail }): React.JSX.Element | null {
  const t = useText();
  const [by, setBy] = useState<Cut>('symbol');
  const rows = detail.breakdowns[by] ?? [];
  if (detail.trades.length === 0) return null;
  return (
    <Block title={t('review.breakdown')}>
      <Segmented label={t('review.breakdown')} options={CUTS.map((cut) => [cut, t(`review.by.${cut}`)] as const)} value={by} onChange={setBy} />
      <table className="grid plain">
        <thead>
          <tr>
            <th>{t(`review.by.${by}`)}</th>
            <th className="right">{t('review.trades')}</th>
            <th className="right">{t('figure.winRate')}</th>
            <th className="right">95 %</th>
            <th className="right">{t('col.net')}</th>
            <th className="right">{t('figure.expectancyR')}</th>
            <th className="right">{t('figure.profitFactor')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td>{cutName(by, row.key)}</td>
              <td className="right num">{row.trades}</td>
              <td className="right num">{figureText('share', row.winRate)}</td>
              <td className="right num muted">
                {figureText('share', row.low)} – {figureText('share', row.high)}
              </td>
              <td className={`right num ${toneOf(row.net)}`}>{numberText(row.net, 2)}</td>
              <td className="right num">{figureText('R', row.expectancyR)}</td>
              <td className="right num">{figureText('ratio', row.profitFactor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

/** After a person's hand the original plan goes on virtually; here both results stand side by side. */
function Overrides({ detail }: { readonly detail: SessionDetail }): React.JSX.Element | null {
  const t = useText();
  const { overrides } = detail;
  if (detail.row.mode === 'backtest') return null;
  return (
    <Block title={t('review.overrides')} note={t('review.overridesHint')}>
      <p data-testid="override-verdict">
        {overrides.overrides === 0 ? t('review.noOverrides') : inWords(overrides.verdict)}{' '}
        {overrides.waiting === 0 ? '' : t('review.overridesWaiting', { count: overrides.waiting })}
      </p>
      {overrides.rows.length === 0 ? null : (
        <table className="grid plain">
          <thead>
            <tr>
              <th>{t('col.symbol')}</th>
              <th>{t('review.action')}</th>
              <th className="right">{t('review.byHand')}</th>
              <th className="right">{t('review.byPlan')}</th>
              <th className="right">{t('review.difference')}</th>
            </tr>
          </thead>
          <tbody>
            {overrides.rows.map((row) => (
              <tr key={row.id}>
                <td>{row.symbol}</td>
                <td>{wordOf('command', row.action)}</td>
                <td className="right num">{formatR(row.actualR)}</td>
                <td className="right num">{formatR(row.planR)}</td>
                <td className={`right num ${toneOf(row.actualR - row.planR)}`}>{formatR(row.actualR - row.planR)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Block>
  );
}
