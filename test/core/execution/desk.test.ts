// The trade desk from approval to flat: intents, brackets, unknown outcomes, the guardian and what a restart rebuilds.
import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { lots, money, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { moveStop, moveTarget, refuseStop } from '../../../src-main/core/execution/protection.ts';
import { sampleSignal } from '../../support/samples.ts';
import { approve, atTicks, Bench, cancelled, lifecycleOf, refusal, submitted, venuePosition } from './support.ts';

describe('opening', () => {
  it('L11 sets leverage and margin type before the entry is sent, and sends nothing when that fails', () => {
    const bench = new Bench();
    const entry = bench.open();
    const [prepared] = bench.outputs;
    expect(prepared?.effects.map((effect) => effect.kind)).toEqual(['prepare-symbol']);
    expect(entry.leverage).toBeGreaterThanOrEqual(3);
    const second = new Bench();
    const held = second.keep(second.desk.openPosition(approve(), sampleSignal(), second.now));
    const id = held.effects.find((effect) => effect.kind === 'prepare-symbol');
    const output = second.keep(second.desk.onPrepared(id?.kind === 'prepare-symbol' ? id.positionId : '', err(refusal(-4047)), second.now));
    expect(submitted(output)).toEqual([]);
    expect(second.desk.positions()).toEqual([]);
  });

  it('L24 journals the intent, synced, in the same output that asks for its submission', () => {
    const bench = new Bench();
    const entry = bench.open();
    const output = bench.outputs.at(-1);
    expect(output?.durable).toBe(true);
    expect(output?.records.some((record) => record.kind === 'order' && (record.data as { intent: unknown }).intent === entry)).toBe(true);
  });

  it('gives every order an id the venue accepts, and never the same one twice, also after a restart', () => {
    const bench = new Bench();
    const first = bench.open();
    bench.refuse(first, -2019);
    const again = bench.twin();
    for (const record of bench.records) again.replay(record.kind, record.data);
    const output = again.openPosition(approve(), sampleSignal(), bench.now);
    const prepare = output.effects.find((effect) => effect.kind === 'prepare-symbol');
    const next = submitted(again.onPrepared(prepare?.kind === 'prepare-symbol' ? prepare.positionId : '', ok(null), bench.now))[0];
    expect(first.clientOrderId).toMatch(/^[.A-Z:/a-z0-9_-]{1,36}$/);
    expect(next?.clientOrderId).toMatch(/^[.A-Z:/a-z0-9_-]{1,36}$/);
    expect(next?.clientOrderId).not.toBe(first.clientOrderId);
  });
});

describe('protection', () => {
  it('L2 places a closePosition stop and then a reduce-only target on the first fill, and counts as protected only when acknowledged', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const output = bench.execute(entry, entry.lots, 60_000);
    const [stop, target] = submitted(output);
    expect(stop).toMatchObject({ purpose: 'stop', kind: 'stop_market', closePosition: true, triggerBy: 'mark', side: 'SELL', trigger: atTicks(59_400) });
    expect(target).toMatchObject({
      purpose: 'target',
      kind: 'take_profit_market',
      closePosition: false,
      reduceOnly: true,
      lots: entry.lots,
      trigger: atTicks(61_200),
    });
    expect(bench.position().protection).toBe('naked');
    expect(bench.position().nakedSince).toBe(bench.now);
    if (stop !== undefined) bench.acknowledge(stop);
    expect(bench.position().protection).toBe('stop_only');
    if (target !== undefined) bench.acknowledge(target);
    expect(bench.position()).toMatchObject({ protection: 'protected', nakedSince: null });
  });

  it('L1 reads no fill out of an acknowledgement: the position opens with the fill event', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.keep(
      bench.desk.onSubmitted(
        entry.clientOrderId,
        ok({ clientOrderId: entry.clientOrderId, venueOrderId: '9', status: 'filled', filledLots: lots(0), time: bench.now }),
        bench.now,
      ),
    );
    expect(bench.position()).toMatchObject({ phase: 'opening', lots: 0 });
    bench.execute(entry, entry.lots, 60_010);
    expect(bench.position()).toMatchObject({ phase: 'open', lots: entry.lots, entryPrice: 60_010 });
  });

  it('L1 takes the fills from a query and the comparison it asks for when the stream stays silent', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const asked = bench.pulse(1600);
    expect(asked.effects).toContainEqual({ kind: 'query', symbol: 'BTCUSDT', clientOrderId: entry.clientOrderId, conditional: false });
    const answer = bench.keep(
      bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: 60_000 })), bench.now),
    );
    expect(answer.effects).toContainEqual(expect.objectContaining({ kind: 'reconcile', scope: 'symbols', symbols: ['BTCUSDT'] }));
    // The stop does not wait for the fills.
    expect(submitted(answer).map((intent) => intent.purpose)).toEqual(['stop']);
    const compared = bench.reconcile({ positions: [venuePosition(entry.lots)], fills: [bench.fillOf(entry, entry.lots, 60_000)] });
    expect(submitted(compared).map((intent) => intent.purpose)).toEqual(['target']);
    expect(bench.position()).toMatchObject({ lots: entry.lots, protection: 'naked' });
  });

  it('protects a partial fill at once and brings the target to the full size when the entry has ended', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const half = Math.floor(entry.lots / 2);
    const first = submitted(bench.execute(entry, half, 60_000, 'partially_filled'));
    expect(first[0]).toMatchObject({ purpose: 'stop', closePosition: true });
    const rest = submitted(bench.execute(entry, entry.lots - half, 60_000));
    expect(rest.find((intent) => intent.purpose === 'target')?.lots).toBe(entry.lots);
  });

  it('L2 tries the stop again, and closes at the market when no stop rests after the set time', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (stop !== undefined) bench.refuse(stop, -1001);
    let retried = 0;
    const closes = [];
    for (let step = 0; step < 60; step += 1) {
      for (const intent of submitted(bench.pulse())) {
        if (intent.purpose === 'stop') {
          retried += 1;
          bench.refuse(intent, -1001);
        } else if (intent.purpose === 'close') closes.push({ intent, after: bench.now - entry.createdAt });
      }
    }
    expect(retried).toBeGreaterThanOrEqual(5);
    expect(closes[0]?.intent).toMatchObject({ purpose: 'close', kind: 'market', reduceOnly: true, lots: entry.lots });
    expect(closes[0]?.after).toBeGreaterThan(10_000);
    expect(closes[0]?.after).toBeLessThan(11_500);
  });

  it('counts protection deadlines in wall time when the engine runs 60 times faster', () => {
    const bench = new Bench({}, 60);
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (stop !== undefined) bench.refuse(stop, -1001);
    const early = bench.pulse(20_000);
    expect(submitted(early).map((intent) => intent.purpose)).not.toContain('close');
    expect(submitted(bench.pulse(600_000)).map((intent) => intent.purpose)).toContain('close');
  });

  it('closes at the market at once when the stop is refused because price is beyond it (−2021)', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    const output = stop === undefined ? null : bench.refuse(stop, -2021);
    expect(output === null ? [] : submitted(output)).toMatchObject([{ purpose: 'close', kind: 'market', lots: entry.lots }]);
  });

  it('L3 closes at the market when the mark price stays beyond the stop and the venue does nothing', () => {
    const bench = new Bench();
    bench.openProtected();
    bench.mark = 59_350;
    expect(submitted(bench.pulse())).toEqual([]);
    expect(submitted(bench.pulse(2000))).toEqual([]);
    expect(submitted(bench.pulse(1500))).toMatchObject([{ purpose: 'close', kind: 'market' }]);
    expect(bench.position().phase).toBe('closing');
  });

  it('L3 does not act on a mark price that only touched the stop', () => {
    const bench = new Bench();
    bench.openProtected();
    bench.mark = 59_350;
    bench.pulse();
    bench.mark = 59_500;
    bench.pulse();
    bench.mark = 59_350;
    expect(submitted(bench.pulse(3500))).toEqual([]);
  });

  it('L4 lets the new stop rest before the old one is cancelled', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    const moved = bench.keep(
      bench.desk.change(bench.position().id, bench.now, {
        summary: 'moved',
        apply: (held) => moveStop(bench.desk.context, held, { stop: atTicks(59_600), now: bench.now }),
      }),
    );
    expect(cancelled(moved)).toEqual([]);
    const [next] = submitted(moved);
    expect(next).toMatchObject({ purpose: 'stop', closePosition: false, reduceOnly: true, trigger: atTicks(59_600) });
    expect(bench.position().protection).toBe('protected');
    const rested = next === undefined ? null : bench.acknowledge(next);
    expect(rested === null ? [] : cancelled(rested)).toEqual([stop.clientOrderId]);
  });

  it('L4 keeps the old stop in force when the new one is refused', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    const [next] = submitted(
      bench.keep(
        bench.desk.change(bench.position().id, bench.now, {
          summary: 'moved',
          apply: (held) => moveStop(bench.desk.context, held, { stop: atTicks(59_600), now: bench.now }),
        }),
      ),
    );
    const refused = next === undefined ? null : bench.refuse(next, -2019);
    expect(refused === null ? ['none'] : cancelled(refused)).toEqual([]);
    expect(bench.position()).toMatchObject({ stop: stop.trigger, protection: 'protected' });
  });

  it('L4 lets the new target rest before the old one is cancelled', () => {
    const bench = new Bench();
    const { target } = bench.openProtected();
    const moved = bench.keep(
      bench.desk.change(bench.position().id, bench.now, {
        summary: 'moved',
        apply: (held) => moveTarget(bench.desk.context, held, { target: atTicks(61_500), now: bench.now }),
      }),
    );
    expect(cancelled(moved)).toEqual([]);
    const [next] = submitted(moved);
    expect(next === undefined ? [] : cancelled(bench.acknowledge(next))).toEqual([target.clientOrderId]);
  });

  it('refuses a stop on the wrong side of the mark price and one beyond liquidation, in words', () => {
    const bench = new Bench();
    bench.openProtected();
    const held = bench.desk.context.state.get(bench.position().id);
    if (held === null) throw new Error('no position');
    expect(refuseStop(bench.desk.context, held, atTicks(60_500))).toMatchObject({ code: 'refused.stopTriggers', values: { price: 60_500 } });
    const liquidation = held.position.liquidationPrice ?? 0;
    expect(liquidation).toBeGreaterThan(0);
    expect(refuseStop(bench.desk.context, held, atTicks(liquidation - 10))).toMatchObject({ code: 'refused.stopBeyondLiquidation' });
    expect(refuseStop(bench.desk.context, held, atTicks(59_600))).toBeNull();
  });

  it('L7 sends the leg in hedge mode and none in one-way mode', () => {
    const bench = new Bench();
    bench.hedge = true;
    const { entry, stop, target } = bench.openProtected();
    expect([entry.positionSide, stop.positionSide, target.positionSide]).toEqual(['LONG', 'LONG', 'LONG']);
    const oneWay = new Bench().openProtected();
    expect([oneWay.entry.positionSide, oneWay.stop.positionSide]).toEqual(['BOTH', 'BOTH']);
  });
});

