// Another price, stop or target for a resting entry by keyboard: the fields, and what each would mean before it is sent.
import { useState } from 'react';
import { EntryFigures } from '../chart/EntryTip.tsx';
import { PlanFigures } from '../chart/PlanTip.tsx';
import { useText, wordOf } from '../i18n/translate.ts';
import { isMovableEntry, type PendingEntry } from '../state/pending.ts';
import { moveEntry, movePlan } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { formatPrice, priceToTicks, ticksToPrice } from '../ui/format.ts';
import { Modal } from '../ui/Modal.tsx';
import { GoneDialog } from './GoneDialog.tsx';

export function MoveEntryDialog({ clientOrderId, onClose }: { readonly clientOrderId: string; readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  const order = useScreen((state) => state.snapshot?.orders[clientOrderId]);
  const view = useScreen((state) => (order === undefined ? undefined : state.snapshot?.positions[order.intent.positionId]));
  const market = useScreen((state) => (order === undefined ? undefined : state.snapshot?.markets[order.intent.symbol]));
  if (order === undefined || view === undefined || market === undefined || !isMovableEntry(order))
    return <GoneDialog title={t('moveEntry.gone')} text={t('moveEntry.goneText')} onClose={onClose} />;
  return (
    <Modal title={t('moveEntry.title', { symbol: order.intent.symbol, side: wordOf('side', view.position.side) })} onClose={onClose}>
      <dl className="facts">
        <dt>{t('moveEntry.now')}</dt>
        <dd className="num">{formatPrice(market, ticksToPrice(market, order.intent.price))}</dd>
        <dt>{t('col.mark')}</dt>
        <dd className="num">{formatPrice(market, view.mark)}</dd>
      </dl>
      <MoveForm entry={{ order, view }} market={market} onClose={onClose} />
    </Modal>
  );
}

interface FormProps {
  readonly entry: PendingEntry;
  readonly market: MarketInfo;
  readonly onClose: () => void;
}

/** A price field's text as ticks; null while it is no price. */
function ticksOf(market: MarketInfo, text: string): number | null {
  const price = Number(text);
  return text !== '' && Number.isFinite(price) && price > 0 ? priceToTicks(market, price) : null;
}

function MoveForm({ entry, market, onClose }: FormProps): React.JSX.Element {
  const t = useText();
  const { order, view } = entry;
  const { position } = view;
  const textOf = (ticks: number | null): string => (ticks === null ? '' : ticksToPrice(market, ticks).toFixed(market.priceScale));
  const [texts, setTexts] = useState({ price: textOf(order.intent.price), stop: textOf(position.stop), target: textOf(position.target) });
  const wanted = { price: ticksOf(market, texts.price), stop: ticksOf(market, texts.stop), target: ticksOf(market, texts.target) };
  const now = { price: order.intent.price, stop: position.stop, target: position.target };
  // One change at a time: each is answered before the next is judged.
  const changed = (['price', 'stop', 'target'] as const).filter((name) => wanted[name] !== null && wanted[name] !== now[name]);
  const [change] = changed.length === 1 ? changed : [];
  const field = (name: 'price' | 'stop' | 'target', label: string): React.JSX.Element => (
    <label>
      {label}
      <input
        type="number"
        step={market.tickUnits / 10 ** market.priceScale}
        min={0}
        value={texts[name]}
        data-autofocus={name === 'price' ? true : undefined}
        onChange={(event) => setTexts({ ...texts, [name]: event.target.value })}
      />
    </label>
  );
  return (
    <form
      className="ticket"
      onSubmit={(event) => {
        event.preventDefault();
        const ticks = change === undefined ? null : wanted[change];
        if (change === undefined || ticks === null) return;
        if (change === 'price') moveEntry(order, ticks);
        else movePlan(view, change, ticks);
        onClose();
      }}
    >
      {field('price', t('moveEntry.price'))}
      {field('stop', t('chart.stop'))}
      {field('target', t('chart.target'))}
      <div className="entry-figures" role="status">
        {change === 'stop' || change === 'target' ? (
          <PlanFigures entry={entry} level={change} price={Number(texts[change])} market={market} />
        ) : changed.length > 1 ? (
          t('moveEntry.oneByOne')
        ) : wanted.price === null ? null : (
          <EntryFigures entry={entry} price={Number(texts.price)} market={market} />
        )}
      </div>
      <p className="muted small-text">{t(change === 'stop' || change === 'target' ? 'moveEntry.planText' : 'moveEntry.text')}</p>
      <div className="button-row">
        <button type="submit" className="primary" disabled={change === undefined}>
          {t(change === 'stop' ? 'moveEntry.confirmStop' : change === 'target' ? 'moveEntry.confirmTarget' : 'moveEntry.confirm')}
        </button>
        <button type="button" onClick={onClose}>
          {t('dialog.cancel')}
        </button>
      </div>
    </form>
  );
}
