// Step 3: the 15m set-up: structure agrees, a tradable zone is near, and price is on the right side of equilibrium.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Side, ZoneReference } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { sideDirection } from '../features/scale.ts';
import { rangePosition } from '../structure/dealing-range.ts';
import { oldestCounted } from '../structure/decision-memory.ts';
import { gapStrength } from '../structure/fair-value-gaps.ts';
import type { GapRecord } from '../structure/fair-value-gaps.ts';
import type { OrderBlockRecord } from '../structure/order-block-rules.ts';
import { gapId, orderBlockId } from '../structure/snapshot.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { TimeframeState } from '../structure/timeframe-state.ts';

const REACH_ATR = 1;
/** Rounding that must not leave out a zone at the very edge of reach. */
const EDGE_SLACK = 1e-9;

export type SetUp =
  | { readonly kind: 'found'; readonly zone: ZoneReference; readonly distanceAtr: number; readonly rangePosition: number }
  | { readonly kind: 'missing'; readonly code: string; readonly numbers: Readonly<Record<string, number>>; readonly closeness: number };

interface Nearest {
  distanceAtr: number;
  strength: number;
  score: number;
  block: OrderBlockRecord | null;
  gap: GapRecord | null;
}

/** Looks for the set-up of `side` at the newest 5m close. Source: STRATEGY, "ICT strategy" step 3. */
export function findSetUp(state: SymbolState, side: Side, settings: Settings): SetUp {
  const { '5m': five, '15m': fifteen } = state.frames;
  const price = five.close;
  if (fifteen.internalBreaks.trend !== sideDirection(side)) {
    return { kind: 'missing', code: 'setup.structure_against', numbers: { trend: trendNumber(fifteen) }, closeness: 0.1 };
  }
  const position = rangePosition(fifteen.facts, five.logClose);
  if (Number.isNaN(position)) return { kind: 'missing', code: 'setup.no_range', numbers: {}, closeness: 0.2 };
  const place = side === 'long' ? position : 1 - position;
  if (place > 0.5)
    return {
      kind: 'missing',
      code: side === 'long' ? 'setup.in_premium' : 'setup.in_discount',
      numbers: { rangePosition: position },
      closeness: 0.7 - Math.min(0.4, place - 0.5),
    };
  const nearest = nearestZone(fifteen, price, { side, settings });
  if (nearest.distanceAtr > REACH_ATR) {
    if (nearest.distanceAtr === Infinity) return { kind: 'missing', code: 'setup.no_zone', numbers: { rangePosition: position }, closeness: 0.5 };
    return {
      kind: 'missing',
      code: 'setup.zone_too_far',
      numbers: { distanceAtr: nearest.distanceAtr, reachAtr: REACH_ATR },
      closeness: 0.5 + 0.5 / nearest.distanceAtr,
    };
  }
  const zone = nearest.block !== null ? blockReference(nearest.block, nearest.strength) : gapReference(nearest.gap!);
  return { kind: 'found', zone, distanceAtr: nearest.distanceAtr, rangePosition: position };
}

/** ATR of 15m from the newest 5m close to the nearest zone that `side` may trade; 0 inside, null without one ahead. */
export function distanceToZone(state: SymbolState, side: Side, settings: Settings): number | null {
  const fifteen = state.frames['15m'];
  const { distanceAtr } = nearestZone(fifteen, state.frames['5m'].close, { side, settings });
  return Number.isFinite(distanceAtr) ? distanceAtr : null;
}

function trendNumber(frame: TimeframeState): number {
  return frame.internalBreaks.trend === null ? 0 : frame.internalBreaks.trend === 'bullish' ? 1 : -1;
}

/**
 * The best zone within reach (strength, less for distance; the newer of equals), else the nearest one beyond it. Zones beyond reach are told
 * apart by their edges alone: logarithms and strengths are only worked out for those within.
 */
