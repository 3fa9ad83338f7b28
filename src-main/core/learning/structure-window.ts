// What the structure autoencoder sees: 64 closed 15m candles as offsets in ATR from the last close, and how heavy each was.
import type { Side } from '../../../src-shared/domain/signal.ts';
import { sideSign } from '../features/scale.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';

export const STRUCTURE_BARS = 64;
const VALUES_PER_BAR = 5;
export const STRUCTURE_WIDTH = STRUCTURE_BARS * VALUES_PER_BAR;
/** Changes with every change of what a window holds; a model of another layout is refused. */
export const STRUCTURE_SCHEMA = 'structure-64x5-v1';
/** Numbers the autoencoder describes a window with. */
export const STRUCTURE_CODE = 16;

/**
 * Writes STRUCTURE_WIDTH values from `offset`, oldest bar first: open, far, near and close offsets in ATR (far is the high for a long
 * and the low, mirrored, for a short) and ln of volume over its mean. A long in a market and a short in its mirror image see the
 * same window. False, with zeros, while there are too few candles or no ATR.
 */
export function buildStructureWindow(frame: TimeframeState, side: Side, target: { readonly out: Float32Array; readonly offset: number }): boolean {
  const { out, offset } = target;
  const { book } = frame;
  out.fill(0, offset, offset + STRUCTURE_WIDTH);
  if (book.size < STRUCTURE_BARS || !(frame.atr > 0)) return false;
  const sign = sideSign(side);
  const first = book.count - STRUCTURE_BARS;
  const scale = sign / frame.atr;
  const last = book.logClose[book.slot(book.count - 1)]!;
  let volume = 0;
  for (let bar = first; bar < book.count; bar += 1) volume += book.volume[book.slot(bar)]! / STRUCTURE_BARS;
  for (let bar = first; bar < book.count; bar += 1) {
    const slot = book.slot(bar);
    const at = offset + (bar - first) * VALUES_PER_BAR;
    const [far, near] = side === 'long' ? [book.logHigh, book.logLow] : [book.logLow, book.logHigh];
    out[at] = (Math.log(book.open[slot]!) - last) * scale;
    out[at + 1] = (far[slot]! - last) * scale;
    out[at + 2] = (near[slot]! - last) * scale;
    out[at + 3] = (book.logClose[slot]! - last) * scale;
    out[at + 4] = logRatio(book.volume[slot]!, volume);
  }
  return true;
}

/** ln(value / mean), limited to ±4; 0 without volume at all. */
export function logRatio(value: number, mean: number): number {
  if (!(mean > 0)) return 0;
  return Math.max(-4, Math.min(4, Math.log(Math.max(1e-9, value / mean))));
}