describe('closing', () => {
  it('L5 cancels the target when the stop closed the position, and the stop when the target did', () => {
    const stopped = new Bench();
    const first = stopped.openProtected();
    stopped.tell(stopped.report(first.stop, { status: 'triggered', triggeredOrderId: '777' }));
    const flat = stopped.tell(
      stopped.report(first.stop, { conditional: false, venueOrderId: '777', status: 'filled', filledLots: first.entry.lots, averagePrice: 59_390 }),
      stopped.fillOf(first.stop, first.entry.lots, 59_390, { venueOrderId: '777' }),
    );
    expect(cancelled(flat)).toContain(first.target.clientOrderId);
    expect(stopped.position()).toMatchObject({ phase: 'closed', closeReason: 'stop', lots: 0, exitPrice: 59_390 });
    const won = new Bench();
    const second = won.openProtected();
    won.tell(won.report(second.target, { status: 'triggered', triggeredOrderId: '778' }));
    const done = won.tell(
      won.report(second.target, { conditional: false, venueOrderId: '778', status: 'filled', filledLots: second.entry.lots, averagePrice: 61_210 }),
      won.fillOf(second.target, second.entry.lots, 61_210, { venueOrderId: '778' }),
    );
    expect(cancelled(done)).toContain(second.stop.clientOrderId);
    expect(won.position().closeReason).toBe('target');
  });

  it('finds the position of a triggered stop when its order carries a new id and no client id of ours', () => {
    const bench = new Bench();
    const { entry, stop } = bench.openProtected();
    bench.tell(bench.report(stop, { status: 'triggered', triggeredOrderId: '4711' }));
    bench.tell(
      bench.report(stop, {
        clientOrderId: 'venue-made',
        conditional: false,
        venueOrderId: '4711',
        status: 'filled',
        filledLots: entry.lots,
        averagePrice: 59_400,
      }),
      bench.fillOf(stop, entry.lots, 59_400, { venueOrderId: '4711', clientOrderId: 'venue-made' }),
    );
    expect(bench.position()).toMatchObject({ phase: 'closed', closeReason: 'stop' });
  });

  it('L5 cancels both siblings when the position was closed at the venue, and names a liquidation', () => {
    const bench = new Bench();
    const { entry, stop, target } = bench.openProtected();
    const output = bench.tell(
      bench.report(stop, { clientOrderId: 'autoclose-99', conditional: false, venueOrderId: '99', purpose: 'other', status: 'filled', filledLots: entry.lots }),
      bench.fillOf(stop, entry.lots, 58_000, { clientOrderId: 'autoclose-99', venueOrderId: '99' }),
    );
    expect(cancelled(output)).toEqual(expect.arrayContaining([stop.clientOrderId, target.clientOrderId]));
    expect(bench.position()).toMatchObject({ phase: 'closed', closeReason: 'liquidation' });
  });

  it('L22 takes realised profit, fees and funding from the venue and computes R from them', () => {
    const bench = new Bench();
    const { entry, target } = bench.openProtected();
    bench.keep(
      bench.desk.onVenueEvent(
        {
          kind: 'account',
          time: bench.now,
          reason: 'FUNDING_FEE',
          wallet: null,
          funding: moneyFromUsdt(-1.25),
          positions: [{ symbol: 'BTCUSDT', positionSide: 'BOTH', lots: entry.lots, entryPrice: 60_000, unrealised: money(0) }],
        },
        bench.now,
      ),
    );
    const profit = moneyFromUsdt(entry.lots * 0.001 * 1200);
    bench.tell(
      bench.report(target, { conditional: false, venueOrderId: '5', status: 'filled', filledLots: entry.lots, averagePrice: 61_200 }),
      bench.fillOf(target, entry.lots, 61_200, { venueOrderId: '5', realisedPnl: profit, fee: moneyFromUsdt(2) }),
    );
    const closed = bench.position();
    expect(closed.realisedPnl).toBe(profit);
    expect(closed.funding).toBe(moneyFromUsdt(-1.25));
    const last = bench.records.findLast((record) => record.kind === 'lifecycle');
    const risk = 600 * entry.lots * 0.001;
    expect((last?.data as { pnlR: number } | undefined)?.pnlR).toBeCloseTo((closed.realisedPnl - closed.fees + closed.funding) / 1e8 / risk, 9);
  });

  it('ends every life with `closed`, exactly once', () => {
    const bench = new Bench();
    const { entry, stop } = bench.openProtected();
    bench.mark = 60_500;
    bench.pulse();
    bench.tell(bench.report(stop, { status: 'triggered', triggeredOrderId: '777' }));
    bench.tell(
      bench.report(stop, { conditional: false, venueOrderId: '777', status: 'filled', filledLots: entry.lots }),
      bench.fillOf(stop, entry.lots, 59_400, { venueOrderId: '777' }),
    );
    bench.pulse();
    const events = lifecycleOf(bench.records);
    expect(events[0]).toBe('created');
    expect(events.at(-1)).toBe('closed');
    expect(events.filter((kind) => kind === 'closed')).toHaveLength(1);
    expect(events).toContain('sl_triggered');
    expect(events).toContain('max_pnl_updated');
  });
});

