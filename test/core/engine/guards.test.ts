// What the guards remember: the day's start over a crash, and the way out of a bad month.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { EngineState } from '../../../src-main/core/engine/engine-state.ts';
import { sampleSignal } from '../../support/samples.ts';
import { EngineBench, START } from './bench.ts';

describe('the daily loss limit', () => {
  it('measures from the start of the day even when the engine dies before its first checkpoint', () => {
    const bench = new EngineBench().warmUp();
    bench.wait(250);
    const lived = bench.engine.state() as { guard: { dayStartEquity: number; dayStart: number; peakEquity: number } };
    expect(lived.guard.dayStartEquity).toBe(10_000 * 1e8);
    const reborn = bench.reborn().state() as typeof lived;
    expect(reborn.guard).toMatchObject({ dayStart: lived.guard.dayStart, dayStartEquity: lived.guard.dayStartEquity, peakEquity: lived.guard.peakEquity });
  });

  it('writes the day once, not on every pulse', () => {
    const bench = new EngineBench().warmUp();
    for (let round = 0; round < 50; round += 1) bench.wait(250);
    expect(bench.records.filter((record) => record.kind === 'guard')).toHaveLength(1);
  });
});

describe('the expectancy guard', () => {
  const settings = { ...defaultSettings(), expectancyWindow: 30 };
  const create = (): EngineState =>
    new EngineState({
      settings,
      speed: 1,
      idSeed: 'k7',
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
    });

  /** Thirty candidates with this verdict that all ended at their targets. */
  function winners(state: EngineState, verdict: string): void {
    for (let index = 0; index < 30; index += 1) {
      state.virtual.open({ ...sampleSignal(), id: `s${index}`, decidedAt: START }, verdict, START);
      state.virtual.onPrice('BTCUSDT', 60_000, epochMs(START + index));
      state.virtual.onPrice('BTCUSDT', 61_300, epochMs(START + index + 1));
    }
  }

  it('counts what the trades it denied would have brought, so that it can release', () => {
    const state = create();
    winners(state, 'negative_expectancy');
    expect(state.tradeRecord('BTCUSDT').expectancyR).toBeGreaterThan(1);
  });

  it('counts no other virtual position', () => {
    const state = create();
    winners(state, 'rank');
    expect(state.tradeRecord('BTCUSDT').expectancyR).toBeNaN();
  });
});
