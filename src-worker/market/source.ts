// Where the local venue's prices come from: one interface for the synthetic market and for replayed files.
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { Instrument } from '../../src-shared/domain/instrument.ts';

export const FIVE_MINUTES = 300_000;

/**
 * A 5m candle and the path price takes inside it: `points` evenly spaced from open time, the last one is the close. The arrays are good
 * until the source is asked for the symbol's next candle.
 */
export interface PathedCandle {
  readonly candle: Candle;
  readonly points: Float64Array;
  /** Premium of the contract over its index at each point, as a fraction; null when the source knows no index. */
  readonly premiums: Float64Array | null;
}

export interface MarketSource {
  /** Names the market in file names and archives, e.g. `synthetic-7`. */
  readonly identity: string;
  readonly instruments: readonly Instrument[];
  /** Simulated time at which live trading begins; everything before is history. */
  readonly liveFrom: number;
  /** Last moment with data, or Infinity. */
  readonly liveUntil: number;
  /** The 5m candle that opens at `openTime`, or null where the data has a hole. Called in increasing order per symbol. */
  candleAt(symbol: string, openTime: number): PathedCandle | null;
  /** Open time of a symbol's first candle. */
  firstOpenTime(symbol: string): number;
  /** Recorded funding rate of a settlement, or null to let it follow from the premium. */
  fundingAt(symbol: string, settlement: number): number | null;
  /** Hours between settlements: 8 unless the exchange adjusted the contract to 4, 2 or 1. */
  fundingHours(symbol: string): number;
}
