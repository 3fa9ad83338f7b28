// What a person can do with one position in its row: close, halve, break even, move levels, take over; and with an entry that waits: move or cancel it.
import { MoveVertical } from 'lucide-react';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { isMovableEntry, restingEntryOf } from '../state/pending.ts';
import { command, moveStop } from '../state/send.ts';
import { openDetail, openDialog, selectSymbol, showPanel, useScreen } from '../state/store.ts';
import { priceToTicks } from '../ui/format.ts';

interface PositionProps {
  readonly view: PositionView;
  readonly market: MarketInfo | undefined;
}

export function PositionActions({ view, market }: PositionProps): React.JSX.Element {
  return view.position.lots > 0 ? <HeldActions view={view} market={market} /> : <WaitingActions view={view} />;
}

/** Shows the detail with its fields for stop and target, the keyboard in the first. */
function editLevels({ position }: PositionView): void {
  selectSymbol(position.symbol);
  openDetail(position.id);
  showPanel('detail', true);
  // The fields are drawn in the next frame when the panel was hidden.
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('level-stop')?.focus()));
}

function HeldActions({ view, market }: PositionProps): React.JSX.Element {
  const t = useText();
  const { position } = view;
  const { symbol, id } = position;
  const isAuto = position.control === 'auto';
  const close = (fraction: number): void => openDialog({ kind: 'close', positionId: id, fraction });
  return (
    <>
      <button type="button" aria-label={t('positions.closeOf', { symbol })} onClick={() => close(1)}>
        {t('positions.close')}
      </button>
      <button type="button" aria-label={t('positions.halfOf', { symbol })} onClick={() => close(0.5)}>
        ½
      </button>
      <button
        type="button"
        disabled={market === undefined}
        aria-label={t('positions.breakEvenOf', { symbol })}
        title={t('positions.breakEvenHint')}
        onClick={() => market !== undefined && moveStop(view, priceToTicks(market, position.entryPrice))}
      >
        {t('positions.breakEven')}
      </button>
      <button type="button" aria-label={t('positions.levelsOf', { symbol })} title={t('positions.levelsHint')} onClick={() => editLevels(view)}>
        <MoveVertical size={11} aria-hidden />
      </button>
      <button
        type="button"
        aria-label={t(isAuto ? 'positions.takeOverOf' : 'positions.handBackOf', { symbol })}
        title={t(isAuto ? 'positions.takeOverHint' : 'positions.handBackHint')}
        onClick={() => void command({ kind: isAuto ? 'take-over' : 'hand-back', positionId: id })}
      >
        {t(isAuto ? 'positions.takeOver' : 'positions.handBack')}
      </button>
    </>
  );
}

/** Nothing has filled: there is nothing to close, but the entry can be moved and taken back. */
function WaitingActions({ view }: { readonly view: PositionView }): React.JSX.Element | null {
  const t = useText();
  const order = useScreen((state) => restingEntryOf(state.snapshot?.orders ?? {}, view.position.id));
  if (order === null) return null;
  const { symbol, clientOrderId } = order.intent;
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
      <button type="button" aria-label={cancelLabel(t, symbol)} onClick={() => void command({ kind: 'cancel-order', clientOrderId })}>
        {t('orders.cancel')}
      </button>
    </>
  );
}

function cancelLabel(t: Translate, symbol: string): string {
  return t('orders.cancelOf', { symbol, purpose: wordOf('purpose', 'entry') });
}
