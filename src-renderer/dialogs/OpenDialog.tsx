// Asks once before a position is opened by hand: side, stop, target, and the most it may lose.
import type { Side } from '../../src-shared/domain/signal.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { judgeTicket } from '../state/ticket.ts';
import { formatPercent, formatPrice, numberText, ticksToPrice } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';

export interface OpenDialogProps {
  readonly symbol: string;
  readonly side: Side;
  /** Ticks. */
  readonly stop: number;
  readonly target: number | null;
  readonly limit: number | null;
  readonly onClose: () => void;
}

export function OpenDialog({ symbol, side, stop, target, limit, onClose }: OpenDialogProps): React.JSX.Element | null {
  const t = useText();
  const market = useScreen((state) => state.snapshot?.markets[symbol]);
  const price = useScreen((state) => state.snapshot?.ticks[symbol]?.last ?? Number.NaN);
  const settings = useScreen((state) => state.snapshot?.settings);
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  if (market === undefined || settings === undefined) return null;
  const at = (ticks: number | null): number | null => (ticks === null ? null : ticksToPrice(market, ticks));
  const limitPrice = at(limit);
  const view = judgeTicket({ side, price, stop: ticksToPrice(market, stop), target: at(target), limit: limitPrice, equity, settings });
  return (
    <Modal title={t('ticket.confirmTitle', { symbol, side: wordOf('side', side) })} onClose={onClose}>
      <dl className="facts">
        <dt>{t('col.entry')}</dt>
        <dd className="num">
          {limitPrice === null
            ? t('ticket.atMarket', { price: formatPrice(market, price) })
            : t('ticket.atLimit', { price: formatPrice(market, limitPrice), distance: formatPercent(limitPrice / price - 1) })}
        </dd>
        <dt>{t('chart.stop')}</dt>
        <dd className="num">
          {formatPrice(market, ticksToPrice(market, stop))} ({numberText(view.distancePercent, 2)} %)
        </dd>
        <dt>{t('chart.target')}</dt>
        <dd className="num">
          {formatPrice(market, view.target)} ({numberText(view.rewardRisk, 2)} : 1)
        </dd>
        <dt>{t('ticket.loss')}</dt>
        <dd className="num">{numberText(view.lossUsdt, 2)} USDT</dd>
      </dl>
      <p className="muted">{t('ticket.confirmText')}</p>
      {view.problem === null ? null : <p className="notice">{t(`ticket.${view.problem}`)}</p>}
      <div className="button-row">
        <button
          type="button"
          className="primary"
          disabled={view.problem !== null}
          data-autofocus
          onClick={() => {
            void command({ kind: 'open-position', symbol, side, stop, target, limit });
            onClose();
          }}
        >
          {t(limit === null ? 'ticket.confirm' : 'ticket.confirmLimit')}
        </button>
        <button type="button" onClick={onClose}>
          {t('dialog.cancel')}
        </button>
      </div>
    </Modal>
  );
}
