// Another price for a resting entry by keyboard: the field, and what it would mean before it is sent.
import { useState } from 'react';
import { EntryFigures } from '../chart/EntryTip.tsx';
import { useText, wordOf } from '../i18n/translate.ts';
import { isMovableEntry } from '../state/pending.ts';
import { moveEntry } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { formatPrice, priceToTicks, ticksToPrice } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';
import { GoneDialog } from './GoneDialog.tsx';

export function MoveEntryDialog({ clientOrderId, onClose }: { readonly clientOrderId: string; readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  const order = useScreen((state) => state.snapshot?.orders[clientOrderId]);
  const view = useScreen((state) => (order === undefined ? undefined : state.snapshot?.positions[order.intent.positionId]));
  const market = useScreen((state) => (order === undefined ? undefined : state.snapshot?.markets[order.intent.symbol]));
  const current = ticksToPrice(market, order?.intent.price ?? null);
  const [text, setText] = useState(Number.isFinite(current) && market !== undefined ? current.toFixed(market.priceScale) : '');
  if (order === undefined || view === undefined || market === undefined || !isMovableEntry(order))
    return <GoneDialog title={t('moveEntry.gone')} text={t('moveEntry.goneText')} onClose={onClose} />;
  const price = Number(text);
  const isValid = text !== '' && Number.isFinite(price) && price > 0;
  const isChanged = isValid && priceToTicks(market, price) !== order.intent.price;
  return (
    <Modal title={t('moveEntry.title', { symbol: order.intent.symbol, side: wordOf('side', view.position.side) })} onClose={onClose}>
      <form
        className="ticket"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isChanged) return;
          moveEntry(order, priceToTicks(market, price));
          onClose();
        }}
      >
        <dl className="facts">
          <dt>{t('moveEntry.now')}</dt>
          <dd className="num">{formatPrice(market, current)}</dd>
          <dt>{t('chart.stop')}</dt>
          <dd className="num">{formatPrice(market, ticksToPrice(market, view.position.stop))}</dd>
          <dt>{t('col.mark')}</dt>
          <dd className="num">{formatPrice(market, view.mark)}</dd>
        </dl>
        <label>
          {t('moveEntry.price')}
          <input
            type="number"
            step={market.tickUnits / 10 ** market.priceScale}
            min={0}
            value={text}
            data-autofocus
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <div className="entry-figures" role="status">
          {isValid ? <EntryFigures entry={{ order, view }} price={price} market={market} /> : null}
        </div>
        <p className="muted small-text">{t('moveEntry.text')}</p>
        <div className="button-row">
          <button type="submit" className="primary" disabled={!isChanged}>
            {t('moveEntry.confirm')}
          </button>
          <button type="button" onClick={onClose}>
            {t('dialog.cancel')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
