// A resting entry whose price was traded through has filled; when the news of it is lost, the position must not wait for its stop.
import { describe, expect, it } from 'vitest';
import { ok } from '../../../src-shared/kernel/result.ts';
import type { OrderIntent } from '../../../src-shared/domain/order.ts';
import { sampleSignal } from '../../support/samples.ts';
import { Bench, submitted } from './support.ts';

const LIMIT = 59_900;

function resting(bench: Bench): OrderIntent {
  const signal = sampleSignal();
  const entry = bench.open({ signal: { ...signal, plan: { ...signal.plan, entryKind: 'limit', entry: LIMIT } } });
  bench.acknowledge(entry);
  return entry;
}

/** The venue answers that the order rests, as often as it is asked; how often that was. */
function questions(bench: Bench, entry: OrderIntent, price: number, milliseconds: number): number {
  let count = 0;
  bench.last = price;
  for (let passed = 0; passed < milliseconds; passed += 100) {
    bench.wait(100);
    bench.keep(bench.desk.onPrice('BTCUSDT', bench.now));
    for (const effect of bench.keep(bench.desk.onPulse(bench.now)).effects) {
      if (effect.kind !== 'query' || effect.clientOrderId !== entry.clientOrderId) continue;
      count += 1;
      bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(bench.report(entry, {})), bench.now));
    }
  }
  return count;
}

/** An entry that has rested so long that it is asked about seldom. */
function longResting(): { readonly bench: Bench; readonly entry: OrderIntent } {
  const bench = new Bench({ orderTimeoutSeconds: 300 });
  const entry = resting(bench);
  questions(bench, entry, LIMIT + 50, 120_000);
  return { bench, entry };
}

describe('an entry whose price was traded through', () => {
  it('is asked about within a second, and the stop leaves as soon as the venue says that it filled', () => {
    const { bench, entry } = longResting();
    bench.last = LIMIT - 10;
    bench.keep(bench.desk.onPrice('BTCUSDT', bench.now));
    const asked: string[] = [];
    for (let turn = 0; turn < 10; turn += 1) for (const effect of bench.pulse(100).effects) if (effect.kind === 'query') asked.push(effect.clientOrderId);
    expect(asked).toContain(entry.clientOrderId);
    const filled = bench.report(entry, { status: 'filled', filledLots: entry.lots, averagePrice: LIMIT });
    const sent = submitted(bench.keep(bench.desk.onQueried(entry.clientOrderId, ok(filled), bench.now)));
    expect(sent.map(({ purpose }) => purpose)).toContain('stop');
  });

  it('is asked about no more often than once a second while the venue says that it still rests', () => {
    const { bench, entry } = longResting();
    const asked = questions(bench, entry, LIMIT - 10, 10_000);
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(asked).toBeLessThanOrEqual(10);
  });

  it('at its price or before it nothing is asked out of turn: it may rest there for long', () => {
    const { bench, entry } = longResting();
    expect(questions(bench, entry, LIMIT, 3000)).toBeLessThanOrEqual(1);
  });
});
