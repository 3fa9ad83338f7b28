// One order's life by hand: what each report changes, what a late, doubled or reordered one does not, and the second life of a conditional.
import { describe, expect, it } from 'vitest';
import type { Order, OrderIntent, OrderStatus } from '../../../src-shared/domain/order.ts';
import { epochMs, lots, ticks } from '../../../src-shared/kernel/units.ts';
import { applyReport, createOrder, withStatus } from '../../../src-main/core/execution/order-machine.ts';
import type { OrderReport } from '../../../src-main/core/ports.ts';
import { START } from './support.ts';

const LATER = epochMs(START + 1000);
const INTENT: OrderIntent = {
  clientOrderId: 'ptk7x1-e1',
  positionId: 'ptk7x1',
  symbol: 'BTCUSDT',
  purpose: 'entry',
  kind: 'limit',
  side: 'BUY',
  positionSide: 'BOTH',
  lots: lots(100),
  price: ticks(600_000),
  trigger: null,
  triggerBy: 'contract',
  reduceOnly: false,
  closePosition: false,
  timeInForce: 'GTC',
  leverage: 5,
  createdAt: START,
};
const STOP: OrderIntent = {
  ...INTENT,
  purpose: 'stop',
  kind: 'stop_market',
  side: 'SELL',
  lots: lots(0),
  price: null,
  trigger: ticks(590_000),
  closePosition: true,
};

const order = (status: OrderStatus, change: Partial<Order> = {}, intent = INTENT): Order => ({ ...createOrder(intent), status, ...change });

function report(change: Partial<OrderReport> = {}, intent = INTENT): OrderReport {
  const { clientOrderId, symbol, side, positionSide, price, trigger, closePosition, reduceOnly } = intent;
  return {
    ...{ clientOrderId, symbol, side, positionSide, price, trigger, closePosition, reduceOnly, lots: intent.lots },
    venueOrderId: 'v1',
    conditional: intent.kind !== 'limit',
    status: 'resting',
    filledLots: lots(0),
    averagePrice: 0,
    purpose: 'other',
    triggeredOrderId: null,
    time: LATER,
    reason: null,
    ...change,
  };
}

describe('our own step', () => {
  it.each<readonly [OrderStatus, OrderStatus, OrderStatus]>([
    ['intended', 'sent', 'sent'],
    ['sent', 'unknown', 'unknown'],
    ['sent', 'resting', 'resting'],
    ['unknown', 'sent', 'sent'],
    ['unknown', 'resting', 'resting'],
    ['resting', 'sent', 'resting'],
    ['resting', 'unknown', 'resting'],
    ['resting', 'resting', 'resting'],
    ['partially_filled', 'resting', 'partially_filled'],
    ['partially_filled', 'rejected', 'rejected'],
    ['sent', 'rejected', 'rejected'],
    ['filled', 'rejected', 'filled'],
    ['canceled', 'filled', 'canceled'],
    ['rejected', 'sent', 'rejected'],
    ['expired', 'unknown', 'expired'],
  ])('from %s to %s leaves it %s', (from, to, expected) => expect(withStatus(order(from), to, { at: LATER }).status).toBe(expected));

  it('brings its reason and the venue’s id, and keeps those it has', () => {
    expect(withStatus(order('sent'), 'resting', { at: LATER, reason: 'why', venueOrderId: 'v1' })).toMatchObject({
      updatedAt: LATER,
      reason: 'why',
      venueOrderId: 'v1',
    });
    expect(withStatus(order('sent', { reason: 'before', venueOrderId: 'v0' }), 'resting', { at: LATER })).toMatchObject({
      reason: 'before',
      venueOrderId: 'v0',
    });
  });

  it('that is not taken changes nothing at all', () => {
    const resting = order('resting');
    expect(withStatus(resting, 'sent', { at: LATER, reason: 'late' })).toBe(resting);
    const ended = order('filled');
    expect(withStatus(ended, 'rejected', { at: LATER })).toBe(ended);
  });
});

