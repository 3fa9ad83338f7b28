// The venue's answers by hand: what an acknowledgement, a cancellation, a question and silence make of an order, and what is asked next.
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import type { OrderIntent, OrderStatus } from '../../../src-shared/domain/order.ts';
import { closeAtMarket } from '../../../src-main/core/execution/protection.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import type { OrderAcknowledgement } from '../../../src-main/core/ports.ts';
import { sampleSignal } from '../../support/samples.ts';
import { Bench, refusal, submitted } from './support.ts';

const statusOf = (bench: Bench, { clientOrderId }: Pick<OrderIntent, 'clientOrderId'>): OrderStatus | undefined =>
  bench.desk.context.state.orders.get(clientOrderId)?.status;
const asked = (output: DeskOutput): readonly string[] => output.effects.flatMap((effect) => (effect.kind === 'query' ? [effect.clientOrderId] : []));
const compared = (output: DeskOutput): number => output.effects.filter(({ kind }) => kind === 'reconcile').length;

function answer(bench: Bench, intent: OrderIntent, status: OrderAcknowledgement['status'], filledLots = 0): DeskOutput {
  return bench.keep(
    bench.desk.onSubmitted(
      intent.clientOrderId,
      ok({ clientOrderId: intent.clientOrderId, venueOrderId: 'v1', status, filledLots: lots(filledLots), time: bench.now }),
      bench.now,
    ),
  );
}

function limitEntry(bench: Bench): OrderIntent {
  const signal = sampleSignal();
  return bench.open({ signal: { ...signal, plan: { ...signal.plan, entryKind: 'limit', entry: 59_900 } } });
}

describe('an acknowledgement', () => {
  it.each<readonly [OrderAcknowledgement['status'], OrderStatus]>([
    ['resting', 'resting'],
    ['filled', 'resting'],
    ['partially_filled', 'resting'],
    ['expired', 'resting'],
    ['canceled', 'resting'],
  ])('L1 of an entry that says %s leaves it %s: only reports and fills end it', (told, expected) => {
    const bench = new Bench();
    const entry = bench.open();
    answer(bench, entry, told);
    expect(statusOf(bench, entry)).toBe(expected);
    expect(bench.position()).toMatchObject({ phase: 'opening', lots: 0 });
  });

  it('of a conditional that says it has ended is believed', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (stop === undefined) throw new Error('no stop');
    answer(bench, stop, 'expired');
    expect(statusOf(bench, stop)).toBe('expired');
  });

  it('of an entry that tells of fills sends the stop ahead of them, one that tells of none does not', () => {
    const bench = new Bench();
    expect(submitted(answer(bench, bench.open(), 'filled', 5))).toMatchObject([{ purpose: 'stop', closePosition: true }]);
    const none = new Bench();
    expect(submitted(answer(none, none.open(), 'resting', 0))).toEqual([]);
  });

  it('is followed by a question about an order that should have told of itself, not about a conditional', () => {
    const bench = new Bench();
    const entry = bench.open();
    answer(bench, entry, 'filled');
    const questions: string[] = [];
    for (let second = 0; second < 4; second += 0.25) questions.push(...asked(bench.pulse(250)));
    expect(questions[0]).toBe(entry.clientOrderId);
    expect(new Set(questions)).toEqual(new Set([entry.clientOrderId]));
  });

  it('of an order that is not known is nobody’s', () => {
    const bench = new Bench();
    const entry = bench.open();
    expect(answer(bench, { ...entry, clientOrderId: 'nobody' }, 'resting')).toMatchObject({ records: [], effects: [] });
  });

  it.each([
    ['of unknown outcome', null, 'unknown' as const],
    ['that its id is there already', -4116, 'not_executed' as const],
  ])('%s: the order is asked about within the second, and never sent again', (_what, code, outcome) => {
    const bench = new Bench();
    const entry = bench.open();
    bench.refuse(entry, code, outcome);
    expect(statusOf(bench, entry)).toBe('unknown');
    const output = bench.pulse(500);
    expect(asked(output)).toEqual([entry.clientOrderId]);
    expect(submitted(output)).toEqual([]);
  });
});

