// The venue's money by hand: what a fill, a funding payment, a queue, a margin and a forced close come to, to the last unit.
import { describe, expect, it } from 'vitest';
import { bracketsOf } from '../../../src-main/core/venue/brackets.ts';
import { averageLevelLots } from '../../../src-main/core/venue/depth.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import { applyFill } from '../../../src-main/core/venue/positions.ts';
import type { VenueHolding } from '../../../src-main/core/venue/types.ts';
import { lots, money, ticks } from '../../../src-shared/kernel/units.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { algoWords, conditional, limit, market, openAccount, SYMBOL, T0 } from './support.ts';

const USDT = 1e8;

function holding(change: Partial<VenueHolding>): VenueHolding {
  const nothing = { lots: 0, entryNotional: money(0), isolatedMargin: money(0), realised: money(0) };
  return { symbol: SYMBOL, positionSide: 'BOTH', ...nothing, updateTime: T0, ...change };
}

describe('a fill', () => {
  it('takes its share of the cost and of the margin with it, rounded towards zero; the rest stays', () => {
    // Three lots cost 1,000 units and hold 500 of margin; one is sold for 400: a third of the cost is 333, of the margin 166.
    const held = holding({ lots: 3, entryNotional: money(1000), isolatedMargin: money(500) });
    expect(applyFill(held, { side: 'SELL', lots: lots(1), value: money(400), time: T0, isolatedLeverage: 7 })).toBe(67);
    expect(held).toMatchObject({ lots: 2, entryNotional: 667, isolatedMargin: 334, realised: 67 });
  });

  it('of a short is the other way round', () => {
    const held = holding({ lots: -3, entryNotional: money(1000), isolatedMargin: money(500) });
    expect(applyFill(held, { side: 'BUY', lots: lots(2), value: money(500), time: T0, isolatedLeverage: 7 })).toBe(166);
    expect(held).toMatchObject({ lots: -1, entryNotional: 334, isolatedMargin: 167, realised: 166 });
  });

  it('that turns a position around closes it at its share of the value and opens the rest at the remainder', () => {
    // Five lots sold for 2,002: three of them close (1,201, rounded down), two open at 801 with a seventh of it as margin, rounded up.
    const held = holding({ lots: 3, entryNotional: money(1000), isolatedMargin: money(500) });
    expect(applyFill(held, { side: 'SELL', lots: lots(5), value: money(2002), time: T0, isolatedLeverage: 7 })).toBe(201);
    expect(held).toMatchObject({ lots: -2, entryNotional: 801, isolatedMargin: 115, realised: 201 });
  });

  it('that adds puts its own margin beside the margin there is, rounded up', () => {
    const held = holding({ lots: -3, entryNotional: money(1000), isolatedMargin: money(500) });
    expect(applyFill(held, { side: 'SELL', lots: lots(1), value: money(400), time: T0, isolatedLeverage: 7 })).toBe(0);
    expect(held).toMatchObject({ lots: -4, entryNotional: 1400, isolatedMargin: 558 });
  });

  it('costs 5 basis points as a taker and 2 as a maker, rounded up to the unit', () => {
    const { exchange, at } = openAccount();
    exchange.place(limit('BUY', 7, 599_003), T0);
    at(598_000);
    expect(exchange.trades).toMatchObject([{ maker: true, notional: 419.3021 * USDT, fee: Math.ceil(0.02 * 419.3021 * 1e6) }]);
    exchange.place(market('SELL', 7, { reduceOnly: true }), T0);
    const taken = exchange.trades.slice(1);
    expect(taken.map((trade) => trade.fee)).toEqual(taken.map((trade) => Math.ceil((trade.notional * 5) / 10_000)));
  });
});

describe('funding', () => {
  it.each([
    ['a long pays a positive rate', 'BUY', 10_000, -0.006],
    ['a short receives it', 'SELL', 10_000, 0.006],
    ['a long receives a negative rate', 'BUY', -10_000, 0.006],
    ['a short pays it', 'SELL', -10_000, -0.006],
  ] as const)('%s, on one lot as on any', (_, side, rateE8, usdt) => {
    const { exchange } = openAccount({ instrument: { minNotional: money(0) } });
    exchange.place(market(side, 1), T0);
    const before = exchange.wallet;
    exchange.settleFunding(SYMBOL, rateE8, T0);
    // 0.001 BTC at a mark of 60,000 and one basis point.
    expect(exchange.wallet - before).toBe(usdt * USDT);
  });

  it('is rounded towards zero, and of less than a unit nothing is said', () => {
    const { exchange, at } = openAccount({ instrument: { minNotional: money(0) } });
    exchange.place(market('BUY', 1), T0);
    at(600_001);
    const before = exchange.wallet;
    exchange.settleFunding(SYMBOL, 1, T0);
    // 60.0001 USDT × 0.00000001 = 60.0001 units.
    expect(exchange.wallet - before).toBe(-60);
    exchange.drainEvents();
    exchange.settleFunding(SYMBOL, 0, T0);
    expect(exchange.drainEvents()).toEqual([]);
  });
});

