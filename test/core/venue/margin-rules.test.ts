// What counts against what: margin of orders and over several contracts, isolated beside cross, leverage, self-trades, both modes.
import { describe, expect, it } from 'vitest';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import { maintenanceUsdt, maximumLeverage, notionalCapAt } from '../../../src-main/core/venue/margin.ts';
import { lots, money, ticks } from '../../../src-shared/kernel/units.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { codeOf, conditional, limit, market, openAccount, orderWords, SYMBOL, T0 } from './support.ts';

const USDT = 1e8;
const OTHER = 'ETHUSDT';

/** BTCUSDT at 60,000 and ETHUSDT at 60,000 too, both at leverage 10. */
function openTwo(usdt: number): Exchange {
  const exchange = new Exchange([sampleInstrument(), sampleInstrument({ symbol: OTHER })], money(usdt * USDT), T0);
  for (const symbol of [SYMBOL, OTHER]) {
    exchange.onPrice(symbol, { last: ticks(600_000), mark: ticks(600_000), quoteVolume24h: 5e9 }, T0);
    exchange.setLeverage(symbol, 10, T0);
  }
  return exchange;
}

describe('available margin', () => {
  it('is what positions and resting orders of all contracts leave of the wallet', () => {
    const exchange = openTwo(10_000);
    exchange.place(limit('BUY', 100, 590_000), T0);
    exchange.place(limit('SELL', 50, 610_000, { symbol: OTHER }), T0);
    expect(exchange.marginUsdt()).toMatchObject({ orderInitial: 590 + 305, positionInitial: 0, available: 10_000 - 895 });
    exchange.place(market('BUY', 100), T0);
    const margin = exchange.marginUsdt();
    expect(margin.positionInitial).toBeCloseTo(600, 6);
    expect(margin.available).toBeCloseTo(exchange.wallet / USDT + margin.unrealised - 600 - 895, 6);
  });

  it('an isolated position has its own: neither its profit nor its maintenance touches the cross balance', () => {
    const exchange = openTwo(10_000);
    exchange.setIsolated(OTHER, true);
    exchange.place(market('BUY', 100, { symbol: OTHER }), T0);
    exchange.onPrice(OTHER, { last: ticks(590_000), mark: ticks(590_000), quoteVolume24h: 5e9 }, T0);
    const margin = exchange.marginUsdt();
    expect(margin.unrealised).toBeLessThan(-100);
    expect(margin).toMatchObject({
      crossUnrealised: 0,
      crossMaintenance: 0,
      crossBalance: exchange.crossWallet / USDT,
      available: exchange.crossWallet / USDT,
    });
    expect(margin.maintenance).toBeCloseTo(5900 * 0.004, 6);
    exchange.place(market('SELL', 100, { symbol: OTHER, reduceOnly: true }), T0);
    expect(exchange.setIsolated(OTHER, false)).toBeNull();
    expect(exchange.isIsolated(OTHER)).toBe(false);
  });

  it('an order beyond the mark price needs the loss it would open with, on either side; one behind it does not', () => {
    // 6,000 of notional at leverage 10: 600 of margin, 3 of fee. Bought 600 above or sold 600 below the mark, 60 more of loss.
    const fits = (usdt: number, side: 'BUY' | 'SELL', price: number): boolean =>
      codeOf(openAccount({ usdt }).exchange.place(limit(side, 100, price, { timeInForce: 'GTC' }), T0)) === null;
    expect([fits(669.02, 'BUY', 606_000), fits(669.04, 'BUY', 606_000)]).toEqual([false, true]);
    expect([fits(656.96, 'SELL', 594_000), fits(656.98, 'SELL', 594_000)]).toEqual([false, true]);
    expect([fits(596.96, 'BUY', 594_000), fits(596.98, 'BUY', 594_000)]).toEqual([false, true]);
  });
});

