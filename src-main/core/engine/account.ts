// Our view of the account between two reconciliations: the venue's wallet, our positions at mark prices.
import type { AccountView } from '../../../src-shared/contract/view.ts';
import { addMoney, money, moneyFromUsdt, subtractMoney, ZERO_MONEY, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';
import type { VenueAccount } from '../ports.ts';

/** One open position, for the sums. Amounts in USDT. */
export interface OpenExposure {
  readonly unrealisedUsdt: number;
  readonly marginUsdt: number;
}

export class AccountBook {
  #wallet: Money | null = null;
  #hedgeMode = false;
  #venueAvailable: Money = ZERO_MONEY;
  #venueMarginUsed: Money = ZERO_MONEY;
  #updatedAt = 0 as EpochMs;

  /** The venue's own numbers, at start and at every reconciliation. */
  setFromVenue(account: VenueAccount, at: EpochMs): void {
    this.#wallet = account.wallet;
    this.#hedgeMode = account.hedgeMode;
    this.#venueAvailable = account.available;
    this.#venueMarginUsed = account.marginUsed;
    this.#updatedAt = at;
  }

  /** A wallet balance from the account stream. */
  setWallet(wallet: Money, at: EpochMs): void {
    this.#wallet = wallet;
    this.#updatedAt = at;
  }

  get known(): boolean {
    return this.#wallet !== null;
  }

  get hedgeMode(): boolean {
    return this.#hedgeMode;
  }

  /** Null until the venue has told the wallet. Available is never more than the venue said plus what closed since. */
  view(exposures: readonly OpenExposure[], dayStartEquity: Money): AccountView | null {
    if (this.#wallet === null) return null;
    const unrealised = moneyFromUsdt(exposures.reduce((sum, exposure) => sum + exposure.unrealisedUsdt, 0));
    const marginUsed = moneyFromUsdt(exposures.reduce((sum, exposure) => sum + exposure.marginUsdt, 0));
    const equity = addMoney(this.#wallet, unrealised);
    const free = subtractMoney(this.#wallet, marginUsed);
    const loss = unrealised < 0 ? unrealised : ZERO_MONEY;
    const available = money(Math.max(0, Math.min(addMoney(free, loss), addMoney(this.#venueAvailable, this.#venueMarginUsed) - marginUsed)));
    return {
      wallet: this.#wallet,
      unrealised,
      equity,
      marginUsed,
      available,
      dayPnl: dayStartEquity === 0 ? ZERO_MONEY : subtractMoney(equity, dayStartEquity),
      hedgeMode: this.#hedgeMode,
      updatedAt: this.#updatedAt,
    };
  }
}
