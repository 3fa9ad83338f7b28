// Hand-made frames for the rules of the strategy: each holds exactly the numbers a rule reads, so that its boundaries can be set by hand.
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ZoneReference } from '../../../src-shared/domain/signal.ts';
import type { Direction } from '../../../src-shared/domain/structure.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { FACTS_SIZE, SWING_HIGH, SWING_LOW, SWING_TREND, clearFacts } from '../../../src-main/core/structure/facts.ts';
import type { GapRecord } from '../../../src-main/core/structure/fair-value-gaps.ts';
import type { OrderBlockRecord } from '../../../src-main/core/structure/order-block-rules.ts';
import type { SymbolState } from '../../../src-main/core/structure/symbol-state.ts';
import type { TimeframeState } from '../../../src-main/core/structure/timeframe-state.ts';

export const FIVE_MINUTES = 300_000;
/** Close of the newest 5m candle in every hand-made market. */
export const NOW = 1_760_000_100_000 as EpochMs;
export const ictSettings: Settings = { ...defaultSettings(), strategyMode: 'ict' };

/** A 1h frame as the bias and the gate read it. ATR 0.01, so that a slope is counted in hundredths of it. */
export interface HourNumbers {
  readonly fast?: number;
  readonly slow?: number;
  readonly fastBefore?: number;
  readonly trend?: number;
  readonly adx?: number;
  readonly volumeRatio?: number;
  readonly isWarm?: boolean;
}

export function hourFrame(numbers: HourNumbers = {}): TimeframeState {
  const { fast = 1.02, slow = 1, fastBefore = 1, trend = 1, adx = 30, volumeRatio = 1, isWarm = true } = numbers;
  const facts = new Float64Array(FACTS_SIZE);
  clearFacts(facts);
  facts[SWING_TREND] = trend;
  return {
    atr: 0.01,
    facts,
    isWarm,
    regime: { regime: adx >= 25 ? 'strong_trending' : adx >= 20 ? 'trending' : adx >= 15 ? 'ranging' : 'choppy' },
    indicators: {
      emaFast: { value: fast },
      emaSlow: { value: slow },
      emaFastAgo: (bars: number) => (bars === 3 ? fastBefore : Number.NaN),
      adx: { value: adx },
      volumeRatio: { value: volumeRatio },
    },
  } as unknown as TimeframeState;
}

/** A bullish 15m frame with a dealing range of 90 to 110 and ATR of 1 %, and the zones given. */
export interface QuarterNumbers {
  readonly trend?: Direction | null;
  readonly high?: number;
  readonly low?: number;
  readonly atr?: number;
  readonly blocks?: readonly OrderBlockRecord[];
  readonly gaps?: readonly GapRecord[];
  readonly bars?: number;
  readonly pools?: { readonly buy?: number; readonly sell?: number };
}

export function quarterFrame(numbers: QuarterNumbers = {}): TimeframeState {
  const { trend = 'bullish', high = 110, low = 90, atr = 0.01, blocks = [], gaps = [], bars = 1000, pools = {} } = numbers;
  const facts = new Float64Array(FACTS_SIZE);
  clearFacts(facts);
  facts[SWING_HIGH] = Math.log(high);
  facts[SWING_LOW] = Math.log(low);
  const pool = (price: number | undefined): unknown => ({
    nearestBeyond: (from: number, newestBar: number) => (price !== undefined && price !== from && newestBar === bars - 1 ? { price } : null),
  });
  return {
    atr,
    facts,
    isWarm: true,
    book: { count: bars },
    internalBreaks: { trend },
    orderBlocks: { blocks: { alive: blocks }, strengthOf: (block: OrderBlockRecord) => block.strength },
    gaps: { gaps: { alive: gaps }, firstSince: (oldest: number) => gaps.filter((gap) => gap.firstBar < oldest).length },
    buySide: pool(pools.buy),
    sellSide: pool(pools.sell),
  } as unknown as TimeframeState;
}

/** A symbol whose newest 5m close is `price`. */
export function marketAt(price: number, frames: Partial<Record<'5m' | '15m' | '1h', TimeframeState>> = {}): SymbolState {
  const five = { close: price, logClose: Math.log(price) } as unknown as TimeframeState;
  return { symbol: 'X', frames: { '5m': five, '15m': quarterFrame(), '1h': hourFrame(), ...frames } } as unknown as SymbolState;
}

export function block(overrides: Partial<OrderBlockRecord> = {}): OrderBlockRecord {
  return {
    direction: 'bullish',
    top: 95,
    bottom: 94,
    bar: 900,
    legBars: 5,
    originTime: 1,
    confirmedTime: 2,
    volumeRatio: 3,
    displacementAtr: 3,
    gap: null,
    strength: 0.8,
    tests: 1,
    isVisited: false,
    state: 'active',
    endedTime: Number.NaN,
    endReason: null,
    ...overrides,
  };
}

export function gap(overrides: Partial<GapRecord> = {}): GapRecord {
  return {
    direction: 'bullish',
    top: 95,
    bottom: 94,
    firstBar: 900,
    originTime: 1,
    confirmedTime: 2,
    sizeAtr: 1.5,
    filledFraction: 0,
    halfFilledTime: Number.NaN,
    filledTime: Number.NaN,
    isOpen: true,
    ...overrides,
  };
}

export function zone(overrides: Partial<ZoneReference> = {}): ZoneReference {
  return {
    kind: 'order_block',
    id: 'z',
    timeframe: '15m',
    top: 101,
    bottom: 100,
    strength: 0.8,
    tests: 0,
    originTime: 0 as EpochMs,
    confirmedTime: 0 as EpochMs,
    ...overrides,
  };
}
