// The request budget: priorities, reserve, corrections from the exchange, pauses, order counts, and calls that would leave too late.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { CallPriority } from '../../../src-main/core/ports.ts';
import { RateLimiter, type CallCost, type Grant } from '../../../src-main/adapters/binance/rate-limiter.ts';
import { ManualTimers } from './support/manual-timers.ts';

interface Bench {
  readonly timers: ManualTimers;
  readonly limiter: RateLimiter;
  /** Names of the calls in the order they left, refused ones with the reason. */
  readonly left: string[];
  readonly ask: (name: string, cost: CallCost) => void;
}

function bench(limit = 1920): Bench {
  const timers = new ManualTimers();
  const limiter = new RateLimiter(limit, timers);
  const left: string[] = [];
  return {
    timers,
    limiter,
    left,
    ask: (name, cost) => void limiter.acquire(cost).then((grant: Grant) => left.push(grant.kind === 'granted' ? name : `${name} refused: ${grant.why}`)),
  };
}

describe('the request budget', () => {
  it('lets calls go at once while there is weight', async () => {
    const { limiter, timers, left, ask } = bench();
    ask('a', { weight: 5, priority: 'backfill' });
    ask('b', { weight: 40, priority: 'data' });
    await timers.advance(0);
    expect(left).toEqual(['a', 'b']);
    expect(limiter.used).toBe(45);
  });

  it('gives a weight back one minute after it was spent', async () => {
    const { limiter, timers, ask } = bench();
    ask('a', { weight: 100, priority: 'data' });
    await timers.advance(59_000);
    expect(limiter.used).toBe(100);
    await timers.advance(1_001);
    expect(limiter.used).toBe(0);
  });

  it('L12 stages a warm-up of 600 candle calls: never more than 70 % of the budget in any minute', async () => {
    const { limiter, timers, left, ask } = bench();
    for (let index = 0; index < 1000; index += 1) ask(`candles ${index}`, { weight: 2, priority: 'backfill' });
    await timers.advance(0);
    expect(left).toHaveLength(672);
    expect(limiter.used).toBe(1344);
    let peak = 0;
    for (let second = 0; second < 130; second += 1) {
      await timers.advance(1000);
      peak = Math.max(peak, limiter.used);
    }
    expect(left).toHaveLength(1000);
    expect(peak).toBeLessThanOrEqual(1344);
  });

  it.each<[CallPriority, number]>([
    ['backfill', 1344],
    ['data', 1632],
    ['reconcile', 1824],
    ['trade', 1920],
    ['close', 2304],
    ['protect', 2304],
  ])('keeps a reserve above %s: it stops at weight %i', async (priority, ceiling) => {
    const { limiter, timers, ask } = bench();
    for (let index = 0; index < 3000; index += 1) ask('call', { weight: 1, priority });
    await timers.advance(0);
    expect(limiter.used).toBe(ceiling);
    expect(limiter.used).toBeLessThan(2400);
  });

  it('serves the most urgent first when weight becomes free: protect, close, trade, reconcile, data, backfill', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.correct(2399);
    for (const priority of ['backfill', 'data', 'reconcile', 'trade', 'close', 'protect'] as const) ask(priority, { weight: 1, priority });
    await timers.advance(5000);
    expect(left).toEqual([]);
    limiter.correct(0);
    await timers.advance(1000);
    expect(left).toEqual(['protect', 'close', 'trade', 'reconcile', 'data', 'backfill']);
  });

  it('does not let small calls starve a large one of the same priority', async () => {
    const { limiter, timers, left, ask } = bench(100);
    ask('first', { weight: 80, priority: 'data' });
    await timers.advance(0);
    ask('large', { weight: 40, priority: 'data' });
    for (let index = 0; index < 5; index += 1) ask(`small ${index}`, { weight: 1, priority: 'data' });
    await timers.advance(30_000);
    expect(left).toEqual(['first']);
    await timers.advance(31_000);
    expect(left).toEqual(['first', 'large', 'small 0', 'small 1', 'small 2', 'small 3', 'small 4']);
    expect(limiter.waiting).toBe(0);
  });

  it('lets an order of weight 0 pass while data waits for weight', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.correct(1900);
    ask('candles', { weight: 5, priority: 'data' });
    ask('order', { weight: 0, priority: 'trade', orders: 1 });
    await timers.advance(0);
    expect(left).toEqual(['order']);
  });

  it('lets the rules of the contracts use the share of comparisons: a restart after a busy minute waits for nothing else', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.correct(1700);
    ask('candles', { weight: 1, priority: 'data' });
    ask('rules', { weight: 1, priority: 'data', share: 'reconcile' });
    await timers.advance(0);
    expect(left).toEqual(['rules']);
  });

  it('adds what left since the exchange reported, because others share the address', async () => {
    const { limiter, timers, ask } = bench();
    ask('a', { weight: 100, priority: 'data' });
    await timers.advance(10);
    limiter.correct(1500);
    await timers.advance(10);
    ask('b', { weight: 50, priority: 'data' });
    await timers.advance(0);
    expect(limiter.used).toBe(1550);
  });

  it('follows the exchange down again at its next minute but never below its own count', async () => {
    const { limiter, timers, ask } = bench();
    ask('a', { weight: 30, priority: 'data' });
    await timers.advance(10);
    limiter.correct(1700);
    await timers.advance(5000);
    limiter.correct(12);
    expect(limiter.used).toBe(30);
  });

  it('ignores an old report that arrives after a newer one', async () => {
    const { limiter, timers } = bench();
    const early = timers.now();
    await timers.advance(100);
    limiter.correct(800);
    limiter.correct(300, early);
    expect(limiter.used).toBe(800);
  });

  it('L12 sends nothing at all before Retry-After is over, not even protection, and refuses what cannot wait that long', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.block(15_000);
    for (const priority of ['protect', 'close', 'trade', 'reconcile', 'backfill'] as const) ask(priority, { weight: 1, priority });
    await timers.advance(0);
    expect(left).toEqual(['trade refused: blocked']);
    await timers.advance(14_000);
    expect(left).toEqual(['trade refused: blocked']);
    await timers.advance(2000);
    expect(left).toEqual(['trade refused: blocked', 'protect', 'close', 'reconcile', 'backfill']);
  });

  it('L12 answers at once during a ban of hours instead of sending stale orders when it ends', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.block(3 * 3_600_000);
    for (const priority of ['protect', 'close', 'trade', 'reconcile', 'data'] as const) ask(priority, { weight: 0, priority, orders: 1 });
    await timers.advance(0);
    expect(left).toEqual(['protect', 'close', 'trade', 'reconcile', 'data'].map((priority) => `${priority} refused: blocked`));
  });

  it('refuses an entry that found no weight for ten seconds, so that it never leaves at an old price', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.correct(2399);
    ask('leverage', { weight: 1, priority: 'trade' });
    for (let second = 0; second < 12; second += 1) {
      await timers.advance(1000);
      limiter.correct(2399);
    }
    expect(left).toEqual(['leverage refused: budget']);
  });
});