describe('the line at a price', () => {
  it('is a level long and moves on by a quarter of one with every trade at it: four pass, the fifth fills', () => {
    const { exchange, at } = openAccount({ usdt: 1_000_000 });
    exchange.place(limit('BUY', 10, 599_000), T0);
    const filledAfter: number[] = [];
    for (let touch = 1; touch <= 5; touch += 1) {
      at(599_000);
      filledAfter.push(exchange.trades.length);
    }
    expect(filledAfter).toEqual([0, 0, 0, 0, 1]);
  });

  it('a touch behind it brings a quarter of a level at most', () => {
    const { exchange, at } = openAccount({ usdt: 1_000_000 });
    const level = averageLevelLots(sampleInstrument(), ticks(599_000), { quoteVolume24h: 5e9 });
    exchange.place(limit('BUY', 1000, 599_000), T0);
    for (let touch = 1; touch <= 5; touch += 1) at(599_000);
    expect(exchange.trades.map((trade) => trade.lots)).toEqual([Math.floor(level / 4)]);
  });

  it('a trade through it ends the line: what is left is first at the next touch', () => {
    const { exchange, at } = openAccount({ usdt: 1_000_000 });
    exchange.place(limit('BUY', 3000, 599_000), T0);
    at(598_999);
    const through = exchange.trades.length;
    expect(through).toBe(1);
    at(599_000);
    const level = averageLevelLots(sampleInstrument(), ticks(599_000), { quoteVolume24h: 5e9 });
    expect(exchange.trades.slice(through).map((trade) => trade.lots)).toEqual([Math.floor(level / 4)]);
  });

  it('however often it is served, an order fills its quantity and not a lot more', () => {
    const { exchange, at } = openAccount({ usdt: 1_000_000 });
    exchange.place(limit('BUY', 1000, 599_000), T0);
    for (let price = 598_999; exchange.openOrders(SYMBOL).length > 0; price -= 1) at(price);
    expect(exchange.trades.length).toBeGreaterThan(2);
    expect(exchange.trades.reduce((sum, trade) => sum + trade.lots, 0)).toBe(1000);
    expect(exchange.holdings()[0]?.lots).toBe(1000);
  });

  it('a reducing order is cut to what there is to reduce, and resting ones share it', () => {
    const { exchange, at } = openAccount({ usdt: 1_000_000 });
    exchange.place(market('BUY', 1000), T0);
    const placed = exchange.place(limit('SELL', 5000, 610_000, { reduceOnly: true }), T0);
    expect(placed).toMatchObject({ value: { lots: 1000 } });
    exchange.rules.bookThickness = 0.3;
    at(610_001);
    const left = exchange.holdings()[0]?.lots ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(1000);
    // The rest of the position is spoken for by the rest of the order, to the lot.
    expect(exchange.place(limit('SELL', 1, 620_000, { reduceOnly: true }), T0)).toMatchObject({ error: { code: -2022 } });
    exchange.place(market('BUY', 10), T0);
    expect(exchange.place(limit('SELL', 10, 620_000, { reduceOnly: true }), T0).ok).toBe(true);
    expect(exchange.place(market('SELL', 9000, { reduceOnly: true }), T0)).toMatchObject({ value: { lots: left + 10 } });
  });

  it('a level is worth two millionths of the day, and never less than 5,000 USDT', () => {
    const lotsAt = (quoteVolume24h: number, thickness?: number): number =>
      averageLevelLots(sampleInstrument(), ticks(500_000), { quoteVolume24h, ...(thickness === undefined ? {} : { thickness }) });
    expect([lotsAt(0), lotsAt(2.5e9), lotsAt(1e10), lotsAt(1e10, 0.5)]).toEqual([100, 100, 400, 200]);
  });
});

it('a position never grows beyond what can be counted in whole units: −2027 instead', () => {
  const { exchange } = openAccount({ usdt: 10_000_000, leverage: 20 });
  exchange.rules.bookThickness = 1e6;
  const large = (): ReturnType<Exchange['place']> => exchange.place(limit('BUY', 900_000, 601_000, { timeInForce: 'IOC' }), T0);
  expect(large()).toMatchObject({ ok: true, value: { status: 'FILLED' } });
  expect(large()).toMatchObject({ ok: false, error: { code: -2027 } });
  expect(exchange.holdings()).toMatchObject([{ lots: 900_000 }]);
  expect(exchange.place(market('SELL', 100_000, { reduceOnly: true }), T0).ok, 'closing is not held up').toBe(true);
});

