// The clock of the health checklist: what counts is the offset on the wall, however fast the exchange is simulated.
import { describe, expect, it } from 'vitest';
import { buildHealth, type HealthInputs } from '../../src-main/hosts/health.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';

const SUMMARY = { last: 1, p50: 1, p99: 1, count: 5 };

function clockAt(speed: number, clockOffsetMs: number): string | undefined {
  const health = buildHealth({
    now: epochMs(1000),
    speed,
    settings: defaultSettings(),
    exchange: { userStream: 'connected', breaker: 'normal', weightUsed: 1, weightLimit: 1920, clockOffsetMs, restLatencyMs: 9 } as HealthInputs['exchange'],
    feed: null,
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
  return health.checks.find(({ id }) => id === 'clock')?.state;
}

describe('the clock in the health checklist', () => {
  it('warns of an offset of seconds in real time, and not of the same number of simulated milliseconds', () => {
    expect(clockAt(1, -4337)).toBe('warn');
    expect(clockAt(60, -4337)).toBe('ok');
    expect(clockAt(60, -400_000)).toBe('warn');
    expect(clockAt(1, 12)).toBe('ok');
  });
});
