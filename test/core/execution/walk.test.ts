// Random walks: whatever the stream doubles, delays or reorders, the desk agrees with a simple account, and the journal rebuilds it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal, type Fill, type OrderIntent } from '../../../src-shared/domain/order.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots } from '../../../src-shared/kernel/units.ts';
import type { OrderReport } from '../../../src-main/core/ports.ts';
import { Bench, submitted, venuePosition } from './support.ts';

type Step =
  | { readonly kind: 'fill-entry'; readonly share: number }
  | { readonly kind: 'acknowledge' }
  | { readonly kind: 'deliver'; readonly pick: number; readonly twice: boolean }
  | { readonly kind: 'close-by-hand'; readonly share: number }
  | { readonly kind: 'price'; readonly mark: number }
  | { readonly kind: 'wait'; readonly milliseconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('fill-entry' as const), share: fc.double({ min: 0.1, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('acknowledge' as const) }),
  fc.record({ kind: fc.constant('deliver' as const), pick: fc.nat(20), twice: fc.boolean() }),
  fc.record({ kind: fc.constant('close-by-hand' as const), share: fc.double({ min: 0.1, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('price' as const), mark: fc.double({ min: 59_450, max: 61_150, noNaN: true }) }),
  fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.integer({ min: 50, max: 900 }) }),
);

interface Told {
  readonly report: OrderReport;
  readonly fill: Fill | null;
}

/** A venue that knows the truth at once and tells it late, twice or in another order. */
class Account {
  readonly bench = new Bench();
  readonly entry: OrderIntent;
  readonly mail: Told[] = [];
  readonly waiting: OrderIntent[] = [];
  opened = 0;
  closed = 0;
  #handSales = 0;

  constructor() {
    this.entry = this.bench.open();
    this.waiting.push(this.entry);
  }

  run(action: Step): void {
    const { bench } = this;
    switch (action.kind) {
      case 'fill-entry': {
        const amount = Math.min(this.entry.lots - this.opened, Math.ceil(this.entry.lots * action.share));
        if (amount <= 0) return;
        this.opened += amount;
        this.mail.push({
          report: bench.report(this.entry, {
            status: this.opened === this.entry.lots ? 'filled' : 'partially_filled',
            filledLots: lots(this.opened),
            averagePrice: 60_000,
          }),
          fill: bench.fillOf(this.entry, amount, 60_000),
        });
        return;
      }
      case 'close-by-hand': {
        const amount = Math.min(this.opened - this.closed, Math.ceil((this.opened - this.closed) * action.share));
        if (amount <= 0) return;
        this.closed += amount;
        this.#handSales += 1;
        const sale = { ...this.entry, clientOrderId: `web_${this.#handSales}`, side: 'SELL' as const };
        this.mail.push({
          report: bench.report(sale, { status: 'filled', filledLots: lots(amount), averagePrice: 60_020 }),
          fill: bench.fillOf(sale, amount, 60_020),
        });
        return;
      }
      case 'acknowledge': {
        const intent = this.waiting.shift();
        if (intent !== undefined) this.collect(bench.acknowledge(intent));
        return;
      }
      case 'deliver': {
        const [told] = this.mail.length === 0 ? [] : this.mail.splice(action.pick % this.mail.length, 1);
        if (told === undefined) return;
        this.collect(bench.tell(told.report, told.fill));
        if (action.twice) this.collect(bench.tell(told.report, told.fill));
        return;
      }
      case 'price':
        bench.mark = action.mark;
        this.collect(bench.pulse(50));
        return;
      case 'wait':
        this.collect(bench.pulse(action.milliseconds));
    }
  }

  collect(output: Parameters<typeof submitted>[0]): void {
    this.waiting.push(...submitted(output));
  }

  /** Everything that is still in the mail arrives, newest first. */
  settle(): void {
    this.bench.wait(50);
    for (const told of this.mail.splice(0).toReversed()) this.collect(this.bench.tell(told.report, told.fill));
  }
}

