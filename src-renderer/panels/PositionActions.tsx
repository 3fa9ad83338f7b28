// What a person can do with one position in its row: close, halve, break even, move levels, take over; and with an entry that waits: move or cancel it.
import { Bot, Hand, MoveVertical } from 'lucide-react';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText } from '../i18n/translate.ts';
import { restingEntryOf } from '../state/pending.ts';
import { command, moveStop } from '../state/send.ts';
import { openDetail, openDialog, selectSymbol, showPanel, useScreen } from '../state/store.ts';
import { priceToTicks } from '../ui/format.ts';
import { OrderActions } from './OrderActions.tsx';

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
        {isAuto ? <Hand size={12} aria-hidden /> : <Bot size={12} aria-hidden />}
      </button>
    </>
  );
}

/** Nothing has filled: there is nothing to close, but the entry can be moved and taken back. */
function WaitingActions({ view }: { readonly view: PositionView }): React.JSX.Element | null {
  const order = useScreen((state) => restingEntryOf(state.snapshot?.orders ?? {}, view.position.id));
  return order === null ? null : <OrderActions order={order} />;
}
