// A resting entry that is moved: journalled before it is sent, never sent twice, concluded by what the venue says and by nothing else.
import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import type { OrderReport } from '../../../src-main/core/ports.ts';
import type { AmendmentApproved } from '../../../src-main/core/risk/amendment.ts';
import { sampleSignal } from '../../support/samples.ts';
import { Bench, cancelled, refusal, submitted } from './support.ts';

const FROM = ticks(599_000);
const TO = ticks(597_000);

function resting(bench: Bench): OrderIntent {
  const signal = sampleSignal();
  const entry = bench.open({ signal: { ...signal, plan: { ...signal.plan, entryKind: 'limit', entry: 59_900 } } });
  bench.acknowledge(entry);
  return entry;
}

/** What the risk manager would hand over; its own judgement has its own tests. */
const approval = (entry: OrderIntent, amount = entry.lots): AmendmentApproved =>
  ({ price: TO, lots: amount, lossAtStopUsdt: 10, loweredBy: null }) as unknown as AmendmentApproved;

const move = (bench: Bench, entry: OrderIntent, amount = entry.lots): DeskOutput =>
  bench.keep(bench.desk.amendEntry(entry.positionId, approval(entry, amount), bench.now));

const answer = (bench: Bench, entry: OrderIntent, result: Parameters<Bench['desk']['onAmended']>[0]['result']): DeskOutput =>
  bench.keep(bench.desk.onAmended({ clientOrderId: entry.clientOrderId, amendmentId: `${entry.clientOrderId}-a1`, result }, bench.now));

const moved = (bench: Bench, entry: OrderIntent, change: Partial<OrderReport> = {}): OrderReport => bench.report(entry, { price: TO, ...change });

const orderOf = (bench: Bench, entry: OrderIntent): unknown => bench.desk.context.state.orders.get(entry.clientOrderId);

const asked = (output: DeskOutput): number => output.effects.filter((effect) => effect.kind === 'query').length;
const amended = (output: DeskOutput): number => output.effects.filter((effect) => effect.kind === 'amend').length;
const told = (output: DeskOutput): readonly string[] => output.effects.flatMap((effect) => (effect.kind === 'notify' ? [effect.notification.text] : []));

