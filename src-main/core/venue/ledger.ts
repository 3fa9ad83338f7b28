// The wallet in whole units of 1e-8 USDT: every change is one income line, so what was carried over and the lines always sum to the balance.
import { addMoney, money, ZERO_MONEY, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';
import type { Income, IncomeType } from './types.ts';

const INCOME_KEPT = 20_000;

export interface LedgerState {
  readonly wallet: Money;
  readonly lines: readonly Income[];
  readonly nextId: number;
  /** Sum of the lines that were too old to keep. */
  readonly carried?: Money;
}

export class Ledger {
  #wallet: Money = ZERO_MONEY;
  #lines: Income[] = [];
  #nextId = 1;
  #carried: Money = ZERO_MONEY;

  get wallet(): Money {
    return this.#wallet;
  }

  /** Sum of the lines that were too old to keep. */
  get carried(): Money {
    return this.#carried;
  }

  get lines(): readonly Income[] {
    return this.#lines;
  }

  /** Adds a signed amount and its line. A zero changes nothing and leaves no line. */
  post(entry: { readonly type: IncomeType; readonly symbol: string; readonly amount: Money; readonly time: EpochMs; readonly tradeId: number | null }): void {
    if (entry.amount === 0) return;
    this.#wallet = addMoney(this.#wallet, entry.amount);
    this.#lines.push({ id: this.#nextId++, ...entry });
    if (this.#lines.length <= INCOME_KEPT) return;
    const gone = this.#lines.length - INCOME_KEPT / 2;
    for (const { amount } of this.#lines.slice(0, gone)) this.#carried = addMoney(this.#carried, amount);
    this.#lines = this.#lines.slice(gone);
  }

  state(): LedgerState {
    return { wallet: this.#wallet, lines: this.#lines, nextId: this.#nextId, carried: this.#carried };
  }

  restore(state: LedgerState): void {
    this.#wallet = state.wallet;
    this.#lines = [...state.lines];
    this.#nextId = state.nextId;
    this.#carried = state.carried ?? ZERO_MONEY;
  }
}

/** amount × numerator / denominator in exact integers, rounded away from zero (fees are never rounded in the trader's favour). */
export function scaleMoneyUp(amount: Money, numerator: number, denominator: number): Money {
  const product = BigInt(amount) * BigInt(numerator);
  const divisor = BigInt(denominator);
  const quotient = product / divisor;
  const remainder = product % divisor;
  return money(Number(remainder === 0n ? quotient : product > 0n ? quotient + 1n : quotient - 1n));
}

/** amount × numerator / denominator in exact integers, rounded towards zero. */
export function scaleMoneyDown(amount: Money, numerator: number, denominator: number): Money {
  return money(Number((BigInt(amount) * BigInt(numerator)) / BigInt(denominator)));
}
