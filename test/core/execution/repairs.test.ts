// Rare orders of events that cost money: late fills, slow snapshots, forgotten entries, thin books, restarts without a confirmed stop.
import { describe, expect, it } from 'vitest';
import { ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots, money, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import { closeAtMarket, moveStop } from '../../../src-main/core/execution/protection.ts';
import { sampleSignal } from '../../support/samples.ts';
import { atTicks, Bench, cancelled, submitted, venuePosition } from './support.ts';

function limitSignal(): ReturnType<typeof sampleSignal> {
  const signal = sampleSignal();
  return { ...signal, plan: { ...signal.plan, entryKind: 'limit' } };
}

describe('fills in any order', () => {
  it('L1 makes a position live and protected when an entry fills after it was declared never placed', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.refuse(entry, null, 'unknown');
    for (let step = 0; step < 90; step += 1)
      if (bench.pulse().effects.some((effect) => effect.kind === 'query')) bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(null), bench.now));
    expect(bench.desk.positions()).toEqual([]);
    const late = bench.execute(entry, entry.lots, 60_000);
    expect(bench.desk.positions()).toMatchObject([{ phase: 'open', lots: entry.lots, protection: 'naked' }]);
    expect(submitted(late).map((intent) => intent.purpose)).toContain('stop');
    expect(bench.desk.context.state.orders.get(entry.clientOrderId)?.status).toBe('filled');
  });

  it('L24 an entry given up and filled after all is adopted once, and its fills are fetched and kept', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.refuse(entry, null, 'unknown');
    const fill = bench.fillOf(entry, entry.lots, 60_000);
    for (let step = 0; step < 90; step += 1)
      if (bench.pulse().effects.some((effect) => effect.kind === 'query')) bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(null), bench.now));
    expect(bench.desk.positions()).toEqual([]);
    bench.wait(5000);
    const found = { positions: [venuePosition(entry.lots)] };
    bench.reconcile(found);
    expect(bench.position()).toMatchObject({ origin: 'adopted', lots: entry.lots });
    const asked = [bench.outputs.at(-1), ...Array.from({ length: 20 }, () => bench.pulse(500))].flatMap(
      (output) => output?.effects.filter((effect) => effect.kind === 'reconcile') ?? [],
    );
    expect(asked[0]).toMatchObject({ symbols: ['BTCUSDT'] });
    expect(Number(asked[0]?.fillsSince)).toBeLessThan(fill.time);
    bench.reconcile({ ...found, fills: [fill] });
    expect(bench.desk.positions()).toMatchObject([{ origin: 'adopted', lots: entry.lots, fees: fill.fee }]);
    expect(bench.records.filter((record) => record.kind === 'fill')).toHaveLength(1);
  });

  it('ends flat when the closing fill arrives before the opening fill', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const closing = bench.fillOf({ ...entry, side: 'SELL', clientOrderId: 'web_1' }, entry.lots, 60_100);
    const opening = bench.fillOf(entry, entry.lots, 60_000);
    bench.tell(bench.report(entry, { clientOrderId: 'web_1', venueOrderId: 'v-web_1', side: 'SELL', status: 'filled' }), closing);
    bench.tell(bench.report(entry, { status: 'filled', filledLots: entry.lots }), opening);
    expect(bench.position()).toMatchObject({ phase: 'closed', lots: 0, entryPrice: 60_000, exitPrice: 60_100 });
  });

  it('does not count a fill twice that a correction already contained', () => {
    const bench = new Bench();
    const { entry, stop, target } = bench.openProtected();
    const missed = bench.fillOf({ ...entry, side: 'SELL', clientOrderId: 'web_2' }, 3, 60_050, { realisedPnl: money(500) });
    bench.wait(10_000);
    bench.reconcile({ positions: [venuePosition(entry.lots - 3)], orders: [bench.report(stop, {}), bench.report(target, {})] });
    bench.wait(1000);
    bench.tell(bench.report(entry, { clientOrderId: 'web_2', venueOrderId: 'v-web_2', side: 'SELL', status: 'filled' }), missed);
    expect(bench.position()).toMatchObject({ lots: entry.lots - 3, realisedPnl: money(500) });
  });

  it('L22 counts a funding payment once when its event is repeated', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const event = {
      kind: 'account',
      time: bench.now,
      reason: 'FUNDING_FEE',
      wallet: null,
      funding: moneyFromUsdt(-2),
      positions: [{ symbol: 'BTCUSDT', positionSide: 'BOTH', lots: entry.lots, entryPrice: 60_000, unrealised: money(0) }],
    } as const;
    bench.keep(bench.desk.onVenueEvent(event, bench.now));
    bench.keep(bench.desk.onVenueEvent(event, bench.now));
    expect(bench.position().funding).toBe(moneyFromUsdt(-2));
  });

  it('gives a foreign fill in hedge mode to the leg it belongs to', () => {
    const bench = new Bench();
    bench.hedge = true;
    const { entry } = bench.openProtected();
    bench.wait(5000);
    bench.tell(
      bench.report(entry, { clientOrderId: 'web_3', venueOrderId: 'v-web_3', side: 'SELL', positionSide: 'SHORT', status: 'filled' }),
      bench.fillOf({ ...entry, side: 'SELL', positionSide: 'SHORT', clientOrderId: 'web_3' }, 5, 60_000),
    );
    expect(bench.position().lots).toBe(entry.lots);
  });
});

