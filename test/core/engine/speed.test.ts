// Another speed of simulated time: shown at once, and deadlines on the outside world stay wall time.
import { expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { Engine } from '../../../src-main/core/engine/engine.ts';
import { Comparisons } from '../../../src-main/core/execution/comparisons.ts';
import { Inquiries } from '../../../src-main/core/execution/inquiries.ts';

const START = epochMs(Date.UTC(2026, 0, 22));

it('a new speed stands in the session the screen sees', () => {
  const engine = new Engine({
    settings: defaultSettings(),
    session: {
      mode: 'simulated',
      host: 'node',
      version: '0',
      startedAt: START,
      speed: 1,
      strategyMode: 'ict',
      automation: 'running',
      phase: 'starting',
      phaseText: '',
    },
    speed: 1,
    idSeed: 'a',
  });
  const { events } = engine.process({ kind: 'speed', at: START, speed: 50 });
  expect(events).toMatchObject([{ kind: 'session', session: { speed: 50 } }]);
  expect(engine.process({ kind: 'speed', at: START, speed: 1 }).events).toMatchObject([{ kind: 'session', session: { speed: 1 } }]);
});

it('a question asked after the change waits its wall time at the new speed', () => {
  const inquiries = new Inquiries(1);
  inquiries.speed = 50;
  inquiries.ask('a', START, 500);
  expect(inquiries.takeDue(epochMs(START + 24_999))).toEqual([]);
  expect(inquiries.takeDue(epochMs(START + 25_000))).toEqual(['a']);
});

it('a comparison that failed is asked again by the wall at the new speed', () => {
  const wishes = new Comparisons(1);
  wishes.speed = 1000;
  wishes.want('BTCUSDT', START);
  expect(wishes.take(START)?.symbols).toEqual(['BTCUSDT']);
  wishes.settle(['BTCUSDT'], false);
  expect(wishes.take(epochMs(START + 10_000)), 'ten milliseconds of the wall').toBeNull();
  expect(wishes.take(epochMs(START + 600_000_000))?.symbols).toEqual(['BTCUSDT']);
});
