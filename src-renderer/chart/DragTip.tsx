// What a dragged stop or target would mean, before anything is sent: R, money, distance to liquidation.
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText } from '../i18n/translate.ts';
import { formatPercent, formatPrice, formatR, lotsToQuantity, numberText, ticksToPrice, toneOf } from '../ui/format.ts';
import { outcomeAt, widensStop } from './geometry.ts';
import type { Drag } from './price-lines.ts';

export interface DragTipProps {
  readonly drag: Drag & { readonly kind: 'stop' | 'target' };
  readonly view: PositionView;
  readonly market: MarketInfo | undefined;
}

export function DragTip({ drag, view, market }: DragTipProps): React.JSX.Element {
  const t = useText();
  const { position } = view;
  const outcome = outcomeAt(position, lotsToQuantity(market, position.lots), drag.price);
  const from = ticksToPrice(market, position[drag.kind]);
  const widens = drag.kind === 'stop' && widensStop(position.side, from, drag.price);
  return (
    <div className="tooltip drag-tip" role="status">
      <strong>
        {t(drag.kind === 'stop' ? 'chart.stop' : 'chart.target')} {formatPrice(market, drag.price)}
      </strong>
      <div className={`num ${toneOf(outcome.usdt)}`}>
        {formatR(outcome.r)} · {outcome.usdt > 0 ? '+' : ''}
        {numberText(outcome.usdt, 2)} USDT
      </div>
      <div className="num">{t('chart.fromMark', { distance: formatPercent(drag.price / view.mark - 1) })}</div>
      {outcome.toLiquidation === null ? null : (
        <div className={outcome.isBeyondLiquidation ? 'bad-text' : 'muted'}>
          {outcome.isBeyondLiquidation
            ? t('chart.beyondLiquidation')
            : t('chart.toLiquidation', { distance: formatPercent(outcome.toLiquidation, 1).replace('+', '') })}
        </div>
      )}
      <div className={widens ? 'warn-text' : 'muted'}>{widens ? t('chart.asksBefore') : t('chart.sentOnRelease')}</div>
    </div>
  );
}
