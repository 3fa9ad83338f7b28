// The exchange's clock: the best of several round trips, kept while measuring fails, refreshed on schedule and after sleep.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClockSync } from '../../../src-main/adapters/binance/clock-sync.ts';

/** Engine and wall time move only when the exchange is asked: `trips` are the round trips, in milliseconds. */
function bench(ahead: () => number, trips: readonly (readonly [there: number, back: number])[]): { readonly sync: ClockSync; asked: () => number } {
  let now = 1_000_000;
  let asked = 0;
  const sync = new ClockSync({
    now: () => now,
    wallNow: () => now,
    askServerTime: () => {
      const [there, back] = trips[asked % trips.length] ?? [0, 0];
      asked += 1;
      now += there;
      const serverTime = now + ahead();
      now += back;
      return Promise.resolve(Number.isNaN(serverTime) ? null : serverTime);
    },
  });
  return { sync, asked: () => asked };
}

describe('the clock offset', () => {
  it('is exact over a way that is as long there as back', async () => {
    const { sync } = bench(() => 1234, [[40, 40]]);
    expect([await sync.sync(), sync.offsetMs]).toEqual([true, 1234]);
  });

  it('trusts the shortest round trip: one slow answer does not bend it', async () => {
    const { sync } = bench(
      () => -700,
      [
        [900, 10],
        [20, 20],
        [10, 800],
        [60, 30],
        [15, 400],
      ],
    );
    await sync.sync();
    expect(sync.offsetMs).toBe(-700);
  });

  it('is at most half the shortest round trip off', async () => {
    const { sync } = bench(() => 0, [[50, 0]]);
    await sync.sync();
    expect(Math.abs(sync.offsetMs)).toBe(25);
  });

  it('keeps the last good measurement when the exchange does not answer', async () => {
    let ahead = 500;
    const { sync } = bench(() => ahead, [[5, 5]]);
    await sync.sync();
    ahead = Number.NaN;
    expect([await sync.sync(), sync.offsetMs]).toEqual([false, 500]);
  });

  it('is measured once for callers at the same time', async () => {
    const { sync, asked } = bench(() => 0, [[5, 5]]);
    expect(await Promise.all([sync.sync(), sync.sync(), sync.sync()])).toEqual([true, true, true]);
    expect(asked()).toBe(5);
  });
});

describe('keeping it', () => {
  let wall = 0;
  let asked = 0;
  let sync: ClockSync;
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_780_000_000_000 });
    wall = 0;
    asked = 0;
    sync = new ClockSync({
      now: () => wall,
      wallNow: () => wall,
      askServerTime: () => {
        asked += 1;
        return Promise.resolve(wall);
      },
    });
  });
  afterEach(() => {
    sync.stop();
    vi.useRealTimers();
  });

  async function pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 10_000) {
      wall += 10_000;
      await vi.advanceTimersByTimeAsync(10_000);
    }
  }

  it('measures again every ten minutes', async () => {
    await sync.sync();
    sync.keep();
    await pass(9 * 60_000);
    expect(asked).toBe(5);
    await pass(60_000);
    expect(asked).toBe(10);
    await pass(20 * 60_000);
    expect(asked).toBe(20);
  });

  it('measures at once when the machine has slept', async () => {
    await sync.sync();
    sync.keep();
    await pass(20_000);
    // The wall clock has gone on for an hour, the timers have not.
    vi.setSystemTime(Date.now() + 3_600_000);
    await pass(10_000);
    expect(asked).toBe(10);
  });

  it.each([
    ['back', -86_400_000],
    ['on', 86_400_000],
  ])('measures at once when the clock of the machine was set %s by a day', async (_where, change) => {
    await sync.sync();
    sync.keep();
    await pass(20_000);
    vi.setSystemTime(Date.now() + change);
    await pass(10_000);
    expect(asked).toBe(10);
    await pass(60_000);
    expect(asked).toBe(10);
  });

  it('keeps trying every ten seconds until the first measurement succeeds', async () => {
    let isUp = false;
    sync = new ClockSync({ now: () => wall, wallNow: () => wall, askServerTime: () => Promise.resolve((asked += 1) > 0 && isUp ? wall + 42 : null) });
    sync.keep();
    await pass(30_000);
    expect([asked, sync.offsetMs]).toEqual([3, 0]);
    isUp = true;
    await pass(10_000);
    expect(sync.offsetMs).toBe(42);
  });

  it('stops', async () => {
    sync.keep();
    sync.stop();
    await pass(60 * 60_000);
    expect(asked).toBe(0);
  });
});
