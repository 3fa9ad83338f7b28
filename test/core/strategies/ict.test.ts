// The ICT strategy on whole markets: it can fire, on both sides alike, once per set-up, and always says why not.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { FUNNEL_STEPS } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { DecisionContext, Evaluation } from '../../../src-main/core/strategies/context.ts';
import { weighConfidence } from '../../../src-main/core/strategies/confidence.ts';
import { FunnelCounts } from '../../../src-main/core/strategies/funnel.ts';
import { SignalMemory, createStrategy } from '../../../src-main/core/strategies/strategy.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { MIRROR_SCALE, mirrorCandles, realCandles, syntheticCandles } from '../support/candles.ts';

const settings: Settings = { ...defaultSettings(), strategyMode: 'ict' };

interface Run {
  readonly evaluations: readonly Evaluation[];
  readonly signals: readonly Signal[];
  readonly candidates: ReadonlyMap<string, Signal>;
  readonly funnel: FunnelCounts;
}

/** Judges every 5m close from bar `from` on, remembering what fired. */
function trade(
  candles: readonly Candle[],
  options: { readonly from?: number; readonly settings?: Settings; readonly context?: (now: EpochMs) => DecisionContext } = {},
): Run {
  const used = options.settings ?? settings;
  const state = new SymbolState('X', used, 1024);
  const memory = new SignalMemory();
  const strategy = createStrategy('ict', used, memory);
  const funnel = new FunnelCounts();
  const evaluations: Evaluation[] = [];
  const signals: Signal[] = [];
  const candidates = new Map<string, Signal>();
  candles.forEach((candle, index) => {
    expect(state.appendClosed5m(candle).kind).toBe('appended');
    if (index < (options.from ?? 0)) return;
    const now = (candle.openTime + 300_000) as EpochMs;
    const evaluation = strategy.evaluate(state, (options.context ?? bareContext)(now));
    evaluations.push(evaluation);
    funnel.record(evaluation);
    if (evaluation.kind === 'signal') {
      signals.push(evaluation.signal);
      memory.remember(evaluation.signal.id);
    } else if (evaluation.candidate !== null) candidates.set(evaluation.candidate.id, evaluation.candidate);
  });
  return { evaluations, signals, candidates, funnel };
}

const SYNTHETIC = [31, 32, 33].map((seed) => syntheticCandles({ seed, count: 12_000, timeframe: '5m' }));
const runs = SYNTHETIC.map((candles) => trade(candles));
const signals = runs.flatMap((run) => run.signals);

describe('L14 some market passes every gate', () => {
  it('with default settings the strategy fires on both sides', () => {
    expect(signals.filter((signal) => signal.side === 'long').length).toBeGreaterThan(3);
    expect(signals.filter((signal) => signal.side === 'short').length).toBeGreaterThan(3);
  });

  it('every evaluation is counted at exactly one step, and no single step stops everything', () => {
    for (const { funnel, evaluations } of runs) {
      const view = funnel.view(1);
      expect(view.evaluated).toBe(evaluations.length);
      expect(view.signals + FUNNEL_STEPS.reduce((sum, step) => sum + view.stopped[step], 0)).toBe(view.evaluated);
      expect(funnel.impassableStep).toBeNull();
    }
    const blocked = trade(SYNTHETIC[0]!.slice(0, 2500), { from: 2000, settings: { ...settings, regimeTrendingMultiplier: 0, regimeStrongMultiplier: 0 } });
    expect(blocked.funnel.impassableStep).toBe('regime');
    expect(blocked.funnel.reasons[0]?.[0]).toMatch(/^regime\./);
  });

  it('every refusal carries a code of its step, finite numbers and a progress that grows with the steps passed', () => {
    const refusals = runs.flatMap((run) => run.evaluations.flatMap((evaluation) => (evaluation.kind === 'none' ? [evaluation.noSignal] : [])));
    const bad = refusals.filter(
      (refusal) =>
        !refusal.code.startsWith(`${refusal.step}.`) ||
        refusal.progress < 0 ||
        refusal.progress > 1 ||
        Object.values(refusal.numbers).some((value) => !Number.isFinite(value)),
    );
    expect(bad).toEqual([]);
    const highest = (step: string): number => Math.max(...refusals.filter((refusal) => refusal.step === step).map((refusal) => refusal.progress));
    expect(highest('regime')).toBeLessThanOrEqual(Math.min(...refusals.filter((refusal) => refusal.step === 'bias').map((refusal) => refusal.progress)));
    expect(highest('bias')).toBeLessThanOrEqual(Math.min(...refusals.filter((refusal) => refusal.step === 'setup').map((refusal) => refusal.progress)));
  });
});

