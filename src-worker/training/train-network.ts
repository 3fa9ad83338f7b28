// Trains a network with Adam on shuffled batches, keeps the weights that were best on later rows, and can be stopped between batches.
import { NetworkTrainer, prepareRows, type NetworkRows } from './network-trainer.ts';
import type { Network, NetworkSpec, Scaling } from './network.ts';
import { createRandom, shuffle } from './random.ts';

export interface TrainingOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Stop after this many epochs without a better validation loss. */
  readonly patience: number;
  readonly seed: number;
}

export interface EpochProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
}

export interface NetworkTraining {
  readonly spec: NetworkSpec;
  readonly scaling: Scaling;
  readonly train: NetworkRows;
  /** Later rows that decide when to stop; never part of a later score. */
  readonly validation: NetworkRows;
  readonly options: TrainingOptions;
  readonly onEpoch?: (progress: EpochProgress) => void;
  /** Awaited between batches; false ends the training with the best weights so far. */
  readonly mayGoOn?: () => Promise<boolean>;
}

export interface TrainedNetwork {
  readonly network: Network;
  readonly validationLoss: number;
  readonly epochs: number;
  readonly isCancelled: boolean;
}

/** Same rows and seed, same weights. Rows are scaled as `scaling` says; the network that comes back holds it. */
export async function trainNetwork(training: NetworkTraining): Promise<TrainedNetwork> {
  const { spec, scaling, options } = training;
  const random = createRandom(options.seed);
  const trainer = await NetworkTrainer.start({ spec, scaling, learningRate: options.learningRate, random });
  const rows = prepareRows(training.train, spec, scaling);
  const validation = prepareRows(training.validation, spec, scaling);
  const order = Int32Array.from({ length: rows.count }, (_, index) => index);
  let best = trainer.network();
  let bestLoss = Infinity;
  let sinceBest = 0;
  let epoch = 0;
  let isCancelled = false;
  try {
    while (epoch < options.epochs && sinceBest < options.patience && !isCancelled) {
      epoch += 1;
      shuffle(order, random);
      let total = 0;
      let batches = 0;
      for (let from = 0; from < order.length; from += options.batch) {
        total += trainer.step(rows, order.subarray(from, from + options.batch));
        batches += 1;
        if (training.mayGoOn !== undefined && !(await training.mayGoOn())) {
          isCancelled = true;
          break;
        }
      }
      const loss = trainer.judge(validation);
      if (loss < bestLoss - 1e-7) {
        bestLoss = loss;
        best = trainer.network();
        sinceBest = 0;
      } else sinceBest += 1;
      training.onEpoch?.({ epoch, epochs: options.epochs, trainLoss: total / batches, validationLoss: loss });
    }
  } finally {
    trainer.dispose();
  }
  return { network: best, validationLoss: bestLoss, epochs: epoch, isCancelled };
}