describe('unknown outcomes', () => {
  it('never resends an order of unknown outcome; asks until the venue knows it', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.refuse(entry, null, 'unknown');
    const asked: number[] = [];
    for (let step = 0; step < 32; step += 1) {
      const output = bench.pulse();
      expect(submitted(output)).toEqual([]);
      if (output.effects.some((effect) => effect.kind === 'query')) {
        asked.push(bench.now - entry.createdAt);
        bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(null), bench.now));
      }
    }
    expect(asked).toEqual([500, 1000, 2000, 4000]);
    bench.execute(entry, entry.lots, 60_000);
    expect(bench.position()).toMatchObject({ phase: 'open', lots: entry.lots });
  });

  it('declares an unknown order never placed after ten seconds of agreement, and then lets go of the position', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.refuse(entry, null, 'unknown');
    for (let step = 0; step < 90; step += 1) {
      const output = bench.pulse();
      if (output.effects.some((effect) => effect.kind === 'query')) bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(null), bench.now));
      if (bench.now - entry.createdAt < 10_000) expect(bench.desk.positions()).toHaveLength(1);
    }
    expect(bench.desk.positions()).toEqual([]);
    expect(bench.desk.context.state.orders.get(entry.clientOrderId)?.status).toBe('rejected');
  });
});