describe('margin of resting orders', () => {
  it('one-way: of the larger side, the position counted in', () => {
    const { exchange } = openAccount({ usdt: 100_000 });
    exchange.place(market('SELL', 100), T0);
    // 6,000 short; buys of 2,950 would shrink it, sells of 1,220 add to it.
    exchange.place(limit('BUY', 50, 590_000), T0);
    exchange.place(limit('SELL', 20, 610_000), T0);
    expect(exchange.orderMarginOf(SYMBOL)).toEqual({ bids: 2950, asks: 1220, initial: 122 });
    exchange.place(limit('BUY', 250, 590_000), T0);
    // 17,700 of buys less 6,000 of position are more than 7,220 of sells.
    expect(exchange.orderMarginOf(SYMBOL).initial).toBeCloseTo((17_700 - 6000 - 6000) / 10, 6);
  });

  it('of an order filled in part, only the rest rests', () => {
    const { exchange, at } = openAccount({ usdt: 1_000_000 });
    exchange.place(limit('BUY', 3000, 590_000), T0);
    expect(exchange.orderMarginOf(SYMBOL)).toMatchObject({ bids: 177_000, initial: 17_700 });
    at(589_999, 590_000);
    const filled = exchange.holdings()[0]?.lots ?? 0;
    expect(filled).toBeGreaterThan(0);
    expect(exchange.orderMarginOf(SYMBOL).bids).toBeCloseTo((3000 - filled) * 59, 6);
    expect(exchange.orderMarginOf(SYMBOL).initial).toBeCloseTo(((3000 - filled) * 59) / 10, 6);
  });

  it('hedge: each side with the orders that add to it; those that close take nothing', () => {
    const { exchange } = openAccount({ usdt: 100_000 });
    exchange.setHedgeMode(true);
    exchange.place(market('BUY', 100, { positionSide: 'LONG' }), T0);
    exchange.place(market('SELL', 50, { positionSide: 'SHORT' }), T0);
    exchange.place(limit('BUY', 10, 590_000, { positionSide: 'LONG' }), T0);
    exchange.place(limit('SELL', 20, 610_000, { positionSide: 'SHORT' }), T0);
    exchange.place(limit('SELL', 30, 615_000, { positionSide: 'LONG' }), T0);
    expect(exchange.orderMarginOf(SYMBOL).initial).toBeCloseTo((590 + 1220) / 10, 6);
  });
});

describe('leverage', () => {
  it('cannot be lowered when the position would need more margin than there is: −2028', () => {
    const { exchange } = openAccount({ usdt: 1000, leverage: 20 });
    exchange.place(market('BUY', 200), T0);
    // 12,000 of notional: 600 at 20, 1,200 at 10 of which about 994 are there.
    expect(exchange.setLeverage(SYMBOL, 10, T0)?.code).toBe(-2028);
    expect(exchange.setLeverage(SYMBOL, 13, T0)).toBeNull();
    expect(exchange.leverageOf(SYMBOL)).toBe(13);
  });

  it('is bounded by the brackets, and each bounds the notional', () => {
    const instrument = sampleInstrument();
    expect([125, 100, 75, 20, 1].map((leverage) => notionalCapAt(instrument, leverage))).toEqual([50_000, 600_000, 3_000_000, 1e12, 1e12]);
    expect([maximumLeverage(instrument), notionalCapAt(instrument, 126)]).toEqual([125, 0]);
    const unknown = sampleInstrument({ brackets: [] });
    expect([maximumLeverage(unknown), notionalCapAt(unknown, 20)]).toEqual([20, Infinity]);
  });
});

it('maintenance is the ratio of its bracket less what the lower brackets ask less; without brackets a fortieth', () => {
  const instrument = sampleInstrument();
  const of = (notional: number): number => maintenanceUsdt(instrument, notional);
  expect([10_000, 49_999.99, 50_000, 100_000, 1_000_000, 5_000_000].map((value) => Math.round(of(value) * 100) / 100)).toEqual([
    40, 200, 200, 450, 5550, 58_550,
  ]);
  expect(maintenanceUsdt(sampleInstrument({ brackets: [] }), 1000)).toBe(25);
});

