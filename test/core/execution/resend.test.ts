// ORDER_RETRIES: an entry that the exchange surely did not execute goes out again under its own id, after a question, while it is wanted.
import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError } from '../../../src-main/core/ports.ts';
import type { DeskOutput } from '../../../src-main/core/execution/desk-output.ts';
import { isPassing } from '../../../src-main/core/execution/resend-entry.ts';
import { Bench, refusal, submitted } from './support.ts';

const OVERLOADED: ExchangeError = { code: 'unavailable', outcome: 'not_executed', venueCode: -1008, detail: '503', uiMessage: 'The exchange is overloaded.' };

function fail(bench: Bench, intent: OrderIntent, error: ExchangeError = OVERLOADED): DeskOutput {
  return bench.keep(bench.desk.onSubmitted(intent.clientOrderId, err(error), bench.now));
}

function questions(output: DeskOutput): readonly string[] {
  return output.effects.flatMap((effect) => (effect.kind === 'query' ? [effect.clientOrderId] : []));
}

/** Pulses until something is asked; gives the milliseconds it took. */
function untilAsked(bench: Bench): number {
  for (let waited = 50; waited <= 60_000; waited += 50) if (questions(bench.pulse(50)).length > 0) return waited;
  throw new Error('nothing was asked');
}

function answer(bench: Bench, intent: OrderIntent, result: Parameters<Bench['desk']['onQueried']>[1] = ok(null)): DeskOutput {
  return bench.keep(bench.desk.onQueried(intent.clientOrderId, result, bench.now));
}

describe('an entry that the exchange surely did not execute', () => {
  it('is asked about and sent again under the same client id, with the same content', () => {
    const bench = new Bench();
    const entry = bench.open();
    expect(submitted(fail(bench, entry))).toEqual([]);
    expect(bench.position().phase).toBe('opening');
    expect(untilAsked(bench)).toBe(1000);
    expect(submitted(answer(bench, entry))).toEqual([entry]);
    bench.acknowledge(entry);
    expect(submitted(bench.execute(entry, entry.lots, 60_000)).map(({ purpose }) => purpose)).toEqual(['stop', 'target']);
  });

  it('waits ORDER_RETRY_MIN, twice as long each time, at most ORDER_RETRY_MAX, and gives up after ORDER_RETRIES', () => {
    const bench = new Bench({ orderRetries: 3, orderRetryMinSeconds: 2, orderRetryMaxSeconds: 5, orderTimeoutSeconds: 3600 });
    const entry = bench.open();
    const waits: number[] = [];
    fail(bench, entry);
    for (let round = 0; round < 3; round += 1) {
      waits.push(untilAsked(bench));
      expect(submitted(answer(bench, entry))).toEqual([entry]);
      fail(bench, entry);
    }
    expect(waits).toEqual([2000, 4000, 5000]);
    expect(bench.position()).toMatchObject({ phase: 'closed', lots: 0 });
  });

  it('is refused at once when ORDER_RETRIES is 0', () => {
    const bench = new Bench({ orderRetries: 0 });
    fail(bench, bench.open());
    expect(bench.position().phase).toBe('closed');
  });

  it('never leaves while the question has no answer', () => {
    const bench = new Bench();
    const entry = bench.open();
    fail(bench, entry);
    untilAsked(bench);
    expect(submitted(answer(bench, entry, err(OVERLOADED)))).toEqual([]);
    expect(untilAsked(bench)).toBe(1000);
    expect(submitted(answer(bench, entry))).toEqual([entry]);
  });

  it('L1 is taken as placed when the exchange knows it after all: it is never sent a second time', () => {
    const bench = new Bench();
    const entry = bench.open();
    fail(bench, entry);
    untilAsked(bench);
    expect(submitted(answer(bench, entry, ok(bench.report(entry, { status: 'resting' }))))).toEqual([]);
    for (let waited = 0; waited < 60_000; waited += 500) expect(submitted(bench.pulse(500)).filter(({ purpose }) => purpose === 'entry')).toEqual([]);
  });

  it('is not sent again when its events came meanwhile', () => {
    const bench = new Bench();
    const entry = bench.open();
    fail(bench, entry);
    bench.execute(entry, entry.lots, 60_000);
    for (let waited = 0; waited < 30_000; waited += 500) expect(submitted(bench.pulse(500)).filter(({ purpose }) => purpose === 'entry')).toEqual([]);
    expect(bench.position().lots).toBe(entry.lots);
  });

  it('L1 with an unknown outcome is never sent again, whatever the exchange does not know', () => {
    const bench = new Bench();
    const entry = bench.open();
    fail(bench, entry, refusal(-1007, 'unknown'));
    for (let waited = 0; waited < 60_000; waited += 500) {
      const output = bench.pulse(500);
      expect(submitted(output)).toEqual([]);
      if (questions(output).length > 0) expect(submitted(answer(bench, entry))).toEqual([]);
    }
    expect(bench.position().phase).toBe('closed');
  });

  it('whose second try has an unknown outcome is checked, not sent a third time', () => {
    const bench = new Bench();
    const entry = bench.open();
    fail(bench, entry);
    untilAsked(bench);
    answer(bench, entry);
    fail(bench, entry, refusal(-1007, 'unknown'));
    for (let waited = 0; waited < 8000; waited += 250) {
      const output = bench.pulse(250);
      if (questions(output).length > 0) expect(submitted(answer(bench, entry))).toEqual([]);
    }
    expect(bench.desk.hasUnknownOrder('BTCUSDT')).toBe(true);
  });
});

