// The evolver on past set-ups: it learns when to stand aside, says "no edge" on noise, and sees nothing that was not known.
import { describe, expect, it } from 'vitest';
import { buildEvolverState, EVOLVER_ACTIONS, EVOLVER_STATE_WIDTH, FALLBACK_ACTION, takesCandidate } from '../../../src-main/core/learning/evolver-policy.ts';
import type { TrainingRow } from '../../../src-worker/training/candidates.ts';
import { buildDecisions, evolverWorld, judgeEvolver, type EvolverDecision, type MemberView } from '../../../src-worker/training/evolver.ts';
import { EVOLVER_OPTIONS, learnValues } from '../../../src-worker/training/q-learning.ts';
import { createRandom } from '../../../src-worker/training/random.ts';

const HOUR = 3_600_000;

/** Set-ups whose win rate depends on the regime when `isRule`; otherwise every one is a fair coin that loses its costs. */
function views(count: number, seed: number, isRule: boolean): readonly MemberView[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index): MemberView => {
    const isTrending = random() < 0.5;
    const chance = isRule ? (isTrending ? 0.62 : 0.2) : 1 / 3;
    const label = random() < chance ? 1 : 0;
    const decidedAt = index * 6 * HOUR;
    const row: TrainingRow = {
      kind: 'set-up',
      symbol: `S${index % 5}`,
      side: index % 2 === 0 ? 'long' : 'short',
      decidedAt,
      labelledAt: decidedAt + 20 * HOUR,
      features: new Float32Array(0),
      label,
      resultR: label === 1 ? 1.9 : -1.1,
      breakEven: 0.37,
      ictConfidence: 0.6,
      quality: 0.7,
      isSignal: true,
      next: index,
      exits: { stop: 0.01, target: 0.02, horizonMs: 96 * HOUR },
    };
    return {
      setUp: { row, probability: 0.36, band: 0.1 },
      moment: { regime: isTrending ? 'trending' : 'ranging', discovery: 0.5, liquidityAgreement: 0, novelty: 0, regimeAhead: [0.2, 0.2, 0.6] },
    };
  });
}

async function evolve(isRule: boolean): Promise<ReturnType<typeof judgeEvolver>> {
  const past = buildDecisions(views(1200, 1, isRule), false);
  const later = buildDecisions(views(900, 2, isRule), false);
  const { network } = await learnValues({
    environment: evolverWorld(past),
    options: { ...EVOLVER_OPTIONS, steps: 6000, hidden: [24], discount: 0.2, learningRate: 0.003, epsilonFirst: 0.4, seed: 3 },
  });
  return judgeEvolver(network, past, later, 5);
}

describe('strategy evolver', () => {
  it('learns to trade one regime and stand aside in the other: better than every fixed action, on later set-ups', async () => {
    const { hasSkill, gain, results } = await evolve(true);
    expect(hasSkill).toBe(true);
    expect(gain.low).toBeGreaterThan(0);
    expect(results[0]!.traded).toBeGreaterThan(250);
    expect(results[0]!.traded).toBeLessThan(650);
  });

  it('says no edge where every set-up loses its costs', async () => {
    expect((await evolve(false)).hasSkill).toBe(false);
  });

  it('rewards are what each action would have earned; standing aside earns nothing', () => {
    const [decision] = buildDecisions(views(1, 4, true), false) as readonly [EvolverDecision];
    const { resultR } = decision.row;
    expect([...decision.rewards].map((reward) => Number((reward / resultR).toFixed(6)))).toEqual([0, 0.5, 1, 0.5, 1, 0, 0, 0, 0]);
    expect(EVOLVER_ACTIONS).toHaveLength(9);
    expect(EVOLVER_ACTIONS[FALLBACK_ACTION]).toEqual({ mix: 'hybrid', size: 1 });
  });

  it('L34 recent performance holds only results known at the decision', () => {
    const list = views(40, 5, true);
    const flipped = list.map((view, index) =>
      index < 36 ? view : { ...view, setUp: { ...view.setUp, row: { ...view.setUp.row, resultR: -view.setUp.row.resultR } } },
    );
    const [known, changed] = [buildDecisions(list, false), buildDecisions(flipped, false)];
    // Set-ups last 20 hours and come every six: the result of number 36 is known at number 40 at the earliest.
    for (let index = 0; index < 40; index += 1) expect([...changed[index]!.state]).toEqual([...known[index]!.state]);
    const late = list.map((view, index) => (index === 30 ? { ...view, setUp: { ...view.setUp, row: { ...view.setUp.row, resultR: 9 } } } : view));
    const moved = buildDecisions(late, false);
    expect([...moved[33]!.state]).toEqual([...known[33]!.state]);
    expect([...moved[34]!.state]).not.toEqual([...known[34]!.state]);
  });

  it('a state has 24 bounded measures, whatever the moment', () => {
    const state = buildEvolverState({
      side: 'short',
      regime: 'unknown',
      hour: 23,
      recentR: [100, -500, 3],
      openPositions: 99,
      maxPositions: 5,
      ictConfidence: 1,
      quality: 1,
      isSignal: true,
      winProbability: 1,
      breakEven: 0.2,
      discovery: 1,
      liquidityAgreement: 5,
      novelty: -20,
      regimeAhead: [1, 0, 0],
    });
    expect(state.length).toBe(EVOLVER_STATE_WIDTH);
    expect(state.every((value) => Math.abs(value) <= 1)).toBe(true);
  });

  it('each mix takes what it says', () => {
    const taken = (isSignal: boolean, hybridTakes: boolean, winProbability: number): readonly boolean[] =>
      [0, 2, 4, 6, 8].map((action) => takesCandidate(EVOLVER_ACTIONS[action]!, { isSignal, hybridTakes, winProbability, breakEven: 0.4 }));
    expect(taken(true, true, 0.5)).toEqual([false, true, true, true, true]);
    expect(taken(true, false, 0.3)).toEqual([false, true, false, false, false]);
    expect(taken(false, false, 0.5)).toEqual([false, false, false, true, false]);
  });
});
