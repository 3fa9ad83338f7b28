// What stands around the rules: names already signalled, the counts of a cycle, and the funnel's order.
import { describe, expect, it } from 'vitest';
import { FUNNEL_STEPS } from '../../../src-shared/domain/signal.ts';
import type { NoSignal } from '../../../src-shared/domain/signal.ts';
import { refuse } from '../../../src-main/core/strategies/context.ts';
import type { Evaluation } from '../../../src-main/core/strategies/context.ts';
import { FunnelCounts } from '../../../src-main/core/strategies/funnel.ts';
import { REMEMBERED_SIGNALS, SignalMemory } from '../../../src-main/core/strategies/strategy.ts';
import { sampleSignal } from '../../support/samples.ts';
import { NOW } from './support.ts';

const refused = (step: NoSignal['step'], code: string): Evaluation => ({
  kind: 'none',
  noSignal: refuse({ symbol: 'X', now: NOW, step, code, numbers: {}, side: null, closeness: 0 }),
  candidate: null,
});
const fired: Evaluation = { kind: 'signal', signal: sampleSignal() };

describe('the memory of signals', () => {
  it('forgets the oldest one when it is full, and none before', () => {
    const memory = new SignalMemory();
    for (let index = 0; index < REMEMBERED_SIGNALS; index += 1) memory.remember(`id ${index}`);
    memory.remember('id 5');
    expect([memory.size, memory.has('id 0'), memory.has('id 1')]).toEqual([REMEMBERED_SIGNALS, true, true]);
    memory.remember('one more');
    expect([memory.size, memory.has('id 0'), memory.has('id 1'), memory.has('one more')]).toEqual([REMEMBERED_SIGNALS, false, true, true]);
  });
});

describe('the counts of a cycle', () => {
  it('say how many were judged, how many fire, and at which step the others stopped', () => {
    const counts = new FunnelCounts();
    for (const entry of [fired, refused('bias', 'bias.none'), refused('data', 'data.gap'), fired, refused('bias', 'bias.none')]) counts.record(entry);
    expect(counts.view(7)).toEqual({
      cycle: 7,
      evaluated: 5,
      signals: 2,
      stopped: { data: 1, regime: 0, bias: 2, setup: 0, trigger: 0, confidence: 0, plan: 0, quality: 0, model: 0, rank: 0, risk: 0 },
    });
    counts.stop('rank', 'rank.virtual_only');
    expect(counts.view(7)).toMatchObject({ evaluated: 5, signals: 1, stopped: { rank: 1 } });
  });

  it('give the reasons most frequent first, equal ones by name', () => {
    const counts = new FunnelCounts();
    for (const code of ['b', 'c', 'a', 'd', 'e', 'c']) counts.record(refused('setup', code));
    expect(counts.reasons).toEqual([
      ['c', 2],
      ['a', 1],
      ['b', 1],
      ['d', 1],
      ['e', 1],
    ]);
  });

  it('name an impassable step only when it stopped every symbol there was', () => {
    const counts = new FunnelCounts();
    expect(counts.impassableStep).toBeNull();
    counts.record(refused('regime', 'regime.choppy'));
    counts.record(refused('regime', 'regime.ranging'));
    expect(counts.impassableStep).toBe('regime');
    counts.record(fired);
    expect(counts.impassableStep).toBeNull();
    counts.stop('rank', 'rank.virtual_only');
    expect(counts.impassableStep).toBeNull();
  });
});

describe('progress', () => {
  it('grows by a ninth with every step of a strategy, in the order of the funnel', () => {
    const steps = FUNNEL_STEPS.filter((step) => step !== 'rank' && step !== 'risk');
    expect(steps).toHaveLength(9);
    const progress = steps.map((step) => refuse({ symbol: 'X', now: NOW, step, code: step, numbers: {}, side: null, closeness: 0 }).progress);
    expect(progress).toEqual(steps.map((_, index) => expect.closeTo(index / 9, 12)));
  });
});
