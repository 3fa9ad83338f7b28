// The venue's account: money is conserved to the last unit, orders follow the exchange's rules.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, money, ticks } from '../../../src-shared/kernel/units.ts';
import { Exchange } from '../../../src-main/core/venue/exchange.ts';
import { liquidationPrice } from '../../../src-main/core/venue/margin.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { codeOf, conditional, market, openAccount, T0 } from './support.ts';

const DEPOSIT = money(10_000 * 1e8);
const QUOTE = { quoteVolume24h: 5e9 };

describe('the futures account', () => {
  it('conserves money to the last unit over random order flow: wallet = deposit + realised − fees + funding', () => {
    const step = fc.record({
      move: fc.integer({ min: -4000, max: 4000 }),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      amount: fc.integer({ min: 1, max: 120 }),
      limit: fc.integer({ min: -300, max: 300 }),
      kind: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
        const exchange = openAccount().exchange;
        let price = 600_000;
        steps.forEach((entry, index) => {
          price = Math.max(100_000, price + entry.move);
          const time = epochMs(T0 + index * 1000);
          exchange.onPrice('BTCUSDT', { last: ticks(price), mark: ticks(price), ...QUOTE }, time);
          if (entry.kind === 0) exchange.place(market(entry.side, entry.amount), time);
          if (entry.kind === 1) exchange.place(market(entry.side, entry.amount, { type: 'LIMIT', price: ticks(price + entry.limit) }), time);
          if (entry.kind === 2) exchange.placeAlgo(conditional(entry.side, price + (entry.side === 'SELL' ? -500 : 500)), time);
          if (entry.kind === 3) exchange.settleFunding('BTCUSDT', entry.move * 10, time);
        });
        const total = exchange.income.reduce((sum, line) => sum + line.amount, 0);
        expect(total).toBe(exchange.wallet);
        // Closed in full, what the trades say is what the wallet says.
        for (const holding of exchange.holdings())
          exchange.place(market(holding.lots > 0 ? 'SELL' : 'BUY', Math.abs(holding.lots), { reduceOnly: true }), epochMs(T0 + 1e6));
        if (exchange.holdings().length > 0) return;
        const buys = exchange.trades.filter((trade) => trade.side === 'BUY').reduce((sum, trade) => sum + trade.notional, 0);
        const sells = exchange.trades.filter((trade) => trade.side === 'SELL').reduce((sum, trade) => sum + trade.notional, 0);
        const fees = exchange.trades.reduce((sum, trade) => sum + trade.fee, 0);
        const other = exchange.income
          .filter((line) => line.type === 'FUNDING_FEE' || line.type === 'INSURANCE_CLEAR')
          .reduce((sum, line) => sum + line.amount, 0);
        expect(exchange.wallet).toBe(DEPOSIT + sells - buys - fees + other);
      }),
      { numRuns: 300 },
    );
  });

  it('walks a book of finite depth: a large order pays more than a small one', () => {
    const small = openAccount().exchange;
    const large = openAccount().exchange;
    small.place(market('BUY', 1), T0);
    large.place(market('BUY', 500), T0);
    expect(large.trades.length).toBeGreaterThan(1);
    expect(Math.max(...large.trades.map((trade) => trade.price))).toBeGreaterThan(small.trades[0]?.price ?? 0);
  });

  it('refuses as the exchange does: margin, quantity, notional, reduce-only when flat, duplicate id, unknown symbol', () => {
    const exchange = openAccount().exchange;
    expect(codeOf(exchange.place(market('BUY', 90_000), T0))).toBe(-2019);
    expect(codeOf(exchange.place(market('BUY', 0), T0))).toBe(-4003);
    expect(codeOf(exchange.place(market('BUY', 1), T0))).toBe(-4164);
    expect(codeOf(exchange.place(market('SELL', 10, { reduceOnly: true }), T0))).toBe(-2022);
    const resting = market('BUY', 10, { type: 'LIMIT', price: ticks(590_000) });
    expect(exchange.place(resting, T0).ok).toBe(true);
    expect(codeOf(exchange.place(resting, T0))).toBe(-4116);
    expect(codeOf(exchange.place(market('BUY', 10, { symbol: 'NOPEUSDT' }), T0))).toBe(-1121);
    expect(codeOf(exchange.place(market('BUY', 10, { positionSide: 'LONG' }), T0))).toBe(-4061);
  });

  it('fills a resting limit only when price trades through it, as a maker, and GTX never takes', () => {
    const exchange = openAccount().exchange;
    expect(codeOf(exchange.place(market('BUY', 10, { type: 'LIMIT', price: ticks(601_000), timeInForce: 'GTX' }), T0))).toBe(-5022);
    exchange.place(market('BUY', 10, { type: 'LIMIT', price: ticks(598_000) }), T0);
    const at = (price: number): void => exchange.onPrice('BTCUSDT', { last: ticks(price), mark: ticks(price), ...QUOTE }, T0);
    at(598_000);
    expect(exchange.trades).toHaveLength(0);
    at(597_999);
    expect(exchange.trades).toMatchObject([{ maker: true, price: 598_000, lots: 10 }]);
  });

  it('runs a conditional through NEW, TRIGGERING, TRIGGERED and FINISHED with a new order id, then flat', () => {
    const exchange = openAccount().exchange;
    exchange.place(market('BUY', 100), T0);
    const placed = exchange.placeAlgo(conditional('SELL', 594_000), T0);
    expect(placed.ok).toBe(true);
    exchange.drainEvents();
    exchange.onPrice('BTCUSDT', { last: ticks(593_900), mark: ticks(593_900), ...QUOTE }, epochMs(T0 + 1000));
    const events = exchange.drainEvents();
    const statuses = events.filter((event) => event.kind === 'algo').map((event) => event.algo.status);
    expect(statuses).toEqual(['TRIGGERING', 'TRIGGERED', 'FINISHED']);
    const finished = events.findLast((event) => event.kind === 'algo');
    expect(finished?.kind === 'algo' ? finished.algo.orderId : null).not.toBeNull();
    expect(exchange.holdings()).toEqual([]);
  });

  it('L5 expires a closePosition stop when the position goes flat, refuses it while flat (−4509), beside a twin (−4130) and beyond price (−2021)', () => {
    const exchange = openAccount().exchange;
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 594_000), T0))).toBe(-4509);
    exchange.place(market('BUY', 100), T0);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 606_000), T0))).toBe(-2021);
    expect(exchange.placeAlgo(conditional('SELL', 594_000), T0).ok).toBe(true);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 593_000), T0))).toBe(-4130);
    exchange.place(market('SELL', 100, { reduceOnly: true }), T0);
    expect(exchange.openAlgos('BTCUSDT')).toEqual([]);
  });

  it('liquidates before the wallet of an isolated position is gone and marks the order as autoclose', () => {
    const exchange = openAccount().exchange;
    exchange.setIsolated('BTCUSDT', true);
    exchange.setLeverage('BTCUSDT', 50, T0);
    exchange.place(market('BUY', 100), T0);
    exchange.onPrice('BTCUSDT', { last: ticks(580_000), mark: ticks(580_000), ...QUOTE }, epochMs(T0 + 1000));
    expect(exchange.holdings()).toEqual([]);
    expect(exchange.trades.at(-1)?.clientOrderId).toMatch(/^autoclose-/);
    expect(exchange.wallet).toBeGreaterThan(0);
  });

  it('is the same after its state was written and read again', () => {
    const exchange = openAccount().exchange;
    exchange.place(market('BUY', 100), T0);
    exchange.placeAlgo(conditional('SELL', 594_000), T0);
    const copy = new Exchange([sampleInstrument()], money(0), T0);
    copy.restore(JSON.parse(JSON.stringify(exchange.state())) as ReturnType<Exchange['state']>);
    expect(copy.state()).toEqual(exchange.state());
  });
});

describe('liquidation price', () => {
  const oneBracket = sampleInstrument({
    brackets: [{ bracket: 1, initialLeverage: 125, notionalFloor: 0, notionalCap: 1e12, maintenanceMarginRatio: 0.005, cumulative: 50 }],
  });
  it('agrees with the published vectors for long and short', () => {
    expect(liquidationPrice(oneBracket, { side: 1, quantity: 0.5, entryPrice: 60_000, wallet: 1000 })).toBeCloseTo(58_190.9548, 4);
    expect(liquidationPrice(oneBracket, { side: -1, quantity: 0.5, entryPrice: 60_000, wallet: 1000 })).toBeCloseTo(61_791.0448, 4);
  });
});
