// Order blocks: the last opposite candle before a break, its quality, tests, decay and end.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Direction, OrderBlock } from '../../../src-shared/domain/structure.ts';
import type { CandleBook } from '../market/candle-book.ts';
import type { BreakRecord } from './break-record.ts';
import type { GapDetector } from './fair-value-gaps.ts';
import {
  MIN_STRENGTH,
  adjoins,
  attachGap,
  blockStrength,
  countVisit,
  decayTime,
  emptyBlock,
  findBlockBar,
  impulseVolume,
  isInside,
} from './order-block-rules.ts';
import type { OrderBlockRecord } from './order-block-rules.ts';
import { RecordPool } from './record-pool.ts';

export const ENDED_BLOCKS_KEPT = 24;
/** Flags of a living block in the hot loop. */
const BULLISH = 1;
const ACTIVE = 2;
const VISITED = 4;
const HAS_GAP = 8;

export interface BlockContext {
  readonly book: CandleBook;
  readonly gaps: GapDetector;
}

/**
 * Living and recently ended order blocks of one symbol and timeframe. Source: STRATEGY, "Order block".
 *
 * Columns beside the records hold what every bar asks of every block, so that a bar that touches no block reads no record. The
 * strength of a living block is brought up to date by `strengthOf` and `refresh`, not bar by bar.
 */
export class OrderBlockDetector {
  readonly blocks = new RecordPool<OrderBlockRecord>(ENDED_BLOCKS_KEPT, emptyBlock);
  /** Grows with every birth, test and end. */
  changes = 0;
  private readonly settings: Settings;
  private now = Number.NaN;
  private seenGapEnds = 0;
  /** By position among the living blocks. */
  private readonly tops: Float64Array;
  private readonly bottoms: Float64Array;
  private readonly flags: Float64Array;
  private readonly bars: Float64Array;
  private readonly decayTimes: Float64Array;
  private count = 0;

  constructor(settings: Settings) {
    this.settings = settings;
    const capacity = settings.orderBlockMaxHistory;
    const memory = new Float64Array(5 * capacity);
    const column = (position: number): Float64Array => memory.subarray(position * capacity, (position + 1) * capacity);
    this.tops = column(0);
    this.bottoms = column(1);
    this.flags = column(2);
    this.bars = column(3);
    this.decayTimes = column(4);
  }

  /** Follows living blocks with the newest bar, then adds the blocks of the breaks that bar made. */
  update(context: BlockContext, breaks: readonly (BreakRecord | null)[]): void {
    const { book, gaps } = context;
    this.now = book.lastCloseTime;
    const gapEnded = gaps.closedTotal !== this.seenGapEnds;
    this.seenGapEnds = gaps.closedTotal;
    const attention = gapEnded ? VISITED | HAS_GAP : VISITED;
    const adjoinsFrom = gaps.latest === null ? Infinity : gaps.latest.firstBar - 2;
    const slot = book.slot(book.count - 1);
    const high = book.high[slot]!;
    const low = book.low[slot]!;
    for (let position = this.count - 1; position >= 0; position -= 1) {
      const flags = this.flags[position]!;
      const isReached = (flags & BULLISH) !== 0 ? low <= this.tops[position]! : high >= this.bottoms[position]!;
      const isDue = (flags & attention) !== 0 || this.now >= this.decayTimes[position]! || this.bars[position]! >= adjoinsFrom;
      if (isReached || isDue) this.follow(context, position);
    }
    for (const entry of breaks) if (entry !== null) this.addFromBreak(context, entry);
  }

  /** Strength of a block now; the last one it had when it has ended. */
  strengthOf(block: OrderBlockRecord): number {
    return block.state === 'ended' ? block.strength : blockStrength(block, this.now, this.settings);
  }

  /** Brings the strength of every living block up to date, for those who read the records. */
  refresh(): void {
    for (const block of this.blocks.alive) block.strength = blockStrength(block, this.now, this.settings);
  }

  /**
   * The nearest active block of a direction to `price` (0 inside, else the way to its nearer edge) whose candle is `oldestBar` or later; the
   * newest of equals; or null.
   */
  nearestActive(direction: Direction, price: number, oldestBar: number): OrderBlockRecord | null {
    const wanted = direction === 'bullish' ? BULLISH | ACTIVE : ACTIVE;
    let best = -1;
    let bestRatio = Infinity;
    for (let position = 0; position < this.count; position += 1) {
      if ((this.flags[position]! & (BULLISH | ACTIVE)) !== wanted || this.bars[position]! < oldestBar) continue;
      const top = this.tops[position]!;
      const bottom = this.bottoms[position]!;
      const ratio = price > top ? price / top : price < bottom ? bottom / price : 1;
      if (ratio > bestRatio) continue;
      best = position;
      bestRatio = ratio;
    }
    return best < 0 ? null : this.blocks.alive[best]!;
  }

