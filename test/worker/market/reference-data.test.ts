// Candles of mark price, index and premium, and the statistics of `/futures/data`: consistent with what the venue says elsewhere.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVenue, type Fixture } from './support/venue.ts';

type Row = readonly (string | number)[];
type Fields = Readonly<Record<string, string & number>>;

const NOON = Date.UTC(2026, 0, 22, 12);
const SYMBOL = 'symbol=ETHUSDT';

describe('reference prices as candles, and statistics', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await openVenue();
    await fixture.control('POST', '/venue/clock', { paused: true });
  });
  afterAll(() => fixture.close());

  const rows = async (path: string, query: string): Promise<readonly Row[]> => (await fixture.get(`/fapi/v1/${path}`, query)).body as readonly Row[];
  const statistics = async (name: string, query: string): Promise<readonly Fields[]> =>
    (await fixture.get(`/futures/data/${name}`, query)).body as readonly Fields[];

  it.each([
    ['markPriceKlines', SYMBOL],
    ['indexPriceKlines', 'pair=ETHUSDT'],
    ['premiumIndexKlines', SYMBOL],
  ])('%s: twelve fields, each opens where the one before closed, five minutes are the five minutes in it', async (path, named) => {
    const five = await rows(path, `${named}&interval=5m&limit=50`);
    expect(five).toHaveLength(50);
    for (const [index, row] of five.entries()) {
      expect(row).toHaveLength(12);
      const [open, high, low, close] = row.slice(1, 5).map(Number) as [number, number, number, number];
      expect(high).toBeGreaterThanOrEqual(Math.max(open, close));
      expect(low).toBeLessThanOrEqual(Math.min(open, close));
      const before = five[index - 1];
      if (before !== undefined) expect([row[0], row[1]]).toEqual([Number(before[0]) + 300_000, before[4]]);
    }
    const last = five.at(-2) as Row;
    const minutes = await rows(path, `${named}&interval=1m&startTime=${last[0] ?? 0}&limit=5`);
    expect(minutes.map((row) => Number(row[0]) - Number(last[0]))).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
    expect([minutes[0]?.[1], minutes[4]?.[4]]).toEqual([last[1], last[4]]);
    expect(Math.max(...minutes.map((row) => Number(row[2])))).toBeCloseTo(Number(last[2]), 7);
    expect(Math.min(...minutes.map((row) => Number(row[3])))).toBeCloseTo(Number(last[3]), 7);
    const hours = await rows(path, `${named}&interval=1h&endTime=${NOON - 1}&limit=3`);
    const parts = await rows(path, `${named}&interval=5m&startTime=${NOON - 3_600_000}&limit=12`);
    expect(hours.at(-1)?.slice(0, 5)).toEqual([
      NOON - 3_600_000,
      parts[0]?.[1],
      Math.max(...parts.map((row) => Number(row[2]))).toFixed(8),
      Math.min(...parts.map((row) => Number(row[3]))).toFixed(8),
      parts.at(-1)?.[4],
    ]);
  });

  it('the unfinished candle ends at the mark and index of now, and knows nothing of what is to come', async () => {
    const now = (await fixture.get('/fapi/v1/premiumIndex', SYMBOL)).body as Fields;
    const mark = (await rows('markPriceKlines', `${SYMBOL}&interval=1m&limit=1`))[0] as Row;
    const index = (await rows('indexPriceKlines', 'pair=ETHUSDT&interval=1m&limit=1'))[0] as Row;
    expect(Number(mark[4]) / Number(now['markPrice'])).toBeCloseTo(1, 4);
    // The index of now is that of the newest point of the path, up to twelve seconds old.
    expect(Number(index[4]) / Number(now['indexPrice'])).toBeCloseTo(1, 3);
    expect(mark[0]).toBe(NOON);
    // A mark price is taken every second, and half a minute is over; a premium every five seconds.
    expect(mark[8]).toBeGreaterThanOrEqual(30);
    expect(mark[8]).toBeLessThan(60);
    const premium = await rows('premiumIndexKlines', `${SYMBOL}&interval=5m&limit=2`);
    expect(premium[0]?.[8]).toBe(60);
    expect(mark.slice(5)).toEqual(['0', NOON + 59_999, '0', mark[8], '0', '0', '0']);
  });

  it('a candle the venue no longer knows wholly is left out', async () => {
    const weeks = await rows('markPriceKlines', `${SYMBOL}&interval=1w&limit=10`);
    const days = await rows('markPriceKlines', `${SYMBOL}&interval=1d&limit=10`);
    expect(days.length).toBeGreaterThanOrEqual(5);
    expect(weeks.every((row) => Number(row[0]) >= Number(days[0]?.[0]))).toBe(true);
  });

  it('refuses an unknown interval, symbol and pair as the exchange does', async () => {
    expect((await fixture.get('/fapi/v1/markPriceKlines', `${SYMBOL}&interval=7m`)).body).toMatchObject({ code: -1120 });
    expect((await fixture.get('/fapi/v1/premiumIndexKlines', 'symbol=NOPEUSDT&interval=5m')).body).toMatchObject({ code: -1121 });
    expect((await fixture.get('/fapi/v1/indexPriceKlines', `${SYMBOL}&interval=5m`)).body).toMatchObject({ code: -1102 });
  });

  it('open interest: the newest row is the open interest of now, thirty rows unless told', async () => {
    const history = await statistics('openInterestHist', `${SYMBOL}&period=5m`);
    const now = (await fixture.get('/fapi/v1/openInterest', SYMBOL)).body as Fields;
    expect(history).toHaveLength(30);
    expect(history.at(-1)?.['timestamp']).toBe(NOON);
    expect(Number(history.at(-1)?.['sumOpenInterest'])).toBeCloseTo(Number(now['openInterest']), 2);
    const [candle] = (await rows('klines', `${SYMBOL}&interval=5m&limit=2`)) as [Row];
    expect(Number(history.at(-1)?.['sumOpenInterestValue'])).toBeCloseTo(Number(history.at(-1)?.['sumOpenInterest']) * Number(candle[4]), 3);
  });

  it('taker volume is that of the candles; longs and shorts add up; basis is price less index', async () => {
    const taker = await statistics('takerlongshortRatio', `${SYMBOL}&period=1h&limit=4`);
    const candles = await rows('klines', `${SYMBOL}&interval=1h&limit=5`);
    expect(taker.map((row) => [Number(row['buyVol']), row['timestamp']])).toEqual(candles.slice(0, 4).map((row) => [Number(row[9]), Number(row[6]) + 1]));
    for (const name of ['globalLongShortAccountRatio', 'topLongShortAccountRatio', 'topLongShortPositionRatio'])
      for (const row of await statistics(name, `${SYMBOL}&period=15m&limit=500`)) {
        expect(Number(row['longAccount']) + Number(row['shortAccount'])).toBeCloseTo(1, 3);
        expect(Number(row['longShortRatio'])).toBeCloseTo(Number(row['longAccount']) / Number(row['shortAccount']), 2);
      }
    const basis = await statistics('basis', 'pair=ETHUSDT&contractType=PERPETUAL&period=5m&limit=10');
    expect(basis).toHaveLength(10);
    for (const row of basis) expect(Number(row['basis'])).toBeCloseTo(Number(row['futuresPrice']) - Number(row['indexPrice']), 6);
    expect(await statistics('basis', 'pair=ETHUSDT&contractType=CURRENT_QUARTER&period=5m')).toEqual([]);
  });

  it('statistics have a window, a month of memory, and pages that go forward from a start', async () => {
    const from = NOON - 3_600_000;
    const forward = await statistics('openInterestHist', `${SYMBOL}&period=5m&startTime=${from}&limit=3`);
    expect(forward.map((row) => row['timestamp'])).toEqual([from, from + 300_000, from + 600_000]);
    const until = await statistics('openInterestHist', `${SYMBOL}&period=5m&endTime=${from}&limit=2`);
    expect(until.map((row) => row['timestamp'])).toEqual([from - 300_000, from]);
    const refused = [
      `${SYMBOL}&period=7m`,
      `${SYMBOL}&period=5m&limit=501`,
      `${SYMBOL}&period=5m&startTime=${NOON - 31 * 86_400_000}`,
      'symbol=NOPEUSDT&period=5m',
      'period=5m',
    ];
    const codes = await Promise.all(
      refused.map(async (query) => (await fixture.get('/futures/data/openInterestHist', query)).body as { readonly code: number }),
    );
    expect(codes.map((body) => body.code)).toEqual([-1130, -1130, -1130, -1121, -1102]);
  });

  it('cost no weight, but a thousand calls in five minutes are all there are', async () => {
    const { limits } = fixture.venue;
    const answer = await fixture.get('/futures/data/takerlongshortRatio', `${SYMBOL}&period=5m`);
    const before = Number(answer.headers.get('x-mbx-used-weight-1m'));
    expect(Number((await fixture.get('/fapi/v1/ping')).headers.get('x-mbx-used-weight-1m'))).toBe(before + 1);
    const now = fixture.venue.context.wallNow();
    for (let call = 0; call < 1000; call += 1) limits.countPool('data', now);
    expect(await fixture.get('/futures/data/takerlongshortRatio', `${SYMBOL}&period=5m`)).toMatchObject({ status: 429, body: { code: -1003 } });
  });
});
