// The forecast is the client's real cost: compared with the requests of a real start and with the real limiter.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src-main/adapters/binance/rate-limiter.ts';
import { describeForecast, forecastWeight } from '../../../src-main/adapters/binance/weight-forecast.ts';
import { eventually } from './support/bench.ts';
import { feedBench } from './support/feed-bench.ts';
import { ManualTimers } from './support/manual-timers.ts';
import { TinyExchange } from './support/tiny-exchange.ts';

describe('the forecast', () => {
  let exchange: TinyExchange;
  beforeEach(async () => void (exchange = await new TinyExchange().start()));
  afterEach(() => exchange.stop());

  it.each([3, 20])('equals the weight that a start with %i symbols really asks for', async (count) => {
    // No prices are asked for in between, as on a machine so slow that the start outlasts their life.
    const bench = feedBench(exchange, { symbols: Array.from({ length: count }, (_, index) => `S${index}USDT`), settings: { cacheTickerSeconds: 600 } });
    await bench.start();
    await eventually('history', () => bench.of('symbol-ready').length === count);
    const price: Readonly<Record<string, number>> = { time: 1, exchangeInfo: 1, leverageBracket: 1, '24hr': 40, premiumIndex: 10, klines: 2 };
    const weight = exchange.seen.reduce((sum, { path }) => sum + (price[path.split('/').at(-1) ?? ''] ?? Number.NaN), 0);
    await eventually('every connection', () => exchange.sockets.length + exchange.bookSockets.length === forecastWeight(count, 1920).connections);
    await bench.feed.stop();
    expect(weight).toBe(forecastWeight(count, 1920).warmUpWeight);
  });

  it.each([
    [100, 1920],
    [200, 1920],
    [214, 1920],
    [215, 1920],
    [300, 1920],
    [500, 1920],
    [500, 600],
  ])('waits as long as the real limiter: %i symbols at %i a minute', async (symbols, limit) => {
    const timers = new ManualTimers();
    const limiter = new RateLimiter(limit, timers);
    const began = timers.now();
    let endedAt = began;
    void limiter.acquire({ weight: 57, priority: 'data' });
    for (let call = 0; call < symbols * 3; call += 1) void limiter.acquire({ weight: 2, priority: 'backfill' }).then(() => (endedAt = timers.now()));
    await timers.advance(1_800_000);
    expect(limiter.waiting).toBe(0);
    expect(Math.round((endedAt - began) / 60_000) * 60).toBe(forecastWeight(symbols, limit).warmUpSeconds);
  });

  it('is one sentence for the settings', () => {
    expect(describeForecast(forecastWeight(200, 1920), forecastWeight(300, 1920))).toBe(
      '200 → 300 symbols: a first start costs 1857 request weight instead of 1257, with 60 s of waiting for the budget; after that about 92 a minute over 4 market connections, and 26 more for every open position.',
    );
  });
});
