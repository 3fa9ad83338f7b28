// How long what was read is kept: prices, candles, history and rules, each by its setting.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { CandleHistory } from '../../../src-main/adapters/binance/candle-history.ts';
import { CandleKeeper, HELD_KEPT } from '../../../src-main/adapters/binance/candle-keeper.ts';
import { QuotePoll } from '../../../src-main/adapters/binance/quote-poll.ts';
import { eventually } from './support/bench.ts';
import { feedBench, type FeedBench } from './support/feed-bench.ts';
import { candleAt, STEP_MS } from './support/tiny-routes.ts';
import { TinyExchange } from './support/tiny-exchange.ts';

let exchange: TinyExchange;
let bench: FeedBench;

beforeEach(async () => {
  exchange = await new TinyExchange().start();
});
afterEach(async () => {
  await bench.feed.stop();
  await exchange.stop();
});

const klines = (interval: string): number => exchange.calls('GET /fapi/v1/klines').filter(({ query }) => query.get('interval') === interval).length;

async function streaming(options: Parameters<typeof feedBench>[1]): Promise<void> {
  bench = feedBench(exchange, options);
  await bench.start();
  await eventually('history', () => bench.of('symbol-ready').length === options.symbols.length);
  await eventually('the stream', () => (exchange.sockets[0]?.frames.length ?? 0) > 0);
}

describe('prices', () => {
  it('are asked for when none has come for CACHE_TTL_TICKER: marks and last prices of every watched market', async () => {
    exchange.on('GET /fapi/v2/ticker/price', () => ({ body: [{ symbol: 'AUSDT', price: '333', time: bench.time.value }] }));
    await streaming({ symbols: ['AUSDT'], settings: { cacheTickerSeconds: 1 }, times: { lateMs: Infinity } });
    bench.time.value += 5000;
    await eventually('the asked price', () => bench.of('prices').at(-1)?.prices[0]?.last === 333);
    expect(bench.of('prices').at(-1)?.prices[0]).toMatchObject({ symbol: 'AUSDT', last: 333, mark: 100.5 });
  });

  it('are not asked for while they stream, nor twice before the first answer', async () => {
    bench = feedBench(exchange, { symbols: ['AUSDT'] });
    vi.useFakeTimers({ toFake: ['performance'] });
    const poll = new QuotePoll(bench.gateway, () => undefined);
    const asked = (): number => exchange.calls('GET /fapi/v1/premiumIndex').length;
    for (let second = 0; second < 20; second += 1) {
      vi.advanceTimersByTime(900);
      poll.heard();
      vi.advanceTimersByTime(900);
      poll.look(1000);
    }
    vi.advanceTimersByTime(100);
    for (let times = 0; times < 3; times += 1) poll.look(1000);
    vi.useRealTimers();
    await eventually('the question', () => asked() > 0);
    expect(asked()).toBe(1);
  });
});

