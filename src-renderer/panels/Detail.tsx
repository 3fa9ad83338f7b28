// One position's whole story: timeline, path, levels that can be moved by keyboard, why it was opened, its size, orders and twin.
import { Plus, X } from 'lucide-react';
import type { LifecycleEvent, LifecycleKind } from '../../src-shared/domain/position.ts';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { openDetail, openDialog, openSignal, useScreen } from '../state/store.ts';
import { formatMoment, formatPrice, formatR, formatShare, formatUsdt, toneOf } from '../ui/format.ts';
import { Evidence } from './Evidence.tsx';
import { LevelForm } from './LevelForm.tsx';
import { PricePath } from './PricePath.tsx';
import { Twin } from './Twin.tsx';

const ICONS: Readonly<Record<LifecycleKind, string>> = {
  created: '●',
  price_updated: '·',
  max_pnl_updated: '▲',
  min_pnl_updated: '▼',
  tp_approaching: '◎',
  sl_approaching: '◍',
  tp_triggered: '✔',
  sl_triggered: '✖',
  expired: '⌛',
  manual_close: '✋',
  closed: '■',
};
const EVENTS_SHOWN = 40;

/** One line of the timeline: the last of a run of equal events, and how many there were. */
export interface TimelineLine {
  readonly event: LifecycleEvent;
  readonly times: number;
}

/** Runs of the same kind become one line; a position that climbs would otherwise push its own opening off the list. */
export function mergeEvents(events: readonly LifecycleEvent[]): readonly TimelineLine[] {
  const lines: TimelineLine[] = [];
  for (const event of events) {
    const last = lines.at(-1);
    if (last !== undefined && last.event.kind === event.kind) lines[lines.length - 1] = { event, times: last.times + 1 };
    else lines.push({ event, times: 1 });
  }
  return lines;
}

/** The detail panel: a position, a signal, or how to get one. */
export function Detail(): React.JSX.Element {
  const t = useText();
  const view = useScreen((state) => (state.detailId === null ? undefined : state.snapshot?.positions[state.detailId]));
  const signalId = useScreen((state) => state.signalId);
  const signal = useScreen((state) => state.snapshot?.decisions.find((decision) => decision.signal.id === state.signalId)?.signal);
  if (view !== undefined) return <PositionDetail view={view} />;
  if (signal !== undefined)
    return (
      <section className="detail" aria-label={t('evidence.title', { symbol: signal.symbol })}>
        <header className="panel-head">
          <strong>
            {signal.symbol} {wordOf('side', signal.side)}
          </strong>
          <div className="spacer" />
          <button type="button" className="icon-button" aria-label={t('detail.close')} onClick={() => openSignal(null)}>
            <X size={14} aria-hidden />
          </button>
        </header>
        <div className="detail-body" tabIndex={0} role="region" aria-label={t('panel.detail')}>
          <Evidence signal={signal} />
        </div>
      </section>
    );
  return <p className="empty">{t(signalId === null ? 'detail.empty' : 'detail.gone')}</p>;
}

