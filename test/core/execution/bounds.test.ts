// What the trade desk remembers of the past is bounded: months of trading take no more memory than days, and nothing in use is forgotten.
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { CLOSED_POSITIONS_KEPT, DeskState, ENDED_ORDERS_KEPT, FILLS_REMEMBERED } from '../../../src-main/core/execution/desk-state.ts';
import { createOrder, withStatus } from '../../../src-main/core/execution/order-machine.ts';
import { Bench } from './support.ts';

/** A position that trails: its first stop and target work on, every step ends another stop. */
function trail(state: DeskState, bench: Bench, steps: number): void {
  const held = bench.desk.context.state.alive()[0]!;
  const model = bench.desk.context.state.orders.get(held.stopOrderId!)!.intent;
  for (let step = 0; step < steps; step += 1) {
    const at = epochMs(bench.now + step * 60_000);
    const order = createOrder({ ...model, clientOrderId: `${model.positionId}-s${1000 + step}`, createdAt: at });
    state.setOrder(withStatus(order, 'canceled', { at }), at, { summary: '', durable: false });
    state.setPosition(held, at, '');
    state.take();
  }
}

describe('memory of the trade desk', () => {
  it('a position that trails for weeks keeps the orders that work and the newest that ended, not thousands', () => {
    const bench = new Bench();
    const { entry, stop, target } = bench.openProtected();
    const { state } = bench.desk.context;
    trail(state, bench, 20_000);
    expect(state.orders.ended().length).toBeLessThan(ENDED_ORDERS_KEPT + 60);
    // The entry ended first of all, and is still known: the position names it.
    expect([entry, stop, target].map(({ clientOrderId }) => state.orders.has(clientOrderId))).toEqual([true, true, true]);
    expect(state.orders.has(`${stop.positionId}-s20999`)).toBe(true);
    // So it is with what a restart reads.
    const reborn = new DeskState();
    reborn.restore(state.checkpoint());
    expect([...reborn.orders.values()]).toEqual([...state.orders.values()]);
    expect(JSON.stringify(state.checkpoint()).length).toBeLessThan(500_000);
  });

  it('an order that ended a moment ago is known however old it is: its fill may still be on the way', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    const { state } = bench.desk.context;
    const held = state.alive()[0]!;
    trail(state, bench, 1000);
    const at = epochMs(bench.now + 1000 * 60_000);
    state.setOrder(withStatus(state.orders.get(stop.clientOrderId)!, 'filled', { at }), at, { summary: '', durable: false });
    state.setPosition({ ...held, stopOrderId: null, position: { ...held.position, phase: 'closed', closedAt: at } }, at, '');
    expect(state.orders.get(stop.clientOrderId)?.status).toBe('filled');
  });

  it('closed positions and seen fills leave, the oldest first', () => {
    const bench = new Bench();
    bench.openProtected();
    const { state } = bench.desk.context;
    const held = state.alive()[0]!;
    for (let index = 0; index < 1000; index += 1) {
      const at = epochMs(bench.now + index);
      state.setPosition({ ...held, position: { ...held.position, id: `p${index}`, phase: 'closed', closedAt: at } }, at, '');
      for (let fill = 0; fill < 10; fill += 1)
        state.rememberFill([`f${index}-${fill}`], { time: at, kind: 'fill', positionId: null, symbol: null, summary: '', data: null });
      state.take();
    }
    expect([state.positions.ended().length, state.alive().length]).toEqual([CLOSED_POSITIONS_KEPT, 1]);
    expect(state.get('p999')).not.toBeNull();
    expect(state.checkpoint().fills).toHaveLength(FILLS_REMEMBERED);
    expect([state.hasSeen('f999-9'), state.hasSeen('f0-0')]).toEqual([true, false]);
    // A restart reads the checkpoint and the records after it: together they are no more.
    const reborn = new DeskState();
    reborn.restore(state.checkpoint());
    for (let fill = 0; fill < 300; fill += 1) reborn.replay('fill', { key: `later-${fill}` });
    expect(reborn.checkpoint().fills).toHaveLength(FILLS_REMEMBERED);
  });
});
