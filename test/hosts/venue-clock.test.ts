// The engine's clock and the simulated venue's stay one: speed, pause and step, whoever sets them.
import { afterEach, expect, it } from 'vitest';
import { createFollowingClock } from '../../src-main/adapters/runtime/clock.ts';
import { followVenueClock, type VenueClockFollower } from '../../src-main/hosts/venue-clock.ts';
import { until } from '../support/terminal.ts';
import { openVenue, type Fixture } from '../worker/market/support/venue.ts';

let fixture: Fixture;
let follower: VenueClockFollower;
afterEach(async () => {
  follower.stop();
  await fixture.close();
});

async function follow(): Promise<{ readonly clock: ReturnType<typeof createFollowingClock>; readonly speeds: number[]; readonly gap: () => number }> {
  fixture = await openVenue({ speed: 2 });
  const clock = createFollowingClock({ engineTime: fixture.venue.now(), readAt: performance.now(), speed: 2 });
  const speeds: number[] = [];
  follower = followVenueClock({ url: fixture.base, clock }, (speed) => void speeds.push(speed));
  return { clock, speeds, gap: () => Math.abs(clock.now() - fixture.venue.now()) / fixture.venue.context.clock.speed };
}

it('another speed is followed within a second, and told once', async () => {
  const { clock, speeds, gap } = await follow();
  await fixture.control('POST', '/venue/clock', { speed: 100 });
  await until('the new speed', () => Promise.resolve(clock.speed === 100));
  expect(gap()).toBeLessThan(200);
  await follower.look();
  expect(speeds).toEqual([100]);
});

it('a pause stops the engine’s time, a step moves it, and it goes on from there', async () => {
  const { clock, speeds, gap } = await follow();
  await fixture.control('POST', '/venue/clock', { paused: true });
  await follower.look();
  const still = clock.now();
  await fixture.control('POST', '/venue/clock', { stepMs: 600_000 });
  await follower.look();
  expect(clock.now() - still).toBeGreaterThan(599_000);
  expect(clock.now()).toBe(Math.max(clock.now(), Math.floor(fixture.venue.now())));
  await fixture.control('POST', '/venue/clock', { paused: false });
  await follower.look();
  const running = clock.now();
  await until('time', () => Promise.resolve(clock.now() > running));
  expect(gap()).toBeLessThan(200);
  expect(speeds).toEqual([]);
});

it('a venue that is gone changes nothing', async () => {
  const { clock, speeds } = await follow();
  await fixture.close();
  await follower.look();
  const now = clock.now();
  await until('time', () => Promise.resolve(clock.now() > now));
  expect(speeds).toEqual([]);
});
