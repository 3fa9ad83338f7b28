// The door for REST calls, against a real HTTP server: deadlines, repeats, clock, bans, location, breaker classes, odd answers.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';
import { createBanFile } from '../../../src-main/adapters/binance/ban-memory.ts';
import type { CallOptions, Gateway } from '../../../src-main/adapters/binance/gateway.ts';
import type { ExchangeError } from '../../../src-main/core/ports.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { gatewayBench, shiftedClock } from './support/bench.ts';
import { TinyExchange } from './support/tiny-exchange.ts';

const ORDER: CallOptions = { name: 'entry order', weight: 0, priority: 'trade', isMutation: true, orders: 1 };
const STOP: CallOptions = { name: 'stop order', weight: 0, priority: 'protect', isMutation: true, orders: 1 };
const QUERY: CallOptions = { name: 'order query', weight: 1, priority: 'reconcile', isMutation: false };
const CANDLES: CallOptions = { name: 'candles', weight: 1, priority: 'data', isMutation: false };
const anything = z.looseObject({});

let exchange: TinyExchange;
const stops: (() => void)[] = [];
beforeEach(async () => {
  exchange = await new TinyExchange().start();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await exchange.stop();
});

function send(gateway: Gateway, options: CallOptions, parameters: Readonly<Record<string, string>> = {}): Promise<Result<unknown, ExchangeError>> {
  return gateway.call(options, anything, (client) =>
    options.isMutation ? client.postPrivate('fapi/v1/order', parameters) : client.getPrivate('fapi/v1/order', parameters),
  );
}

function open(...[url, options, changes]: Parameters<typeof gatewayBench>): ReturnType<typeof gatewayBench> {
  const bench = gatewayBench(url, options, changes);
  stops.push(() => bench.gateway.stop());
  return bench;
}

async function errorOf(call: Promise<Result<unknown, ExchangeError>>): Promise<ExchangeError> {
  const answer = await call;
  if (answer.ok) throw new Error('expected a failure');
  return answer.error;
}

describe('an unknown outcome', () => {
  it.each([
    ['a timeout', 'hang'],
    ['a reset connection', 'reset'],
    ['503 unknown error', { status: 503, body: { msg: 'Unknown error, please check your request or try again later.' } }],
    ['-1006', { status: 400, body: { code: -1006, msg: 'An unexpected response was received from the message bus.' } }],
    ['-1007', { status: 408, body: { code: -1007, msg: 'Timeout waiting for response from backend server.' } }],
    ['502', { status: 502, text: '<html>Bad Gateway</html>' }],
    ['503 of a gateway', { status: 503, text: '<html><h1>503 Service Temporarily Unavailable</h1><hr>nginx</html>' }],
    ['an answer cut in the middle', { text: '{"orderId": 12, "sta' }],
    ['an HTML page with status 200', { text: '<html>Welcome to the hotel network</html>' }],
    ['an error body with status 200', { body: { code: -1007, msg: 'Timeout waiting for response from backend server.' } }],
  ] as const)('L1 %s is unknown and is sent exactly once', async (_name, answer) => {
    exchange.script('POST /fapi/v1/order', answer);
    const { gateway } = open(exchange.url, {}, { requestTimeoutSeconds: answer === 'hang' ? 1 : 10 });
    const error = await errorOf(send(gateway, ORDER, { newClientOrderId: 'e-1' }));
    expect(error.outcome).toBe('unknown');
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(1);
  });

  it('L1 a stop is sent once too when somebody on the way answers 503: it may have been filled', async () => {
    exchange.script('POST /fapi/v1/order', { status: 503, text: '<html><h1>503 Service Temporarily Unavailable</h1></html>' }, { body: { orderId: 1 } });
    const { gateway } = open(exchange.url);
    expect((await errorOf(send(gateway, STOP, { newClientOrderId: 's-1' }))).outcome).toBe('unknown');
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(1);
  });

  it('a timeout behind a proxy that never answers ends too', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => void silent.listen(0, '127.0.0.1', done));
    const agent = new HttpsProxyAgent(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    const { gateway } = open('http://exchange.test', { agent }, { requestTimeoutSeconds: 1 });
    const error = await errorOf(send(gateway, ORDER));
    expect([error.code, error.outcome]).toEqual(['timeout', 'unknown']);
    silent.close();
  });
});

