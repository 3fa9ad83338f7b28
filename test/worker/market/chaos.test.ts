// A bad day, rehearsed: each fault of a plan strikes as it says, leaves the trace it promises, and the same seed strikes the same way.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parsePlan, readPlanFile, type ChaosPlan } from '../../../src-worker/market/chaos-plan.ts';
import { Chaos } from '../../../src-worker/market/chaos.ts';
import { startVenueProcess, temporaryFolder, until } from '../../support/terminal.ts';
import { codeOf, KEY, openVenue, type Answer, type Fixture } from './support/venue.ts';

const plan = (...rules: readonly unknown[]): ChaosPlan => {
  const parsed = parsePlan({ seed: 5, rules });
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

let fixture: Fixture | null = null;
afterEach(async () => {
  await fixture?.close();
  fixture = null;
});
const start = async (...rules: readonly unknown[]): Promise<Fixture> => (fixture = await openVenue({ chaos: plan(...rules) }));
const buy = (at: Fixture, id: string, quantity = '0.1'): Promise<Answer> =>
  at.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity, newClientOrderId: id });
const listen = async (at: Fixture): Promise<string> => ((await at.control('POST', '/fapi/v1/listenKey')).body as { readonly listenKey: string }).listenKey;
const nameOf = (frame: Readonly<Record<string, unknown>>): unknown => frame['e'];

describe('a plan', () => {
  it('is read from a file by the venue process and reports what it did', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'plan.json');
    writeFileSync(file, JSON.stringify({ seed: 3, rules: [{ kind: 'error', error: '502', on: 'GET /fapi/v1/time', limit: 1 }] }));
    const venue = await startVenueProcess(['--port', '0', '--symbols', '2', '--chaos', file]);
    expect((await fetch(`${venue.url}/fapi/v1/time`)).status).toBe(502);
    expect((await fetch(`${venue.url}/fapi/v1/time`)).status).toBe(200);
    const report = (await (await fetch(`${venue.url}/venue/chaos`, { headers: { 'X-MBX-APIKEY': KEY } })).json()) as {
      readonly counts: unknown;
      readonly log: unknown;
    };
    expect(report.counts).toMatchObject([{ injected: 1, rule: { kind: 'error' } }]);
    expect(report.log).toMatchObject([{ kind: 'error', detail: 'GET /fapi/v1/time' }]);
    await venue.stop();
    await folder.remove();
  });

  it('names the place of a mistake', async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, 'plan.json');
    writeFileSync(file, JSON.stringify({ rules: [{ kind: 'gap', percent: -500 }] }));
    expect(readPlanFile(file)).toMatchObject({ ok: false, error: expect.stringContaining('rules.0.percent') as string });
    expect(readPlanFile(join(folder.path, 'none.json'))).toMatchObject({ ok: false, error: expect.stringContaining('none.json') as string });
    expect(parsePlan({ rules: [{ kind: 'gap', percent: -5, color: 'red' }] }).ok).toBe(false);
    await folder.remove();
  });

  it('counts a condition that lasts once, when it is first met, and a limit does not end it', () => {
    const chaos = new Chaos(plan({ kind: 'clock-skew', milliseconds: 4000, limit: 1 }, { kind: 'thin-book', thickness: 0.1, from: 10 }), () => 0);
    for (let step = 0; step < 3; step += 1) {
      expect(chaos.active('clock-skew')?.milliseconds).toBe(4000);
      expect(chaos.active('thin-book')).toBeNull();
    }
    expect(chaos.counts().map(({ injected }) => injected)).toEqual([1, 0]);
  });

  it('strikes the same way for the same seed, whatever other rules stand beside it', () => {
    const strikes = (...rules: readonly unknown[]): readonly boolean[] => {
      const chaos = new Chaos(plan(...rules), () => 0);
      return Array.from({ length: 200 }, (_, index) => {
        chaos.latency('before', String(index));
        return chaos.roll('error', String(index)) !== null;
      });
    };
    const rule = { kind: 'error', error: '500', probability: 0.2 };
    const alone = strikes(rule);
    expect(alone.filter(Boolean).length).toBeGreaterThan(20);
    expect(alone.filter(Boolean).length).toBeLessThan(60);
    expect(strikes(rule, { kind: 'latency', milliseconds: 1, probability: 0.5 })).toEqual(alone);
  });

  it('keeps to its window and its limit', () => {
    let now = 0;
    const chaos = new Chaos(plan({ kind: 'error', error: '500', from: 10, until: 20, limit: 2 }), () => now);
    const strikesAt = (seconds: number): boolean => {
      now = seconds * 1000;
      return chaos.roll('error', 'x') !== null;
    };
    expect([5, 10, 11, 12].map(strikesAt)).toEqual([false, true, true, false]);
    expect(strikesAt(25)).toBe(false);
  });
});

