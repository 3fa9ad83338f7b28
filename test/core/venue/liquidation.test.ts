// Margin at the venue: isolated and cross, calls, liquidation by tiers, funding, leverage changes, deleveraging.
import { describe, expect, it } from 'vitest';
import { money } from '../../../src-shared/kernel/units.ts';
import { liquidationPriceOfLegs } from '../../../src-main/core/venue/margin.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { codeOf, limit, market, openAccount, orderWords, SYMBOL, T0 } from './support.ts';

const USDT = 1e8;

describe('isolated margin', () => {
  it('moves between the wallets with fills and by hand, and is given back when flat', () => {
    const { exchange } = openAccount();
    exchange.setIsolated(SYMBOL, true);
    exchange.place(market('BUY', 100), T0);
    const [holding] = exchange.holdings();
    const initial = holding?.isolatedMargin ?? 0;
    expect(initial / USDT).toBeCloseTo((holding?.entryNotional ?? 0) / USDT / 10, 6);
    expect(exchange.wallet - exchange.crossWallet).toBe(initial);
    const add = { symbol: SYMBOL, positionSide: 'BOTH', direction: 1, amount: money(100 * USDT) } as const;
    expect(exchange.changePositionMargin(add, T0)).toBeNull();
    expect(exchange.wallet - exchange.crossWallet).toBe(initial + 100 * USDT);
    expect(exchange.changePositionMargin({ ...add, direction: -1, amount: money(500 * USDT) }, T0)?.code).toBe(-4051);
    expect(exchange.changePositionMargin({ ...add, amount: money(50_000 * USDT) }, T0)?.code).toBe(-4050);
    expect(exchange.changePositionMargin({ ...add, amount: money(0) }, T0)?.code).toBe(-4055);
    exchange.place(market('SELL', 100, { reduceOnly: true }), T0);
    expect(exchange.crossWallet).toBe(exchange.wallet);
    expect(exchange.changePositionMargin(add, T0)?.code).toBe(-4054);
  });

  it('cannot be switched with orders (−4047) or a position (−4048), nor its leverage lowered (−4161)', () => {
    const { exchange } = openAccount();
    exchange.place(limit('BUY', 10, 590_000), T0);
    expect(exchange.setIsolated(SYMBOL, true)?.code).toBe(-4047);
    exchange.cancel(SYMBOL, { orderId: exchange.openOrders(SYMBOL)[0]?.orderId ?? 0, clientOrderId: null }, T0);
    expect(exchange.setIsolated(SYMBOL, false)?.code).toBe(-4046);
    exchange.setIsolated(SYMBOL, true);
    exchange.place(market('BUY', 10), T0);
    expect(exchange.setIsolated(SYMBOL, false)?.code).toBe(-4048);
    expect(exchange.setLeverage(SYMBOL, 5, T0)?.code).toBe(-4161);
    expect(exchange.setLeverage(SYMBOL, 20, T0)).toBeNull();
    expect(exchange.setLeverage(SYMBOL, 126, T0)?.code).toBe(-4028);
  });

  it('pays funding from the position when isolated (with its row), from the account when cross (without)', () => {
    for (const isolated of [true, false]) {
      const { exchange } = openAccount();
      if (isolated) exchange.setIsolated(SYMBOL, true);
      exchange.place(market('BUY', 100), T0);
      const before = { wallet: exchange.wallet, margin: exchange.holdings()[0]?.isolatedMargin ?? 0 };
      exchange.drainEvents();
      exchange.settleFunding(SYMBOL, 10_000, T0);
      // 0.1 BTC at 60,000, one basis point: 0.6 USDT.
      expect(exchange.wallet - before.wallet).toBe(-0.6 * USDT);
      expect((exchange.holdings()[0]?.isolatedMargin ?? 0) - before.margin).toBe(isolated ? -0.6 * USDT : 0);
      expect(exchange.drainEvents()).toMatchObject([
        { kind: 'account', reason: 'FUNDING_FEE', change: -0.6 * USDT, holdings: isolated ? [{ symbol: SYMBOL }] : [] },
      ]);
    }
  });
});

