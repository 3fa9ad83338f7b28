// Regular orders at the venue: time in force, the finite book, waiting in line, changes, modes and what may reduce.
import { describe, expect, it } from 'vitest';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import { codeOf, limit, market, openAccount, orderWords, SYMBOL, T0 } from './support.ts';

describe('time in force', () => {
  it('GTC takes what the book offers at its price and rests with the remainder', () => {
    const { exchange } = openAccount({ usdt: 1_000_000, leverage: 20 });
    const [best] = exchange.levels(SYMBOL, 'BUY', T0);
    const placed = exchange.place(limit('BUY', (best?.lots ?? 0) + 500, best?.price ?? 0), T0);
    expect(placed).toMatchObject({ ok: true, value: { status: 'PARTIALLY_FILLED', filled: best?.lots } });
    expect(exchange.openOrders(SYMBOL)).toHaveLength(1);
  });

  it('IOC expires what it cannot take at once', () => {
    const { exchange } = openAccount({ usdt: 1_000_000, leverage: 20 });
    const [best] = exchange.levels(SYMBOL, 'BUY', T0);
    exchange.place(limit('BUY', (best?.lots ?? 0) + 500, best?.price ?? 0, { timeInForce: 'IOC' }), T0);
    expect(orderWords(exchange.drainEvents())).toEqual(['NEW NEW', 'TRADE PARTIALLY_FILLED', 'EXPIRED EXPIRED']);
  });

  it('FOK is refused whole with −5021, GTX that would take with −5022', () => {
    const { exchange } = openAccount({ usdt: 1_000_000, leverage: 20 });
    const [best] = exchange.levels(SYMBOL, 'BUY', T0);
    expect(codeOf(exchange.place(limit('BUY', (best?.lots ?? 0) + 500, best?.price ?? 0, { timeInForce: 'FOK' }), T0))).toBe(-5021);
    expect(codeOf(exchange.place(limit('BUY', 10, best?.price ?? 0, { timeInForce: 'GTX' }), T0))).toBe(-5022);
    expect(exchange.drainEvents()).toEqual([]);
  });

  it('a market order larger than the book fills in part and the rest expires', () => {
    const { exchange } = openAccount({ usdt: 1_000_000, leverage: 20 });
    exchange.rules.bookThickness = 0.01;
    exchange.place(market('BUY', 20_000), T0);
    expect(orderWords(exchange.drainEvents()).at(-1)).toBe('EXPIRED EXPIRED');
    expect(exchange.holdings()[0]?.lots).toBeLessThan(20_000);
  });
});

describe('the book', () => {
  it('is thinner after it was traded into and grows back within seconds', () => {
    const { exchange } = openAccount({ usdt: 1_000_000 });
    const offered = (time: number): number => exchange.levels(SYMBOL, 'BUY', time).reduce((sum, level) => sum + level.lots, 0);
    const full = offered(T0);
    exchange.place(market('BUY', 1000), T0);
    expect(offered(T0)).toBe(full - 1000);
    expect(offered(T0 + 2500)).toBeGreaterThan(full - 1000);
    expect(offered(T0 + 10_000)).toBe(full);
  });

  it('serves those first in line when price only touches a resting order', () => {
    const { exchange, at } = openAccount();
    exchange.place(limit('BUY', 10, 598_000), T0);
    at(598_000);
    expect(exchange.trades).toHaveLength(0);
    for (let touch = 0; touch < 8; touch += 1) at(598_000);
    expect(exchange.trades).toMatchObject([{ maker: true, price: 598_000 }]);
  });

  it('fills a large resting order in parts as price goes through it', () => {
    const { exchange, at } = openAccount({ usdt: 1_000_000 });
    exchange.place(limit('BUY', 3000, 599_000), T0);
    at(598_999);
    const [order] = exchange.openOrders(SYMBOL);
    expect(order).toMatchObject({ status: 'PARTIALLY_FILLED' });
    at(560_000);
    expect(exchange.findOrder(SYMBOL, { orderId: order?.orderId ?? 0, clientOrderId: null })?.status).toBe('FILLED');
  });

  it('refuses a market order with −4131 when the counterparty is outside the price band, and keeps the position', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 10), T0);
    at(540_000, 600_000);
    expect(codeOf(exchange.place(market('SELL', 10, { reduceOnly: true }), T0))).toBe(-4131);
    expect(exchange.holdings()[0]?.lots).toBe(10);
  });

  it('lets own orders expire rather than meet (EXPIRE_MAKER, EXPIRE_TAKER, EXPIRE_BOTH)', () => {
    const words = (mode: 'EXPIRE_MAKER' | 'EXPIRE_TAKER' | 'EXPIRE_BOTH'): readonly string[] => {
      const { exchange } = openAccount();
      const ask = exchange.levels(SYMBOL, 'BUY', T0)[0]?.price ?? ticks(0);
      exchange.place(limit('SELL', 10, ask), T0);
      exchange.drainEvents();
      exchange.place(market('BUY', 20, { selfTradePrevention: mode }), T0);
      return orderWords(exchange.drainEvents());
    };
    expect(words('EXPIRE_MAKER')).toEqual(['NEW NEW', 'EXPIRED EXPIRED_IN_MATCH', 'TRADE FILLED']);
    expect(words('EXPIRE_TAKER')).toEqual(['NEW NEW', 'EXPIRED EXPIRED_IN_MATCH']);
    expect(words('EXPIRE_BOTH')).toEqual(['NEW NEW', 'EXPIRED EXPIRED_IN_MATCH', 'EXPIRED EXPIRED_IN_MATCH']);
  });
});

