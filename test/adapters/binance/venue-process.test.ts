// The client against the local venue as it really runs, in its own process: the wire both sides speak is the same.
import { USDMClient } from 'binance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nearestTick, type Instrument } from '../../../src-shared/domain/instrument.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs, lots, moneyToUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { MarketEvent, VenueEvent, VenueState } from '../../../src-main/core/ports.ts';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';
import { venueEndpoints } from '../../../src-main/adapters/binance/endpoints.ts';
import { createBinanceExchange, type BinanceExchange } from '../../../src-main/adapters/binance/exchange.ts';
import { createFollowingClock } from '../../../src-main/adapters/runtime/clock.ts';
import { startVenueProcess, type Running } from '../../support/terminal.ts';
import { eventually, MemoryLogger } from './support/bench.ts';
import { MemoryArchive } from './support/feed-bench.ts';
import { intentOf } from './support/venue-bench.ts';

const SPEED = 120;
let venue: Running;
let exchange: BinanceExchange;
let clock: ReturnType<typeof createFollowingClock>;
const logger = new MemoryLogger();
const market: MarketEvent[] = [];
const account: VenueEvent[] = [];

beforeAll(async () => {
  venue = await startVenueProcess(['--port', '0', '--seed', '7', '--speed', String(SPEED), '--symbols', '6']);
  const { serverTime } = (await (await fetch(`${venue.url}/fapi/v1/time`)).json()) as { readonly serverTime: number };
  clock = createFollowingClock({ engineTime: serverTime, readAt: performance.now(), speed: SPEED });
  const endpoints = venueEndpoints(venue.url);
  const created = createBinanceExchange({
    market: endpoints,
    trading: endpoints,
    credentials: { apiKey: new Secret('paper-key'), apiSecret: new Secret('paper-secret') },
    proxyUrl: null,
    settings: defaultSettings,
    clock,
    logger,
    archive: new MemoryArchive(),
  });
  if (!created.ok) throw new Error(created.error);
  exchange = created.value;
  void exchange.feed.start((event) => void market.push(event));
  await eventually('six markets', () => market.filter(({ kind }) => kind === 'symbol-ready').length >= 6, 30_000);
  const started = await exchange.execution.start((event) => void account.push(event));
  if (!started.ok) throw new Error(started.error.uiMessage);
  await eventually('the account stream', () => exchange.execution.status().userStream === 'connected');
});

afterAll(async () => {
  await exchange.execution.stop();
  await exchange.feed.stop();
  await venue.stop();
});

function first(): { readonly instrument: Instrument; readonly price: number } {
  const event = market.find((entry) => entry.kind === 'instruments');
  const instrument = event?.kind === 'instruments' ? event.instruments[0] : undefined;
  if (instrument === undefined) throw new Error('no instrument');
  const prices = market.flatMap((entry) => (entry.kind === 'prices' ? entry.prices : [])).filter(({ symbol }) => symbol === instrument.symbol);
  return { instrument, price: prices.at(-1)?.mark ?? 0 };
}

async function stateOf(fundingSince?: EpochMs): Promise<VenueState> {
  const since = fundingSince === undefined ? {} : { fundingSince };
  const read = await exchange.execution.fetchState({ scope: 'account', symbols: [], fillsSince: epochMs(clock.now()), ...since });
  if (!read.ok) throw new Error(read.error.uiMessage);
  return read.value;
}

function statusesOf(clientOrderId: string): readonly string[] {
  return account.flatMap((event) => (event.kind === 'order' && event.report.clientOrderId === clientOrderId ? [event.report.status] : []));
}

