// Positions found at the venue: which resting orders are theirs, and where the stop of one without any stands.
import { describe, expect, it } from 'vitest';
import { epochMs, lots, ticks } from '../../../src-shared/kernel/units.ts';
import { adoptedStopPrice, findResting } from '../../../src-main/core/execution/adopt.ts';
import type { OrderReport } from '../../../src-main/core/ports.ts';
import { Bench, lifecycleOf, START, submitted, venuePosition } from './support.ts';

/** A stop that closes a long of the sample contract, as the venue lists it. */
function listed(change: Partial<OrderReport> = {}): OrderReport {
  return {
    clientOrderId: 'web_1',
    venueOrderId: '77',
    symbol: 'BTCUSDT',
    conditional: true,
    status: 'resting',
    side: 'SELL',
    positionSide: 'BOTH',
    lots: lots(40),
    filledLots: lots(0),
    averagePrice: 0,
    price: null,
    trigger: ticks(590_000),
    closePosition: false,
    reduceOnly: true,
    purpose: 'stop',
    triggeredOrderId: null,
    time: START,
    reason: null,
    ...change,
  };
}

describe('the default stop of an adopted position', () => {
  const long = (change: Parameters<typeof venuePosition>[1] = {}) => venuePosition(40, { entryPrice: 60_000, markPrice: 60_000, ...change });
  const short = (change: Parameters<typeof venuePosition>[1] = {}) => venuePosition(-40, { entryPrice: 60_000, markPrice: 60_000, ...change });

  it.each([
    ['stands its distance from the entry', long(), 58_800],
    ['of a long in profit still from the entry', long({ markPrice: 61_000 }), 58_800],
    ['of a long in loss from the mark: it must not trigger at once', long({ markPrice: 59_000 }), 57_800],
    ['of a long whose mark is not known from the entry', long({ markPrice: 0 }), 58_800],
    ['of a short above the entry', short(), 61_200],
    ['of a short in profit still from the entry', short({ markPrice: 59_000 }), 61_200],
    ['of a short in loss from the mark', short({ markPrice: 61_000 }), 62_200],
    ['before a liquidation that lies farther', long({ liquidationPrice: 58_799 }), 58_800],
    ['half way to a liquidation at that distance', long({ liquidationPrice: 58_800 }), 59_400],
    ['half way to a liquidation that lies nearer', long({ liquidationPrice: 59_500 }), 59_750],
    ['half way from the mark', long({ markPrice: 59_800, liquidationPrice: 59_500 }), 59_650],
    ['of a short half way to its liquidation', short({ liquidationPrice: 60_500 }), 60_250],
    ['where nothing liquidates it', short({ liquidationPrice: 0 }), 61_200],
  ])('%s', (_what, found, expected) => expect(adoptedStopPrice(found, 1200)).toBe(expected));
});

describe('a resting order belongs to a found position', () => {
  const bench = new Bench();
  const of = (orders: readonly OrderReport[], side: 'long' | 'short' = 'long', purpose: 'stop' | 'target' = 'stop'): string | null =>
    findResting(bench.venue({ orders }), { symbol: 'BTCUSDT', side }, purpose)?.clientOrderId ?? null;

  it.each<readonly [string, Partial<OrderReport>, boolean]>([
    ['where all of it fits', {}, true],
    ['in hedge mode of its own leg', { positionSide: 'LONG' }, true],
    ['not of the other leg', { positionSide: 'SHORT' }, false],
    ['not of another contract', { symbol: 'ETHUSDT' }, false],
    ['not a plain order', { conditional: false }, false],
    ['not one of another purpose', { purpose: 'target' }, false],
    ['not one that has ended', { status: 'canceled' }, false],
    ['not one without a trigger', { trigger: null }, false],
    ['not one that would add to it', { side: 'BUY' }, false],
  ])('%s', (_what, change, isIts) => expect(of([listed(change)])).toBe(isIts ? 'web_1' : null));

  it('of a short buys, in hedge mode on the short leg', () => {
    expect(of([listed({ side: 'BUY' })], 'short')).toBe('web_1');
    expect(of([listed({ side: 'BUY', positionSide: 'SHORT' })], 'short')).toBe('web_1');
    expect(of([listed({ side: 'BUY', positionSide: 'LONG' })], 'short')).toBeNull();
    expect(of([listed()], 'short')).toBeNull();
  });

  it('one that closes all goes before one of a quantity, the first before the second', () => {
    const quantity = listed({ clientOrderId: 'quantity' });
    const second = listed({ clientOrderId: 'second' });
    const whole = listed({ clientOrderId: 'whole', closePosition: true });
    expect(of([quantity, second])).toBe('quantity');
    expect(of([quantity, whole, listed({ clientOrderId: 'later', closePosition: true })])).toBe('whole');
  });
});