describe('changing an order', () => {
  it('keeps its id, takes the new price and quantity, and goes to the back of the line', () => {
    const { exchange } = openAccount();
    const placed = exchange.place(limit('BUY', 10, 590_000), T0);
    const orderId = placed.ok ? placed.value.orderId : 0;
    const change = { symbol: SYMBOL, key: { orderId, clientOrderId: null }, side: 'BUY', lots: lots(20), price: ticks(591_000) } as const;
    exchange.drainEvents();
    expect(exchange.amend(change, T0)).toMatchObject({ ok: true, value: { orderId, lots: 20, price: 591_000, status: 'NEW' } });
    expect(orderWords(exchange.drainEvents())).toEqual(['AMENDMENT NEW']);
    expect(codeOf(exchange.amend(change, T0)), 'nothing to change').toBe(-5027);
    expect(codeOf(exchange.amend({ ...change, price: ticks(591_500), side: 'SELL' }, T0))).toBe(-2013);
    expect(codeOf(exchange.amend({ ...change, lots: lots(1_000_000) }, T0)), 'not enough margin').toBe(-2019);
    expect(exchange.openOrders(SYMBOL)).toMatchObject([{ lots: 20, price: 591_000 }]);
    expect(exchange.amendments).toMatchObject([{ before: { price: 590_000, lots: 10 }, after: { price: 591_000, lots: 20 }, count: 1 }]);
  });

  it('cancels instead when a post-only order would take or the quantity is already filled', () => {
    const { exchange } = openAccount({ usdt: 1_000_000, leverage: 20 });
    const resting = exchange.place(limit('BUY', 10, 590_000, { timeInForce: 'GTX' }), T0);
    const key = { orderId: resting.ok ? resting.value.orderId : 0, clientOrderId: null };
    expect(exchange.amend({ symbol: SYMBOL, key, side: 'BUY', lots: lots(10), price: ticks(601_000) }, T0)).toMatchObject({ value: { status: 'CANCELED' } });
    const [best] = exchange.levels(SYMBOL, 'BUY', T0);
    const partial = exchange.place(limit('BUY', (best?.lots ?? 0) + 50, best?.price ?? 0), T0);
    const change = { symbol: SYMBOL, key: { orderId: partial.ok ? partial.value.orderId : 0, clientOrderId: null }, side: 'BUY' } as const;
    expect(exchange.amend({ ...change, lots: lots(best?.lots ?? 0), price: ticks(best?.price ?? 0) }, T0)).toMatchObject({ value: { status: 'CANCELED' } });
  });
});

describe('reducing', () => {
  it('refuses a resting reduce-only order when others have claimed the position, but never a closing market order', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 100), T0);
    expect(codeOf(exchange.place(limit('SELL', 100, 610_000, { reduceOnly: true }), T0))).toBeNull();
    expect(codeOf(exchange.place(limit('SELL', 10, 611_000, { reduceOnly: true }), T0))).toBe(-2022);
    expect(codeOf(exchange.place(market('SELL', 100, { reduceOnly: true }), T0))).toBeNull();
    expect(exchange.openOrders(SYMBOL), 'the resting one ended with the position').toEqual([]);
  });

  it('fills only what is left to close, and expires the excess', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 100), T0);
    exchange.place(limit('SELL', 100, 610_000, { reduceOnly: true }), T0);
    exchange.place(market('SELL', 60), T0);
    exchange.drainEvents();
    at(611_000);
    expect(orderWords(exchange.drainEvents())).toEqual(['TRADE PARTIALLY_FILLED', 'EXPIRED EXPIRED']);
    expect(exchange.holdings()).toEqual([]);
  });
});

