// What the risk manager reads of account, market and guard, the same for a new position, an addition and a moved entry.
import { moneyFromUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { RiskRequest } from '../risk/manager.ts';
import type { EngineState } from './engine-state.ts';

export type RiskFacts = Pick<
  RiskRequest,
  'settings' | 'mode' | 'tradingState' | 'isFresh' | 'breaker' | 'positions' | 'equity' | 'available' | 'marginUsed' | 'price'
>;

/** Null while account or price is unknown. `without` is a position that the request itself speaks of: its exposure and margin are left out. */
export function riskFacts(
  state: EngineState,
  { symbol, without = null }: { readonly symbol: string; readonly without?: string | null },
  now: EpochMs,
): RiskFacts | null {
  const exposures = state.exposures();
  const account = state.account.view(exposures, state.guard.dayStartEquity);
  const price = state.market.prices.get(symbol);
  if (account === null || price === null) return null;
  const counted = exposures.filter(({ position }) => position.id !== without);
  return {
    settings: state.settings,
    mode: state.session.view.mode,
    tradingState: state.guard.state,
    isFresh: state.market.prices.ageMs(symbol, now) <= state.settings.staleDataSeconds * 1000 * Math.max(1, state.speed),
    breaker: state.exchange?.breaker ?? 'normal',
    positions: counted.map(({ position, notionalUsdt }) => ({
      symbol: position.symbol,
      side: position.side,
      notionalUsdt,
      correlation: state.clusters.correlation(symbol, position.symbol),
    })),
    equity: account.equity,
    available: account.available,
    marginUsed: without === null ? account.marginUsed : moneyFromUsdt(counted.reduce((sum, { marginUsdt }) => sum + marginUsdt, 0)),
    price: price.last,
  };
}
