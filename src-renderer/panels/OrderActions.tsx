// What a person can do with a working order: move an entry that rests, cancel anything but a stop, which a position must keep.
import { isTerminal, type Order } from '../../src-shared/domain/order.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { isMovableEntry } from '../state/pending.ts';
import { command } from '../state/send.ts';
import { openDialog } from '../state/store.ts';

export function OrderActions({ order }: { readonly order: Order }): React.JSX.Element | null {
  const t = useText();
  const { symbol, clientOrderId, purpose } = order.intent;
  if (isTerminal(order.status) || purpose === 'stop') return null;
  return (
    <>
      {isMovableEntry(order) ? (
        <button
          type="button"
          disabled={order.amendment != null}
          aria-label={t('orders.moveOf', { symbol })}
          onClick={() => openDialog({ kind: 'move-entry', clientOrderId })}
        >
          {t('orders.move')}
        </button>
      ) : null}
      <button
        type="button"
        aria-label={t('orders.cancelOf', { symbol, purpose: wordOf('purpose', purpose) })}
        onClick={() => void command({ kind: 'cancel-order', clientOrderId })}
      >
        {t('orders.cancel')}
      </button>
    </>
  );
}
