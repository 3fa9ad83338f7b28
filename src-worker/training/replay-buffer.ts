// The evolver's memory: a ring of the newest transitions, sampled evenly.

export interface Transition {
  readonly state: Float32Array;
  readonly action: number;
  readonly reward: number;
  readonly next: Float32Array;
  /** Nothing follows. */
  readonly isEnd: boolean;
}

/** Keeps the newest `capacity` transitions. */
export class ReplayBuffer {
  readonly capacity: number;
  readonly #items: Transition[] = [];
  #at = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  push(transition: Transition): void {
    this.#items[this.#at] = transition;
    this.#at = (this.#at + 1) % this.capacity;
  }

  /** `count` transitions with replacement; none while empty. */
  sample(count: number, random: () => number): readonly Transition[] {
    if (this.#items.length === 0) return [];
    return Array.from({ length: count }, () => this.#items[Math.floor(random() * this.#items.length)]!);
  }
}