describe('the order and position machine', () => {
  it('L1 a sale by hand that is told before the fills it sold does not end the position', () => {
    const account = new Account();
    for (const action of [
      { kind: 'fill-entry', share: 0.8 },
      { kind: 'close-by-hand', share: 0.1 },
      { kind: 'close-by-hand', share: 0.25 },
      { kind: 'fill-entry', share: 0.2 },
    ] as const)
      account.run(action);
    account.settle();
    expect(account.bench.position()).toMatchObject({ lots: account.opened - account.closed, phase: 'open' });
  });

  it('L1 ends with the lots of the account, whatever the order and number of the events', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const account = new Account();
        for (const action of steps) account.run(action);
        account.settle();
        expect(account.bench.position().lots).toBe(account.opened - account.closed);
      }),
      { numRuns: Number(process.env['WALKS'] ?? 6000) },
    );
  });

  it('has no two live stops that close the whole position, and a stop for every position that has been open for a while', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const account = new Account();
        const { bench } = account;
        for (const action of steps) {
          account.run(action);
          const whole = [...bench.desk.context.state.orders.values()].filter((order) => order.intent.closePosition && !isTerminal(order.status));
          expect(whole.length).toBeLessThanOrEqual(1);
        }
        account.settle();
        bench.mark = 60_000;
        for (let round = 0; round < 12; round += 1) {
          for (const intent of account.waiting.splice(0)) account.collect(bench.acknowledge(intent));
          account.collect(bench.pulse(300));
        }
        const position = bench.position();
        if (position.phase === 'open' && position.lots > 0) expect(position.protection).not.toBe('naked');
      }),
      { numRuns: 200 },
    );
  });

  it('L18 is rebuilt by its journal: what was replayed equals what was lived, money and orders included', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(40), (steps, cut) => {
        const account = new Account();
        const { bench } = account;
        let checkpoint = bench.desk.checkpoint();
        let from = bench.records.length;
        steps.forEach((action, index) => {
          account.run(action);
          if (index !== cut % steps.length) return;
          checkpoint = structuredClone(bench.desk.checkpoint());
          from = bench.records.length;
        });
        const twin = bench.twin();
        twin.restore(structuredClone(checkpoint));
        for (const record of bench.records.slice(from)) twin.replay(record.kind, structuredClone(record.data));
        // Re-armed alarms and the watchdog's stop-watch start anew; they are not worth a synced write.
        const lived = (desk: typeof twin): unknown => {
          const { positions, ...rest } = desk.checkpoint();
          return { ...rest, positions: positions.map((held) => ({ ...held, approach: null, stopCrossedAt: null })) };
        };
        expect(lived(twin)).toEqual(lived(bench.desk));
      }),
      { numRuns: 200 },
    );
  });

  it('changes nothing when a whole comparison is repeated', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const account = new Account();
        const { bench } = account;
        for (const action of steps) account.run(action);
        account.settle();
        bench.wait(30_000);
        const amount = account.opened - account.closed;
        const known = [...bench.desk.context.state.orders.values()].filter((order) => !isTerminal(order.status) && order.intent.kind !== 'market');
        const venue = bench.venue({
          time: epochMs(bench.now - 100),
          positions: amount > 0 ? [venuePosition(amount)] : [],
          orders: known.map((order) => bench.report(order.intent, {})),
        });
        bench.keep(bench.desk.onReconciled(venue, bench.now));
        const before = bench.desk.positions().map((position) => [position.id, position.lots, position.phase]);
        bench.keep(bench.desk.onReconciled({ ...venue, time: epochMs(venue.time + 1) }, bench.now));
        expect(bench.desk.positions().map((position) => [position.id, position.lots, position.phase])).toEqual(before);
        if (bench.desk.positions().length > 0) expect(before.reduce((sum, row) => sum + Number(row[1]), 0)).toBe(amount);
      }),
      { numRuns: 150 },
    );
  });

  it('answers to orders it never sent are ignored', () => {
    const bench = new Bench();
    expect(
      bench.desk.onSubmitted('nobody', ok({ clientOrderId: 'nobody', venueOrderId: '1', status: 'resting', filledLots: lots(0), time: bench.now }), bench.now),
    ).toEqual({ records: [], durable: false, events: [], effects: [] });
    expect(bench.desk.onCanceled('nobody', ok(null), bench.now).records).toEqual([]);
    expect(bench.desk.onQueried('nobody', ok(null), bench.now).records).toEqual([]);
  });
});
