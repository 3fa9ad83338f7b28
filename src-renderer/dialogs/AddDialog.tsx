// Asks once before a position is made bigger: how much, what it is worth, and that the risk manager may allow less.
import { useState } from 'react';
import { useText, wordOf } from '../i18n/translate.ts';
import { resultAtStop } from '../state/resulting-risk.ts';
import { command } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { formatLots, formatPrice, lotsToQuantity, numberText } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';
import { GoneDialog } from './GoneDialog.tsx';

const SHARES = [0.25, 0.5, 1] as const;

export function AddDialog({ positionId, onClose }: { readonly positionId: string; readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  const [fraction, choose] = useState<number>(0.5);
  const view = useScreen((state) => state.snapshot?.positions[positionId]);
  const market = useScreen((state) => (view === undefined ? undefined : state.snapshot?.markets[view.position.symbol]));
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  if (view === undefined || view.position.phase !== 'open') return <GoneDialog title={t('close.gone')} text={t('close.goneText')} onClose={onClose} />;
  const { position } = view;
  const amount = Math.max(1, Math.floor(position.lots * fraction));
  const atStop = (change: number): string => {
    const { usdt, percent } = resultAtStop(view, { market, change, equity });
    return `${usdt > 0 ? '+' : ''}${numberText(usdt, 2)} USDT (${numberText(percent, 2)} %)`;
  };
  return (
    <Modal title={t('add.title', { symbol: position.symbol, side: wordOf('side', position.side) })} onClose={onClose}>
      <div className="button-row" role="group" aria-label={t('add.share')}>
        {SHARES.map((share) => (
          <button type="button" key={share} aria-pressed={fraction === share} onClick={() => choose(share)}>
            +{Math.round(share * 100)} %
          </button>
        ))}
      </div>
      <dl className="facts">
        <dt>{t('close.quantity')}</dt>
        <dd className="num">{t('add.to', { amount: formatLots(market, amount), all: formatLots(market, position.lots) })}</dd>
        <dt>{t('close.worth')}</dt>
        <dd className="num">{t('close.at', { usdt: numberText(lotsToQuantity(market, amount) * view.mark, 2), price: formatPrice(market, view.mark) })}</dd>
        <dt>{t('detail.atStop')}</dt>
        <dd className="num">{t('add.atStop', { before: atStop(0), after: atStop(amount) })}</dd>
        <dt>{t('close.left')}</dt>
        <dd>{t('add.afterwards')}</dd>
      </dl>
      <div className="button-row">
        <button
          type="button"
          className="primary"
          data-autofocus
          onClick={() => {
            void command({ kind: 'add-to-position', positionId, fraction });
            onClose();
          }}
        >
          {t('add.confirm')}
        </button>
        <button type="button" onClick={onClose}>
          {t('add.leave')}
        </button>
      </div>
    </Modal>
  );
}
