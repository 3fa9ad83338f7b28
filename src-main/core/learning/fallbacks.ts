// What stands in for a network that is missing or broken: a rule with the same shape of answer, and a sentence that says so.
import { FEATURES } from '../features/schema.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { SEQUENCE_HORIZON_BARS, SEQUENCE_STEPS } from './liquidity-sequence.ts';
import { DISCOVERED_FEATURES } from './model-inputs.ts';
import { STRUCTURE_BARS, STRUCTURE_CODE, STRUCTURE_WIDTH } from './structure-window.ts';

const VALUES_PER_BAR = STRUCTURE_WIDTH / STRUCTURE_BARS;
const CLOSE = 3;
const VOLUME = 4;
const PRICE_BUCKETS = 48;
/** A bucket is a node when it holds this much of the mean volume of a bucket. */
const NODE_SHARE = 1.5;
/** The mean true range is about this many standard deviations of a bar's return. */
const ATR_DEVIATIONS = 1.6;

/** Sixteen statistics of a structure window (see buildStructureWindow), bounded to ±1 by x/(1+|x|). */
export function structureStatistics(window: Float32Array): Float32Array {
  const closes = Array.from({ length: STRUCTURE_BARS }, (_, bar) => window[bar * VALUES_PER_BAR + CLOSE] ?? 0);
  const volumes = Array.from({ length: STRUCTURE_BARS }, (_, bar) => window[bar * VALUES_PER_BAR + VOLUME] ?? 0);
  const ranges = Array.from({ length: STRUCTURE_BARS }, (_, bar) => (window[bar * VALUES_PER_BAR + 1] ?? 0) - (window[bar * VALUES_PER_BAR + 2] ?? 0));
  const steps = closes.slice(1).map((close, bar) => close - (closes[bar] ?? 0));
  const net = (closes.at(-1) ?? 0) - (closes[0] ?? 0);
  const path = steps.reduce((sum, step) => sum + Math.abs(step), 0);
  const half = STRUCTURE_BARS / 2;
  const values = [
    mean(closes),
    deviation(closes),
    Math.max(...closes),
    Math.min(...closes),
    net,
    path > 0 ? net / path : 0,
    slope(closes.slice(0, half)),
    slope(closes.slice(half)),
    deviation(steps.slice(0, half)),
    deviation(steps.slice(half)),
    steps.filter((step) => step > 0).length / steps.length - 0.5,
    Math.max(...steps),
    Math.min(...steps),
    mean(ranges),
    slope(volumes),
    deviation(volumes),
  ];
  return Float32Array.from(values.slice(0, STRUCTURE_CODE), (value) => value / (1 + Math.abs(value)));
}

/** Base features that stand in for the discovered ones: the first 32 that measure something and flag nothing. */
export function indicatorFeatures(row: Float32Array): Float32Array {
  return Float32Array.from(INDICATORS, (index) => row[index] ?? 0);
}

const INDICATORS: readonly number[] = FEATURES.flatMap(({ unit }, index) => (unit === 'flag' ? [] : [index])).slice(0, DISCOVERED_FEATURES);

/** The nearest volume node on each side: [distance above, distance below, P(reached) above, P(reached) below], distances in ATR. */
export type NodeAnswer = readonly [number, number, number, number];

/**
 * Nodes of the volume profile of the last 48 bars; a side without one answers NaN and 0. The probability of reaching a distance within the
 * horizon is that of a driftless random walk: 2·(1 − Φ(d / σ√n)), by the reflection principle.
 */
export function volumeNodes(frame: TimeframeState): NodeAnswer | null {
  const { book, atr } = frame;
  if (book.size < SEQUENCE_STEPS || !(atr > 0)) return null;
  const first = book.count - SEQUENCE_STEPS;
  let low = Infinity;
  let high = -Infinity;
  for (let bar = first; bar < book.count; bar += 1) {
    low = Math.min(low, book.logLow[book.slot(bar)]!);
    high = Math.max(high, book.logHigh[book.slot(bar)]!);
  }
  const width = (high - low) / PRICE_BUCKETS;
  if (!(width > 0)) return null;
  const profile = new Float64Array(PRICE_BUCKETS);
  for (let bar = first; bar < book.count; bar += 1) {
    const slot = book.slot(bar);
    const from = Math.floor((book.logLow[slot]! - low) / width);
    const to = Math.min(PRICE_BUCKETS - 1, Math.floor((book.logHigh[slot]! - low) / width));
    for (let bucket = from; bucket <= to; bucket += 1) profile[bucket]! += book.volume[slot]! / (to - from + 1);
  }
  const needed = NODE_SHARE * (profile.reduce((sum, volume) => sum + volume, 0) / PRICE_BUCKETS);
  const price = book.logClose[book.slot(book.count - 1)]!;
  let above = Number.NaN;
  let below = Number.NaN;
  profile.forEach((volume, bucket) => {
    if (volume < needed) return;
    const distance = (low + (bucket + 0.5) * width - price) / atr;
    if (distance > 0 && !(distance >= above)) above = distance;
    if (distance < 0 && !(-distance >= below)) below = -distance;
  });
  return [above, below, reachProbability(above), reachProbability(below)];
}

/** Chance that a driftless random walk reaches `distance` ATR within the horizon; 0 for no distance at all. */
export function reachProbability(distance: number): number {
  if (Number.isNaN(distance)) return 0;
  return 2 * (1 - normalShare((distance * ATR_DEVIATIONS) / Math.sqrt(SEQUENCE_HORIZON_BARS)));
}

/** Φ, to 1e-7. Source: Abramowitz & Stegun 26.2.17. */
function normalShare(value: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(value));
  const tail = Math.exp((-value * value) / 2) / Math.sqrt(2 * Math.PI);
  const upper = tail * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return value >= 0 ? 1 - upper : upper;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** Change per bar of the straight line through the values, over the whole stretch. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const average = mean(values);
  let across = 0;
  let along = 0;
  values.forEach((value, at) => {
    across += (at - middle) * (value - average);
    along += (at - middle) ** 2;
  });
  return along > 0 ? (across / along) * values.length : 0;
}