describe('a report of the venue', () => {
  it.each<readonly [OrderStatus, OrderStatus, OrderStatus]>([
    ['sent', 'resting', 'resting'],
    ['unknown', 'resting', 'resting'],
    ['unknown', 'canceled', 'canceled'],
    ['resting', 'partially_filled', 'partially_filled'],
    ['partially_filled', 'resting', 'partially_filled'],
    ['partially_filled', 'partially_filled', 'partially_filled'],
    ['partially_filled', 'filled', 'filled'],
    ['partially_filled', 'canceled', 'canceled'],
    ['resting', 'unknown', 'resting'],
    ['sent', 'unknown', 'sent'],
    ['filled', 'resting', 'filled'],
    ['filled', 'canceled', 'filled'],
    ['canceled', 'filled', 'canceled'],
    ['expired', 'resting', 'expired'],
  ])('of an order that is %s, saying %s, leaves it %s', (from, told, expected) => {
    expect(applyReport(order(from, { venueOrderId: 'v1' }), report({ status: told })).status).toBe(expected);
  });

  it('overrules our own conclusion that it was never placed, but not the venue’s refusal', () => {
    expect(applyReport(order('rejected'), report()).status).toBe('resting');
    expect(applyReport(order('rejected'), report({ status: 'filled', filledLots: lots(100) })).status).toBe('filled');
    expect(applyReport(order('rejected', { venueOrderId: 'v1' }), report()).status).toBe('rejected');
  });

  it('never takes fills back, and its average price counts only with fills', () => {
    const half = order('partially_filled', { venueOrderId: 'v1', filledLots: lots(50), averagePrice: 60_000 });
    expect(applyReport(half, report({ status: 'partially_filled', filledLots: lots(20), averagePrice: 59_000 }))).toBe(half);
    expect(applyReport(half, report({ status: 'canceled', filledLots: lots(50), averagePrice: 0 }))).toMatchObject({
      filledLots: 50,
      averagePrice: 60_000,
      status: 'canceled',
    });
    expect(applyReport(order('sent'), report({ averagePrice: 61_000 }))).toMatchObject({ averagePrice: 0, status: 'resting' });
    expect(applyReport(order('sent'), report({ status: 'partially_filled', filledLots: lots(1), averagePrice: 0.5 }))).toMatchObject({
      filledLots: 1,
      averagePrice: 0.5,
    });
  });

  it.each<readonly [string, Partial<OrderReport>]>([
    ['another status', { status: 'partially_filled' }],
    ['more fills', { filledLots: lots(10) }],
    ['the order it triggered', { triggeredOrderId: 'v9' }],
    ['another id', { venueOrderId: 'v2' }],
    ['another average', { averagePrice: 60_001, filledLots: lots(5) }],
  ])('with %s is news, and its time and reason are kept', (_what, change) => {
    const known = order('resting', { venueOrderId: 'v1', filledLots: lots(5), averagePrice: 60_000, reason: 'before' });
    const filledLots = lots(5);
    expect(applyReport(known, report({ filledLots, averagePrice: 60_000, ...change, reason: 'now' }))).toMatchObject({ updatedAt: LATER, reason: 'now' });
    expect(applyReport(known, report({ filledLots, averagePrice: 60_000, ...change }))).toMatchObject({ updatedAt: LATER, reason: 'before' });
    expect(applyReport(known, report({ filledLots, averagePrice: 60_000, time: epochMs(START + 9), reason: 'again' }))).toBe(known);
  });
});

describe('the terms of a working limit order', () => {
  const resting = order('resting', { venueOrderId: 'v1' });
  const moved = (change: Partial<OrderReport> = {}): OrderReport => report({ price: ticks(599_000), ...change });

  it('follow the venue: price, quantity, and when it told them', () => {
    expect(applyReport(resting, moved())).toMatchObject({ intent: { price: 599_000, lots: 100 }, pricedAt: LATER });
    expect(applyReport(resting, report({ lots: lots(90) }))).toMatchObject({ intent: { price: 600_000, lots: 90 }, pricedAt: LATER });
  });

  it('are not taken from a report that is older than the one that told them', () => {
    const known = { ...resting, pricedAt: LATER };
    expect(applyReport(known, moved({ time: epochMs(LATER - 1) }))).toBe(known);
    expect(applyReport(known, moved()).intent.price).toBe(599_000);
  });

  it.each<readonly [string, Order, OrderReport]>([
    ['no price', resting, moved({ price: null })],
    ['no quantity', resting, moved({ lots: lots(0) })],
    ['a conditional’s', resting, moved({ conditional: true })],
    ['an order that has ended', order('filled', { venueOrderId: 'v1', filledLots: lots(100) }), moved({ status: 'filled', filledLots: lots(100) })],
    ['a market order', order('resting', { venueOrderId: 'v1' }, { ...INTENT, kind: 'market', price: null }), moved({})],
  ])('do not follow %s', (_what, known, told) => expect(applyReport(known, told).intent).toEqual(known.intent));
});

describe('a conditional', () => {
  const resting = order('resting', { venueOrderId: 'algo' }, STOP);
  const second = (change: Partial<OrderReport> = {}): OrderReport => report({ conditional: false, venueOrderId: 'real', ...change }, STOP);

  it('that has finished has triggered: only fills say that it is filled', () => {
    expect(applyReport(resting, report({ status: 'filled', venueOrderId: 'algo', triggeredOrderId: 'real' }, STOP))).toMatchObject({
      status: 'triggered',
      triggeredOrderId: 'real',
    });
    expect(applyReport(resting, second({ status: 'filled', filledLots: lots(40), averagePrice: 58_990 }))).toMatchObject({
      status: 'filled',
      venueOrderId: 'algo',
      triggeredOrderId: 'real',
    });
  });

  it('has triggered when its real order works, and keeps both ids', () => {
    expect(applyReport(resting, second())).toMatchObject({ status: 'triggered', venueOrderId: 'algo', triggeredOrderId: 'real' });
    expect(applyReport(resting, second({ status: 'partially_filled', filledLots: lots(10), averagePrice: 58_990 }))).toMatchObject({
      filledLots: 10,
      triggeredOrderId: 'real',
    });
  });

  it('that has triggered does not rest again', () => {
    const triggered = applyReport(resting, second());
    expect(applyReport(triggered, report({ venueOrderId: 'algo', time: epochMs(START + 2) }, STOP)).status).toBe('triggered');
    expect(applyReport(triggered, report({ venueOrderId: 'algo' }, STOP)).triggeredOrderId).toBe('real');
  });

  it('that is cancelled before it triggers is cancelled', () => {
    expect(applyReport(resting, report({ status: 'canceled', venueOrderId: 'algo' }, STOP)).status).toBe('canceled');
  });
});
