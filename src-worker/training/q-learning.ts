// Double deep Q-learning: a value for every action in every state, learned from a replay of transitions with a slower target network.
import { NetworkTrainer, prepareRows } from './network-trainer.ts';
import type { Network, NetworkSpec } from './network.ts';
import { createRandom } from './random.ts';
import { ReplayBuffer } from './replay-buffer.ts';
import { noScaling } from './scaling.ts';

export interface Step {
  readonly next: Float32Array;
  readonly reward: number;
  readonly isEnd: boolean;
}

/** A world to learn in. States are already scaled to about ±1. */
export interface Environment {
  readonly stateWidth: number;
  readonly actions: number;
  /** Starts an episode. */
  reset(random: () => number): Float32Array;
  step(action: number, random: () => number): Step;
}

export interface QOptions {
  readonly steps: number;
  readonly hidden: readonly number[];
  readonly replay: number;
  readonly batch: number;
  /** Steps of the world per step of learning. */
  readonly learnEvery: number;
  /** Steps of learning between two copies into the target network. */
  readonly targetEvery: number;
  readonly learningRate: number;
  readonly discount: number;
  /** Share of random actions: falls evenly from first to last over `epsilonShare` of the steps. */
  readonly epsilonFirst: number;
  readonly epsilonLast: number;
  readonly epsilonShare: number;
  readonly seed: number;
}

export const EVOLVER_OPTIONS: QOptions = {
  steps: 20_000,
  hidden: [64, 64],
  replay: 10_000,
  batch: 64,
  learnEvery: 4,
  targetEvery: 100,
  learningRate: 0.0005,
  discount: 0.9,
  epsilonFirst: 0.2,
  epsilonLast: 0.02,
  epsilonShare: 0.6,
  seed: 1,
};

export interface QProgress {
  readonly step: number;
  readonly steps: number;
  readonly epsilon: number;
  readonly loss: number;
  readonly replayed: number;
}

export interface QRequest {
  readonly environment: Environment;
  readonly options: QOptions;
  readonly onProgress?: (progress: QProgress) => void;
  /** Awaited between steps of learning; false ends the run with the network so far. */
  readonly mayGoOn?: () => Promise<boolean>;
}

export interface QResult {
  readonly network: Network;
  readonly steps: number;
  readonly isCancelled: boolean;
}

const PROGRESS_STEPS = 500;

export function epsilonAt(step: number, options: QOptions): number {
  const share = Math.min(1, step / Math.max(1, options.steps * options.epsilonShare));
  return options.epsilonFirst + (options.epsilonLast - options.epsilonFirst) * share;
}

export function valueSpec(stateWidth: number, actions: number, hidden: readonly number[]): NetworkSpec {
  return {
    inputWidth: stateWidth,
    trunk: hidden.map((units) => ({ kind: 'dense', units, activation: 'relu' })),
    heads: [{ units: actions, activation: 'linear', loss: 'squared', weight: 1 }],
  };
}

/** Same world and seed, same network. Source: van Hasselt, Guez & Silver 2016, "Deep reinforcement learning with double Q-learning". */
export async function learnValues(request: QRequest): Promise<QResult> {
  const { environment, options } = request;
  const random = createRandom(options.seed);
  const spec = valueSpec(environment.stateWidth, environment.actions, options.hidden);
  const scaling = noScaling(environment.stateWidth);
  const online = await NetworkTrainer.start({ spec, scaling, learningRate: options.learningRate, random });
  const target = await NetworkTrainer.start({ spec, scaling, learningRate: options.learningRate, random });
  target.load(online.network());
  const replay = new ReplayBuffer(options.replay);
  let state = environment.reset(random);
  let learned = 0;
  let loss = Number.NaN;
  let step = 0;
  let isCancelled = false;
  try {
    while (step < options.steps && !isCancelled) {
      const epsilon = epsilonAt(step, options);
      const action = random() < epsilon ? Math.floor(random() * environment.actions) : bestAction(online.answer(state));
      const outcome = environment.step(action, random);
      replay.push({ state, action, reward: outcome.reward, next: outcome.next, isEnd: outcome.isEnd });
      state = outcome.isEnd ? environment.reset(random) : outcome.next;
      step += 1;
      if (step % options.learnEvery === 0 && replay.size >= options.batch) {
        loss = learn({ online, target, replay, options, actions: environment.actions, random });
        learned += 1;
        if (learned % options.targetEvery === 0) target.load(online.network());
        isCancelled = request.mayGoOn !== undefined && !(await request.mayGoOn());
      }
      if (step % PROGRESS_STEPS === 0) request.onProgress?.({ step, steps: options.steps, epsilon, loss, replayed: replay.size });
    }
    return { network: online.network(), steps: step, isCancelled };
  } finally {
    online.dispose();
    target.dispose();
  }
}

/** Index of the highest value, the first on a tie. */
export function bestAction(values: Float32Array): number {
  let best = 0;
  for (let action = 1; action < values.length; action += 1) if (values[action]! > values[best]!) best = action;
  return best;
}

interface Learning {
  readonly online: NetworkTrainer;
  readonly target: NetworkTrainer;
  readonly replay: ReplayBuffer;
  readonly options: QOptions;
  readonly actions: number;
  readonly random: () => number;
}

/** One batch: the online network chooses the next action, the target network says what it is worth. */
function learn({ online, target, replay, options, actions, random }: Learning): number {
  const batch = replay.sample(options.batch, random);
  const width = batch[0]?.state.length ?? 0;
  const join = (rows: readonly Float32Array[]): Float32Array => {
    const out = new Float32Array(rows.length * width);
    rows.forEach((row, at) => out.set(row, at * width));
    return out;
  };
  const nexts = join(batch.map((transition) => transition.next));
  const chosen = online.answer(nexts);
  const worth = target.answer(nexts);
  const targets = new Float32Array(batch.length * actions).fill(Number.NaN);
  batch.forEach(({ action, reward, isEnd }, row) => {
    const best = bestAction(chosen.subarray(row * actions, (row + 1) * actions));
    targets[row * actions + action] = reward + (isEnd ? 0 : options.discount * worth[row * actions + best]!);
  });
  const spec = valueSpec(width, actions, options.hidden);
  const prepared = prepareRows({ rows: join(batch.map((transition) => transition.state)), targets }, spec, noScaling(width));
  return online.step(
    prepared,
    Int32Array.from({ length: batch.length }, (_, at) => at),
  );
}
