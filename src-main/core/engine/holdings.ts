// How much each bounded memory of the engine holds, and the most it may: what a soak watches, and what tells a leak from a memory that fills.
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { CLOSED_POSITIONS_KEPT, ENDED_ORDERS_KEPT, FILLS_REMEMBERED, ORDERS_FORGOTTEN_AT_ONCE } from '../execution/desk-state.ts';
import { REMEMBERED_SIGNALS } from '../strategies/strategy.ts';
import { FILLED_GAPS_KEPT, OPEN_GAPS_KEPT } from '../structure/fair-value-gaps.ts';
import { ENDED_POOLS_KEPT, POOLS_KEPT } from '../structure/liquidity.ts';
import type { MarketState } from '../structure/market-state.ts';
import { ENDED_BLOCKS_KEPT } from '../structure/order-blocks.ts';
import { CLOSED_KEPT, NAMES_KEPT } from '../virtual/ended.ts';
import { TWINS_REMEMBERED, type EngineState } from './engine-state.ts';

export interface Holding {
  readonly name: string;
  readonly count: number;
  /** Null where only what is traded or watched bounds it. */
  readonly most: number | null;
}

export function engineHoldings({ desk, virtual, live, comparedTwins, clusters, market, settings }: EngineState): readonly Holding[] {
  const { positions, orders, fillCount } = desk.context.state;
  const { closed, names } = virtual.endedCounts;
  return [
    { name: 'open positions', count: positions.live().length, most: null },
    { name: 'closed positions', count: positions.ended().length, most: CLOSED_POSITIONS_KEPT },
    { name: 'live orders', count: orders.live().length, most: null },
    { name: 'ended orders', count: orders.ended().length, most: ENDED_ORDERS_KEPT + ORDERS_FORGOTTEN_AT_ONCE },
    { name: 'seen fills', count: fillCount, most: FILLS_REMEMBERED },
    { name: 'virtual open', count: virtual.openCount, most: settings.virtualMaximum },
    { name: 'virtual closed', count: closed, most: CLOSED_KEPT },
    { name: 'virtual names', count: names, most: NAMES_KEPT },
    { name: 'signals', count: live.memory.size, most: REMEMBERED_SIGNALS },
    { name: 'compared twins', count: comparedTwins.size, most: TWINS_REMEMBERED },
    { name: 'correlations', count: clusters.size, most: null },
    { name: 'zones', ...zonesOf(market.state, settings) },
  ];
}

/** Order blocks, gaps and liquidity pools, living and ended, of all markets; those of the hourly candles take weeks to be as many as are kept. */
function zonesOf(market: MarketState, settings: Settings): Omit<Holding, 'name'> {
  const mostOfOne = settings.orderBlockMaxHistory + ENDED_BLOCKS_KEPT + OPEN_GAPS_KEPT + FILLED_GAPS_KEPT + 2 * (POOLS_KEPT + ENDED_POOLS_KEPT);
  let count = 0;
  for (const symbol of market.symbols)
    for (const timeframe of TIMEFRAMES) {
      const frame = market.get(symbol)?.frames[timeframe];
      if (frame === undefined) continue;
      for (const { alive, ended } of [frame.orderBlocks.blocks, frame.gaps.gaps, frame.buySide.pools, frame.sellSide.pools])
        count += alive.length + ended.length;
    }
  return { count, most: market.symbols.length * TIMEFRAMES.length * mostOfOne };
}