describe('a forced close', () => {
  it.each([
    ['isolated', 'BUY'],
    ['isolated', 'SELL'],
    ['cross', 'BUY'],
    ['cross', 'SELL'],
  ] as const)('of an %s %s position has the price as its limit at which nothing of the margin is left', (type, side) => {
    const { exchange, at } = openAccount({ usdt: 1000, leverage: 20 });
    if (type === 'isolated') exchange.setIsolated(SYMBOL, true);
    exchange.place(market(side, 200), T0);
    const [held] = exchange.holdings() as [VenueHolding];
    const sign = side === 'BUY' ? 1 : -1;
    const entry = held.entryNotional / USDT / 0.2;
    const cushion = (type === 'isolated' ? held.isolatedMargin : exchange.crossWallet) / USDT;
    const bankrupt = (entry - (sign * cushion) / 0.2) * 10;
    exchange.drainEvents();
    // A little beyond the price of liquidation.
    at(Math.round((exchange.liquidationPriceOf(held) ?? 0) * 10) - 20 * sign);
    const forced = exchange.drainEvents().find((event) => event.kind === 'order' && event.execution === 'NEW');
    expect(forced).toMatchObject({
      order: { forcedBy: 'LIQUIDATION', timeInForce: 'IOC', price: side === 'BUY' ? Math.ceil(bankrupt - 1e-6) : Math.floor(bankrupt + 1e-6) },
    });
  });

  it('pays the fee of its contract, rounded up, and never more than is left', () => {
    for (const liquidationFee of [0.001, 0.5]) {
      const { exchange, at } = openAccount({ usdt: 1000, leverage: 20, instrument: { liquidationFee } });
      exchange.setIsolated(SYMBOL, true);
      exchange.place(market('BUY', 200), T0);
      const margin = exchange.holdings()[0]?.isolatedMargin ?? 0;
      const before = exchange.wallet;
      at(Math.round((exchange.liquidationPriceOf(exchange.holdings()[0]!) ?? 0) * 10) - 20);
      const forced = exchange.trades.filter((trade) => trade.clientOrderId.startsWith('autoclose-'));
      const sum = (pick: (trade: (typeof forced)[number]) => number): number => forced.reduce((total, trade) => total + pick(trade), 0);
      const lost = sum((trade) => trade.fee - trade.realised);
      const fee = -(exchange.income.find((line) => line.type === 'INSURANCE_CLEAR')?.amount ?? 0);
      expect(fee).toBe(liquidationFee === 0.5 ? margin - lost : Math.ceil(sum((trade) => trade.notional) * liquidationFee));
      expect(before - exchange.wallet).toBe(lost + fee);
    }
  });

  it('of a cross position takes the whole account at most, and leaves it at nothing, not below', () => {
    const { exchange, at } = openAccount({ usdt: 1000, leverage: 20, instrument: { liquidationFee: 0.5 } });
    exchange.place(market('SELL', 200), T0);
    at(Math.round((exchange.liquidationPriceOf(exchange.holdings()[0]!) ?? 0) * 10) + 20);
    expect(exchange.holdings()).toEqual([]);
    expect(exchange.wallet).toBe(0);
  });

  it('by deleveraging and by settlement is at the mark price, and rests until it is filled', () => {
    for (const by of ['ADL', 'SETTLEMENT'] as const) {
      const { exchange, at } = openAccount();
      exchange.place(market('BUY', 100), T0);
      at(610_000, 608_000);
      exchange.drainEvents();
      if (by === 'ADL') exchange.autoDeleverage(SYMBOL, T0);
      else exchange.setStatus(SYMBOL, 'SETTLING', T0);
      expect(exchange.drainEvents()[0]).toMatchObject({ order: { forcedBy: by, timeInForce: 'GTC', side: 'SELL', lots: 100, price: 608_000 } });
      expect(exchange.trades.at(-1)).toMatchObject({ price: 608_000, lots: 100, notional: 6080 * USDT });
    }
  });

  it('of a contract that ends takes its conditional orders along', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 100), T0);
    exchange.placeAlgo(conditional('BUY', 620_000, { closePosition: false, lots: lots(50) }), T0);
    exchange.drainEvents();
    exchange.setStatus(SYMBOL, 'SETTLING', T0);
    expect(algoWords(exchange.drainEvents())).toEqual(['EXPIRED']);
    expect(exchange.openAlgos(SYMBOL)).toEqual([]);
  });
});

it.each(['major', 'large', 'small'] as const)(
  'brackets of a %s contract: leverage falls, tiers join, and maintenance is the same from both sides of a floor',
  (size) => {
    const brackets = bracketsOf(size);
    for (const [index, bracket] of brackets.entries()) {
      const before = brackets[index - 1];
      expect(bracket.initialLeverage).toBeLessThan(before?.initialLeverage ?? Infinity);
      expect(bracket.notionalFloor).toBe(before?.notionalCap ?? 0);
      const maintenance = (tier: typeof bracket): number => bracket.notionalFloor * tier.maintenanceMarginRatio - tier.cumulative;
      expect(maintenance(bracket)).toBeCloseTo(maintenance(before ?? bracket), 6);
      // The margin at full leverage always carries the maintenance, or a position would be liquidated as it is opened.
      expect(1 / bracket.initialLeverage).toBeGreaterThan(bracket.maintenanceMarginRatio);
    }
  },
);

it('the account of a fresh exchange holds its deposit, and nothing else', () => {
  const exchange = new Exchange([sampleInstrument()], money(5 * USDT), T0);
  expect(exchange.income).toMatchObject([{ type: 'TRANSFER', amount: 5 * USDT }]);
  expect(exchange.marginUsdt()).toMatchObject({ available: 5, crossBalance: 5, maintenance: 0, unrealised: 0 });
});
