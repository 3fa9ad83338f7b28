// Nonsense at the door: whatever the parameters, bodies or frames, the venue answers with a refusal of its own and its books stay right.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRoute, ROUTE_NAMES } from '../../../src-worker/market/rest.ts';
import { parseTopic } from '../../../src-worker/market/topics.ts';
import { until } from '../../support/terminal.ts';
import { createDice, mutateText, mutateValue } from '../../adapters/binance/support/mutate.ts';
import { codeOf, openVenue, sign, KEY, type Fixture } from './support/venue.ts';
import type { VenueContext } from '../../../src-worker/market/context.ts';

const NAMES = [
  'symbol',
  'pair',
  'side',
  'type',
  'quantity',
  'price',
  'timeInForce',
  'reduceOnly',
  'closePosition',
  'positionSide',
  'newClientOrderId',
  'origClientOrderId',
  'orderId',
  'algoId',
  'clientAlgoId',
  'algoType',
  'triggerPrice',
  'workingType',
  'priceProtect',
  'callbackRate',
  'activatePrice',
  'leverage',
  'marginType',
  'dualSidePosition',
  'amount',
  'limit',
  'startTime',
  'endTime',
  'fromId',
  'page',
  'interval',
  'batchOrders',
  'orderIdList',
  'origClientOrderIdList',
  'countdownTime',
  'incomeType',
  'selfTradePreventionMode',
  'newOrderRespType',
];
const sane = fc.constantFrom(
  ...[
    'BTCUSDT',
    'ETHUSDT',
    'BUY',
    'SELL',
    'MARKET',
    'LIMIT',
    'STOP',
    'STOP_MARKET',
    'TRAILING_STOP_MARKET',
    'CONDITIONAL',
    'GTC',
    'IOC',
    'GTX',
    'LONG',
    'BOTH',
  ],
  ...[
    'true',
    'false',
    '1',
    '0.1',
    '5',
    '20',
    '2600',
    '2700.5',
    '80000',
    '1m',
    '1h',
    '1M',
    'ISOLATED',
    'CROSSED',
    '1000001',
    '3000001',
    'MARK_PRICE',
    '[]',
    '[1]',
    '[{}]',
  ],
);
const nonsense = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.double().map(String),
  fc.integer().map(String),
  fc.constantFrom(
    '',
    'NaN',
    'Infinity',
    '-0',
    '1e21',
    '9007199254740993',
    '99999999999999999999',
    '0x10',
    '1.',
    '.5',
    '--1',
    'null',
    '[{"symbol":1}]',
    '{"a":',
    '__proto__',
    'constructor',
  ),
);
/** Calls that would work, each of which the fuzz spoils in a few places. */
const TEMPLATES: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['POST /fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' }],
  ['POST /fapi/v1/order', { symbol: 'ETHUSDT', side: 'SELL', type: 'MARKET', quantity: '0.2' }],
  ['POST /fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '2500', quantity: '0.1', newClientOrderId: 'mine' }],
  ['PUT /fapi/v1/order', { symbol: 'ETHUSDT', side: 'BUY', origClientOrderId: 'mine', price: '2510', quantity: '0.2' }],
  ['DELETE /fapi/v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'mine' }],
  ['POST /fapi/v1/algoOrder', { symbol: 'ETHUSDT', algoType: 'CONDITIONAL', side: 'SELL', type: 'STOP_MARKET', triggerPrice: '2000', quantity: '0.1' }],
  ['POST /fapi/v1/algoOrder', { symbol: 'ETHUSDT', algoType: 'CONDITIONAL', side: 'SELL', type: 'TRAILING_STOP_MARKET', callbackRate: '1', quantity: '0.1' }],
  ['POST /fapi/v1/batchOrders', { batchOrders: '[{"symbol":"ETHUSDT","side":"BUY","type":"MARKET","quantity":"0.1"},{"symbol":null},7]' }],
  ['POST /fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: '7' }],
  ['POST /fapi/v1/positionMargin', { symbol: 'ETHUSDT', amount: '5', type: '1' }],
  ['POST /fapi/v1/countdownCancelAll', { symbol: 'ETHUSDT', countdownTime: '1000' }],
  ['GET /fapi/v1/klines', { symbol: 'ETHUSDT', interval: '1h', limit: '10' }],
];
const spoiled = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.oneof({ weight: 3, arbitrary: sane }, { weight: 1, arbitrary: nonsense })), { maxLength: 9 });
const call = fc.oneof(
  fc.record({ route: fc.constantFrom(...ROUTE_NAMES), parameters: spoiled }),
  fc
    .record({ template: fc.constantFrom(...TEMPLATES), changes: fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.oneof(sane, nonsense)), { maxLength: 3 }) })
    .map(({ template: [route, parameters], changes }) => ({ route, parameters: Object.entries({ ...parameters, ...Object.fromEntries(changes) }) })),
);

