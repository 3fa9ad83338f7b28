// The evolver's learner on worlds whose best policy is known by dynamic programming.
import { describe, expect, it } from 'vitest';
import { bestAction, epsilonAt, EVOLVER_OPTIONS, learnValues, type Environment, type QOptions } from '../../../src-worker/training/q-learning.ts';
import { runNetwork } from '../../../src-worker/training/network.ts';
import { createRandom } from '../../../src-worker/training/random.ts';
import { ReplayBuffer } from '../../../src-worker/training/replay-buffer.ts';

const STATES = 5;
const DISCOUNT = 0.9;

/**
 * A corridor of five places. Right goes on (and slips one time in ten), left goes back and pays 0.1 at the left end; the right end pays 2
 * and ends. Short-sighted play stays left; the best policy goes right from everywhere.
 */
function moveOf(state: number, action: number, isSlip: boolean): { readonly next: number; readonly reward: number; readonly isEnd: boolean } {
  const direction = (action === 1) !== isSlip ? 1 : -1;
  const next = Math.max(0, Math.min(STATES - 1, state + direction));
  if (next === STATES - 1) return { next, reward: 2, isEnd: true };
  return { next, reward: state === 0 && direction === -1 ? 0.1 : 0, isEnd: false };
}

const oneHot = (state: number): Float32Array => Float32Array.from({ length: STATES }, (_, at) => (at === state ? 1 : 0));

function corridor(): Environment {
  let state = 0;
  return {
    stateWidth: STATES,
    actions: 2,
    reset: (random) => oneHot((state = Math.floor(random() * (STATES - 1)))),
    step: (action, random) => {
      const { next, reward, isEnd } = moveOf(state, action, random() < 0.1);
      state = next;
      return { next: oneHot(next), reward, isEnd };
    },
  };
}

/** Value iteration: the exact values of every action. */
function exactValues(): readonly (readonly number[])[] {
  let values: number[][] = Array.from({ length: STATES }, () => [0, 0]);
  for (let round = 0; round < 500; round += 1) {
    values = values.map((_, state) =>
      [0, 1].map((action) =>
        [false, true].reduce((sum, isSlip) => {
          const { next, reward, isEnd } = moveOf(state, action, isSlip);
          return sum + (isSlip ? 0.1 : 0.9) * (reward + (isEnd ? 0 : DISCOUNT * Math.max(...values[next]!)));
        }, 0),
      ),
    );
  }
  return values;
}

const OPTIONS: QOptions = {
  ...EVOLVER_OPTIONS,
  steps: 5000,
  hidden: [24],
  batch: 32,
  learnEvery: 4,
  targetEvery: 40,
  learningRate: 0.005,
  discount: DISCOUNT,
  epsilonFirst: 0.6,
  epsilonLast: 0.1,
  seed: 4,
};

describe('double Q-learning', () => {
  it('finds the best policy of a known world and its values, and the same network twice', async () => {
    const exact = exactValues();
    const result = await learnValues({ environment: corridor(), options: OPTIONS });
    for (let state = 0; state < STATES - 1; state += 1) {
      const values = runNetwork(result.network, oneHot(state), 1).heads;
      expect(bestAction(values)).toBe(exact[state]![1]! > exact[state]![0]! ? 1 : 0);
      expect(Math.abs(Math.max(...values) - Math.max(...exact[state]!))).toBeLessThan(0.25);
    }
    expect(exact.slice(0, 4).every(([left, right]) => right! > left!)).toBe(true);
    const short = { ...OPTIONS, steps: 600 };
    const [one, two] = [await learnValues({ environment: corridor(), options: short }), await learnValues({ environment: corridor(), options: short })];
    expect(one.network.parameters).toEqual(two.network.parameters);
  });

  it('on rewards that are pure noise no action looks worth taking over another', async () => {
    const noise: Environment = {
      stateWidth: 2,
      actions: 3,
      reset: () => Float32Array.from([1, 0]),
      step: (_, random) => ({ next: Float32Array.from([1, 0]), reward: random() < 0.5 ? 1 : -1, isEnd: true }),
    };
    const { network } = await learnValues({ environment: noise, options: { ...OPTIONS, steps: 2500, epsilonFirst: 1, epsilonLast: 1, learningRate: 0.002 } });
    const values = runNetwork(network, Float32Array.from([1, 0]), 1).heads;
    expect(Math.max(...values) - Math.min(...values)).toBeLessThan(0.3);
  });

  it('values travel backwards through the target network alone: one that is never renewed leaves the first step blind', async () => {
    // Two places in a row; only the second pays, so the first is worth what the target network says of the second.
    const chain = (): Environment => {
      let at = 0;
      const seen = (): Float32Array => Float32Array.from([1 - at, at]);
      return {
        stateWidth: 2,
        actions: 2,
        reset: () => {
          at = 0;
          return seen();
        },
        step: () => {
          const isEnd = at === 1;
          at = 1;
          return { next: seen(), reward: isEnd ? 3 : 0, isEnd };
        },
      };
    };
    const firstValue = async (targetEvery: number): Promise<number> => {
      const { network } = await learnValues({ environment: chain(), options: { ...OPTIONS, steps: 2400, targetEvery } });
      expect(Math.max(...runNetwork(network, Float32Array.from([0, 1]), 1).heads)).toBeCloseTo(3, 0);
      return Math.max(...runNetwork(network, Float32Array.from([1, 0]), 1).heads);
    };
    expect(await firstValue(40)).toBeCloseTo(2.7, 0);
    expect(await firstValue(1_000_000)).toBeLessThan(1);
  });

  it('ε falls evenly from 0.2 to 0.02 and stays there', () => {
    const options = { ...EVOLVER_OPTIONS, steps: 1000, epsilonShare: 0.5 };
    expect([0, 250, 500, 999].map((step) => Number(epsilonAt(step, options).toFixed(3)))).toEqual([0.2, 0.11, 0.02, 0.02]);
    expect(EVOLVER_OPTIONS).toMatchObject({ replay: 10_000, hidden: [64, 64], epsilonFirst: 0.2, epsilonLast: 0.02 });
  });

  it('can be stopped, and says so', async () => {
    let asked = 0;
    const result = await learnValues({ environment: corridor(), options: OPTIONS, mayGoOn: () => Promise.resolve((asked += 1) < 5) });
    expect(result.isCancelled).toBe(true);
    expect(result.steps).toBeLessThan(100);
  });
});

describe('replay', () => {
  it('keeps the newest 10,000 transitions and forgets the oldest', () => {
    const replay = new ReplayBuffer(EVOLVER_OPTIONS.replay);
    const state = new Float32Array(1);
    for (let reward = 0; reward < 10_500; reward += 1) replay.push({ state, action: 0, reward, next: state, isEnd: true });
    expect(replay.size).toBe(10_000);
    const rewards = replay.sample(20_000, createRandom(1)).map((transition) => transition.reward);
    expect(Math.min(...rewards)).toBeGreaterThanOrEqual(500);
    expect(new Set(rewards).size).toBeGreaterThan(8000);
  });

  it('is empty at first', () => {
    expect(new ReplayBuffer(5).sample(3, createRandom(1))).toEqual([]);
  });
});
