// Builds the feature row of one symbol and side from closed candles alone; training and serving call the same function.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Side } from '../../../src-shared/domain/signal.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import { RowWriter } from './row-writer.ts';
import { FEATURE_COUNT } from './schema.ts';
import { SharedFeatures } from './shared-features.ts';
import { computeSubScores } from './sub-scores.ts';
import { putSwings } from './structure-features.ts';

export interface FeatureInput {
  readonly state: SymbolState;
  /** The state of BTCUSDT at the same time, or null when it is not watched; then the market group is missing. */
  readonly bitcoin: SymbolState | null;
  readonly side: Side;
  readonly settings: Settings;
}

const writer = new RowWriter();
const shared = new SharedFeatures();

/**
 * Writes FEATURE_COUNT values into `out` from `offset`, as known at the close of the newest 5m candle. Returns false, with the row
 * zeroed, while the symbol is warming up. Every value is finite and within ±2.
 */
export function buildFeatureRow(input: FeatureInput, out: Float32Array, offset: number): boolean {
  const { '5m': five, '15m': fifteen, '1h': hour } = input.state.frames;
  if (!five.isWarm || !fifteen.isWarm || !hour.isWarm) {
    out.fill(0, offset, offset + FEATURE_COUNT);
    return false;
  }
  const isLong = input.side === 'long';
  writer.begin(out, offset);
  shared.measure(input);
  shared.head.write(writer, isLong);
  putSwings(writer, input.state, input.side);
  if (isLong) shared.bullish.write(writer, shared.bearish);
  else shared.bearish.write(writer, shared.bullish);
  shared.tail.write(writer, isLong);
  putScores(input);
  writer.end(FEATURE_COUNT);
  return true;
}

function putScores(input: FeatureInput): void {
  const scores = computeSubScores(input.state, input.side, input.settings);
  writer.put(scores.trendAlignment);
  writer.put(scores.marketStructure);
  writer.put(scores.pricePosition);
  writer.put(scores.momentum);
  writer.put(scores.volatility);
}
