// What model opinions may do: blend, lower, raise, veto, choose a side; and what happens without them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ModelOpinion, Side, Signal, StrategyMode } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { blendOpinion } from '../../../src-main/core/strategies/confidence.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { DecisionContext, Evaluation } from '../../../src-main/core/strategies/context.ts';
import { SignalMemory, createStrategy } from '../../../src-main/core/strategies/strategy.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();
const terms = { modelWeight: 0.4, vetoProbability: 0.25, rewardRisk: 2, hasEdge: true };

function opinion(winProbability: number, width = 0): ModelOpinion {
  return { model: 'gbdt', version: 'v1', winProbability, low: winProbability - width / 2, high: winProbability + width / 2, effect: 'unused' };
}

/** A market state at the moment the ICT strategy fires, with that signal. */
function firingMoment(): { readonly state: SymbolState; readonly now: EpochMs; readonly signal: Signal } {
  const state = new SymbolState('X', settings, 1024);
  const strategy = createStrategy('ict', settings, new SignalMemory());
  for (const candle of syntheticCandles({ seed: 31, count: 12_000, timeframe: '5m' })) {
    state.appendClosed5m(candle);
    const now = (candle.openTime + 300_000) as EpochMs;
    const evaluation = strategy.evaluate(state, bareContext(now));
    if (evaluation.kind === 'signal') return { state, now, signal: evaluation.signal };
  }
  throw new Error('the synthetic market gave no signal');
}

const moment = firingMoment();

function judge(mode: StrategyMode, change: Partial<DecisionContext>, used: Settings = settings): Evaluation {
  return createStrategy(mode, used, new SignalMemory()).evaluate(moment.state, { ...bareContext(moment.now), ...change });
}

function both(side: Side, its: ModelOpinion, other: ModelOpinion | null): Readonly<Record<Side, ModelOpinion | null>> {
  return side === 'long' ? { long: its, short: other } : { long: other, short: its };
}

describe('blending', () => {
  it('at break-even the model pulls towards one half, above it raises, below it lowers', () => {
    expect(blendOpinion(0.5, opinion(1 / 3), terms)).toEqual({ confidence: 0.5, uncertainty: 0, effect: 'confirmed' });
    expect(blendOpinion(0.5, opinion(0.6), terms)).toMatchObject({ effect: 'raised' });
    expect(blendOpinion(0.6, opinion(0.3), terms)).toMatchObject({ effect: 'lowered' });
    expect(blendOpinion(0.6, opinion(0.3), terms).confidence).toBeCloseTo(0.6 * 0.6 + 0.4 * (0.5 + 1.5 * (0.3 - 1 / 3)), 12);
  });

  it('below the veto probability it vetoes', () => {
    expect(blendOpinion(0.9, opinion(0.24), terms).effect).toBe('vetoed');
  });

  it('L35 a side that probably loses is never rewarded: confidence grows with the win probability of this side', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.25, max: 1, noNaN: true }),
        fc.double({ min: 0.25, max: 1, noNaN: true }),
        (ict, p, q) => {
          const low = blendOpinion(ict, opinion(Math.min(p, q)), terms).confidence;
          const high = blendOpinion(ict, opinion(Math.max(p, q)), terms).confidence;
          expect(high).toBeGreaterThanOrEqual(low - 1e-12);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('a model without proven edge never raises, and a wide band leans on ICT', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (ict, p, width) => {
          expect(blendOpinion(ict, opinion(p, width), { ...terms, hasEdge: false }).confidence).toBeLessThanOrEqual(ict);
        },
      ),
    );
    const narrow = Math.abs(blendOpinion(0.8, opinion(0.4, 0.1), terms).confidence - 0.8);
    const wide = Math.abs(blendOpinion(0.8, opinion(0.4, 0.7), terms).confidence - 0.8);
    expect(wide).toBeLessThan(narrow);
  });
});

describe('hybrid', () => {
  it('without an opinion ICT decides alone and the signal says why', () => {
    const evaluation = judge('hybrid', { fallback: 'The workers are down.' });
    expect(evaluation).toMatchObject({
      kind: 'signal',
      signal: { id: moment.signal.id, strategy: 'hybrid', confidence: moment.signal.confidence, evidence: { fallback: 'The workers are down.', opinions: [] } },
    });
  });

  it('a supporting model with edge raises the confidence and keeps the ICT one beside it', () => {
    const evaluation = judge('hybrid', { opinions: both(moment.signal.side, opinion(0.85), null), modelHasEdge: true, fallback: null });
    if (evaluation.kind !== 'signal') return expect.fail('expected a signal');
    expect(evaluation.signal.confidence).toBeGreaterThan(evaluation.signal.ictConfidence);
    expect(evaluation.signal.ictConfidence).toBe(moment.signal.ictConfidence);
    expect(evaluation.signal.evidence.opinions).toMatchObject([{ effect: 'raised', winProbability: 0.85 }]);
    expect(evaluation.signal.evidence.fallback).toBeNull();
  });

  it('a veto stops it at the model step and leaves a candidate for the virtual book', () => {
    const evaluation = judge('hybrid', { opinions: both(moment.signal.side, opinion(0.1), null), fallback: null });
    expect(evaluation).toMatchObject({
      kind: 'none',
      noSignal: { step: 'model', code: 'model.veto', numbers: { winProbability: 0.1, needed: 0.25 } },
      candidate: { id: moment.signal.id },
    });
  });

  it('an opinion on the other side alone changes nothing', () => {
    const other: Side = moment.signal.side === 'long' ? 'short' : 'long';
    expect(judge('hybrid', { opinions: both(other, opinion(0.9), null), modelHasEdge: true, fallback: null })).toMatchObject({
      kind: 'signal',
      signal: { confidence: moment.signal.confidence },
    });
  });
});

describe('self-learning', () => {
  it('takes the side the model believes in, with its calibrated probability as confidence', () => {
    const evaluation = judge('self_learning', { opinions: { long: opinion(0.3), short: opinion(0.55, 0.1) }, modelHasEdge: true, fallback: null });
    if (evaluation.kind !== 'signal') return expect.fail(`expected a signal, got ${evaluation.noSignal.code}`);
    expect(evaluation.signal).toMatchObject({ side: 'short', strategy: 'self_learning', confidence: 0.55 });
    expect(evaluation.signal.uncertainty).toBeCloseTo(0.1, 12);
    expect(evaluation.signal.plan.stop).toBeGreaterThan(evaluation.signal.plan.entry);
  });

  it('sees no edge when neither side beats break-even', () => {
    expect(judge('self_learning', { opinions: { long: opinion(0.34), short: opinion(0.33) }, modelHasEdge: true, fallback: null })).toMatchObject({
      kind: 'none',
      noSignal: { code: 'model.no_edge_now' },
      candidate: null,
    });
  });

  it('without a model, or with one that has shown no edge, ICT decides and the signal says so', () => {
    expect(judge('self_learning', { fallback: 'No model is installed.' })).toMatchObject({
      kind: 'signal',
      signal: { id: moment.signal.id, strategy: 'self_learning', evidence: { fallback: 'No model is installed.' } },
    });
    const unproven = judge('self_learning', { opinions: { long: opinion(0.6), short: opinion(0.2) }, modelHasEdge: false, fallback: null });
    expect(unproven).toMatchObject({
      kind: 'signal',
      signal: { id: moment.signal.id, evidence: { fallback: 'The model has shown no edge where there is no set-up; ICT decides alone.' } },
    });
  });
});
