// BATCH_MAX_DELAY: a cycle that starts while candles of one close are arriving waits for the others, once and not long.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BatchWait } from '../../src-main/hosts/batch-wait.ts';

describe('a live cycle', () => {
  let now = 1000;
  let cycles = 0;
  const cycle = (): void => void (cycles += 1);
  const create = (batchMaxDelayMs = 100): BatchWait => new BatchWait({ settings: () => ({ batchMaxDelayMs, batchPredictionSize: 32 }), now: () => now });

  beforeEach(() => {
    vi.useFakeTimers();
    now = 1000;
    cycles = 0;
  });
  afterEach(() => void vi.useRealTimers());

  it('starts at once when no candle is arriving', () => {
    const batch = create();
    batch.run(cycle);
    batch.onCandle();
    now += 100;
    batch.run(cycle);
    expect(cycles).toBe(2);
  });

  it('waits BATCH_MAX_DELAY when a candle has just come, and no longer', () => {
    const batch = create();
    batch.onCandle();
    now += 99;
    batch.run(cycle);
    expect(cycles).toBe(0);
    vi.advanceTimersByTime(50);
    batch.onCandle();
    vi.advanceTimersByTime(49);
    expect(cycles).toBe(0);
    vi.advanceTimersByTime(1);
    expect(cycles).toBe(1);
  });

  it('starts at once when the batch is full: sixteen markets are 32 rows', () => {
    const batch = create();
    for (let market = 0; market < 16; market += 1) batch.onCandle();
    batch.run(cycle);
    expect(cycles).toBe(1);
  });

  it('never waits when the setting is 0', () => {
    const batch = create(0);
    batch.onCandle();
    batch.run(cycle);
    expect(cycles).toBe(1);
  });

  it('waits once: another turn meanwhile starts no second cycle, and stopping starts none', () => {
    const batch = create();
    batch.onCandle();
    batch.run(cycle);
    batch.run(cycle);
    vi.advanceTimersByTime(1000);
    expect(cycles).toBe(1);
    batch.onCandle();
    batch.run(cycle);
    batch.stop();
    vi.advanceTimersByTime(1000);
    expect(cycles).toBe(1);
  });
});