describe('liquidation', () => {
  it('warns once, then closes with autoclose- orders as CALCULATED, and takes the fee', () => {
    const { exchange, at } = openAccount({ usdt: 1000, leverage: 50 });
    exchange.place(market('BUY', 600), T0);
    exchange.drainEvents();
    at(586_500);
    const called = exchange.drainEvents().filter((event) => event.kind === 'margin-call');
    expect(called).toHaveLength(1);
    at(586_450);
    expect(exchange.drainEvents().filter((event) => event.kind === 'margin-call')).toEqual([]);
    at(584_500);
    const events = exchange.drainEvents();
    expect(exchange.holdings()).toEqual([]);
    expect(orderWords(events)).toContain('CALCULATED FILLED');
    expect(exchange.trades.at(-1)?.clientOrderId).toMatch(/^autoclose-/);
    expect(exchange.income.some((line) => line.type === 'INSURANCE_CLEAR' && line.amount < 0)).toBe(true);
    expect(exchange.wallet).toBeGreaterThanOrEqual(0);
  });

  it('reduces a large position by one tier first, not all at once', () => {
    const { exchange, at } = openAccount({ usdt: 60_000, leverage: 20, instrument: { liquidationFee: 0 } });
    exchange.place(market('BUY', 15_000), T0);
    const held = exchange.holdings()[0]?.lots ?? 0;
    exchange.drainEvents();
    let price = 600_000;
    while (price > 500_000 && !orderWords(exchange.drainEvents()).some((word) => word.startsWith('CALCULATED'))) {
      price -= 100;
      at(price);
    }
    const left = exchange.holdings()[0]?.lots ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(held);
  });

  it('cancels open orders before it touches the position', () => {
    const { exchange, at } = openAccount({ usdt: 1000, leverage: 50 });
    exchange.place(market('BUY', 600), T0);
    exchange.place(limit('BUY', 20, 560_000), T0);
    exchange.drainEvents();
    at(584_500);
    const words = orderWords(exchange.drainEvents());
    expect(words.indexOf('EXPIRED EXPIRED')).toBeGreaterThanOrEqual(0);
    expect(words.indexOf('EXPIRED EXPIRED')).toBeLessThan(words.indexOf('CALCULATED FILLED'));
  });

  it('spares the account when an isolated position dies', () => {
    const { exchange, at } = openAccount({ leverage: 50 });
    exchange.setIsolated(SYMBOL, true);
    exchange.place(market('BUY', 100), T0);
    const cross = exchange.crossWallet;
    at(400_000);
    expect(exchange.holdings()).toEqual([]);
    expect(exchange.wallet).toBeGreaterThanOrEqual(cross);
  });

  it('happens where the displayed liquidation price says, cross and isolated, long and short', () => {
    for (const isolated of [true, false])
      for (const side of ['BUY', 'SELL'] as const) {
        const { exchange, at } = openAccount({ usdt: 1000, leverage: 20 });
        if (isolated) exchange.setIsolated(SYMBOL, true);
        exchange.place(market(side, 200), T0);
        const [holding] = exchange.holdings();
        const price = Math.round((exchange.liquidationPriceOf(holding!) ?? 0) * 10);
        const away = side === 'BUY' ? 1 : -1;
        at(price + 20 * away);
        expect(exchange.holdings(), `${side} ${isolated} just before`).toHaveLength(1);
        at(price - 20 * away);
        expect(exchange.trades.at(-1)?.clientOrderId, `${side} ${isolated} just after`).toMatch(/^autoclose-/);
      }
  });

  it('sums both legs of a hedged symbol: a flat hedge is liquidated at no price', () => {
    const instrument = sampleInstrument();
    const long = { side: 1, quantity: 1, entryPrice: 60_000 } as const;
    const short = { side: -1, quantity: 1, entryPrice: 60_000 } as const;
    const lone = liquidationPriceOfLegs(instrument, [long], 5000);
    expect(lone).toBeGreaterThan(50_000);
    const both = liquidationPriceOfLegs(instrument, [long, short], 5000);
    // Only growing maintenance can reach the wallet, far above any price of today.
    expect(both).toBeGreaterThan(400_000);
  });
});

describe('margin checks', () => {
  it('refuses beyond the bracket of the leverage with −2027 before it asks for margin', () => {
    const { exchange } = openAccount({ usdt: 1_000_000, leverage: 125 });
    expect(codeOf(exchange.place(market('BUY', 1000), T0))).toBe(-2027);
    expect(exchange.setLeverage(SYMBOL, 20, T0)).toBeNull();
    expect(codeOf(exchange.place(market('BUY', 1000), T0))).toBeNull();
    expect(exchange.setLeverage(SYMBOL, 125, T0)?.code).toBe(-2027);
  });

  it('asks no margin for an order that a position already covers', () => {
    const { exchange } = openAccount({ usdt: 1000, leverage: 10 });
    exchange.place(market('BUY', 150), T0);
    expect(codeOf(exchange.place(limit('BUY', 100, 590_000), T0))).toBe(-2019);
    expect(codeOf(exchange.place(limit('SELL', 150, 610_000), T0)), 'closes').toBeNull();
  });

  it('takes a position away at the mark price when it is deleveraged', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('SELL', 10), T0);
    at(540_000);
    expect(exchange.autoDeleverage(SYMBOL, T0)).toBe(1);
    expect(exchange.holdings()).toEqual([]);
    expect(exchange.trades.at(-1)).toMatchObject({ price: 540_000 });
    expect(exchange.trades.at(-1)?.clientOrderId).toMatch(/^adl_autoclose/);
  });
});