describe('moving a resting entry', () => {
  it('is journalled synced with both terms and a deterministic id before it leaves', () => {
    const bench = new Bench();
    const entry = resting(bench);
    const output = move(bench, entry);
    expect(output.durable).toBe(true);
    expect(output.effects).toEqual([
      {
        kind: 'amend',
        amendmentId: `${entry.clientOrderId}-a1`,
        request: { symbol: 'BTCUSDT', clientOrderId: entry.clientOrderId, side: 'BUY', price: TO, lots: entry.lots },
      },
    ]);
    expect(output.records.find((record) => record.kind === 'order')?.data).toMatchObject({
      amendment: { before: { price: FROM, lots: entry.lots }, after: { price: TO, lots: entry.lots }, state: 'sent' },
    });
    expect(bench.position().entryPrice).toBe(59_900);
  });

  it('when the venue has taken it, order and plan have the new price, and the risk of the plan follows', () => {
    const bench = new Bench();
    const entry = resting(bench);
    const before = bench.position();
    move(bench, entry);
    answer(bench, entry, ok(moved(bench, entry)));
    expect(orderOf(bench, entry)).toMatchObject({ status: 'resting', amendment: null, intent: { price: TO } });
    expect(bench.position()).toMatchObject({ phase: 'opening', entryPrice: 59_700, stop: before.stop });
    expect(bench.position().riskPerUnit).toBeCloseTo(before.riskPerUnit - 200, 6);
  });

  it('the event of the stream may come before the answer, and an older report after it; both change nothing more', () => {
    const bench = new Bench();
    const entry = resting(bench);
    const old = bench.report(entry, {});
    bench.wait(100);
    move(bench, entry);
    bench.tell(moved(bench, entry));
    expect(orderOf(bench, entry)).toMatchObject({ amendment: null, intent: { price: TO } });
    const records = bench.records.length;
    answer(bench, entry, ok(moved(bench, entry)));
    bench.tell(old);
    expect(orderOf(bench, entry)).toMatchObject({ intent: { price: TO } });
    expect(bench.records.slice(records).filter((record) => record.kind === 'order')).toEqual([]);
  });

  it('a smaller quantity is taken over with the price', () => {
    const bench = new Bench();
    const entry = resting(bench);
    const less = lots(entry.lots - 10);
    move(bench, entry, less);
    answer(bench, entry, ok(moved(bench, entry, { lots: less })));
    expect(orderOf(bench, entry)).toMatchObject({ intent: { price: TO, lots: less } });
    bench.execute({ ...entry, price: TO, lots: less }, less, 59_700);
    expect(bench.position()).toMatchObject({ phase: 'open', lots: less });
  });

  it('a refusal leaves the entry where it was, still alive, and the person hears why', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    const output = answer(bench, entry, err(refusal(-4016)));
    expect(orderOf(bench, entry)).toMatchObject({ status: 'resting', amendment: null, intent: { price: FROM } });
    expect(told(output)).toEqual(['scripted refusal -4016 The entry stays at 59900.']);
    expect(bench.position()).toMatchObject({ phase: 'opening', entryPrice: 59_900 });
  });

  it('an unknown outcome is asked about and never sent again; the answer tells that it was carried out', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    answer(bench, entry, err(refusal(null, 'unknown')));
    const pulses = [600, 1000, 2000].map((pause) => bench.pulse(pause));
    expect(pulses.reduce((sum, output) => sum + asked(output), 0)).toBeGreaterThanOrEqual(2);
    expect(pulses.map(amended)).toEqual([0, 0, 0]);
    bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(moved(bench, entry)), bench.now));
    expect(orderOf(bench, entry)).toMatchObject({ amendment: null, intent: { price: TO } });
  });

  it('an unknown outcome is concluded as not done only after ten seconds of the old price, and says so', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    answer(bench, entry, err(refusal(null, 'unknown')));
    bench.wait(3000);
    bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, {})), bench.now));
    expect(orderOf(bench, entry)).toMatchObject({ amendment: { state: 'unknown' } });
    bench.wait(8000);
    const output = bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, {})), bench.now));
    expect(orderOf(bench, entry)).toMatchObject({ amendment: null, intent: { price: FROM } });
    expect(told(output)).toEqual(['The exchange did not carry it out. The entry stays at 59900.']);
  });

  it.each([-2013, -2011, -5027, -5043])('code %i does not tell the state of the order: it is asked', (code) => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    expect(told(answer(bench, entry, err(refusal(code))))).toEqual([]);
    expect(asked(bench.pulse(600))).toBe(1);
  });

  it('a fill between the wish and its answer opens the position, is protected, and ends the change', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    const sent = submitted(bench.execute(entry, entry.lots, 59_900));
    expect(sent.map((intent) => intent.purpose)).toEqual(['stop', 'target']);
    answer(bench, entry, err(refusal(-2013)));
    expect(orderOf(bench, entry)).toMatchObject({ status: 'filled', amendment: null });
    expect(bench.position()).toMatchObject({ phase: 'open', lots: entry.lots, entryPrice: 59_900 });
  });

  it('a partial fill between keeps its own entry price; the rest works at the new one', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    bench.execute(entry, 10, 59_900, 'partially_filled');
    answer(bench, entry, ok(moved(bench, entry, { status: 'partially_filled', filledLots: lots(10), averagePrice: 59_900 })));
    expect(orderOf(bench, entry)).toMatchObject({ status: 'partially_filled', amendment: null, intent: { price: TO } });
    expect(bench.position()).toMatchObject({ lots: 10, entryPrice: 59_900 });
    bench.execute({ ...entry, price: TO }, entry.lots - 10, 59_700);
    expect(bench.position().entryPrice).toBeCloseTo((10 * 59_900 + (entry.lots - 10) * 59_700) / entry.lots, 6);
  });

  it('when the venue ends the order instead, the position is given up and its reason says so', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    answer(bench, entry, ok(moved(bench, entry, { status: 'canceled', price: FROM })));
    expect(bench.position()).toMatchObject({ phase: 'closed' });
    expect(bench.records.at(-1)?.summary).toContain('It ended while it was being moved.');
  });

  it('a moved entry is the person’s: nothing chases it, and its time does not run out', () => {
    const bench = new Bench({ entryChaseEnabled: true, orderTimeoutSeconds: 30 });
    const entry = resting(bench);
    move(bench, entry);
    answer(bench, entry, ok(moved(bench, entry)));
    const outputs = [6000, 30_000, 60_000].map((pause) => bench.pulse(pause));
    expect(outputs.flatMap(cancelled)).toEqual([]);
    expect(outputs.flatMap(submitted)).toEqual([]);
  });

  it('one that rests for hours costs the venue one question a minute', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    answer(bench, entry, ok(moved(bench, entry)));
    const questions = (seconds: number): number => {
      let count = 0;
      for (let second = 0; second < seconds; second += 1) {
        const due = asked(bench.pulse(1000));
        count += due;
        if (due > 0) bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(moved(bench, entry)), bench.now));
      }
      return count;
    };
    expect(questions(30)).toBeGreaterThanOrEqual(5);
    questions(600);
    expect(questions(600)).toBeLessThanOrEqual(11);
  });

  it('the price follows the venue also when somebody changed the order elsewhere', () => {
    const bench = new Bench();
    const entry = resting(bench);
    bench.wait(100);
    bench.tell(moved(bench, entry));
    expect(orderOf(bench, entry)).toMatchObject({ intent: { price: TO } });
    expect(bench.position().entryPrice).toBe(59_700);
  });
});

