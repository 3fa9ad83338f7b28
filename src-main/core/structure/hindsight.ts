// The running count of rewrites: what every symbol and timeframe publishes is compared with what it had published before.
import type { HindsightView } from '../../../src-shared/contract/analysis.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { StructureSnapshot } from '../../../src-shared/domain/structure.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { MarketState } from './market-state.ts';
import { factsIn, publishedIn } from './rewrite-audit.ts';
import { describeStructure } from './snapshot.ts';
import type { TimeframeState } from './timeframe-state.ts';

/** What is remembered of one timeframe's last snapshot: twelve bytes a line. */
interface Ledger {
  generation: number;
  revision: number;
  asOf: number;
  keys: Float64Array;
  /** What may never change of an object, or the time of a fact (0 while it has not happened), as 32 bits. */
  words: Uint32Array;
}

/** One line of a snapshot as numbers. */
interface Entry {
  readonly key: number;
  readonly word: number;
  /** NaN for a fact. */
  readonly confirmedTime: number;
  readonly name: string;
}

/**
 * Call `check` between inputs: it compares a few timeframes with new candles at a time. An object first seen although it claims to have
 * been known at the comparison before, one whose place, price or time of confirmation changed, and a fact that moved or went count as
 * rewrites. A timeframe that was computed anew starts afresh and is counted as rebuilt. Memory is bounded by what a snapshot holds.
 */
export class HindsightAudit {
  private readonly market: MarketState;
  private readonly ledgers = new Map<TimeframeState, Ledger>();
  private queue: { readonly symbol: string; readonly frame: TimeframeState }[] = [];
  private published = 0;
  private rewriteCount = 0;
  private rebuilt = 0;
  private comparisons = 0;
  private offence: string | null = null;

  constructor(market: MarketState) {
    this.market = market;
  }

  /** Compares at most `limit` timeframes that changed since they were last compared, in turn. Returns how many it compared. */
  check(limit: number): number {
    let done = 0;
    for (let looked = 0; done < limit; looked += 1) {
      if (this.queue.length === 0) {
        if (looked > 0) break;
        this.refill();
      }
      const next = this.queue.pop();
      if (next === undefined) break;
      if (this.compare(next.symbol, next.frame)) done += 1;
    }
    return done;
  }

  view(now: EpochMs): HindsightView {
    const { published, rewriteCount, rebuilt, comparisons, offence } = this;
    return { published, rewriteCount, rebuilt, comparisons, offence, checkedAt: now };
  }

  private refill(): void {
    const { market } = this;
    const living = new Set<TimeframeState>();
    for (const symbol of market.symbols) {
      const state = market.get(symbol);
      if (state === null) continue;
      for (const timeframe of TIMEFRAMES) {
        const frame = state.frames[timeframe];
        living.add(frame);
        if (frame.book.count > 0 && this.ledgers.get(frame)?.revision !== frame.revision) this.queue.push({ symbol, frame });
      }
    }
    for (const frame of this.ledgers.keys()) if (!living.has(frame)) this.ledgers.delete(frame);
  }

  private compare(symbol: string, frame: TimeframeState): boolean {
    if (frame.book.count === 0) return false;
    const before = this.ledgers.get(frame);
    if (before?.revision === frame.revision) return false;
    const snapshot = describeStructure(symbol, frame);
    const entries = entriesOf(snapshot);
    const isAnew = before !== undefined && before.generation !== frame.generation;
    if (isAnew) this.rebuilt += 1;
    const reference = isAnew ? undefined : before;
    if (reference === undefined) this.published += entries.filter(isObject).length;
    else this.judge(entries, reference, `${symbol} ${snapshot.timeframe}`);
    this.comparisons += 1;
    this.ledgers.set(frame, {
      generation: frame.generation,
      revision: frame.revision,
      asOf: snapshot.asOf,
      keys: Float64Array.from(entries, (entry) => entry.key),
      words: Uint32Array.from(entries, (entry) => entry.word),
    });
    return true;
  }

  private judge(entries: readonly Entry[], before: Ledger, where: string): void {
    const places = new Map<number, number>();
    before.keys.forEach((key, place) => places.set(key, place));
    for (const entry of entries) {
      const place = places.get(entry.key);
      const known = place === undefined ? undefined : before.words[place];
      if (isObject(entry)) {
        if (known === undefined) {
          this.published += 1;
          if (entry.confirmedTime <= before.asOf) this.accuse(`${where}: ${entry.name} came to light after it says it was known`);
        } else if (known !== entry.word) this.accuse(`${where}: ${entry.name} changed after it was published`);
      } else if (known !== undefined && known !== 0 && known !== entry.word) this.accuse(`${where}: ${entry.name} was moved or taken back`);
    }
  }

  private accuse(offence: string): void {
    this.rewriteCount += 1;
    this.offence ??= offence;
  }
}

function isObject(entry: Entry): boolean {
  return !Number.isNaN(entry.confirmedTime);
}

function entriesOf(snapshot: StructureSnapshot): Entry[] {
  const entries: Entry[] = [];
  for (const { group, key, confirmedTime, fixed } of publishedIn(snapshot))
    entries.push({ key: keyOf(group, key), word: wordOf(fixed), confirmedTime, name: `${group} ${key}` });
  for (const { group, key, time } of factsIn(snapshot))
    // A swing and the fact that it broke go by the same name.
    entries.push({ key: keyOf(`${group}, time`, key), word: time === null ? 0 : wordOf([time]), confirmedTime: Number.NaN, name: `${group} ${key}` });
  return entries;
}

/** 53 bits of a name: two names of one snapshot share them once in ten billion snapshots. */
function keyOf(group: string, key: number | string): number {
  const text = `${group} ${key}`;
  return hashText(text, 0x811c9dc5) * 2 ** 21 + (hashText(text, 0x01000193) >>> 11);
}

/** 32 bits of some values; never 0. */
function wordOf(values: readonly (number | string)[]): number {
  return hashText(values.join(' '), 0x811c9dc5) || 1;
}

/** FNV-1a, 32 bits. */
function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