describe('an adopted position', () => {
  /** Seconds after its fill, so that nothing is too new to be judged. */
  function found(amount: number, orders: readonly OrderReport[] = [], bench = new Bench({ adoptedStopPercent: 2 })): Bench {
    bench.wait(60_000);
    bench.reconcile({ positions: [venuePosition(amount, { leverage: 7, isolated: amount > 0, liquidationPrice: null })], orders });
    return bench;
  }

  it.each([
    [40, 'long', 588_000, 'isolated'],
    [-40, 'short', 612_000, 'cross'],
  ] as const)('of %i lots is a %s with a stop at the set distance, at once', (amount, side, stop, marginType) => {
    const bench = found(amount);
    const [intent] = bench.outputs.flatMap(submitted);
    expect(intent).toMatchObject({ purpose: 'stop', trigger: ticks(stop), closePosition: true, side: side === 'long' ? 'SELL' : 'BUY' });
    expect(bench.position()).toMatchObject({
      side,
      lots: 40,
      leverage: 7,
      entryPrice: 60_000,
      stop: ticks(stop),
      target: null,
      riskPerUnit: 1200,
      protection: 'naked',
    });
    expect([...bench.desk.context.state.positions.values()].at(-1)).toMatchObject({ marginType, plannedLots: 40, openedLots: 40, correctedAt: bench.now });
    expect(lifecycleOf(bench.records)).toEqual(['created']);
  });

  it('keeps the stop and the target that rest, and nothing is sent', () => {
    const bench = found(40, [listed(), listed({ clientOrderId: 'web_2', purpose: 'target', trigger: ticks(640_000) })]);
    expect(bench.outputs.flatMap(submitted)).toEqual([]);
    expect(bench.position()).toMatchObject({ stop: ticks(590_000), target: ticks(640_000), protection: 'protected', nakedSince: null });
    const orders = [...bench.desk.context.state.orders.values()];
    expect(orders.map(({ intent, status }) => [intent.clientOrderId, intent.purpose, intent.kind, status])).toEqual([
      ['web_1', 'stop', 'stop_market', 'resting'],
      ['web_2', 'target', 'take_profit_market', 'resting'],
    ]);
    expect(bench.outputs.some(({ durable }) => durable)).toBe(true);
  });

  it('that is only to be shown gets no stop, and keeps one that rests', () => {
    const shown = { adoptedStopPercent: 2, adoptUnknownPositions: 'show' as const };
    const bare = found(40, [], new Bench(shown));
    expect(bare.outputs.flatMap(submitted)).toEqual([]);
    expect(bare.position()).toMatchObject({ stop: null, protection: 'naked' });
    expect(found(40, [listed()], new Bench(shown)).position()).toMatchObject({ stop: ticks(590_000), protection: 'stop_only' });
  });

  it('asks for its fills of the last hours', () => {
    const bench = found(40);
    const asked = bench.outputs.flatMap(({ effects }) => effects).filter((effect) => effect.kind === 'reconcile');
    expect(asked).toMatchObject([{ scope: 'symbols', symbols: ['BTCUSDT'] }]);
    expect(asked[0]?.fillsSince).toBeLessThan(epochMs(bench.now - 3_000_000));
  });
});