describe('what a moved entry changes in the plan', () => {
  const positionRecords = (output: DeskOutput): readonly string[] => output.records.filter(({ kind }) => kind === 'position').map(({ summary }) => summary);

  it('the margin it ties up, at its new price, quantity and leverage', () => {
    const bench = new Bench();
    const entry = resting(bench);
    const { leverage, sizing } = bench.position();
    move(bench, entry, lots(50));
    answer(bench, entry, ok(moved(bench, entry, { lots: lots(50) })));
    expect(bench.position().sizing).toEqual({ ...sizing, marginFraction: (50 * 0.001 * 59_700) / leverage / 10_000 });
  });

  it('is journalled once, from where to where; a report that says nothing new journals nothing', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    const first = answer(bench, entry, ok(moved(bench, entry)));
    expect(positionRecords(first)).toEqual([`BTCUSDT: the entry moved from ${entry.lots} lots at 599000 ticks to ${entry.lots} lots at 597000 ticks`]);
    bench.wait(10);
    expect(bench.tell(moved(bench, entry)).records).toEqual([]);
    bench.wait(10);
    expect(positionRecords(bench.tell(moved(bench, entry, { lots: lots(entry.lots - 1) })))).toHaveLength(1);
  });

  it('nothing of a part that has filled: its price, its risk and its margin stay', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    bench.execute(entry, 10, 59_900, 'partially_filled');
    const before = bench.position();
    answer(bench, entry, ok(moved(bench, entry, { status: 'partially_filled', filledLots: lots(10), averagePrice: 59_900 })));
    expect(bench.position()).toMatchObject({ entryPrice: before.entryPrice, riskPerUnit: before.riskPerUnit, sizing: before.sizing });
  });

  it('an order changed elsewhere is told nobody: nobody here asked for it', () => {
    const bench = new Bench();
    const entry = resting(bench);
    bench.wait(100);
    expect(told(bench.tell(moved(bench, entry)))).toEqual([]);
  });

  it('of a short its risk too', () => {
    const bench = new Bench();
    const signal = sampleSignal({ side: 'short' });
    const plan = { ...signal.plan, side: 'short' as const, entryKind: 'limit' as const, entry: 60_100, stop: 60_700, target: 58_900 };
    const entry = bench.open({ signal: { ...signal, plan } });
    bench.acknowledge(entry);
    bench.keep(bench.desk.amendEntry(entry.positionId, { ...approval(entry), price: ticks(602_000) } as AmendmentApproved, bench.now));
    answer(bench, entry, ok(bench.report(entry, { price: ticks(602_000) })));
    expect(bench.position()).toMatchObject({ entryPrice: 60_200, riskPerUnit: 500 });
  });

  it('an answer that tells of fills has them fetched', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    const output = answer(bench, entry, ok(moved(bench, entry, { status: 'partially_filled', filledLots: lots(5), averagePrice: 59_700 })));
    expect(output.effects.filter(({ kind }) => kind === 'reconcile')).toMatchObject([
      { scope: 'symbols', symbols: ['BTCUSDT'], fillsSince: entry.createdAt - 1000 },
    ]);
    expect(submitted(output)).toMatchObject([{ purpose: 'stop', closePosition: true }]);
  });

  it('nothing where there is nothing to move: a market order, one that is chased, one that has ended, one that is not known', () => {
    const market = new Bench();
    const taken = market.open();
    market.acknowledge(taken);
    expect(move(market, taken)).toMatchObject({ records: [], effects: [] });
    const ended = new Bench();
    const gone = resting(ended);
    ended.tell(ended.report(gone, { status: 'canceled' }));
    expect(move(ended, gone)).toMatchObject({ records: [], effects: [] });
    expect(ended.desk.amendEntry('nobody', approval(gone), ended.now)).toMatchObject({ records: [], effects: [] });
    expect(answer(ended, { ...gone, clientOrderId: 'nobody' }, err(refusal(-4016)))).toMatchObject({ records: [], effects: [] });
  });

  it('each change of an order has an id of its own', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    answer(bench, entry, ok(moved(bench, entry)));
    const second = bench.keep(bench.desk.amendEntry(entry.positionId, { ...approval(entry), price: FROM } as AmendmentApproved, bench.now));
    expect(second.effects).toMatchObject([{ kind: 'amend', amendmentId: `${entry.clientOrderId}-a2`, request: { price: FROM } }]);
  });
});

