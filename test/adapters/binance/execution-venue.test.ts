// Orders as the exchange sees them, the bypass list behind a blocked breaker, queries, set-up, and reading the whole account.
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src-main/adapters/binance/rate-limiter.ts';
import { epochMs, lots, ticks } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError } from '../../../src-main/core/ports.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { TinyExchange } from './support/tiny-exchange.ts';
import { serveAccount } from './support/tiny-routes.ts';
import { CLOSE, intentOf, STOP, TARGET, venueBench, type VenueBench, type VenueBenchOptions } from './support/venue-bench.ts';

let exchange: TinyExchange;
const benches: VenueBench[] = [];
beforeEach(async () => {
  exchange = await new TinyExchange().start();
  serveAccount(exchange);
});
afterEach(async () => {
  for (const { venue } of benches.splice(0)) await venue.stop();
  await exchange.stop();
});

function open(options: VenueBenchOptions = {}): VenueBench {
  const bench = venueBench(exchange.url, options);
  benches.push(bench);
  return bench;
}

function sent(route: string, index = 0): Readonly<Record<string, string>> {
  const { signature: _s, timestamp: _t, recvWindow: _r, ...rest } = Object.fromEntries(exchange.calls(route)[index]?.query ?? []);
  return rest;
}

function codeOf(result: Result<unknown, ExchangeError>): ExchangeError['code'] | 'ok' {
  return result.ok ? 'ok' : result.error.code;
}

describe('what is sent', () => {
  it('a market entry: exact text, no exponent, the result asked for', async () => {
    await open().venue.submit(intentOf({ lots: lots(1) }));
    expect(sent('POST /fapi/v1/order')).toEqual({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.001',
      newOrderRespType: 'RESULT',
      newClientOrderId: 'pt-1-entry',
    });
  });

  it('a limit entry carries price and time in force', async () => {
    await open().venue.submit(intentOf({ kind: 'limit', price: ticks(1001), timeInForce: 'GTX' }));
    expect(sent('POST /fapi/v1/order')).toMatchObject({ type: 'LIMIT', price: '100.1', timeInForce: 'GTX', quantity: '0.005' });
  });

  it('a protective stop goes to the algo service with triggerPrice and closePosition, without quantity and reduceOnly', async () => {
    await open().venue.submit(STOP);
    expect(sent('POST /fapi/v1/algoOrder')).toEqual({
      algoType: 'CONDITIONAL',
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: '95.0',
      closePosition: 'true',
      workingType: 'MARK_PRICE',
      clientAlgoId: 'pt-1-stop',
    });
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(0);
  });

  it('L7 a one-way account gets reduceOnly and no positionSide', async () => {
    const { venue, start } = open();
    await start();
    await venue.submit(TARGET);
    expect(sent('POST /fapi/v1/algoOrder')).toMatchObject({ reduceOnly: 'true', quantity: '0.005' });
    expect(sent('POST /fapi/v1/algoOrder')).not.toHaveProperty('positionSide');
  });

  it('L7 a hedge account gets positionSide and no reduceOnly', async () => {
    exchange.on('GET /fapi/v1/positionSide/dual', () => ({ body: { dualSidePosition: true } }));
    const { venue, start } = open();
    await start();
    await venue.submit(CLOSE);
    expect(sent('POST /fapi/v1/order')).toMatchObject({ positionSide: 'LONG' });
    expect(sent('POST /fapi/v1/order')).not.toHaveProperty('reduceOnly');
  });

  it('L7 -4061 reads the position mode again, and the next order fits it; the mode itself is never changed', async () => {
    const { venue, start } = open();
    await start();
    exchange
      .on('GET /fapi/v1/positionSide/dual', () => ({ body: { dualSidePosition: true } }))
      .on('POST /fapi/v1/order', ({ query }) =>
        query.has('positionSide') ? { body: {} } : { status: 400, body: { code: -4061, msg: "Order's position side does not match user's setting." } },
      );
    expect(codeOf(await venue.submit(intentOf({})))).toBe('rejected');
    await venue.submit(intentOf({ clientOrderId: 'pt-2' }));
    expect(sent('POST /fapi/v1/order', 1)).toMatchObject({ positionSide: 'LONG' });
    expect(exchange.calls('POST /fapi/v1/positionSide/dual')).toHaveLength(0);
  });

  it('L6 the signature covers exactly the bytes sent, also with a Chinese symbol', async () => {
    await open().venue.submit(intentOf({ symbol: '币安人生USDT' }));
    const raw = exchange.calls('POST /fapi/v1/order')[0]?.rawQuery ?? '';
    const [payload, signature] = raw.split('&signature=');
    expect(payload).toContain(`symbol=${encodeURIComponent('币安人生USDT')}`);
    expect(signature).toBe(
      createHmac('sha256', 'test-secret')
        .update(payload ?? '')
        .digest('hex'),
    );
  });

  it('L31 a symbol that is not in exchangeInfo is never sent', async () => {
    const { venue } = open();
    expect(codeOf(await venue.submit(intentOf({ symbol: 'MADEUPUSDT' })))).toBe('rejected');
    expect(exchange.seen).toHaveLength(0);
  });

  it('L10 quantities and prices of tiny steps never become exponents', async () => {
    const { venue } = open({
      venue: {
        instrumentOf: (symbol) => ({
          ...JSON.parse(JSON.stringify({ symbol })),
          priceScale: 8,
          tickUnits: 1,
          quantityScale: 8,
          stepUnits: 1,
        }),
      },
    });
    await venue.submit(intentOf({ kind: 'limit', lots: lots(1), price: ticks(7) }));
    expect(sent('POST /fapi/v1/order')).toMatchObject({ quantity: '0.00000001', price: '0.00000007' });
  });
});

