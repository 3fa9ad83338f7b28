// Picks a position that will live for a while in a fast market, and starts over with another when the market ends it meanwhile.
import type { Position } from '../../src-shared/domain/position.ts';
import type { PositionView, Snapshot } from '../../src-shared/contract/view.ts';
import { until, type Screen } from './terminal.ts';

const ATTEMPTS = 6;
const WAIT_MS = 240_000;
/** So long the automation is given before a position is opened by hand. */
const PATIENCE_MS = 5000;

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

/** Opens a position by hand where there is none yet, with its stop and target, and leaves it to the automation when asked to. */
async function openByHand(engine: Screen, turn: number, isAutomatic: boolean): Promise<void> {
  const snapshot = await engine.rpc.call('snapshot', null);
  const taken = new Set(Object.values(snapshot.positions).map(({ position }) => position.symbol));
  const free = Object.values(snapshot.ticks).filter(({ symbol }) => !taken.has(symbol));
  const tick = free[turn % Math.max(1, free.length)];
  const market = tick === undefined ? undefined : snapshot.markets[tick.symbol];
  if (tick === undefined || market === undefined) return;
  const inTicks = (price: number): number => Math.round((price * 10 ** market.priceScale) / market.tickUnits);
  const answer = await engine.rpc.call('command', {
    kind: 'open-position',
    symbol: tick.symbol,
    side: 'long',
    stop: inTicks(tick.last * 0.97),
    target: inTicks(tick.last * 1.06),
  });
  if (!answer.ok || !isAutomatic) return;
  await until('the position that was opened', async () => {
    const shown = Object.values((await engine.rpc.call('snapshot', null)).positions).find(({ position }) => position.symbol === tick.symbol);
    if (shown?.position.phase !== 'open') return false;
    return (await engine.rpc.call('command', { kind: 'hand-back', positionId: shown.position.id })).ok;
  }).catch(() => undefined);
}

/**
 * Does `act` with the position that has the most room; where none suits, one is opened by hand. When `act` fails and the position is over
 * by then, the market was faster and it starts again with another one; when the position still lives, the failure is a failure.
 */
export async function withLivingPosition(
  engine: Screen,
  act: (view: PositionView) => Promise<void>,
  { isAutomatic = false }: { readonly isAutomatic?: boolean } = {},
): Promise<void> {
  const ended = new Set<string>();
  const suits = ({ id, control }: Position): boolean => !ended.has(id) && (!isAutomatic || control === 'auto');
  for (let attempt = 1; ; attempt += 1) {
    let turn = 0;
    let openAt = performance.now() + PATIENCE_MS;
    const view = await until(
      'a protected position',
      async () => {
        const found = mostLiving(await engine.rpc.call('snapshot', null), suits);
        if (found !== null || performance.now() < openAt) return found;
        await openByHand(engine, turn, isAutomatic);
        turn += 1;
        openAt = performance.now() + PATIENCE_MS;
        return null;
      },
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