describe('self-trades', () => {
  it.each([
    ['BUY', 1],
    ['SELL', -1],
  ] as const)('a %s taker meets own orders at its price and better ones, and leaves those behind it alone', (side, sign) => {
    const { exchange } = openAccount({ usdt: 100_000 });
    const other = side === 'BUY' ? 'SELL' : 'BUY';
    const best = Number(exchange.levels(SYMBOL, side, T0)[0]?.price);
    const at = exchange.place(limit(other, 10, best), T0);
    const behind = exchange.place(limit(other, 10, best + sign), T0);
    exchange.drainEvents();
    exchange.place(market(side, 1 + 10), T0);
    const open = exchange.openOrders(SYMBOL).map((order) => order.orderId);
    expect(at.ok && behind.ok ? [open.includes(at.value.orderId), open.includes(behind.value.orderId)] : []).toEqual([false, true]);
  });
});

it('a market order is refused with −4131 while nobody is there', () => {
  const { exchange } = openAccount({ usdt: 10_000_000, leverage: 20 });
  exchange.rules.bookThickness = 1e-9;
  const levels = exchange.levels(SYMBOL, 'BUY', T0).reduce((sum, level) => sum + level.lots, 0);
  exchange.place(market('BUY', levels), T0);
  expect(exchange.levels(SYMBOL, 'BUY', T0)).toEqual([]);
  expect(codeOf(exchange.place(market('BUY', 10), T0))).toBe(-4131);
});

it('an order that only reduces is changed without asking for margin; one of the other side is not there (−2013)', () => {
  const { exchange, at } = openAccount({ usdt: 1000, leverage: 10 });
  exchange.place(market('BUY', 160), T0);
  const placed = exchange.place(limit('SELL', 160, 610_000, { reduceOnly: true }), T0);
  at(595_000);
  const key = { orderId: placed.ok ? placed.value.orderId : 0, clientOrderId: null };
  const change = { symbol: SYMBOL, key, side: 'SELL', lots: lots(160), price: ticks(605_000) } as const;
  expect(codeOf(exchange.amend({ ...change, side: 'BUY' }, T0))).toBe(-2013);
  expect(codeOf(exchange.amend({ ...change, key: { orderId: 1, clientOrderId: null } }, T0))).toBe(-2013);
  expect(exchange.amend(change, T0)).toMatchObject({ value: { price: 605_000 } });
});

it('of a changed order only what is not filled yet needs margin', () => {
  const { exchange, at } = openAccount({ usdt: 2000, leverage: 10 });
  const placed = exchange.place(limit('BUY', 200, 590_000), T0);
  const key = { orderId: placed.ok ? placed.value.orderId : 0, clientOrderId: null };
  exchange.rules.bookThickness = 0.3;
  at(589_999, 590_000);
  const filled = exchange.holdings()[0]?.lots ?? 0;
  expect(filled).toBeGreaterThan(40);
  expect(filled).toBeLessThan(200);
  // Just under 2,000 for all of it: 330 lots at 59,000 need 1,947 and the fee; as much again as is filled already would be too much.
  const change = { symbol: SYMBOL, key, side: 'BUY', price: ticks(590_000) } as const;
  expect(exchange.amend({ ...change, lots: lots(330) }, T0)).toMatchObject({ value: { lots: 330, status: 'PARTIALLY_FILLED' } });
  expect(codeOf(exchange.amend({ ...change, lots: lots(345) }, T0))).toBe(-2019);
});