describe('L13 with entry calls blocked by the breaker', () => {
  /** Entries fail five times with an internal error; everything else works. */
  async function blocked(): Promise<VenueBench> {
    const answer = { status: 500, text: 'boom' } as const;
    const bench = open({ settings: { breakerThrottleSeconds: 0.1 } });
    const works = exchange.routes();
    exchange.on('POST /fapi/v1/order', () => answer);
    for (let index = 0; index < 5; index += 1) expect(codeOf(await bench.venue.submit(intentOf({ clientOrderId: `e${index}` })))).toBe('unavailable');
    exchange.restore(works);
    expect(bench.venue.status().breaker).toBe('blocked');
    expect(codeOf(await bench.venue.submit(intentOf({ clientOrderId: 'held' })))).toBe('breaker');
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(5);
    return bench;
  }

  it('close passes', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.submit(CLOSE))).toBe('ok');
  });

  it('partial close passes', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.submit({ ...CLOSE, purpose: 'reduce' }))).toBe('ok');
  });

  it('emergency stop passes: closing and cancelling every position and order at once', async () => {
    const { venue } = await blocked();
    const results = await Promise.all([
      ...['a', 'b', 'c'].map((id) => venue.submit({ ...CLOSE, clientOrderId: id })),
      ...['d', 'e'].map((clientOrderId) => venue.cancel({ symbol: 'BTCUSDT', clientOrderId, conditional: true })),
    ]);
    expect(results.map(codeOf)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });

  it('adjusting the stop passes', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.submit({ ...STOP, trigger: ticks(960) }))).toBe('ok');
  });

  it('adjusting the target passes', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.submit(TARGET))).toBe('ok');
  });

  it('querying an order passes', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.query({ symbol: 'BTCUSDT', clientOrderId: 'e0', conditional: false }))).toBe('ok');
  });

  it('querying positions, orders and fills passes', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.fetchState({ scope: 'account', symbols: ['BTCUSDT'], fillsSince: epochMs(Date.now() - 1000) }))).toBe('ok');
  });

  it('cancelling passes', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.cancel({ symbol: 'BTCUSDT', clientOrderId: 'x', conditional: false }))).toBe('ok');
    expect(codeOf(await venue.cancel({ symbol: 'BTCUSDT', clientOrderId: 'x', conditional: true }))).toBe('ok');
  });

  it('setting leverage for a new entry does not', async () => {
    const { venue } = await blocked();
    expect(codeOf(await venue.prepareSymbol({ symbol: 'BTCUSDT', leverage: 5, marginType: 'isolated' }))).toBe('breaker');
  });

  it('a hundred closes in a row pass', async () => {
    const { venue } = await blocked();
    for (let index = 0; index < 100; index += 1) expect(codeOf(await venue.submit({ ...CLOSE, clientOrderId: `c${index}` }))).toBe('ok');
  });
});

