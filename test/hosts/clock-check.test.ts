// The clock of the health checklist: what counts is the offset on the wall, however fast the exchange is simulated.
import { describe, expect, it } from 'vitest';
import { buildHealth, type HealthInputs } from '../../src-main/hosts/health.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { HealthView } from '../../src-shared/contract/view.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';

const NOW = epochMs(1_790_000_000_000);
const DAY_MS = 86_400_000;
const SUMMARY = { last: 1, p50: 1, p99: 1, count: 5 };

function healthAt(speed: number, clockOffsetMs: number, feed: HealthInputs['feed'] = null): HealthView {
  return buildHealth({
    now: NOW,
    speed,
    settings: defaultSettings(),
    exchange: { userStream: 'connected', breaker: 'normal', weightUsed: 1, weightLimit: 1920, clockOffsetMs, restLatencyMs: 9 } as HealthInputs['exchange'],
    feed,
    live: SUMMARY,
    virtual: SUMMARY,
    overruns: 0,
    nextCycleAt: null,
    memoryMb: 500,
    predictor: null,
    modelProblem: null,
    journalProblem: null,
    hindsight: { published: 10, rewriteCount: 0, rebuilt: 0, comparisons: 5, offence: null, checkedAt: epochMs(1) },
    way: null,
    exit: { state: 'not-needed', address: null, verifiedAt: null, sentence: 'Connected directly; no exit address is demanded.' },
  } as HealthInputs);
}

function clockAt(speed: number, clockOffsetMs: number): string | undefined {
  return healthAt(speed, clockOffsetMs).checks.find(({ id }) => id === 'clock')?.state;
}

describe('the clock in the health checklist', () => {
  it('warns of an offset of seconds in real time, and not of the same number of simulated milliseconds', () => {
    expect(clockAt(1, -4337)).toBe('warn');
    expect(clockAt(60, -4337)).toBe('ok');
    expect(clockAt(60, -400_000)).toBe('warn');
    expect(clockAt(60, -700_000)).toBe('bad');
    expect(clockAt(1, 12)).toBe('ok');
  });

  it.each([
    [-DAY_MS, 'The clock of this computer is 24.0 h ahead of that of the exchange.'],
    [DAY_MS, 'The clock of this computer is 24.0 h behind that of the exchange.'],
    [-10_001, 'The clock of this computer is 10 s ahead of that of the exchange.'],
    [7_000_000, 'The clock of this computer is 117 min behind that of the exchange.'],
  ])('that is wrong by %i ms is said in words, with what to do', (offset, detail) => {
    const line = healthAt(1, offset).checks.find(({ id }) => id === 'clock');
    expect(line).toMatchObject({ state: 'bad', detail, advice: 'Switch network time on; until it is right no position is opened.' });
  });

  it('does not make fresh prices look a day old, nor old ones fresh', () => {
    const streaming = (lastEventAt: number): HealthInputs['feed'] => ({
      state: 'streaming',
      text: '',
      symbolsReady: 1,
      symbolsTotal: 1,
      lastEventAt: epochMs(lastEventAt),
    });
    const ahead = healthAt(1, -DAY_MS, streaming(NOW - DAY_MS - 400));
    expect([ahead.marketAgeMs, ahead.checks.find(({ id }) => id === 'market')?.state]).toEqual([400, 'ok']);
    const behind = healthAt(1, DAY_MS, streaming(NOW + DAY_MS - 600_000));
    expect([behind.marketAgeMs, behind.checks.find(({ id }) => id === 'market')?.state]).toEqual([600_000, 'bad']);
  });
});
