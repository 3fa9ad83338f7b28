// Changing a resting order at the exchange: what is sent, and what each answer means.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lots, ticks } from '../../../src-shared/kernel/units.ts';
import type { AmendRequest } from '../../../src-main/core/ports.ts';
import { TinyExchange } from './support/tiny-exchange.ts';
import { serveAccount } from './support/tiny-routes.ts';
import { venueBench, type VenueBench } from './support/venue-bench.ts';

const ROUTE = 'PUT /fapi/v1/order';
const CHANGE: AmendRequest = { symbol: 'BTCUSDT', clientOrderId: 'pt-1-e1', side: 'BUY', lots: lots(5), price: ticks(1001) };

let exchange: TinyExchange;
let bench: VenueBench;
beforeEach(async () => {
  exchange = await new TinyExchange().start();
  serveAccount(exchange);
  exchange.on(ROUTE, ({ query }) => ({
    body: {
      orderId: 11,
      symbol: query.get('symbol'),
      status: 'NEW',
      clientOrderId: query.get('origClientOrderId'),
      price: query.get('price'),
      avgPrice: '0',
      origQty: query.get('quantity'),
      executedQty: '0',
      side: query.get('side'),
      positionSide: 'BOTH',
      updateTime: Date.now(),
    },
  }));
  bench = venueBench(exchange.url);
});
afterEach(async () => {
  await bench.venue.stop();
  await exchange.stop();
});

describe('changing a resting order', () => {
  it('sends side, quantity and price as exact text, all of them demanded (−1102), and nothing that would change the order otherwise', async () => {
    const answer = await bench.venue.amendOrder(CHANGE);
    const { signature: _s, timestamp: _t, recvWindow: _r, ...sent } = Object.fromEntries(exchange.calls(ROUTE)[0]?.query ?? []);
    expect(sent).toEqual({ symbol: 'BTCUSDT', origClientOrderId: 'pt-1-e1', side: 'BUY', quantity: '0.005', price: '100.1' });
    expect(answer).toMatchObject({ ok: true, value: { clientOrderId: 'pt-1-e1', status: 'resting', price: 1001, lots: 5 } });
  });

  it('an answer that does not come is unknown, and the change is sent once', async () => {
    exchange.script(ROUTE, 'reset');
    expect(await bench.venue.amendOrder(CHANGE)).toMatchObject({ ok: false, error: { outcome: 'unknown' } });
    expect(exchange.calls(ROUTE)).toHaveLength(1);
  });

  it.each([
    [-5027, 'No need to modify the order.'],
    [-5028, 'Timestamp for this request is outside of the ME recvWindow.'],
    [-5026, 'Exceed maximum modify order limit.'],
    [-2013, 'Order does not exist.'],
    [-4016, 'Limit price can’t be higher than 1.'],
  ])('%i is a refusal with its code, and is not sent again', async (code, msg) => {
    exchange.script(ROUTE, { status: 400, body: { code, msg } });
    expect(await bench.venue.amendOrder(CHANGE)).toMatchObject({ ok: false, error: { code: 'rejected', outcome: 'not_executed', venueCode: code } });
    expect(exchange.calls(ROUTE)).toHaveLength(1);
  });

  it('a contract that is not listed is refused here', async () => {
    expect(await bench.venue.amendOrder({ ...CHANGE, symbol: 'NOPEUSDT' })).toMatchObject({ ok: false, error: { venueCode: -1121 } });
    expect(exchange.calls(ROUTE)).toHaveLength(0);
  });
});
