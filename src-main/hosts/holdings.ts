// How much each bounded memory of the running terminal holds: the engine's, the screens', the queues between them, and what learning remembers.
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { CLOSED_POSITIONS_KEPT, DECISIONS_KEPT, ENDED_ORDERS_KEPT, LOG_LINES_KEPT } from '../../src-shared/contract/replica.ts';
import { isTerminal } from '../../src-shared/domain/order.ts';
import type { Holding } from '../core/engine/holdings.ts';
import type { Learning } from './learning.ts';
import type { EngineRunner } from './runner.ts';

export interface Holders {
  readonly engine: { holdings(): readonly Holding[] };
  readonly snapshot: Snapshot;
  readonly runner: EngineRunner;
  readonly learning: Learning;
}

/** How much of each bounded memory is in use; what the soak watches. */
export function gatherHoldings({ engine, snapshot, runner, learning }: Holders): readonly Holding[] {
  const closed = Object.values(snapshot.positions).filter(({ position }) => position.phase === 'closed').length;
  const ended = Object.values(snapshot.orders).filter(({ status }) => isTerminal(status)).length;
  return [
    ...engine.holdings(),
    { name: 'screen: closed positions', count: closed, most: CLOSED_POSITIONS_KEPT },
    { name: 'screen: ended orders', count: ended, most: ENDED_ORDERS_KEPT },
    { name: 'screen: decisions', count: snapshot.decisions.length, most: DECISIONS_KEPT },
    { name: 'screen: log lines', count: snapshot.log.length, most: LOG_LINES_KEPT },
    ...runner.holdings(),
    ...learning.holdings(),
  ];
}
