// What a person has typed into the ticket: it outlives its panel, and the price ladder and the chart can fill it; another market starts empty.
import { create } from 'zustand';
import type { OpenPositionCommand } from '../../src-shared/contract/commands.ts';
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import { priceToTicks } from '../ui/format.ts';
import type { SizeUnit } from './ticket.ts';

/** Fields as they are typed; '' is empty. */
export interface TicketDraft {
  readonly symbol: string;
  readonly side: Side;
  readonly stop: string;
  readonly target: string;
  readonly limit: string;
  readonly unit: SizeUnit;
  readonly amount: string;
  readonly postOnly: boolean;
}

const EMPTY: TicketDraft = { symbol: '', side: 'long', stop: '', target: '', limit: '', unit: 'most', amount: '', postOnly: false };

const useDraft = create<TicketDraft>(() => EMPTY);

/** A stop of one market means nothing on another. */
function of(draft: TicketDraft, symbol: string): TicketDraft {
  return draft.symbol === symbol ? draft : { ...EMPTY, symbol };
}

export function useTicketDraft(symbol: string): TicketDraft {
  const draft = useDraft();
  return of(draft, symbol);
}

export function changeTicket(symbol: string, change: Partial<Omit<TicketDraft, 'symbol'>>): void {
  useDraft.setState((draft) => ({ ...of(draft, symbol), ...change }));
}

/** A typed price; null for an empty field, NaN for what is no price. */
export function typedPrice(text: string): number | null {
  if (text === '') return null;
  const price = Number(text);
  return price > 0 ? price : Number.NaN;
}

/** The command that a draft stands for; null while its stop or another price is missing or no number. */
export function commandOf(draft: TicketDraft, market: MarketInfo, mostLots: number | undefined): OpenPositionCommand | null {
  const [stop, target, limit] = [draft.stop, draft.target, draft.limit].map((text) => {
    const price = typedPrice(text);
    return price === null ? null : priceToTicks(market, price);
  });
  const isPrice = (ticks: number | null | undefined): boolean => ticks === null || (ticks !== undefined && ticks >= 1);
  if (stop == null || ![stop, target, limit].every(isPrice)) return null;
  return {
    kind: 'open-position',
    symbol: draft.symbol,
    side: draft.side,
    stop,
    target: target ?? null,
    limit: limit ?? null,
    ...(mostLots === undefined ? {} : { mostLots }),
    ...(limit != null && draft.postOnly ? { postOnly: true } : {}),
  };
}
