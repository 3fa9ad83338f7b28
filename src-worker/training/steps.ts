// Long computations in small steps: run to the end at once, or with a pause between steps in which messages can come in.

/** A computation that yields how far it is, [0, 1], after each small step. */
export type Steps<T> = Generator<number, T, void>;

export type Driven<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'cancelled' };

/** Runs to the end without a pause. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

export interface Drive {
  readonly onProgress: (fraction: number) => void;
  /** Awaited between steps; false cancels. */
  readonly mayGoOn: () => Promise<boolean>;
}

/** Runs step by step; between steps the event loop turns. */
export async function driveSteps<T>(steps: Steps<T>, drive: Drive): Promise<Driven<T>> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return { kind: 'done', value: next.value };
    drive.onProgress(next.value);
    if (!(await drive.mayGoOn())) return { kind: 'cancelled' };
  }
}