it('prices beyond the least and the largest of the contract are −4013 and −4002', () => {
  const { exchange } = openAccount({ instrument: { minPrice: ticks(590_000), maxPrice: ticks(610_000) } });
  const at = (price: number): number | null => codeOf(exchange.place(limit('BUY', 10, price), T0));
  expect([at(589_999), at(590_000), at(610_001)]).toEqual([-4013, null, -4002]);
});

it('margin of an isolated position may be taken away down to its initial margin, to the unit', () => {
  const { exchange } = openAccount({ leverage: 10 });
  exchange.setIsolated(SYMBOL, true);
  exchange.place(market('BUY', 100), T0);
  const change = { symbol: SYMBOL, positionSide: 'BOTH', direction: 1, amount: money(100 * USDT) } as const;
  expect(exchange.changePositionMargin(change, T0)).toBeNull();
  // 600 of 6,000 at the mark price must stay; the loss of the spread counts against the margin.
  const spare = exchange.marginUsdt().unrealised + (exchange.holdings()[0]?.isolatedMargin ?? 0) / USDT - 600;
  const take = (usdt: number): number | undefined =>
    exchange.changePositionMargin({ ...change, direction: -1, amount: money(Math.round(usdt * USDT)) }, T0)?.code;
  expect(take(spare + 0.01)).toBe(-4051);
  expect(take(spare - 0.01)).toBeUndefined();
});

it('profit of an isolated position is no margin that could be taken away', () => {
  const { exchange, at } = openAccount({ leverage: 10 });
  exchange.setIsolated(SYMBOL, true);
  exchange.place(market('BUY', 100), T0);
  at(620_000);
  const take = (usdt: number): number | undefined =>
    exchange.changePositionMargin({ symbol: SYMBOL, positionSide: 'BOTH', direction: -1, amount: money(usdt * USDT) }, T0)?.code;
  // 200 of profit, 620 of initial margin, 600 and a bit of its own: nothing to spare.
  expect(take(1)).toBe(-4051);
  expect(exchange.changePositionMargin({ symbol: SYMBOL, positionSide: 'BOTH', direction: 1, amount: money(50 * USDT) }, T0)).toBeNull();
  expect(take(25)).toBeUndefined();
  expect(take(25)).toBe(-4051);
});

it('in hedge mode the end of one side leaves the orders that close the other where they are', () => {
  const { exchange } = openAccount({ usdt: 100_000 });
  exchange.setHedgeMode(true);
  for (const [side, positionSide] of [
    ['BUY', 'LONG'],
    ['SELL', 'SHORT'],
  ] as const)
    exchange.place(market(side, 100, { positionSide }), T0);
  exchange.place(limit('SELL', 50, 610_000, { positionSide: 'LONG' }), T0);
  const kept = exchange.place(limit('BUY', 100, 590_000, { positionSide: 'SHORT' }), T0);
  exchange.placeAlgo(conditional('BUY', 610_000, { positionSide: 'SHORT' }), T0);
  exchange.placeAlgo(conditional('SELL', 590_000, { positionSide: 'LONG' }), T0);
  exchange.place(market('SELL', 100, { positionSide: 'LONG' }), T0);
  expect(exchange.openOrders(SYMBOL).map((order) => order.orderId)).toEqual(kept.ok ? [kept.value.orderId] : []);
  expect(exchange.openAlgos(SYMBOL)).toMatchObject([{ positionSide: 'SHORT' }]);
});

it('orders and fills of one contract leave the words of another alone', () => {
  const exchange = openTwo(10_000);
  exchange.place(limit('BUY', 10, 590_000, { symbol: OTHER }), T0);
  exchange.drainEvents();
  exchange.place(market('BUY', 10), T0);
  expect(orderWords(exchange.drainEvents())).toEqual(['NEW NEW', 'TRADE FILLED']);
  expect(exchange.orderMarginOf(OTHER).bids).toBe(590);
  expect(exchange.orderMarginOf(SYMBOL)).toEqual({ bids: 0, asks: 0, initial: 0 });
});
