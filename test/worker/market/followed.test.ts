// The paper account's venue: contracts and prices come from outside, orders fill against them, funding follows the other exchange's schedule.
import { afterEach, describe, expect, it } from 'vitest';
import { createFollowedMarket } from '../../../src-worker/market/followed.ts';
import { sampleInstrument } from '../../support/samples.ts';
import { codeOf, openVenue, type Fixture } from './support/venue.ts';

const NOON = Date.UTC(2026, 0, 22, 12);
let at: Fixture;
afterEach(() => at.close());

interface Price {
  readonly last: number;
  readonly fundingRate?: number;
  readonly nextFundingTime?: number | null;
}

async function follow(instrument = sampleInstrument({ brackets: [] })): Promise<void> {
  at = await openVenue({ source: createFollowedMarket(null, NOON - 3_600_000 + 1000) });
  await at.control('POST', '/venue/clock', { paused: true });
  expect((await at.control('PUT', '/venue/instruments', [instrument])).body).toEqual({ listed: 1 });
}

async function price({ last, fundingRate = 0.0001, nextFundingTime }: Price, symbol = 'BTCUSDT'): Promise<unknown> {
  const told = { symbol, last, mark: last, quoteVolume24h: 5e9, fundingRate, ...(nextFundingTime === undefined ? {} : { nextFundingTime }) };
  return (await at.control('POST', '/venue/prices', [told])).body;
}

const pass = (milliseconds: number): Promise<unknown> => at.control('POST', '/venue/clock', { stepMs: milliseconds });
/** Until the venue has lived through the time that passed. */
const settled = async (): Promise<readonly { readonly income: string; readonly time: number }[]> => {
  await new Promise((resume) => setTimeout(resume, 120));
  return (await at.signed('GET', '/fapi/v1/income', { incomeType: 'FUNDING_FEE', startTime: NOON - 7_200_000, endTime: NOON + 8 * 3_600_000 })).body as never;
};
const buy = (): Promise<unknown> => at.signed('POST', '/fapi/v1/order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.1' });

describe('a followed market', () => {
  it('fills against the price it was told, and refuses what it was not told', async () => {
    await follow();
    expect(await price({ last: 60_000 }, 'NOBODYUSDT')).toEqual({ followed: 0 });
    expect(codeOf((await buy()) as never), 'no price yet').not.toBeNull();
    await price({ last: 60_000 });
    expect(await buy()).toMatchObject({ status: 200, body: { status: 'NEW' } });
    expect(at.venue.exchange.holdings()).toMatchObject([{ symbol: 'BTCUSDT', lots: 100 }]);
    expect(
      Number((await at.signed('GET', '/fapi/v1/userTrades', { symbol: 'BTCUSDT' }).then(({ body }) => body as { price: string }[]))[0]?.price),
    ).toBeCloseTo(60_000, -2);
  });

  it('gives contracts whose brackets need a key those of their size', async () => {
    await follow();
    const rows = (await at.signed('GET', '/fapi/v1/leverageBracket', { symbol: 'BTCUSDT' })).body as readonly { readonly brackets: readonly unknown[] }[];
    expect(rows[0]?.brackets[0]).toMatchObject({ initialLeverage: 125, notionalCap: 300_000, maintMarginRatio: 0.004 });
    await at.control('PUT', '/venue/instruments', [sampleInstrument({ symbol: 'NEWCOINUSDT', baseAsset: 'NEWCOIN', brackets: [] })]);
    const small = (await at.signed('GET', '/fapi/v1/leverageBracket', { symbol: 'NEWCOINUSDT' })).body as readonly { readonly brackets: readonly unknown[] }[];
    expect(small[0]?.brackets[0]).toMatchObject({ initialLeverage: 50, notionalCap: 10_000 });
  });

  it('pays funding at the time the other exchange announced, with the last rate it told before, and only then', async () => {
    await follow();
    await price({ last: 60_000, fundingRate: 0.0005, nextFundingTime: NOON });
    await buy();
    await price({ last: 60_000, fundingRate: 0.001, nextFundingTime: NOON });
    // The next settlement, four hours on, is announced before this clock has reached the present one.
    await pass(3_590_000);
    await price({ last: 60_000, fundingRate: 0.002, nextFundingTime: NOON + 4 * 3_600_000 });
    await pass(20_000);
    expect((await settled()).map(({ income, time }) => [Number(income), time])).toEqual([[-6, NOON]]);
    await pass(3 * 3_600_000);
    expect(await settled(), 'not at 15:00').toHaveLength(1);
    await pass(3_600_000);
    expect((await settled()).map(({ income }) => Number(income))).toEqual([-6, -12]);
  });

  it('without an announcement the usual eight hours count', async () => {
    await follow();
    await price({ last: 60_000, fundingRate: 0.001 });
    await buy();
    await pass(3_700_000);
    expect(await settled()).toEqual([]);
    await pass(4 * 3_600_000);
    expect((await settled()).map(({ income, time }) => [Number(income), time])).toEqual([[-6, NOON + 4 * 3_600_000]]);
  });
});
