// Keeps the contracts' rules true between the hourly readings: brackets that were missed, and rules that are said to have changed.
import type { InstrumentTable } from './instrument-table.ts';

export interface RuleWatchTimes {
  /** Between tries to read leverage brackets that are missing. */
  readonly bracketsMs: number;
  /** Between two readings of rules that are said to have changed. */
  readonly rulesMs: number;
}

export class RuleWatch {
  readonly #instruments: InstrumentTable;
  readonly #announce: () => void;
  readonly #times: RuleWatchTimes;
  #bracketsAt: number;
  #rulesAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(instruments: InstrumentTable, announce: () => void, times: RuleWatchTimes) {
    this.#instruments = instruments;
    this.#announce = announce;
    this.#times = times;
    this.#bracketsAt = performance.now() + times.bracketsMs;
  }

  /** At once, but never more often than the times say. */
  reload(): void {
    if (this.#timer !== null || this.#isStopped) return;
    const wait = Math.max(0, this.#rulesAt + this.#times.rulesMs - performance.now());
    this.#timer = setTimeout(() => void this.#read(), wait);
  }

  /** Called now and then: reads brackets that are still missing. */
  look(): void {
    if (this.#instruments.lacksBrackets && performance.now() >= this.#bracketsAt) void this.#retryBrackets();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    this.#rulesAt = performance.now();
    this.#timer = null;
    const read = await this.#instruments.load();
    if (read.ok && !this.#isStopped) this.#announce();
  }

  async #retryBrackets(): Promise<void> {
    this.#bracketsAt = Infinity;
    if ((await this.#instruments.retryBrackets()) && !this.#isStopped) this.#announce();
    this.#bracketsAt = performance.now() + this.#times.bracketsMs;
  }
}
