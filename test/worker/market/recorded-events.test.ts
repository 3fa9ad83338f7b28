// User events against frames recorded from the exchange in 2026-03: the same life of an order, the same fields in each frame.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSharedData, sharedPath } from '../../support/shared.ts';
import { until } from '../../support/terminal.ts';
import { openVenue, type Fixture, type Heard } from './support/venue.ts';

interface OrderLike {
  readonly X: string;
  readonly x?: string;
  readonly ai?: string;
}
interface Recorded {
  readonly scenario: string;
  readonly msg: { readonly e: string; readonly o?: OrderLike };
}

const hasData = hasSharedData();
const WATCHED = new Set(['ORDER_TRADE_UPDATE', 'ALGO_UPDATE']);

/** `ALGO_UPDATE TRIGGERED`, `ORDER_TRADE_UPDATE TRADE FILLED`. */
function wordOf({ e, o }: Recorded['msg']): string {
  return [e, o?.x, o?.X].filter((part) => part !== undefined).join(' ');
}

describe.skipIf(!hasData)('events as recorded (needs the shared data folder)', () => {
  let fixture: Fixture;
  let heard: Heard;
  let recorded: readonly Recorded[];
  const symbol = 'ETHUSDT';

  beforeAll(async () => {
    const lines = gunzipSync(readFileSync(sharedPath('data', 'binance', 'recorded', 'user_stream.2026-03.jsonl.gz')))
      .toString('utf8')
      .trim()
      .split('\n');
    recorded = lines.map((line) => JSON.parse(line) as Recorded).filter(({ msg }) => WATCHED.has(msg.e));
    fixture = await openVenue();
    await fixture.control('POST', '/venue/clock', { paused: true });
    const { listenKey } = (await fixture.control('POST', '/fapi/v1/listenKey')).body as { readonly listenKey: string };
    heard = await fixture.open(`/private/ws/${listenKey}`);
  });
  afterAll(() => fixture.close());

  const scenario = (name: string): readonly Recorded['msg'][] => recorded.filter((entry) => entry.scenario === name).map((entry) => entry.msg);
  /** What the venue said since the last look. */
  const listen = async (count: number): Promise<readonly Recorded['msg'][]> => {
    const watched = (): readonly Recorded['msg'][] => (heard.frames as unknown as readonly Recorded['msg'][]).filter((frame) => WATCHED.has(frame.e));
    await until(`${count} events`, () => Promise.resolve(watched().length >= count));
    const said = watched();
    heard.frames.length = 0;
    return said;
  };
  const compare = (ours: readonly Recorded['msg'][], theirs: readonly Recorded['msg'][]): void => {
    expect(ours.map(wordOf)).toEqual(theirs.map(wordOf));
    ours.forEach((frame, index) => {
      const documented = Object.keys(theirs[index]?.o ?? {});
      expect(Object.keys(frame.o ?? {}), wordOf(frame)).toEqual(expect.arrayContaining(documented));
      const given = frame.o as unknown as Record<string, unknown>;
      const wanted = theirs[index]?.o as unknown as Record<string, unknown>;
      for (const field of documented) expect(typeof given[field], `${wordOf(frame)} ${field}`).toBe(typeof wanted[field]);
    });
  };
  const price = (): number => fixture.venue.market.symbols.get(symbol)?.last ?? 0;
  const place = (parameters: Readonly<Record<string, string | number | boolean>>): Promise<unknown> =>
    fixture.signed('POST', '/fapi/v1/order', { symbol, ...parameters });
  const conditional = (parameters: Readonly<Record<string, string | number | boolean>>): Promise<unknown> =>
    fixture.signed('POST', '/fapi/v1/algoOrder', { symbol, algoType: 'CONDITIONAL', ...parameters });
  const gap = (percent: number): Promise<unknown> => fixture.control('POST', '/venue/chaos/now', { kind: 'gap', symbol, percent });

  it('a limit order that is cancelled', async () => {
    await place({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: (price() * 0.95).toFixed(2) });
    await fixture.signed('DELETE', '/fapi/v1/allOpenOrders', { symbol });
    compare(await listen(2), scenario('LimitSubmittedCancelled'));
  });

  it('a limit order that takes, and a market order', async () => {
    await place({ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.1', price: (price() * 1.01).toFixed(2) });
    compare(await listen(2), scenario('LimitSubmittedFilled'));
    await place({ side: 'SELL', type: 'MARKET', quantity: '0.1' });
    compare(await listen(2), scenario('MarketSubmittedFilled'));
  });

  it('a stop that triggers and fills in two parts', async () => {
    await conditional({ side: 'BUY', type: 'STOP_MARKET', triggerPrice: (price() * 1.01).toFixed(2), quantity: '4' });
    fixture.venue.exchange.rules.bookThickness = 1;
    await gap(1.5);
    const ours = await listen(6);
    const theirs = scenario('StopMarketSubmitPartiallyFilledFilled');
    // The recorded order met two levels; ours may meet more of them.
    const parts = ours.filter((frame) => wordOf(frame) === 'ORDER_TRADE_UPDATE TRADE PARTIALLY_FILLED');
    expect(parts.length).toBeGreaterThan(0);
    compare(
      ours.filter((frame) => !parts.slice(1).includes(frame)),
      theirs,
    );
    await place({ side: 'SELL', type: 'MARKET', quantity: '4' });
    await listen(2);
  });

  it('a stop that is cancelled', async () => {
    await conditional({ side: 'BUY', type: 'STOP_MARKET', triggerPrice: (price() * 1.02).toFixed(2), quantity: '0.1' });
    await fixture.signed('DELETE', '/fapi/v1/algoOpenOrders', { symbol });
    compare(await listen(2), scenario('StopMarketSubmittedCanceled'));
  });

  it('a stop limit that rests after its trigger, beside one whose margin is not enough', async () => {
    const theirs = scenario('StopLimitSubmittedFilled');
    await conditional({
      side: 'BUY',
      type: 'STOP',
      triggerPrice: (price() * 1.01).toFixed(2),
      price: (price() * 0.995).toFixed(2),
      quantity: '0.1',
      timeInForce: 'GTC',
    });
    await gap(1.5);
    compare(await listen(4), theirs.slice(0, 4));
    await conditional({
      side: 'BUY',
      type: 'STOP',
      triggerPrice: (price() * 1.01).toFixed(2),
      price: (price() * 1.005).toFixed(2),
      quantity: '900',
      timeInForce: 'GTC',
    });
    await listen(1);
    await gap(1.5);
    compare(await listen(2), theirs.slice(4, 6));
    await gap(-6);
    compare(await listen(2), theirs.slice(6));
  });
});