describe('slow snapshots', () => {
  it('does not close a position that was filled after the snapshot was read', () => {
    const bench = new Bench();
    const readAt = bench.now;
    bench.wait(300);
    bench.openProtected();
    bench.wait(9000);
    bench.reconcile({ time: readAt });
    expect(bench.position()).toMatchObject({ phase: 'open', protection: 'protected' });
  });

  it('does not adopt what was closed after the snapshot was read', () => {
    const bench = new Bench();
    const { entry, stop } = bench.openProtected();
    bench.wait(60_000);
    const readAt = bench.now;
    bench.wait(500);
    bench.tell(
      bench.report(stop, { conditional: false, venueOrderId: '7', status: 'filled', filledLots: entry.lots }),
      bench.fillOf(stop, entry.lots, 59_400, { venueOrderId: '7' }),
    );
    bench.wait(8000);
    bench.reconcile({ time: readAt, positions: [venuePosition(entry.lots)] });
    expect(bench.desk.positions()).toEqual([]);
  });

  it('asks for one comparison of the symbol, not for one per event, while somebody trades by hand; the next follows its answer', () => {
    const bench = new Bench();
    const { entry, stop, target } = bench.openProtected();
    const asks = (output: DeskOutput): number => output.effects.filter((effect) => effect.kind === 'reconcile').length;
    let asked = 0;
    for (let step = 0; step < 40; step += 1) {
      bench.wait(50);
      const output = bench.tell(bench.report(entry, { clientOrderId: `web_${step}`, venueOrderId: `w${step}`, status: 'resting' }));
      asked += asks(output);
    }
    expect(asked).toBe(1);
    expect(asks(bench.pulse(3000))).toBe(0);
    bench.reconcile({
      scope: 'symbols',
      symbols: ['BTCUSDT'],
      positions: [venuePosition(entry.lots)],
      orders: [bench.report(stop, {}), bench.report(target, {})],
    });
    expect(asks(bench.pulse(100))).toBe(1);
  });

  it('asks for a comparison when a fill belongs to nobody', () => {
    const bench = new Bench();
    const probe = new Bench().open();
    const output = bench.tell(bench.report(probe, { clientOrderId: 'web_9', status: 'filled' }), bench.fillOf({ ...probe, clientOrderId: 'web_9' }, 5, 60_000));
    expect(output.effects.map((effect) => effect.kind)).toEqual(['reconcile']);
  });
});

