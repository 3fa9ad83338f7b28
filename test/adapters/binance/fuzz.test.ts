// Ten thousand damaged answers and frames, made from recorded ones: nothing crashes, nothing becomes a wrong state, each kind is counted.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { formatQuantity, type Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderReport, VenueEvent } from '../../../src-main/core/ports.ts';
import { toInstrument } from '../../../src-main/adapters/binance/instrument-mapping.ts';
import { readBookTicker } from '../../../src-main/adapters/binance/book-stream.ts';
import { readMarketFrame } from '../../../src-main/adapters/binance/market-frames.ts';
import { bracketsSchema, dayTickersSchema, exchangeInfoSchema, klinesSchema, premiumsSchema } from '../../../src-main/adapters/binance/rest-schemas.ts';
import { RateLimiter } from '../../../src-main/adapters/binance/rate-limiter.ts';
import { readUserFrame, type UserFrame } from '../../../src-main/adapters/binance/user-frames.ts';
import { readThrown } from '../../../src-main/adapters/binance/thrown.ts';
import { describeFailure } from '../../../src-main/adapters/binance/errors.ts';
import { hasSharedData } from '../../support/shared.ts';
import { eventually, gatewayBench } from './support/bench.ts';
import { feedBench, klineFrame, type FeedBench } from './support/feed-bench.ts';
import { createDice, damageText, mutateText, mutateValue, pick } from './support/mutate.ts';
import { CONNECTOR, example, PEER, recordedJson, recordedLines, STREAM_EVENTS } from './support/recorded.ts';
import { TinyExchange } from './support/tiny-exchange.ts';
import { serveAccount, STEP_MS } from './support/tiny-routes.ts';
import { instrumentOf, venueBench, type VenueBench } from './support/venue-bench.ts';

const STATUSES = ['unknown', 'resting', 'partially_filled', 'triggered', 'filled', 'canceled', 'expired', 'rejected'];

function fine(symbol: string): Instrument {
  const instrument = instrumentOf('BTCUSDT');
  if (instrument === null) throw new Error('no sample contract');
  return { ...instrument, symbol, quantityScale: 3, stepUnits: 1, priceScale: 6, tickUnits: 1 };
}
const context = { instrumentOf: fine, priceOf: () => null };

function expectSaneReport(report: OrderReport): void {
  expect(STATUSES).toContain(report.status);
  expect(Number.isSafeInteger(report.lots) && Number.isSafeInteger(report.filledLots) && Number.isSafeInteger(report.time)).toBe(true);
  expect(report.lots >= 0 && report.filledLots >= 0).toBe(true);
  expect(Number.isFinite(report.averagePrice) && report.averagePrice >= 0).toBe(true);
  expect(['BUY', 'SELL']).toContain(report.side);
  expect(['BOTH', 'LONG', 'SHORT']).toContain(report.positionSide);
  for (const value of [report.price, report.trigger]) if (value !== null) expect(Number.isSafeInteger(value)).toBe(true);
}

function expectSaneEvent(event: VenueEvent): void {
  if (event.kind === 'order') {
    expectSaneReport(event.report);
    const { fill } = event;
    if (fill !== null) for (const value of [fill.lots, fill.fee, fill.realisedPnl, fill.time]) expect(Number.isSafeInteger(value)).toBe(true);
  } else if (event.kind === 'account') {
    for (const value of [event.time, event.funding, event.wallet ?? 0]) expect(Number.isSafeInteger(value)).toBe(true);
    for (const position of event.positions) expect(Number.isSafeInteger(position.lots) && Number.isFinite(position.entryPrice)).toBe(true);
  }
}

function expectSaneCandle(candle: Candle): void {
  const { openTime, open, high, low, close, volume } = candle;
  expect(openTime % STEP_MS).toBe(0);
  expect(low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && high < Infinity && volume >= 0).toBe(true);
}

