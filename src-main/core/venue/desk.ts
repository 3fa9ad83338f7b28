// Everything one account at the venue consists of, in one place: the books that placing, matching and liquidation work on.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderSide } from '../../../src-shared/domain/order.ts';
import { invariant } from '../../../src-shared/kernel/result.ts';
import { negateMoney, subtractMoney, ZERO_MONEY, type EpochMs, type Money, type Ticks } from '../../../src-shared/kernel/units.ts';
import { AlgoBook } from './algo-book.ts';
import { BookPressure, takerLevels, type Level } from './depth.ts';
import { Ledger } from './ledger.ts';
import { OrderStore } from './order-store.ts';
import { PositionBook } from './positions.ts';
import type { AccountEvent, AccountReason, MarginChange, Trade, VenueHolding, VenueOrder } from './types.ts';

const TRADES_KEPT = 10_000;

export interface MarketQuote {
  readonly last: Ticks;
  readonly mark: Ticks;
  readonly quoteVolume24h: number;
}

/** What may differ between venues, and what a rehearsal changes while it runs. */
export interface VenueRules {
  makerFeeBps: number;
  takerFeeBps: number;
  /** False: closePosition orders stay behind when their position is gone. */
  expireClosePositionWhenFlat: boolean;
  /** Share of the normal book that is there. */
  bookThickness: number;
}

/** Trading status of a symbol; anything but TRADING stops new orders. */
export type SymbolStatus = 'TRADING' | 'TRADING_HALT' | 'SETTLING' | 'CLOSE';

export class Desk {
  readonly instruments = new Map<string, Instrument>();
  readonly quotes = new Map<string, MarketQuote>();
  readonly ledger = new Ledger();
  readonly orders = new OrderStore();
  readonly positions = new PositionBook();
  readonly algos: AlgoBook;
  readonly pressure = new BookPressure();
  readonly statuses = new Map<string, SymbolStatus>();
  /** Coarser filters in force: prices and quantities must be multiples of these many ticks and lots. */
  readonly multiples = new Map<string, { readonly ticks: number; readonly lots: number }>();
  /** Symbol to the time at which its orders are cancelled unless the client refreshes it. */
  readonly countdowns = new Map<string, number>();
  /** Open orders good till a date; those that ended otherwise are left out at the next look. */
  readonly goodTill = new Set<VenueOrder>();
  readonly rules: VenueRules = { makerFeeBps: 2, takerFeeBps: 5, expireClosePositionWhenFlat: true, bookThickness: 1 };
  /** Whether fees would be paid in BNB; the account holds none, so they never are. */
  feeBurn = false;
  trades: Trade[] = [];
  marginChanges: MarginChange[] = [];
  events: AccountEvent[] = [];
  nextOrderId = 1_000_001;
  nextTradeId = 5_000_001;
  /** Positions the account was already warned about. */
  readonly warned = new Set<string>();

  constructor() {
    this.algos = new AlgoBook((event) => void this.events.push(event));
  }

  instrument(symbol: string): Instrument {
    const instrument = this.instruments.get(symbol);
    invariant(instrument !== undefined, `unknown symbol ${symbol}`);
    return instrument;
  }

  quote(symbol: string): MarketQuote {
    const quote = this.quotes.get(symbol);
    invariant(quote !== undefined, `no price of ${symbol} yet`);
    return quote;
  }

  status(symbol: string): SymbolStatus {
    return this.statuses.get(symbol) ?? 'TRADING';
  }

  /** What a taker of `side` meets now, best first. */
  levels(symbol: string, side: OrderSide, time: number): readonly Level[] {
    return this.levelsFor(symbol, side, { time, wanted: Infinity });
  }

  /** The same, as far as `wanted` lots reach; one lot gives the best level. */
  levelsFor(symbol: string, side: OrderSide, { time, wanted }: { readonly time: number; readonly wanted: number }): readonly Level[] {
    const quote = this.quote(symbol);
    return takerLevels(this.instrument(symbol), quote.last, {
      side,
      quoteVolume24h: quote.quoteVolume24h,
      taken: this.pressure.taken(symbol, side, time),
      thickness: this.rules.bookThickness,
      wanted,
    });
  }

  /** Wallet without what isolated positions have set aside. */
  get crossWallet(): Money {
    return subtractMoney(this.ledger.wallet, this.positions.isolatedTotal());
  }

  /** A wallet below zero with nothing left to carry it is filled up by the insurance fund. */
  coverDeficit(symbol: string, time: EpochMs): void {
    const deficit = this.crossWallet;
    if (deficit >= 0 || this.positions.open().some((holding) => !this.positions.isIsolated(holding.symbol))) return;
    this.ledger.post({ type: 'INSURANCE_CLEAR', symbol, amount: negateMoney(deficit), time, tradeId: null });
  }

  recordTrade(trade: Trade): void {
    this.trades.push(trade);
    if (this.trades.length > TRADES_KEPT) this.trades = this.trades.slice(-TRADES_KEPT / 2);
  }

  /** Says what changed on the account. `change` is the part that is neither profit nor commission. */
  reportAccount(reason: AccountReason, change: { readonly time: EpochMs; readonly amount?: Money; readonly holdings: readonly VenueHolding[] }): void {
    this.events.push({
      kind: 'account',
      time: change.time,
      reason,
      change: change.amount ?? ZERO_MONEY,
      wallet: this.ledger.wallet,
      crossWallet: this.crossWallet,
      holdings: change.holdings.map((holding) => ({ ...holding })),
    });
  }
}