describe('entries that must end', () => {
  it('cancels a partly filled resting entry after its time and gives the part a target', () => {
    const bench = new Bench();
    const entry = bench.open({ signal: limitSignal() });
    expect(entry).toMatchObject({ kind: 'limit', timeInForce: 'GTC' });
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, 4, 60_000, 'partially_filled'));
    if (stop !== undefined) bench.acknowledge(stop);
    const waited = submitted(bench.pulse(2000));
    expect(waited).toMatchObject([{ purpose: 'target', lots: 4 }]);
    expect(cancelled(bench.pulse(30_000))).toContain(entry.clientOrderId);
  });

  it('L5 ends the rest of the entry when the stop takes out what was filled', () => {
    const bench = new Bench();
    const entry = bench.open({ signal: limitSignal() });
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, 4, 60_000, 'partially_filled'));
    if (stop === undefined) throw new Error('no stop');
    bench.acknowledge(stop);
    const out = bench.tell(
      bench.report(stop, { conditional: false, venueOrderId: '8', status: 'filled', filledLots: lots(4) }),
      bench.fillOf(stop, 4, 59_400, { venueOrderId: '8' }),
    );
    expect(cancelled(out)).toContain(entry.clientOrderId);
  });

  it('flattens an entry that fills after the person asked to be flat', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const asked = bench.keep(
      bench.desk.change(bench.position().id, bench.now, {
        summary: 'flattened',
        apply: (held) => closeAtMarket(bench.desk.context, held, { amount: held.position.lots, reason: 'flatten', now: bench.now }),
      }),
    );
    expect(cancelled(asked)).toEqual([entry.clientOrderId]);
    expect(submitted(bench.execute(entry, entry.lots, 60_000)).map((intent) => intent.purpose)).toContain('close');
    expect(bench.position().phase).toBe('closing');
  });

  it('sends no entry when the person asked to be flat while leverage was being set', () => {
    const bench = new Bench();
    const { id } = (bench.open(), bench.position());
    const other = new Bench();
    other.desk.replay('position', { ...bench.desk.context.state.get(id), entryOrderId: null, closeReason: 'flatten' });
    expect(submitted(other.desk.onPrepared(id, ok(null), other.now))).toEqual([]);
    expect(other.desk.positions()).toEqual([]);
  });
});

describe('closing for certain', () => {
  it('follows a partial close in flight with the rest when the whole is asked for', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    const close = (amount: number) =>
      bench.keep(
        bench.desk.change(bench.position().id, bench.now, {
          summary: 'closed',
          apply: (held) => closeAtMarket(bench.desk.context, held, { amount, reason: 'manual', now: bench.now }),
        }),
      );
    const [part] = submitted(close(5));
    if (part === undefined) throw new Error('nothing was sent');
    bench.acknowledge(part);
    close(entry.lots);
    expect(bench.position().phase).toBe('closing');
    bench.execute(part, 5, 60_000);
    expect(submitted(bench.pulse(2000))).toMatchObject([{ purpose: 'close', lots: entry.lots - 5 }]);
  });

  it('L10 splits a close larger than the largest market order', () => {
    const bench = new Bench();
    bench.reconcile({ positions: [venuePosition(300_000)] });
    const output = bench.keep(
      bench.desk.change(bench.position().id, bench.now, {
        summary: 'closed',
        apply: (held) => closeAtMarket(bench.desk.context, held, { amount: held.position.lots, reason: 'manual', now: bench.now }),
      }),
    );
    expect(submitted(output).map((intent) => intent.lots)).toEqual([120_000]);
  });

  it('closes inside the price band after the book was too thin for a market order (−4131)', () => {
    const bench = new Bench();
    bench.openProtected();
    const [first] = submitted(
      bench.keep(
        bench.desk.change(bench.position().id, bench.now, {
          summary: 'closed',
          apply: (held) => closeAtMarket(bench.desk.context, held, { amount: held.position.lots, reason: 'manual', now: bench.now }),
        }),
      ),
    );
    if (first === undefined) throw new Error('nothing was sent');
    bench.refuse(first, -4131);
    const [second] = submitted(bench.pulse(2000));
    expect(second).toMatchObject({ kind: 'limit', timeInForce: 'IOC', purpose: 'close' });
    expect(second?.price ?? 0).toBeGreaterThan(atTicks(60_000 * 0.95));
    expect(second?.price ?? 0).toBeLessThan(atTicks(60_000));
  });

  it('does not place a target again that the person cancelled', () => {
    const bench = new Bench();
    const { target } = bench.openProtected();
    bench.keep(bench.desk.cancelEntry(target.clientOrderId, bench.now));
    expect(submitted(bench.keep(bench.desk.onCanceled(target.clientOrderId, ok(null), bench.now)))).toEqual([]);
    for (let step = 0; step < 40; step += 1) expect(submitted(bench.pulse())).toEqual([]);
  });
});