describe('the client and the local venue', () => {
  it('prices and five-minute candles arrive, closed ones without a gap', async () => {
    const { symbol } = first().instrument;
    await eventually('two closed candles', () => market.filter((event) => event.kind === 'candle-closed' && event.symbol === symbol).length >= 2, 40_000);
    const times: number[] = [];
    for (const event of market) {
      if (event.kind === 'history' && event.symbol === symbol && event.timeframe === '5m')
        times.splice(0, times.length, ...event.candles.map(({ openTime }) => openTime));
      if (event.kind === 'candle-closed' && event.symbol === symbol) times.push(event.candle.openTime);
    }
    expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 300_000)).toBe(true);
  });

  it('a resting entry is changed: the answer and the event have the new price, and no second change is needed', async () => {
    const { instrument, price } = first();
    const { symbol } = instrument;
    const { execution } = exchange;
    expect(await execution.prepareSymbol({ symbol, leverage: 5, marginType: 'isolated' })).toEqual({ ok: true, value: null });
    const worth = (1.5 * moneyToUsdt(instrument.minNotional)) / (price * 0.93) / instrument.stepUnits;
    const size = lots(Math.max(instrument.minLots, Math.ceil(worth * 10 ** instrument.quantityScale)));
    const entry = intentOf({
      symbol,
      clientOrderId: 'pt-v-amended',
      lots: size,
      kind: 'limit',
      price: nearestTick(instrument, price * 0.95),
      positionSide: 'BOTH',
    });
    expect(await execution.submit(entry)).toMatchObject({ ok: true, value: { status: 'resting' } });
    const change = { symbol, clientOrderId: entry.clientOrderId, side: entry.side, lots: size, price: nearestTick(instrument, price * 0.94) };
    expect(await execution.amendOrder(change)).toMatchObject({ ok: true, value: { status: 'resting', price: change.price, lots: size } });
    await eventually('the event', () =>
      account.some((event) => event.kind === 'order' && event.report.clientOrderId === entry.clientOrderId && event.report.price === change.price),
    );
    expect(await execution.amendOrder(change)).toMatchObject({ ok: false, error: { venueCode: -5027, outcome: 'not_executed' } });
    expect(await execution.cancel({ symbol, clientOrderId: entry.clientOrderId, conditional: false })).toEqual({ ok: true, value: null });
    expect(await execution.amendOrder(change)).toMatchObject({ ok: false, error: { venueCode: -2013 } });
  });

  it('an entry is filled, protected, queried, closed, and its protection cancelled', async () => {
    const { instrument, price } = first();
    const { symbol } = instrument;
    const { execution } = exchange;
    expect(await execution.prepareSymbol({ symbol, leverage: 5, marginType: 'isolated' })).toEqual({ ok: true, value: null });
    const size = lots(
      Math.max(
        instrument.marketMinLots,
        Math.ceil(((1.2 * moneyToUsdt(instrument.minNotional)) / price / instrument.stepUnits) * 10 ** instrument.quantityScale),
      ),
    );
    const entry = intentOf({ symbol, clientOrderId: 'pt-v-entry', lots: size });
    const sent = await execution.submit(entry);
    expect(sent).toMatchObject({ ok: true, value: { clientOrderId: 'pt-v-entry' } });
    await eventually('the fill', () => account.some((event) => event.kind === 'order' && event.fill?.clientOrderId === 'pt-v-entry'));
    await eventually('the end of the entry', () => statusesOf('pt-v-entry').includes('filled'));

    const stop = intentOf({
      symbol,
      clientOrderId: 'pt-v-stop',
      purpose: 'stop',
      kind: 'stop_market',
      side: 'SELL',
      lots: lots(0),
      trigger: nearestTick(instrument, price * 0.8),
      closePosition: true,
    });
    expect((await execution.submit(stop)).ok).toBe(true);
    const resting = await execution.query({ symbol, clientOrderId: 'pt-v-stop', conditional: true });
    expect(resting.ok && resting.value).toMatchObject({ status: 'resting', conditional: true, closePosition: true, purpose: 'stop' });

    const state = await execution.fetchState({ scope: 'account', symbols: [symbol], fillsSince: epochMs(0) });
    expect(state.ok && state.value.positions.map((position) => [position.symbol, position.lots, position.leverage, position.isolated])).toEqual([
      [symbol, size, 5, true],
    ]);
    expect(state.ok && state.value.orders.map(({ clientOrderId }) => clientOrderId)).toEqual(['pt-v-stop']);
    expect(state.ok && state.value.fills.reduce((sum, fill) => sum + fill.lots, 0)).toBe(size);
    const ofSymbol = await execution.fetchState({ scope: 'symbols', symbols: [symbol], fillsSince: epochMs(0) });
    const { time: _read, account: _money, positions: _marked, ...same } = state.ok ? state.value : {};
    expect(ofSymbol).toMatchObject({ ok: true, value: { ...same, scope: 'symbols', positions: [{ symbol, lots: size }] } });
    const listed = market.find((entry) => entry.kind === 'instruments');
    const other = (listed?.kind === 'instruments' ? listed.instruments : []).find((candidate) => candidate.symbol !== symbol)?.symbol ?? '';
    const ofOther = await execution.fetchState({ scope: 'symbols', symbols: [other], fillsSince: epochMs(0) });
    expect(ofOther).toMatchObject({ ok: true, value: { scope: 'symbols', symbols: [other], positions: [], orders: [], fills: [] } });

    expect((await execution.submit(intentOf({ symbol, clientOrderId: 'pt-v-close', purpose: 'close', side: 'SELL', lots: size, reduceOnly: true }))).ok).toBe(
      true,
    );
    await eventually('the close', () => statusesOf('pt-v-close').includes('filled'));
    const cancelled = await execution.cancel({ symbol, clientOrderId: 'pt-v-stop', conditional: true });
    // The venue may already have expired the stop when the position closed.
    if (!cancelled.ok) expect(cancelled.error.venueCode).toBe(-2011);
    const after = await execution.fetchState({ scope: 'account', symbols: [symbol], fillsSince: epochMs(0) });
    expect(after.ok && [after.value.positions.length, after.value.orders.length]).toEqual([0, 0]);
  });

  it('an order the venue never saw is "no such order"', async () => {
    const { symbol } = first().instrument;
    for (const conditional of [true, false])
      expect(await exchange.execution.query({ symbol, clientOrderId: 'pt-never', conditional })).toEqual({ ok: true, value: null });
  });

  it('nothing of the venue was misunderstood, and no call was refused for its rate', () => {
    const status = exchange.execution.status();
    expect(status.malformed).toEqual({});
    expect(account.flatMap((event) => (event.kind === 'resync-needed' ? [event.why] : []))).toEqual(['the account stream is connected']);
    expect(status.breaker).toBe('normal');
    expect(logger.text).not.toMatch(/asked for a pause|banned/);
    expect(Math.abs(status.clockOffsetMs)).toBeLessThan(5000 * SPEED);
  });
});