describe('plans', () => {
  it('the stop is behind the zone and no closer than the minimum, the target ahead, within the allowed ratios', () => {
    for (const { plan, side, evidence } of [...signals, ...runs.flatMap((run) => [...run.candidates.values()])]) {
      const sign = side === 'long' ? 1 : -1;
      const zone = evidence.zone!;
      expect(sign * (plan.entry - plan.stop)).toBeGreaterThan(0);
      expect(sign * (plan.target - plan.entry)).toBeGreaterThan(0);
      expect(side === 'long' ? plan.stop < zone.bottom : plan.stop > zone.top).toBe(true);
      expect(Math.abs(Math.log(plan.stop / plan.entry))).toBeGreaterThanOrEqual(0.003 - 1e-12);
      const ratio = Math.abs(Math.log(plan.target / plan.entry) / Math.log(plan.stop / plan.entry));
      expect(ratio).toBeGreaterThanOrEqual(1.5 - 1e-9);
      expect(ratio).toBeLessThanOrEqual(3 + 1e-9);
    }
  });

  it('with limit entries the plan waits at the near edge of the zone', () => {
    const limited = trade(SYNTHETIC[0]!, { settings: { ...settings, entryOrder: 'limit' } });
    const waiting = [...limited.candidates.values()].filter((signal) => signal.plan.entryKind === 'limit');
    expect(waiting.length).toBeGreaterThan(0);
    for (const { plan, side, evidence } of waiting) expect(plan.entry).toBe(side === 'long' ? evidence.zone!.top : evidence.zone!.bottom);
  });
});

describe('signals', () => {
  it('confidence is the weighted sum of five sub-scores, all in [0, 1], and evidence can be read', () => {
    for (const signal of signals) {
      for (const score of Object.values(signal.evidence.subScores)) {
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
      }
      expect(signal.confidence).toBeCloseTo(weighConfidence(signal.evidence.subScores), 12);
      expect(signal.quality).toBeGreaterThan(0);
      expect(signal.evidence.facts.length).toBeGreaterThan(10);
      expect(signal.evidence.facts.filter((fact) => typeof fact.value === 'number' && !Number.isFinite(fact.value))).toEqual([]);
    }
  });

  it('a set-up fires once: ids are unique, and judged again it is said to have fired', () => {
    for (const run of runs) expect(new Set(run.signals.map((signal) => signal.id)).size).toBe(run.signals.length);
    expect(runs.some((run) => run.funnel.reasons.some(([code]) => code === 'trigger.already_signalled'))).toBe(true);
  });

  it('a memory rebuilt from journalled ids refuses the same signals', () => {
    const first = trade(SYNTHETIC[0]!);
    const state = new SymbolState('X', settings, 1024);
    const memory = new SignalMemory();
    for (const signal of first.signals) memory.remember(signal.id);
    const strategy = createStrategy('ict', settings, memory);
    for (const candle of SYNTHETIC[0]!) {
      state.appendClosed5m(candle);
      expect(strategy.evaluate(state, bareContext((candle.openTime + 300_000) as EpochMs)).kind).toBe('none');
    }
  });

  it('stale data, a wide spread, a gap and an opposite position stop it with their own reason', () => {
    const signal = runs[0]!.signals[0]!;
    const upTo = SYNTHETIC[0]!.slice(0, SYNTHETIC[0]!.findIndex((candle) => candle.openTime + 300_000 === signal.decidedAt) + 1);
    const ask = (change: Partial<DecisionContext>, prepare?: (state: SymbolState) => void): string => {
      const state = new SymbolState('X', settings, 1024);
      for (const candle of upTo) state.appendClosed5m(candle);
      prepare?.(state);
      const evaluation = createStrategy('ict', settings, new SignalMemory()).evaluate(state, { ...bareContext(signal.decidedAt), ...change });
      return evaluation.kind === 'signal' ? 'signal' : evaluation.noSignal.code;
    };
    expect(ask({})).toBe('signal');
    expect(ask({ now: (signal.decidedAt + 331_000) as EpochMs })).toBe('data.stale');
    expect(ask({ spreadFraction: 0.01 })).toBe('data.spread');
    expect(ask({ openSide: signal.side === 'long' ? 'short' : 'long' })).toBe('quality.too_low');
    expect(ask({}, (state) => state.appendClosed5m({ ...upTo.at(-1)!, openTime: (signal.decidedAt + 300_000) as EpochMs }))).toBe('data.gap');
  });

  it('L26 freshness counts from the close of the newest candle, not from its open', () => {
    const state = new SymbolState('X', settings, 1024);
    for (const candle of SYNTHETIC[0]!.slice(0, 3000)) state.appendClosed5m(candle);
    const closed = state.frames['5m'].book.lastCloseTime;
    const codeAt = (now: number): string | null => {
      const evaluation = createStrategy('ict', settings, new SignalMemory()).evaluate(state, bareContext(now as EpochMs));
      return evaluation.kind === 'none' ? evaluation.noSignal.code : null;
    };
    expect(codeAt(closed + 300_000 + settings.staleDataSeconds * 1000)).not.toBe('data.stale');
    expect(codeAt(closed + 300_001 + settings.staleDataSeconds * 1000)).toBe('data.stale');
  });
});

