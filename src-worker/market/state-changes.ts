// What changed in the account between two savings: everything small and open as it is, of the long histories only what is new.
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { ExchangeState } from '../../src-main/core/venue/state.ts';
import type { VenueState } from './state-file.ts';

type Histories = Pick<ExchangeState, 'orders' | 'algos' | 'trades'> & { readonly lines: ExchangeState['ledger']['lines'] };

const ENDED: ReadonlySet<string> = new Set(['FILLED', 'CANCELED', 'EXPIRED', 'EXPIRED_IN_MATCH', 'REJECTED', 'FINISHED']);

/** Remembers which ended entries are on disk already. */
export class ChangeTracker {
  readonly #orders = new Set<number>();
  readonly #algos = new Set<number>();
  #trade = 0;
  #line = 0;
  #instruments: readonly Instrument[] = [];

  /** Everything of `state` counts as saved. */
  reset(state: VenueState): void {
    this.#orders.clear();
    this.#algos.clear();
    this.#instruments = state.instruments ?? [];
    this.#remember(historiesOf(state.exchange));
  }

  /** The change since the last saving; it counts as saved from now on. */
  take(state: VenueState): VenueState {
    const { exchange } = state;
    const fresh: Histories = {
      orders: exchange.orders.filter(({ orderId }) => !this.#orders.has(orderId)),
      algos: exchange.algos.filter(({ algoId }) => !this.#algos.has(algoId)),
      trades: exchange.trades.filter(({ tradeId }) => tradeId > this.#trade),
      lines: exchange.ledger.lines.filter(({ id }) => id > this.#line),
    };
    this.#remember(fresh);
    const { lines, ...histories } = fresh;
    const { instruments = [], ...rest } = state;
    const isSameList = instruments.length === this.#instruments.length && instruments.every((entry, index) => entry === this.#instruments[index]);
    this.#instruments = instruments;
    return {
      ...rest,
      ...(isSameList ? {} : { instruments }),
      exchange: { ...exchange, ...histories, quotes: neededQuotes(exchange), ledger: { ...exchange.ledger, lines } },
    };
  }

  #remember({ orders, algos, trades, lines }: Histories): void {
    for (const { orderId, status } of orders) if (ENDED.has(status)) this.#orders.add(orderId);
    for (const { algoId, status } of algos) if (ENDED.has(status)) this.#algos.add(algoId);
    this.#trade = Math.max(this.#trade, trades.at(-1)?.tradeId ?? 0);
    this.#line = Math.max(this.#line, lines.at(-1)?.id ?? 0);
  }
}

/** The state after a change that `take` gave. */
export function applyChange(before: VenueState, change: VenueState): VenueState {
  const [old, next] = [before.exchange, change.exchange];
  return {
    ...before,
    ...change,
    exchange: {
      ...next,
      quotes: [...new Map([...old.quotes, ...next.quotes])],
      orders: merged(old.orders, next.orders, ({ orderId }) => orderId),
      algos: merged(old.algos, next.algos, ({ algoId }) => algoId),
      trades: [...old.trades, ...next.trades],
      ledger: { ...next.ledger, lines: [...old.ledger.lines, ...next.ledger.lines] },
    },
  };
}

function merged<Entry extends { readonly status: string }>(
  before: readonly Entry[],
  change: readonly Entry[],
  idOf: (entry: Entry) => number,
): readonly Entry[] {
  const changed = new Set(change.map(idOf));
  // Whatever is open stands in every change: an entry that was open and is not there is gone.
  return [...before.filter((entry) => ENDED.has(entry.status) && !changed.has(idOf(entry))), ...change];
}

/** Prices the account is judged by; those of all other markets come back with the market. */
function neededQuotes({ quotes, holdings, orders, algos }: ExchangeState): ExchangeState['quotes'] {
  const open = [...orders, ...algos].filter(({ status }) => !ENDED.has(status));
  const symbols = new Set([...holdings.filter(({ lots }) => lots !== 0), ...open].map(({ symbol }) => symbol));
  return quotes.filter(([symbol]) => symbols.has(symbol));
}

function historiesOf({ orders, algos, trades, ledger }: ExchangeState): Histories {
  return { orders, algos, trades, lines: ledger.lines };
}
