// Open positions with everything that decides about them, and the actions of a person.
import type { PositionView } from '../../src-shared/contract/view.ts';
import { command, openDetail, openDialog, selectSymbol, useScreen } from '../state/store.ts';
import {
  formatAge,
  formatLots,
  formatPercent,
  formatPrice,
  formatR,
  formatShare,
  formatSignedUsdt,
  formatUsdt,
  lotsToQuantity,
  NO_VALUE,
  priceToTicks,
  ticksToPrice,
  toneOf,
} from '../ui/format.ts';

const PROTECTION = { none_needed: 'opening', naked: 'UNPROTECTED', stop_only: 'stop', protected: 'stop + target' } as const;

export function useOpenPositions(): readonly PositionView[] {
  const positions = useScreen((state) => state.snapshot?.positions);
  return Object.values(positions ?? {})
    .filter((view) => view.position.phase !== 'closed')
    .toSorted((a, b) => a.position.openedAt - b.position.openedAt || (a.position.id < b.position.id ? -1 : 1));
}

export function Positions(): React.JSX.Element {
  const open = useOpenPositions();
  const markets = useScreen((state) => state.snapshot?.markets);
  const now = useScreen((state) => state.snapshot?.engineTime ?? 0);
  const selected = useScreen((state) => state.detailId);
  if (open.length === 0)
    return (
      <p className="empty">
        No open positions. The engine opens one when a signal passes every step and the risk review; the funnel on the right shows where markets stop.
      </p>
    );
  return (
    <table className="grid">
      <thead>
        <tr>
          {[
            'Symbol',
            'Side',
            'Size',
            'Notional',
            'Lev',
            'Entry',
            'Mark',
            'Stop',
            'Target',
            'R now',
            'PnL',
            'Fees',
            'Liq.',
            'Age',
            'From',
            'Conf.',
            'Protection',
            'Control',
            '',
          ].map((name, index) => (
            <th key={name === '' ? 'actions' : name} className={index > 1 && index < 14 ? 'right' : ''}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {open.map((view) => {
          const { position } = view;
          const market = markets?.[position.symbol];
          const notional = lotsToQuantity(market, position.lots) * view.mark;
          return (
            <tr
              key={position.id}
              data-testid="position-row"
              data-position-id={position.id}
              data-protection={position.protection}
              data-symbol={position.symbol}
              className={selected === position.id ? 'selected' : ''}
              onClick={() => {
                selectSymbol(position.symbol);
                openDetail(position.id);
              }}
            >
              <td>
                <strong>{position.symbol}</strong>
              </td>
              <td className={position.side === 'long' ? 'up' : 'down'}>{position.side === 'long' ? '▲ long' : '▼ short'}</td>
              <td className="right num">{formatLots(market, position.lots)}</td>
              <td className="right num">{notional.toFixed(0)}</td>
              <td className="right num">{position.leverage}×</td>
              <td className="right num">{formatPrice(market, position.entryPrice)}</td>
              <td className="right num">{formatPrice(market, view.mark)}</td>
              <td className="right num">{formatPrice(market, ticksToPrice(market, position.stop))}</td>
              <td className="right num">{formatPrice(market, ticksToPrice(market, position.target))}</td>
              <td className={`right num ${toneOf(view.pnlR)}`}>{formatR(view.pnlR)}</td>
              <td className={`right num ${toneOf(view.unrealised)}`}>{formatSignedUsdt(view.unrealised)}</td>
              <td className="right num">{formatUsdt(position.fees - position.funding)}</td>
              <td className="right num" title={position.liquidationPrice === null ? '' : `Liquidation at ${formatPrice(market, position.liquidationPrice)}`}>
                {position.liquidationPrice === null ? NO_VALUE : formatPercent(Math.abs(position.liquidationPrice / view.mark - 1), 1).replace('+', '')}
              </td>
              <td className="right num">{formatAge(now - position.openedAt)}</td>
              <td>{position.origin.replace('_', '-')}</td>
              <td className="num">{formatShare(position.signal?.confidence ?? null)}</td>
              <td>
                <span className={`chip small protection-${position.protection}`}>{PROTECTION[position.protection]}</span>
              </td>
              <td>{position.control === 'auto' ? 'auto' : 'mine'}</td>
              <td className="actions" onClick={(event) => event.stopPropagation()}>
                <PositionActions view={view} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function PositionActions({ view }: { readonly view: PositionView }): React.JSX.Element {
  const { position } = view;
  const market = useScreen((state) => state.snapshot?.markets[position.symbol]);
  const isFilled = position.lots > 0;
  return (
    <>
      <button
        type="button"
        disabled={!isFilled}
        aria-label={`Close ${position.symbol}`}
        onClick={() => openDialog({ kind: 'close', positionId: position.id, fraction: 1 })}
      >
        Close
      </button>
      <button
        type="button"
        disabled={!isFilled}
        aria-label={`Half ${position.symbol}`}
        onClick={() => openDialog({ kind: 'close', positionId: position.id, fraction: 0.5 })}
      >
        ½
      </button>
      <button
        type="button"
        disabled={!isFilled || market === undefined}
        aria-label={`Break-even ${position.symbol}`}
        title="Move the stop to the entry price"
        onClick={() => market !== undefined && void command({ kind: 'move-stop', positionId: position.id, price: priceToTicks(market, position.entryPrice) })}
      >
        B/E
      </button>
      <button
        type="button"
        disabled={!isFilled}
        title={position.control === 'auto' ? 'Take over: automation stops touching it, protection stays' : 'Hand back to automation'}
        onClick={() => void command({ kind: position.control === 'auto' ? 'take-over' : 'hand-back', positionId: position.id })}
      >
        {position.control === 'auto' ? 'Take over' : 'Hand back'}
      </button>
    </>
  );
}