describe('nonsense', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openVenue({ symbols: 2 });
  });
  afterAll(() => fixture.close());

  it('in parameters of any endpoint never throws, never breaks the books: 20,000 calls', () => {
    const { exchange } = fixture.venue;
    const context: VenueContext = fixture.venue.context;
    let accepted = 0;
    fc.assert(
      fc.property(call, ({ route, parameters }) => {
        const [method = '', path = ''] = route.split(' ');
        const answer = findRoute(method, path)?.answer(context, new URLSearchParams(parameters));
        if (answer?.ok === false) expect(answer.error.message.length).toBeGreaterThan(0);
        else accepted += 1;
        JSON.stringify(answer);
        expect(exchange.income.reduce((sum, line) => sum + line.amount, 0)).toBe(exchange.wallet);
        const margin = exchange.marginUsdt();
        expect(Object.values(margin).every((value) => Number.isFinite(value))).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(1000);
    expect(exchange.allOrders(null).length).toBeGreaterThan(0);
  });

  it('in stream names is read without complaint', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (name) => {
        expect(parseTopic(name).kind).toBeTypeOf('string');
      }),
      { numRuns: 5000 },
    );
  });

  it('on the wire: 2,000 damaged requests and 300 damaged frames, each answered and counted by its kind', async () => {
    const dice = createDice(7);
    let shiftMs = 0;
    const wall = (): number => Date.now() + shiftMs;
    const own = await openVenue({ symbols: 2, wallNow: wall });
    const { exchange, context } = own.venue;
    let refused = 0;
    const send = async (round: number): Promise<void> => {
      const wanted = { symbol: 'ETHUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '2500', quantity: '0.1', newClientOrderId: `f${round}` };
      const damaged = mutateValue(dice, wanted);
      const fields = typeof damaged === 'object' && damaged !== null ? Object.entries(damaged) : [];
      const parameters = new URLSearchParams(
        fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as [string, string]),
      ).toString();
      const query = `${parameters}&timestamp=${wall()}`;
      const target = round % 3 === 0 ? 'GET /fapi/v1/allOrders' : 'POST /fapi/v1/order';
      const [method = '', where = ''] = target.split(' ');
      const response = await fetch(`${own.base}${where}?${query}&signature=${round % 2 === 0 ? sign(query) : 'ab'.repeat(32)}`, {
        method,
        headers: { 'X-MBX-APIKEY': KEY },
      });
      const text = await response.text();
      if (response.status === 200) return;
      expect([400, 401, 404, 429, 418]).toContain(response.status);
      expect((JSON.parse(text) as { readonly code: number }).code).toBeLessThan(0);
      refused += 1;
    };
    for (let round = 0; round < 2000; round += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => send(round + index)));
      // The budget of a minute is not what is tested here.
      shiftMs += 61_000;
    }
    const { refusals } = context;
    expect(refused).toBeGreaterThan(600);
    expect(refusals.total).toBe(refused);
    expect(Object.keys(refusals.describe()).filter((kind) => /^-\d+$/.test(kind)).length).toBeGreaterThan(5);
    expect(exchange.income.reduce((sum, line) => sum + line.amount, 0)).toBe(exchange.wallet);

    const counted = refusals.total;
    let answered = 0;
    for (let connection = 0; connection < 30; connection += 1) {
      const heard = await own.open('/market/ws');
      for (let frame = 0; frame < 10; frame += 1) heard.socket.send(mutateText(dice, { method: 'SUBSCRIBE', params: ['btcusdt@kline_5m'], id: frame }));
      await until('ten answers', () => Promise.resolve(heard.frames.filter((entry) => 'error' in entry || 'result' in entry).length === 10));
      answered += heard.frames.filter((entry) => 'error' in entry).length;
      heard.socket.terminate();
    }
    expect(answered).toBeGreaterThan(90);
    expect(refusals.total - counted).toBe(answered);
    await own.close();
  });

  it('on the wire gets a refusal: broken encodings, huge bodies, unsigned calls, strange paths', async () => {
    const bare = async (method: string, path: string, body?: string): Promise<number> =>
      (await fetch(`${fixture.base}${path}`, { method, headers: { 'X-MBX-APIKEY': KEY }, ...(body === undefined ? {} : { body }) })).status;
    expect(await bare('GET', '/fapi/v1/klines?symbol=%ff%fe&interval=1h')).toBe(400);
    expect(await bare('POST', '/fapi/v1/order?%%%=%%&signature=zz')).toBe(400);
    expect(await bare('POST', '/fapi/v1/order', 'x'.repeat(2_000_000))).toBe(400);
    expect(await bare('GET', '/fapi/v1/__proto__')).toBe(404);
    expect(await bare('PATCH', '/fapi/v1/order')).toBe(404);
    expect(await bare('POST', '/venue/clock', '{"speed":"fast"}')).toBe(400);
    const query = `symbol=ETHUSDT&timestamp=${Date.now()}`;
    const signed = await fixture.signed('POST', '/fapi/v1/order', { symbol: 'ETHUSDT', side: 'SIDEWAYS', type: 'MARKET', quantity: '1' });
    expect(codeOf(signed)).toBe(-1117);
    expect(await bare('GET', `/fapi/v1/openOrders?${query}&signature=${sign(query).slice(1)}`)).toBe(400);
    const heard = await fixture.open('/market/ws');
    for (const text of ['', 'null', '[]', '{"method":1}', '{"method":"SUBSCRIBE","params":"x"}', '{"method":"SUBSCRIBE","params":[{}]}'])
      heard.socket.send(text);
    await heard.find('an error', (frame) => frame['error'] !== undefined);
    const api = await fixture.open('/ws-fapi/v1');
    for (const text of ['', 'null', '{}', '{"method":"order.place","params":[]}', '{"id":{},"method":"x"}']) api.socket.send(text);
    await api.find('an error', (frame) => frame['error'] !== undefined);
    expect(await bare('GET', '/fapi/v1/time')).toBe(200);
  });
});