describe('the answer to a cancellation', () => {
  it('of a conditional ends it; of any other it is asked what became of it', () => {
    const bench = new Bench();
    const { target } = bench.openProtected();
    bench.keep(bench.desk.onCanceled(target.clientOrderId, ok(null), bench.now));
    expect(statusOf(bench, target)).toBe('canceled');
    const other = new Bench();
    const entry = limitEntry(other);
    other.acknowledge(entry);
    const output = other.keep(other.desk.onCanceled(entry.clientOrderId, ok(null), other.now));
    expect(statusOf(other, entry)).toBe('resting');
    expect(compared(output)).toBe(0);
  });

  it('that failed is asked about soon, and the contract is compared', () => {
    const bench = new Bench();
    const { target } = bench.openProtected();
    const output = bench.keep(bench.desk.onCanceled(target.clientOrderId, err(refusal(-2011)), bench.now));
    expect(statusOf(bench, target)).toBe('resting');
    expect(compared(output)).toBe(1);
    expect(asked(bench.pulse(299))).toEqual([]);
    expect(asked(bench.pulse(1))).toEqual([target.clientOrderId]);
  });

  it('of an order that has ended or is not known changes nothing', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    for (const id of [entry.clientOrderId, 'nobody'])
      expect(bench.keep(bench.desk.onCanceled(id, err(refusal(-2011)), bench.now))).toMatchObject({ records: [], effects: [] });
  });
});

describe('an order the venue does not know', () => {
  const ignorant = (bench: Bench, { clientOrderId }: OrderIntent): DeskOutput => bench.keep(bench.desk.onQueried(clientOrderId, ok(null), bench.now));

  it('was never placed after ten seconds of that answer: then the entry is let go', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.refuse(entry, null, 'unknown');
    bench.wait(10_000);
    ignorant(bench, entry);
    expect(statusOf(bench, entry)).toBe('unknown');
    bench.wait(1);
    const output = ignorant(bench, entry);
    expect(bench.desk.context.state.orders.get(entry.clientOrderId)).toMatchObject({
      status: 'rejected',
      reason: 'The venue does not know this order; it was never placed.',
    });
    expect(bench.position().phase).toBe('closed');
    expect(compared(output)).toBe(0);
  });

  it('of a stop is believed after one second: its position is naked', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (stop === undefined) throw new Error('no stop');
    bench.refuse(stop, null, 'unknown');
    bench.wait(1000);
    ignorant(bench, stop);
    expect(statusOf(bench, stop)).toBe('unknown');
    bench.wait(1);
    expect(compared(ignorant(bench, stop))).toBe(1);
    expect(statusOf(bench, stop)).toBe('rejected');
    expect(submitted(bench.pulse(250))).toMatchObject([{ purpose: 'stop' }]);
  });

  it('but had taken: a conditional has vanished at once, any other only after a minute', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    expect(compared(ignorant(bench, stop))).toBe(1);
    expect(bench.desk.context.state.orders.get(stop.clientOrderId)).toMatchObject({
      status: 'expired',
      reason: 'The venue had taken this order and does not know it any more.',
    });
    const other = new Bench();
    const entry = limitEntry(other);
    other.acknowledge(entry);
    other.wait(60_000);
    ignorant(other, entry);
    expect(statusOf(other, entry)).toBe('resting');
    other.wait(1);
    ignorant(other, entry);
    expect(statusOf(other, entry)).toBe('expired');
  });

  it('and that has triggered may be hard to find: it is given its minute', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    bench.tell(bench.report(stop, { status: 'filled', triggeredOrderId: 'real-1' }));
    ignorant(bench, stop);
    expect(statusOf(bench, stop)).toBe('triggered');
  });

  it('an answer that did not come changes nothing', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.refuse(entry, null, 'unknown');
    bench.wait(60_000);
    bench.keep(bench.desk.onQueried(entry.clientOrderId, err(refusal(null, 'unknown')), bench.now));
    expect(statusOf(bench, entry)).toBe('unknown');
  });
});

