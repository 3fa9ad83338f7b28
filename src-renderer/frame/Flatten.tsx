// Closes everything, held for 1.5 s; then shows per symbol what is left until the book is flat.
import { useEffect } from 'react';
import { isTerminal } from '../../src-shared/domain/order.ts';
import { useText } from '../i18n/translate.ts';
import { notionalOf, useOpenPositions } from '../state/selectors.ts';
import { endFlattenWatch, flattenAll, useFlatten } from '../state/flatten.ts';
import { useScreen } from '../state/store.ts';
import { numberText } from '../ui/format.ts';
import { HoldButton } from '../ui/HoldButton.tsx';

const HOLD_MS = 1500;
const SHOWN_AFTER_MS = 8000;

export function Flatten(): React.JSX.Element {
  const t = useText();
  const isWatching = useFlatten((state) => state.isWatching);
  const open = useOpenPositions();
  const markets = useScreen((state) => state.snapshot?.markets);
  const worth = open.reduce((sum, view) => sum + notionalOf(view, markets?.[view.position.symbol]), 0);
  return (
    <>
      <HoldButton
        label={`${t('frame.flatten')}${open.length > 0 ? ` (${open.length})` : ''}`}
        title={t('frame.flattenHint', { count: open.length, notional: numberText(worth, 0) })}
        holdMs={HOLD_MS}
        onHeld={flattenAll}
      />
      {isWatching ? <Progress onEnd={endFlattenWatch} /> : null}
    </>
  );
}

/** Pause, cancel, close, verify, report: what is done and what is left. */
function Progress({ onEnd }: { readonly onEnd: () => void }): React.JSX.Element {
  const t = useText();
  const open = useOpenPositions();
  const orders = useScreen((state) => state.snapshot?.orders);
  const resting = Object.values(orders ?? {}).filter((order) => !isTerminal(order.status)).length;
  const isDone = open.length === 0 && resting === 0;
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(onEnd, SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isDone, onEnd]);
  return (
    <div className="flatten-progress" role="status" data-testid="flatten-progress">
      <strong>{t(isDone ? 'flatten.done' : 'flatten.working', { positions: open.length, orders: resting })}</strong>
      <ul>
        {open.map(({ position }) => (
          <li key={position.id}>
            {position.symbol}: {t(position.phase === 'closing' ? 'flatten.closing' : 'flatten.waiting')}
          </li>
        ))}
      </ul>
      <button type="button" onClick={onEnd}>
        {t('toast.dismiss')}
      </button>
    </div>
  );
}
