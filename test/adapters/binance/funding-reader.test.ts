// Funding reaches the position it belongs to: at once where the stream names it, else from the income history, each payment once.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { USER_STREAM_TIMES } from '../../../src-main/adapters/binance/user-stream.ts';
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { VenueEvent, VenueState } from '../../../src-main/core/ports.ts';
import { eventually } from './support/bench.ts';
import { TinyExchange } from './support/tiny-exchange.ts';
import { serveAccount } from './support/tiny-routes.ts';
import { venueBench, type VenueBench } from './support/venue-bench.ts';

let exchange: TinyExchange;
let bench: VenueBench;
beforeEach(async () => {
  exchange = await new TinyExchange().start();
  serveAccount(exchange);
});
afterEach(async () => {
  await bench.venue.stop();
  await exchange.stop();
});

const HOUR = 3_600_000;
const settlement = Math.floor(Date.now() / HOUR) * HOUR;

async function connect(fundingMs: readonly number[] = [20, 20, 20, 20]): Promise<void> {
  bench = venueBench(exchange.url, { venue: { streamTimes: { ...USER_STREAM_TIMES, firstPauseMs: 20, longestPauseMs: 40, fundingMs } } });
  await bench.start();
  await eventually('the stream', () => bench.venue.status().userStream === 'connected');
}

const fundingEvent = (change: string, parts: Readonly<Record<string, unknown>> = {}): unknown => ({
  e: 'ACCOUNT_UPDATE',
  E: settlement + 500,
  T: settlement + 400,
  a: { m: 'FUNDING_FEE', B: [{ a: 'USDT', wb: '990', cw: '990', bc: change }], ...parts },
});
const payment = (symbol: string, income: string, tranId: number, time = settlement): unknown => ({
  symbol,
  income,
  asset: 'USDT',
  incomeType: 'FUNDING_FEE',
  info: 'FUNDING_FEE',
  time,
  tranId,
  tradeId: '',
});

type Account = Extract<VenueEvent, { kind: 'account' }>;
const payments = (): readonly (readonly [string | undefined, number])[] =>
  bench.events.flatMap((event) => (event.kind === 'account' && event.funding !== 0 ? [[event.fundingSymbol, event.funding / 1e8] as const] : []));
const wallets = (): readonly (number | null)[] => bench.events.flatMap((event) => (event.kind === 'account' ? [(event as Account).wallet] : []));