describe('a restart while an entry is being moved', () => {
  /** The desk that a restart builds from the journal. */
  function reborn(bench: Bench): Bench['desk'] {
    const desk = bench.twin();
    for (const record of bench.records) desk.replay(record.kind, record.data);
    return desk;
  }

  it('before it was sent: the order is asked about, keeps its price, and nothing is sent again', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    const desk = reborn(bench);
    bench.wait(12_000);
    const compared = desk.onReconciled(bench.venue({ orders: [bench.report(entry, {})] }), bench.now);
    expect([...compared.effects, ...desk.onPulse(bench.now).effects].filter((effect) => effect.kind === 'amend' || effect.kind === 'submit')).toEqual([]);
    expect(desk.context.state.orders.get(entry.clientOrderId)).toMatchObject({ amendment: null, intent: { price: FROM } });
    expect(told(compared)).toEqual(['The exchange did not carry it out. The entry stays at 59900.']);
  });

  it('after it was sent: the comparison finds the new price', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    const desk = reborn(bench);
    bench.wait(3000);
    desk.onReconciled(bench.venue({ orders: [moved(bench, entry)] }), bench.now);
    expect(desk.context.state.orders.get(entry.clientOrderId)).toMatchObject({ amendment: null, intent: { price: TO } });
    expect(desk.positions()[0]?.entryPrice).toBe(59_700);
  });

  it('soon after it was sent: an old price proves nothing yet, and the order is asked until it does', () => {
    const bench = new Bench();
    const entry = resting(bench);
    move(bench, entry);
    const desk = reborn(bench);
    bench.wait(3000);
    desk.onReconciled(bench.venue({ orders: [bench.report(entry, {})] }), bench.now);
    expect(desk.context.state.orders.get(entry.clientOrderId)).toMatchObject({ amendment: { state: 'sent' } });
    desk.onPulse(bench.now);
    bench.wait(600);
    expect(asked(desk.onPulse(bench.now))).toBe(1);
  });
});
