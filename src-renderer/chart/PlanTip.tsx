// What another stop or target of a resting entry would mean: distance, reward to risk, loss at the stop, and whether it would be refused.
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { useText } from '../i18n/translate.ts';
import { judgePlan, type PendingEntry } from '../state/pending.ts';
import { useScreen } from '../state/store.ts';
import { formatPercent, formatPrice, numberText } from '../ui/format.ts';

export interface PlanTipProps {
  readonly entry: PendingEntry;
  readonly level: 'stop' | 'target';
  /** The price wanted, floating. */
  readonly price: number;
  readonly market: MarketInfo | undefined;
}

/** The figures of {@link judgePlan} as lines; also the preview of the form. */
export function PlanFigures({ entry: { order, view }, level, price, market }: PlanTipProps): React.JSX.Element | null {
  const t = useText();
  const settings = useScreen((state) => state.snapshot?.settings);
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  if (settings === undefined) return null;
  const outcome = judgePlan({ order, position: view.position, level, at: price, market, equity, settings });
  if (outcome.problem === 'beyond_entry') return <div className="bad-text">{t('chart.plan_beyond_entry')}</div>;
  return (
    <>
      <div className="num">
        {t('chart.planLevel', { distance: formatPercent(outcome.fromEntry).replace('+', ''), reward: numberText(outcome.rewardRisk, 2) })}
      </div>
      <div className={`num ${outcome.problem === null ? '' : 'bad-text'}`}>
        {t('chart.entryLoss', { usdt: numberText(outcome.lossUsdt, 2), percent: numberText(outcome.lossPercent, 2) })}
      </div>
      <div className="num">{t('chart.planWin', { usdt: numberText(outcome.winUsdt, 2) })}</div>
      {outcome.problem === null ? null : <div className="bad-text">{t('chart.plan_too_large')}</div>}
    </>
  );
}

export function PlanTip(props: PlanTipProps): React.JSX.Element {
  const t = useText();
  return (
    <div className="tooltip drag-tip" role="status">
      <strong>
        {t(props.level === 'stop' ? 'chart.stopPlanned' : 'chart.targetPlanned')} {formatPrice(props.market, props.price)}
      </strong>
      <PlanFigures {...props} />
      <div className="muted">{t('chart.sentOnRelease')}</div>
    </div>
  );
}
