// Asks before a stop moves away from the price: the loss at the old and at the new stop, and the equity at risk.
import { outcomeAt } from '../chart/geometry.ts';
import { useText } from '../i18n/translate.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { formatPrice, formatR, lotsToQuantity, numberText, ticksToPrice } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';

export interface WidenDialogProps {
  readonly positionId: string;
  /** Ticks. */
  readonly price: number;
  readonly onClose: () => void;
}

export function WidenDialog({ positionId, price, onClose }: WidenDialogProps): React.JSX.Element | null {
  const t = useText();
  const view = useScreen((state) => state.snapshot?.positions[positionId]);
  const market = useScreen((state) => (view === undefined ? undefined : state.snapshot?.markets[view.position.symbol]));
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  if (view === undefined || market === undefined) return null;
  const { position } = view;
  const quantity = lotsToQuantity(market, position.lots);
  const line = (ticks: number | null): string => {
    const level = ticksToPrice(market, ticks);
    const { usdt, r } = outcomeAt(position, quantity, level);
    return t('widen.line', { price: formatPrice(market, level), usdt: numberText(usdt, 2), r: formatR(r), percent: (usdt / equity) * 100 });
  };
  const { isBeyondLiquidation } = outcomeAt(position, quantity, ticksToPrice(market, price));
  return (
    <Modal title={t('widen.title', { symbol: position.symbol })} onClose={onClose}>
      <dl className="facts">
        <dt>{t('widen.from')}</dt>
        <dd className="num">{line(position.stop)}</dd>
        <dt>{t('widen.to')}</dt>
        <dd className="num">{line(price)}</dd>
      </dl>
      <p className={isBeyondLiquidation ? 'bad-text' : ''}>{t(isBeyondLiquidation ? 'widen.beyond' : 'widen.text')}</p>
      <div className="button-row">
        <button
          type="button"
          className="danger"
          onClick={() => {
            void command({ kind: 'move-stop', positionId, price });
            onClose();
          }}
        >
          {t('widen.confirm')}
        </button>
        <button type="button" data-autofocus onClick={onClose}>
          {t('widen.keep')}
        </button>
      </div>
    </Modal>
  );
}
