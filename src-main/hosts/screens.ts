// Connects screens to the engine: one RPC server per link, events batched to at most 20 messages a second, watches merged.
import { serveRpc, type CallHandlers, type Link } from '../../src-shared/contract/rpc.ts';
import type { ChartRequest } from '../../src-shared/contract/commands.ts';
import type { EngineEvent } from '../../src-shared/contract/events.ts';
import type { Logger } from '../core/ports.ts';
import type { ViewStore } from './view-store.ts';

const FLUSH_MS = 50;

export type WatchedChart = Pick<ChartRequest, 'symbol' | 'timeframe'>;

export interface ScreensParts {
  readonly view: ViewStore;
  readonly logger: Logger;
  readonly createHandlers: (who: string, watch: (charts: readonly WatchedChart[]) => void) => CallHandlers;
  /** Called with the union of all screens' charts whenever it changes. */
  readonly onWatchChanged: (charts: readonly WatchedChart[]) => void;
}

export class Screens {
  readonly #parts: ScreensParts;
  readonly #watches = new Map<number, readonly WatchedChart[]>();
  readonly #closers = new Map<number, () => void>();
  #nextId = 1;

  constructor(parts: ScreensParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#closers.size;
  }

  attach(link: Link): void {
    const { view, logger, createHandlers } = this.#parts;
    const id = this.#nextId++;
    const handlers = createHandlers(`screen ${id}`, (charts) => {
      this.#watches.set(id, charts);
      this.#announce();
    });
    const rpc = serveRpc({
      link,
      // Events queued before a snapshot is taken are contained in it; the replica drops them by their sequence.
      handlers,
      onProblem: (problem) => logger.log('warn', 'screen', `A call from screen ${id} failed: ${problem.detail}`, { code: problem.code }),
    });
    let queued: EngineEvent[] = [];
    const flush = setInterval(() => {
      if (queued.length === 0) return;
      rpc.push(queued);
      queued = [];
    }, FLUSH_MS);
    const unsubscribe = view.subscribe((events) => void queued.push(...events));
    const close = (): void => {
      if (!this.#closers.delete(id)) return;
      clearInterval(flush);
      unsubscribe();
      rpc.dispose();
      this.#watches.delete(id);
      this.#announce();
    };
    this.#closers.set(id, close);
    link.onClose(close);
  }

  closeAll(): void {
    for (const close of [...this.#closers.values()]) close();
  }

  #announce(): void {
    const union = new Map<string, WatchedChart>();
    for (const charts of this.#watches.values()) for (const chart of charts) union.set(`${chart.symbol} ${chart.timeframe}`, chart);
    this.#parts.onWatchChanged([...union.values()]);
  }
}
