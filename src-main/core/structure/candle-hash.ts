// One word for every candle a timeframe has read, so that what a decision was made from can be named and compared.
import type { CandleBook } from '../market/candle-book.ts';

/** FNV-1a prime and offset of 32 bits; the second lane starts elsewhere. */
const PRIME = 0x01000193;
/** An odd multiplier of the second lane. Source: the finaliser of MurmurHash3. */
const SECOND_PRIME = 0x85ebca6b | 0;
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

  /** What decides an indicator or an object of one bar: open time, prices and volume. */
  addBar(book: CandleBook, index: number): void {
    const slot = book.slot(index);
    this.mix(book.openTime[slot]!);
    this.mix(book.open[slot]!);
    this.mix(book.high[slot]!);
    this.mix(book.low[slot]!);
    this.mix(book.close[slot]!);
    this.mix(book.volume[slot]!);
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
    this.second = Math.imul(Math.imul(this.second + words[0]!, SECOND_PRIME) + words[1]!, SECOND_PRIME) ^ (this.second >>> 15);
  }
}

/** The word of a book's candles since its last reset, brought up to date when it is asked for: closing a candle costs nothing. */
export class CandleHash {
  private readonly hash = new NumberHash();
  private read = 0;

  reset(): void {
    this.hash.reset();
    this.read = 0;
  }

  /** For a reader who need not know the word now: bars are added in runs, long before the book lets go of them. */
  keepUp(book: CandleBook): void {
    if (this.read === 0 || book.count - this.read >= book.capacity >> 1) this.upTo(book);
  }

  /** Adds the bars that came since the last call; of more than the book holds, those it still holds. */
  upTo(book: CandleBook): NumberHash {
    for (let index = Math.max(this.read, book.firstIndex); index < book.count; index += 1) this.hash.addBar(book, index);
    this.read = book.count;
    return this.hash;
  }
}
