// Whether a run's own trades, funding and insurance make its wallet, to the last unit.
import type { BacktestResult } from './run-types.ts';

export function booksAgree({ tradeTotals, audit, wallet, deposit }: BacktestResult): boolean {
  return tradeTotals.beforeFunding + audit.funding + audit.insurance === wallet - deposit;
}