describe('the answer to a question', () => {
  it('that tells of more fills than its events has them fetched', () => {
    const bench = new Bench();
    const entry = limitEntry(bench);
    bench.acknowledge(entry);
    const part = bench.report(entry, { status: 'partially_filled', filledLots: lots(5), averagePrice: 59_900 });
    const output = bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(part), bench.now));
    expect(output.effects.filter(({ kind }) => kind === 'reconcile')).toMatchObject([{ symbols: ['BTCUSDT'], fillsSince: entry.createdAt - 1000 }]);
  });

  it('that a close has filled unheard has its fills fetched too; one that tells nothing new asks for none', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const [close] = submitted(
      bench.keep(
        bench.desk.change(entry.positionId, bench.now, {
          summary: '',
          apply: (held) => closeAtMarket(bench.desk.context, held, { amount: held.position.lots, reason: 'manual', now: bench.now }),
        }),
      ),
    );
    if (close === undefined) throw new Error('no close');
    bench.acknowledge(close);
    expect(compared(bench.keep(bench.desk.onQueried(close.clientOrderId, ok(bench.report(close, {})), bench.now)))).toBe(0);
    const filled = bench.report(close, { status: 'filled', filledLots: close.lots, averagePrice: 60_000 });
    const output = bench.keep(bench.desk.onQueried(close.clientOrderId, ok(filled), bench.now));
    expect(output.effects.filter(({ kind }) => kind === 'reconcile')).toMatchObject([{ symbols: ['BTCUSDT'], fillsSince: close.createdAt - 1000 }]);
  });

  it('that it works is followed by the next, later the older it is, at most a minute', () => {
    const bench = new Bench();
    const entry = limitEntry(bench);
    bench.acknowledge(entry);
    const pauseAfter = (age: number): number => {
      bench.wait(age);
      bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, {})), bench.now));
      const from = bench.now;
      for (let passed = 0; passed < 120_000; passed += 500)
        if (asked(bench.keep(bench.desk.onPulse(bench.wait(500).now))).includes(entry.clientOrderId)) return bench.now - from;
      return Infinity;
    };
    bench.settings = { ...bench.settings, orderTimeoutSeconds: 3600 };
    const young = pauseAfter(1000);
    const older = pauseAfter(200_000);
    const old = pauseAfter(3_000_000);
    expect(young).toBeLessThan(older);
    expect(older).toBeLessThan(old);
    expect(old).toBe(60_000);
  });

  it('that it has ended ends the questions', () => {
    const bench = new Bench();
    const entry = limitEntry(bench);
    bench.acknowledge(entry);
    bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, { status: 'canceled' })), bench.now));
    expect(bench.position().phase).toBe('closed');
    for (let pulse = 0; pulse < 20; pulse += 1) expect(asked(bench.pulse(5000))).toEqual([]);
  });
});

describe('a refusal', () => {
  it.each([-2021, -4131])('L2 of a stop with code %i', (code) => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (stop === undefined) throw new Error('no stop');
    const output = bench.refuse(stop, code);
    expect(submitted(output).map(({ purpose }) => purpose)).toEqual(code === -2021 ? ['close'] : []);
    expect(statusOf(bench, stop)).toBe('rejected');
  });

  it('of a target with a code that would close a stop closes nothing', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const sent = submitted(bench.execute(entry, entry.lots, 60_000));
    const target = sent.find(({ purpose }) => purpose === 'target');
    if (target === undefined) throw new Error('no target');
    expect(target.trigger).toBe(ticks(612_000));
    expect(submitted(bench.refuse(target, -2021))).toEqual([]);
  });
});
