// What the exchange counts: weight, orders, funding calls; the step from 429 to a ban; whose time a signature is judged by.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkSignature, UsageLimits } from '../../../src-worker/market/access.ts';
import { createVenueClock } from '../../../src-worker/market/clock.ts';
import { bucketOpen, nextOpen } from '../../../src-worker/market/intervals.ts';

const ONE = { tenSeconds: 1, minute: 1 };
const T0 = 1_760_000_040_000;

describe('limits', () => {
  it('weight: 2,400 a minute, then 429 with Retry-After, and a ban for who goes on', () => {
    const limits = new UsageLimits();
    expect(limits.count(2400, null, T0)).toMatchObject({ status: 200, headers: { 'X-MBX-USED-WEIGHT-1M': '2400' } });
    const refused = limits.count(1, null, T0);
    expect(refused).toMatchObject({ status: 429, fault: { code: -1003 } });
    expect(Number(refused.headers['Retry-After'])).toBeGreaterThan(0);
    for (let call = 0; call < 20; call += 1) limits.count(1, null, T0);
    expect(limits.count(1, null, T0 + 61_000), 'the ban outlives the minute').toMatchObject({ status: 418 });
    expect(limits.count(1, null, T0 + 121_000)).toMatchObject({ status: 200 });
  });

  it('orders: 300 in ten seconds and 1,200 in a minute, −1015 beyond, counted in headers', () => {
    const limits = new UsageLimits();
    for (let order = 0; order < 299; order += 1) limits.count(0, ONE, T0);
    expect(limits.count(0, ONE, T0)).toMatchObject({ status: 200, headers: { 'X-MBX-ORDER-COUNT-10S': '300', 'X-MBX-ORDER-COUNT-1M': '300' } });
    expect(limits.count(0, ONE, T0)).toMatchObject({ status: 429, fault: { code: -1015 }, headers: { 'Retry-After': '10' } });
    for (let part = 1; part < 4; part += 1) for (let order = 0; order < 300; order += 1) limits.count(0, ONE, T0 + part * 10_000);
    expect(limits.count(0, ONE, T0 - (T0 % 60_000) + 59_000)).toMatchObject({ status: 429, headers: { 'Retry-After': '60' } });
  });

  it('a batch costs five orders in ten seconds and one in the minute', () => {
    const limits = new UsageLimits();
    expect(limits.count(5, { tenSeconds: 5, minute: 1 }, T0).headers).toMatchObject({ 'X-MBX-ORDER-COUNT-10S': '5', 'X-MBX-ORDER-COUNT-1M': '1' });
  });

  it('funding: 500 calls in five minutes, apart from the weight', () => {
    const limits = new UsageLimits();
    for (let call = 0; call < 500; call += 1) expect(limits.countPool('funding', T0)).toBeNull();
    expect(limits.countPool('funding', T0)).toMatchObject({ code: -1003 });
    expect(limits.countPool('funding', T0 + 300_000)).toBeNull();
  });
});

describe('signatures', () => {
  const credentials = { key: 'k', secret: 's' };
  const check = (timestamp: number, change: { readonly speed?: number; readonly window?: number; readonly skewMs?: number } = {}): number | null => {
    const query = `timestamp=${timestamp}${change.window === undefined ? '' : `&recvWindow=${change.window}`}`;
    const signature = createHmac('sha256', credentials.secret).update(query).digest('hex');
    const clock = { serverTime: T0 + 5e9, wallTime: T0, speed: change.speed ?? 1, skewMs: change.skewMs ?? 0 };
    return checkSignature({ apiKey: 'k', payload: `${query}&signature=${signature}`, ...clock }, credentials)?.code ?? null;
  };

  it('are good from one second ahead to recvWindow behind, by the simulated clock or by the real one', () => {
    for (const now of [T0, T0 + 5e9]) {
      expect(check(now)).toBeNull();
      expect(check(now + 999)).toBeNull();
      expect(check(now + 1000)).toBe(-1021);
      expect(check(now - 5000)).toBeNull();
      expect(check(now - 5001)).toBe(-1021);
      expect(check(now - 5001, { window: 6000 })).toBeNull();
      expect(check(now, { skewMs: 7000 })).toBe(-1021);
    }
    expect(check(T0, { window: 60_001 })).toBe(-1131);
  });

  it('keep their window in real seconds however fast simulated time runs', () => {
    expect(check(T0 + 5e9 - 4_000_000, { speed: 1000 })).toBeNull();
    expect(check(T0 + 5e9 - 6_000_000, { speed: 1000 })).toBe(-1021);
  });
});

describe('time', () => {
  it('runs at any speed, stands still and jumps without a break', () => {
    let wall = 0;
    const clock = createVenueClock(1000, 10, () => wall);
    wall = 100;
    expect(clock.now()).toBe(2000);
    clock.setSpeed(1000);
    expect(clock.now()).toBe(2000);
    wall = 101;
    expect(clock.now()).toBe(3000);
    clock.setPaused(true);
    wall = 500;
    expect(clock.now()).toBe(3000);
    clock.step(50);
    clock.setPaused(false);
    expect(clock.now()).toBe(3050);
  });

  it('knows where weeks and months begin', () => {
    expect(new Date(bucketOpen('1w', Date.UTC(2026, 0, 22, 15))).toISOString()).toBe('2026-01-19T00:00:00.000Z');
    expect(new Date(bucketOpen('1M', Date.UTC(2026, 1, 22, 15))).toISOString()).toBe('2026-02-01T00:00:00.000Z');
    expect(new Date(nextOpen('1M', Date.UTC(2026, 1, 1))).toISOString()).toBe('2026-03-01T00:00:00.000Z');
    expect(bucketOpen('4h', Date.UTC(2026, 0, 22, 15))).toBe(Date.UTC(2026, 0, 22, 12));
  });
});