describe('a certain failure', () => {
  it('is repeated unchanged, with the same client id, until it succeeds', async () => {
    const busy = { status: 503, body: { msg: 'Service Unavailable.' } } as const;
    exchange.script('POST /fapi/v1/order', busy, busy, { body: { orderId: 1 } });
    const { gateway } = open(exchange.url);
    expect((await send(gateway, STOP, { newClientOrderId: 's-1' })).ok).toBe(true);
    expect(exchange.calls('POST /fapi/v1/order').map(({ query }) => query.get('newClientOrderId'))).toEqual(['s-1', 's-1', 's-1']);
  });

  it('is not repeated more than five times', async () => {
    exchange.script('POST /fapi/v1/order', { status: 503, body: { code: -1008, msg: 'Request throttled by system-level protection.' } });
    const { gateway } = open(exchange.url);
    const error = await errorOf(send(gateway, STOP));
    expect([error.code, error.outcome]).toEqual(['unavailable', 'not_executed']);
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(6);
  });

  it('is not repeated for our own mistakes or in maintenance', async () => {
    exchange.script(
      'POST /fapi/v1/order',
      { status: 400, body: { code: -2019, msg: 'Margin is insufficient.' } },
      { status: 503, body: { code: -1016, msg: 'This service is no longer available.' } },
    );
    const { gateway } = open(exchange.url);
    expect((await errorOf(send(gateway, ORDER))).code).toBe('rejected');
    expect((await errorOf(send(gateway, ORDER))).code).toBe('unavailable');
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(2);
  });
});

