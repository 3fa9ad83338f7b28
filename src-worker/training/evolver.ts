// The strategy evolver's world: past set-ups in the order of time, each with nine possible actions and the result every one would have had.
import {
  buildEvolverState,
  EVOLVER_ACTIONS,
  EVOLVER_STATE_WIDTH,
  FALLBACK_ACTION,
  takesCandidate,
  type EvolverMoment,
} from '../../src-main/core/learning/evolver-policy.ts';
import type { TrainingRow } from './candidates.ts';
import { hybridTakes, type JudgedSetUp } from './comparison.ts';
import { bootstrapMean, type Interval } from './metrics.ts';
import { runNetwork, type Network } from './network.ts';
import { bestAction, type Environment } from './q-learning.ts';

export interface EvolverDecision {
  readonly row: TrainingRow;
  readonly state: Float32Array;
  /** Result of each action in R: size × result when its mix takes the set-up, else 0. */
  readonly rewards: Float32Array;
}

/** What the other members say of a set-up. */
export interface MemberView {
  readonly setUp: JudgedSetUp;
  readonly moment: Pick<EvolverMoment, 'regime' | 'discovery' | 'liquidityAgreement' | 'novelty' | 'regimeAhead'>;
}

const MAX_POSITIONS = 5;
const EPISODE = 64;

/** Decisions in the order of time; what is "recent" and "open" is only what was known then. */
export function buildDecisions(views: readonly MemberView[], hasEdge: boolean): readonly EvolverDecision[] {
  const closed: { readonly at: number; readonly resultR: number }[] = [];
  return views.map(({ setUp, moment }, index): EvolverDecision => {
    const { row, probability } = setUp;
    const before = views.slice(Math.max(0, index - 60), index).map((view) => view.setUp.row);
    const recentR = closed
      .filter((entry) => entry.at <= row.decidedAt)
      .slice(-20)
      .map((entry) => entry.resultR);
    closed.push({ at: row.labelledAt, resultR: row.resultR });
    closed.sort((a, b) => a.at - b.at);
    if (closed.length > 200) closed.splice(0, closed.length - 200);
    const state = buildEvolverState({
      ...moment,
      side: row.side,
      hour: new Date(row.decidedAt).getUTCHours(),
      recentR,
      openPositions: before.filter((other) => other.labelledAt > row.decidedAt).length,
      maxPositions: MAX_POSITIONS,
      ictConfidence: row.ictConfidence,
      quality: row.quality,
      isSignal: row.isSignal,
      winProbability: probability,
      breakEven: row.breakEven,
    });
    const candidate = { isSignal: row.isSignal, hybridTakes: hybridTakes(setUp, hasEdge), winProbability: probability, breakEven: row.breakEven };
    const rewards = Float32Array.from(EVOLVER_ACTIONS, (action) => (takesCandidate(action, candidate) ? action.size * row.resultR : 0));
    return { row, state, rewards };
  });
}

/** Episodes are stretches of 64 decisions from a random start. */
export function evolverWorld(decisions: readonly EvolverDecision[]): Environment {
  let at = 0;
  let end = 0;
  const stateAt = (index: number): Float32Array => decisions[Math.min(index, decisions.length - 1)]!.state;
  return {
    stateWidth: EVOLVER_STATE_WIDTH,
    actions: EVOLVER_ACTIONS.length,
    reset: (random) => {
      at = Math.floor(random() * Math.max(1, decisions.length - EPISODE));
      end = Math.min(decisions.length, at + EPISODE);
      return stateAt(at);
    },
    step: (action) => {
      const reward = decisions[at]!.rewards[action]!;
      at += 1;
      return { next: stateAt(at), reward, isEnd: at >= end };
    },
  };
}

export interface PolicyResult {
  readonly name: string;
  readonly count: number;
  /** Decisions on which something was traded. */
  readonly traded: number;
  /** Mean result per decision in R. */
  readonly mean: Interval;
}

export interface EvolverJudgement {
  readonly results: readonly PolicyResult[];
  /** Gain of the evolver over the best fixed action of the training time, per decision. */
  readonly gain: Interval;
  readonly hasSkill: boolean;
}

/** On decisions after training: the evolver, every fixed action, and what plays without it. */
export function judgeEvolver(network: Network, past: readonly EvolverDecision[], later: readonly EvolverDecision[], seed: number): EvolverJudgement {
  const total = (list: readonly EvolverDecision[], action: number): number => list.reduce((sum, decision) => sum + decision.rewards[action]!, 0);
  const fixed = EVOLVER_ACTIONS.map((_, action) => total(past, action));
  const best = fixed.indexOf(Math.max(...fixed));
  const chosen = later.map((decision) => bestAction(valuesOf(network, decision.state)));
  const resultOf = (name: string, actionOf: (index: number) => number): PolicyResult => ({
    name,
    count: later.length,
    traded: later.filter((decision, index) => decision.rewards[actionOf(index)] !== 0).length,
    mean: bootstrapMean(
      later.map((decision, index) => ({ value: decision.rewards[actionOf(index)]!, time: decision.row.decidedAt })),
      seed,
    ),
  });
  const gain = bootstrapMean(
    later.map((decision, index) => ({ value: decision.rewards[chosen[index]!]! - decision.rewards[best]!, time: decision.row.decidedAt })),
    seed + 1,
  );
  const evolver = resultOf('evolver', (index) => chosen[index]!);
  return {
    gain,
    hasSkill: gain.low > 0 && evolver.mean.low > 0,
    results: [
      evolver,
      resultOf(`best fixed action of the training time (${nameOf(best)})`, () => best),
      resultOf(`without an evolver (${nameOf(FALLBACK_ACTION)})`, () => FALLBACK_ACTION),
      ...EVOLVER_ACTIONS.map((_, action) => resultOf(`always ${nameOf(action)}`, () => action)),
    ],
  };
}

export function valuesOf(network: Network, state: Float32Array): Float32Array {
  return runNetwork(network, state, 1).heads;
}

/** Value of the best action over standing aside. */
export function advantageOf(network: Network, state: Float32Array): number {
  const values = valuesOf(network, state);
  return values[bestAction(values)]! - values[0]!;
}

function nameOf(action: number): string {
  const { mix, size } = EVOLVER_ACTIONS[action]!;
  return mix === null ? 'stand aside' : `${mix} at ${size}`;
}