describe('an entry whose next try never got an answer', () => {
  it('is asked about like any other order and given up, never sent a third time', () => {
    const bench = new Bench();
    const entry = bench.open();
    fail(bench, entry);
    untilAsked(bench);
    expect(submitted(answer(bench, entry))).toEqual([entry]);
    // The journal could not be written, or the program slept: nothing came of it.
    bench.wait(5000);
    bench.reconcile();
    for (let waited = 0; waited < 40_000; waited += 250) {
      const output = bench.pulse(250);
      expect(submitted(output)).toEqual([]);
      if (questions(output).length > 0) expect(submitted(answer(bench, entry))).toEqual([]);
    }
    expect(bench.position()).toMatchObject({ phase: 'closed', lots: 0 });
  });
});

describe('an entry that waits for its next try is given up', () => {
  function given(settings: ConstructorParameters<typeof Bench>[0], change: (bench: Bench, entry: OrderIntent) => void): Bench {
    const bench = new Bench(settings);
    const entry = bench.open();
    fail(bench, entry);
    change(bench, entry);
    for (let waited = 0; waited < 40_000; waited += 250) {
      const output = bench.pulse(250);
      if (questions(output).length > 0) expect(submitted(answer(bench, entry))).toEqual([]);
    }
    expect(bench.position()).toMatchObject({ phase: 'closed', lots: 0 });
    return bench;
  }

  it('when the price has moved away by more than MAX_SLIPPAGE_PCT', () => void given({ maxSlippagePercent: 0.2 }, (bench) => void (bench.mark = 60_130)));

  it('when the price is beyond the stop', () => void given({ maxSlippagePercent: 5 }, (bench) => void (bench.mark = 59_000)));

  it('when a person takes it back', () => void given({}, (bench, entry) => void bench.keep(bench.desk.cancelEntry(entry.clientOrderId, bench.now))));

  it('when trading does not allow entries any more', () => void given({}, (bench) => void (bench.allowsEntries = false)));

  it('when the time of an entry is over', () => void given({ orderTimeoutSeconds: 1, orderRetryMinSeconds: 3 }, () => undefined));
});

describe('which failures pass', () => {
  it.each([
    ['overload -1008', OVERLOADED, true],
    ['no way to the exchange', { ...OVERLOADED, code: 'unreachable', venueCode: null }, true],
    ['the order budget -1015', { ...OVERLOADED, code: 'rate_limited', venueCode: -1015 }, true],
    ['the clock -1021', { ...OVERLOADED, code: 'timestamp', venueCode: -1021 }, true],
    ['maintenance -1016', { ...OVERLOADED, venueCode: -1016 }, false],
    ['an unknown outcome', { ...OVERLOADED, outcome: 'unknown' }, false],
    ['margin -2019', refusal(-2019), false],
    ['a breaker that holds entries', { ...OVERLOADED, code: 'breaker', venueCode: null }, false],
    ['a ban', { ...OVERLOADED, code: 'banned', venueCode: -1003 }, false],
    ['the location', { ...OVERLOADED, code: 'geo_blocked', venueCode: null }, false],
    ['the key -2015', { ...OVERLOADED, code: 'unauthorised', venueCode: -2015 }, false],
  ] satisfies readonly (readonly [string, ExchangeError, boolean])[])('%s', (_name, error, passes) => {
    expect(isPassing(error)).toBe(passes);
  });

  it('protection and closing are not waited for: their own retries are quicker', () => {
    const bench = new Bench();
    const entry = bench.open();
    bench.acknowledge(entry);
    const stop = submitted(bench.execute(entry, entry.lots, 60_000)).find(({ purpose }) => purpose === 'stop');
    if (stop === undefined) throw new Error('no stop');
    fail(bench, stop);
    const again = [...Array(8)].flatMap(() => submitted(bench.pulse(250)));
    expect(again.map(({ purpose }) => purpose)).toContain('stop');
  });
});
