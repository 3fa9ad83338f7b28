// The columns, the index over them, and what is kept of ended positions: at their limits.
import { describe, expect, it } from 'vitest';
import type { VirtualPosition } from '../../../src-shared/domain/position.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { ROUND_TRIP_COST, VirtualColumns, type Story } from '../../../src-main/core/virtual/columns.ts';
import { CLOSED_KEPT, EndedPositions, NAMES_KEPT } from '../../../src-main/core/virtual/ended.ts';
import { TriggerIndex } from '../../../src-main/core/virtual/trigger-index.ts';
import { VirtualBook } from '../../../src-main/core/virtual/virtual-book.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { eventsOf, longSignal, shortSignal, START } from './support.ts';

const FRESH = { last: 100, maximum: 0, minimum: 0, approach: 0 };
const storyOf = (signal: Signal): Story => ({ id: signal.id, symbol: signal.symbol, verdict: 'rank', signal });

describe('the columns', () => {
  it('keep every number of every position when they grow, past two doublings', () => {
    const columns = new VirtualColumns();
    const signalOf = (index: number): Signal => {
      const plan = { ...longSignal().plan, entry: 100 + index, stop: 90 + index / 2, target: 120 + 2 * index, expiresAt: epochMs(START + index) };
      return longSignal(`p${index}`, { plan: index % 2 === 0 ? plan : { ...plan, side: 'short' }, decidedAt: epochMs(START - index) });
    };
    const seenOf = (index: number): typeof FRESH & { funding: number } => ({
      last: 100.5 + index,
      maximum: index / 7,
      minimum: -index / 9,
      approach: index % 4,
      funding: index / 1e6,
    });
    const indices = Array.from({ length: 2500 }, (_, index) => index);
    expect(indices.map((index) => columns.insert(storyOf(signalOf(index)), seenOf(index)))).toEqual(indices);
    const { entry, stop, target, risk, side, openedAt, expiresAt, storedMaximum, storedMinimum, storedPrice } = columns;
    const found = indices.map((index) => [
      ...[side[index], entry[index], stop[index], target[index], risk[index], openedAt[index], expiresAt[index]],
      ...[storedMaximum[index], storedMinimum[index], storedPrice[index], ...Object.values(columns.seen(index))],
    ]);
    const put = indices.map((index) => {
      const { plan, decidedAt } = signalOf(index);
      const seen = seenOf(index);
      return [
        ...[index % 2 === 0 ? 1 : -1, plan.entry, plan.stop, plan.target, Math.abs(plan.entry - plan.stop), decidedAt, plan.expiresAt],
        ...[seen.maximum, seen.minimum, columns.grossR(index, seen.last), ...Object.values(seen)],
      ];
    });
    expect(found).toEqual(put);
  });

  it('give a slot that was left to the next position, with nothing of the one before', () => {
    const columns = new VirtualColumns();
    const slot = columns.insert(storyOf(longSignal('a')), { last: 110, maximum: 1, minimum: -1, approach: 3, funding: 0.5 });
    columns.remove(slot);
    expect(columns.stories[slot]).toBeNull();
    expect(columns.insert(storyOf(shortSignal('b')), FRESH)).toBe(slot);
    expect([columns.seen(slot), columns.storedMaximum[slot], columns.storedMinimum[slot]]).toEqual([{ ...FRESH, funding: 0 }, 0, 0]);
    expect(columns.insert(storyOf(longSignal('c')), FRESH)).toBe(slot + 1);
  });

  it('take a plan without risk for one that neither wins nor loses', () => {
    const columns = new VirtualColumns();
    const slot = columns.insert(storyOf(longSignal('flat', { plan: { ...longSignal().plan, stop: 100 } })), FRESH);
    expect([columns.grossR(slot, 110), columns.netR(slot, 110)]).toEqual([0, 0]);
  });

  it('take costs and funding from the result in the unit of its own risk', () => {
    const columns = new VirtualColumns();
    const slot = columns.insert(storyOf(longSignal('a')), { ...FRESH, funding: 0.01 });
    expect(columns.netR(slot, 105)).toBeCloseTo(0.5 - (ROUND_TRIP_COST + 0.01) * 10, 12);
  });

  it('only widen what is known of the extremes', () => {
    const columns = new VirtualColumns();
    const slot = columns.insert(storyOf(longSignal('a')), { ...FRESH, maximum: 0.5, minimum: -0.5 });
    columns.widen(slot, { maximum: 0.4, minimum: -0.6 });
    columns.widen(slot, {});
    expect(columns.seen(slot)).toMatchObject({ maximum: 0.5, minimum: -0.6 });
  });
});

