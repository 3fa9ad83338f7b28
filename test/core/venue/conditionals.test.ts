// Conditional orders at the venue: triggers by mark or contract price, trailing, protection, what becomes of them, and the reported traps.
import { describe, expect, it } from 'vitest';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import { algoWords, codeOf, conditional, limit, market, openAccount, orderWords, SYMBOL, T0 } from './support.ts';

describe('triggers', () => {
  it('follow the mark price or the contract price, as asked', () => {
    for (const [workingType, triggered] of [
      ['MARK_PRICE', false],
      ['CONTRACT_PRICE', true],
    ] as const) {
      const { exchange, at } = openAccount();
      exchange.place(market('BUY', 10), T0);
      exchange.placeAlgo(conditional('SELL', 594_000, { workingType }), T0);
      at(593_000, 599_000);
      expect(exchange.holdings().length === 0, workingType).toBe(triggered);
    }
  });

  it('a stop and a target trigger each on its own side, for longs and shorts', () => {
    const run = (entry: 'BUY' | 'SELL', type: 'STOP_MARKET' | 'TAKE_PROFIT_MARKET', trigger: number, price: number): boolean => {
      const { exchange, at } = openAccount();
      exchange.place(market(entry, 10), T0);
      expect(codeOf(exchange.placeAlgo(conditional(entry === 'BUY' ? 'SELL' : 'BUY', trigger, { type }), T0))).toBeNull();
      at(price);
      return exchange.holdings().length === 0;
    };
    expect(run('BUY', 'STOP_MARKET', 594_000, 594_001)).toBe(false);
    expect(run('BUY', 'STOP_MARKET', 594_000, 594_000)).toBe(true);
    expect(run('BUY', 'TAKE_PROFIT_MARKET', 606_000, 606_000)).toBe(true);
    expect(run('SELL', 'STOP_MARKET', 606_000, 606_000)).toBe(true);
    expect(run('SELL', 'TAKE_PROFIT_MARKET', 594_000, 594_000)).toBe(true);
  });

  it('a gap fills far beyond the trigger, at what the book offers then', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 10), T0);
    exchange.placeAlgo(conditional('SELL', 594_000), T0);
    at(570_000);
    expect(exchange.trades.at(-1)?.price).toBeLessThan(570_000);
  });

  it('a conditional limit becomes a resting order with an id of its own and finishes when that order ends', () => {
    const { exchange, at } = openAccount();
    const stop = conditional('BUY', 606_000, { type: 'STOP', price: ticks(600_500), lots: lots(10), closePosition: false });
    exchange.placeAlgo(stop, T0);
    exchange.drainEvents();
    at(606_000);
    expect(algoWords(exchange.drainEvents())).toEqual(['TRIGGERING', 'TRIGGERED']);
    const [order] = exchange.openOrders(SYMBOL);
    expect(order).toMatchObject({ type: 'LIMIT', clientOrderId: stop.clientAlgoId, status: 'NEW' });
    expect(exchange.openAlgos(SYMBOL), 'no longer among the open conditionals').toEqual([]);
    expect(codeOf(exchange.cancelAlgo({ algoId: null, clientAlgoId: stop.clientAlgoId }, T0))).toBe(-2011);
    at(600_000);
    const finished = exchange.drainEvents().findLast((event) => event.kind === 'algo');
    expect(finished).toMatchObject({ algo: { status: 'FINISHED', orderId: order?.orderId, filled: 10 } });
  });
});

describe('a trailing stop', () => {
  it('says NEW a second time when it wakes, follows the best price, and triggers at the callback', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 10), T0);
    exchange.drainEvents();
    const trailing = conditional('SELL', 0, {
      type: 'TRAILING_STOP_MARKET',
      lots: lots(10),
      closePosition: false,
      reduceOnly: true,
      callbackBps: 100,
      activatePrice: ticks(605_000),
    });
    exchange.placeAlgo(trailing, T0);
    at(590_000);
    expect(algoWords(exchange.drainEvents()), 'asleep').toEqual(['NEW']);
    at(606_000);
    expect(algoWords(exchange.drainEvents()), 'awake').toEqual(['NEW']);
    at(620_000);
    at(614_000);
    expect(exchange.openAlgos(SYMBOL)).toMatchObject([{ extreme: 620_000, trigger: 613_800 }]);
    at(613_800);
    expect(algoWords(exchange.drainEvents())).toEqual(['TRIGGERING', 'TRIGGERED', 'FINISHED']);
    expect(exchange.holdings()).toEqual([]);
  });

  it('refuses a callback outside 0.1 to 20 % and an activation price that is already behind', () => {
    const { exchange } = openAccount();
    const trailing = { type: 'TRAILING_STOP_MARKET', lots: lots(10), closePosition: false } as const;
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 0, { ...trailing, callbackBps: 5 }), T0))).toBe(-1130);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 0, { ...trailing, callbackBps: 2001 }), T0))).toBe(-1130);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 0, { ...trailing, callbackBps: 100, activatePrice: ticks(590_000) }), T0))).toBe(-2021);
    expect(codeOf(exchange.placeAlgo(conditional('BUY', 0, { ...trailing, callbackBps: 2000, activatePrice: ticks(590_000) }), T0))).toBeNull();
  });
});

