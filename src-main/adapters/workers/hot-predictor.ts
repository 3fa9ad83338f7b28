// A predictor whose models can be exchanged while it serves: the new ones warm up beside the old, then take over between two calls.
import type { Result } from '../../../src-shared/kernel/result.ts';
import { err } from '../../../src-shared/kernel/result.ts';
import type { Logger, PredictionBatch, PredictionFailure, PredictionResult, Predictor } from '../../core/ports.ts';
import type { ServedPredictor } from './predictor.ts';

/** New workers that are not ready by then do not take over. */
const READY_TIMEOUT_MS = 30_000;

export interface HotPredictorOptions {
  /** Opens what serves now, or says why nothing can. Called at the start and at every exchange. */
  readonly open: () => { readonly predictor: ServedPredictor | null; readonly problem: string | null };
  readonly logger: Logger;
  /** Told after an exchange; the caller's views are stale then. */
  readonly onExchanged?: () => void;
}

/** The port; what it serves changes only through `exchange`. */
export class HotPredictor implements Predictor {
  readonly #options: HotPredictorOptions;
  readonly #handlers = new Set<() => void>();
  /** Calls under way in each predictor that still has some. */
  readonly #calls = new Map<ServedPredictor, Set<Promise<unknown>>>();
  #current: ServedPredictor | null;
  #problem: string | null;
  #unsubscribe: () => void = () => undefined;
  #exchanging: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: HotPredictorOptions) {
    this.#options = options;
    const { predictor, problem } = options.open();
    this.#current = predictor;
    this.#problem = problem;
    this.#follow();
  }

  /** Why nothing is served, or null. */
  get problem(): string | null {
    return this.#current === null ? this.#problem : null;
  }

  get models(): Predictor['models'] {
    return this.#current?.models ?? [];
  }

  workers(): ReturnType<Predictor['workers']> {
    return this.#current?.workers() ?? [];
  }

  onWorkersChanged(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  predict(batch: PredictionBatch): Promise<Result<PredictionResult, PredictionFailure>> {
    return this.#with((predictor) => predictor.predict(batch));
  }

  /** Loads what the models folder holds now. The old models answer until the new ones are ready; calls under way end where they began. */
  exchange(): Promise<void> {
    this.#exchanging = this.#exchanging.then(() => this.#exchange());
    return this.#exchanging;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#exchanging;
    this.#unsubscribe();
    this.#handlers.clear();
    await this.#current?.stop();
  }

  async #exchange(): Promise<void> {
    if (this.#isStopped) return;
    const { predictor, problem } = this.#options.open();
    if (predictor !== null && !(await predictor.whenReady(READY_TIMEOUT_MS))) {
      this.#options.logger.log('error', 'models', 'The new models could not be started; the ones that served go on.');
      return predictor.stop();
    }
    const before = this.#current;
    this.#unsubscribe();
    this.#current = predictor;
    this.#problem = problem;
    this.#follow();
    this.#announce();
    this.#options.onExchanged?.();
    if (before === null) return;
    await Promise.allSettled([...(this.#calls.get(before) ?? [])]);
    await before.stop();
  }

  async #with<T>(call: (predictor: ServedPredictor) => Promise<Result<T, PredictionFailure>>): Promise<Result<T, PredictionFailure>> {
    const predictor = this.#current;
    if (predictor === null) return err({ code: 'no_model', uiMessage: this.#problem ?? 'No model is loaded; ICT rules decide alone.' });
    const running = call(predictor);
    const calls = this.#calls.get(predictor) ?? new Set();
    this.#calls.set(predictor, calls.add(running));
    try {
      return await running;
    } finally {
      calls.delete(running);
      if (calls.size === 0) this.#calls.delete(predictor);
    }
  }

  #follow(): void {
    this.#unsubscribe = this.#current?.onWorkersChanged(() => this.#announce()) ?? ((): void => undefined);
  }

  #announce(): void {
    for (const handler of this.#handlers) handler();
  }
}