describe('funding of cross positions', () => {
  const control = async (change: Readonly<Record<string, unknown>>): Promise<void> => {
    const response = await fetch(`${venue.url}/venue/clock`, { method: 'POST', headers: { 'X-MBX-APIKEY': 'paper-key' }, body: JSON.stringify(change) });
    const { serverTime } = (await response.json()) as { readonly serverTime: number };
    clock.adopt({ engineTime: serverTime, readAt: performance.now(), speed: SPEED });
  };

  it('comes without a symbol and reaches each of them, as the income history books it', async () => {
    const listed = market.find((entry) => entry.kind === 'instruments');
    const instruments = (listed?.kind === 'instruments' ? listed.instruments : []).slice(0, 2);
    const prices = market.flatMap((entry) => (entry.kind === 'prices' ? entry.prices : []));
    for (const { symbol, stepUnits, quantityScale } of instruments) {
      await exchange.execution.prepareSymbol({ symbol, leverage: 5, marginType: 'cross' });
      const price = prices.findLast((entry) => entry.symbol === symbol)?.mark ?? 1;
      const size = lots(Math.ceil((600 / price / stepUnits) * 10 ** quantityScale));
      expect((await exchange.execution.submit(intentOf({ symbol, clientOrderId: `pt-f-${symbol}`, lots: size, leverage: 5 }))).ok).toBe(true);
    }
    await eventually('both positions', () => instruments.every(({ symbol }) => statusesOf(`pt-f-${symbol}`).includes('filled')));
    const next = prices.at(-1)?.nextFundingTime ?? 0;
    await control({ stepMs: Math.max(0, next - clock.now() - 60_000) });
    const payments = (): readonly (readonly [string | undefined, number])[] =>
      account.flatMap((event) => (event.kind === 'account' && event.funding !== 0 ? [[event.fundingSymbol, event.funding] as const] : []));
    await eventually('both payments', () => payments().length >= 2, 20_000);
    const wanted = instruments.map(({ symbol }) => symbol);
    expect(new Set(payments().map(([symbol]) => symbol))).toEqual(new Set(wanted));
    expect(logger.text).not.toContain('could not be assigned');
  });

  it('of both legs of a hedge account are two payments, each of its leg, told and read', async () => {
    const { symbol } = first().instrument;
    const held = await stateOf();
    for (const [index, position] of held.positions.entries())
      await exchange.execution.submit(
        intentOf({ symbol: position.symbol, clientOrderId: `pt-h-flat${index}`, purpose: 'close', side: 'SELL', lots: lots(position.lots), reduceOnly: true }),
      );
    await eventually('a flat account', () => held.positions.every((_, index) => statusesOf(`pt-h-flat${index}`).includes('filled')));
    const client = new USDMClient({ api_key: 'paper-key', api_secret: 'paper-secret', baseUrl: venue.url, recvWindow: 60_000, disableTimeSync: true });
    client.setTimeOffset(clock.now() - Date.now());
    await client.setPositionMode({ dualSidePosition: 'true' });
    // The first order meets the mode that was read before; the mode is read again.
    expect((await exchange.execution.submit(intentOf({ symbol, clientOrderId: 'pt-h-old' }))).ok).toBe(false);
    const size = lots(held.positions[0]?.lots ?? 0);
    for (const [side, positionSide] of [
      ['BUY', 'LONG'],
      ['SELL', 'SHORT'],
    ] as const)
      expect(await exchange.execution.submit(intentOf({ symbol, clientOrderId: `pt-h-${positionSide}`, side, positionSide, lots: size }))).toMatchObject({
        ok: true,
      });
    await eventually('both legs', () => ['LONG', 'SHORT'].every((leg) => statusesOf(`pt-h-${leg}`).includes('filled')));
    const since = epochMs(clock.now());
    const from = account.length;
    const next = market.flatMap((entry) => (entry.kind === 'prices' ? entry.prices : [])).at(-1)?.nextFundingTime ?? 0;
    await control({ stepMs: Math.max(0, next - clock.now() - 60_000) });
    const legs = (): readonly (readonly [string | undefined, number])[] =>
      account.slice(from).flatMap((event) => (event.kind === 'account' && event.funding !== 0 ? [[event.fundingSide, Math.sign(event.funding)] as const] : []));
    await eventually('both payments', () => legs().length >= 2, 20_000);
    const [long, short] = ['LONG', 'SHORT'].map((leg) => legs().find(([side]) => side === leg)?.[1]);
    expect([Math.abs(long ?? 0), long]).toEqual([1, -(short ?? 0)]);
    const { funding } = await stateOf(since);
    expect(Object.fromEntries((funding ?? []).map(({ positionSide, amount }) => [positionSide, Math.sign(amount)]))).toEqual({ LONG: long, SHORT: short });
    expect(new Set(funding?.map(({ id }) => id)).size).toBe(2);
  });
});
