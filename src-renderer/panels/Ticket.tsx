// The ticket: open a position by hand. The stop comes before the size; the risk manager gives the size or says why not.
import { useState } from 'react';
import type { Side } from '../../src-shared/domain/signal.ts';
import { useText } from '../i18n/translate.ts';
import { useFreshness } from '../state/freshness.ts';
import { openDialog, useScreen } from '../state/store.ts';
import { judgeTicket } from '../state/ticket.ts';
import { formatPrice, numberText, priceToTicks } from '../ui/format.ts';
import { Block, Segmented } from '../ui/parts.tsx';

export function Ticket(): React.JSX.Element {
  const symbol = useScreen((state) => state.symbol);
  const hasMarket = useScreen((state) => state.snapshot?.ticks[state.symbol] !== undefined);
  const t = useText();
  // Another market starts with empty fields: a stop of one market means nothing on another.
  return hasMarket ? <TicketForm key={symbol} symbol={symbol} /> : <p className="empty">{t('state.waiting')}</p>;
}

function TicketForm({ symbol }: { readonly symbol: string }): React.JSX.Element | null {
  const t = useText();
  const market = useScreen((state) => state.snapshot?.markets[symbol]);
  const price = useScreen((state) => state.snapshot?.ticks[symbol]?.last);
  const settings = useScreen((state) => state.snapshot?.settings);
  const guard = useScreen((state) => state.snapshot?.guard);
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  const isLive = useFreshness((state) => state.freshness.kind === 'live');
  const [side, setSide] = useState<Side>('long');
  const [stopText, setStopText] = useState('');
  const [targetText, setTargetText] = useState('');
  const [limitText, setLimitText] = useState('');
  if (market === undefined || price === undefined || settings === undefined) return null;
  const step = market.tickUnits / 10 ** market.priceScale;
  const stop = Number(stopText);
  const target = targetText === '' ? null : Number(targetText);
  const limit = limitText === '' ? null : Number(limitText);
  const view = judgeTicket({ side, price, stop, target, limit, equity, settings });
  const blocked = !isLive ? 'ticket.stale' : guard?.state === 'active' ? null : 'ticket.notActive';
  const isReady = view.problem === null && blocked === null;
  const review = (): void =>
    openDialog({
      kind: 'open',
      symbol,
      side,
      stop: priceToTicks(market, stop),
      target: target === null ? null : priceToTicks(market, target),
      limit: limit === null ? null : priceToTicks(market, limit),
    });
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.ticket')}>
      <Block title={t('ticket.title', { symbol })} note={formatPrice(market, price)}>
        <form
          className="ticket"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) review();
          }}
        >
          <Segmented
            label={t('col.side')}
            value={side}
            onChange={setSide}
            options={[
              ['long', `▲ ${t('side.long')}`],
              ['short', `▼ ${t('side.short')}`],
            ]}
          />
          <label>
            {t('chart.stop')}
            <input
              id="ticket-stop"
              type="number"
              step={step}
              min={0}
              value={stopText}
              aria-label={t('detail.stopPrice')}
              onChange={(event) => setStopText(event.target.value)}
            />
          </label>
          <label>
            {t('chart.target')}
            <input
              type="number"
              step={step}
              min={0}
              value={targetText}
              aria-label={t('detail.targetPrice')}
              placeholder={view.problem === 'stop_missing' ? '' : view.target.toFixed(market.priceScale)}
              onChange={(event) => setTargetText(event.target.value)}
            />
          </label>
          <label>
            {t('ticket.limit')}
            <input
              type="number"
              step={step}
              min={0}
              value={limitText}
              aria-label={t('ticket.limitPrice')}
              placeholder={t('ticket.limitEmpty')}
              onChange={(event) => setLimitText(event.target.value)}
            />
          </label>
          <dl className="facts">
            <dt>{t('ticket.distance')}</dt>
            <dd className="num">
              {view.problem === 'stop_missing'
                ? '–'
                : `${numberText(view.distancePercent, 2)} % (${settings.minStopDistancePercent}–${settings.maxStopDistancePercent} %)`}
            </dd>
            <dt>{t('ticket.reward')}</dt>
            <dd className="num">{view.problem === 'stop_missing' ? '–' : `${numberText(view.rewardRisk, 2)} : 1`}</dd>
            <dt>{t('ticket.loss')}</dt>
            <dd className="num">{numberText(view.lossUsdt, 2)} USDT</dd>
            <dt>{t('ticket.worth')}</dt>
            <dd className="num">{view.problem === null ? `${numberText(view.notionalUsdt, 0)} USDT` : '–'}</dd>
          </dl>
          <p className={view.problem === null && blocked === null ? 'muted small-text' : 'notice'} role="status">
            {blocked !== null ? t(blocked) : view.problem === null ? t('ticket.ready') : t(`ticket.${view.problem}`)}
          </p>
          <button type="submit" className="primary" disabled={!isReady}>
            {t('ticket.review')}
          </button>
        </form>
      </Block>
    </div>
  );
}