  private follow(context: BlockContext, position: number): void {
    const block = this.blocks.alive[position]!;
    const { book, gaps } = context;
    const { gap, tests } = block;
    if (gaps.latest !== null) attachGap(block, gaps.latest);
    if (block.gap !== null && !(block.gap.isOpen && adjoins(block, block.gap))) block.gap = null;
    if (countVisit(block, book)) this.changes += 1;
    const close = book.close[book.slot(book.count - 1)]!;
    const isBroken = block.direction === 'bullish' ? close < block.bottom : close > block.top;
    if (isBroken) this.breakBlock(position, book);
    else if (block.tests > this.settings.orderBlockMaxTestCount) this.end(position, 'tests');
    else {
      if (block.gap !== gap || block.tests !== tests) this.decayTimes[position] = decayTime(block, this.settings);
      if (this.now >= this.decayTimes[position]! && this.strengthOf(block) < MIN_STRENGTH) this.end(position, 'decay');
      else this.flags[position] = flagsOf(block);
    }
  }

  /** Writes what the hot loop asks of the newest block. */
  private noteNewest(): void {
    const position = this.blocks.alive.length - 1;
    const block = this.blocks.alive[position]!;
    this.count = position + 1;
    this.tops[position] = block.top;
    this.bottoms[position] = block.bottom;
    this.bars[position] = block.bar;
    this.decayTimes[position] = decayTime(block, this.settings);
    this.flags[position] = flagsOf(block);
  }

  private end(position: number, reason: NonNullable<OrderBlock['endReason']>): void {
    const block = this.blocks.alive[position]!;
    block.strength = blockStrength(block, this.now, this.settings);
    block.state = 'ended';
    block.endReason = reason;
    block.endedTime = this.now;
    block.gap = null;
    this.changes += 1;
    this.blocks.end(position);
    this.count = this.blocks.alive.length;
    for (let index = position; index < this.count; index += 1) {
      this.tops[index] = this.tops[index + 1]!;
      this.bottoms[index] = this.bottoms[index + 1]!;
      this.bars[index] = this.bars[index + 1]!;
      this.decayTimes[index] = this.decayTimes[index + 1]!;
      this.flags[index] = this.flags[index + 1]!;
    }
  }

  /** A broken block ends and lives on as a breaker of the other side; a broken breaker just ends. */
  private breakBlock(position: number, book: CandleBook): void {
    const broken = this.blocks.alive[position]!;
    const wasBreaker = broken.state === 'breaker';
    this.end(position, 'broken');
    if (wasBreaker) return;
    const breaker = this.blocks.acquire();
    breaker.direction = broken.direction === 'bullish' ? 'bearish' : 'bullish';
    breaker.top = broken.top;
    breaker.bottom = broken.bottom;
    breaker.bar = broken.bar;
    breaker.legBars = broken.legBars;
    breaker.originTime = broken.originTime;
    breaker.confirmedTime = this.now;
    breaker.volumeRatio = broken.volumeRatio;
    breaker.displacementAtr = broken.displacementAtr;
    this.start(breaker, 'breaker');
    breaker.isVisited = isInside(breaker, book);
    this.noteNewest();
  }

  private start(block: OrderBlockRecord, state: 'active' | 'weak' | 'breaker'): void {
    this.changes += 1;
    block.tests = 0;
    block.gap = null;
    block.isVisited = false;
    block.state = state;
    block.endReason = null;
    block.endedTime = Number.NaN;
    block.strength = blockStrength(block, this.now, this.settings);
  }

  private addFromBreak(context: BlockContext, entry: BreakRecord): void {
    const { book } = context;
    if (Number.isNaN(entry.displacementAtr) || entry.legBar < 0) return;
    const bar = findBlockBar(book, entry);
    if (bar < 0 || this.isKnown(bar, book, entry.direction)) return;
    this.makeRoom();
    const slot = book.slot(bar);
    const block = this.blocks.acquire();
    block.direction = entry.direction;
    block.top = book.high[slot]!;
    block.bottom = book.low[slot]!;
    block.bar = bar;
    block.legBars = entry.bar - bar;
    block.originTime = book.openTime[slot]!;
    block.confirmedTime = book.lastCloseTime;
    block.volumeRatio = impulseVolume(book, bar);
    block.displacementAtr = entry.displacementAtr;
    this.start(block, block.volumeRatio >= this.settings.orderBlockMinVolumeRatio ? 'active' : 'weak');
    const open = context.gaps.gaps.alive;
    for (let position = context.gaps.firstSince(bar); position < open.length; position += 1) attachGap(block, open[position]!);
    block.isVisited = isInside(block, book);
    block.strength = blockStrength(block, this.now, this.settings);
    const position = this.blocks.alive.length - 1;
    if (block.strength < MIN_STRENGTH) this.end(position, 'decay');
    else this.noteNewest();
  }

  private isKnown(bar: number, book: CandleBook, direction: Direction): boolean {
    const time = book.openTime[book.slot(bar)]!;
    return holdsBlock(this.blocks.alive, time, direction) || holdsBlock(this.blocks.ended, time, direction);
  }

  private makeRoom(): void {
    while (this.blocks.alive.length >= this.settings.orderBlockMaxHistory) this.end(0, 'evicted');
  }
}

function holdsBlock(blocks: readonly OrderBlockRecord[], time: number, direction: Direction): boolean {
  for (const block of blocks) if (block.originTime === time && block.direction === direction && block.state !== 'breaker') return true;
  return false;
}

function flagsOf(block: OrderBlockRecord): number {
  const { direction, state, isVisited, gap } = block;
  return (direction === 'bullish' ? BULLISH : 0) | (state === 'active' ? ACTIVE : 0) | (isVisited ? VISITED : 0) | (gap === null ? 0 : HAS_GAP);
}