describe('the trigger index', () => {
  /** One long around 100 with 1 R = 10, best 0.3 R, worst −0.2 R: every price that changes it. */
  function indexed(approach = 0): { readonly columns: VirtualColumns; readonly index: TriggerIndex; readonly slot: number } {
    const columns = new VirtualColumns();
    const index = new TriggerIndex(columns);
    const slot = columns.insert(storyOf(longSignal('a')), { ...FRESH, maximum: 0.3, minimum: -0.2, approach });
    index.add('BTCUSDT', slot);
    return { columns, index, slot };
  }
  const quietAt = (start: number, prices: readonly number[], approach = 0): readonly boolean[] => {
    const { index } = indexed(approach);
    index.narrow('BTCUSDT', start);
    return prices.map((price) => index.isQuiet('BTCUSDT', price));
  };

  it('is quiet strictly between the best and the worst so far', () => {
    expect(quietAt(100, [98, 98.001, 100, 102.999, 103])).toEqual([false, true, true, true, false]);
  });

  it('beyond them is quiet up to the next warning, barrier or re-arming', () => {
    expect(quietAt(110, [103, 103.001, 115.999, 116])).toEqual([false, true, true, false]);
    expect(quietAt(117, [116, 116.5, 119.9, 120])).toEqual([false, true, true, false]);
    // Warned of the target: quiet until 60 % of the way, 112.
    expect(quietAt(117, [112, 112.001, 116, 119.9], 1)).toEqual([false, true, true, true]);
    expect(quietAt(95, [92, 92.001, 97.999, 98])).toEqual([false, true, true, false]);
    expect(quietAt(91, [90, 90.001, 93.999, 94], 2)).toEqual([false, true, true, false]);
  });

  it('on a price that changes something is never quiet', () => {
    for (const price of [90, 92, 98, 103, 116, 120]) expect(quietAt(price, [price - 0.001, price, price + 0.001])).toEqual([false, false, false]);
  });

  it('knows nothing of a symbol before its first price, and a new position is looked at by the next', () => {
    const { index, columns, slot } = indexed();
    expect([index.isQuiet('BTCUSDT', 100), index.isQuiet('ETHUSDT', 100)]).toEqual([false, false]);
    index.narrow('BTCUSDT', 100);
    expect(index.isQuiet('BTCUSDT', 101)).toBe(true);
    expect(columns.last[slot]).toBe(100);
    index.touch(slot);
    expect(columns.last[slot]).toBe(101);
    expect(index.isQuiet('BTCUSDT', 101.5)).toBe(true);
    index.widen('BTCUSDT');
    expect([columns.last[slot], index.isQuiet('BTCUSDT', 101)]).toEqual([101.5, false]);
  });

  it('a quiet price writes nothing at all, and is the last price all the same', () => {
    const book = new VirtualBook(() => 10);
    book.open(longSignal('a'), 'rank', START);
    for (const price of [110, 95, 100]) book.onPrice('BTCUSDT', price, START);
    expect(book.onPrice('BTCUSDT', 104, START).records).toEqual([]);
    expect(book.list('open', 1)[0]?.last).toBe(104);
    expect(book.checkpoint().open[0]?.last).toBe(104);
    expect(eventsOf([book.close('a', START)])).toEqual(['manual_close', 'closed']);
    expect(book.get('a')?.last).toBe(104);
  });
});

describe('ended positions', () => {
  const ended = (index: number, pnlR = 1): VirtualPosition => ({ id: `p${index}`, pnlR }) as VirtualPosition;

  it('are kept whole up to a thousand, the newest, and all of them in the sums', () => {
    const positions = new EndedPositions();
    for (let index = 0; index < CLOSED_KEPT; index += 1) positions.add(ended(index));
    expect([CLOSED_KEPT, positions.closed.length, positions.closed[0]?.id]).toEqual([1000, 1000, 'p0']);
    positions.add(ended(CLOSED_KEPT, -3));
    positions.add(ended(CLOSED_KEPT + 1, 0));
    expect([positions.closed.length, positions.closed[0]?.id, positions.closed.at(-1)?.id]).toEqual([1000, 'p2', 'p1001']);
    expect(positions.sums).toEqual({ closedCount: 1002, wins: 1000, sumR: 997 });
  });

  it('are found by name while they are whole, and known by name much longer', () => {
    const positions = new EndedPositions();
    for (let index = 0; index < NAMES_KEPT; index += 1) positions.add(ended(index));
    expect([NAMES_KEPT, positions.nameCount, positions.has('p0')]).toEqual([20_000, 20_000, true]);
    expect([positions.find('p0'), positions.find('p19999')?.id, positions.find('nobody')]).toEqual([null, 'p19999', null]);
    positions.add(ended(NAMES_KEPT));
    expect([positions.nameCount, positions.has('p0'), positions.has('p1')]).toEqual([20_000, false, true]);
  });

  it('come back from a checkpoint with their names and sums', () => {
    const positions = new EndedPositions();
    positions.restore([ended(1), ended(2, -1)], { closedCount: 7, wins: 3, sumR: 1.5 });
    positions.add(ended(3, 2));
    expect([positions.has('p1'), positions.closed.map(({ id }) => id), positions.sums]).toEqual([
      true,
      ['p1', 'p2', 'p3'],
      { closedCount: 8, wins: 4, sumR: 3.5 },
    ]);
  });
});
