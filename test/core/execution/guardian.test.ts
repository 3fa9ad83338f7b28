// The guardian by its clock: how long a missing stop, a missing target, an unanswered close and a stop that did nothing are borne, on both sides.
import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import { closeAtMarket, moveTarget } from '../../../src-main/core/execution/protection.ts';
import { sampleSignal } from '../../support/samples.ts';
import { Bench, cancelled, lifecycleOf, submitted } from './support.ts';

/** A short from 60 000 with its stop at 60 600 and its target at 58 800. */
function openedShort(bench: Bench): ReturnType<Bench['openProtected']> {
  const signal = sampleSignal({ side: 'short' });
  const plan = { ...signal.plan, side: 'short' as const, stop: 60_600, target: 58_800 };
  return bench.openProtected({ signal: { ...signal, plan } });
}

/** What leaves within so many milliseconds, pulse by pulse. */
function sentWithin(bench: Bench, milliseconds: number, step = 250): readonly OrderIntent[] {
  const sent: OrderIntent[] = [];
  for (let passed = 0; passed < milliseconds; passed += step) sent.push(...submitted(bench.pulse(step)));
  return sent;
}

const purposes = (sent: readonly OrderIntent[]): readonly string[] => sent.map(({ purpose }) => purpose);

describe('the watchdog beside the venue’s stop', () => {
  it.each([
    ['long', 59_399, 59_400],
    ['short', 60_601, 60_600],
  ] as const)('L3 closes a %s after three seconds beyond its stop, and not a moment sooner', (side, beyond, at) => {
    const bench = new Bench();
    if (side === 'long') bench.openProtected();
    else openedShort(bench);
    bench.mark = at;
    expect(sentWithin(bench, 5000)).toEqual([]);
    bench.mark = beyond;
    bench.pulse(250);
    expect(purposes(sentWithin(bench, 2750))).toEqual([]);
    const output = bench.pulse(250);
    expect(submitted(output)).toMatchObject([{ purpose: 'close', side: side === 'long' ? 'SELL' : 'BUY', reduceOnly: true }]);
    expect(output.records.map(({ summary }) => summary)).toContain('BTCUSDT: price passed the stop and the venue did not close; closing at the market');
    expect(bench.position().phase).toBe('closing');
  });

  it('counts anew when the price came back', () => {
    const bench = new Bench();
    bench.openProtected();
    bench.mark = 59_300;
    expect(sentWithin(bench, 2500)).toEqual([]);
    bench.mark = 59_500;
    bench.pulse(250);
    bench.mark = 59_300;
    expect(sentWithin(bench, 3000)).toEqual([]);
    expect(purposes(sentWithin(bench, 500))).toEqual(['close']);
  });
});

describe('a stop that has triggered', () => {
  it('protects while its order works: five seconds after the last it did, another takes its place', () => {
    const bench = new Bench();
    const { stop, entry } = bench.openProtected();
    bench.tell(bench.report(stop, { status: 'filled', triggeredOrderId: 'real-1' }));
    bench.wait(2000);
    bench.execute(stop, 10, 59_390, 'partially_filled');
    expect(bench.position()).toMatchObject({ lots: entry.lots - 10 });
    const late = sentWithin(bench, 4750);
    expect(purposes(late)).not.toContain('stop');
    const again = sentWithin(bench, 500);
    expect(again).toMatchObject([{ purpose: 'stop', trigger: stop.trigger, closePosition: true }]);
    expect(bench.records.map(({ summary }) => summary)).toContain('BTCUSDT: stop order is spent and the position still open');
    expect(bench.desk.context.state.orders.get(stop.clientOrderId)).toMatchObject({
      status: 'filled',
      reason: 'It triggered, and the position is still open.',
    });
  });

  it('and was not the end is not the reason of the end', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    bench.tell(bench.report(stop, { status: 'filled', triggeredOrderId: 'real-1' }));
    bench.execute(stop, 10, 59_390, 'partially_filled');
    expect([...bench.desk.context.state.positions.values()].at(-1)?.closeReason).toBe('stop');
    sentWithin(bench, 5500);
    expect([...bench.desk.context.state.positions.values()].at(-1)?.closeReason).toBeNull();
  });
});

