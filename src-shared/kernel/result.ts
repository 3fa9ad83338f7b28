// Expected failure as a value, and the two ways to say "this cannot happen".

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Err<E> {
  readonly ok: false;
  readonly error: E;
}

export type Result<T, E> = Ok<T> | Err<E>;

/** What was asked for. */
export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** An expected failure; a broken invariant is thrown instead. */
export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}

/** Marks the end of an exhaustive switch; a new variant makes it a type error. */
export function assertNever(value: never): never {
  throw new Error(`unhandled variant: ${JSON.stringify(value)}`);
}

/** Throws when a condition the program relies on does not hold. The host logs, restarts and recovers. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`broken invariant: ${message}`);
}
