// The plan of a resting entry at the desk: what is journalled, what of the risk follows, and when there is nothing to change.
import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { lots, moneyFromUsdt, ticks } from '../../../src-shared/kernel/units.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import { isFilling } from '../../../src-main/core/execution/plan-change.ts';
import { sampleSignal } from '../../support/samples.ts';
import { Bench, submitted } from './support.ts';

/** A limit entry a hundred USDT away from the price; its stop at 59 400 (a short's at 60 600). */
function resting(bench: Bench, side: 'long' | 'short' = 'long'): OrderIntent {
  const signal = sampleSignal({ side });
  const plan = side === 'long' ? { entry: 59_900 } : { entry: 60_100, stop: 60_600, target: 58_800 };
  const entry = bench.open({ signal: { ...signal, plan: { ...signal.plan, side, entryKind: 'limit', ...plan } } });
  bench.acknowledge(entry);
  return entry;
}

const change = (bench: Bench, positionId: string, stop: number | null, target: number | null = 612_000): DeskOutput =>
  bench.keep(
    bench.desk.movePlan(
      { positionId, levels: { stop: stop === null ? null : ticks(stop), target: target === null ? null : ticks(target) }, lossAtStopUsdt: 40 },
      bench.now,
    ),
  );

describe('the plan at the desk', () => {
  it.each([
    ['long', 592_000, 700],
    ['short', 607_000, 600],
  ] as const)('of a %s takes its stop, and the risk of a coin is the way to it', (side, stop, risk) => {
    const bench = new Bench();
    const entry = resting(bench, side);
    const output = change(bench, entry.positionId, stop);
    expect(output).toMatchObject({ durable: true, effects: [] });
    expect(bench.position()).toMatchObject({ phase: 'opening', stop, riskPerUnit: risk, sizing: { lossAtStop: moneyFromUsdt(40), lossAtStopFraction: 0.004 } });
    expect(output.records).toHaveLength(1);
    expect([...bench.desk.context.state.positions.values()].at(-1)).toMatchObject({ isEntryByHand: true, handAction: 'move-plan' });
  });

  it('keeps what a person did with it first', () => {
    const bench = new Bench();
    const entry = resting(bench);
    bench.desk.change(entry.positionId, bench.now, { summary: '', action: 'take-over', apply: (held) => held });
    change(bench, entry.positionId, 592_000);
    expect([...bench.desk.context.state.positions.values()].at(-1)?.handAction).toBe('take-over');
  });

  it('of a part that has filled keeps the risk it was opened with, and moves only the order whose level moves', () => {
    const bench = new Bench();
    const entry = resting(bench);
    for (const intent of submitted(bench.execute(entry, 10, 59_900, 'partially_filled'))) bench.acknowledge(intent);
    const { riskPerUnit } = bench.position();
    const output = change(bench, entry.positionId, 592_000, bench.position().target);
    expect(submitted(output)).toMatchObject([{ purpose: 'stop', trigger: 592_000, lots: lots(10), closePosition: false }]);
    expect(bench.position()).toMatchObject({ riskPerUnit, stop: 592_000 });
    const same = new Bench();
    const other = resting(same);
    for (const intent of submitted(same.execute(other, 10, 59_900, 'partially_filled'))) same.acknowledge(intent);
    expect(submitted(change(same, other.positionId, same.position().stop, 640_000)).map(({ purpose }) => purpose)).not.toContain('stop');
    expect(same.position().target).toBe(640_000);
  });

  it('without a level leaves it as it is', () => {
    const bench = new Bench();
    const entry = resting(bench);
    change(bench, entry.positionId, null, null);
    expect(bench.position()).toMatchObject({ stop: 594_000, target: 612_000 });
  });

  it('is not changed where nothing rests', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    expect(change(bench, entry.positionId, 592_000)).toMatchObject({ records: [], effects: [] });
    expect(change(bench, 'nobody', 592_000)).toMatchObject({ records: [], effects: [] });
  });

  it('L24 survives a restart, and the fill gets the new stop', () => {
    const bench = new Bench();
    const entry = resting(bench);
    change(bench, entry.positionId, 592_000);
    const desk = bench.twin();
    for (const record of bench.records) desk.replay(record.kind, record.data);
    desk.onReconciled(bench.venue({ orders: [bench.report(entry, {})] }), bench.now);
    const filled = bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: 59_900 });
    const output = desk.onVenueEvent({ kind: 'order', report: filled, fill: bench.fillOf(entry, entry.lots, 59_900) }, bench.now);
    expect(submitted(output)).toMatchObject([
      { purpose: 'stop', trigger: 592_000, closePosition: true },
      { purpose: 'target', trigger: 612_000 },
    ]);
    expect(desk.positions()).toMatchObject([{ riskPerUnit: 700 }]);
  });
});

describe('an entry is filling', () => {
  const of = (bench: Bench): boolean => {
    const held = [...bench.desk.context.state.positions.values()].at(-1);
    if (held === undefined) throw new Error('no position');
    return isFilling(bench.desk.context, held);
  };

  it('while the venue tells of more than has come, and not before or after', () => {
    const bench = new Bench();
    const entry = resting(bench);
    expect(of(bench)).toBe(false);
    bench.tell(bench.report(entry, { status: 'partially_filled', filledLots: lots(10), averagePrice: 59_900 }));
    expect(of(bench)).toBe(true);
    bench.tell(bench.report(entry, { status: 'partially_filled', filledLots: lots(10), averagePrice: 59_900 }), bench.fillOf(entry, 10, 59_900));
    expect(of(bench)).toBe(false);
  });

  it('when the answer to it told of fills, and when more is told than has come', () => {
    const told = new Bench();
    const signal = sampleSignal();
    const entry = told.open({ signal: { ...signal, plan: { ...signal.plan, entryKind: 'limit', entry: 59_900 } } });
    const acknowledgement = {
      clientOrderId: entry.clientOrderId,
      venueOrderId: 'v1',
      status: 'partially_filled' as const,
      filledLots: lots(5),
      time: told.now,
    };
    told.keep(told.desk.onSubmitted(entry.clientOrderId, ok(acknowledgement), told.now));
    expect(of(told)).toBe(true);
    const more = new Bench();
    const partly = resting(more);
    for (const intent of submitted(more.execute(partly, 10, 59_900, 'partially_filled'))) more.acknowledge(intent);
    expect(of(more)).toBe(false);
    more.tell(more.report(partly, { status: 'partially_filled', filledLots: lots(20), averagePrice: 59_900 }));
    expect(of(more)).toBe(true);
  });
});
