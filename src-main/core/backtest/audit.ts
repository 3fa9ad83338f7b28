// The second bookkeeper of a backtest: rebuilds the wallet from fills, fees and funding alone and compares it with the venue's.
import { notional, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Fill } from '../../../src-shared/domain/order.ts';
import { money, type Lots, type Money, type Ticks } from '../../../src-shared/kernel/units.ts';

/** One execution in the ledger's own units. */
export interface AuditedFill extends Pick<Fill, 'symbol' | 'side' | 'positionSide' | 'fee' | 'realisedPnl'> {
  readonly price: Ticks;
  readonly lots: Lots;
}

/** What is still open at the venue: exact cost of the open lots, always ≥ 0; `lots` is signed. */
export interface OpenCost {
  readonly symbol: string;
  readonly positionSide: string;
  readonly lots: number;
  readonly entryNotional: Money;
}

export interface AuditResult {
  readonly wallet: Money;
  /** Deposit + the venue's realised profits − fees + funding + insurance. */
  readonly fromProfits: Money;
  /** Deposit + sales − purchases + cost of what is open − fees + funding + insurance: knows nothing of the venue's profits. */
  readonly fromCash: Money;
  readonly lotsAgree: boolean;
  readonly agrees: boolean;
  readonly fills: number;
  readonly fees: Money;
  readonly funding: Money;
  readonly insurance: Money;
  readonly realised: Money;
}

/**
 * Conservation of a linear futures account: a position opened with cost C and closed with proceeds P changes the wallet by P − C (long) or
 * C − P (short) less fees, so sales minus purchases plus the signed cost of what is open is the realised profit, exactly.
 */
export class Audit {
  readonly #instrumentOf: (symbol: string) => Instrument;
  readonly #deposit: Money;
  readonly #lots = new Map<string, number>();
  #realised = 0;
  #cash = 0;
  #fees = 0;
  #funding = 0;
  #insurance = 0;
  #fills = 0;

  constructor(instrumentOf: (symbol: string) => Instrument, deposit: Money) {
    this.#instrumentOf = instrumentOf;
    this.#deposit = deposit;
  }

  addFill(fill: AuditedFill): void {
    const value = notional(this.#instrumentOf(fill.symbol), fill.price, fill.lots);
    const sign = fill.side === 'BUY' ? 1 : -1;
    this.#fills += 1;
    this.#cash -= sign * value;
    this.#fees += fill.fee;
    this.#realised += fill.realisedPnl;
    const key = `${fill.symbol} ${fill.positionSide}`;
    this.#lots.set(key, (this.#lots.get(key) ?? 0) + sign * fill.lots);
  }

  addFunding(amount: Money): void {
    this.#funding += amount;
  }

  /** Liquidation fees and what the insurance fund pays. */
  addInsurance(amount: Money): void {
    this.#insurance += amount;
  }

  compare(wallet: Money, open: readonly OpenCost[]): AuditResult {
    const costs = open.reduce((sum, held) => sum + Math.sign(held.lots) * held.entryNotional, 0);
    const charges = this.#funding + this.#insurance - this.#fees;
    const fromProfits = money(this.#deposit + this.#realised + charges);
    const fromCash = money(this.#deposit + this.#cash + costs + charges);
    const held = new Map(open.map((position) => [`${position.symbol} ${position.positionSide}`, position.lots]));
    const lotsAgree =
      [...this.#lots].every(([key, lots]) => (held.get(key) ?? 0) === lots) && [...held].every(([key, lots]) => (this.#lots.get(key) ?? 0) === lots);
    return {
      wallet,
      fromProfits,
      fromCash,
      lotsAgree,
      agrees: lotsAgree && fromProfits === wallet && fromCash === wallet,
      fills: this.#fills,
      fees: money(this.#fees),
      funding: money(this.#funding),
      insurance: money(this.#insurance),
      realised: money(this.#realised),
    };
  }
}
