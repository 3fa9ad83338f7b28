// Liquidity pools above highs and below lows: equal levels, sweeps and takes.
import type { CandleBook } from '../market/candle-book.ts';
import { DECISION_MEMORY_BARS } from './decision-memory.ts';
import { RecordPool } from './record-pool.ts';
import type { SwingRecord } from './swing-record.ts';

/** Living pools kept per side and timeframe. */
export const POOLS_KEPT = 24;
export const ENDED_POOLS_KEPT = 24;
/** A close back must come within this many bars after the wick. */
export const SWEEP_BARS = 3;

export interface PoolRecord {
  side: 'buy' | 'sell';
  /** Outermost price of its swing points. */
  price: number;
  touches: number;
  originTime: number;
  /** When it became known in its present form: at the first point as a weak pool, at the second as a pool. */
  confirmedTime: number;
  /** When its record began; with `originTime` it names the pool for good. */
  bornTime: number;
  /** Bar of the newest swing point. */
  touchBar: number;
  /** Bar of the first wick beyond; -1 before. */
  wickBar: number;
  sweptTime: number;
  takenTime: number;
}

function emptyPool(): PoolRecord {
  return {
    side: 'buy',
    price: Number.NaN,
    touches: 0,
    originTime: Number.NaN,
    confirmedTime: Number.NaN,
    bornTime: Number.NaN,
    touchBar: -1,
    wickBar: -1,
    sweptTime: Number.NaN,
    takenTime: Number.NaN,
  };
}

/**
 * Pools of one side, from internal swings. Swing points within `equalLevelAtr` ATR join one pool (known, as a pool, when the second
 * point is confirmed); a single point is a weak pool. A close beyond takes it. A wick beyond with a close back on the same bar or
 * at most {@link SWEEP_BARS} bars later sweeps it, also when a close in between had taken it. A swing that pierced a pool by less than
 * the tolerance swept it and, once confirmed, stands with it as a new pool of equal levels. Source: STRATEGY, "Liquidity pool".
 */
export class LiquiditySide {
  readonly side: 'buy' | 'sell';
  readonly pools = new RecordPool<PoolRecord>(ENDED_POOLS_KEPT, emptyPool);
  /** Close time and level of the last sweep of a pool that decisions look at; NaN before the first. */
  lastSweepTime = Number.NaN;
  lastSweepPrice = Number.NaN;
  lastSweepBar = -1;
  /** Grows with every birth, joining, sweep and taking. */
  changes = 0;
  private readonly equalLevelAtr: number;
  /** The untouched pool that price would reach first: its price and its newest swing point; infinite and −1 without one. */
  nearestPrice: number;
  nearestBar = -1;
  /** Pools with a wick beyond whose story is not over. */
  private wickedCount = 0;

  constructor(side: 'buy' | 'sell', equalLevelAtr: number) {
    this.side = side;
    this.equalLevelAtr = equalLevelAtr;
    this.nearestPrice = side === 'buy' ? Infinity : -Infinity;
  }

  /** Follows living pools with the newest bar, then adds the swing that bar confirmed. `atr` is in log units. */
  update(book: CandleBook, swing: SwingRecord | null, atr: number): void {
    const slot = book.slot(book.count - 1);
    const isReached = this.side === 'buy' ? book.high[slot]! > this.nearestPrice : book.low[slot]! < this.nearestPrice;
    if (isReached || this.wickedCount > 0) this.followAll(book);
    if (swing === null) return;
    this.add(book, swing, atr);
    this.findNearest();
  }

  private followAll(book: CandleBook): void {
    const { alive } = this.pools;
    for (let position = alive.length - 1; position >= 0; position -= 1) {
      if (this.follow(alive[position]!, book)) this.pools.end(position);
    }
    this.findNearest();
  }

  private findNearest(): void {
    const isBuy = this.side === 'buy';
    this.nearestPrice = isBuy ? Infinity : -Infinity;
    this.nearestBar = -1;
    this.wickedCount = 0;
    for (const pool of this.pools.alive) {
      if (pool.wickBar >= 0) this.wickedCount += 1;
      else if (isBuy ? pool.price <= this.nearestPrice : pool.price >= this.nearestPrice) {
        this.nearestPrice = pool.price;
        this.nearestBar = pool.touchBar;
      }
    }
  }

