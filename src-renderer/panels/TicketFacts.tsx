// What a position opened by hand would be, in numbers: size, margin, leverage and why, loss and win with costs, liquidation, exposure and filters.
import type { OpenApproved } from '../../src-shared/contract/trade-calls.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { factsOf } from '../state/ticket-facts.ts';
import { useScreen } from '../state/store.ts';
import { formatLots, formatPercent, formatPrice, formatUsdt, lotsToQuantity, NO_VALUE, numberText } from '../ui/format.ts';

export interface TicketFactsProps {
  /** Null before the risk manager has answered, and where it says no: the lines stay, without numbers. */
  readonly preview: OpenApproved | null;
  readonly side: Side;
  readonly market: MarketInfo;
  /** The answer is to an earlier state of the ticket. */
  readonly isOld?: boolean;
}

export function TicketFacts({ preview, side, market, isOld = false }: TicketFactsProps): React.JSX.Element {
  const t = useText();
  const funding = useScreen((state) => state.snapshot?.ticks[market.symbol]?.fundingRate ?? Number.NaN);
  const facts = preview === null ? null : factsOf(preview, { side, market, fundingRate: funding });
  const put = (text: string | null): string => text ?? NO_VALUE;
  const lines: readonly (readonly [string, string | null, string?])[] = [
    [
      t('ticket.size'),
      preview && `${formatLots(market, preview.lots)} ${market.baseAsset} · ${numberText(preview.notionalUsdt, 0)} USDT`,
      preview === null ? '' : t(`ticket.order_${preview.order}`),
    ],
    [t('ticket.margin'), preview && t('ticket.marginText', { usdt: numberText(preview.marginUsdt, 2), leverage: preview.leverage })],
    [
      t('ticket.loss'),
      preview && t('ticket.lossText', { usdt: formatUsdt(preview.factors.lossAtStop), percent: preview.factors.lossAtStopFraction * 100 }),
      t('ticket.lossHint'),
    ],
    [t('ticket.win'), facts && t('ticket.winText', { usdt: numberText(facts.winUsdt, 2), ratio: facts.netRewardRisk }), t('ticket.winHint')],
    [t('ticket.fees'), preview && t('ticket.feesText', { usdt: preview.feesUsdt }), t('ticket.feesHint')],
    [t('ticket.funding'), facts && t(facts.fundingUsdt < 0 ? 'ticket.fundingPays' : 'ticket.fundingGets', { usdt: Math.abs(facts.fundingUsdt) })],
    [t('ticket.liquidation'), facts && liquidationText(t, { facts, market })],
  ];
  return (
    <dl className={`facts ticket-facts ${isOld ? 'old' : ''}`} data-testid="ticket-facts">
      {lines.map(([name, text, hint]) => (
        <div key={name} title={hint === '' ? undefined : hint}>
          <dt>{name}</dt>
          <dd className="num">{put(text)}</dd>
        </div>
      ))}
      <div>
        <dt>{t('ticket.why')}</dt>
        <dd>{put(preview && leverageReason(t, preview))}</dd>
      </div>
      {(['gross_exposure', 'net_exposure', 'cluster_exposure'] as const).map((limit) => {
        const use = preview?.exposure.find((entry) => entry.limit === limit);
        return (
          <div key={limit}>
            <dt>{t(`ticket.${limit}`)}</dt>
            <dd className={`num ${use !== undefined && use.after > use.maximum * 0.8 ? 'warn-text' : ''}`}>
              {put(use === undefined ? null : t('ticket.exposureText', { before: use.before, after: use.after, maximum: use.maximum }))}
            </dd>
          </div>
        );
      })}
      <div title={t('ticket.filtersHint')}>
        <dt>{t('ticket.filters')}</dt>
        <dd className="num">{put(preview && filterText(t, { preview, market }))}</dd>
      </div>
    </dl>
  );
}

type Text = ReturnType<typeof useText>;

/** Why the leverage is what it is, in words. */
function leverageReason(t: Text, { factors }: OpenApproved): string {
  const { leverageLoweredBy, leverage, leverageWanted } = factors;
  if (leverageLoweredBy.length === 0) return t('ticket.leverageByHand', { leverage });
  return t('ticket.leverageLowered', { leverage, wanted: leverageWanted, by: leverageLoweredBy.map((name) => wordOf('loweredBy', name)).join(', ') });
}

function liquidationText(t: Text, { facts, market }: { readonly facts: ReturnType<typeof factsOf>; readonly market: MarketInfo }): string {
  if (facts.liquidation === null) return t('ticket.noLiquidation');
  const { price, distance, stopMultiple } = facts.liquidation;
  return t('ticket.liquidationText', { price: formatPrice(market, price), distance: formatPercent(distance, 1).replace('+', ''), multiple: stopMultiple });
}

function filterText(t: Text, { preview, market }: { readonly preview: OpenApproved; readonly market: MarketInfo }): string {
  return t('ticket.filtersText', {
    tick: numberText(market.tickUnits / 10 ** market.priceScale, market.priceScale),
    step: numberText(lotsToQuantity(market, 1), market.quantityScale),
    minimum: formatLots(market, preview.minimumLots),
  });
}
