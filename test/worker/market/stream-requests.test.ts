// What clients of others do on the streams: subscribe a listen key, count closed candles of every interval, follow trade ids, change the speed.
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../support/terminal.ts';
import { KEY, openVenue, type Fixture, type Heard } from './support/venue.ts';

let fixture: Fixture | null = null;
const open = async (change: Parameters<typeof openVenue>[0] = {}): Promise<Fixture> => (fixture = await openVenue(change));

afterEach(async () => {
  await fixture?.close();
  fixture = null;
});

async function listenKeyOf({ base }: Fixture): Promise<string> {
  const answer = await fetch(`${base}/fapi/v1/listenKey`, { method: 'POST', headers: { 'X-MBX-APIKEY': KEY } });
  return ((await answer.json()) as { readonly listenKey: string }).listenKey;
}

interface Kline {
  readonly i: string;
  readonly t: number;
  readonly x: boolean;
  readonly o: string;
  readonly h: string;
  readonly l: string;
  readonly c: string;
}

/** Closed candles a socket heard of an interval, in the order they came. */
function closedOf(heard: Heard, interval: string): readonly Kline[] {
  return heard.frames.flatMap((frame) => {
    const kline = (frame['data'] as { readonly k?: Kline } | undefined)?.k;
    return kline?.i === interval && kline.x ? [kline] : [];
  });
}

describe('the private door', () => {
  it('takes a listen key by SUBSCRIBE, as the official connector sends it, lists it, and falls silent after UNSUBSCRIBE', async () => {
    const venue = await open();
    const key = await listenKeyOf(venue);
    const user = await venue.open('/private/stream?streams=');
    user.send({ method: 'SUBSCRIBE', params: [key], id: 7 });
    expect(await user.find('the reply', (frame) => frame['id'] === 7)).toEqual({ result: null, id: 7 });
    user.send({ method: 'LIST_SUBSCRIPTIONS', id: 8 });
    expect(await user.find('the list', (frame) => frame['id'] === 8)).toEqual({ result: [key], id: 8 });
    await venue.signed('POST', '/fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: 7 });
    const event = await user.find('the event', (frame) => frame['stream'] === key);
    expect(event['data']).toMatchObject({ e: 'ACCOUNT_CONFIG_UPDATE', ac: { s: 'ETHUSDT', l: 7 } });
    user.send({ method: 'UNSUBSCRIBE', params: [key], id: 9 });
    await user.find('the last reply', (frame) => frame['id'] === 9);
    await venue.signed('POST', '/fapi/v1/leverage', { symbol: 'ETHUSDT', leverage: 8 });
    user.send({ method: 'LIST_SUBSCRIPTIONS', id: 10 });
    expect(await user.find('nothing in between', (frame) => frame['id'] === 10)).toEqual({ result: [], id: 10 });
    expect(user.frames.filter((frame) => frame['stream'] === key)).toHaveLength(1);
  });

  it('is closed by an eleventh message within a second, like the others', async () => {
    const venue = await open();
    const user = await venue.open(`/private/ws/${await listenKeyOf(venue)}`);
    for (let id = 1; id <= 11; id += 1) user.send({ method: 'LIST_SUBSCRIPTIONS', id });
    await until('the connection ends', () => Promise.resolve(user.closed() ? true : null));
  });

  it('gives and ends its key over the WebSocket API too', async () => {
    const venue = await open();
    const api = await venue.open('/ws-fapi/v1');
    const ask = async (id: number, method: string, apiKey: string): Promise<unknown> => {
      api.send({ id, method, params: { apiKey } });
      return api.find(method, (frame) => frame['id'] === id);
    };
    expect(await ask(1, 'userDataStream.start', 'another-key')).toMatchObject({ status: 401, error: { code: -2015 } });
    const key = await listenKeyOf(venue);
    expect(await ask(2, 'userDataStream.start', KEY)).toMatchObject({ status: 200, result: { listenKey: key } });
    expect(await ask(3, 'userDataStream.ping', KEY)).toMatchObject({ status: 200, result: { listenKey: key } });
    expect(await ask(4, 'userDataStream.stop', KEY)).toMatchObject({ status: 200, result: {} });
    expect(await ask(5, 'userDataStream.ping', KEY)).toMatchObject({ error: { code: -1125 } });
  });
});

describe('closed candles', () => {
  it('come once each, in order, for every interval, also when time jumps over many of them, and equal what klines says', async () => {
    const venue = await open();
    await venue.control('POST', '/venue/clock', { paused: true });
    const intervals: readonly (readonly [name: string, minutes: number])[] = [
      ['1m', 1],
      ['3m', 3],
      ['5m', 5],
      ['15m', 15],
    ];
    const heard = await venue.open(`/market/stream?streams=${intervals.map(([name]) => `ethusdt@kline_${name}`).join('/')}`);
    heard.send({ method: 'LIST_SUBSCRIPTIONS', id: 1 });
    await heard.find('the connection', (frame) => frame['id'] === 1);
    for (const stepMs of [90_000, 210_000, 45 * 60_000]) await venue.control('POST', '/venue/clock', { stepMs });
    await until('the newest candle', () => Promise.resolve(closedOf(heard, '1m').length >= 50 ? true : null));
    for (const [name, minutes] of intervals) {
      const closed = closedOf(heard, name);
      const first = closed[0]?.t ?? 0;
      expect(closed).toHaveLength(Math.floor(50 / minutes));
      expect(closed.map(({ t }) => (t - first) / 60_000)).toEqual(closed.map((_, index) => index * minutes));
      const rows = (await venue.get('/fapi/v1/klines', `symbol=ETHUSDT&interval=${name}&startTime=${first}&limit=${closed.length}`)).body;
      expect(closed.map(({ t, o, h, l, c }) => [t, o, h, l, c])).toEqual((rows as readonly (readonly unknown[])[]).map((row) => row.slice(0, 5)));
    }
  });
});

describe('what comes once a second', () => {
  it('follows a speed that is changed while the venue runs', async () => {
    const venue = await open({ speed: 100 });
    const heard = await venue.open('/market/ws/!markPrice@arr@1s');
    const marks = (): number => heard.frames.length;
    await until('a quick venue', () => Promise.resolve(marks() >= 8 ? true : null));
    await venue.control('POST', '/venue/clock', { speed: 1 });
    const timesOf = (from: number): readonly number[] => {
      const frames = heard.frames.slice(from) as unknown as readonly (readonly { readonly E: number }[])[];
      return [...new Set(frames.map((frame) => frame[0]?.E ?? 0))];
    };
    const from = marks();
    const times = await until('a quiet one', () => Promise.resolve(timesOf(from).length >= 4 ? timesOf(from) : null), 20_000);
    const gaps = times.slice(2).map((time, index) => time - (times[index + 1] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(700);
  });
});

describe('trades', () => {
  it('of one symbol are numbered without a hole, so that a client can see a lost one', async () => {
    const venue = await open({ speed: 1000 });
    const rows = await until('trades', async () => {
      const body = (await venue.get('/fapi/v1/aggTrades', 'symbol=ETHUSDT&limit=100')).body as readonly { readonly a: number }[];
      return body.length >= 100 ? body : null;
    });
    const first = rows[0]?.a ?? 0;
    expect(rows.map(({ a }) => a)).toEqual(rows.map((_, index) => first + index));
  });
});
