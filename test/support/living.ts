// Picks a position that will live for a while in a fast market, and starts over with another when the market ends it meanwhile.
import type { Position } from '../../src-shared/domain/position.ts';
import type { PositionView, Snapshot } from '../../src-shared/contract/view.ts';
import { until, type Screen } from './terminal.ts';

const ATTEMPTS = 6;
const WAIT_MS = 240_000;

/** Share of the mark that lies between it and the nearer of stop and target. */
function room(view: PositionView, snapshot: Snapshot): number {
  const { position, mark } = view;
  const market = snapshot.markets[position.symbol];
  if (market === undefined || mark <= 0) return 0;
  const priceOf = (ticks: number): number => (ticks * market.tickUnits) / 10 ** market.priceScale;
  return Math.min(...[position.stop, position.target].map((level) => (level === null ? Infinity : Math.abs(priceOf(level) / mark - 1))));
}

/** The protected open position with the most room to both of its levels that `suits`; null when there is none. */
export function mostLiving(snapshot: Snapshot, suits: (position: Position) => boolean = () => true): PositionView | null {
  const open = Object.values(snapshot.positions).filter(
    ({ position }) => position.phase === 'open' && position.protection === 'protected' && position.lots > 1 && suits(position),
  );
  return open.toSorted((a, b) => room(b, snapshot) - room(a, snapshot))[0] ?? null;
}

/**
 * Does `act` with the position that has the most room. When it fails and the position is over by then, the market was
 * faster and `act` starts again with another one; when the position still lives, the failure is a failure.
 */
export async function withLivingPosition(
  engine: Screen,
  act: (view: PositionView) => Promise<void>,
  suits: (position: Position) => boolean = () => true,
): Promise<void> {
  const ended = new Set<string>();
  for (let attempt = 1; ; attempt += 1) {
    const view = await until(
      'a protected position',
      async () => mostLiving(await engine.rpc.call('snapshot', null), (position) => !ended.has(position.id) && suits(position)),
      WAIT_MS,
    );
    const { id } = view.position;
    try {
      await act(view);
      return;
    } catch (failure) {
      const now = (await engine.rpc.call('snapshot', null)).positions[id];
      const isOver = now === undefined || now.position.phase !== 'open';
      if (!isOver || attempt === ATTEMPTS) throw failure;
      ended.add(id);
    }
  }
}