  /** Returns true when the pool's story is over. */
  private follow(pool: PoolRecord, book: CandleBook): boolean {
    const bar = book.count - 1;
    const slot = book.slot(bar);
    const isBuy = this.side === 'buy';
    if (pool.wickBar < 0) {
      const beyond = isBuy ? book.high[slot]! > pool.price : book.low[slot]! < pool.price;
      if (!beyond) return false;
      pool.wickBar = bar;
    }
    const closedBeyond = isBuy ? book.close[slot]! > pool.price : book.close[slot]! < pool.price;
    if (!closedBeyond) {
      pool.sweptTime = book.lastCloseTime;
      this.changes += 1;
      if (bar - pool.touchBar > DECISION_MEMORY_BARS) return true;
      this.lastSweepTime = book.lastCloseTime;
      this.lastSweepPrice = pool.price;
      this.lastSweepBar = bar;
      return true;
    }
    if (Number.isNaN(pool.takenTime)) {
      pool.takenTime = book.lastCloseTime;
      this.changes += 1;
    }
    return bar - pool.wickBar >= SWEEP_BARS;
  }

  private add(book: CandleBook, swing: SwingRecord, atr: number): void {
    this.changes += 1;
    const near = this.nearest(swing, atr * this.equalLevelAtr);
    if (near !== null) {
      near.touches += 1;
      near.touchBar = swing.bar;
      near.price = this.side === 'buy' ? Math.max(near.price, swing.price) : Math.min(near.price, swing.price);
      if (near.touches === 2) near.confirmedTime = book.lastCloseTime;
      return;
    }
    if (this.pools.alive.length >= POOLS_KEPT) this.pools.end(0);
    const pierced = this.piercedBy(swing, atr * this.equalLevelAtr);
    const touches = pierced === null ? 1 : pierced.touches + 1;
    const originTime = pierced === null ? swing.originTime : pierced.originTime;
    const pool = this.pools.acquire();
    pool.side = this.side;
    pool.price = swing.price;
    pool.touches = touches;
    pool.originTime = originTime;
    pool.confirmedTime = swing.confirmedTime;
    pool.bornTime = swing.confirmedTime;
    pool.touchBar = swing.bar;
    pool.wickBar = -1;
    pool.sweptTime = Number.NaN;
    pool.takenTime = Number.NaN;
  }

  /** The untouched pool of the remembered past nearest to the swing within `reach` (log units), or null. */
  private nearest(swing: SwingRecord, reach: number): PoolRecord | null {
    let best: PoolRecord | null = null;
    let bestDistance = reach;
    for (const pool of this.pools.alive) {
      const distance = Math.abs(Math.log(pool.price / swing.price));
      if (pool.wickBar >= 0 || swing.bar - pool.touchBar > DECISION_MEMORY_BARS || !(distance <= bestDistance)) continue;
      best = pool;
      bestDistance = distance;
    }
    return best;
  }

  /** The swept, never taken pool that this very swing pierced by no more than `reach`, or null. */
  private piercedBy(swing: SwingRecord, reach: number): PoolRecord | null {
    const { ended } = this.pools;
    for (let position = ended.length - 1; position >= 0; position -= 1) {
      const pool = ended[position]!;
      const isPierced = pool.wickBar === swing.bar && !Number.isNaN(pool.sweptTime) && Number.isNaN(pool.takenTime);
      if (isPierced && Math.abs(Math.log(pool.price / swing.price)) <= reach) return pool;
    }
    return null;
  }

  /**
   * The untouched pool nearest to `price` among those beyond it and touched recently as seen from `newestBar`, or null. A pool that
   * stayed untouched lies beyond every later swing, so pools stand in order of price and the newest is met first.
   */
  nearestBeyond(price: number, newestBar: number): PoolRecord | null {
    const { alive } = this.pools;
    for (let position = alive.length - 1; position >= 0; position -= 1) {
      const pool = alive[position]!;
      if (pool.wickBar >= 0 || newestBar - pool.touchBar > DECISION_MEMORY_BARS) continue;
      if (this.side === 'buy' ? pool.price > price : pool.price < price) return pool;
    }
    return null;
  }
}
