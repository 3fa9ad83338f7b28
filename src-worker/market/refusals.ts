// How often the venue said no, by kind: the code of a request that was refused, or what was wrong with a frame.

export class Refusals {
  readonly #counts = new Map<string, number>();

  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  get total(): number {
    let sum = 0;
    for (const times of this.#counts.values()) sum += times;
    return sum;
  }

  /** Sorted by kind, e.g. `{ '-1102': 3, 'stream frame': 1 }`. */
  describe(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
  }
}
