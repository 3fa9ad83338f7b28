// Lets a live cycle wait a moment while candles of one close are still arriving, so that they are decided together and not a cycle later.
import type { Settings } from '../../src-shared/contract/settings.ts';

/** Long and short. */
const ROWS_PER_MARKET = 2;

export interface BatchWaitOptions {
  /** BATCH_MAX_DELAY is the longest wait; BATCH_PREDICTION_SIZE rows are a full batch, which does not wait. */
  readonly settings: () => Pick<Settings, 'batchMaxDelayMs' | 'batchPredictionSize'>;
  /** Wall milliseconds. */
  readonly now: () => number;
}

export class BatchWait {
  readonly #options: BatchWaitOptions;
  #arrivedAt = -Infinity;
  #arrived = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: BatchWaitOptions) {
    this.#options = options;
  }

  /** A candle has closed and is on its way into the engine. */
  onCandle(): void {
    this.#arrivedAt = this.#options.now();
    this.#arrived += 1;
  }

  /** Runs at once when nothing is arriving or the batch is full; else when the wait is over. One wait at a time. */
  run(cycle: () => void): void {
    if (this.#timer !== null) return;
    const { settings, now } = this.#options;
    const { batchMaxDelayMs, batchPredictionSize } = settings();
    const isFull = this.#arrived * ROWS_PER_MARKET >= batchPredictionSize;
    if (isFull || now() - this.#arrivedAt >= batchMaxDelayMs) return this.#start(cycle);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#start(cycle);
    }, batchMaxDelayMs);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #start(cycle: () => void): void {
    this.#arrived = 0;
    cycle();
  }
}
