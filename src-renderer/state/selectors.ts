// What several panels ask of the replica: open positions, the chosen one, exposure and the naked-risk clock.
import { useMemo } from 'react';
import type { MarketInfo, PositionView, Snapshot } from '../../src-shared/contract/view.ts';
import { lotsToQuantity } from '../ui/format.ts';
import { useScreen } from './store.ts';

type Positions = Readonly<Record<string, PositionView>>;
type Markets = Readonly<Record<string, MarketInfo>>;

/** What is held on a market; null where nothing has filled. A reason not to trade it reads otherwise while something is held. */
export function heldOn(positions: Positions | undefined, symbol: string): PositionView | null {
  return Object.values(positions ?? {}).find(({ position }) => position.symbol === symbol && position.phase !== 'closed' && position.lots > 0) ?? null;
}

/** Positions that are not closed, oldest first. */
export function openPositions(positions: Positions): readonly PositionView[] {
  return Object.values(positions)
    .filter((view) => view.position.phase !== 'closed')
    .toSorted((a, b) => a.position.openedAt - b.position.openedAt || (a.position.id < b.position.id ? -1 : 1));
}

export function useOpenPositions(): readonly PositionView[] {
  const positions = useScreen((state) => state.snapshot?.positions);
  return useMemo(() => openPositions(positions ?? {}), [positions]);
}

/** Value of a position at its mark, USDT. */
export function notionalOf(view: PositionView, market: MarketInfo | undefined): number {
  return lotsToQuantity(market, view.position.lots) * view.mark;
}

/** The position that keys act on: the one in the detail, else the first on the chosen market. */
export function chosenPosition(): PositionView | null {
  const { snapshot, detailId, symbol } = useScreen.getState();
  const open = openPositions(snapshot?.positions ?? {}).filter((view) => view.position.lots > 0);
  return open.find((view) => view.position.id === detailId) ?? open.find((view) => view.position.symbol === symbol) ?? null;
}

export interface NakedRisk {
  readonly count: number;
  /** Longest time without a confirmed stop, ms of engine time. */
  readonly longestMs: number;
  /** Sum of seconds × USDT over the positions that are naked now. */
  readonly secondsUsdt: number;
}

/** What may still be lost before the limit of the day halts trading, in units of 1e-8 USDT; never below 0. */
export function dailyLossLeft(guard: Pick<Snapshot['guard'], 'dayStartEquity' | 'dailyLossFraction'>, limitPercent: number): number {
  return guard.dayStartEquity * Math.max(0, limitPercent / 100 - guard.dailyLossFraction);
}

/** The naked-risk clock: how long and how much is open without a confirmed stop at the exchange. */
export function nakedRisk(open: readonly PositionView[], markets: Markets, now: number): NakedRisk {
  let count = 0;
  let longestMs = 0;
  let secondsUsdt = 0;
  for (const view of open) {
    if (view.position.lots === 0 || view.position.protection !== 'naked') continue;
    const forMs = Math.max(0, now - (view.position.nakedSince ?? now));
    count += 1;
    longestMs = Math.max(longestMs, forMs);
    secondsUsdt += (forMs / 1000) * notionalOf(view, markets[view.position.symbol]);
  }
  return { count, longestMs, secondsUsdt };
}
