// The fields of the ticket: prices on the tick of the market, and a size in the unit a person thinks in.
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { useText } from '../i18n/translate.ts';
import { SIZE_UNITS } from '../state/ticket.ts';
import { changeTicket, type TicketDraft } from '../state/ticket-draft.ts';
import { lotsToQuantity } from '../ui/format.ts';

export interface PriceFieldProps {
  readonly market: MarketInfo;
  readonly name: 'stop' | 'target' | 'limit';
  readonly draft: TicketDraft;
  /** What stands behind the field, e.g. how far it is. */
  readonly hint: string;
  readonly placeholder?: string;
}

export function PriceField({ market, name, draft, hint, placeholder = '' }: PriceFieldProps): React.JSX.Element {
  const t = useText();
  const label = { stop: t('detail.stopPrice'), target: t('detail.targetPrice'), limit: t('ticket.limitPrice') }[name];
  return (
    <label>
      {{ stop: t('chart.stop'), target: t('chart.target'), limit: t('ticket.limit') }[name]}
      <input
        id={`ticket-${name}`}
        type="number"
        step={market.tickUnits / 10 ** market.priceScale}
        min={0}
        value={draft[name]}
        aria-label={label}
        placeholder={placeholder}
        onChange={(event) => changeTicket(market.symbol, { [name]: event.target.value })}
      />
      <small className="num muted">{hint}</small>
    </label>
  );
}

/** The most the limits leave, or less: as risk, margin or quantity. */
export function SizeField({ draft, market }: { readonly draft: TicketDraft; readonly market: MarketInfo }): React.JSX.Element {
  const t = useText();
  const isMost = draft.unit === 'most';
  return (
    <div className="ticket-size">
      <label htmlFor="ticket-amount">{t('ticket.size')}</label>
      <select
        aria-label={t('ticket.unit')}
        value={draft.unit}
        onChange={(event) => {
          const unit = SIZE_UNITS.find((name) => name === event.target.value);
          if (unit !== undefined) changeTicket(market.symbol, { unit, amount: '' });
        }}
      >
        {SIZE_UNITS.map((unit) => (
          <option key={unit} value={unit}>
            {t(`ticket.unit_${unit}`, { asset: market.baseAsset })}
          </option>
        ))}
      </select>
      <input
        id="ticket-amount"
        type="number"
        min={0}
        step={draft.unit === 'quantity' ? lotsToQuantity(market, 1) : 'any'}
        value={draft.amount}
        disabled={isMost}
        onChange={(event) => changeTicket(market.symbol, { amount: event.target.value })}
      />
    </div>
  );
}