describe('queries', () => {
  it('an order the exchange does not know is "no such order", not a failure', async () => {
    exchange.script('GET /fapi/v1/order', { status: 400, body: { code: -2013, msg: 'Order does not exist.' } });
    expect(await open().venue.query({ symbol: 'BTCUSDT', clientOrderId: 'x', conditional: false })).toEqual({ ok: true, value: null });
  });

  it('L1 a query that fails is a failure: the order is not declared unknown to the exchange', async () => {
    exchange.script('GET /fapi/v1/order', 'reset');
    expect(codeOf(await open().venue.query({ symbol: 'BTCUSDT', clientOrderId: 'x', conditional: false }))).toBe('unreachable');
  });

  it('a number beyond our units is refused and counted, not rounded', async () => {
    exchange.on('GET /fapi/v1/order', ({ query }) => ({
      body: {
        orderId: 1,
        symbol: 'BTCUSDT',
        status: 'NEW',
        clientOrderId: query.get('origClientOrderId'),
        price: '1',
        origQty: '99999999999999999',
        executedQty: '0',
        side: 'BUY',
        positionSide: 'BOTH',
        updateTime: 1,
      },
    }));
    const { venue } = open();
    expect(codeOf(await venue.query({ symbol: 'BTCUSDT', clientOrderId: 'x', conditional: false }))).toBe('malformed');
    expect(venue.status().malformed).toEqual({ 'order query': 1 });
  });
});

describe('preparing a symbol', () => {
  it('L11 sends leverage and margin type before the entry; "no need to change" is success', async () => {
    const { venue } = open();
    expect(await venue.prepareSymbol({ symbol: 'BTCUSDT', leverage: 7, marginType: 'isolated' })).toEqual({ ok: true, value: null });
    expect([sent('POST /fapi/v1/marginType'), sent('POST /fapi/v1/leverage')]).toEqual([
      { symbol: 'BTCUSDT', marginType: 'ISOLATED' },
      { symbol: 'BTCUSDT', leverage: '7' },
    ]);
  });

  it('L11 a leverage other than the one asked for is a refusal', async () => {
    exchange.on('POST /fapi/v1/leverage', () => ({ body: { leverage: 3, symbol: 'BTCUSDT' } }));
    const result = await open().venue.prepareSymbol({ symbol: 'BTCUSDT', leverage: 7, marginType: 'cross' });
    expect(result.ok ? '' : result.error.uiMessage).toBe('The exchange set leverage 3 instead of 7 on BTCUSDT; no order was sent.');
  });

  it('a margin type locked by open orders is a refusal', async () => {
    exchange.script('POST /fapi/v1/marginType', { status: 400, body: { code: -4047, msg: 'Margin type cannot be changed if there exists open orders.' } });
    expect(codeOf(await open().venue.prepareSymbol({ symbol: 'BTCUSDT', leverage: 7, marginType: 'isolated' }))).toBe('rejected');
    expect(exchange.calls('POST /fapi/v1/leverage')).toHaveLength(0);
  });
});

