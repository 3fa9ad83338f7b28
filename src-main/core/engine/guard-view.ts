// The capital guard as the screen sees it: its state and history, clusters of open exposure, and the day's time without protection.
import type { CapitalGuardView } from '../../../src-shared/domain/risk.ts';
import { moneyToUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { exposureClusters } from '../risk/clusters.ts';
import type { EngineState } from './engine-state.ts';

export function guardView(state: EngineState, now: EpochMs): CapitalGuardView {
  const exposures = state.exposures();
  const account = state.account.view(exposures, state.guard.dayStartEquity);
  return {
    ...state.guard.view(),
    clusters: exposureClusters({
      positions: exposures.map(({ position, notionalUsdt }) => ({ symbol: position.symbol, side: position.side, notionalUsdt })),
      equityUsdt: account === null ? 0 : moneyToUsdt(account.equity),
      correlation: (a, b) => state.clusters.correlation(a, b),
      threshold: state.settings.clusterCorrelation,
    }),
    nakedSecondsUsdtToday: state.desk.nakedSecondsUsdtSince(state.guard.dayStartedAt, now),
  };
}