it.each([
  ['protect', 20_000],
  ['close', 20_000],
  ['trade', 10_000],
  ['reconcile', 60_000],
  ['data', 120_000],
] as const)('a call of %s waits for weight, and is refused after %i ms instead of leaving late', async (priority, longest) => {
  const { limiter, timers, left, ask } = bench();
  limiter.correct(5000);
  ask('call', { weight: 5, priority });
  for (let waited = 1000; waited < longest; waited += 1000) {
    await timers.advance(1000);
    limiter.correct(5000);
  }
  expect(left).toEqual([]);
  await timers.advance(1000);
  expect(left).toEqual(['call refused: budget']);
});

it('a call of backfill waits for weight as long as it takes', async () => {
  const { limiter, timers, left, ask } = bench();
  limiter.correct(5000);
  ask('candles', { weight: 5, priority: 'backfill' });
  for (let minute = 0; minute < 30; minute += 1) {
    await timers.advance(59_000);
    limiter.correct(5000);
  }
  expect(left).toEqual([]);
  await timers.advance(61_000);
  expect(left).toEqual(['candles']);
});

it('a pause that is over before a call must leave only makes it wait; one a millisecond longer refuses it at once', async () => {
  for (const [pause, expected] of [
    [10_000, []],
    [10_001, ['entry refused: blocked']],
  ] as const) {
    const { limiter, timers, left, ask } = bench();
    limiter.block(pause);
    ask('entry', { weight: 0, priority: 'trade', orders: 1 });
    await timers.advance(0);
    expect(left).toEqual(expected);
  }
});