describe('reading the account', () => {
  const position = {
    symbol: 'BTCUSDT',
    positionSide: 'BOTH',
    positionAmt: '-0.015',
    entryPrice: '100.0',
    markPrice: '101',
    unRealizedProfit: '-0.015',
    liquidationPrice: '180',
    isolatedWallet: '0.3',
    notional: '-1.515',
    initialMargin: '0.303',
    positionInitialMargin: '0.303',
  };

  it('gives exact money, signed lots and the leverage that follows from the margin', async () => {
    exchange.on('GET /fapi/v3/positionRisk', () => ({ body: [position] }));
    const state = await open().venue.fetchState({ scope: 'account', symbols: [], fillsSince: epochMs(0) });
    expect(state.ok && state.value.account).toMatchObject({
      wallet: 100_050_000_000,
      unrealised: -125_000_000,
      available: 90_000_000_001,
      marginUsed: 5_000_000_000,
    });
    expect(state.ok && state.value.positions).toEqual([
      {
        symbol: 'BTCUSDT',
        positionSide: 'BOTH',
        lots: -15,
        entryPrice: 100,
        markPrice: 101,
        unrealised: -1_500_000,
        liquidationPrice: 180,
        leverage: 5,
        isolated: true,
        initialMargin: 30_300_000,
      },
    ]);
  });

  it.each(['GET /fapi/v3/account', 'GET /fapi/v3/positionRisk', 'GET /fapi/v1/openOrders', 'GET /fapi/v1/openAlgoOrders', 'GET /fapi/v1/userTrades'])(
    'L23 is all or nothing: when %s fails there is no state at all',
    async (route) => {
      exchange.script(route, 'reset');
      expect(codeOf(await open().venue.fetchState({ scope: 'account', symbols: ['BTCUSDT'], fillsSince: epochMs(Date.now()) }))).toBe('unreachable');
    },
  );

  it('one unreadable position refuses the whole state: a missing row would look like a closed position', async () => {
    exchange.on('GET /fapi/v3/positionRisk', () => ({ body: [position, { ...position, positionAmt: 'much' }] }));
    const { venue } = open();
    expect(codeOf(await venue.fetchState({ scope: 'account', symbols: [], fillsSince: epochMs(0) }))).toBe('malformed');
    expect(venue.status().malformed).toEqual({ positions: 1 });
  });

  it('L24 a position in a contract we do not trade is reported, not swallowed', async () => {
    exchange.on('GET /fapi/v3/positionRisk', () => ({
      body: [
        { ...position, symbol: 'BTCUSD_PERP' },
        { ...position, symbol: 'OTHER', positionAmt: '0' },
      ],
    }));
    const { venue, logger } = open();
    expect(codeOf(await venue.fetchState({ scope: 'account', symbols: [], fillsSince: epochMs(0) }))).toBe('ok');
    expect(venue.status().malformed).toEqual({ 'position of an unlisted contract': 1 });
    expect(logger.text).toContain('The account has a position in BTCUSD_PERP, which this terminal does not trade; look after it at the exchange.');
  });

  it('L1 fills of weeks are read window by window and page by page, each once', async () => {
    const day = 86_400_000;
    const now = Date.now();
    const trades = Array.from({ length: 6000 }, (_, index) => ({
      id: 1000 + index,
      orderId: 5,
      symbol: 'BTCUSDT',
      side: 'BUY',
      positionSide: 'BOTH',
      price: '100',
      qty: '0.001',
      commission: '0.00005',
      commissionAsset: 'USDT',
      realizedPnl: '0',
      maker: false,
      time: Math.floor(now - 20 * day + index * ((20 * day - 1000) / 6000)),
    }));
    exchange.on('GET /fapi/v1/userTrades', ({ query }) => {
      const start = Number(query.get('startTime'));
      const end = query.has('endTime') ? Number(query.get('endTime')) : start + 7 * day;
      if (end - start > 7 * day) return { status: 400, body: { code: -1127, msg: 'More than 7 days between startTime and endTime.' } };
      return { body: trades.filter(({ time }) => time >= start && time <= end).slice(0, Number(query.get('limit'))) };
    });
    const state = await open().venue.fetchState({ scope: 'account', symbols: ['BTCUSDT'], fillsSince: epochMs(now - 20 * day) });
    expect(state.ok && new Set(state.value.fills.map(({ tradeId }) => tradeId)).size).toBe(6000);
    expect(state.ok && state.value.fills.length).toBe(6000);
  });

  it('L24 the first reading of an account uses the reserve of the budget, later ones wait for their share', async () => {
    const limiter = new RateLimiter(1920);
    const { venue } = open({ gateway: { limiter } });
    limiter.correct(1850);
    const request = { scope: 'account', symbols: [], fillsSince: epochMs(Date.now()) } as const;
    expect(codeOf(await venue.fetchState(request))).toBe('ok');
    limiter.correct(1850);
    const second = venue.fetchState(request);
    const waited = new Promise<'waits'>((resolve) => void setTimeout(() => resolve('waits'), 300));
    expect(await Promise.race([second, waited])).toBe('waits');
  });

  it('a fee paid in BNB counts in USDT at the price of the moment', async () => {
    exchange.on('GET /fapi/v1/userTrades', () => ({
      body: [
        {
          id: 1,
          orderId: 5,
          symbol: 'BTCUSDT',
          side: 'BUY',
          positionSide: 'BOTH',
          price: '100',
          qty: '0.001',
          commission: '0.0001',
          commissionAsset: 'BNB',
          realizedPnl: '0',
          maker: false,
          time: Date.now(),
        },
      ],
    }));
    const state = await open().venue.fetchState({ scope: 'account', symbols: ['BTCUSDT'], fillsSince: epochMs(Date.now() - 1000) });
    expect(state.ok && state.value.fills[0]?.fee).toBe(6_000_000);
  });

  it('without a key it says so before anything is sent', async () => {
    const { start } = open({ gateway: { apiKey: null, apiSecret: null } });
    expect(codeOf(await start())).toBe('unauthorised');
    expect(exchange.seen).toHaveLength(0);
  });

  it('L31 a key without permission is one clear sentence, read-only goes on', async () => {
    exchange.script('GET /fapi/v1/positionSide/dual', {
      status: 401,
      body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action, request ip: 1.2.3.4' },
    });
    const result = await open().start();
    expect(result.ok ? '' : result.error.uiMessage).toBe(
      'The exchange refused the API key: it is not one of this exchange (demo and live have their own), may not trade futures, or is restricted to other addresses ' +
        '(it sees this terminal at 1.2.3.4). Nothing was executed. Market data goes on; check the key and give it again at the next start.',
    );
  });
});
