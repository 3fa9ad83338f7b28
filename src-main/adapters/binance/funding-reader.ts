// Funding of cross positions: the stream tells the sum without a symbol, so the payments are read from the income history, one by one.
import type { FundingPayment, Logger, VenueEvent } from '../../core/ports.ts';
import type { Money } from '../../../src-shared/kernel/units.ts';
import { INCOME_PAGE, readIncomePage, toPayments } from './funding-history.ts';
import type { Gateway } from './gateway.ts';

type AccountEvent = Extract<VenueEvent, { readonly kind: 'account' }>;

/** Payments of one settlement come in a burst, and the history may be a little behind the stream. */
export const FUNDING_DELAYS_MS: readonly number[] = [3000, 10_000, 30_000, 120_000];
const HOUR_MS = 3_600_000;
const OVERLAP_MS = 60_000;
const REMEMBERED = 2000;

export interface FundingReaderOptions {
  readonly gateway: Gateway;
  readonly logger: Logger;
  readonly emit: (event: AccountEvent) => void;
  readonly delaysMs: readonly number[];
}

export class FundingReader {
  readonly #options: FundingReaderOptions;
  /** Payments already told, by symbol and settlement or by symbol and transaction. */
  readonly #told = new Set<string>();
  /** Sum the stream told without a symbol and the history has not explained yet. */
  #owed = 0;
  #tries = 0;
  #readTo: number;
  #timer: NodeJS.Timeout | null = null;
  #isReading = false;
  #isStopped = false;

  constructor(options: FundingReaderOptions) {
    this.#options = options;
    this.#readTo = options.gateway.timestamp();
  }

  /** The event as it goes on. A payment without a symbol loses its amount here and comes again from the history, with one. */
  take(event: AccountEvent): AccountEvent {
    if (event.reason !== 'FUNDING_FEE' || event.funding === 0) return event;
    const symbol = event.fundingSymbol ?? event.positions[0]?.symbol;
    if (symbol !== undefined) {
      this.#remember(settlementKey(symbol, event.time));
      return { ...event, fundingSymbol: symbol };
    }
    this.#owed += event.funding;
    this.#tries = 0;
    this.#schedule();
    return { ...event, funding: 0 as Money };
  }

  /** What was paid while nobody listened is read when an hour, and with it perhaps a settlement, has passed. */
  reconnected(): void {
    if (Math.floor(this.#options.gateway.timestamp() / HOUR_MS) === Math.floor(this.#readTo / HOUR_MS)) return;
    this.#tries = 0;
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isReading || this.#isStopped) return;
    const delayMs = this.#options.delaysMs[this.#tries];
    if (delayMs === undefined) return this.#giveUp();
    this.#tries += 1;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#read();
    }, delayMs);
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    const asked = this.#options.gateway.timestamp();
    const answer = await readIncomePage(this.#options.gateway, { startTime: this.#readTo - OVERLAP_MS }, 'data');
    const payments = answer.ok ? await toPayments(this.#options.gateway, answer.value) : [];
    this.#isReading = false;
    if (this.#isStopped) return;
    for (const payment of payments) this.#tell(payment);
    // A full page may hide later rows: the next reading begins where this one ends.
    if (answer.ok) this.#readTo = answer.value.length < INCOME_PAGE ? asked : (answer.value.at(-1)?.time ?? asked);
    if (!answer.ok || this.#owed !== 0 || answer.value.length === INCOME_PAGE) this.#schedule();
  }

  #tell({ id, symbol, positionSide, amount, time }: FundingPayment): void {
    const transaction = `${symbol} ${id}`;
    if (this.#told.has(transaction)) return;
    this.#remember(transaction);
    if (this.#told.has(settlementKey(symbol, time))) return;
    this.#owed -= amount;
    this.#options.emit({
      kind: 'account',
      time,
      reason: 'FUNDING_FEE',
      wallet: null,
      funding: amount,
      fundingSymbol: symbol,
      ...(id === null ? {} : { fundingId: id }),
      ...(positionSide === null ? {} : { fundingSide: positionSide }),
      positions: [],
    });
  }

  #giveUp(): void {
    if (this.#owed !== 0)
      this.#options.logger.log('warn', 'exchange', `Funding of ${this.#owed / 1e8} USDT could not be assigned to a position; the balance contains it.`);
    this.#owed = 0;
  }

  #remember(key: string): void {
    this.#told.add(key);
    for (const oldest of this.#told) {
      if (this.#told.size <= REMEMBERED) return;
      this.#told.delete(oldest);
    }
  }
}

/** Settlements lie on full hours and are booked within a minute. */
function settlementKey(symbol: string, time: number): string {
  return `${symbol} at hour ${Math.round(time / HOUR_MS)}`;
}
