// Lays a detection out as CSV: one row per candle, then one row per object.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { StructureHistory } from '../../core/structure/history.ts';
import { NUMBER_COLUMNS } from './detection.ts';
import type { Detection } from './detection.ts';

/** Two tables in one CSV text: one row per candle, then, after an empty line, one row per object. */
export function detectionToCsv(candles: readonly Candle[], detection: Detection): string {
  const head = ['open_time', 'open', 'high', 'low', 'close', 'volume', ...NUMBER_COLUMNS, 'regime', 'internal_trend', 'swing_trend', 'session'];
  const rows = candles.map((candle, row) => [
    candle.openTime,
    candle.open,
    candle.high,
    candle.low,
    candle.close,
    candle.volume,
    ...NUMBER_COLUMNS.map((name) => detection.indicators[name][row]),
    detection.regime[row],
    detection.internalTrend[row],
    detection.swingTrend[row],
    detection.session[row],
  ]);
  const line = (cells: readonly unknown[]): string => cells.map((cell) => (cell === null || cell === undefined ? '' : String(cell))).join(',');
  return `${[head, ...rows].map(line).join('\n')}\n\n${objectRows(detection.structure).map(line).join('\n')}\n`;
}

const OBJECT_HEAD = [
  'object',
  'kind',
  'direction',
  'scale',
  'origin_time',
  'confirmed_time',
  'top',
  'bottom',
  'score',
  'tests',
  'state',
  'event_time',
  'event',
] as const;

function objectRows(structure: StructureHistory): readonly (readonly unknown[])[] {
  return [
    OBJECT_HEAD,
    ...structure.swings.map((swing) => [
      'swing',
      swing.kind,
      null,
      swing.scale,
      swing.originTime,
      swing.confirmedTime,
      swing.price,
      swing.price,
      null,
      null,
      null,
      swing.brokenTime,
      swing.brokenTime === null ? null : 'broken',
    ]),
    ...structure.breaks.map((entry) => [
      'break',
      entry.kind,
      entry.direction,
      entry.scale,
      entry.originTime,
      entry.confirmedTime,
      entry.level,
      entry.level,
      entry.displacementAtr,
      null,
      null,
      null,
      null,
    ]),
    ...structure.orderBlocks.map((block) => [
      'order_block',
      null,
      block.direction,
      null,
      block.originTime,
      block.confirmedTime,
      block.top,
      block.bottom,
      block.strength,
      block.tests,
      block.state,
      block.endedTime,
      block.endReason,
    ]),
    ...structure.gaps.map((gap) => [
      'fair_value_gap',
      null,
      gap.direction,
      null,
      gap.originTime,
      gap.confirmedTime,
      gap.top,
      gap.bottom,
      gap.filledFraction,
      null,
      null,
      gap.filledTime ?? gap.halfFilledTime,
      gap.filledTime !== null ? 'filled' : gap.halfFilledTime !== null ? 'half_filled' : null,
    ]),
    ...structure.pools.map((pool) => [
      'liquidity_pool',
      pool.weak ? 'weak' : 'equal_levels',
      pool.side,
      null,
      pool.originTime,
      pool.confirmedTime,
      pool.price,
      pool.price,
      pool.touches,
      null,
      null,
      pool.sweptTime ?? pool.takenTime,
      pool.sweptTime !== null ? 'swept' : pool.takenTime !== null ? 'taken' : null,
    ]),
    ...structure.ranges.map((range) => [
      'dealing_range',
      null,
      range.direction,
      'swing',
      range.originTime,
      range.confirmedTime,
      range.high,
      range.low,
      range.equilibrium,
      null,
      null,
      null,
      null,
    ]),
  ];
}