describe('what can go wrong at the trigger', () => {
  it('price protection rejects when mark and contract price have parted', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 10), T0);
    exchange.placeAlgo(conditional('SELL', 594_000, { workingType: 'CONTRACT_PRICE', priceProtect: true }), T0);
    at(560_000, 600_000);
    expect(exchange.drainEvents().findLast((event) => event.kind === 'algo')).toMatchObject({ algo: { status: 'REJECTED' } });
    expect(exchange.holdings()[0]?.lots, 'the position is still open').toBe(10);
  });

  it('margin is checked only then: REJECTED with the recorded words', () => {
    const { exchange, at } = openAccount();
    exchange.placeAlgo(conditional('BUY', 606_000, { lots: lots(90_000), closePosition: false }), T0);
    at(606_000);
    expect(exchange.drainEvents().findLast((event) => event.kind === 'algo')).toMatchObject({
      algo: { status: 'REJECTED', rejectReason: 'margin not enough' },
    });
  });

  it('a counterparty outside the price band rejects a closing stop and leaves the position open', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 10), T0);
    exchange.placeAlgo(conditional('SELL', 594_000, { workingType: 'CONTRACT_PRICE' }), T0);
    at(540_000, 600_000);
    expect(exchange.drainEvents().findLast((event) => event.kind === 'algo')).toMatchObject({ algo: { status: 'REJECTED' } });
    expect(exchange.holdings()[0]?.lots).toBe(10);
  });

  it('an accepted conditional can vanish without an event', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 10), T0);
    const placed = exchange.placeAlgo(conditional('SELL', 594_000), T0);
    exchange.drainEvents();
    exchange.vanishAlgo(placed.ok ? placed.value.algoId : 0);
    expect(exchange.openAlgos(SYMBOL)).toEqual([]);
    expect(exchange.drainEvents()).toEqual([]);
  });
});

describe('orphans', () => {
  it('closePosition orders end with their position, or stay behind when the venue is set to leave them', () => {
    for (const [expires, left] of [
      [true, 0],
      [false, 1],
    ] as const) {
      const { exchange } = openAccount();
      exchange.rules.expireClosePositionWhenFlat = expires;
      exchange.place(market('BUY', 10), T0);
      exchange.placeAlgo(conditional('SELL', 594_000), T0);
      exchange.place(market('SELL', 10, { reduceOnly: true }), T0);
      expect(exchange.openAlgos(SYMBOL)).toHaveLength(left);
    }
  });

  it('an orphan that triggers opens nothing', () => {
    const { exchange, at } = openAccount();
    exchange.rules.expireClosePositionWhenFlat = false;
    exchange.place(market('BUY', 10), T0);
    exchange.placeAlgo(conditional('SELL', 594_000), T0);
    exchange.place(market('SELL', 10, { reduceOnly: true }), T0);
    exchange.drainEvents();
    at(590_000);
    expect(algoWords(exchange.drainEvents())).toEqual(['TRIGGERING', 'EXPIRED']);
    expect(exchange.holdings()).toEqual([]);
  });

  it('a plain quantity stop opens the other way when its position is gone, which is why it is dangerous', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 10), T0);
    exchange.placeAlgo(conditional('SELL', 594_000, { lots: lots(10), closePosition: false }), T0);
    exchange.place(market('SELL', 10), T0);
    at(590_000);
    expect(exchange.holdings()).toMatchObject([{ lots: -10 }]);
  });

  it('are not listed with, nor cancelled by, regular orders', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 10), T0);
    exchange.placeAlgo(conditional('SELL', 594_000), T0);
    exchange.place(limit('BUY', 10, 590_000), T0);
    expect(exchange.openOrders(SYMBOL)).toHaveLength(1);
    expect(orderWords(exchange.drainEvents())).toContain('NEW NEW');
    expect(exchange.openAlgos(null)).toHaveLength(1);
  });
});
