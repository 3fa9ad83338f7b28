// How much of a job made of several runs is done, weighted by the candles each run goes through.
import { combinationCount, foldsOf } from './parameter-grid.ts';
import { BAR_MS } from './price-history.ts';
import type { BacktestRequest } from './run-types.ts';
import { trainEndOf, type SweepPlan } from './sweep.ts';
import type { WalkForwardPlan } from './walk-forward.ts';

/** What a job does beside its main run. */
export interface PlannedWork {
  readonly sweep: SweepPlan | null;
  readonly walkForward: WalkForwardPlan | null;
  /** Cuts of the look-ahead proof. */
  readonly cuts: readonly number[];
}

type Stretch = Pick<BacktestRequest, 'from' | 'to' | 'warmUpBars'>;

export class WorkMeter {
  readonly #total: number;
  readonly #tell: (share: number) => void;
  readonly #shares = new Map<Stretch, number>();
  #done = 0;

  /** `tell` gets the share of all the work, [0, 1]; it never falls. */
  constructor(request: Stretch, work: PlannedWork, tell: (share: number) => void) {
    this.#total = plannedBars(request, work);
    this.#tell = tell;
  }

  /** `share` of the run of `request` is done. */
  readonly note = (request: Stretch, share: number): void => {
    this.#done += (share - (this.#shares.get(request) ?? 0)) * barsOf(request);
    this.#shares.set(request, share);
    this.#tell(Math.min(1, this.#done / this.#total));
  };
}

function barsOf({ from, to, warmUpBars }: Stretch): number {
  return Math.max(1, (to - from) / BAR_MS + warmUpBars);
}

function plannedBars(request: Stretch, { sweep, walkForward, cuts }: PlannedWork): number {
  let bars = barsOf(request);
  if (sweep !== null) {
    const trainTo = trainEndOf(request, sweep);
    bars += combinationCount(sweep.parameters) * barsOf({ ...request, to: trainTo }) + barsOf({ ...request, from: trainTo });
  }
  if (walkForward !== null) {
    const trials = combinationCount(walkForward.parameters);
    for (const { trainFrom, trainTo, testTo } of foldsOf(request.from, request.to, walkForward))
      bars += trials * barsOf({ ...request, from: trainFrom, to: trainTo }) + barsOf({ ...request, from: trainTo, to: testTo });
  }
  // The proof runs everything once more, and for each cut twice up to the candle that opens at it.
  if (cuts.length > 0) bars += barsOf(request);
  for (const cut of cuts) bars += 2 * barsOf({ ...request, to: cut + BAR_MS });
  return bars;
}
