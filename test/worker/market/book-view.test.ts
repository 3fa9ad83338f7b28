// The depth streams' arithmetic: whoever takes a snapshot at any moment and applies the later differences has the book.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, lots, money, ticks } from '../../../src-shared/kernel/units.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import { BookView, type BookSnapshot } from '../../../src-worker/market/book-view.ts';
import { sampleInstrument } from '../../support/samples.ts';

const SYMBOL = 'BTCUSDT';
const T0 = 1_760_000_000_000;

const step = fc.oneof(
  fc.record({ kind: fc.constant('price' as const), ticks: fc.integer({ min: 599_990, max: 600_010 }) }),
  fc.record({ kind: fc.constant('trade' as const), lots: fc.integer({ min: 10, max: 400 }) }),
  fc.record({ kind: fc.constant('snapshot' as const) }),
  fc.record({ kind: fc.constant('difference' as const) }),
);

function follow(snapshot: BookSnapshot): { readonly id: number; readonly bids: Map<string, string>; readonly asks: Map<string, string> } {
  return { id: snapshot.updateId, bids: new Map(snapshot.bids), asks: new Map(snapshot.asks) };
}

describe('a client that follows the book', () => {
  it('has the same book as the venue after every difference, whenever it took its snapshot', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 80 }), (steps) => {
        const exchange = new Exchange([sampleInstrument()], money(1e14), epochMs(T0));
        const view = new BookView(exchange);
        let time = T0;
        const price = (value: number): void => exchange.onPrice(SYMBOL, { last: ticks(value), mark: ticks(value), quoteVolume24h: 5e9 }, epochMs(time));
        price(600_000);
        view.difference(SYMBOL, time, 100);
        const followers = [follow(view.snapshot(SYMBOL, time))];
        const order = { symbol: SYMBOL, positionSide: 'BOTH', type: 'MARKET', price: null, timeInForce: 'GTC', reduceOnly: false } as const;
        steps.forEach((entry, index) => {
          time += 130;
          if (entry.kind === 'price') price(entry.ticks);
          if (entry.kind === 'trade')
            exchange.place({ ...order, side: index % 2 === 0 ? 'BUY' : 'SELL', lots: lots(entry.lots), clientOrderId: `t${index}` }, epochMs(time));
          if (entry.kind === 'snapshot') followers.push(follow(view.snapshot(SYMBOL, time)));
          if (entry.kind !== 'difference') return;
          const change = view.difference(SYMBOL, time, 100);
          const now = view.snapshot(SYMBOL, time);
          if (change === null) return;
          for (const [position, follower] of followers.entries()) {
            if (change.last < follower.id) continue;
            expect(change.first).toBeLessThanOrEqual(follower.id + 1);
            for (const side of ['bids', 'asks'] as const)
              for (const [level, quantity] of change[side]) {
                if (quantity === '0') follower[side].delete(level);
                else follower[side].set(level, quantity);
              }
            expect(follower.bids).toEqual(new Map(now.bids));
            expect(follower.asks).toEqual(new Map(now.asks));
            followers[position] = { ...follower, id: change.last };
          }
        });
      }),
      { numRuns: 200 },
    );
  });
});
