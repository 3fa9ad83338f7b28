// The graded breaker: 2 warn, 4 throttle to one call every 2.0 s, 5 block; half-open recovery; what reduces risk always passes.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { CircuitBreaker } from '../../../src-main/adapters/binance/circuit-breaker.ts';
import type { CallPriority } from '../../../src-main/core/ports.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';

const LIMITS = { enabled: true, warning: 2, throttled: 4, blocked: 5, throttleMs: 2000, probeMs: 30_000 };

function bench(limits = LIMITS): { breaker: CircuitBreaker; readonly pass: (ms: number) => void; readonly fail: (times: number) => void } {
  let now = 0;
  const breaker = new CircuitBreaker(
    () => limits,
    () => now,
  );
  return {
    breaker,
    pass: (ms) => void (now += ms),
    fail: (times) => {
      for (let index = 0; index < times; index += 1) breaker.fail();
    },
  };
}

describe('the circuit breaker', () => {
  it('has the thresholds 2, 4, 5 and 2.0 s as defaults', () => {
    const settings = defaultSettings();
    expect([settings.breakerWarningFailures, settings.breakerThrottledFailures, settings.breakerBlockedFailures, settings.breakerThrottleSeconds]).toEqual([
      2, 4, 5, 2,
    ]);
  });

  it.each([
    [0, 'normal'],
    [1, 'normal'],
    [2, 'warning'],
    [3, 'warning'],
    [4, 'throttled'],
    [5, 'blocked'],
    [9, 'blocked'],
  ])('after %i failures in a row it is %s', (failures, grade) => {
    const { breaker, fail } = bench();
    fail(failures);
    expect(breaker.grade).toBe(grade);
  });

  it('counts failures in a row only: a success starts again', () => {
    const { breaker, fail } = bench();
    fail(1);
    breaker.succeed();
    fail(1);
    expect([breaker.grade, breaker.failures]).toEqual(['normal', 1]);
  });

  it('warning lets everything pass', () => {
    const { breaker, fail } = bench();
    fail(3);
    expect(breaker.admit('trade')).toEqual({ kind: 'pass' });
    expect(breaker.admit('backfill')).toEqual({ kind: 'pass' });
  });

  it('throttled spaces entries 2.0 s apart, counted from the last call', () => {
    const { breaker, pass, fail } = bench();
    expect(breaker.admit('trade')).toEqual({ kind: 'pass' });
    fail(4);
    pass(500);
    expect(breaker.admit('trade')).toEqual({ kind: 'wait', ms: 1500 });
    pass(1500);
    expect(breaker.admit('trade')).toEqual({ kind: 'pass' });
    expect(breaker.admit('data')).toEqual({ kind: 'wait', ms: 2000 });
  });

  it('blocked refuses entries and says when the next probe is due', () => {
    const { breaker, pass, fail } = bench();
    fail(5);
    pass(10_000);
    expect(breaker.admit('trade')).toEqual({ kind: 'refuse', probeInMs: 20_000 });
  });

  it('half-open lets one probe through and restores step by step: throttled, warning, normal', () => {
    const { breaker, pass, fail } = bench();
    fail(5);
    pass(30_000);
    expect(breaker.grade).toBe('throttled');
    expect(breaker.admit('trade')).toEqual({ kind: 'pass' });
    expect(breaker.admit('trade')).toEqual({ kind: 'refuse', probeInMs: 0 });
    const grades = [1, 2, 3].map(() => {
      breaker.succeed();
      return breaker.grade;
    });
    expect(grades).toEqual(['throttled', 'warning', 'normal']);
  });

  it('an answer to a call that passed the block ends it before its time: throttled, not blocked', () => {
    const { breaker, pass, fail } = bench();
    fail(5);
    pass(1000);
    expect([breaker.grade, breaker.admit('protect')]).toEqual(['blocked', { kind: 'pass' }]);
    breaker.succeed();
    expect(breaker.grade).toBe('throttled');
    expect(breaker.admit('trade')).toEqual({ kind: 'wait', ms: 2000 });
  });

  it('a failed probe blocks for another full period', () => {
    const { breaker, pass, fail } = bench();
    fail(5);
    pass(30_000);
    breaker.admit('trade');
    breaker.fail();
    expect(breaker.grade).toBe('blocked');
    expect(breaker.admit('trade')).toEqual({ kind: 'refuse', probeInMs: 30_000 });
  });

  it('a probe that ends without a verdict makes room for the next probe instead of blocking for ever', () => {
    const { breaker, pass, fail } = bench();
    fail(5);
    pass(30_000);
    breaker.admit('trade');
    breaker.release();
    expect(breaker.admit('trade')).toEqual({ kind: 'pass' });
  });

  it.each<CallPriority>(['protect', 'close', 'reconcile'])('L13 %s passes at every grade, also while blocked and while throttled', (priority) => {
    const { breaker, fail } = bench();
    for (let failures = 0; failures < 50; failures += 1) {
      expect(breaker.admit(priority)).toEqual({ kind: 'pass' });
      fail(1);
    }
    expect(breaker.grade).toBe('blocked');
  });

  it('does nothing when switched off', () => {
    const { breaker, fail } = bench({ ...LIMITS, enabled: false });
    fail(20);
    expect([breaker.grade, breaker.admit('trade')]).toEqual(['normal', { kind: 'pass' }]);
  });

  it('always recovers: after any history, answered probes bring every priority back', () => {
    const step = fc.oneof(
      fc.constant('fail' as const),
      fc.constant('succeed' as const),
      fc.constant('release' as const),
      fc.constantFrom<CallPriority>('protect', 'close', 'trade', 'reconcile', 'data', 'backfill'),
      fc.integer({ min: 0, max: 40_000 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { breaker, pass } = bench();
        for (const action of steps) {
          if (typeof action === 'number') pass(action);
          else if (action === 'fail') breaker.fail();
          else if (action === 'succeed') breaker.succeed();
          else if (action === 'release') breaker.release();
          else breaker.admit(action);
        }
        breaker.release();
        for (let call = 0; call < 4; call += 1) {
          pass(30_000);
          expect(breaker.admit('trade')).toEqual({ kind: 'pass' });
          breaker.succeed();
        }
        expect(breaker.grade).toBe('normal');
      }),
      { numRuns: 500, seed: 13 },
    );
  });
});
