// How an answer of the whole stack enters decisions: who decides, what a drifting model may still do, and what each model said.
import { describe, expect, it } from 'vitest';
import { hear } from '../../../src-main/core/engine/model-answers.ts';
import { STACK_COLUMN_COUNT, STACK_COLUMNS } from '../../../src-main/core/learning/stack-answer.ts';
import type { PredictionResult, StackPrediction } from '../../../src-main/core/ports.ts';
import { blendOpinion } from '../../../src-main/core/strategies/confidence.ts';
import { bareContext, type Evaluation } from '../../../src-main/core/strategies/context.ts';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { sampleSignal } from '../../support/samples.ts';

const SYMBOL = 'BTCUSDT';
const settings = { ...defaultSettings(), strategyMode: 'hybrid' as const };
const CONTEXT = bareContext(epochMs(1));

/** Both sides: trees 0.4 ± 0.1; the long side has a set-up that the ensemble gives 0.6. `best` is the evolver's action. */
function answer(edges: readonly string[], best = 4, change: Partial<PredictionResult> = {}): PredictionResult {
  const values = new Float32Array(2 * STACK_COLUMN_COUNT).fill(Number.NaN);
  for (const row of [0, 1]) {
    const at = row * STACK_COLUMN_COUNT;
    values.set([0.4, 0.3, 0.5], at + STACK_COLUMNS.trees);
    values.set([0.55], at + STACK_COLUMNS.discovery);
    values.set(row === 0 ? [0.7, 0.2, 1, 2] : [0.2, 0.7, 2, 1], at + STACK_COLUMNS.takenAhead);
    values.set([Math.log(1.5)], at + STACK_COLUMNS.novelty);
    values.set([0.6, 0.3, 0.1], at + STACK_COLUMNS.regimeAhead);
  }
  values.set([0.6, 0.5, 0.7], STACK_COLUMNS.ensemble);
  for (let action = 0; action < 9; action += 1) values[STACK_COLUMNS.evolver + action] = action === best ? 0.5 : 0.1;
  const served: StackPrediction['served'] = ['boosted-trees', 'liquidity-predictor', 'regime-predictor', 'strategy-evolver', 'ensemble'].map((name) => ({
    name,
    version: 'v1',
    edge: edges.includes(name),
  }));
  return {
    cycle: 1,
    model: 'boosted-trees',
    version: 'v1',
    schemaHash: 's',
    keys: [`${SYMBOL} long`, `${SYMBOL} short`],
    values: Float32Array.from([0.4, 0.3, 0.5, 0.4, 0.3, 0.5]),
    outputWidth: 3,
    computeMs: 1,
    hasEdge: false,
    stack: { values, served, problems: [] },
    ...change,
  };
}
const signalled: Evaluation = { kind: 'signal', signal: sampleSignal() };
const labels = (evaluation: Evaluation): readonly string[] =>
  (evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate!).evidence.facts.map(
    ({ label, value }) => `${label}: ${typeof value === 'number' ? value.toFixed(1) : value}`,
  );

describe('who decides', () => {
  it('the trees, until the ensemble has shown an edge; then the ensemble, for set-ups in hybrid mode', () => {
    expect(hear(answer([]), settings).opinionsOf(SYMBOL).long).toMatchObject({ model: 'boosted-trees', winProbability: expect.closeTo(0.4, 6) as number });
    const heard = hear(answer(['ensemble']), settings);
    expect(heard.opinionsOf(SYMBOL).long).toMatchObject({ model: 'ensemble', winProbability: expect.closeTo(0.6, 6) as number });
    expect(heard.opinionsOf(SYMBOL).short).toMatchObject({ model: 'boosted-trees' });
    expect([heard.isEnsemble(SYMBOL), heard.isEnsemble('ETHUSDT')]).toEqual([true, false]);
    expect(hear(answer(['ensemble']), { ...settings, strategyMode: 'self_learning' }).opinionsOf(SYMBOL).long).toMatchObject({ model: 'boosted-trees' });
  });

  it('no answer: no opinion on either side, and nothing is forecast', () => {
    const heard = hear(null, settings);
    expect(heard.opinionsOf(SYMBOL)).toEqual({ long: null, short: null });
    expect(heard.explain(SYMBOL, signalled, CONTEXT)).toBe(signalled);
  });

  it('H5 a model that drifts may lower and veto, and weighs less; it may no longer raise', () => {
    const opinion = { model: 'm', version: 'v', winProbability: 0.7, low: 0.65, high: 0.75, effect: 'unused' as const };
    const terms = { modelWeight: 0.4, vetoProbability: 0.25, rewardRisk: 2, hasEdge: true };
    expect(blendOpinion(0.6, opinion, terms).effect).toBe('raised');
    expect(blendOpinion(0.6, opinion, { ...terms, discount: 0.7 })).toMatchObject({ confidence: 0.6, effect: 'confirmed' });
    const low = { ...opinion, winProbability: 0.3, low: 0.25, high: 0.35 };
    const lowered = blendOpinion(0.6, low, terms).confidence;
    const discounted = blendOpinion(0.6, low, { ...terms, discount: 0.5 }).confidence;
    expect(lowered).toBeLessThan(discounted);
    expect(discounted).toBeLessThan(0.6);
    expect(blendOpinion(0.6, { ...low, winProbability: 0.2 }, { ...terms, discount: 0.5 }).effect).toBe('vetoed');
    expect(hear(answer([], 4, { discount: 0.5 }), settings).discount).toBe(0.5);
  });
});