describe('the clock', () => {
  it('is measured, and signatures carry the exchange’s time', async () => {
    exchange.on('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() + 90_000 } })).script('POST /fapi/v1/order', { body: {} });
    const { gateway } = open(exchange.url);
    expect(await gateway.syncClock()).toBe(true);
    expect(Math.abs(gateway.clockOffsetMs - 90_000)).toBeLessThan(500);
    await send(gateway, ORDER);
    expect(Math.abs(Number(exchange.calls('POST /fapi/v1/order')[0]?.query.get('timestamp')) - (Date.now() + 90_000))).toBeLessThan(2000);
  });

  it('-1021 measures again and repeats once, with a new timestamp', async () => {
    exchange.script(
      'POST /fapi/v1/order',
      { status: 400, body: { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' } },
      { body: {} },
    );
    const { gateway } = open(exchange.url, { clock: shiftedClock(-3_600_000) });
    expect((await send(gateway, ORDER, { newClientOrderId: 'e-1' })).ok).toBe(true);
    const [first, second] = exchange.calls('POST /fapi/v1/order').map(({ query }) => Number(query.get('timestamp')));
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(3_590_000);
  });

  it('-1021 for ever ends after one repeat', async () => {
    exchange.script('POST /fapi/v1/order', { status: 400, body: { code: -1021, msg: 'Timestamp for this request is outside of the recvWindow.' } });
    const { gateway } = open(exchange.url);
    expect((await errorOf(send(gateway, ORDER))).code).toBe('timestamp');
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(2);
  });

  it('a failed measurement keeps the last offset instead of falling back to zero', async () => {
    exchange.on('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() + 60_000 } }));
    const { gateway } = open(exchange.url);
    await gateway.syncClock();
    exchange.script('GET /fapi/v1/time', 'reset');
    expect(await gateway.syncClock()).toBe(false);
    expect(Math.abs(gateway.clockOffsetMs - 60_000)).toBeLessThan(500);
  });
});

describe('limits of the exchange', () => {
  it('L12 after 429 nothing leaves before Retry-After, then it goes on', async () => {
    exchange.script('GET /fapi/v1/order', { status: 429, headers: { 'retry-after': '1' }, body: { code: -1003, msg: 'Too many requests' } }, { body: {} });
    const { gateway } = open(exchange.url);
    expect((await errorOf(send(gateway, QUERY))).code).toBe('rate_limited');
    expect((await send(gateway, QUERY)).ok).toBe(true);
    const [first, second] = exchange.calls('GET /fapi/v1/order').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('L12 a ban is remembered across a restart, per host', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'terminal-ban-'));
    stops.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'bans.json');
    exchange.script('GET /fapi/v1/order', { status: 418, headers: { 'retry-after': '7200' }, body: { code: -1003, msg: 'Way too many requests; IP banned.' } });
    const first = open(exchange.url, { bans: createBanFile(file, 'fapi', Date.now) });
    expect((await errorOf(send(first.gateway, QUERY))).code).toBe('banned');
    const second = open(exchange.url, { bans: createBanFile(file, 'fapi', Date.now) });
    const error = await errorOf(send(second.gateway, QUERY));
    expect(error.code).toBe('banned');
    expect(error.uiMessage).toMatch(/^Binance has banned this address for another 7\d{3} s; order query was not sent/);
    expect(exchange.calls('GET /fapi/v1/order')).toHaveLength(1);
    const elsewhere = open(exchange.url, { bans: createBanFile(file, 'demo', Date.now) });
    await send(elsewhere.gateway, QUERY);
    expect(exchange.calls('GET /fapi/v1/order')).toHaveLength(2);
  });

  it('a ban file that is damaged or lies about a ban of years costs at most three days', () => {
    const folder = mkdtempSync(join(tmpdir(), 'terminal-ban-'));
    stops.push(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'bans.json');
    writeFileSync(file, '{"fapi": 99999999');
    expect(createBanFile(file, 'fapi', Date.now).remainingMs()).toBe(0);
    writeFileSync(file, JSON.stringify({ fapi: 9e15 }));
    expect(createBanFile(file, 'fapi', Date.now).remainingMs()).toBe(3 * 24 * 3_600_000);
  });

  it('L12 believes the exchange’s count of weight, which includes other programs behind the same address', async () => {
    exchange.script('GET /fapi/v1/order', { headers: { 'x-mbx-used-weight-1m': '1500' }, body: {} });
    const { gateway, limiter } = open(exchange.url);
    await send(gateway, QUERY);
    expect(limiter.used).toBe(1500);
  });
});

describe('order counts of the exchange', () => {
  it('hold entries back near the limit while protection still goes', async () => {
    exchange.script('POST /fapi/v1/order', { headers: { 'x-mbx-order-count-10s': '245', 'x-mbx-order-count-1m': '400' }, body: {} }, { body: {} });
    const { gateway } = open(exchange.url);
    await send(gateway, STOP);
    let isSent = false;
    void send(gateway, ORDER).then(() => (isSent = true));
    expect((await send(gateway, STOP)).ok).toBe(true);
    await new Promise((resume) => setTimeout(resume, 100));
    expect([isSent, exchange.calls('POST /fapi/v1/order').length]).toEqual([false, 2]);
  });

  it('-1015 holds orders back and nothing else', async () => {
    exchange
      .script(
        'POST /fapi/v1/order',
        { status: 429, body: { code: -1015, msg: 'Too many new orders; current limit is 300 orders per TEN_SECONDS.' } },
        { body: {} },
      )
      .script('GET /fapi/v1/order', { body: {} });
    const { gateway } = open(exchange.url);
    expect((await errorOf(send(gateway, ORDER))).code).toBe('rate_limited');
    expect((await send(gateway, QUERY)).ok).toBe(true);
    void send(gateway, STOP);
    await new Promise((resume) => setTimeout(resume, 100));
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(1);
  });
});

describe('a refused location', () => {
  const refused = { status: 451, body: { code: 0, msg: 'Service unavailable from a restricted location according to b. Eligibility' } } as const;

  it('L31 is a state of its own: entries and data wait for a gentle probe, protection is still tried', async () => {
    exchange.script('GET /fapi/v1/order', refused).script('POST /fapi/v1/order', refused);
    const { gateway } = open(exchange.url);
    for (let index = 0; index < 20; index += 1) expect((await errorOf(send(gateway, CANDLES))).code).toBe('geo_blocked');
    expect(gateway.isGeoBlocked).toBe(true);
    expect(exchange.calls('GET /fapi/v1/order')).toHaveLength(1);
    await send(gateway, ORDER);
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(0);
    await send(gateway, STOP);
    expect(exchange.calls('POST /fapi/v1/order')).toHaveLength(1);
    expect(gateway.grade).toBe('normal');
  });

  it('ends with the first good answer', async () => {
    exchange.script('GET /fapi/v1/order', refused).script('POST /fapi/v1/order', { body: {} });
    const { gateway } = open(exchange.url);
    await send(gateway, CANDLES);
    await send(gateway, STOP);
    expect(gateway.isGeoBlocked).toBe(false);
  });

  it('a region rule of the account (-4402) stops entries by its error, not the whole connection', async () => {
    exchange.script('POST /fapi/v1/order', { status: 400, body: { code: -4402, msg: 'Region compliance.' } }).script('GET /fapi/v1/order', { body: {} });
    const { gateway } = open(exchange.url);
    expect((await errorOf(send(gateway, ORDER))).code).toBe('geo_blocked');
    expect(gateway.isGeoBlocked).toBe(false);
  });
});

describe('breakers', () => {
  const broken = { status: 500, text: 'boom' } as const;

  it('L13 stand per class: failing candles never hold back an order', async () => {
    exchange.script('GET /fapi/v1/order', broken).script('POST /fapi/v1/order', { body: {} });
    const { gateway } = open(exchange.url, {}, { breakerThrottleSeconds: 0.1 });
    for (let index = 0; index < 5; index += 1) await send(gateway, CANDLES);
    expect((await errorOf(send(gateway, CANDLES))).code).toBe('breaker');
    expect(gateway.grade).toBe('normal');
    expect((await send(gateway, ORDER)).ok).toBe(true);
  });

  it('L13 a hundred of our own refused requests leave the breaker closed', async () => {
    exchange.script('POST /fapi/v1/order', { status: 400, body: { code: -4164, msg: "Order's notional must be no smaller than 5" } });
    const { gateway } = open(exchange.url);
    for (let index = 0; index < 100; index += 1) await send(gateway, ORDER);
    expect([gateway.grade, exchange.calls('POST /fapi/v1/order').length]).toEqual(['normal', 100]);
  });

  it('block entries after five failures, say so, and come back step by step after the probe', async () => {
    exchange.script('POST /fapi/v1/order', broken, broken, broken, broken, broken, { body: {} });
    const { gateway } = open(exchange.url, {}, { breakerThrottleSeconds: 0.1, breakerProbeSeconds: 1 });
    const grades: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      await send(gateway, ORDER);
      grades.push(gateway.grade);
    }
    expect(grades).toEqual(['normal', 'warning', 'warning', 'throttled', 'blocked']);
    const held = await errorOf(send(gateway, ORDER));
    expect([held.code, held.outcome]).toEqual(['breaker', 'not_executed']);
    expect(held.uiMessage).toMatch(/^The exchange has an internal problem\..* entry order was held back.*closing and protecting still work\.$/);
    await new Promise((resume) => setTimeout(resume, 1050));
    for (let index = 0; index < 3; index += 1) {
      expect((await send(gateway, ORDER)).ok).toBe(true);
      grades.push(gateway.grade);
    }
    expect(grades.slice(5)).toEqual(['throttled', 'warning', 'normal']);
  });
});

describe('what is logged', () => {
  it('L32 an outage is one warning, not one per call; another failure is another warning', async () => {
    exchange.script('GET /fapi/v1/order', 'reset');
    const { gateway, logger } = open(exchange.url);
    for (let index = 0; index < 50; index += 1) await send(gateway, QUERY);
    exchange.script('GET /fapi/v1/order', { status: 401, body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' } });
    for (let index = 0; index < 50; index += 1) await send(gateway, QUERY);
    expect(logger.entries.filter(({ level }) => level === 'warn').map(({ message }) => message.slice(0, 50).trim())).toEqual([
      'order query: The connection to the exchange broke.',
      'order query: The exchange refused the API key: it',
    ]);
  });

  it('L32 what is not understood is told at the 1st, 10th and 100th time of its kind', () => {
    const { gateway, logger } = open(exchange.url);
    for (let index = 0; index < 500; index += 1) gateway.count('kline');
    gateway.count('positions');
    expect(gateway.malformed).toEqual(
      new Map([
        ['kline', 500],
        ['positions', 1],
      ]),
    );
    expect(logger.entries.map(({ message }) => message)).toEqual([
      'Something of the exchange was not understood and was left out: kline.',
      'Something of the exchange was not understood and was left out: kline (10 so far).',
      'Something of the exchange was not understood and was left out: kline (100 so far).',
      'Something of the exchange was not understood and was left out: positions.',
    ]);
  });
});

describe('secrets', () => {
  it('neither key, secret nor signature reach a log or an error', async () => {
    exchange.script(
      'POST /fapi/v1/order',
      { status: 500, text: 'boom' },
      'reset',
      { status: 400, body: { code: -1022, msg: 'Signature for this request is not valid.' } },
      { text: 'nonsense' },
    );
    const { gateway, logger } = open(exchange.url, { apiKey: new Secret('KEYKEYKEYKEY'), apiSecret: new Secret('SECRETSECRET') });
    const errors: ExchangeError[] = [];
    for (let index = 0; index < 4; index += 1) errors.push(await errorOf(send(gateway, STOP)));
    const signature = exchange.calls('POST /fapi/v1/order')[0]?.query.get('signature') ?? 'none';
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    for (const text of [logger.text, JSON.stringify(errors)])
      for (const secret of ['KEYKEYKEYKEY', 'SECRETSECRET', signature]) expect(text).not.toContain(secret);
  });
});