function nearestZone(frame: TimeframeState, price: number, wanted: { readonly side: Side; readonly settings: Settings }): Nearest {
  const { side, settings } = wanted;
  const isLong = side === 'long';
  const direction = sideDirection(side);
  const { atr, orderBlocks, gaps } = frame;
  const oldest = oldestCounted(frame.book);
  const reachEdge = price * Math.exp(isLong ? -REACH_ATR * atr : REACH_ATR * atr) * (isLong ? 1 - EDGE_SLACK : 1 + EDGE_SLACK);
  const best: Nearest = { distanceAtr: Infinity, strength: 0, score: -1, block: null, gap: null };
  let beyond = isLong ? 0 : Infinity;
  for (const block of orderBlocks.blocks.alive) {
    if (block.bar < oldest || block.direction !== direction || block.state !== 'active' || block.legBars > settings.orderBlockLookback) continue;
    if (isLong ? price < block.bottom : price > block.top) continue;
    const edge = isLong ? block.top : block.bottom;
    if (isLong ? edge >= reachEdge : edge <= reachEdge) {
      const distanceAtr = edgeDistance(edge, price, { isLong, atr });
      if (distanceAtr <= REACH_ATR) offer(best, { distanceAtr, strength: orderBlocks.strengthOf(block), block, gap: null });
    }
    if (isLong ? edge > beyond : edge < beyond) beyond = edge;
  }
  const open = gaps.gaps.alive;
  for (let position = gaps.firstSince(oldest); position < open.length; position += 1) {
    const gap = open[position]!;
    if (gap.direction !== direction || (isLong ? price < gap.bottom : price > gap.top)) continue;
    const edge = isLong ? gap.top : gap.bottom;
    if (isLong ? edge >= reachEdge : edge <= reachEdge) {
      const distanceAtr = edgeDistance(edge, price, { isLong, atr });
      if (distanceAtr <= REACH_ATR) offer(best, { distanceAtr, strength: gapStrength(gap), block: null, gap });
    }
    if (isLong ? edge > beyond : edge < beyond) beyond = edge;
  }
  // Infinite without any zone ahead, for then the edge is 0 or Infinity.
  if (best.score < 0) best.distanceAtr = edgeDistance(beyond, price, { isLong, atr });
  return best;
}

/** Takes a zone within reach when it is at least as good as the best before it. */
function offer(
  best: Nearest,
  zone: { readonly distanceAtr: number; readonly strength: number; readonly block: OrderBlockRecord | null; readonly gap: GapRecord | null },
): void {
  const score = zone.strength * (1 - 0.5 * Math.max(0, zone.distanceAtr));
  if (score < best.score) return;
  best.distanceAtr = zone.distanceAtr;
  best.score = score;
  best.strength = zone.strength;
  best.block = zone.block;
  best.gap = zone.gap;
}

/** ATR from price to a near edge, 0 once price is inside. */
function edgeDistance(edge: number, price: number, seen: { readonly isLong: boolean; readonly atr: number }): number {
  return Math.max(0, (seen.isLong ? Math.log(price / edge) : Math.log(edge / price)) / seen.atr);
}

function blockReference(block: OrderBlockRecord, strength: number): ZoneReference {
  return {
    kind: 'order_block',
    id: orderBlockId(block, '15m'),
    timeframe: '15m',
    top: block.top,
    bottom: block.bottom,
    strength,
    tests: block.tests,
    originTime: block.originTime as EpochMs,
    confirmedTime: block.confirmedTime as EpochMs,
  };
}

function gapReference(gap: GapRecord): ZoneReference {
  return {
    kind: 'fair_value_gap',
    id: gapId(gap, '15m'),
    timeframe: '15m',
    top: gap.top,
    bottom: gap.bottom,
    strength: gapStrength(gap),
    tests: gap.filledFraction > 0 ? 1 : 0,
    originTime: gap.originTime as EpochMs,
    confirmedTime: gap.confirmedTime as EpochMs,
  };
}
