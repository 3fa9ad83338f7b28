// A client this project did not write and does not use: ccxt's binanceusdm does its normal work against a venue process; only URLs differ.
import ccxt from 'ccxt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startVenueProcess, until, type Running } from '../../support/terminal.ts';

const SYMBOL = 'ETH/USDT:USDT';

/** Points every URL of the client that leads to the futures exchange at the venue, and nothing else. */
function redirect(client: InstanceType<typeof ccxt.pro.binanceusdm>, base: string): void {
  const api = client.urls['api'] as Record<string, unknown>;
  for (const [name, address] of Object.entries(api)) {
    if (typeof address !== 'string') continue;
    const path = new URL(address).pathname;
    if (name.startsWith('fapi') || name.startsWith('sapi')) api[name] = `${base}${path}`;
  }
  const socketBase = base.replace(/^http/, 'ws');
  const sockets = api['ws'] as Record<string, unknown>;
  sockets['future'] = `${socketBase}/ws`;
  (sockets['ws-api'] as Record<string, unknown>)['future'] = `${socketBase}/ws-fapi/v1`;
}

describe('ccxt at the local venue', () => {
  let venue: Running;
  let client: InstanceType<typeof ccxt.pro.binanceusdm>;

  beforeAll(async () => {
    venue = await startVenueProcess(['--port', '0', '--seed', '5', '--symbols', '12', '--balance', '20000']);
    client = new ccxt.pro.binanceusdm({ apiKey: 'paper-key', secret: 'paper-secret' });
    redirect(client, venue.url);
    // ccxt wants a plain HTTP agent before it opens sockets without TLS.
    await client.loadHttpProxyAgent();
  });
  afterAll(async () => {
    await client.close();
    await venue.stop();
  });

  /** Stops the venue's time, lets it go on, or moves it. */
  const control = async (change: Readonly<Record<string, unknown>>): Promise<void> => {
    await fetch(`${venue.url}/venue/clock`, { method: 'POST', headers: { 'X-MBX-APIKEY': 'paper-key' }, body: JSON.stringify(change) });
  };
  /** The first look may be the empty list of before. */
  const watchPosition = async (): Promise<unknown> => {
    for (;;) {
      const held = (await client.watchPositions([SYMBOL])).find((row) => row.symbol === SYMBOL);
      if (held !== undefined) return held;
    }
  };
  const lastPrice = async (): Promise<number> => (await client.fetchTicker(SYMBOL)).last ?? 0;

  it('loads markets, candles, tickers, book and trades', async () => {
    const markets = await client.loadMarkets();
    expect(Object.keys(markets)).toHaveLength(12);
    expect(markets[SYMBOL]).toMatchObject({ active: true, linear: true, swap: true, precision: { price: 0.01 } });
    const candles = await client.fetchOHLCV(SYMBOL, '15m', undefined, 120);
    expect(candles).toHaveLength(120);
    expect(candles.every((candle, index) => index === 0 || Number(candle[0]) - Number(candles[index - 1]?.[0]) === 900_000)).toBe(true);
    expect(await client.fetchOHLCV(SYMBOL, '1m', undefined, 60)).toHaveLength(60);
    expect(Object.keys(await client.fetchTickers())).toHaveLength(12);
    const book = await client.fetchOrderBook(SYMBOL, 20);
    expect(Number(book.asks[0]?.[0])).toBeGreaterThan(Number(book.bids[0]?.[0]));
    expect((await client.fetchTrades(SYMBOL)).length).toBeGreaterThan(0);
    expect((await client.fetchFundingRate(SYMBOL)).symbol).toBe(SYMBOL);
    expect((await client.fetchFundingRateHistory(SYMBOL, undefined, 10)).length).toBe(10);
    expect((await client.fetchOpenInterest(SYMBOL)).openInterestAmount).toBeGreaterThan(0);
  });

  it('reads the balance and sets leverage, margin type and position mode', async () => {
    expect((await client.fetchBalance())['USDT']).toMatchObject({ total: 20_000, free: 20_000 });
    expect(await client.setLeverage(20, SYMBOL)).toMatchObject({ leverage: 20 });
    await client.setMarginMode('isolated', SYMBOL);
    await client.setMarginMode('cross', SYMBOL);
    expect((await client.fetchLeverage(SYMBOL)).longLeverage).toBe(20);
    await client.setPositionMode(true);
    expect(await client.fetchPositionMode()).toMatchObject({ hedged: true });
    await client.setPositionMode(false);
    expect((await client.fetchMarketLeverageTiers(SYMBOL)).length).toBeGreaterThan(2);
  });

  it('loads candles of mark price, index and premium, open interest, and who is long', async () => {
    for (const candles of [
      await client.fetchMarkOHLCV(SYMBOL, '5m'),
      await client.fetchIndexOHLCV(SYMBOL, '1h', undefined, 50),
      await client.fetchPremiumIndexOHLCV(SYMBOL, '1m'),
    ]) {
      expect(candles.length).toBeGreaterThanOrEqual(50);
      expect(candles.every((candle) => Number(candle[2]) >= Number(candle[3]))).toBe(true);
    }
    expect(await client.fetchOpenInterestHistory(SYMBOL, '1h', undefined, 24)).toHaveLength(24);
    expect(await client.fetchLongShortRatioHistory(SYMBOL, '1d', undefined, 7)).toHaveLength(7);
    expect(await client.fetchADLRank(SYMBOL)).toMatchObject({ symbol: SYMBOL });
    expect(await client.fetchStatus()).toMatchObject({ status: 'ok' });
  });

  it('leaves a price to the book, sets a date for an order, and cancels several at once', async () => {
    await control({ paused: true });
    const joined = await client.createOrder(SYMBOL, 'limit', 'buy', 0.1, undefined, { priceMatch: 'QUEUE_20' });
    const goodTillDate = ((await client.fetchTime()) ?? 0) + 3_600_000;
    const dated = await client.createOrder(SYMBOL, 'limit', 'buy', 0.1, Number(joined.price), { timeInForce: 'GTD', goodTillDate });
    expect((await client.fetchOrder(String(dated.id), SYMBOL)).timeInForce).toBe('GTD');
    await client.cancelOrders([String(joined.id), String(dated.id)], SYMBOL);
    expect(await client.fetchOpenOrders(SYMBOL)).toEqual([]);
    await control({ paused: false });
  });

  it('places, edits and cancels a limit order', async () => {
    const price = (await lastPrice()) * 0.97;
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', 0.1, price);
    expect(order.status).toBe('open');
    const edited = await client.editOrder(String(order.id), SYMBOL, 'limit', 'buy', 0.2, price * 0.99);
    expect(edited.id).toBe(order.id);
    expect((await client.fetchOpenOrders(SYMBOL)).map((open) => [open.id, open.amount])).toEqual([[order.id, 0.2]]);
    expect((await client.cancelOrder(String(order.id), SYMBOL)).status).toBe('canceled');
    expect(await client.fetchOpenOrders(SYMBOL)).toHaveLength(0);
    await expect(client.cancelOrder(String(order.id), SYMBOL)).rejects.toBeInstanceOf(ccxt.OrderNotFound);
  });

  it('buys at market, protects with stop, target and trailing stop, lists and cancels them', async () => {
    const price = await lastPrice();
    const bought = await client.createOrder(SYMBOL, 'market', 'buy', 1);
    expect((await client.fetchOrder(String(bought.id), SYMBOL)).status).toBe('closed');
    const [position] = await client.fetchPositions([SYMBOL]);
    expect(position).toMatchObject({ symbol: SYMBOL, side: 'long', contracts: 1 });
    // The exchange's current answer carries no leverage; its older one does.
    expect((await client.fetchPositions([SYMBOL], { useV2: true }))[0]).toMatchObject({ contracts: 1, leverage: 20 });
    const stop = await client.createOrder(SYMBOL, 'market', 'sell', 1, undefined, { stopLossPrice: price * 0.95, reduceOnly: true });
    const target = await client.createOrder(SYMBOL, 'market', 'sell', 1, undefined, { takeProfitPrice: price * 1.05, reduceOnly: true });
    const trailing = await client.createOrder(SYMBOL, 'market', 'sell', 1, undefined, { trailingPercent: 2, reduceOnly: true });
    const conditional = await client.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true });
    expect(conditional.map((order) => order.id).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(
      [stop.id, target.id, trailing.id].toSorted((a, b) => String(a).localeCompare(String(b))),
    );
    for (const order of [stop, target, trailing]) await client.cancelOrder(String(order.id), SYMBOL, { trigger: true });
    expect(await client.fetchOpenOrders(SYMBOL, undefined, undefined, { trigger: true })).toHaveLength(0);
  });

  it('gets a large limit order filled in part, sees the rest open and cancels it', async () => {
    await control({ paused: true });
    const book = await client.fetchOrderBook(SYMBOL, 5);
    const best = Number(book.asks[0]?.[0]);
    const offered = Number(book.asks[0]?.[1]);
    const order = await client.createOrder(SYMBOL, 'limit', 'buy', offered * 2 + 1, best);
    const seen = await client.fetchOrder(String(order.id), SYMBOL);
    expect(seen.status).toBe('open');
    expect(seen.filled).toBeGreaterThan(0);
    expect(seen.remaining).toBeGreaterThan(0);
    await client.cancelOrder(String(order.id), SYMBOL);
    const canceled = await client.fetchOrder(String(order.id), SYMBOL);
    expect(canceled).toMatchObject({ status: 'canceled', filled: seen.filled });
    await control({ paused: false });
  });

  it('reports fills with fees, pays funding over time, and closes reduce-only', async () => {
    const trades = await client.fetchMyTrades(SYMBOL);
    expect(trades.length).toBeGreaterThan(1);
    expect(trades.every((trade) => Number(trade.fee?.cost) > 0 && trade.fee?.currency === 'USDT')).toBe(true);
    // Eight hours pass at the venue.
    await control({ stepMs: 8 * 3_600_000 });
    const funding = await until('a funding payment', async () => {
      const rows = await client.fetchFundingHistory(SYMBOL);
      return rows.length > 0 ? rows : null;
    });
    expect(funding[0]).toMatchObject({ symbol: SYMBOL, code: 'USDT' });
    const [position] = await client.fetchPositions([SYMBOL]);
    const closed = await client.createOrder(SYMBOL, 'market', 'sell', position?.contracts ?? 0, undefined, { reduceOnly: true });
    expect((await client.fetchOrder(String(closed.id), SYMBOL)).status).toBe('closed');
    expect(await client.fetchPositions([SYMBOL])).toHaveLength(0);
    await expect(client.createOrder(SYMBOL, 'market', 'sell', 1, undefined, { reduceOnly: true })).rejects.toThrow(/-2022/);
    await expect(client.createOrder(SYMBOL, 'market', 'buy', 500)).rejects.toThrow(/-2019/);
    expect((await client.fetchOrders(SYMBOL)).length).toBeGreaterThan(3);
    expect((await client.fetchLedger('USDT')).length).toBeGreaterThan(3);
  });

  it('watches candles, tickers, book, trades and mark price', async () => {
    expect((await client.watchOHLCV(SYMBOL, '5m')).length).toBeGreaterThan(0);
    expect((await client.watchTicker(SYMBOL)).symbol).toBe(SYMBOL);
    expect(Object.keys(await client.watchBidsAsks([SYMBOL]))).toEqual([SYMBOL]);
    const book = await client.watchOrderBook(SYMBOL);
    expect(Number(book.asks[0]?.[0])).toBeGreaterThan(Number(book.bids[0]?.[0]));
    const later = await client.watchOrderBook(SYMBOL);
    expect(Number(later.asks[0]?.[0])).toBeGreaterThan(Number(later.bids[0]?.[0]));
    expect((await client.watchTrades(SYMBOL)).length).toBeGreaterThan(0);
    expect((await client.watchMarkPrice(SYMBOL)).symbol).toBe(SYMBOL);
  });

  it('watches its own orders, trades, balance and positions', async () => {
    const orders = client.watchOrders(SYMBOL);
    const trades = client.watchMyTrades(SYMBOL);
    const balance = client.watchBalance();
    const position = watchPosition();
    await new Promise((resume) => setTimeout(resume, 1500));
    await client.createOrder(SYMBOL, 'market', 'buy', 0.5);
    expect((await orders)[0]).toMatchObject({ symbol: SYMBOL, side: 'buy', amount: 0.5 });
    expect((await trades)[0]).toMatchObject({ symbol: SYMBOL, side: 'buy' });
    expect((await balance)['USDT']).toBeDefined();
    expect(await position).toMatchObject({ side: 'long', contracts: 0.5 });
  });
});
