// Virtual positions that have ended: the newest of them whole, all of them as sums, and their names so that none lives twice.
import type { VirtualPosition } from '../../../src-shared/domain/position.ts';

/** Newest ended positions kept whole. */
export const CLOSED_KEPT = 1000;
/** Names remembered: a set-up is seen again for hours, never after so many others. */
export const NAMES_KEPT = 20_000;

export interface EndedSums {
  readonly closedCount: number;
  readonly wins: number;
  readonly sumR: number;
}

export class EndedPositions {
  readonly #names = new Set<string>();
  #closed: VirtualPosition[] = [];
  #sums: EndedSums = { closedCount: 0, wins: 0, sumR: 0 };

  get sums(): EndedSums {
    return this.#sums;
  }

  /** Oldest first, the newest thousand. */
  get closed(): readonly VirtualPosition[] {
    return this.#closed;
  }

  get nameCount(): number {
    return this.#names.size;
  }

  has(id: string): boolean {
    return this.#names.has(id);
  }

  find(id: string): VirtualPosition | null {
    return this.has(id) ? (this.#closed.findLast((position) => position.id === id) ?? null) : null;
  }

  add(position: VirtualPosition): void {
    this.#remember(position.id);
    const { closedCount, wins, sumR } = this.#sums;
    this.#sums = { closedCount: closedCount + 1, wins: wins + (position.pnlR > 0 ? 1 : 0), sumR: sumR + position.pnlR };
    this.#closed.push(position);
    if (this.#closed.length > CLOSED_KEPT) this.#closed = this.#closed.slice(-CLOSED_KEPT);
  }

  restore(closed: readonly VirtualPosition[], sums: EndedSums): void {
    this.#closed = [...closed];
    for (const { id } of closed) this.#remember(id);
    this.#sums = { closedCount: sums.closedCount, wins: sums.wins, sumR: sums.sumR };
  }

  #remember(id: string): void {
    this.#names.add(id);
    if (this.#names.size > NAMES_KEPT) for (const oldest of this.#names) if (this.#names.delete(oldest)) break;
  }
}