describe('a stop that does not rest', () => {
  it('L2 is sent again once a second, until the set time is over and the position is closed', () => {
    const bench = new Bench({ unprotectedCloseSeconds: 5 });
    const entry = bench.open();
    bench.acknowledge(entry);
    const [first] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (first === undefined) throw new Error('no stop');
    bench.refuse(first, -4013);
    const times: number[] = [];
    const began = bench.now;
    let closed = 0;
    for (let passed = 0; passed < 7000 && closed === 0; passed += 250) {
      for (const intent of submitted(bench.pulse(250))) {
        if (intent.purpose === 'stop') {
          times.push(bench.now - began);
          bench.refuse(intent, -4013);
        }
        if (intent.purpose === 'close') closed = bench.now - began;
      }
    }
    expect(times).toEqual([1250, 2500, 3750, 5000]);
    expect(closed).toBe(5250);
    expect(bench.position()).toMatchObject({ phase: 'closing', protection: 'naked' });
  });
});

describe('a target that does not rest', () => {
  it('is sent again at once when it ended, and every three seconds when it is refused; the stop protects meanwhile', () => {
    const bench = new Bench();
    const { target } = bench.openProtected();
    const first = submitted(bench.tell(bench.report(target, { status: 'expired' })));
    expect(purposes(first)).toEqual(['target']);
    if (first[0] !== undefined) bench.refuse(first[0], -4013);
    expect(sentWithin(bench, 3000)).toEqual([]);
    expect(purposes(sentWithin(bench, 250))).toEqual(['target']);
    expect(bench.position()).toMatchObject({ phase: 'open', protection: 'stop_only' });
  });

  it('that replaces another and is refused leaves the other in force', () => {
    const bench = new Bench();
    const { entry, target } = bench.openProtected();
    const output = bench.keep(
      bench.desk.change(entry.positionId, bench.now, {
        summary: 'moved',
        apply: (current) => moveTarget(bench.desk.context, current, { target: ticks(630_000), now: bench.now }),
      }),
    );
    const [next] = submitted(output);
    if (next === undefined) throw new Error('no target');
    expect(bench.position().target).toBe(630_000);
    expect(cancelled(bench.refuse(next, -4013))).toEqual([]);
    expect(bench.position()).toMatchObject({ target: target.trigger, protection: 'protected' });
    expect(sentWithin(bench, 5000)).toEqual([]);
  });

  it('that replaces another and rests takes its place', () => {
    const bench = new Bench();
    const { entry, target } = bench.openProtected();
    const [next] = submitted(
      bench.keep(
        bench.desk.change(entry.positionId, bench.now, {
          summary: 'moved',
          apply: (current) => moveTarget(bench.desk.context, current, { target: ticks(630_000), now: bench.now }),
        }),
      ),
    );
    if (next === undefined) throw new Error('no target');
    expect(cancelled(bench.acknowledge(next))).toEqual([target.clientOrderId]);
    expect(bench.position()).toMatchObject({ target: ticks(630_000), protection: 'protected' });
  });
});

