// What the strategy evolver sees and does: 24 measures of the moment, nine actions, and which trades each action takes.
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { Regime } from '../../../src-shared/domain/structure.ts';
import { clamp } from '../features/scale.ts';

export const EVOLVER_STATE_WIDTH = 24;
export const EVOLVER_SCHEMA = 'evolver-24-v2';

export type StrategyMix = 'ict' | 'hybrid' | 'model' | 'consensus';

export interface EvolverAction {
  /** Null stands aside. */
  readonly mix: StrategyMix | null;
  /** Multiplier of the size that risk allows, [0, 1]. */
  readonly size: number;
}

/** Nine actions; the order is the order of the network's answers. */
export const EVOLVER_ACTIONS: readonly EvolverAction[] = [
  { mix: null, size: 0 },
  ...(['ict', 'hybrid', 'model', 'consensus'] as const).flatMap((mix) => [
    { mix, size: 0.5 },
    { mix, size: 1 },
  ]),
];
/** What plays without an evolver: hybrid at full size. */
export const FALLBACK_ACTION = 4;

export interface EvolverMoment {
  readonly side: Side;
  readonly regime: Regime;
  /** Hour of day, UTC. */
  readonly hour: number;
  /** Results in R known by now, newest last. */
  readonly recentR: readonly number[];
  readonly openPositions: number;
  readonly maxPositions: number;
  /** The signal that asks, and what the members say of it. */
  readonly ictConfidence: number;
  readonly quality: number;
  readonly isSignal: boolean;
  readonly winProbability: number;
  readonly breakEven: number;
  readonly discovery: number;
  /** P(pool ahead taken) − P(pool behind taken). */
  readonly liquidityAgreement: number;
  /** ln of the autoencoder's error over its usual one. */
  readonly novelty: number;
  /** Probabilities of the market's class hours ahead. */
  readonly regimeAhead: readonly [trending: number, ranging: number, volatile: number];
}

const REGIMES = ['choppy', 'ranging', 'trending', 'strong_trending'] as const;

/** Columns of the state that only the other models can fill. */
const WIN_COLUMN = 16;
const BREAK_EVEN_COLUMN = 17;
const OPINION_COLUMN = 18;

/** Measures that the other models give, in the order of {@link completeEvolverState}. */
export type MemberMeasures = Pick<EvolverMoment, 'winProbability' | 'discovery' | 'liquidityAgreement' | 'novelty' | 'regimeAhead'>;

/** Where no model has spoken yet. */
export const SILENT_MEMBERS: MemberMeasures = { winProbability: 0.5, discovery: 0.5, liquidityAgreement: 0, novelty: 0, regimeAhead: [0, 0, 0] };

/** Writes what the other models say into a state that was built without them. */
export function completeEvolverState(state: Float32Array, members: MemberMeasures): void {
  state[WIN_COLUMN] = clamp((members.winProbability - state[BREAK_EVEN_COLUMN]!) * 4, -1, 1);
  state[OPINION_COLUMN] = clamp((members.discovery - 0.5) * 4, -1, 1);
  state[OPINION_COLUMN + 1] = clamp(members.liquidityAgreement, -1, 1);
  state[OPINION_COLUMN + 2] = clamp(members.novelty, -2, 2) / 2;
  state.set(members.regimeAhead, OPINION_COLUMN + 3);
}

/** ICT confidence of the set-up a state is about. */
export function ictConfidenceOf(state: Float32Array): number {
  return state[ICT_COLUMN] ?? 0.5;
}

const ICT_COLUMN = 13;

/** The 24 measures, each about ±1. */
export function buildEvolverState(moment: EvolverMoment): Float32Array {
  const five = summarise(moment.recentR.slice(-5));
  const twenty = summarise(moment.recentR.slice(-20));
  const angle = (moment.hour / 24) * 2 * Math.PI;
  const state = Float32Array.from([
    ...REGIMES.map((regime) => (moment.regime === regime ? 1 : 0)),
    moment.side === 'long' ? 1 : -1,
    Math.sin(angle),
    Math.cos(angle),
    clamp(five.mean, -2, 2) / 2,
    clamp(twenty.mean, -2, 2) / 2,
    twenty.winRate - 0.5,
    clamp(twenty.drawdown, 0, 10) / 10,
    Math.min(1, moment.recentR.length / 20),
    clamp(moment.openPositions / Math.max(1, moment.maxPositions), 0, 1),
    moment.ictConfidence,
    moment.quality,
    moment.isSignal ? 1 : 0,
    0,
    moment.breakEven,
    ...[0, 0, 0, 0, 0, 0],
  ]);
  completeEvolverState(state, moment);
  return state;
}

function summarise(results: readonly number[]): { readonly mean: number; readonly winRate: number; readonly drawdown: number } {
  if (results.length === 0) return { mean: 0, winRate: 0.5, drawdown: 0 };
  let sum = 0;
  let top = 0;
  let drawdown = 0;
  let wins = 0;
  for (const result of results) {
    sum += result;
    top = Math.max(top, sum);
    drawdown = Math.max(drawdown, top - sum);
    if (result > 0) wins += 1;
  }
  return { mean: sum / results.length, winRate: wins / results.length, drawdown };
}

/** What each mix needs to know to take or leave a candidate. */
export interface CandidateVerdicts {
  readonly isSignal: boolean;
  /** Whether hybrid would let it pass. */
  readonly hybridTakes: boolean;
  readonly winProbability: number;
  readonly breakEven: number;
}

/** Whether an action takes the candidate at all. */
export function takesCandidate(action: EvolverAction, candidate: CandidateVerdicts): boolean {
  const modelTakes = candidate.winProbability > candidate.breakEven;
  switch (action.mix) {
    case null:
      return false;
    case 'ict':
      return candidate.isSignal;
    case 'hybrid':
      return candidate.hybridTakes;
    case 'model':
      return modelTakes;
    case 'consensus':
      return candidate.isSignal && modelTakes;
    default:
      return action.mix satisfies never;
  }
}
