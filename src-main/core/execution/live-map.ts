// A map that knows which of its entries are still live: what has ended is kept for a while and must not be looked through again and again.

export class LiveMap<T> implements Pick<ReadonlyMap<string, T>, 'get' | 'has' | 'size' | 'values'> {
  readonly #all = new Map<string, T>();
  readonly #live = new Map<string, T>();
  readonly #isLive: (value: T) => boolean;
  #list: readonly T[] | null = null;
  #ended: readonly T[] | null = null;

  constructor(isLive: (value: T) => boolean) {
    this.#isLive = isLive;
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: string): T | undefined {
    return this.#all.get(id);
  }

  has(id: string): boolean {
    return this.#all.has(id);
  }

  /** Everything, in the order in which it came. */
  values(): MapIterator<T> {
    return this.#all.values();
  }

  entries(): MapIterator<[string, T]> {
    return this.#all.entries();
  }

  /** The live ones in the order in which they came; the list is of this moment and never changes. */
  live(): readonly T[] {
    this.#list ??= [...this.#live.values()];
    return this.#list;
  }

  /** The others in the order in which they came; the same list as long as none ends, changes or is forgotten. */
  ended(): readonly T[] {
    this.#ended ??= [...this.#all.values()].filter((value) => !this.#isLive(value));
    return this.#ended;
  }

  set(id: string, value: T): void {
    const isKnown = this.#all.has(id);
    this.#all.set(id, value);
    if (!this.#isLive(value)) {
      if (this.#live.delete(id)) this.#list = null;
      this.#ended = null;
      return;
    }
    this.#list = null;
    if (!isKnown || this.#live.has(id)) this.#live.set(id, value);
    else this.#comeBack();
  }

  delete(id: string): void {
    if (!this.#all.delete(id)) return;
    if (this.#live.delete(id)) this.#list = null;
    else this.#ended = null;
  }

  /** What had ended is live again: it stands where it stood. */
  #comeBack(): void {
    this.#live.clear();
    for (const [id, value] of this.#all) if (this.#isLive(value)) this.#live.set(id, value);
    this.#ended = null;
  }
}