function PositionDetail({ view }: { readonly view: PositionView }): React.JSX.Element {
  const t = useText();
  const market = useScreen((state) => state.snapshot?.markets[view.position.symbol]);
  const { position } = view;
  return (
    <section className="detail" data-testid="position-detail" data-id={position.id} aria-label={t('detail.of', { symbol: position.symbol })}>
      <header className="panel-head">
        <strong>
          {position.symbol} {wordOf('side', position.side)}
        </strong>
        <span className="muted detail-phase">
          {wordOf('phase', position.phase)}
          {position.closeReason === null ? '' : ` · ${wordOf('close', position.closeReason)}`}
        </span>
        <span className={`num ${toneOf(view.pnlR)}`}>{formatR(view.pnlR)}</span>
        <div className="spacer" />
        <button
          type="button"
          className="icon-button"
          aria-label={t('keys.add')}
          title={t('keys.add')}
          disabled={position.phase !== 'open'}
          onClick={() => openDialog({ kind: 'add', positionId: position.id })}
        >
          <Plus size={14} aria-hidden />
        </button>
        <button type="button" className="icon-button" aria-label={t('detail.close')} onClick={() => openDetail(null)}>
          <X size={14} aria-hidden />
        </button>
      </header>
      <div className="detail-body" tabIndex={0} role="region" aria-label={t('detail.of', { symbol: position.symbol })}>
        {position.phase === 'closed' ? null : <LevelForm view={view} market={market} />}
        <Timeline view={view} market={market} />
        <PricePath view={view} market={market} />
        <Twin twin={view.twin} />
        {position.signal === null ? (
          <p className="muted">{t('detail.adopted')}</p>
        ) : (
          <>
            <h3>{t('detail.why')}</h3>
            <Evidence signal={position.signal} />
          </>
        )}
        <Sizing view={view} market={market} />
      </div>
    </section>
  );
}

function Timeline({ view, market }: { readonly view: PositionView; readonly market: MarketInfo | undefined }): React.JSX.Element {
  const t = useText();
  const { position, events } = view;
  return (
    <>
      <h3>
        {t('detail.timeline')} <small className="muted">{t('detail.excursion', { best: formatR(position.maxPnlR), worst: formatR(position.minPnlR) })}</small>
      </h3>
      <ol className="timeline">
        {events.length === 0 ? <li className="muted">{t('detail.noEvents')}</li> : null}
        {mergeEvents(events)
          .slice(-EVENTS_SHOWN)
          .map(({ event, times }, index) => (
            <li key={`${event.kind}-${event.time}-${index}`} className={`event-${event.kind}`}>
              <i aria-hidden>{ICONS[event.kind]}</i>
              <span className="num">{formatMoment(event.time)}</span>
              <span>
                {t(`life.${event.kind}`)}
                {times > 1 ? ` ×${times}` : ''}
              </span>
              <span className="num timeline-price">{formatPrice(market, event.price)}</span>
              <span className="num">{formatR(event.pnlR)}</span>
            </li>
          ))}
      </ol>
    </>
  );
}

function Sizing({ view, market }: { readonly view: PositionView; readonly market: MarketInfo | undefined }): React.JSX.Element | null {
  const t = useText();
  const { sizing } = view.position;
  if (sizing === null) return null;
  return (
    <>
      <h3>{t('detail.size')}</h3>
      <dl className="facts">
        <dt>{t('detail.margin')}</dt>
        <dd className="num">
          {t('detail.marginText', {
            share: formatShare(sizing.marginFraction),
            equity: formatUsdt(sizing.equity),
            confidence: sizing.confidenceFactor,
            regime: sizing.regimeMultiplier,
            drawdown: sizing.drawdownFactor,
          })}
        </dd>
        <dt>{t('detail.leverage')}</dt>
        <dd className="num">
          {t('detail.leverageText', {
            leverage: String(sizing.leverage),
            wanted: sizing.leverageWanted,
            edge: sizing.edge,
            certainty: sizing.certainty,
            calm: sizing.calm,
          })}
          {sizing.leverageLoweredBy.length > 0
            ? ` ${t('detail.loweredBy', { by: sizing.leverageLoweredBy.map((name) => wordOf('loweredBy', name)).join(', ') })}`
            : ''}
        </dd>
        <dt>{t('detail.atStop')}</dt>
        <dd className="num">{t('detail.atStopText', { usdt: formatUsdt(sizing.lossAtStop), percent: sizing.lossAtStopFraction * 100 })}</dd>
        <dt>{t('detail.liquidation')}</dt>
        <dd className="num">{sizing.liquidationPrice === null ? t('keys.none') : formatPrice(market, sizing.liquidationPrice)}</dd>
      </dl>
    </>
  );
}