it('a ban stays a ban while a shorter pause is asked for meanwhile; the next pause after it is a pause', async () => {
  const { limiter, timers } = bench();
  limiter.block(60_000, 'banned');
  limiter.block(5000);
  expect([limiter.blockReason, limiter.blockedForMs]).toEqual(['banned', 60_000]);
  await timers.advance(60_000);
  limiter.block(5000);
  expect([limiter.blockReason, limiter.blockedForMs]).toEqual(['rate_limited', 5000]);
  limiter.block(9000, 'banned');
  expect([limiter.blockReason, limiter.blockedForMs]).toEqual(['banned', 9000]);
});

it('a limit that is lowered counts from then on, for what waits as well', async () => {
  const { limiter, timers, left, ask } = bench();
  ask('before', { weight: 1000, priority: 'data' });
  limiter.limit = 1000;
  expect(limiter.limit).toBe(1000);
  ask('after', { weight: 1, priority: 'data' });
  await timers.advance(59_000);
  expect(left).toEqual(['before']);
  await timers.advance(2000);
  expect(left).toEqual(['before', 'after']);
});

describe('the order budget', () => {
  it('stops entries at 240 orders in ten seconds and still has room to protect and close', async () => {
    const { timers, left, ask } = bench();
    for (let index = 0; index < 300; index += 1) ask('entry', { weight: 0, priority: 'trade', orders: 1 });
    await timers.advance(0);
    expect(left).toHaveLength(240);
    ask('stop', { weight: 0, priority: 'protect', orders: 1 });
    await timers.advance(0);
    expect(left.at(-1)).toBe('stop');
  });

  it('never reaches 300 orders in ten seconds or 1200 in a minute, whatever is asked', async () => {
    const { timers, limiter } = bench();
    const sentAt: number[] = [];
    for (let step = 0; step < 800; step += 1) {
      for (let index = 0; index < 4; index += 1)
        void limiter.acquire({ weight: 0, priority: 'protect', orders: 1 }).then((grant) => (grant.kind === 'granted' ? sentAt.push(timers.now()) : 0));
      await timers.advance(100);
    }
    let worstTenSeconds = 0;
    let worstMinute = 0;
    for (const [index, at] of sentAt.entries()) {
      worstTenSeconds = Math.max(worstTenSeconds, index + 1 - sentAt.findIndex((earlier) => earlier > at - 10_000));
      worstMinute = Math.max(worstMinute, index + 1 - sentAt.findIndex((earlier) => earlier > at - 60_000));
    }
    expect(sentAt.length).toBeGreaterThan(1200);
    expect([worstTenSeconds, worstMinute]).toEqual([285, 1140]);
  });

  it('counts orders of other programs on the account through the exchange’s header', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.correctOrders(299, null);
    ask('stop', { weight: 0, priority: 'protect', orders: 1 });
    await timers.advance(9000);
    expect(left).toEqual([]);
    await timers.advance(1500);
    expect(left).toEqual(['stop']);
  });

  it('after -1015 holds orders back but lets queries and cancels go', async () => {
    const { limiter, timers, left, ask } = bench();
    limiter.blockOrders(10_000);
    ask('stop', { weight: 0, priority: 'protect', orders: 1 });
    ask('query', { weight: 1, priority: 'reconcile' });
    ask('cancel', { weight: 1, priority: 'protect' });
    await timers.advance(0);
    expect(left.toSorted()).toEqual(['cancel', 'query']);
    await timers.advance(11_000);
    expect(left.at(-1)).toBe('stop');
  });
});

describe('under random load', () => {
  it('never lets the sliding minute pass 2400 and forgets no call', async () => {
    const call = fc.record({
      weight: fc.constantFrom(0, 1, 2, 5, 10, 40),
      priority: fc.constantFrom<CallPriority>('protect', 'close', 'trade', 'reconcile', 'data', 'backfill'),
      pauseMs: fc.integer({ min: 0, max: 400 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 50, maxLength: 300 }), async (calls) => {
        const { limiter, timers, left, ask } = bench();
        for (const { weight, priority, pauseMs } of calls) {
          ask('call', { weight, priority });
          await timers.advance(pauseMs);
          expect(limiter.used).toBeLessThan(2400);
        }
        await timers.advance(200_000);
        expect(left).toHaveLength(calls.length);
      }),
      { numRuns: 30, seed: 20_261_121 },
    );
  });
});
