// The rarer terms of an order: good till a date, a price left to the book, ids of changes, the wording of a minimum.
import { describe, expect, it } from 'vitest';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import type { PriceMatch } from '../../../src-main/core/venue/types.ts';
import { epochMs, lots, ticks, ZERO_MONEY } from '../../../src-shared/kernel/units.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { algoWords, codeOf, conditional, limit, openAccount, orderWords, SYMBOL, T0 } from './support.ts';

const TEN_MINUTES = 600_000;

describe('good till a date', () => {
  const until = (date: number) => ({ timeInForce: 'GTD', goodTillDate: date }) as const;

  it('rests until its date and expires then, with the reason for it, though no price comes', () => {
    const { exchange } = openAccount();
    const date = T0 + TEN_MINUTES + 1000;
    expect(exchange.place(limit('BUY', 10, 590_000, until(date)), T0)).toMatchObject({ ok: true, value: { status: 'NEW', goodTillDate: date } });
    exchange.onTime(epochMs(date - 1));
    expect(exchange.openOrders(SYMBOL)).toHaveLength(1);
    exchange.drainEvents();
    exchange.onTime(epochMs(date));
    expect(exchange.openOrders(SYMBOL)).toHaveLength(0);
    expect(exchange.drainEvents()).toMatchObject([{ kind: 'order', execution: 'EXPIRED', order: { status: 'EXPIRED', expiryReason: 6, updateTime: date } }]);
  });

  it('is over with −5040 at once when the date is less than ten minutes away, absent, or beyond the year 9999', () => {
    const { exchange } = openAccount();
    const place = (date: number): number | null => codeOf(exchange.place(limit('BUY', 10, 590_000, until(date)), T0));
    expect([T0 + TEN_MINUTES, 253_402_300_799_000].map(place)).toEqual([-5040, -5040]);
    expect(codeOf(exchange.place(limit('BUY', 10, 590_000, { timeInForce: 'GTD' }), T0))).toBe(-5040);
    expect([T0 + TEN_MINUTES + 1000, 253_402_300_798_000].map(place)).toEqual([null, null]);
  });

  it('an order that was filled or cancelled before ends once only', () => {
    const { exchange, at } = openAccount();
    const date = T0 + TEN_MINUTES + 1000;
    const canceled = exchange.place(limit('BUY', 10, 590_000, until(date)), T0);
    exchange.place(limit('BUY', 10, 599_000, until(date)), T0);
    exchange.cancel(SYMBOL, { orderId: canceled.ok ? canceled.value.orderId : 0, clientOrderId: null }, T0);
    at(598_000);
    expect(exchange.holdings()[0]?.lots).toBe(10);
    exchange.drainEvents();
    exchange.onTime(epochMs(date));
    expect(exchange.drainEvents()).toEqual([]);
  });

  it('keeps its date over a restart', () => {
    const { exchange } = openAccount();
    const date = T0 + TEN_MINUTES + 1000;
    exchange.place(limit('BUY', 10, 590_000, until(date)), T0);
    const again = new Exchange([sampleInstrument()], ZERO_MONEY, T0);
    again.restore(exchange.state());
    again.drainEvents();
    again.onTime(epochMs(date));
    expect(orderWords(again.drainEvents())).toEqual(['EXPIRED EXPIRED']);
  });
});

describe('a price left to the book', () => {
  it.each([
    ['OPPONENT', 'BUY', 'BUY', 0],
    ['OPPONENT_5', 'SELL', 'SELL', 4],
    ['OPPONENT_10', 'BUY', 'BUY', 9],
    ['OPPONENT_20', 'SELL', 'SELL', 19],
    ['QUEUE', 'BUY', 'SELL', 0],
    ['QUEUE_5', 'SELL', 'BUY', 4],
    ['QUEUE_10', 'BUY', 'SELL', 9],
    ['QUEUE_20', 'SELL', 'BUY', 19],
  ] as const)('%s of a %s order is the price a %s taker meets at level %i', (priceMatch, side, taker, level) => {
    const { exchange } = openAccount();
    const expected = exchange.levels(SYMBOL, taker, T0)[level]?.price;
    expect(expected).toBeGreaterThan(0);
    const placed = exchange.place(limit(side, 10, 0, { price: null, priceMatch }), T0);
    expect(placed).toMatchObject({ ok: true, value: { price: expected, priceMatch, status: priceMatch.startsWith('OPPONENT') ? 'FILLED' : 'NEW' } });
  });

  it('is refused with −5041 where the book is not that deep', () => {
    const { exchange } = openAccount({ usdt: 10_000_000, leverage: 20 });
    const levels = exchange.levels(SYMBOL, 'BUY', T0);
    const first = levels.slice(0, 3).reduce((sum, level) => sum + level.lots, 0);
    exchange.place(limit('BUY', first, Number(levels[2]?.price), { timeInForce: 'IOC' }), T0);
    const place = (priceMatch: PriceMatch): number | null => codeOf(exchange.place(limit('BUY', 10, 0, { price: null, priceMatch }), T0));
    expect(place('OPPONENT_20')).toBe(-5041);
    expect(place('OPPONENT')).toBeNull();
  });

  it('a change may leave it to the book as well', () => {
    const { exchange } = openAccount();
    const placed = exchange.place(limit('BUY', 10, 590_000), T0);
    const key = { orderId: placed.ok ? placed.value.orderId : 0, clientOrderId: null };
    const queue = exchange.levels(SYMBOL, 'SELL', T0)[4]?.price;
    expect(exchange.amend({ symbol: SYMBOL, key, side: 'BUY', lots: lots(10), price: null, priceMatch: 'QUEUE_5' }, T0)).toMatchObject({
      value: { price: queue },
    });
  });

  it('a stop limit order takes it from the book of the moment it is triggered', () => {
    const { exchange, at } = openAccount();
    exchange.place(limit('BUY', 100, 601_000), T0);
    const stop = conditional('SELL', 595_000, { type: 'STOP', lots: lots(100), closePosition: false, reduceOnly: true, priceMatch: 'QUEUE_5' });
    exchange.placeAlgo(stop, T0);
    exchange.drainEvents();
    at(594_000);
    expect(algoWords(exchange.drainEvents()).slice(0, 2)).toEqual(['TRIGGERING', 'TRIGGERED']);
    const queue = exchange.levels(SYMBOL, 'BUY', T0)[4]?.price;
    expect(exchange.openOrders(SYMBOL)).toMatchObject([{ side: 'SELL', type: 'LIMIT', price: queue, priceMatch: 'QUEUE_5' }]);
  });
});

it('changes of orders are numbered without a repeat, however many the venue remembers', () => {
  const { exchange } = openAccount();
  const placed = exchange.place(limit('BUY', 10, 590_000), T0);
  const key = { orderId: placed.ok ? placed.value.orderId : 0, clientOrderId: null };
  for (let change = 0; change < 1200; change += 1)
    exchange.amend({ symbol: SYMBOL, key, side: 'BUY', lots: lots(10), price: ticks(590_001 + (change % 7)) }, T0);
  const ids = exchange.amendments.map((entry) => entry.amendmentId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.at(-1)).toBe(1200);
});

it('a refusal for being too small names the minimum', () => {
  const { exchange } = openAccount();
  const refused = exchange.place(limit('BUY', 1, 590_000), T0);
  expect(refused).toEqual({ ok: false, error: { code: -4164, message: "Order's notional must be no smaller than 100 (unless you choose reduce only)" } });
});