describe.skipIf(!hasSharedData())('damaged payloads (shared data)', () => {
  const userFrames = (): readonly unknown[] => [
    ...(recordedLines('recorded/user_stream.2026-03.jsonl.gz') as readonly { readonly msg: unknown }[]).map(({ msg }) => msg),
    ...['AccountUpdate', 'MarginUpdate', 'ConditionalTrigger', 'OrderUpdate', 'AlgoOrderUpdate', 'Leverage', 'TradeUpdate', 'ListenKeyExpired'].map((name) =>
      example(STREAM_EVENTS, name),
    ),
    ...Object.entries(recordedJson(PEER) as Readonly<Record<string, unknown>>)
      .filter(([name]) => /order_update|account_update|algo_update/.test(name))
      .map(([, frame]) => frame),
  ];
  const marketFrames = (): readonly unknown[] => [
    ...(recordedLines('recorded/ws_combined.mainnet.2021-07-22.jsonl.gz') as readonly { readonly msg: { readonly stream: string } }[])
      .map(({ msg }) => msg)
      .filter(({ stream }) => stream.includes('kline')),
    klineFrame('BTCUSDT', 1_780_000_200_000, true),
    { stream: '!miniTicker@arr', data: example(CONNECTOR, 'websocket-streams/MarketApiTest.allMarketMiniTickersStream') },
    { stream: '!markPrice@arr@1s', data: example(CONNECTOR, 'websocket-streams/MarketApiTest.markPriceStreamForAllMarket') },
    { result: null, id: 1 },
  ];

  it('3000 account frames: understood ones are sane, the rest is counted by kind', () => {
    const dice = createDice(1);
    const sources = userFrames();
    const kinds: Record<UserFrame['kind'], number> = { events: 0, expired: 0, ignored: 0, malformed: 0 };
    const malformed = new Set<string>();
    for (let index = 0; index < 3000; index += 1) {
      const frame = readUserFrame(mutateText(dice, pick(dice, sources)), context);
      kinds[frame.kind] += 1;
      if (frame.kind === 'events') for (const event of frame.events) expectSaneEvent(event);
      if (frame.kind === 'malformed') malformed.add(frame.what);
    }
    expect(kinds.events + kinds.expired + kinds.ignored + kinds.malformed).toBe(3000);
    expect(kinds.malformed).toBeGreaterThan(800);
    expect(kinds.events).toBeGreaterThan(300);
    expect([...malformed].toSorted()).toEqual([
      'ACCOUNT_UPDATE',
      'ALGO_UPDATE',
      'CONDITIONAL_ORDER_TRIGGER_REJECT',
      'MARGIN_CALL',
      'ORDER_TRADE_UPDATE',
      'account frame',
    ]);
  });

  it('3000 market frames: no candle contradicts itself, no price is zero, negative or infinite', () => {
    const dice = createDice(2);
    const sources = marketFrames();
    let malformed = 0;
    for (let index = 0; index < 3000; index += 1) {
      const frame = readMarketFrame(mutateText(dice, pick(dice, sources)));
      if (frame.kind === 'malformed') malformed += 1;
      if (frame.kind === 'candle') expectSaneCandle(frame.candle);
      if (frame.kind === 'mini-tickers')
        for (const { c, o, q, E } of frame.rows) expect(c > 0 && o >= 0 && q >= 0 && c < 1e21 && Number.isSafeInteger(E)).toBe(true);
      if (frame.kind === 'mark-prices') for (const { p, T } of frame.rows) expect(p > 0 && p < 1e21 && Number.isSafeInteger(T)).toBe(true);
      if (frame.kind === 'mini-tickers' || frame.kind === 'mark-prices') malformed += frame.malformed;
    }
    expect(malformed).toBeGreaterThan(500);
  });

  it('1000 frames of best bids and asks: understood ones are a market, the rest is malformed', () => {
    const dice = createDice(12);
    const frame = { stream: '!bookTicker', data: example(CONNECTOR, 'websocket-streams/PublicApiTest.allBookTickersStream') };
    const counts = { fine: 0, malformed: 0, other: 0 };
    for (let round = 0; round < 1000; round += 1) {
      const ticker = readBookTicker(mutateText(dice, frame));
      if (ticker === null) counts.other += 1;
      else if (ticker === 'malformed') counts.malformed += 1;
      else {
        counts.fine += 1;
        expect(ticker.b >= 0 && ticker.a >= 0 && ticker.a < Infinity && (ticker.a === 0 || ticker.b <= ticker.a)).toBe(true);
      }
    }
    expect(counts.fine).toBeGreaterThan(100);
    expect(counts.malformed).toBeGreaterThan(100);
  });

  it('2000 market lists: damaged rows are left out and counted, whole ones stand', () => {
    const dice = createDice(3);
    const rules = (recordedJson('recorded/exchangeInfo.mainnet.2021-07-22.json.gz') as { readonly symbols: readonly unknown[] }).symbols;
    const premiums = recordedJson('recorded/premiumIndex.mainnet.2025-06-17.json.gz') as readonly unknown[];
    const brackets = recordedJson('recorded/leverageBracket.mainnet.2026-05-07.json.gz') as readonly unknown[];
    const candles = (recordedLines('recorded/klines_1d.mainnet.2025-06-29.jsonl.gz') as readonly { readonly body: readonly unknown[] }[]).flatMap(
      ({ body }) => body,
    );
    const tickers = premiums.map((row) => ({ ...(row as object), lastPrice: '1', openPrice: '1', quoteVolume: '5', closeTime: 1_750_149_488_000 }));
    const schemas = [
      { rows: premiums, schema: premiumsSchema },
      { rows: brackets, schema: bracketsSchema },
      { rows: candles, schema: klinesSchema },
      { rows: tickers, schema: dayTickersSchema },
      { rows: rules, schema: z.unknown().transform((symbols) => exchangeInfoSchema.parse({ symbols }).symbols) },
    ];
    let left = 0;
    for (let index = 0; index < 2000; index += 1) {
      const { rows, schema } = pick(dice, schemas);
      const list = [pick(dice, rows), mutateValue(dice, pick(dice, rows)), pick(dice, rows)];
      const parsed = schema.parse(list);
      expect(parsed.rows.length + parsed.malformed).toBe(3);
      expect(parsed.rows.length).toBeGreaterThanOrEqual(2);
      left += parsed.malformed;
      for (const row of parsed.rows)
        if ('filters' in (row as object)) {
          const instrument = toInstrument(row as never, []);
          if (instrument !== null)
            for (const value of [instrument.tickUnits, instrument.stepUnits, instrument.minLots, instrument.maxLots, instrument.minNotional])
              expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
        }
    }
    expect(left).toBeGreaterThan(500);
  });

  it('1000 damaged failures: each gets a code, an outcome and a sentence', () => {
    const dice = createDice(4);
    const bodies = (recordedJson('doc_examples/error_codes.json') as readonly { readonly code: number; readonly msgs: readonly string[] }[]).map(
      ({ code, msgs }) => ({ code, msg: msgs[0] ?? '' }),
    );
    for (let index = 0; index < 1000; index += 1) {
      const thrown = mutateValue(dice, {
        message: 'Request failed',
        code: 'ERR_BAD_REQUEST',
        response: { status: pick(dice, [200, 400, 401, 403, 408, 418, 429, 451, 500, 502, 503]), data: pick(dice, bodies), headers: { 'retry-after': '5' } },
      });
      const error = describeFailure(readThrown(thrown), true);
      expect(error.uiMessage).toMatch(/^[A-Z][\s\S]*\.$/);
      expect(['unknown', 'not_executed']).toContain(error.outcome);
      expect(error.venueCode === null || Number.isSafeInteger(error.venueCode)).toBe(true);
    }
  });
});