describe('comparison with the venue', () => {
  it('L24 adopts an unknown position with a default stop', () => {
    const bench = new Bench();
    const output = bench.reconcile({ positions: [venuePosition(40)] });
    expect(bench.position()).toMatchObject({ origin: 'adopted', control: 'mine', lots: 40, side: 'long' });
    expect(submitted(output)).toMatchObject([{ purpose: 'stop', closePosition: true, trigger: atTicks(58_800), side: 'SELL' }]);
  });

  it('L24 uses the stop that already rests on an adopted position instead of placing another', () => {
    const bench = new Bench();
    const { stop } = new Bench().openProtected();
    const output = bench.reconcile({ positions: [venuePosition(40)], orders: [bench.report(stop, { clientOrderId: 'android_1', trigger: atTicks(59_000) })] });
    expect(submitted(output)).toEqual([]);
    expect(bench.position()).toMatchObject({ stop: atTicks(59_000), nakedSince: null });
  });

  it('closes a position that is gone at the venue and cancels its orders', () => {
    const bench = new Bench();
    const { stop, target } = bench.openProtected();
    bench.wait(10_000);
    const output = bench.reconcile({ orders: [bench.report(stop, {}), bench.report(target, {})] });
    expect(bench.position()).toMatchObject({ phase: 'closed', closeReason: 'external', lots: 0 });
    expect(cancelled(output)).toEqual(expect.arrayContaining([stop.clientOrderId, target.clientOrderId]));
  });

  it('takes the quantity of the venue and journals the correction', () => {
    const bench = new Bench();
    const { entry, stop, target } = bench.openProtected();
    bench.wait(10_000);
    bench.reconcile({ positions: [venuePosition(entry.lots - 3)], orders: [bench.report(stop, {}), bench.report(target, {})] });
    expect(bench.position().lots).toBe(entry.lots - 3);
    expect(bench.records.some((record) => record.kind === 'position' && record.summary.includes('quantity corrected'))).toBe(true);
  });

  it('L5 cancels our left-over conditionals and never those of other people', () => {
    const bench = new Bench();
    const { stop } = new Bench().openProtected();
    const output = bench.reconcile({ orders: [bench.report(stop, { clientOrderId: 'ptk7x9-s2' }), bench.report(stop, { clientOrderId: 'web_12' })] });
    expect(cancelled(output)).toEqual(['ptk7x9-s2']);
  });
});