describe('candles that do not come by stream', () => {
  it('count as late once in CACHE_TTL_5M', async () => {
    bench = feedBench(exchange, { symbols: [] });
    const keeper = new CandleKeeper({
      history: {
        store: () => undefined,
        warmUp: () => Promise.resolve(ok([candleAt(1000 * STEP_MS)])),
        isCached: () => false,
      } satisfies Pick<CandleHistory, 'store' | 'warmUp' | 'isCached'> as never,
      logger: bench.logger,
      emit: () => undefined,
      onFailure: () => undefined,
      onProgress: () => undefined,
      retryMs: 1,
      parallel: 1,
      settings: () => ({ ...defaultSettings(), cacheFiveSeconds: 900 }),
    });
    await keeper.watch(['AUSDT']);
    expect([1002, 1003, 1004, 1005, 1006].map((candles) => keeper.late(candles * STEP_MS, 0))).toEqual([['AUSDT'], [], [], ['AUSDT'], []]);
  });

  it('that stream while history cannot be read are held, the newest of them, and delivered once it can', async () => {
    bench = feedBench(exchange, { symbols: [] });
    let canRead = false;
    const delivered: number[] = [];
    const last = 5000;
    const keeper = new CandleKeeper({
      history: {
        store: () => undefined,
        warmUp: () =>
          Promise.resolve(
            canRead
              ? ok([candleAt((last - 300) * STEP_MS)])
              : err({ code: 'timeout' as const, outcome: 'unknown' as const, venueCode: null, detail: '', uiMessage: '' }),
          ),
        isCached: () => false,
      } satisfies Pick<CandleHistory, 'store' | 'warmUp' | 'isCached'> as never,
      logger: bench.logger,
      emit: (event) => void (event.kind === 'candle-closed' && delivered.push(event.candle.openTime / STEP_MS)),
      onFailure: () => undefined,
      onProgress: () => undefined,
      retryMs: 1,
      parallel: 1,
      settings: () => defaultSettings(),
    });
    const watched = keeper.watch(['AUSDT']);
    for (let candle = 1; candle <= last; candle += 1) keeper.onClosed('AUSDT', candleAt(candle * STEP_MS));
    expect(keeper.heldCount).toBe(HELD_KEPT);
    canRead = true;
    await watched;
    expect(delivered).toEqual(Array.from({ length: 300 }, (_, index) => last - 299 + index));
    expect(keeper.heldCount).toBe(0);
  });

  it('15-minute and hourly ones are read again when CACHE_TTL_15M and CACHE_TTL_1H are over, not at every repair', async () => {
    await streaming({ symbols: ['AUSDT'], settings: { cacheQuarterSeconds: 1200, cacheHourSeconds: 7200 }, times: { lateMs: 0 } });
    const counts = (): string => `${klines('1h')} ${klines('15m')}`;
    expect(counts()).toBe('1 1');
    const repair = async (minutes: number): Promise<void> => {
      const ready = bench.of('symbol-ready').length;
      bench.time.value += minutes * 60_000;
      await eventually('ready again', () => bench.of('symbol-ready').length > ready);
    };
    await repair(15);
    await repair(15);
    await eventually('the second 15-minute reading, without an hourly one', () => counts() === '1 2');
    await repair(120);
    await eventually('the second hourly reading', () => counts() === '2 3');
  });
});

describe('stored history', () => {
  const fill = (): void => {
    const newest = Math.floor(bench.time.value / STEP_MS) * STEP_MS - 13 * STEP_MS;
    const candles = Array.from({ length: 600 }, (_, index) => candleAt(newest - (599 - index) * STEP_MS));
    bench.archive.append(
      'AUSDT',
      '5m',
      candles.map((candle) => ({ ...candle, openTime: epochMs(candle.openTime) })),
    );
  };
  const limits = (): readonly (string | null)[] =>
    exchange
      .calls('GET /fapi/v1/klines')
      .filter(({ query }) => query.get('interval') === '5m')
      .map(({ query }) => query.get('limit'));

  it.each([
    ['an hour old is continued within CACHE_TTL_HISTORY', 86_400, ['14']],
    ['older than CACHE_TTL_HISTORY is read anew, whole', 600, ['499']],
  ] as const)('%s', async (_name, cacheHistorySeconds, expected) => {
    bench = feedBench(exchange, { symbols: ['AUSDT'], settings: { cacheHistorySeconds }, times: { lateMs: Infinity } });
    fill();
    await bench.start();
    await eventually('history', () => bench.of('symbol-ready').length === 1);
    expect(limits()).toEqual(expected);
  });
});

describe('the exchange’s rules', () => {
  it('are read again after CACHE_TTL_EXCHANGE_INFO', async () => {
    await streaming({ symbols: ['AUSDT'], settings: { cacheExchangeInfoSeconds: 0.2 }, times: { lateMs: Infinity, universeMs: null } });
    await eventually('the second reading', () => exchange.calls('GET /fapi/v1/exchangeInfo').length >= 2);
  });
});

describe('a backfill', () => {
  it('goes batch after batch: no market of the second BATCH_SIZE is asked for before the first is whole', async () => {
    await streaming({ symbols: ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'], settings: { backfillBatchSize: 2 }, times: { lateMs: Infinity } });
    const asked = exchange.calls('GET /fapi/v1/klines').map(({ query }) => query.get('symbol'));
    expect(new Set(asked.slice(0, 6))).toEqual(new Set(['AUSDT', 'BUSDT']));
    expect(new Set(asked.slice(6))).toEqual(new Set(['CUSDT', 'DUSDT']));
  });
});