describe('what the others add', () => {
  it('each model that spoke stands in the evidence, from the side of the decision', () => {
    expect(labels(hear(answer([]), settings).explain(SYMBOL, signalled, CONTEXT)).slice(sampleSignal().evidence.facts.length)).toEqual([
      'boosted trees: wins: 40.0',
      'feature discovery: moves its way within the hour: 55.0',
      'liquidity predictor: pool above taken within 6 h: 70.0',
      'liquidity predictor: pool below taken within 6 h: 20.0',
      'structure autoencoder: how unusual the window is: 1.5',
      'regime predictor: trending in 10 h: 60.0',
      'regime predictor: ranging in 10 h: 30.0',
      'regime predictor: volatile in 10 h: 10.0',
      'strategy evolver: would play hybrid at full size',
      'strategy evolver: worth over standing aside: 0.4',
      'ensemble: wins: 60.0',
    ]);
  });

  it('a model that failed is named in the evidence of every decision of the cycle', () => {
    const failed = answer([]);
    const heard = hear({ ...failed, stack: { ...failed.stack!, problems: ['The model ensemble failed: x'] } }, settings);
    expect(labels(heard.explain(SYMBOL, signalled, CONTEXT)).at(-1)).toBe('did not answer: The model ensemble failed: x');
  });

  it('an evolver with skill keeps a signal from being traded or halves its size; without skill it only speaks', () => {
    const skilled = (best: number, change: Partial<typeof settings> = {}): Evaluation =>
      hear(answer(['strategy-evolver'], best), { ...settings, ...change }).explain(SYMBOL, signalled, CONTEXT);
    expect(skilled(0)).toMatchObject({ kind: 'none', noSignal: { step: 'model', code: 'model.stand_aside' }, candidate: { symbol: SYMBOL } });
    expect(skilled(3)).toMatchObject({ kind: 'signal', signal: { sizeShare: 0.5 } });
    expect(skilled(4)).toMatchObject({ kind: 'signal', signal: { sizeShare: 1 } });
    expect(skilled(0, { reinforcementLearningEnabled: false }).kind).toBe('signal');
    expect(hear(answer([], 0), settings).explain(SYMBOL, signalled, CONTEXT).kind).toBe('signal');
  });

  it('a mix that listens to the model takes the trade only above break-even', () => {
    const heard = hear(answer(['strategy-evolver'], 6), settings);
    // Break-even of a plan at 2 R with a stop of 1 % is 0.38, under the 0.40 that the trees give.
    expect(heard.explain(SYMBOL, signalled, CONTEXT).kind).toBe('signal');
    const plan = { ...sampleSignal().plan, target: 60_900, rewardRisk: 1.5 };
    const dearer: Evaluation = { kind: 'signal', signal: sampleSignal({ plan }) };
    expect(heard.explain(SYMBOL, dearer, CONTEXT)).toMatchObject({ kind: 'none', noSignal: { code: 'model.other_mix' } });
  });

  it('told to decide on the features alone, the self-learning trader lets the others inform and not act', () => {
    const alone = { ...settings, strategyMode: 'self_learning' as const, selfLearningMode: 'features_only' as const };
    const heard = hear(answer(['strategy-evolver', 'liquidity-predictor'], 0), alone);
    expect(heard.explain(SYMBOL, signalled, CONTEXT).kind).toBe('signal');
    expect(labels(heard.explain(SYMBOL, signalled, CONTEXT))).toContain('strategy evolver: would stand aside');
  });
});
