// Conditional orders in both modes: what they open and close, how a trailing stop follows, what a trigger passes on, and by which id they are found.
import { describe, expect, it } from 'vitest';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import { algoWords, codeOf, conditional, market, openAccount, SYMBOL, T0 } from './support.ts';

describe('conditional orders', () => {
  it('in hedge mode open their side in full, and close no more than it holds', () => {
    const { exchange, at } = openAccount({ usdt: 100_000 });
    exchange.setHedgeMode(true);
    exchange.placeAlgo(conditional('BUY', 605_000, { positionSide: 'LONG', closePosition: false, lots: lots(100) }), T0);
    at(606_000);
    expect(exchange.holdings()).toMatchObject([{ positionSide: 'LONG', lots: 100 }]);
    exchange.placeAlgo(conditional('SELL', 601_000, { positionSide: 'LONG', closePosition: false, lots: lots(300) }), T0);
    at(600_000);
    expect(exchange.holdings()).toEqual([]);
    expect(exchange.trades.reduce((sum, trade) => sum + (trade.side === 'SELL' ? trade.lots : 0), 0)).toBe(100);
  });

  it('price protection lets a trigger pass while mark and contract price are as near as the contract allows', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 100), T0);
    exchange.placeAlgo(conditional('SELL', 594_000, { workingType: 'CONTRACT_PRICE', priceProtect: true }), T0);
    exchange.drainEvents();
    at(572_000, 600_000);
    expect(algoWords(exchange.drainEvents()).slice(0, 2)).toEqual(['TRIGGERING', 'TRIGGERED']);
  });

  it('a trailing stop of a short follows the lowest price down and triggers above it', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('SELL', 100), T0);
    const trailing = { type: 'TRAILING_STOP_MARKET', lots: lots(100), closePosition: false, reduceOnly: true, callbackBps: 100 } as const;
    exchange.placeAlgo(conditional('BUY', 0, { ...trailing, activatePrice: ticks(595_000) }), T0);
    at(596_000);
    expect(exchange.openAlgos(SYMBOL)).toMatchObject([{ isActivated: false, trigger: 0, extreme: null }]);
    at(594_999);
    expect(exchange.openAlgos(SYMBOL)).toMatchObject([{ isActivated: true, extreme: 594_999, trigger: 600_949 }]);
    at(590_000);
    at(592_000);
    expect(exchange.openAlgos(SYMBOL)).toMatchObject([{ extreme: 590_000, trigger: 595_900 }]);
    at(595_899);
    expect(exchange.holdings()).toHaveLength(1);
    at(595_900);
    expect(exchange.holdings()).toEqual([]);
  });

  it('one without an activation price follows from the price it was placed at', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 100), T0);
    const trailing = { type: 'TRAILING_STOP_MARKET', lots: lots(100), closePosition: false, reduceOnly: true, callbackBps: 250 } as const;
    expect(exchange.placeAlgo(conditional('SELL', 0, trailing), T0)).toMatchObject({ value: { isActivated: true, extreme: 600_000, trigger: 585_000 } });
  });

  it('pass on to the order they make that it only reduces, and how it avoids its own orders', () => {
    const { exchange, at } = openAccount();
    exchange.place(market('BUY', 100), T0);
    exchange.placeAlgo(conditional('SELL', 594_000, { selfTradePrevention: 'EXPIRE_BOTH' }), T0);
    exchange.placeAlgo(conditional('BUY', 590_000, { type: 'TAKE_PROFIT_MARKET', closePosition: false, lots: lots(50) }), T0);
    exchange.drainEvents();
    at(593_000);
    at(589_000);
    const made = exchange.drainEvents().flatMap((event) => (event.kind === 'order' && event.execution === 'NEW' ? [event.order] : []));
    expect(made).toMatchObject([
      { side: 'SELL', reduceOnly: true, closePosition: true, selfTradePrevention: 'EXPIRE_BOTH', lots: 100 },
      { side: 'BUY', reduceOnly: false, closePosition: false, lots: 50 },
    ]);
    expect(made[1]).not.toHaveProperty('selfTradePrevention');
  });

  it('only stops and targets at market may close a whole position: −4138', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 100), T0);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 594_000, { type: 'STOP', price: ticks(593_000) }), T0))).toBe(-4138);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 0, { type: 'TRAILING_STOP_MARKET', callbackBps: 100 }), T0))).toBe(-4138);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 610_000, { type: 'TAKE_PROFIT_MARKET' }), T0))).toBeNull();
  });

  it('keep to the coarser tick while one is in force, as regular orders do', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 100), T0);
    exchange.setMultiples(SYMBOL, { ticks: 5, lots: 1 });
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 594_003), T0))).toBe(-4014);
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 594_005), T0))).toBeNull();
  });

  it('are refused without a trigger (−4006), and found and cancelled by either of their ids', () => {
    const { exchange } = openAccount();
    exchange.place(market('BUY', 100), T0);
    const plain = { closePosition: false, lots: lots(100) } as const;
    expect(codeOf(exchange.placeAlgo(conditional('SELL', 0, plain), T0))).toBe(-4006);
    const [first, second, third] = [594_000, 593_000, 592_000].map((trigger) => exchange.placeAlgo(conditional('SELL', trigger, plain), T0));
    if (first?.ok !== true || second?.ok !== true || third?.ok !== true) throw new Error('expected three orders');
    expect(exchange.findAlgo({ algoId: second.value.algoId, clientAlgoId: null })?.clientAlgoId).toBe(second.value.clientAlgoId);
    expect(exchange.findAlgo({ algoId: null, clientAlgoId: third.value.clientAlgoId })?.algoId).toBe(third.value.algoId);
    expect(exchange.cancelAlgo({ algoId: second.value.algoId, clientAlgoId: null }, T0)).toMatchObject({ value: { trigger: 593_000, status: 'CANCELED' } });
    expect(exchange.cancelAlgo({ algoId: null, clientAlgoId: third.value.clientAlgoId }, T0)).toMatchObject({ value: { trigger: 592_000 } });
    expect(exchange.openAlgos(SYMBOL).map((algo) => algo.algoId)).toEqual([first.value.algoId]);
    expect(codeOf(exchange.cancelAlgo({ algoId: second.value.algoId, clientAlgoId: null }, T0))).toBe(-2011);
  });
});
