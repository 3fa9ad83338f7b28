// What the models besides the deciding one add to a decision: facts to read, a regime forecast, sweep odds, and the evolver's way.
import type { Fact, Side } from '../../../src-shared/domain/signal.ts';
import { takesCandidate } from '../learning/evolver-policy.ts';
import type { StackAnswer } from '../learning/stack-answer.ts';
import { MARKET_CLASSES } from '../structure/regime-forecast.ts';
import type { DecisionContext, Evaluation } from '../strategies/context.ts';
import { refuse } from '../strategies/context.ts';

/** One line for each model that spoke of this side. */
export function memberFacts(answer: StackAnswer, side: Side): readonly Fact[] {
  const { discovery, liquidity, novelty, regimeAhead, evolver, ensemble, trees } = answer;
  const ahead = side === 'long' ? 'above' : 'below';
  const behind = side === 'long' ? 'below' : 'above';
  const percent = (label: string, value: number): Fact => ({ label, value: value * 100, unit: '%' });
  return [
    ...(trees === null ? [] : [percent('boosted trees: wins', trees.probability)]),
    ...(discovery === null ? [] : [percent('feature discovery: moves its way within the hour', discovery)]),
    ...(liquidity === null
      ? []
      : [
          percent(`liquidity predictor: pool ${ahead} taken within 6 h`, liquidity.takenAhead),
          percent(`liquidity predictor: pool ${behind} taken within 6 h`, liquidity.takenBehind),
        ]),
    ...(novelty === null ? [] : [{ label: 'structure autoencoder: how unusual the window is', value: Math.exp(novelty), unit: '× the usual error' }]),
    ...(regimeAhead === null ? [] : MARKET_CLASSES.map((name, index) => percent(`regime predictor: ${name} in 10 h`, regimeAhead[index] ?? 0))),
    ...(evolver === null
      ? []
      : [
          {
            label: 'strategy evolver',
            value:
              evolver.action.mix === null ? 'would stand aside' : `would play ${evolver.action.mix} at ${evolver.action.size === 1 ? 'full' : 'half'} size`,
          },
          { label: 'strategy evolver: worth over standing aside', value: evolver.advantage, unit: 'R' },
        ]),
    ...(ensemble === null ? [] : [percent('ensemble: wins', ensemble.probability)]),
  ];
}

export interface EvolverTerms {
  readonly answer: StackAnswer;
  readonly breakEven: number;
  readonly context: DecisionContext;
}

/**
 * An evolver with skill may keep a signal from being traded, or halve its size; it never makes one. `winProbability` of the trees counts
 * for the mixes that listen to the model.
 */
export function applyEvolver(evaluation: Evaluation, { answer, breakEven, context }: EvolverTerms): Evaluation {
  const { evolver, trees } = answer;
  if (evaluation.kind !== 'signal' || evolver === null) return evaluation;
  const { signal } = evaluation;
  const winProbability = trees?.probability ?? 0.5;
  if (takesCandidate(evolver.action, { isSignal: true, hybridTakes: true, winProbability, breakEven }))
    return { kind: 'signal', signal: { ...signal, sizeShare: evolver.action.size } };
  const noSignal = refuse({
    symbol: signal.symbol,
    now: context.now,
    step: 'model',
    code: evolver.action.mix === null ? 'model.stand_aside' : 'model.other_mix',
    numbers: { advantage: evolver.advantage, winProbability, breakEven },
    side: signal.side,
    closeness: 1,
  });
  return { kind: 'none', noSignal, candidate: signal };
}
