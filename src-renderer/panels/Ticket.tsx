// The ticket: open a position by hand. The stop comes before the size; the risk manager says what it would be, or why not, before anything is sent.
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { useText } from '../i18n/translate.ts';
import { useFreshness } from '../state/freshness.ts';
import { usePreview } from '../state/preview.ts';
import { openDialog, useScreen } from '../state/store.ts';
import { judgeTicket, wishedLots, type TicketView } from '../state/ticket.ts';
import { changeTicket, commandOf, typedPrice, useTicketDraft, type TicketDraft } from '../state/ticket-draft.ts';
import { describeCode } from '../text/codes.ts';
import { formatPercent, formatPrice, numberText } from '../ui/format.ts';
import { Block, Segmented } from '../ui/parts.tsx';
import { PriceField, SizeField } from './TicketFields.tsx';
import { TicketFacts } from './TicketFacts.tsx';

export function Ticket(): React.JSX.Element {
  const t = useText();
  const symbol = useScreen((state) => state.symbol);
  const market = useScreen((state) => state.snapshot?.markets[state.symbol]);
  const hasPrice = useScreen((state) => state.snapshot?.ticks[state.symbol] !== undefined);
  return market !== undefined && hasPrice ? <TicketForm key={symbol} market={market} /> : <p className="empty">{t('state.waiting')}</p>;
}

/** Everything the form shows of a draft. */
function useJudgement(draft: TicketDraft, market: MarketInfo) {
  const settings = useScreen((state) => state.snapshot?.settings);
  const price = useScreen((state) => state.snapshot?.ticks[market.symbol]?.last ?? Number.NaN);
  const equity = useScreen((state) => (state.snapshot?.account?.equity ?? Number.NaN) / 1e8);
  const [stop, target, limit] = [typedPrice(draft.stop), typedPrice(draft.target), typedPrice(draft.limit)];
  const leverage = Math.max(settings?.minLeverage ?? 1, settings?.baseLeverage ?? 1);
  const size = { unit: draft.unit, amount: Number(draft.amount), price: limit ?? price, stop: stop ?? Number.NaN, leverage, equity, market };
  const mostLots = wishedLots({ ...size, maxSlippagePercent: settings?.maxSlippagePercent ?? 0 });
  const view = settings === undefined ? null : judgeTicket({ side: draft.side, price, stop: stop ?? 0, target, limit, settings });
  const isSized = mostLots !== 0;
  const command = view?.problem === null && isSized ? commandOf(draft, market, mostLots) : null;
  return { settings, price, view, isSized, command, mostLots, preview: usePreview(command) };
}

function TicketForm({ market }: { readonly market: MarketInfo }): React.JSX.Element | null {
  const t = useText();
  const { symbol } = market;
  const draft = useTicketDraft(symbol);
  const guard = useScreen((state) => state.snapshot?.guard);
  const isLive = useFreshness((state) => state.freshness.kind === 'live');
  const { settings, price, view, isSized, command, mostLots, preview } = useJudgement(draft, market);
  if (settings === undefined || view === null) return null;
  const { answer, isCurrent } = preview;
  const denial = isCurrent && answer?.kind === 'denied' ? describeCode(answer.code, answer.numbers) : null;
  const approved = answer?.kind === 'approved' ? answer : null;
  const obstacle = !isLive
    ? t('ticket.stale')
    : guard?.state !== 'active'
      ? t('ticket.notActive')
      : view.problem !== null
        ? t(`ticket.${view.problem}`)
        : !isSized
          ? t('ticket.size_missing')
          : denial;
  const isLess = isCurrent && approved !== null && mostLots !== undefined && approved.lots < mostLots;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.ticket')}>
      <Block title={t('ticket.title', { symbol })} note={formatPrice(market, price)}>
        <form
          className="ticket"
          onSubmit={(event) => {
            event.preventDefault();
            if (obstacle === null && command !== null) openDialog({ kind: 'open', command });
          }}
        >
          <Segmented
            label={t('col.side')}
            value={draft.side}
            onChange={(side) => changeTicket(symbol, { side })}
            options={[
              ['long', `▲ ${t('side.long')}`],
              ['short', `▼ ${t('side.short')}`],
            ]}
          />
          <PriceField market={market} name="stop" draft={draft} hint={distanceText(view, settings)} />
          <PriceField
            market={market}
            name="target"
            draft={draft}
            placeholder={view.problem === 'stop_missing' ? '' : view.target.toFixed(market.priceScale)}
            hint={view.problem === 'stop_missing' ? '' : `${numberText(view.rewardRisk, 2)} : 1`}
          />
          <PriceField
            market={market}
            name="limit"
            draft={draft}
            placeholder={t('ticket.limitEmpty')}
            hint={draft.limit === '' ? '' : formatPercent((typedPrice(draft.limit) ?? Number.NaN) / price - 1)}
          />
          <SizeField draft={draft} market={market} />
          <label className="menu-check" title={t('ticket.postOnlyHint')}>
            <input
              type="checkbox"
              checked={draft.postOnly}
              disabled={draft.limit === ''}
              onChange={(event) => changeTicket(symbol, { postOnly: event.target.checked })}
            />
            {t('ticket.postOnly')}
          </label>
          <TicketFacts preview={command === null ? null : approved} side={draft.side} market={market} isOld={!isCurrent} />
          <div className="ticket-send">
            <p className={obstacle === null && !isLess ? 'muted small-text' : 'notice'} role="status">
              {obstacle ?? t(isLess ? 'ticket.less' : 'ticket.ready')}
            </p>
            <button type="submit" className="primary" disabled={obstacle !== null}>
              {t('ticket.review')}
            </button>
          </div>
        </form>
      </Block>
    </div>
  );
}

/** How far the stop is; before there is one, how far it may be. */
function distanceText(view: TicketView, settings: { readonly minStopDistancePercent: number; readonly maxStopDistancePercent: number }): string {
  return view.problem === 'stop_missing'
    ? `${settings.minStopDistancePercent}–${settings.maxStopDistancePercent} %`
    : `${numberText(view.distancePercent, 2)} %`;
}