describe('funding', () => {
  it('of an isolated position is told at once and never again', async () => {
    await connect();
    const position = { s: 'BTCUSDT', pa: '0.005', ep: '100', up: '0', ps: 'BOTH', mt: 'isolated', iw: '1' };
    exchange.script('GET /fapi/v1/income', { body: [payment('BTCUSDT', '-1.5', 1), payment('ETHUSDT', '-2', 2)] });
    exchange.push(fundingEvent('-1.5', { P: [position] }), /private/);
    exchange.push(fundingEvent('-2'), /private/);
    await eventually('both', () => payments().length === 2);
    expect(payments()).toEqual([
      ['BTCUSDT', -1.5],
      ['ETHUSDT', -2],
    ]);
  });

  it('of a cross position whose symbol the event names needs no question', async () => {
    await connect();
    exchange.push(fundingEvent('-3', { S: 'BTCUSDT' }), /private/);
    await eventually('the payment', () => payments().length === 1);
    await new Promise((resume) => setTimeout(resume, 60));
    expect([payments(), exchange.calls('GET /fapi/v1/income').length]).toEqual([[['BTCUSDT', -3]], 0]);
  });

  it('of cross positions is read once for a burst and told per symbol; the wallet is told at once', async () => {
    exchange.script('GET /fapi/v1/income', { body: [payment('BTCUSDT', '-1.25000001', 1), payment('ETHUSDT', '0.5', 2)] });
    await connect();
    exchange.push(fundingEvent('-1.25000001'), /private/);
    exchange.push(fundingEvent('0.5'), /private/);
    await eventually('both', () => payments().length === 2);
    expect(payments()).toEqual([
      ['BTCUSDT', -1.25000001],
      ['ETHUSDT', 0.5],
    ]);
    expect(wallets()).toEqual([99_000_000_000, 99_000_000_000, null, null]);
    const [asked, again] = exchange.calls('GET /fapi/v1/income');
    expect([asked?.query.get('incomeType'), asked?.query.has('symbol'), again]).toEqual(['FUNDING_FEE', false, undefined]);
  });

  it('a history that is behind, or an answer that cannot be read, is asked again until the sum is explained', async () => {
    exchange.script(
      'GET /fapi/v1/income',
      { body: [] },
      { body: [{ symbol: 'BTCUSDT', income: 'much' }] },
      { body: [payment('BTCUSDT', '-1', 1)] },
      { body: [payment('BTCUSDT', '-1', 1), payment('ETHUSDT', '-2', 2)] },
    );
    await connect();
    exchange.push(fundingEvent('-3'), /private/);
    await eventually('both', () => payments().length === 2);
    await new Promise((resume) => setTimeout(resume, 80));
    expect(payments()).toEqual([
      ['BTCUSDT', -1],
      ['ETHUSDT', -2],
    ]);
    expect(exchange.calls('GET /fapi/v1/income')).toHaveLength(4);
  });

  it('what nobody can explain is said once and never guessed', async () => {
    await connect([10, 10]);
    exchange.push(fundingEvent('-3'), /private/);
    await eventually('the sentence', () => bench.logger.text.includes('Funding of -3 USDT could not be assigned to a position'));
    expect([payments(), exchange.calls('GET /fapi/v1/income').length]).toEqual([[], 2]);
  });

  it('paid while the stream was down is read after the reconnection, when an hour has passed', async () => {
    await connect();
    exchange.sockets[0]?.socket.terminate();
    await eventually('the second connection', () => exchange.sockets.length === 2);
    await new Promise((resume) => setTimeout(resume, 60));
    expect(exchange.calls('GET /fapi/v1/income'), 'no settlement can have been missed').toHaveLength(0);
    exchange.script('GET /fapi/v1/income', { body: [payment('BTCUSDT', '-7', 9, settlement + HOUR)] });
    exchange.on('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() + HOUR } }));
    await bench.gateway.syncClock();
    exchange.sockets[1]?.socket.terminate();
    await eventually('the payment', () => payments().length === 1);
    expect(payments()).toEqual([['BTCUSDT', -7]]);
  });
});

describe('funding of both legs of a hedge account', () => {
  it('is told leg by leg: the settled rate says which of them paid', async () => {
    exchange.on('GET /fapi/v1/fundingRate', () => ({ body: [{ symbol: 'BTCUSDT', fundingRate: '-0.00010000', fundingTime: settlement, markPrice: '1' }] }));
    exchange.script('GET /fapi/v1/income', { body: [payment('BTCUSDT', '1.5', 1), payment('BTCUSDT', '-0.5', 2)] });
    await connect();
    exchange.push(fundingEvent('1.5'), /private/);
    exchange.push(fundingEvent('-0.5'), /private/);
    await eventually('both', () => payments().length === 2);
    expect(
      bench.events.flatMap((event) => (event.kind === 'account' && event.funding !== 0 ? [[event.fundingId, event.fundingSide, event.funding / 1e8]] : [])),
    ).toEqual([
      ['1', 'LONG', 1.5],
      ['2', 'SHORT', -0.5],
    ]);
  });

  it('without a rate stays two payments, of no leg in particular', async () => {
    exchange.script('GET /fapi/v1/income', { body: [payment('BTCUSDT', '1.5', 1), payment('BTCUSDT', '-0.5', 2)] });
    exchange.on('GET /fapi/v1/fundingRate', () => ({ body: [] }));
    await connect();
    exchange.push(fundingEvent('1'), /private/);
    await eventually('both', () => payments().length === 2);
    expect(bench.events.flatMap((event) => (event.kind === 'account' && event.funding !== 0 ? [event.fundingSide] : []))).toEqual([undefined, undefined]);
  });
});

describe('funding paid while nobody ran', () => {
  const since = epochMs(settlement - 20 * HOUR);
  const state = async (fundingSince?: EpochMs): Promise<VenueState> => {
    const request = { scope: 'account', symbols: [], fillsSince: since, ...(fundingSince === undefined ? {} : { fundingSince }) } as const;
    const read = await bench.venue.fetchState(request);
    if (!read.ok) throw new Error(read.error.uiMessage);
    return read.value;
  };

  it('comes with the account when it is asked for: since that time, page after page, each payment once', async () => {
    const page = Array.from({ length: 1000 }, (_, index) => payment('BTCUSDT', '-0.001', index, since + Math.floor(index / 100) * HOUR));
    const seen: (string | null)[] = [];
    exchange.on('GET /fapi/v1/income', ({ query }) => {
      seen.push(query.get('startTime'));
      return { body: seen.length === 1 ? page : [page.at(-1), payment('ETHUSDT', '-2', 5000, settlement)] };
    });
    exchange.on('GET /fapi/v1/fundingRate', () => ({ body: [] }));
    await connect();
    const { funding } = await state(since);
    expect([funding?.length, new Set(funding?.map(({ id, symbol }) => `${symbol} ${id}`)).size]).toEqual([1001, 1001]);
    expect(funding?.at(-1)).toEqual({ id: '5000', symbol: 'ETHUSDT', positionSide: null, amount: -2e8, time: settlement });
    expect(seen).toEqual([String(since), String(since + 9 * HOUR)]);
  });

  it('of weeks is read week by week, because an answer may end after seven days', async () => {
    const weeks: (string | null)[][] = [];
    exchange.on('GET /fapi/v1/income', ({ query }) => {
      weeks.push([query.get('startTime'), query.get('endTime')]);
      return { body: [payment('BTCUSDT', '-1', weeks.length, Number(query.get('startTime')))] };
    });
    await connect();
    const from = settlement - 16 * 24 * HOUR;
    const { funding } = await state(epochMs(from));
    const week = 7 * 24 * HOUR;
    expect(weeks).toEqual([
      [String(from), String(from + week - 1)],
      [String(from + week), String(from + 2 * week - 1)],
      [String(from + 2 * week), null],
    ]);
    expect(funding?.map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('is not asked for otherwise, and when it cannot be read the comparison stands without it', async () => {
    await connect();
    expect([(await state()).funding, exchange.calls('GET /fapi/v1/income').length]).toEqual([undefined, 0]);
    exchange.script('GET /fapi/v1/income', { status: 400, body: { code: -1102, msg: 'no' } });
    expect((await state(since)).funding).toBeUndefined();
  });
});
