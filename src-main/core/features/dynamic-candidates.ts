// The candidate features of each market class: a few base measurements with their products and ratios.
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';
import { MARKET_CLASSES } from '../structure/regime-forecast.ts';
import type { MarketClass } from '../structure/regime-forecast.ts';
import { logReturn, realisedVolatility } from './returns.ts';
import { soft } from './row-writer.ts';

const MOMENTUM_BARS = 8;
const VOLATILITY_BARS = 48;

type Measurement = (frame: TimeframeState) => number;

/** Change their sign in the mirrored market. */
const SIGNED = {
  momentum: (frame) => soft(logReturn(frame, MOMENTUM_BARS) / (frame.atr * Math.sqrt(MOMENTUM_BARS))),
  trendStrength: (frame) => soft((frame.indicators.emaFast.value - frame.indicators.emaSlow.value) / frame.atr),
  direction: (frame) => (frame.indicators.adx.plusDi - frame.indicators.adx.minusDi) / 100,
  rsiDeviation: (frame) => (frame.indicators.rsi.value - 50) / 50,
  bollingerPosition: (frame) => {
    const { bollinger } = frame.indicators;
    return soft((frame.logClose - bollinger.middle) / Math.max(1e-12, (bollinger.upper - bollinger.lower) / 2));
  },
} as const satisfies Readonly<Record<string, Measurement>>;

/** Positive and the same in the mirrored market. */
const UNSIGNED = {
  adx: (frame) => frame.indicators.adx.value / 25,
  atr: (frame) => frame.indicators.atrRatio,
  realisedVolatility: (frame) => realisedVolatility(frame, VOLATILITY_BARS) / frame.atr,
  volume: (frame) => Math.sqrt(Math.max(0.01, frame.indicators.volumeRatio.value)),
} as const satisfies Readonly<Record<string, Measurement>>;

type SignedName = keyof typeof SIGNED;
type UnsignedName = keyof typeof UNSIGNED;

/** What each class starts from. Source: STRATEGY, "Dynamic feature generator". */
const BASES: Readonly<Record<MarketClass, readonly SignedName[]>> = {
  trending: ['momentum', 'trendStrength', 'direction'],
  ranging: ['rsiDeviation', 'bollingerPosition'],
  volatile: ['momentum', 'rsiDeviation'],
};

export interface Candidate {
  readonly name: string;
  readonly market: MarketClass;
  readonly base: SignedName;
  readonly other: UnsignedName | null;
  readonly operation: 'alone' | 'times' | 'over';
}

function candidatesOf(market: MarketClass): readonly Candidate[] {
  const others = Object.keys(UNSIGNED) as UnsignedName[];
  return BASES[market].flatMap((base) => [
    { name: base, market, base, other: null, operation: 'alone' as const },
    ...others.flatMap((other) => [
      { name: `${base} × ${other}`, market, base, other, operation: 'times' as const },
      { name: `${base} / ${other}`, market, base, other, operation: 'over' as const },
    ]),
  ]);
}

export const CANDIDATES: readonly Candidate[] = MARKET_CLASSES.flatMap(candidatesOf);

/** Value of a candidate on the 15m frame, within ±1; 0 where it is unknown. */
export function measureCandidate(candidate: Candidate, state: SymbolState): number {
  const frame = state.frames['15m'];
  const base = SIGNED[candidate.base](frame);
  const other = candidate.other === null ? 1 : UNSIGNED[candidate.other](frame);
  const value = candidate.operation === 'over' ? base / Math.max(0.1, other) : base * other;
  return Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value));
}
