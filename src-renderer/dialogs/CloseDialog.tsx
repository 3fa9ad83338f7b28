// Asks once before a close: how much, what it is worth, what it earns and costs.
import { TAKER_FEE_FRACTION } from '../../src-shared/domain/loss-at-stop.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { moneyOf } from '../state/position-money.ts';
import { resultAtStop } from '../state/resulting-risk.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { formatLots, formatPrice, formatR, formatSignedUsdt, lotsToQuantity, numberText } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';
import { GoneDialog } from './GoneDialog.tsx';

export interface CloseDialogProps {
  readonly positionId: string;
  readonly fraction: number;
  readonly onClose: () => void;
}

export function CloseDialog({ positionId, fraction, onClose }: CloseDialogProps): React.JSX.Element {
  const t = useText();
  const view = useScreen((state) => state.snapshot?.positions[positionId]);
  const market = useScreen((state) => (view === undefined ? undefined : state.snapshot?.markets[view.position.symbol]));
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  if (view === undefined || view.position.phase === 'closed') return <GoneDialog title={t('close.gone')} text={t('close.goneText')} onClose={onClose} />;
  const { position } = view;
  const amount = fraction === 1 ? position.lots : Math.max(1, Math.floor(position.lots * fraction));
  const notional = lotsToQuantity(market, amount) * view.mark;
  const share = Math.round(fraction * 100);
  const left = resultAtStop(view, { market, change: -amount, equity });
  const signed = (usdt: number): string => `${usdt > 0 ? '+' : ''}${numberText(usdt, 2)}`;
  return (
    <Modal title={t('close.title', { share, symbol: position.symbol, side: wordOf('side', position.side) })} onClose={onClose}>
      <dl className="facts">
        <dt>{t('close.quantity')}</dt>
        <dd className="num">{t('close.of', { amount: formatLots(market, amount), all: formatLots(market, position.lots) })}</dd>
        <dt>{t('close.worth')}</dt>
        <dd className="num">{t('close.at', { usdt: numberText(notional, 2), price: formatPrice(market, view.mark) })}</dd>
        <dt>{t('close.result')}</dt>
        <dd className="num">
          {formatSignedUsdt(Math.round(view.unrealised * (amount / Math.max(1, position.lots))))} USDT, {formatR(view.pnlR)}
        </dd>
        <dt>{t('close.fee')}</dt>
        <dd className="num">{t('close.feeText', { usdt: notional * TAKER_FEE_FRACTION })}</dd>
        <dt>{t('col.netNow')}</dt>
        <dd className="num" title={t('col.netNowHint')}>
          {formatSignedUsdt(moneyOf(view).net)} USDT
        </dd>
        <dt>{t('close.left')}</dt>
        <dd>
          {fraction === 1
            ? t('close.nothingLeft')
            : t('close.restKeeps', { usdt: signed(left.usdt), percent: left.percent, size: formatLots(market, position.lots - amount) })}
        </dd>
      </dl>
      <div className="button-row">
        <button
          type="button"
          className="danger"
          data-autofocus
          onClick={() => {
            void command({ kind: 'close-position', positionId, fraction });
            onClose();
          }}
        >
          {t('close.confirm')}
        </button>
        <button type="button" onClick={onClose}>
          {t('close.keep')}
        </button>
      </div>
    </Modal>
  );
}
