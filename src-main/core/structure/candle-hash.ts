// One word for every candle a timeframe has read, so that what a decision was made from can be named and compared.
import type { Candle } from '../../../src-shared/domain/candle.ts';

/** FNV-1a prime and offset of 32 bits; the second lane starts elsewhere. */
const PRIME = 0x01000193;
const FIRST_SEED = 0x811c9dc5 | 0;
const SECOND_SEED = 0x5bd1e995 | 0;

const MISSING = -Number.MAX_VALUE;

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);

/** Two hexadecimal digits of every byte: a table is many times quicker than writing out numbers. */
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function digitsOf(word: number): string {
  return DIGITS[word >>> 24]! + DIGITS[(word >>> 16) & 255]! + DIGITS[(word >>> 8) & 255]! + DIGITS[word & 255]!;
}

/** A chain of 64 bits over numbers, in the order they were added. */
export class NumberHash {
  private first = FIRST_SEED;
  private second = SECOND_SEED;

  reset(): void {
    this.first = FIRST_SEED;
    this.second = SECOND_SEED;
  }

  /** A number, or NaN for one that is missing: its bits differ from machine to machine, so all of them count as one. */
  add(value: number): void {
    this.mix(Number.isNaN(value) ? MISSING : value);
  }

  /** What decides an indicator or an object: open time, prices and volume. */
  addCandle(candle: Candle): void {
    this.mix(candle.openTime);
    this.mix(candle.open);
    this.mix(candle.high);
    this.mix(candle.low);
    this.mix(candle.close);
    this.mix(candle.volume);
  }

  addText(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.add(text.charCodeAt(index));
    this.add(-1);
  }

  addHash(other: NumberHash): void {
    this.add(other.first);
    this.add(other.second);
  }

  /** 16 hexadecimal digits. */
  get text(): string {
    return digitsOf(this.first) + digitsOf(this.second);
  }

  private mix(value: number): void {
    number[0] = value;
    this.first = Math.imul(Math.imul(this.first ^ words[0]!, PRIME) ^ words[1]!, PRIME);
    this.second = Math.imul((this.second << 5) - this.second + words[1]!, PRIME) ^ words[0]!;
  }
}