describe.skipIf(!hasSharedData())('damaged payloads over the wire (shared data)', () => {
  let exchange: TinyExchange;
  let venue: VenueBench | null = null;
  let feed: FeedBench | null = null;
  beforeEach(async () => {
    exchange = await new TinyExchange().start();
  });
  afterEach(async () => {
    await venue?.venue.stop();
    await feed?.feed.stop();
    await exchange.stop();
    venue = null;
    feed = null;
  });

  it('1000 answers to an order query: an exact report or a refusal, never a guess; every misread answer is counted', async () => {
    serveAccount(exchange);
    const dice = createDice(5);
    const regular = { ...(example(CONNECTOR, 'rest-api/TradeApiTest.queryOrder') as object), symbol: 'BTCUSDT' };
    const conditional = { ...(example(CONNECTOR, 'rest-api/TradeApiTest.queryAlgoOrder') as object), symbol: 'BTCUSDT' };
    let body = '';
    exchange.on('GET /fapi/v1/order', () => ({ text: body })).on('GET /fapi/v1/algoOrder', () => ({ text: body }));
    venue = venueBench(exchange.url);
    let misread = 0;
    for (let index = 0; index < 1000; index += 1) {
      const isConditional = dice() < 0.5;
      const source = isConditional ? conditional : regular;
      body = mutateText(dice, source);
      const answer = await venue.venue.query({ symbol: 'BTCUSDT', clientOrderId: 'x', conditional: isConditional });
      if (!answer.ok) {
        if (answer.error.code === 'malformed') misread += 1;
        expect(answer.error.outcome).toBe('not_executed');
        continue;
      }
      if (answer.value === null) continue;
      expectSaneReport(answer.value);
      const raw = JSON.parse(body) as Readonly<Record<string, unknown>>;
      const quantity = Number(raw[isConditional ? 'quantity' : 'origQty'] ?? 0);
      const instrument = instrumentOf('BTCUSDT');
      if (instrument !== null) expect(Math.abs(Number(formatQuantity(instrument, answer.value.lots)) - quantity)).toBeLessThan(0.001);
    }
    expect(misread).toBeGreaterThan(300);
    expect(venue.venue.status().malformed).toEqual({ 'order query': misread });
  });

  it('1000 account states with one damaged part: whole or refused', async () => {
    serveAccount(exchange);
    const dice = createDice(6);
    const parts = {
      'GET /fapi/v3/account': example(CONNECTOR, 'rest-api/AccountApiTest.accountInformationV3'),
      'GET /fapi/v3/positionRisk': [{ ...(example(CONNECTOR, 'rest-api/TradeApiTest.positionInformationV3') as readonly object[])[0], symbol: 'BTCUSDT' }],
      'GET /fapi/v1/openOrders': [{ ...(example(CONNECTOR, 'rest-api/TradeApiTest.currentAllOpenOrders') as readonly object[])[0], symbol: 'BTCUSDT' }],
      'GET /fapi/v1/openAlgoOrders': [{ ...(example(CONNECTOR, 'rest-api/TradeApiTest.currentAllAlgoOpenOrders') as readonly object[])[0], symbol: 'BTCUSDT' }],
    };
    let damaged = '';
    for (const [route, payload] of Object.entries(parts))
      exchange.on(route, () => ({ text: route === damaged ? mutateText(dice, payload) : JSON.stringify(payload) }));
    // Each state costs 90 weight; here every look at the clock is a minute later, so that nothing waits.
    let minutes = 0;
    const limiter = new RateLimiter(1920, { now: () => (minutes += 1) * 61_000, after: (_delay, callback) => void setImmediate(callback) });
    venue = venueBench(exchange.url, { gateway: { limiter } });
    let refused = 0;
    for (let index = 0; index < 250; index += 1)
      for (const route of Object.keys(parts)) {
        damaged = route;
        const state = await venue.venue.fetchState({ scope: 'account', symbols: [], fillsSince: 0 as never });
        if (!state.ok) {
          refused += 1;
          continue;
        }
        for (const order of state.value.orders) expectSaneReport(order);
        for (const position of state.value.positions)
          expect(Number.isSafeInteger(position.lots) && Number.isFinite(position.entryPrice) && position.leverage >= 0).toBe(true);
        for (const amount of [state.value.account.wallet, state.value.account.available, state.value.account.marginUsed])
          expect(Number.isSafeInteger(amount)).toBe(true);
      }
    expect(refused).toBeGreaterThan(250);
    expect(refused).toBeLessThan(900);
  });

  it('1000 account frames through a real socket: the counts equal what was damaged, and the stream lives on', async () => {
    serveAccount(exchange);
    const dice = createDice(7);
    const sources = [
      ...(recordedLines('recorded/user_stream.2026-03.jsonl.gz') as readonly { readonly msg: unknown }[]).map(({ msg }) => msg),
      example(STREAM_EVENTS, 'AccountUpdate'),
    ];
    venue = venueBench(exchange.url, { venue: { instrumentOf: fine } });
    await venue.start();
    await eventually('the stream', () => venue?.venue.status().userStream === 'connected');
    const expected: Record<string, number> = {};
    let events = 0;
    for (let index = 0; index < 1000; index += 1) {
      const text = mutateText(dice, pick(dice, sources));
      const frame = readUserFrame(text, context);
      if (frame.kind === 'expired') continue;
      if (frame.kind === 'malformed') expected[frame.what] = (expected[frame.what] ?? 0) + 1;
      if (frame.kind === 'events') events += frame.events.length;
      exchange.push(text);
    }
    exchange.push({ e: 'MARGIN_CALL', p: [{ s: 'LASTUSDT' }] });
    await eventually('the last frame', () => venue?.events.some((event) => event.kind === 'margin-call' && event.symbol === 'LASTUSDT') === true);
    expect(venue.venue.status().malformed).toEqual(expected);
    const resyncs = Object.values(expected).reduce((sum, count) => sum + count, 0);
    expect(
      venue.events.filter((event) => event.kind === 'order' || event.kind === 'account' || event.kind === 'margin-call' || event.kind === 'resync-needed'),
    ).toHaveLength(events + resyncs + 2);
    expect(exchange.sockets).toHaveLength(1);
  });

  it('1000 market frames through a real socket: history stays whole, the archive clean, the next candle is delivered', async () => {
    const dice = createDice(8);
    feed = feedBench(exchange, { symbols: ['BTCUSDT', 'ETHUSDT'] });
    await feed.start();
    await eventually('history', () => feed?.of('symbol-ready').length === 2);
    await eventually('the stream', () => exchange.sockets[0]?.frames.length === 1);
    const open = feed.time.closeCandle();
    const sources = [
      klineFrame('BTCUSDT', open + STEP_MS, false),
      { stream: '!miniTicker@arr', data: [{ e: '24hrMiniTicker', E: open, s: 'BTCUSDT', c: '100', o: '90', h: '1', l: '1', v: '1', q: '1', st: 1 }] },
      { stream: '!markPrice@arr@1s', data: [{ e: 'markPriceUpdate', E: open, s: 'BTCUSDT', p: '100', i: '1', r: '0.1', T: open, st: 1 }] },
    ];
    for (let index = 0; index < 1000; index += 1) {
      const text = dice() < 0.9 ? mutateText(dice, pick(dice, sources)) : damageText(dice, JSON.stringify(pick(dice, sources)));
      const frame = readMarketFrame(text);
      // A frame that still is a whole closed candle of another time is data, not damage.
      if (frame.kind === 'candle' && frame.isClosed) continue;
      exchange.push(text);
    }
    exchange.push(klineFrame('ETHUSDT', open, true));
    exchange.push(klineFrame('BTCUSDT', open, true));
    await eventually('both candles', () => feed?.of('candle-closed').length === 2);
    for (const symbol of ['BTCUSDT', 'ETHUSDT']) {
      const times = feed.candles(symbol);
      expect(times.at(-1)).toBe(open);
      for (const [index, time] of times.entries()) if (index > 0) expect(time).toBe((times[index - 1] ?? 0) + STEP_MS);
    }
    for (const event of feed.of('candle-forming')) expectSaneCandle(event.candle);
    for (const { prices } of feed.of('prices'))
      for (const { last, mark, fundingRate, change24h } of prices)
        expect(last > 0 && mark > 0 && Number.isFinite(fundingRate) && Number.isFinite(change24h)).toBe(true);
    expect([...feed.gateway.malformed.keys()].toSorted()).toEqual(['24hrMiniTicker', 'kline', 'markPriceUpdate', 'market frame']);
    expect(exchange.sockets).toHaveLength(1);
  });
});

it('a hundred answers that are not JSON at all are refused and counted', async () => {
  const { gateway } = gatewayBench('http://127.0.0.1:1');
  const call = { name: 'anything', weight: 0, priority: 'reconcile', isMutation: true } as const;
  const bodies: readonly unknown[] = ['', '<html>', 'null', null, undefined, 7, true, [], [[]], 'a'.repeat(1e5)];
  for (let index = 0; index < 100; index += 1) {
    const answer = await gateway.call(call, z.object({ id: z.number() }), () => Promise.resolve(bodies[index % bodies.length]));
    expect(answer.ok ? null : [answer.error.code, answer.error.outcome]).toEqual(['malformed', 'unknown']);
  }
  expect(gateway.malformed.get('anything')).toBe(100);
});