describe('hedge mode', () => {
  it('keeps a long and a short side by side, and closes each from its own side', () => {
    const { exchange } = openAccount();
    expect(exchange.setHedgeMode(true)).toBeNull();
    expect(codeOf(exchange.place(market('BUY', 10), T0)), 'BOTH is for one-way mode').toBe(-4061);
    exchange.place(market('BUY', 10, { positionSide: 'LONG' }), T0);
    exchange.place(market('SELL', 20, { positionSide: 'SHORT' }), T0);
    expect(exchange.holdings().map((holding) => [holding.positionSide, holding.lots])).toEqual([
      ['LONG', 10],
      ['SHORT', -20],
    ]);
    expect(codeOf(exchange.place(market('SELL', 11, { positionSide: 'LONG' }), T0)), 'more than the long').toBe(-2022);
    expect(codeOf(exchange.place(market('SELL', 10, { positionSide: 'LONG', reduceOnly: true }), T0))).toBe(-1106);
    exchange.place(market('SELL', 10, { positionSide: 'LONG' }), T0);
    exchange.place(market('BUY', 20, { positionSide: 'SHORT' }), T0);
    expect(exchange.holdings()).toEqual([]);
    expect(exchange.setHedgeMode(true)?.code).toBe(-4059);
  });

  it('cannot be changed with orders (−4067) or positions (−4068)', () => {
    const { exchange } = openAccount();
    exchange.place(limit('BUY', 10, 590_000), T0);
    expect(exchange.setHedgeMode(true)?.code).toBe(-4067);
    exchange.cancel(SYMBOL, { orderId: exchange.openOrders(SYMBOL)[0]?.orderId ?? 0, clientOrderId: null }, T0);
    exchange.place(market('BUY', 10), T0);
    expect(exchange.setHedgeMode(true)?.code).toBe(-4068);
  });
});

describe('limits', () => {
  it('allows 200 open orders a symbol (−2025) and a client id once among the open ones (−4116), again after the end', () => {
    const { exchange } = openAccount({ usdt: 1_000_000 });
    for (let index = 0; index < 200; index += 1) expect(codeOf(exchange.place(limit('BUY', 2, 590_000 - index), T0))).toBeNull();
    expect(codeOf(exchange.place(limit('BUY', 2, 580_000), T0))).toBe(-2025);
    const [first] = exchange.openOrders(SYMBOL);
    exchange.cancel(SYMBOL, { orderId: null, clientOrderId: first?.clientOrderId ?? '' }, T0);
    const again = limit('BUY', 2, 590_000, { clientOrderId: first?.clientOrderId ?? '' });
    expect(codeOf(exchange.place(again, T0)), 'an ended order frees its id: a resend opens a second one').toBeNull();
    expect(codeOf(exchange.place(again, T0))).toBe(-4116);
  });

  it('holds prices and quantities to coarser filters that come into force', () => {
    const { exchange } = openAccount();
    exchange.setMultiples(SYMBOL, { ticks: 5, lots: 10 });
    expect(codeOf(exchange.place(limit('BUY', 10, 590_001), T0))).toBe(-4014);
    expect(codeOf(exchange.place(limit('BUY', 13, 590_000), T0))).toBe(-4023);
    expect(codeOf(exchange.place(limit('BUY', 10, 590_000), T0))).toBeNull();
  });

  it('takes no orders while a symbol is halted (−1122) and only reductions while it settles (−4140)', () => {
    const { exchange } = openAccount();
    exchange.setStatus(SYMBOL, 'TRADING_HALT', T0);
    expect(codeOf(exchange.place(market('BUY', 10), T0))).toBe(-1122);
    exchange.setStatus(SYMBOL, 'TRADING', T0);
    exchange.place(market('BUY', 10), T0);
    exchange.setStatus(SYMBOL, 'SETTLING', T0);
    expect(exchange.holdings(), 'settled at the mark price').toEqual([]);
    expect(exchange.trades.at(-1)?.clientOrderId).toMatch(/^settlement_autoclose-/);
    expect(codeOf(exchange.place(market('BUY', 10), T0))).toBe(-4140);
  });

  it('cancels the orders of a symbol when its countdown runs out, unless it was refreshed', () => {
    const { exchange, at, pass, time } = openAccount();
    exchange.place(limit('BUY', 10, 590_000), T0);
    exchange.setCountdown(SYMBOL, T0 + 1000);
    exchange.setCountdown(SYMBOL, T0 + 3000);
    pass(2000);
    at(600_001);
    expect(exchange.openOrders(SYMBOL)).toHaveLength(1);
    pass(2000);
    exchange.onTime(time());
    expect(exchange.openOrders(SYMBOL)).toEqual([]);
    expect(orderWords(exchange.drainEvents()).at(-1)).toBe('CANCELED CANCELED');
  });
});
