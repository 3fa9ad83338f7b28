// The models' answer of one cycle as the strategies read it: opinions by side, forecasts of models with skill, and what each model said.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ModelOpinion, Side } from '../../../src-shared/domain/signal.ts';
import { forecastFrom } from '../learning/regime-sequence.ts';
import { readStackRow, type StackAnswer } from '../learning/stack-answer.ts';
import { breakEvenOf } from '../strategies/break-even.ts';
import type { PredictionResult } from '../ports.ts';
import type { DecisionContext, Evaluation } from '../strategies/context.ts';
import { applyEvolver, memberFacts } from './member-facts.ts';
import { classOf } from '../structure/regime-forecast.ts';
import type { SymbolState } from '../structure/symbol-state.ts';

const ENSEMBLE = 'ensemble';

export interface HeardModels {
  /** By `SYMBOL side`. */
  readonly opinions: ReadonlyMap<string, ModelOpinion>;
  readonly opinionsOf: (symbol: string) => DecisionContext['opinions'];
  /** Whether the ensemble, which has shown an edge, speaks of this symbol's set-up. */
  readonly isEnsemble: (symbol: string) => boolean;
  readonly discount: number;
  /** Only of models with skill, null without an answer; the rules forecast otherwise. */
  readonly forecasts: (symbol: string, state: SymbolState) => Pick<DecisionContext, 'regimeForecast' | 'sweepProbabilities'> | null;
  /** Where a liquidity model with skill expects stops to be taken, a long's way; null without one. */
  readonly liquidityOf: (symbol: string) => StackAnswer['liquidity'];
  /** The evaluation with what each model said of it, after the evolver had its say. */
  readonly explain: (symbol: string, evaluation: Evaluation, context: DecisionContext) => Evaluation;
}

const NO_OPINIONS: DecisionContext['opinions'] = { long: null, short: null };

/** What is heard when no model was asked, or none answered. */
const SILENCE: HeardModels = {
  opinions: new Map(),
  opinionsOf: () => NO_OPINIONS,
  isEnsemble: () => false,
  discount: 1,
  forecasts: () => null,
  liquidityOf: () => null,
  explain: (_symbol, evaluation) => evaluation,
};

/** Column 0 of an answer is the calibrated win probability, 1 and 2 its band. Without an answer nothing was heard. */
export function hear(result: PredictionResult | null, settings: Settings): HeardModels {
  if (result === null) return SILENCE;
  const opinions = new Map<string, ModelOpinion>();
  const answers = new Map<string, StackAnswer>();
  const byEnsemble = new Set<string>();
  // The self-learning trader may be told to decide on the features alone: then the others inform and do not act.
  const isAlone = settings.strategyMode === 'self_learning' && settings.selfLearningMode === 'features_only';
  const acting = isAlone ? [] : (result.stack?.served ?? []).filter(({ edge }) => edge);
  const skilled = new Set(acting.map(({ name }) => name));
  const ensemble = acting.find(({ name }) => name === ENSEMBLE);
  result.keys.forEach((key, index) => {
    const trees = readOpinion(result, index);
    if (trees !== null) opinions.set(key, trees);
    if (result.stack === undefined) return;
    const answer = readStackRow(result.stack.values, index);
    answers.set(key, answer);
    // The self-learning trader compares both sides, and the ensemble speaks of set-ups only: there the trees decide.
    if (ensemble === undefined || answer.ensemble === null || settings.strategyMode !== 'hybrid') return;
    const { probability: winProbability, low, high } = answer.ensemble;
    opinions.set(key, { model: ENSEMBLE, version: ensemble.version, winProbability, low, high, effect: 'unused' });
    byEnsemble.add(key.slice(0, key.indexOf(' ')));
  });
  const answerOf = (symbol: string, side: Side): StackAnswer | null => answers.get(`${symbol} ${side}`) ?? null;
  return {
    opinions,
    opinionsOf: (symbol) => ({ long: opinions.get(`${symbol} long`) ?? null, short: opinions.get(`${symbol} short`) ?? null }),
    isEnsemble: (symbol) => byEnsemble.has(symbol),
    discount: result.discount ?? 1,
    forecasts: (symbol, state) => {
      const [long, short] = [answerOf(symbol, 'long'), answerOf(symbol, 'short')];
      const regime = skilled.has('regime-predictor') ? (long?.regimeAhead ?? null) : null;
      const hasSweeps = skilled.has('liquidity-predictor');
      return {
        ...(regime === null ? {} : { regimeForecast: forecastFrom(regime, classOf(state.frames['1h'], settings)) }),
        // A sweep behind a side is what favours it.
        ...(hasSweeps ? { sweepProbabilities: { long: long?.liquidity?.takenBehind ?? null, short: short?.liquidity?.takenBehind ?? null } } : {}),
      };
    },
    liquidityOf: (symbol) => (skilled.has('liquidity-predictor') ? (answerOf(symbol, 'long')?.liquidity ?? null) : null),
    explain: (symbol, evaluation, context) => {
      const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
      const answer = signal === null ? null : answerOf(symbol, signal.side);
      if (signal === null || answer === null) return evaluation;
      const problems = (result.stack?.problems ?? []).map((value) => ({ label: 'did not answer', value }));
      const told = { ...signal, evidence: { ...signal.evidence, facts: [...signal.evidence.facts, ...memberFacts(answer, signal.side), ...problems] } };
      const explained: Evaluation = evaluation.kind === 'signal' ? { kind: 'signal', signal: told } : { ...evaluation, candidate: told };
      if (!skilled.has('strategy-evolver') || !settings.reinforcementLearningEnabled || settings.strategyMode === 'ict') return explained;
      return applyEvolver(explained, { answer, breakEven: breakEvenOf(signal.plan), context });
    },
  };
}

function readOpinion(result: PredictionResult, index: number): ModelOpinion | null {
  const at = index * result.outputWidth;
  const winProbability = result.values[at] ?? Number.NaN;
  if (!Number.isFinite(winProbability)) return null;
  const low = result.outputWidth >= 3 ? (result.values[at + 1] ?? winProbability) : winProbability;
  const high = result.outputWidth >= 3 ? (result.values[at + 2] ?? winProbability) : winProbability;
  return { model: result.model, version: result.version, winProbability, low, high, effect: 'unused' };
}
