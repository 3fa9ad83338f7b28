// What another price of a resting entry would mean: distance from the mark, reward to risk, size and loss at its stop.
import { useText } from '../i18n/translate.ts';
import { judgeEntry, type PendingEntry } from '../state/pending.ts';
import { useScreen } from '../state/store.ts';
import { formatLots, formatPercent, formatPrice, numberText } from '../ui/format.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';

export interface EntryTipProps {
  readonly entry: PendingEntry;
  /** The price wanted, floating. */
  readonly price: number;
  readonly market: MarketInfo | undefined;
}

/** The figures of {@link judgeEntry} as lines; also the preview of the form. */
export function EntryFigures({ entry, price, market }: EntryTipProps): React.JSX.Element | null {
  const t = useText();
  const settings = useScreen((state) => state.snapshot?.settings);
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  if (settings === undefined) return null;
  const { order, view } = entry;
  const outcome = judgeEntry({ order, position: view.position, price, mark: view.mark, market, equity, settings });
  if (outcome.problem !== null) return <div className="bad-text">{t(`chart.entry_${outcome.problem}`)}</div>;
  const isSmaller = outcome.lotsAfter < outcome.lots;
  return (
    <>
      <div className="num">{t('chart.fromMark', { distance: formatPercent(outcome.fromMark) })}</div>
      <div className="num">{t('chart.entryStop', { distance: formatPercent(outcome.toStop).replace('+', ''), reward: numberText(outcome.rewardRisk, 2) })}</div>
      <div className="num">{t('chart.entryLoss', { usdt: numberText(outcome.lossUsdt, 2), percent: numberText(outcome.lossPercent, 2) })}</div>
      <div className={`num ${isSmaller ? 'warn-text' : 'muted'}`}>
        {isSmaller
          ? t('chart.entrySmaller', { from: formatLots(market, outcome.lots), to: formatLots(market, outcome.lotsAfter) })
          : t('chart.entrySize', { size: formatLots(market, outcome.lots) })}
      </div>
    </>
  );
}

export function EntryTip({ entry, price, market }: EntryTipProps): React.JSX.Element {
  const t = useText();
  return (
    <div className="tooltip drag-tip" role="status">
      <strong>
        {t('chart.entryLine')} {formatPrice(market, price)}
      </strong>
      <EntryFigures entry={entry} price={price} market={market} />
      <div className="muted">{t('chart.sentOnRelease')}</div>
    </div>
  );
}
