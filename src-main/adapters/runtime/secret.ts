// A secret that cannot be printed: text, JSON, logs, debuggers and copies to other processes show `[secret]` or nothing.
import { inspect } from 'node:util';
import { hideValue, HIDDEN } from './redact.ts';

/** Holds one secret; only {@link reveal} gives it, at the place where it is used. Creating it also hides its value from every log line. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    hideValue(value);
  }

  /** The value itself, for a signature or a header; never store the result. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
