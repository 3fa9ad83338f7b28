// What a restart owes the positions it finds: questions about orders that died with it at once, and no judgement before it can read.
import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../../src-shared/domain/order.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { epochMs, lots } from '../../../src-shared/kernel/units.ts';
import { TradeDesk } from '../../../src-main/core/execution/trade-desk.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { Bench, submitted, venuePosition } from './support.ts';

describe('a restart', () => {
  it('L24 asks at once about a stop that was on disk and perhaps never sent, and places another within seconds', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(
      bench.tell(bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: 60_000 }), bench.fillOf(entry, entry.lots, 60_000)),
    );
    expect(stop?.purpose).toBe('stop');
    // The engine dies here: the stop is journalled, nobody knows whether it left.
    const reborn = bench.twin();
    for (const record of bench.records) reborn.replay(record.kind, structuredClone(record.data));
    let now = epochMs(bench.now + 700);
    reborn.onReconciled(bench.venue({ time: epochMs(now - 50), positions: [venuePosition(entry.lots)] }), now);
    const placed: string[] = [];
    for (let step = 0; step < 16; step += 1) {
      now = epochMs(now + 250);
      for (const effect of reborn.onPulse(now).effects) {
        if (effect.kind === 'query') reborn.onQueried(effect.clientOrderId, ok(null), now);
        if (effect.kind === 'submit') placed.push(effect.intent.purpose);
      }
    }
    expect(placed).toContain('stop');
    expect(placed).not.toContain('close');
    expect([...reborn.context.state.orders.values()].filter((order) => order.intent.purpose === 'stop' && !isTerminal(order.status))).toHaveLength(1);
  });

  it('L24 does not take a position for closed elsewhere while the rules of its contract are not loaded', () => {
    const bench = new Bench();
    const { entry } = bench.openProtected();
    let isLoaded = false;
    const reborn = new TradeDesk({
      settings: () => bench.settings,
      speed: 1,
      idSeed: 'k7',
      instrumentOf: () => (isLoaded ? sampleInstrument() : null),
      markOf: () => 60_000,
      isHedgeMode: () => false,
    });
    for (const record of bench.records) reborn.replay(record.kind, structuredClone(record.data));
    const asked: string[] = [];
    let now = bench.now;
    const run = (seconds: number): void => {
      for (let step = 0; step < seconds * 4; step += 1) {
        now = epochMs(now + 250);
        for (const effect of reborn.onPulse(now).effects) if (effect.kind === 'reconcile') asked.push(...effect.symbols);
      }
    };
    run(60);
    expect(asked).toEqual([]);
    expect(reborn.positions()).toMatchObject([{ phase: 'open', lots: lots(entry.lots) }]);
    isLoaded = true;
    run(60);
    expect(asked).toContain('BTCUSDT');
  });
});
