// The price ladder: levels put together by steps without losing any quantity, one's own orders on their rungs, the spread in ticks and basis points.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BookLevel } from '../../src-shared/contract/trade-calls.ts';
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import type { Order } from '../../src-shared/domain/order.ts';
import { lots, ticks } from '../../src-shared/kernel/units.ts';
import { buildLadder, ownLevels, type OwnLevel } from '../../src-renderer/state/ladder.ts';
import { samplePosition } from '../support/samples.ts';

const BTC: MarketInfo = { symbol: 'BTCUSDT', baseAsset: 'BTC', priceScale: 1, tickUnits: 1, quantityScale: 3, stepUnits: 1 };
const BOOK = {
  bids: [
    [99.9, 1],
    [99.8, 2],
    [99.4, 4],
  ] satisfies BookLevel[],
  asks: [
    [100.1, 3],
    [100.3, 1],
    [101, 2],
  ] satisfies BookLevel[],
};
const mine = (kind: OwnLevel['kind'], price: number): OwnLevel => ({ id: `${kind} ${price}`, kind, price });
const plain = (rungs: ReturnType<typeof buildLadder>['bids']) => rungs.map(({ price, quantity, total }) => [Number(price.toFixed(6)), quantity, total]);

describe('the price ladder', () => {
  it('shows each level with what has gathered up to it, best first, the spread and the share of the bids', () => {
    const ladder = buildLadder({ book: BOOK, market: BTC, step: 1, rows: 20, own: [] });
    expect(plain(ladder.bids)).toEqual([
      [99.9, 1, 1],
      [99.8, 2, 3],
      [99.4, 4, 7],
    ]);
    expect(plain(ladder.asks)).toEqual([
      [100.1, 3, 3],
      [100.3, 1, 4],
      [101, 2, 6],
    ]);
    expect([ladder.spreadTicks, ladder.most]).toEqual([2, 7]);
    expect(ladder.spreadFraction).toBeCloseTo(0.002, 9);
    expect(ladder.bidShare).toBeCloseTo(7 / 13, 9);
  });

  it('puts bids down and asks up to a wider step, so that no price looks better than it is', () => {
    const ladder = buildLadder({ book: BOOK, market: BTC, step: 5, rows: 20, own: [] });
    expect(plain(ladder.bids)).toEqual([
      [99.5, 3, 3],
      [99, 4, 7],
    ]);
    expect(plain(ladder.asks)).toEqual([
      [100.5, 4, 4],
      [101, 2, 6],
    ]);
  });

  it('loses no quantity whatever the step, and shows no more rungs than there is room for', () => {
    const levels = fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 1000 })), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(levels, fc.constantFrom(1, 5, 10, 50, 100), fc.integer({ min: 1, max: 20 }), (raw, step, rows) => {
        const bids = [...new Map(raw)].map(([away, amount]): BookLevel => [(1000 - away) / 10, amount / 1000]).toSorted((a, b) => b[0] - a[0]);
        const whole = buildLadder({ book: { bids, asks: [] }, market: BTC, step, rows: 20, own: [] });
        expect(whole.bids.at(-1)?.total ?? 0).toBeCloseTo(
          bids.reduce((sum, [, quantity]) => sum + quantity, 0),
          9,
        );
        const cut = buildLadder({ book: { bids, asks: [] }, market: BTC, step, rows, own: [] });
        expect(cut.bids).toEqual(whole.bids.slice(0, rows));
      }),
    );
  });

  it('puts own orders on their rungs and lists those that the book does not reach, nearest first', () => {
    const own = [mine('entry', 99.8), mine('target', 100.3), mine('stop', 95), mine('stop', 90), mine('target', 110)];
    const ladder = buildLadder({ book: BOOK, market: BTC, step: 1, rows: 20, own });
    expect(ladder.bids.map((rung) => rung.own.map(({ kind }) => kind))).toEqual([[], ['entry'], []]);
    expect(ladder.asks.map((rung) => rung.own.map(({ kind }) => kind))).toEqual([[], ['target'], []]);
    expect([ladder.above.map(({ price }) => price), ladder.below.map(({ price }) => price)]).toEqual([[110], [95, 90]]);
  });

  it('has no spread and no rungs for an empty book', () => {
    const ladder = buildLadder({ book: { bids: [], asks: [] }, market: BTC, step: 1, rows: 20, own: [] });
    expect([ladder.asks, ladder.bids, ladder.spreadTicks, ladder.bidShare]).toEqual([[], [], Number.NaN, Number.NaN]);
  });
});

describe('levels of one’s own', () => {
  const order = (id: string, parts: object, status = 'resting'): Order =>
    ({ status, intent: { clientOrderId: id, symbol: 'BTCUSDT', purpose: 'entry', price: null, trigger: null, ...parts } }) as unknown as Order;
  const view = (change: object): PositionView => ({ position: samplePosition({ phase: 'open', lots: lots(5), entryPrice: 100, ...change }) }) as PositionView;

  it('are the working orders of the market at their trigger or price, and what is held at its entry', () => {
    const orders = [
      order('a', { price: ticks(990) }),
      order('b', { purpose: 'stop', trigger: ticks(950) }),
      order('c', { price: ticks(980) }, 'filled'),
      order('d', { symbol: 'ETHUSDT', price: ticks(970) }),
      order('e', { purpose: 'close' }),
    ];
    const positions = [view({ id: 'p' }), view({ id: 'q', lots: lots(0) }), view({ id: 'r', phase: 'closed' })];
    expect(ownLevels('BTCUSDT', { orders, positions, market: BTC })).toEqual([
      { id: 'a', kind: 'entry', price: 99 },
      { id: 'b', kind: 'stop', price: 95 },
      { id: 'p', kind: 'position', price: 100 },
    ]);
  });
});