describe('stops', () => {
  it('L4 ends a moved stop as a closePosition stop: temporary, old cancelled, permanent, temporary cancelled', () => {
    const bench = new Bench();
    const { stop } = bench.openProtected();
    const [temporary] = submitted(
      bench.keep(
        bench.desk.change(bench.position().id, bench.now, {
          summary: 'moved',
          apply: (held) => moveStop(bench.desk.context, held, { stop: atTicks(59_600), now: bench.now }),
        }),
      ),
    );
    if (temporary === undefined) throw new Error('nothing was sent');
    expect(cancelled(bench.acknowledge(temporary))).toEqual([stop.clientOrderId]);
    bench.wait(600);
    const [permanent] = submitted(bench.keep(bench.desk.onCanceled(stop.clientOrderId, ok(null), bench.now)));
    expect(permanent).toMatchObject({ closePosition: true, trigger: atTicks(59_600) });
    if (permanent !== undefined) expect(cancelled(bench.acknowledge(permanent))).toEqual([temporary.clientOrderId]);
    expect(bench.position().protection).toBe('protected');
  });

  it('uses the stop that rests at the venue when ours is refused because of it (−4130)', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (stop === undefined) throw new Error('no stop');
    const refused = bench.refuse(stop, -4130);
    expect(refused.effects.some((effect) => effect.kind === 'reconcile')).toBe(true);
    bench.wait(2000);
    bench.reconcile({ positions: [venuePosition(entry.lots)], orders: [bench.report(stop, { clientOrderId: 'ios_5', trigger: atTicks(59_300) })] });
    expect(bench.position()).toMatchObject({ stop: atTicks(59_300), nakedSince: null });
    for (let step = 0; step < 60; step += 1) expect(submitted(bench.pulse()).map((intent) => intent.purpose)).not.toContain('close');
  });

  it('L2 places a stop again that was accepted and then vanished', () => {
    const bench = new Bench();
    const { entry, stop, target } = bench.openProtected();
    bench.wait(60_000);
    bench.reconcile({ positions: [venuePosition(entry.lots)], orders: [bench.report(target, {})] });
    expect(bench.pulse().effects).toContainEqual({ kind: 'query', symbol: 'BTCUSDT', clientOrderId: stop.clientOrderId, conditional: true });
    bench.keep(bench.desk.onQueried(stop.clientOrderId, ok(null), bench.now));
    expect(bench.position().protection).toBe('naked');
    expect(submitted(bench.pulse(1100))).toMatchObject([{ purpose: 'stop', closePosition: true }]);
  });

  it('only shows a foreign position when the settings say so, and never closes it', () => {
    const bench = new Bench({ adoptUnknownPositions: 'show' });
    expect(submitted(bench.reconcile({ positions: [venuePosition(40)] }))).toEqual([]);
    for (let step = 0; step < 80; step += 1) expect(submitted(bench.pulse())).toEqual([]);
    expect(bench.position()).toMatchObject({ phase: 'open', lots: 40, protection: 'naked' });
  });

  it('L3 puts the default stop of a foreign position before its liquidation price', () => {
    const bench = new Bench();
    bench.reconcile({ positions: [venuePosition(40, { leverage: 100, liquidationPrice: 59_600 })] });
    expect(bench.position().stop ?? 0).toBeGreaterThan(atTicks(59_600));
    expect(bench.position().stop ?? 0).toBeLessThan(atTicks(60_000));
  });

  it('L24 hears the venue before it closes anything for want of a stop after a restart', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(bench.execute(entry, entry.lots, 60_000));
    if (stop === undefined) throw new Error('no stop');
    const restarted = bench.twin();
    for (const record of bench.records) restarted.replay(record.kind, record.data);
    const later = epochMs(bench.now + 45_000);
    expect(submitted(restarted.onPulse(later))).toEqual([]);
    restarted.onReconciled({ ...bench.venue({ positions: [venuePosition(entry.lots)], orders: [bench.report(stop, {})] }), time: later }, later);
    expect(restarted.positions()).toMatchObject([{ protection: 'stop_only', nakedSince: null }]);
    expect(submitted(restarted.onPulse(epochMs(later + 250))).map((intent) => intent.purpose)).not.toContain('close');
  });
});
