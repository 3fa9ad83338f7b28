// The `binance` SDK does its normal work against the local venue with only the base URLs changed.
import { createHmac } from 'node:crypto';
import { USDMClient, WebsocketClient } from 'binance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startVenue, type RunningVenue } from '../../../src-worker/market/server.ts';
import { createSyntheticMarket } from '../../../src-worker/market/synthetic.ts';
import { until } from '../../support/terminal.ts';

describe('the binance SDK at the local venue', () => {
  let venue: RunningVenue;
  let client: USDMClient;
  let base: string;

  beforeAll(async () => {
    venue = await startVenue({
      port: 0,
      source: createSyntheticMarket({ seed: 3, symbols: 40, liveFrom: Date.now() }),
      seed: 3,
      speed: 1,
      balanceUsdt: 10_000,
      credentials: { key: 'paper-key', secret: 'paper-secret' },
      stateFile: null,
    });
    base = `http://127.0.0.1:${venue.port}`;
    client = new USDMClient({ api_key: 'paper-key', api_secret: 'paper-secret', baseUrl: base, disableTimeSync: true }, { timeout: 5000, proxy: false });
  });
  afterAll(() => venue.close());

  it('reads rules, candles, tickers and funding', async () => {
    const info = await client.getExchangeInfo();
    expect(info.symbols).toHaveLength(40);
    expect(info.symbols.map((entry) => entry.symbol)).toContain('币安人生USDT');
    const candles = await client.getKlines({ symbol: 'BTCUSDT', interval: '15m', limit: 100 });
    expect(candles).toHaveLength(100);
    const times = candles.map((candle) => Number(candle[0]));
    expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 900_000)).toBe(true);
    const older = await client.getKlines({ symbol: 'BTCUSDT', interval: '15m', limit: 10, endTime: (times[0] ?? 0) - 1 });
    expect(Number(older.at(-1)?.[0])).toBe((times[0] ?? 0) - 900_000);
    expect(await client.getMarkPrice()).toHaveLength(40);
  });

  it('trades: leverage, market order, stop and target, position, close; and hears of all of it on the user stream', async () => {
    const { listenKey } = await client.getFuturesUserDataListenKey();
    const socket = new WebSocket(`ws://127.0.0.1:${venue.port}/private/ws?listenKey=${listenKey}`);
    const heard: { readonly e: string; readonly o?: { readonly X?: string } }[] = [];
    socket.on('message', (data) => heard.push(JSON.parse(String(data)) as (typeof heard)[number]));
    await new Promise((open) => socket.once('open', open));
    expect((await client.setLeverage({ symbol: 'ETHUSDT', leverage: 5 })).leverage).toBe(5);
    const order = await client.submitNewOrder({
      symbol: 'ETHUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.500' as never,
      newOrderRespType: 'RESULT',
      newClientOrderId: client.generateNewOrderId(),
    });
    expect(order.status).toBe('FILLED');
    expect(order).not.toHaveProperty('avgPrice');
    const [position] = await client.getPositionsV3({ symbol: 'ETHUSDT' });
    expect(Number(position?.positionAmt)).toBe(0.5);
    const entry = Number(position?.entryPrice);
    await client.submitNewAlgoOrder({
      algoType: 'CONDITIONAL',
      symbol: 'ETHUSDT',
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: (entry * 0.95).toFixed(2),
      closePosition: 'true',
      workingType: 'MARK_PRICE',
      clientAlgoId: client.generateNewOrderId(),
    } as never);
    await client.submitNewAlgoOrder({
      algoType: 'CONDITIONAL',
      symbol: 'ETHUSDT',
      side: 'SELL',
      type: 'TAKE_PROFIT_MARKET',
      triggerPrice: (entry * 1.05).toFixed(2),
      quantity: '0.500',
      reduceOnly: 'true',
      clientAlgoId: client.generateNewOrderId(),
    } as never);
    expect(await client.getOpenAlgoOrders()).toHaveLength(2);
    await client.submitNewOrder({
      symbol: 'ETHUSDT',
      side: 'SELL',
      type: 'MARKET',
      quantity: '0.500' as never,
      reduceOnly: 'true',
      newClientOrderId: client.generateNewOrderId(),
    });
    expect(await client.getPositionsV3({ symbol: 'ETHUSDT' })).toHaveLength(0);
    expect(await client.getAccountTrades({ symbol: 'ETHUSDT' })).toHaveLength(2);
    await until('the events', () => Promise.resolve(heard.filter((event) => event.e === 'ORDER_TRADE_UPDATE').length >= 4));
    const kinds = new Set(heard.map((event) => event.e));
    for (const kind of ['ACCOUNT_CONFIG_UPDATE', 'ORDER_TRADE_UPDATE', 'ACCOUNT_UPDATE', 'ALGO_UPDATE']) expect(kinds).toContain(kind);
    expect(
      heard.some((event) => event.e === 'ALGO_UPDATE' && event.o?.X === 'EXPIRED'),
      'the closePosition stop ends with the position',
    ).toBe(true);
    socket.close();
  });

  it('hears candles and its own events through the SDK’s sockets, with only the base URL changed', async () => {
    const quiet = { trace: () => undefined, info: () => undefined, error: () => undefined };
    const sockets = new WebsocketClient(
      {
        api_key: 'paper-key',
        api_secret: 'paper-secret',
        beautify: true,
        wsUrl: `ws://127.0.0.1:${venue.port}`,
        restOptions: { baseUrl: base },
        requestOptions: { proxy: false },
      },
      quiet,
    );
    const kinds = new Set<string>();
    const note = (message: unknown): void => void kinds.add(String((message as { readonly eventType?: string }).eventType));
    sockets.on('formattedMessage', note);
    sockets.on('formattedUserDataMessage', note);
    sockets.on('exception', () => undefined);
    await sockets.subscribe(['ethusdt@kline_5m', 'ethusdt@bookTicker'], 'usdm');
    await sockets.subscribeUsdFuturesUserDataStream();
    await until('a candle', () => Promise.resolve(kinds.has('kline')));
    await client.submitNewOrder({ symbol: 'SOLUSDT', side: 'BUY', type: 'MARKET', quantity: '1' as never, newClientOrderId: client.generateNewOrderId() });
    await until('the fill and the account', () => Promise.resolve(kinds.has('ORDER_TRADE_UPDATE') && kinds.has('ACCOUNT_UPDATE')));
    await client.submitNewOrder({ symbol: 'SOLUSDT', side: 'SELL', type: 'MARKET', quantity: '1' as never, newClientOrderId: client.generateNewOrderId() });
    sockets.closeAll(true);
  });

  it('places, lists and cancels a limit order', async () => {
    const [ticker] = [await client.get24hrChangeStatistics({ symbol: 'ETHUSDT' })].flat();
    const price = (Number(ticker?.lastPrice) * 0.97).toFixed(2);
    const id = client.generateNewOrderId();
    await client.submitNewOrder({
      symbol: 'ETHUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      price: price as never,
      quantity: '0.100' as never,
      newClientOrderId: id,
    });
    expect((await client.getAllOpenOrders({ symbol: 'ETHUSDT' })).map((order) => order.clientOrderId)).toEqual([id]);
    expect((await client.cancelOrder({ symbol: 'ETHUSDT', origClientOrderId: id })).status).toBe('CANCELED');
    await expect(client.cancelOrder({ symbol: 'ETHUSDT', origClientOrderId: id })).rejects.toMatchObject({ code: -2011 });
  });

  it('L6 checks the signature over exactly the bytes sent, a Chinese symbol included, and the clock', async () => {
    const call = async (query: string, sign: string): Promise<{ readonly status: number; readonly code: number | undefined }> => {
      const signature = createHmac('sha256', 'paper-secret').update(sign).digest('hex');
      const response = await fetch(`${base}/fapi/v1/openOrders?${query}&signature=${signature}`, { headers: { 'X-MBX-APIKEY': 'paper-key' } });
      const body = (await response.json()) as { readonly code?: number };
      return { status: response.status, code: body.code };
    };
    const good = `symbol=${encodeURIComponent('币安人生USDT')}&timestamp=${Date.now()}`;
    expect((await call(good, good)).status).toBe(200);
    expect((await call(good, decodeURIComponent(good))).code).toBe(-1022);
    expect((await call(good, good.split('&').toReversed().join('&'))).code).toBe(-1022);
    const late = `timestamp=${Date.now() - 60_000}`;
    expect((await call(late, late)).code).toBe(-1021);
    const early = `timestamp=${Date.now() + 60_000}`;
    expect((await call(early, early)).code).toBe(-1021);
  });

  it('counts weight in the headers and answers 429 with Retry-After beyond the limit', async () => {
    const first = await fetch(`${base}/fapi/v1/ticker/24hr`);
    const used = Number(first.headers.get('x-mbx-used-weight-1m'));
    expect(used).toBeGreaterThanOrEqual(40);
    let last = first;
    for (let index = 0; index < 61 && last.status === 200; index += 1) last = await fetch(`${base}/fapi/v1/ticker/24hr`);
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('streams closed and forming candles with SUBSCRIBE, and keeps a bogus listen key silent', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${venue.port}/market/stream`);
    const frames: { readonly stream?: string; readonly id?: number }[] = [];
    socket.on('message', (data) => frames.push(JSON.parse(String(data)) as (typeof frames)[number]));
    await new Promise((open) => socket.once('open', open));
    socket.send(JSON.stringify({ method: 'SUBSCRIBE', params: ['btcusdt@kline_5m', '!miniTicker@arr', '!markPrice@arr@1s'], id: 7 }));
    await until('frames of all three streams', () => Promise.resolve(new Set(frames.map((frame) => frame.stream)).size >= 4));
    expect(frames.some((frame) => frame.id === 7)).toBe(true);
    socket.close();
    const silent = new WebSocket(`ws://127.0.0.1:${venue.port}/private/ws?listenKey=bogus`);
    await new Promise((open) => silent.once('open', open));
    silent.close();
  });
});

describe('the synthetic market', () => {
  it('is the same for a seed whatever the order in which symbols are asked, and another for another seed', () => {
    const at = Date.UTC(2026, 0, 22);
    const read = (seed: number, symbols: readonly string[]): ReadonlyMap<string, readonly number[]> => {
      const market = createSyntheticMarket({ seed, symbols: 5, liveFrom: at });
      const closes = new Map<string, number[]>(symbols.map((symbol) => [symbol, []]));
      for (const symbol of symbols)
        for (let index = 0; index < 500; index += 1)
          closes.get(symbol)?.push(market.candleAt(symbol, market.firstOpenTime(symbol) + index * 300_000)?.candle.close ?? 0);
      return closes;
    };
    const forward = read(7, ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']);
    const backward = read(7, ['SOLUSDT', 'ETHUSDT', 'BTCUSDT']);
    for (const [symbol, closes] of forward) expect(backward.get(symbol)).toEqual(closes);
    expect(read(8, ['BTCUSDT']).get('BTCUSDT')).not.toEqual(forward.get('BTCUSDT'));
  });
});