describe('faults of requests', () => {
  it.each([
    ['429', 429, -1003],
    ['418', 418, -1003],
    ['451', 451, 0],
    ['503-unavailable', 503, -1000],
    ['503-throttled', 503, -1008],
    ['internal', 400, -1001],
    ['maintenance', 400, -1016],
    ['unknown-code', 400, -5047],
    ['key-refused', 401, -2015],
    ['liquidating', 400, -2023],
    ['quantitative-rules', 400, -4400],
    ['region', 400, -4402],
  ])('%s answers %i with code %i', async (error, status, code) => {
    const at = await start({ kind: 'error', error, limit: 1, seconds: 1 });
    const answer = await at.get('/fapi/v1/time');
    expect(answer.status).toBe(status);
    expect((answer.body as { readonly code: number }).code).toBe(code);
    if (status === 429 || status === 418) expect(Number(answer.headers.get('retry-after'))).toBe(1);
    if (status === 418) expect((await at.get('/fapi/v1/time')).status, 'the ban holds for everybody').toBe(418);
  });

  it.each([
    ['503-throttled', 503],
    ['quantitative-rules', 400],
  ])('%s lets cancels and reductions through', async (error, status) => {
    const at = await start({ kind: 'error', error });
    expect((await buy(at, 'refused')).status).toBe(status);
    expect((await at.signed('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'ETHUSDT' })).status).toBe(200);
    const reduce = { symbol: 'ETHUSDT', side: 'SELL', type: 'MARKET', quantity: '0.1', reduceOnly: true };
    expect(codeOf(await at.signed('POST', '/fapi/v1/order', reduce)), 'reached the engine').toBe(-2022);
  });

  it.each([
    ['403', 403],
    ['500', 500],
    ['502', 502],
  ])('%s answers with a page, not JSON', async (error, status) => {
    const at = await start({ kind: 'error', error, limit: 1 });
    const answer = await at.get('/fapi/v1/time');
    expect(answer.status).toBe(status);
    expect(answer.body).toContain('<html>');
  });

  it('unknown outcome: executed but answered 503', async () => {
    const at = await start({ kind: 'unknown-outcome', executed: true, reply: '503', limit: 1, on: 'POST /fapi/v1/order' });
    const answer = await buy(at, 'unknown-1');
    expect(answer).toMatchObject({ status: 503, body: { msg: 'Unknown error, please check your request or try again later.' } });
    expect((await at.signed('GET', '/fapi/v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'unknown-1' })).body).toMatchObject({ status: 'FILLED' });
  });

  it('unknown outcome: executed but answered with the code that says so', async () => {
    const at = await start({ kind: 'unknown-outcome', executed: true, reply: 'timeout-code', limit: 1, on: 'POST /fapi/v1/order' });
    expect(await buy(at, 'unknown-7')).toMatchObject({ status: 408, body: { code: -1007 } });
    expect((await at.signed('GET', '/fapi/v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'unknown-7' })).body).toMatchObject({ status: 'FILLED' });
  });

  it('unknown outcome: not executed, connection reset; and no answer at all', async () => {
    const at = await start(
      { kind: 'unknown-outcome', executed: false, reply: 'reset', limit: 1, on: 'POST /fapi/v1/order' },
      { kind: 'unknown-outcome', executed: true, reply: 'timeout', limit: 1, on: 'DELETE /fapi/v1/allOpenOrders' },
    );
    await expect(buy(at, 'unknown-2')).rejects.toThrow();
    expect(codeOf(await at.signed('GET', '/fapi/v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'unknown-2' }))).toBe(-2013);
    const outcome = await Promise.race([
      at.signed('DELETE', '/fapi/v1/allOpenOrders', { symbol: 'ETHUSDT' }).then(
        () => 'answered',
        () => 'failed',
      ),
      new Promise((resume) => setTimeout(() => resume('nothing'), 400)),
    ]);
    expect(outcome).toBe('nothing');
  });

  it('an order just acknowledged cannot be found for a while', async () => {
    const at = await start({ kind: 'invisible-order', milliseconds: 600 });
    await buy(at, 'late-1');
    const query = (): Promise<Answer> => at.signed('GET', '/fapi/v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'late-1' });
    expect(codeOf(await query())).toBe(-2013);
    expect(await until('the order', async () => ((await query()).status === 200 ? true : null))).toBe(true);
  });

  it('a server clock that is off refuses signed requests with −1021', async () => {
    const at = await start({ kind: 'clock-skew', milliseconds: 20_000 });
    const { serverTime } = (await at.get('/fapi/v1/time')).body as { readonly serverTime: number };
    expect(serverTime - at.venue.now()).toBeGreaterThan(19_000);
    expect(codeOf(await at.signed('GET', '/fapi/v3/balance'))).toBe(-1021);
  });

  it('a fill is heard before the answer that acknowledges its order', async () => {
    const at = await start({ kind: 'latency', milliseconds: 500, when: 'after', on: 'POST /fapi/v1/order' });
    const heard = await at.open(`/private/ws/${await listen(at)}`);
    let isAnswered = false;
    const answer = buy(at, 'slow').then((answered) => {
      isAnswered = true;
      return answered;
    });
    await heard.find('the fill', (frame) => nameOf(frame) === 'ORDER_TRADE_UPDATE');
    expect(isAnswered).toBe(false);
    expect((await answer).status).toBe(200);
  });

  it('answers come late', async () => {
    const at = await start({ kind: 'latency', milliseconds: 300, jitter: 50, on: 'GET /fapi/v1/time' });
    const before = performance.now();
    await at.get('/fapi/v1/time');
    expect(performance.now() - before).toBeGreaterThan(290);
  });
});

describe('faults of streams', () => {
  const heardAfter = async (rule: Readonly<Record<string, unknown>>, waitMs = 700): Promise<readonly unknown[]> => {
    const at = await start({ stream: 'user', ...rule });
    const heard = await at.open(`/private/ws/${await listen(at)}`);
    await buy(at, 'one');
    await buy(at, 'two');
    await new Promise((resume) => setTimeout(resume, waitMs));
    return heard.frames.map(nameOf);
  };

  it('events are dropped, doubled, late or out of order', async () => {
    const ordinary = await heardAfter({ kind: 'delay-event', milliseconds: 100 });
    expect(ordinary).toContain('ORDER_TRADE_UPDATE');
    await fixture?.close();
    expect(await heardAfter({ kind: 'drop-event' })).toEqual([]);
    await fixture?.close();
    expect(await heardAfter({ kind: 'duplicate-event' })).toHaveLength(ordinary.length * 2);
    await fixture?.close();
    const shuffled = await heardAfter({ kind: 'reorder-events' }, 1800);
    expect(shuffled).not.toEqual(ordinary.slice(0, shuffled.length));
    expect(shuffled, 'nothing is lost by it').toHaveLength(ordinary.length);
  });

  it('connections break, or stand there dead', async () => {
    const at = await start();
    const market = await at.open('/market/ws/ethusdt@kline_5m');
    const user = await at.open(`/private/ws/${await listen(at)}`);
    // From the panel and not by a time of the plan: on a slow machine the time would come before the connections.
    await at.control('POST', '/venue/chaos/now', { kind: 'half-open', stream: 'user' });
    await at.control('POST', '/venue/chaos/now', { kind: 'disconnect', stream: 'market' });
    await until('the break', () => Promise.resolve(market.closed()));
    await buy(at, 'unheard');
    await new Promise((resume) => setTimeout(resume, 200));
    expect(user.frames).toEqual([]);
    expect(user.closed()).toBe(false);
    const again = await at.open(`/private/ws/${await listen(at)}`);
    await buy(at, 'heard');
    await again.find('the fill on a new connection', (frame) => nameOf(frame) === 'ORDER_TRADE_UPDATE');
  });

  it('the listen key ends early, and large subscriptions are ignored', async () => {
    const at = await start({ kind: 'expire-listen-key', every: 1 }, { kind: 'ignore-large-subscribe', bytes: 200 });
    const user = await at.open(`/private/ws/${await listen(at)}`);
    await user.find('the end of the key', (frame) => nameOf(frame) === 'listenKeyExpired');
    const market = await at.open('/market/ws');
    market.send({ method: 'SUBSCRIBE', params: Array.from({ length: 40 }, (_, index) => `coin${index}usdt@kline_5m`), id: 1 });
    market.send({ method: 'LIST_SUBSCRIPTIONS', id: 2 });
    expect(await market.find('the list', (frame) => frame['id'] === 2)).toMatchObject({ result: [] });
    expect(market.frames.some((frame) => frame['id'] === 1)).toBe(false);
  });
});

describe('faults of the market', () => {
  it('price jumps through a stop, which fills far beyond its trigger', async () => {
    const at = await start({ kind: 'gap', percent: -4, symbol: 'ETHUSDT', at: 1.5 });
    await buy(at, 'entry', '0.5');
    const last = at.venue.market.symbols.get('ETHUSDT')?.last ?? 0;
    const trigger = last * 0.99;
    await at.signed('POST', '/fapi/v1/algoOrder', {
      symbol: 'ETHUSDT',
      algoType: 'CONDITIONAL',
      side: 'SELL',
      type: 'STOP_MARKET',
      triggerPrice: trigger.toFixed(2),
      closePosition: true,
    });
    await until('the stop', () => Promise.resolve(at.venue.exchange.holdings().length === 0));
    const exit = at.venue.exchange.trades.at(-1);
    expect((exit?.price ?? 0) / 100).toBeLessThan(trigger * 0.98);
    const candle = at.venue.market.symbols.get('ETHUSDT')?.forming;
    expect((candle?.low ?? 0) / (candle?.high ?? 1)).toBeLessThan(0.97);
  });

  it('a symbol halts and comes back, and says so', async () => {
    const at = await start({ kind: 'halt', symbol: 'ETHUSDT', seconds: 1.5, at: 0.6 });
    const heard = await at.open('/market/ws/!contractInfo');
    await until('the halt', () => Promise.resolve(at.venue.exchange.status('ETHUSDT') === 'TRADING_HALT'));
    expect(codeOf(await buy(at, 'halted'))).toBe(-1122);
    await heard.find('the halt', (frame) => frame['cs'] === 'TRADING_HALT');
    await heard.find('the return', (frame) => frame['cs'] === 'TRADING');
    expect(codeOf(await buy(at, 'back'))).toBeNull();
  });

  it('the book is thin: orders fill in part, market orders at worse prices', async () => {
    const at = await start({ kind: 'thin-book', thickness: 0.01 });
    await until('the thin book', () => Promise.resolve(at.venue.exchange.rules.bookThickness === 0.01));
    const answer = await at.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '8', newOrderRespType: 'RESULT' });
    const { executedQty, status } = answer.body as { readonly executedQty: string; readonly status: string };
    expect(status).toBe('EXPIRED');
    expect(Number(executedQty)).toBeGreaterThan(0);
    expect(Number(executedQty)).toBeLessThan(8);
  });

  it('filters get coarser, conditionals vanish or outlive their position, positions are taken away or settled', async () => {
    const at = await start(
      { kind: 'coarser-filters', ticks: 10, lots: 5, symbol: 'SOLUSDT', at: 0 },
      { kind: 'vanish-conditional', limit: 1 },
      { kind: 'orphan-conditionals' },
    );
    const filters = await until('the filters', async () => {
      const info = (await at.get('/fapi/v1/exchangeInfo')).body as { symbols: { symbol: string; filters: Record<string, string>[] }[] };
      const found = info.symbols.find((row) => row.symbol === 'SOLUSDT')?.filters;
      return found?.[0]?.['tickSize'] === '0.10' ? found : null;
    });
    expect(filters[1]).toMatchObject({ stepSize: '0.05' });
    await buy(at, 'entry', '0.5');
    const stop = { symbol: 'ETHUSDT', algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', triggerPrice: '1000.00', closePosition: true };
    expect((await at.signed('POST', '/fapi/v1/algoOrder', stop)).body).toMatchObject({ algoStatus: 'NEW' });
    expect((await at.signed('GET', '/fapi/v1/openAlgoOrders')).body, 'accepted, then gone').toEqual([]);
    await at.signed('POST', '/fapi/v1/algoOrder', stop);
    await at.control('POST', '/venue/chaos/now', { kind: 'auto-deleverage', symbol: 'ETHUSDT' });
    expect(at.venue.exchange.holdings()).toEqual([]);
    expect(at.venue.exchange.openAlgos('ETHUSDT'), 'an orphan').toHaveLength(1);
    await buy(at, 'again', '0.5');
    await at.control('POST', '/venue/chaos/now', { kind: 'settle', symbol: 'ETHUSDT' });
    expect(at.venue.exchange.trades.at(-1)?.clientOrderId).toMatch(/^settlement_autoclose-/);
  });

  it('a panel replaces and clears the plan while the venue runs, and only with the key', async () => {
    const at = await start();
    expect((await at.control('PUT', '/venue/chaos', { rules: [{ kind: 'error', error: '500' }] })).status).toBe(200);
    expect((await at.get('/fapi/v1/time')).status).toBe(500);
    expect((await at.control('DELETE', '/venue/chaos')).status).toBe(200);
    expect((await at.get('/fapi/v1/time')).status).toBe(200);
    expect((await at.control('PUT', '/venue/chaos', { rules: [{ kind: 'nonsense' }] })).status).toBe(400);
    expect((await at.control('POST', '/venue/chaos/now', { kind: 'drop-event' })).status).toBe(400);
    expect((await fetch(`${at.base}/venue/chaos`)).status).toBe(401);
  });
});

describe('the clock', () => {
  it('pauses, steps and changes speed', async () => {
    const at = await start();
    const clock = async (change: Readonly<Record<string, unknown>>): Promise<{ serverTime: number; paused: boolean; speed: number }> =>
      (await at.control('POST', '/venue/clock', change)).body as never;
    const still = await clock({ paused: true });
    expect((await clock({})).serverTime).toBe(still.serverTime);
    expect((await clock({ stepMs: 60_000 })).serverTime).toBe(still.serverTime + 60_000);
    expect(await clock({ paused: false, speed: 500 })).toMatchObject({ paused: false, speed: 500 });
    await until('time to fly', async () => (await clock({})).serverTime > still.serverTime + 120_000);
    expect((await at.control('POST', '/venue/clock', { speed: 5000 })).status).toBe(400);
  });
});