describe('a close', () => {
  const close = (bench: Bench, positionId: string, amount: number): readonly OrderIntent[] =>
    submitted(
      bench.keep(
        bench.desk.change(positionId, bench.now, {
          summary: 'closed',
          apply: (current) => closeAtMarket(bench.desk.context, current, { amount, reason: 'manual', now: bench.now }),
        }),
      ),
    );

  it('that is refused is sent again after a second and a half', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const [first] = close(bench, entry.positionId, entry.lots);
    if (first === undefined) throw new Error('no close');
    bench.refuse(first, -1001);
    expect(sentWithin(bench, 1250)).toEqual([]);
    expect(purposes(sentWithin(bench, 500))).toEqual(['close']);
  });

  it('in a book too thin for a market order goes out as a limit inside the band, for a short above the mark', () => {
    const bench = new Bench();
    const { entry } = openedShort(bench);
    const [first] = close(bench, entry.positionId, entry.lots);
    if (first === undefined) throw new Error('no close');
    bench.refuse(first, -4131);
    // Nine tenths of the five percent that the filter permits.
    expect(sentWithin(bench, 2000)).toMatchObject([{ purpose: 'close', kind: 'limit', timeInForce: 'IOC', price: ticks(627_000), side: 'BUY' }]);
  });

  it('of a part leaves the position open and its target follows the quantity', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const [part] = close(bench, entry.positionId, 40);
    expect(part).toMatchObject({ purpose: 'reduce', lots: 40, kind: 'market' });
    if (part === undefined) return;
    expect(submitted(bench.execute(part, 40, 60_100))).toMatchObject([{ purpose: 'target', lots: lots(entry.lots - 40) }]);
    expect(bench.position()).toMatchObject({ phase: 'open', lots: entry.lots - 40, protection: 'protected' });
  });

  it('of everything while another is in flight is remembered, and the first reason stays', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const [part] = close(bench, entry.positionId, 40);
    expect(close(bench, entry.positionId, entry.lots)).toEqual([]);
    expect(bench.position().phase).toBe('closing');
    if (part === undefined) return;
    bench.execute(part, 40, 60_100);
    expect(sentWithin(bench, 2000)).toMatchObject([{ purpose: 'close', lots: lots(entry.lots - 40) }]);
  });

  it('of a position that is closed does nothing', () => {
    const bench = new Bench();
    const { entry, stop } = bench.openProtected();
    bench.execute(stop, entry.lots, 59_400);
    expect(close(bench, entry.positionId, 1)).toEqual([]);
  });
});

describe('what a position went through', () => {
  it('is told in steps of a twentieth of R, up and down, and kept', () => {
    const bench = new Bench();
    bench.openProtected();
    const told = (mark: number): readonly string[] => {
      const before = bench.records.length;
      bench.mark = mark;
      bench.pulse(6000);
      return lifecycleOf(bench.records.slice(before));
    };
    // A risk of 600 a coin; fees are some 0.05 R.
    expect(told(60_120)).toEqual(['max_pnl_updated']);
    const high = bench.position().maxPnlR;
    expect(high).toBeGreaterThan(0.1);
    expect(told(60_140)).toEqual([]);
    expect(told(60_170)).toEqual(['max_pnl_updated']);
    expect(told(59_800)).toEqual(['min_pnl_updated']);
    expect(bench.position().minPnlR).toBeLessThan(-0.3);
    expect(told(59_790)).toEqual([]);
    expect(told(59_700)).toEqual(['min_pnl_updated']);
    expect(bench.position().maxPnlR).toBeGreaterThan(high);
  });

  it('L24 survives a restart', () => {
    const bench = new Bench();
    bench.openProtected();
    for (const mark of [60_300, 59_700]) {
      bench.mark = mark;
      bench.pulse(6000);
    }
    const { maxPnlR, minPnlR } = bench.position();
    const desk = bench.twin();
    for (const record of bench.records) desk.replay(record.kind, record.data);
    expect(desk.positions()).toMatchObject([{ maxPnlR, minPnlR }]);
    expect([maxPnlR > 0.3, minPnlR < -0.3]).toEqual([true, true]);
  });

  it('coming near its stop or its target is told once, and again only after it had gone away', () => {
    const bench = new Bench();
    bench.openProtected();
    const told = (mark: number): readonly string[] => {
      const before = bench.records.length;
      bench.mark = mark;
      bench.pulse(6000);
      return lifecycleOf(bench.records.slice(before)).filter((kind) => kind.endsWith('approaching'));
    };
    expect(told(59_530)).toEqual([]);
    expect(told(59_515)).toEqual(['sl_approaching']);
    expect(told(59_530)).toEqual([]);
    expect(told(59_515)).toEqual([]);
    expect(told(59_700)).toEqual([]);
    expect(told(59_515)).toEqual(['sl_approaching']);
    expect(told(60_970)).toEqual(['tp_approaching']);
  });
});
