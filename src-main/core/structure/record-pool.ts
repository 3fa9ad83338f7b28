// Bounded lists of reusable records: no allocation once warm, however long the market runs.

/**
 * A ring of records, oldest first. `push` recycles the oldest record once the ring is full. All records are made at the beginning: a ring
 * of hourly objects would else go on growing for weeks.
 */
export class RecordRing<T> {
  readonly capacity: number;
  private readonly records: readonly T[];
  private pushed = 0;

  /** `create` makes the record of a slot, 0 to capacity − 1. */
  constructor(capacity: number, create: (slot: number) => T) {
    this.capacity = capacity;
    this.records = Array.from({ length: capacity }, (_, slot) => create(slot));
  }

  get size(): number {
    return Math.min(this.pushed, this.capacity);
  }

  /** A record to overwrite completely; it becomes the newest. */
  push(): T {
    const slot = this.pushed % this.capacity;
    this.pushed += 1;
    return this.records[slot]!;
  }

  /** Records pushed since the beginning. */
  get total(): number {
    return this.pushed;
  }

  /** Newest record, or null. */
  get newest(): T | null {
    return this.pushed === 0 ? null : this.records[(this.pushed - 1) % this.capacity]!;
  }

  /** Record by age order, 0 = oldest kept. */
  at(position: number): T {
    const first = this.pushed - this.size;
    return this.records[(first + position) % this.capacity]!;
  }

  /** The oldest record when the next push will recycle it, else null. */
  get nextRecycled(): T | null {
    return this.pushed < this.capacity ? null : this.records[this.pushed % this.capacity]!;
  }
}

/** Living records (oldest first) and the most recently ended ones; a record that falls out of both is reused. */
export class RecordPool<T> {
  readonly alive: T[] = [];
  readonly ended: T[] = [];
  /** Records that ended since the beginning; the newest of them stand last in `ended`. */
  endedTotal = 0;
  private readonly free: T[] = [];
  private readonly create: () => T;
  private readonly endedCapacity: number;

  constructor(endedCapacity: number, create: () => T) {
    this.endedCapacity = endedCapacity;
    this.create = create;
  }

  /** A record to overwrite completely; it becomes the newest living one. */
  acquire(): T {
    const record = this.free.pop() ?? this.create();
    this.alive.push(record);
    return record;
  }

  /** Moves the living record at `position` to the ended ones. */
  end(position: number): void {
    const record = this.alive[position]!;
    for (let index = position; index + 1 < this.alive.length; index += 1) this.alive[index] = this.alive[index + 1]!;
    this.alive.pop();
    this.ended.push(record);
    this.endedTotal += 1;
    if (this.ended.length <= this.endedCapacity) return;
    this.free.push(this.ended[0]!);
    for (let index = 0; index + 1 < this.ended.length; index += 1) this.ended[index] = this.ended[index + 1]!;
    this.ended.pop();
  }
}
