// What the networks learn from: at set-ups and every four hours, what each would have seen then and what the candles after it showed.
import type { Candle } from '../../src-shared/domain/candle.ts';
import type { Side } from '../../src-shared/domain/signal.ts';
import {
  buildLiquiditySequence,
  nearestPools,
  SEQUENCE_HORIZON_BARS,
  SEQUENCE_WIDTH,
  type NearestPools,
} from '../../src-main/core/learning/liquidity-sequence.ts';
import { buildRegimeSequence, REGIME_WIDTH } from '../../src-main/core/learning/regime-sequence.ts';
import { classOf, FORECAST_BARS, forecastRegime, MARKET_CLASSES } from '../../src-main/core/structure/regime-forecast.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { buildStructureWindow, STRUCTURE_WIDTH } from '../../src-main/core/learning/structure-window.ts';
import { ROUND_TRIP_COST } from '../../src-main/core/strategies/break-even.ts';
import type { Steps } from './steps.ts';
import type { Regime } from '../../src-shared/domain/structure.ts';
import { rowSteps, type ObservedDecision, type SymbolCandles, type TrainingRow, type Watch } from './candidates.ts';

const FIVE_MINUTES = 300_000;
const HOUR_MS = 3_600_000;
/** Archive moments at which the networks' inputs are kept. */
const SAMPLE_EVERY_MS = 4 * HOUR_MS;
/** Bars of 5m the discovery network looks ahead. */
export const MOVE_BARS = 12;
const SETTINGS = defaultSettings();

export interface DecisionSample {
  readonly symbol: string;
  readonly decidedAt: number;
  /** When every target is known. */
  readonly knownAt: number;
  /** Set-up and archive rows of this moment. */
  readonly rows: readonly TrainingRow[];
  readonly structure: Readonly<Record<Side, Float32Array>>;
  readonly sequence: Float32Array;
  readonly regimeInput: Float32Array;
  /** Regime now, by the live rule. */
  readonly regime: Regime;
  /** 1 when a trade of that side, entered at the next open, is above its costs after MOVE_BARS candles; NaN when candles are missing. */
  readonly moved: Readonly<Record<Side, number>>;
  /** Distance in ATR of the nearest pool of each side when it is taken within the horizon, NaN otherwise; and whether it is, NaN without a pool. */
  readonly liquidity: readonly [distanceAbove: number, distanceBelow: number, takenAbove: number, takenBelow: number];
  /** What the rule says of the market's class hours ahead: what the regime predictor must beat. */
  readonly ruleForecast: readonly number[];
  /** Index into MARKET_CLASSES of the 1h candle FORECAST_BARS ahead, -1 when candles are missing. */
  readonly nextRegime: number;
}

export interface CollectedSamples {
  /** Sorted by decision time. */
  readonly rows: readonly TrainingRow[];
  readonly samples: readonly DecisionSample[];
}

/** Rows and samples of all symbols, sorted by decision time. */
export function* sampleSteps(series: readonly SymbolCandles[]): Steps<CollectedSamples> {
  const found: DecisionSample[] = [];
  const classes = new Map<string, number>();
  const watch: Watch = (symbol, state, now) => {
    const hour = state.frames['1h'];
    if (hour.isWarm) classes.set(`${symbol} ${now}`, MARKET_CLASSES.indexOf(classOf(hour, SETTINGS)));
  };
  const observe = (decision: ObservedDecision): void => {
    const isSetUp = decision.rows.some((row) => row.kind === 'set-up');
    if (!isSetUp && decision.now % SAMPLE_EVERY_MS !== 0) return;
    const sample = sampleOf(decision);
    if (sample !== null) found.push(sample);
  };
  const rows = yield* rowSteps(series, { observe, watch });
  const samples = found.map((sample) => ({ ...sample, nextRegime: classes.get(`${sample.symbol} ${aheadOf(sample.decidedAt)}`) ?? -1 }));
  const byTime = <T extends { readonly decidedAt: number }>(list: readonly T[]): readonly T[] => list.toSorted((a, b) => a.decidedAt - b.decidedAt);
  return { rows: byTime(rows), samples: byTime(samples) };
}

/** Close of the 1h candle the regime predictor is asked about. */
function aheadOf(decidedAt: number): number {
  return (Math.floor(decidedAt / HOUR_MS) + FORECAST_BARS) * HOUR_MS;
}

function sampleOf(decision: ObservedDecision): DecisionSample | null {
  const { state, candles, next, now } = decision;
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  const structure = { long: new Float32Array(STRUCTURE_WIDTH), short: new Float32Array(STRUCTURE_WIDTH) };
  const sequence = new Float32Array(SEQUENCE_WIDTH);
  const regimeInput = new Float32Array(REGIME_WIDTH);
  for (const side of ['long', 'short'] as const) if (!buildStructureWindow(fifteen, side, { out: structure[side], offset: 0 })) return null;
  if (!buildLiquiditySequence(fifteen, sequence, 0) || !buildRegimeSequence(hour, regimeInput, 0)) return null;
  const pools = nearestPools(fifteen, five.close);
  const forecast = forecastRegime(hour, SETTINGS);
  if (forecast === null) return null;
  return {
    symbol: decision.symbol,
    decidedAt: now,
    knownAt: now + FORECAST_BARS * HOUR_MS,
    rows: decision.rows,
    structure,
    sequence,
    regimeInput,
    regime: hour.regime.regime,
    moved: movedOf(candles, next),
    liquidity: liquidityOf({ pools, price: five.close, atr: fifteen.atr }, candles, next),
    ruleForecast: MARKET_CLASSES.map((name) => forecast.probabilities[name]),
    nextRegime: -1,
  };
}

/** Log move from the open of `candles[next]` to the close of the bar `bars` on; NaN when a candle is missing. */
function netMove(candles: readonly Candle[], next: number, bars: number): number {
  const first = candles[next];
  const last = candles[next + bars - 1];
  if (first === undefined || last === undefined || last.openTime !== first.openTime + (bars - 1) * FIVE_MINUTES) return Number.NaN;
  return Math.log(last.close / first.open);
}

function movedOf(candles: readonly Candle[], next: number): Readonly<Record<Side, number>> {
  const move = netMove(candles, next, MOVE_BARS);
  if (Number.isNaN(move)) return { long: Number.NaN, short: Number.NaN };
  return { long: move > ROUND_TRIP_COST ? 1 : 0, short: -move > ROUND_TRIP_COST ? 1 : 0 };
}

function liquidityOf(
  now: { readonly pools: NearestPools; readonly price: number; readonly atr: number },
  candles: readonly Candle[],
  next: number,
): DecisionSample['liquidity'] {
  const bars = SEQUENCE_HORIZON_BARS * 3;
  if (Number.isNaN(netMove(candles, next, bars))) return [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
  let high = -Infinity;
  let low = Infinity;
  for (let bar = next; bar < next + bars; bar += 1) {
    high = Math.max(high, candles[bar]!.high);
    low = Math.min(low, candles[bar]!.low);
  }
  const { above, below } = now.pools;
  const takenAbove = Number.isNaN(above) ? Number.NaN : Number(high > above);
  const takenBelow = Number.isNaN(below) ? Number.NaN : Number(low < below);
  const distance = (pool: number, taken: number): number => (taken === 1 ? Math.abs(Math.log(pool / now.price)) / now.atr : Number.NaN);
  return [distance(above, takenAbove), distance(below, takenBelow), takenAbove, takenBelow];
}