const real = realCandles('LINKUSDT', '5m', { from: 0, count: 20_000 });

describe('L15 the mirrored market gives exactly the mirrored signals', () => {
  for (const [name, candles] of [
    ['synthetic', SYNTHETIC[1]!],
    ['real LINKUSDT', real],
  ] as const) {
    it.skipIf(candles === null)(`same times, opposite sides, equal confidence and quality, mirrored plans, equal reasons (${name})`, () => {
      const original = trade(candles!);
      const mirrored = trade(mirrorCandles(candles!));
      expect(original.signals.length).toBeGreaterThan(2);
      expect(mirrored.evaluations.map(seenInMirror)).toEqual(original.evaluations.map(seen));
    });
  }
});

const digits = (value: number): number => Number(value.toPrecision(7));

function seen(evaluation: Evaluation): unknown {
  const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
  const plan = signal === null ? null : [signal.side, signal.id, signal.plan.entry, signal.plan.stop, signal.plan.target, signal.confidence, signal.quality];
  return [
    evaluation.kind,
    evaluation.kind === 'none' ? [evaluation.noSignal.step, evaluation.noSignal.code, evaluation.noSignal.side, digits(evaluation.noSignal.progress)] : null,
    plan?.map((value) => (typeof value === 'number' ? digits(value) : value)),
  ];
}

function seenInMirror(evaluation: Evaluation): unknown {
  const flip = (text: string): string =>
    text.replace(/long|short|premium|discount/, (word) => ({ long: 'short', short: 'long', premium: 'discount', discount: 'premium' })[word]!);
  const turn = (signal: Signal): Signal => ({
    ...signal,
    side: signal.side === 'long' ? 'short' : 'long',
    id: flip(signal.id),
    plan: { ...signal.plan, entry: MIRROR_SCALE / signal.plan.entry, stop: MIRROR_SCALE / signal.plan.stop, target: MIRROR_SCALE / signal.plan.target },
  });
  if (evaluation.kind === 'signal') return seen({ kind: 'signal', signal: turn(evaluation.signal) });
  const side = evaluation.noSignal.side === null ? null : evaluation.noSignal.side === 'long' ? 'short' : 'long';
  return seen({
    kind: 'none',
    noSignal: { ...evaluation.noSignal, side, code: flip(evaluation.noSignal.code) },
    candidate: evaluation.candidate === null ? null : turn(evaluation.candidate),
  });
}
