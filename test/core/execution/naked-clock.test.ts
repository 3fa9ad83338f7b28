// The naked-risk clock: seconds × notional without a confirmed stop, counted as long as it lasts and kept when it is over.
import { describe, expect, it } from 'vitest';
import { lots, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { Bench, submitted } from './support.ts';

function viewOf(bench: Bench, at: EpochMs = bench.now) {
  return bench.desk.view(bench.position(), at);
}

describe('H7 the naked-risk clock', () => {
  it('runs from the fill to the confirmed stop and keeps its sum', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const [stop] = submitted(
      bench.tell(bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: 60_000 }), bench.fillOf(entry, entry.lots, 60_000)),
    );
    if (stop === undefined) throw new Error('no stop was sent');
    expect(viewOf(bench)).toMatchObject({ nakedMs: 0, nakedSecondsUsdt: 0 });
    bench.wait(1500);
    const notional = entry.lots * 0.001 * 60_000;
    expect(viewOf(bench).nakedMs).toBe(1500);
    expect(viewOf(bench).nakedSecondsUsdt).toBeCloseTo(1.5 * notional, 6);
    bench.acknowledge(stop);
    bench.wait(60_000);
    expect(viewOf(bench).nakedMs).toBe(1500);
    expect(viewOf(bench).nakedSecondsUsdt).toBeCloseTo(1.5 * notional, 6);
  });

  it('counts each part at its own size when half is closed by hand while naked', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    bench.tell(bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: 60_000 }), bench.fillOf(entry, entry.lots, 60_000));
    bench.wait(1000);
    const half = Math.floor(entry.lots / 2);
    const sale = { ...entry, clientOrderId: 'web_1', side: 'SELL' as const };
    bench.tell(bench.report(sale, { status: 'filled', filledLots: lots(half), averagePrice: 60_000 }), bench.fillOf(sale, half, 60_000));
    bench.wait(1000);
    expect(viewOf(bench).nakedMs).toBe(2000);
    expect(viewOf(bench).nakedSecondsUsdt).toBeCloseTo((entry.lots + (entry.lots - half)) * 0.001 * 60_000, 6);
  });

  it('survives a restart, also one from a journal that did not know it yet', () => {
    const bench = new Bench();
    bench.openProtected();
    const before = viewOf(bench).nakedMs;
    const reborn = bench.twin();
    for (const record of bench.records) reborn.replay(record.kind, structuredClone(record.data));
    expect(reborn.view(bench.position(), bench.now).nakedMs).toBe(before);
    const older = bench.twin();
    for (const { kind, data } of bench.records) {
      const { nakedMs: _ms, nakedSecondsUsdt: _usdt, nakedCountedAt: _at, ...rest } = structuredClone(data) as Record<string, unknown>;
      older.replay(kind, kind === 'position' ? rest : structuredClone(data));
    }
    expect(older.view(bench.position(), bench.now)).toMatchObject({ nakedMs: 0, nakedSecondsUsdt: 0 });
  });
});
