// Before a position is opened by hand: the preview is what the command will do, changes nothing, and a person's own size and post-only are kept.
import { describe, expect, it } from 'vitest';
import type { OpenPositionCommand } from '../../../src-shared/contract/commands.ts';
import type { OpenApproved } from '../../../src-shared/contract/trade-calls.ts';
import { EngineBench } from './bench.ts';

const OPEN: OpenPositionCommand = { kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 594_000, target: null };
const LIMIT: OpenPositionCommand = { ...OPEN, limit: 598_000 };

function approved(bench: EngineBench, command: OpenPositionCommand): OpenApproved {
  const preview = bench.engine.previewOpen(command, bench.now);
  if (preview.kind === 'denied') throw new Error(`denied: ${preview.code}`);
  return preview;
}

/** The entry that the command really sends. */
function sent(bench: EngineBench, command: OpenPositionCommand) {
  bench.command(command);
  const prepare = bench.effects.find((effect) => effect.kind === 'prepare-symbol');
  if (prepare === undefined) throw new Error('nothing was prepared');
  bench.send({ kind: 'prepared', positionId: prepare.positionId, result: { ok: true, value: null } });
  const [entry] = bench.intents();
  if (entry === undefined) throw new Error('no entry was sent');
  return { entry, leverage: prepare.leverage };
}

describe('what a position opened by hand would be', () => {
  it.each([
    ['at the market', OPEN],
    ['at a limit', LIMIT],
    ['smaller than the limits allow', { ...OPEN, mostLots: 7 }],
    ['at a limit that never takes', { ...LIMIT, postOnly: true, mostLots: 5 }],
  ] as const)('%s is what the command then sends, lot for lot', (_how, command) => {
    const bench = new EngineBench().warmUp();
    const preview = approved(bench, command);
    const { entry, leverage } = sent(bench, command);
    expect([entry.lots, leverage]).toEqual([preview.lots, preview.leverage]);
    expect(entry.timeInForce).toBe(preview.order === 'post_only' ? 'GTX' : preview.order === 'bounded' ? 'IOC' : 'GTC');
  });

  it('changes nothing: asked a hundred times there is no order, no record and no position', () => {
    const bench = new EngineBench().warmUp();
    const before = [bench.records.length, bench.effects.length, JSON.stringify(bench.engine.state())];
    for (let round = 0; round < 100; round += 1) bench.engine.previewOpen(OPEN, bench.now);
    expect([bench.records.length, bench.effects.length, JSON.stringify(bench.engine.state())]).toEqual(before);
  });

  it('tells worth, margin, fees and the exposure before and after, which add up', () => {
    const bench = new EngineBench().warmUp();
    const { lots, price, notionalUsdt, marginUsdt, feesUsdt, leverage, factors, exposure } = approved(bench, OPEN);
    expect(notionalUsdt).toBeCloseTo((lots / 1000) * price, 8);
    expect(marginUsdt * leverage).toBeCloseTo(notionalUsdt, 8);
    expect(feesUsdt).toBeCloseTo(notionalUsdt * 0.001, 8);
    expect(exposure.map(({ limit }) => limit)).toEqual(['gross_exposure', 'net_exposure', 'cluster_exposure']);
    for (const { before, after } of exposure) expect(after - before).toBeCloseTo((notionalUsdt / (factors.equity / 1e8)) * 100, 8);
  });

  it('is the refusal of the command, with its numbers, where it would be refused', () => {
    const bench = new EngineBench().warmUp();
    expect(bench.engine.previewOpen({ ...OPEN, stop: 606_000 }, bench.now)).toMatchObject({ kind: 'denied', code: 'stop_wrong_side' });
    expect(bench.engine.previewOpen({ ...OPEN, symbol: 'NOPEUSDT' }, bench.now)).toMatchObject({ kind: 'denied', code: 'symbol_not_tradable' });
    bench.command({ kind: 'set-trading-state', state: 'halted' });
    expect(bench.engine.previewOpen(OPEN, bench.now)).toMatchObject({ kind: 'denied', code: 'trading_halted' });
  });
});

describe('a size that a person chose', () => {
  it('is never exceeded, lowers loss and margin with it, and never raises what the limits give', () => {
    const bench = new EngineBench().warmUp();
    const most = approved(bench, OPEN);
    const half = approved(bench, { ...OPEN, mostLots: Math.floor(most.lots / 2) });
    expect(half.lots).toBe(Math.floor(most.lots / 2));
    expect(half.factors.lossAtStop / most.factors.lossAtStop).toBeCloseTo(half.lots / most.lots, 6);
    expect(half.factors.marginFraction).toBeCloseTo(half.marginUsdt / (half.factors.equity / 1e8), 6);
    expect(approved(bench, { ...OPEN, mostLots: most.lots * 10 }).lots).toBe(most.lots);
  });

  it('below the least the exchange takes is refused instead of being raised to it', () => {
    const bench = new EngineBench().warmUp();
    const { minimumLots } = approved(bench, OPEN);
    expect(minimumLots).toBeGreaterThan(1);
    expect(approved(bench, { ...OPEN, mostLots: minimumLots }).lots).toBe(minimumLots);
    expect(bench.engine.previewOpen({ ...OPEN, mostLots: minimumLots - 1 }, bench.now)).toMatchObject({ kind: 'denied', code: 'below_minimum_notional' });
  });

  it('post-only without a limit is an ordinary order at the market', () => {
    const bench = new EngineBench().warmUp();
    expect(approved(bench, { ...OPEN, postOnly: true }).order).toBe(approved(bench, OPEN).order);
  });
});
