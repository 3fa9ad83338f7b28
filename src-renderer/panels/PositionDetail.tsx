// One position's whole story: its timeline, its excursions, why it was opened and how its size came about.
import { X } from 'lucide-react';
import type { LifecycleKind } from '../../src-shared/domain/position.ts';
import { openDetail, useScreen } from '../state/store.ts';
import { formatMoment, formatPrice, formatR, formatShare, formatUsdt } from '../ui/format.ts';
import { Evidence } from './Evidence.tsx';

const EVENT_NAMES: Readonly<Record<LifecycleKind, readonly [string, string]>> = {
  created: ['●', 'Opened'],
  price_updated: ['·', 'Price'],
  max_pnl_updated: ['▲', 'New best'],
  min_pnl_updated: ['▼', 'New worst'],
  tp_approaching: ['◎', 'Near target'],
  sl_approaching: ['◍', 'Near stop'],
  tp_triggered: ['✔', 'Target'],
  sl_triggered: ['✖', 'Stop'],
  expired: ['⌛', 'Expired'],
  manual_close: ['✋', 'Closed by hand'],
  closed: ['■', 'Closed'],
};

export function PositionDetail(): React.JSX.Element | null {
  const id = useScreen((state) => state.detailId);
  const view = useScreen((state) => (state.detailId === null ? undefined : state.snapshot?.positions[state.detailId]));
  const market = useScreen((state) => (view === undefined ? undefined : state.snapshot?.markets[view.position.symbol]));
  if (id === null || view === undefined) return null;
  const { position, events } = view;
  const { sizing } = position;
  return (
    <aside className="detail" data-testid="position-detail" aria-label={`Position ${position.symbol}`}>
      <header className="panel-head">
        <strong>
          {position.symbol} {position.side}
        </strong>
        <span className="muted">
          {position.phase}
          {position.closeReason === null ? '' : ` · ${position.closeReason}`}
        </span>
        <span className={`num ${view.pnlR >= 0 ? 'up' : 'down'}`}>{formatR(view.pnlR)}</span>
        <div className="spacer" />
        <button type="button" className="icon-button" aria-label="Close detail" onClick={() => openDetail(null)}>
          <X size={14} />
        </button>
      </header>
      <div className="detail-body">
        <h3>
          Timeline{' '}
          <small className="muted">
            best {formatR(position.maxPnlR)}, worst {formatR(position.minPnlR)}
          </small>
        </h3>
        <ol className="timeline">
          {events.length === 0 ? <li className="muted">Events from before this screen connected are in the journal.</li> : null}
          {events.slice(-14).map((event, index) => (
            <li key={`${event.kind}-${event.time}-${index}`} className={`event-${event.kind}`}>
              <i aria-hidden>{EVENT_NAMES[event.kind][0]}</i>
              <span className="num">{formatMoment(event.time)}</span>
              <span>{EVENT_NAMES[event.kind][1]}</span>
              <span className="num">{formatPrice(market, event.price)}</span>
              <span className="num">{formatR(event.pnlR)}</span>
            </li>
          ))}
        </ol>
        {position.signal === null ? (
          <p className="muted">Found at the exchange and adopted; there is no signal behind it.</p>
        ) : (
          <>
            <h3>Why</h3>
            <Evidence signal={position.signal} />
          </>
        )}
        {sizing === null ? null : (
          <>
            <h3>Size</h3>
            <dl className="facts">
              <dt>Margin</dt>
              <dd className="num">
                {formatShare(sizing.marginFraction)} of {formatUsdt(sizing.equity)} USDT (confidence ×{sizing.confidenceFactor.toFixed(2)}, regime ×
                {sizing.regimeMultiplier}, drawdown ×{sizing.drawdownFactor})
              </dd>
              <dt>Leverage</dt>
              <dd className="num">
                {sizing.leverage}× (wanted {sizing.leverageWanted.toFixed(1)}; edge {sizing.edge.toFixed(2)}, certainty {sizing.certainty.toFixed(2)}, calm{' '}
                {sizing.calm.toFixed(2)}
                {sizing.leverageLoweredBy.length > 0 ? `; lowered by ${sizing.leverageLoweredBy.join(', ')}` : ''})
              </dd>
              <dt>At the stop</dt>
              <dd className="num">
                −{formatUsdt(sizing.lossAtStop)} USDT, {(sizing.lossAtStopFraction * 100).toFixed(2)} % of equity
              </dd>
              <dt>Liquidation</dt>
              <dd className="num">{sizing.liquidationPrice === null ? 'none' : formatPrice(market, sizing.liquidationPrice)}</dd>
            </dl>
          </>
        )}
      </div>
    </aside>
  );
}
