// Hybrid and self-learning at their limits: who stops a signal, with which numbers, and what is written beside it.
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ModelOpinion, Signal, StrategyMode } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { bareContext } from '../../../src-main/core/strategies/context.ts';
import type { DecisionContext, Evaluation } from '../../../src-main/core/strategies/context.ts';
import { QUALITY_FLOOR, judgeQuality } from '../../../src-main/core/strategies/quality.ts';
import { SignalMemory, createStrategy } from '../../../src-main/core/strategies/strategy.ts';
import { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import { syntheticCandles } from '../support/candles.ts';

const settings = defaultSettings();

function fact(signal: Signal, label: string): unknown {
  return signal.evidence.facts.find((entry) => entry.label === label)?.value;
}

const market = syntheticCandles({ seed: 31, count: 12_000, timeframe: '5m' });

/** What the rules say at every close of the market under `used`. */
function everyEvaluation(used: Settings): readonly Evaluation[] {
  const state = new SymbolState('X', used, 1024);
  const strategy = createStrategy('ict', used, new SignalMemory());
  return market.map((candle) => {
    state.appendClosed5m(candle);
    return strategy.evaluate(state, bareContext((candle.openTime + 300_000) as EpochMs));
  });
}

const evaluations = everyEvaluation({ ...settings, strategyMode: 'ict' });

/** The market where the rules fire a long five minutes after a 15m close, a candle after its trigger. */
function firing(): { readonly state: SymbolState; readonly now: EpochMs; readonly signal: Signal } {
  const at = evaluations.findIndex(
    (evaluation) =>
      evaluation.kind === 'signal' &&
      evaluation.signal.side === 'long' &&
      evaluation.signal.decidedAt % 900_000 === 300_000 &&
      fact(evaluation.signal, 'candles since the trigger') === 1,
  );
  const found = evaluations[at];
  if (found?.kind !== 'signal') throw new Error('the synthetic market gave no such signal');
  const state = new SymbolState('X', settings, 1024);
  for (const candle of market.slice(0, at + 1)) state.appendClosed5m(candle);
  return { state, now: found.signal.decidedAt, signal: found.signal };
}

const moment = firing();
const ict = moment.signal.ictConfidence;

function judge(mode: StrategyMode, change: Partial<DecisionContext>, used: Partial<Settings> = {}, memory = new SignalMemory()): Evaluation {
  return createStrategy(mode, { ...settings, ...used }, memory).evaluate(moment.state, { ...bareContext(moment.now), ...change });
}

function opinion(winProbability: number, width = 0): ModelOpinion {
  return { model: 'gbdt', version: 'v1', winProbability, low: 0.5 - width / 2, high: 0.5 + width / 2, effect: 'unused' };
}

/** An opinion on the long the rules found, from a model that may raise. */
const says = (winProbability: number): Partial<DecisionContext> => ({
  opinions: { long: opinion(winProbability), short: null },
  modelHasEdge: true,
  fallback: null,
});
const stale = { now: (moment.now + 3_600_000) as EpochMs };
const refusal = (evaluation: Evaluation): Extract<Evaluation, { kind: 'none' }>['noSignal'] => {
  if (evaluation.kind === 'signal') throw new Error('expected no signal');
  return evaluation.noSignal;
};
const firedBy = (evaluation: Evaluation): Signal => {
  if (evaluation.kind === 'none') throw new Error(`expected a signal, got ${evaluation.noSignal.code}`);
  return evaluation.signal;
};

describe('the rules alone', () => {
  it('want the minimum confidence, which is enough itself, and a quality of a fifth', () => {
    expect(judge('ict', {}, { minConfidence: ict }).kind).toBe('signal');
    const low = refusal(judge('ict', {}, { minConfidence: ict * 1.25 }));
    expect(low).toMatchObject({ step: 'confidence', code: 'confidence.too_low', numbers: { confidence: ict, minimum: ict * 1.25 } });
    expect(low.progress).toBeCloseTo((5 + 0.8) / 9, 12);
    expect(QUALITY_FLOOR).toBe(0.2);
    const against = refusal(judge('ict', { openSide: 'short' }));
    expect(against).toMatchObject({ step: 'quality', code: 'quality.too_low', numbers: { quality: 0, minimum: 0.2 } });
    expect(against.progress).toBeCloseTo(7 / 9, 12);
  });

  it('judge the quality from the age of the trigger, the distance to the zone and the volume of 15m', () => {
    const expected = (signal: Signal, spreadFraction: number | null): number =>
      judgeQuality({
        side: signal.side,
        barsAgo: (fact(signal, 'candles since the trigger') ?? 0) as number,
        distanceAtr: fact(signal, 'distance to the zone') as number,
        volumeRatio: fact(signal, '15m volume') as number,
        maxSpread: settings.maxSlippagePercent / 100,
        context: { ...bareContext(signal.decidedAt), spreadFraction },
      });
    const found = evaluations.flatMap((evaluation) => (evaluation.kind === 'signal' ? [evaluation.signal] : (evaluation.candidate ?? [])));
    expect(found.length).toBeGreaterThan(50);
    for (const signal of found) expect(signal.quality).toBe(expected(signal, null));
    expect(firedBy(judge('ict', { spreadFraction: 0.0005 })).quality).toBe(expected(moment.signal, 0.0005));
  });

  it('name an opportunity by the market alone: a fired one by its trigger, a waiting one by its zone and the visits it had', () => {
    let waiting = 0;
    for (const evaluation of evaluations) {
      const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
      if (signal === null) continue;
      const { zone, trigger } = signal.evidence;
      const time = trigger.startsWith('waiting')
        ? `${zone!.confirmedTime}-v${zone!.tests}`
        : String(signal.decidedAt - 300_000 * (fact(signal, 'candles since the trigger') as number));
      expect(signal.id).toBe(`X-${signal.side}-${time}`);
      if (trigger.startsWith('waiting')) waiting += 1;
    }
    expect(waiting).toBeGreaterThan(50);
  });

  it('without two agreeing votes there is no bias, and closeness is the share of the two', () => {
    const refused = evaluations.flatMap((evaluation) => (evaluation.kind === 'none' && evaluation.noSignal.code === 'bias.none' ? [evaluation.noSignal] : []));
    const votes = refused.map(({ numbers }) => numbers['order']! + numbers['slope']! + numbers['structure']!);
    expect(new Set(votes.map(Math.abs))).toEqual(new Set([0, 1]));
    expect(votes.includes(1) && votes.includes(-1)).toBe(true);
    refused.forEach(({ progress }, index) => expect(progress).toBeCloseTo((2 + Math.abs(votes[index]!) / 2) / 9, 12));
  });

  it('a zone whose stop lies too far is no candidate: it stops at the plan', () => {
    const refused = everyEvaluation({ ...settings, strategyMode: 'ict', maxStopDistancePercent: 0.5 }).flatMap((evaluation) =>
      evaluation.kind === 'none' && evaluation.noSignal.step === 'plan' ? [evaluation] : [],
    );
    expect(refused.length).toBeGreaterThan(10);
    for (const { noSignal, candidate } of refused) {
      expect(candidate).toBeNull();
      expect([noSignal.code, noSignal.numbers['maximumPercent'], noSignal.side === null]).toEqual(['plan.stop_too_far', 0.5, false]);
      expect(noSignal.progress).toBeCloseTo(6.5 / 9, 12);
    }
  });

  it('a set-up that has fired is said to have fired, and opens no second virtual position', () => {
    const memory = new SignalMemory();
    memory.remember(moment.signal.id);
    const again = judge('ict', {}, {}, memory);
    expect(again).toMatchObject({ kind: 'none', candidate: null, noSignal: { step: 'trigger', code: 'trigger.already_signalled', side: 'long' } });
    expect(refusal(again)).toMatchObject({ numbers: { confidence: ict }, progress: 5 / 9 });
  });
});

describe('hybrid', () => {
  it('what the rules refuse before a set-up no model changes', () => {
    expect(judge('hybrid', { ...says(0.9), ...stale })).toMatchObject({ kind: 'none', candidate: null, noSignal: { code: 'data.stale' } });
  });

  it('writes who proposed, what the rules alone would do, and by how many points the model moved it', () => {
    const signal = firedBy(judge('hybrid', says(0.85)));
    expect(signal.evidence.ictAlone).toBe(true);
    expect([fact(signal, 'proposed by'), fact(signal, 'ICT alone'), fact(signal, 'model')]).toEqual(['ICT', 'would trade', 'gbdt v1']);
    expect(fact(signal, 'ICT confidence')).toBeCloseTo(ict * 100, 9);
    expect(fact(signal, 'confidence changed by the model')).toBeCloseTo((signal.confidence - ict) * 100, 9);
  });

  it('a poor moment stays one however sure the model is', () => {
    const stopped = judge('hybrid', { ...says(0.95), openSide: 'short' });
    expect(stopped).toMatchObject({ noSignal: { step: 'quality', code: 'quality.too_low' }, candidate: { evidence: { ictAlone: false } } });
    expect(judge('hybrid', { ...says(0.05), openSide: 'short' })).toMatchObject({ noSignal: { code: 'quality.too_low' } });
  });

  it('a veto says how near the probability was to being enough', () => {
    const vetoed = refusal(judge('hybrid', says(0.1), { hybridVetoProbability: 0.25 }));
    expect(vetoed.code).toBe('model.veto');
    expect(vetoed.progress).toBeCloseTo((8 + 0.4) / 9, 12);
  });

  it('a model that lowers it under the minimum stops it; at the minimum itself it goes on', () => {
    const { confidence } = firedBy(judge('hybrid', says(0.3)));
    expect(confidence).toBeLessThan(ict);
    expect(judge('hybrid', says(0.3), { minConfidence: confidence }).kind).toBe('signal');
    const minConfidence = (confidence + ict) / 2;
    const lowered = refusal(judge('hybrid', says(0.3), { minConfidence }));
    expect(lowered).toMatchObject({ step: 'model', code: 'model.lowered', numbers: { confidence, ictConfidence: ict, minimum: minConfidence } });
    expect(lowered.progress).toBeCloseTo((8 + confidence / minConfidence) / 9, 12);
  });

  it('a model that lifts it over the minimum that stopped the rules rescues it; one that does not leaves their reason, and its veto comes first', () => {
    const minConfidence = ict + 0.01;
    const rescued = firedBy(judge('hybrid', says(0.85), { minConfidence }));
    expect(fact(rescued, 'ICT alone')).toBe('would not: confidence.too_low');
    expect(rescued.evidence.ictAlone).toBe(false);
    expect(refusal(judge('hybrid', says(0.34), { minConfidence })).code).toBe('confidence.too_low');
    expect(refusal(judge('hybrid', says(0.1), { minConfidence })).code).toBe('model.veto');
    expect(judge('hybrid', says(0.85), { minConfidence: rescued.confidence }).kind).toBe('signal');
  });
});

describe('self-learning', () => {
  const { state } = moment;
  const both = (long: number, short: number, width = 0): Partial<DecisionContext> => ({
    opinions: { long: opinion(long, width), short: opinion(short, width) },
    modelHasEdge: true,
    fallback: null,
  });

  it('needs opinions on both sides, else the rules decide and the signal says so', () => {
    for (const opinions of [
      { long: opinion(0.6), short: null },
      { long: null, short: opinion(0.6) },
    ])
      expect(firedBy(judge('self_learning', { opinions, modelHasEdge: true, fallback: null }))).toMatchObject({
        id: moment.signal.id,
        strategy: 'self_learning',
        evidence: { fallback: 'The model gave no answer; ICT decides alone.' },
      });
    expect(judge('self_learning', stale)).toMatchObject({ kind: 'none', candidate: null, noSignal: { code: 'data.stale' } });
  });

  it('waits at the same gate as the rules', () => {
    expect(judge('self_learning', { ...both(0.6, 0.2), ...stale })).toMatchObject({ kind: 'none', noSignal: { code: 'data.stale' } });
  });

  it('takes the side that is likelier by four points over the break-even of its plan after costs, and neither of two equals', () => {
    // Seven hundredths of a percent each way, against what the stop risks and the target earns.
    const neededOf = ({ plan }: Signal): number =>
      (Math.abs(plan.entry - plan.stop) + 0.0014 * plan.entry) / (Math.abs(plan.target - plan.entry) + Math.abs(plan.entry - plan.stop)) + 0.04;
    const needed = neededOf(firedBy(judge('self_learning', both(0.9, 0.1))));
    const neededShort = neededOf(firedBy(judge('self_learning', both(0.1, 0.9))));
    expect(Math.min(needed, neededShort)).toBeGreaterThan(1 / (1 + settings.rewardRiskRatio) + 0.05);
    expect(firedBy(judge('self_learning', both(needed + 1e-9, 0.1))).side).toBe('long');
    expect(firedBy(judge('self_learning', both(0.1, neededShort + 1e-9))).side).toBe('short');
    expect(refusal(judge('self_learning', both(0.6, 0.6)))).toMatchObject({ step: 'model', code: 'model.no_edge_now', side: 'short' });
    const weak = refusal(judge('self_learning', both(needed * 0.999, 0.1)));
    expect(weak).toMatchObject({
      code: 'model.no_edge_now',
      side: 'long',
      numbers: { long: needed * 0.999, short: 0.1, needed: expect.closeTo(needed, 12) as number },
    });
    expect(weak.progress).toBeCloseTo((8 + 0.999) / 9, 9);
  });

  it('plans a stop at 1.5 ATR of 15m and a target at the reward ratio, once per 15m candle', () => {
    const { '5m': five, '15m': fifteen } = state.frames;
    const signal = firedBy(judge('self_learning', both(0.2, 0.6, 0.25)));
    const { plan } = signal;
    expect(signal.id).toBe(`X-short-${fifteen.book.lastCloseTime}`);
    expect([plan.entryKind, plan.entry]).toEqual(['market', five.close]);
    expect(Math.log(plan.stop / plan.entry)).toBeCloseTo(Math.max(1.5 * fifteen.atr, settings.minStopDistancePercent / 100), 12);
    expect(Math.log(plan.entry / plan.target)).toBeCloseTo(settings.rewardRiskRatio * Math.log(plan.stop / plan.entry), 12);
    expect([signal.confidence, signal.uncertainty]).toEqual([0.6, 0.25]);
    expect([fact(signal, 'win probability'), fact(signal, '15m ATR')]).toEqual([60, fifteen.atr * 100]);
    const wide = firedBy(judge('self_learning', both(0.2, 0.6), { minStopDistancePercent: 5, maxStopDistancePercent: 5 })).plan;
    expect(Math.log(wide.stop / wide.entry)).toBeCloseTo(0.05, 12);
  });

  it('judges the quality of the moment by the age of the 15m candle, without a zone', () => {
    const { '5m': five, '15m': fifteen } = state.frames;
    const context = { ...bareContext(moment.now), spreadFraction: 0.0005 };
    const expected = judgeQuality({
      side: 'short',
      barsAgo: (five.book.lastCloseTime - fifteen.book.lastCloseTime) / 300_000,
      distanceAtr: 0,
      volumeRatio: fifteen.indicators.volumeRatio.value,
      maxSpread: settings.maxSlippagePercent / 100,
      context,
    });
    expect(firedBy(judge('self_learning', { ...both(0.2, 0.6), spreadFraction: 0.0005 })).quality).toBe(expected);
  });

  it('a model that drifts takes its discount from the confidence', () => {
    expect(firedBy(judge('self_learning', { ...both(0.2, 0.8), modelDiscount: 0.5 })).confidence).toBe(0.4);
  });

  it('stops at a stop too far, at too little confidence, and against an open position', () => {
    const sure = both(0.2, 0.6);
    const { atr } = state.frames['15m'];
    const far = judge('self_learning', sure, { minStopDistancePercent: 0.001, maxStopDistancePercent: atr * 100 });
    expect(far).toMatchObject({ candidate: { side: 'short' }, noSignal: { step: 'plan', code: 'plan.stop_too_far' } });
    expect(refusal(far).numbers['stopPercent']).toBeCloseTo(150 * atr, 9);
    expect(judge('self_learning', sure, { minConfidence: 0.6 }).kind).toBe('signal');
    const unsure = refusal(judge('self_learning', sure, { minConfidence: 0.61 }));
    expect(unsure).toMatchObject({ step: 'confidence', numbers: { confidence: 0.6, minimum: 0.61 } });
    expect(unsure.progress).toBeCloseTo(5.5 / 9, 12);
    expect(judge('self_learning', { ...sure, openSide: 'long' })).toMatchObject({ noSignal: { step: 'quality', numbers: { quality: 0, minimum: 0.2 } } });
  });
});
