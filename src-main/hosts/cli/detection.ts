// Runs every indicator and detector over a candle file and lays the results out as plain data.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Regime } from '../../../src-shared/domain/structure.ts';
import { IndicatorSet } from '../../core/indicators/indicator-set.ts';
import { HistoryRecorder } from '../../core/structure/history.ts';
import type { StructureHistory } from '../../core/structure/history.ts';
import { DEFAULT_CANDLE_CAPACITY } from '../../core/structure/market-state.ts';
import { RewriteAudit } from '../../core/structure/rewrite-audit.ts';
import type { AuditReport } from '../../core/structure/rewrite-audit.ts';
import { describeStructure } from '../../core/structure/snapshot.ts';
import { sessionAt } from '../../core/structure/sessions.ts';

const NUMBER_COLUMNS = [
  'emaFast',
  'emaSlow',
  'rsi',
  'atr',
  'adx',
  'plusDi',
  'minusDi',
  'bollingerUpper',
  'bollingerMiddle',
  'bollingerLower',
  'volumeRatio',
  'vwap',
  'decisionEmaFast',
  'decisionEmaSlow',
  'decisionRsi',
  'decisionAtrFraction',
  'decisionAdx',
  'decisionPlusDi',
  'decisionMinusDi',
] as const;
type NumberColumn = (typeof NUMBER_COLUMNS)[number];

/** One value per candle, in candle order; null during warm-up. */
export type IndicatorColumns = Readonly<Record<NumberColumn, (number | null)[]>>;

export interface Detection {
  readonly definition: 'ours';
  readonly timeframe: Timeframe;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly openTime: readonly number[];
  /**
   * Textbook values in price. `decision…` are the same indicators of log price, which the detectors measure in: the averages are
   * turned back into prices, ATR is a fraction of price.
   */
  readonly indicators: IndicatorColumns;
  readonly regime: readonly Regime[];
  readonly internalTrend: readonly (string | null)[];
  readonly swingTrend: readonly (string | null)[];
  readonly session: readonly (string | null)[];
  readonly structure: StructureHistory;
  /** Only with `audit`: how often anything published was changed afterwards. */
  readonly audit: AuditReport | null;
}

const REPORTED_GROUPS: readonly (keyof Settings)[] = [
  'emaFast',
  'emaSlow',
  'rsiPeriod',
  'atrPeriod',
  'adxPeriod',
  'internalSwingLength',
  'swingLength',
  'wicksBreakStructure',
  'orderBlockMinVolumeRatio',
  'orderBlockMaxTestCount',
  'orderBlockDecayEnabled',
  'orderBlockTimeDecayHours',
  'orderBlockDecayRatePercent',
  'orderBlockMaxHistory',
  'minGapAtr',
  'equalLevelAtr',
  'regimeStrongAdx',
  'regimeTrendingAdx',
  'regimeRangingAdx',
  'regimeHysteresis',
];

export interface DetectionOptions {
  readonly timeframe: Timeframe;
  readonly settings: Settings;
  /** Compare every snapshot with all before it: slower by a snapshot per candle. */
  readonly audit: boolean;
}

/** Detects over candles in time order. Missing stretches restart the detectors and are reported in `structure.missing`. */
export function detectHistory(candles: readonly Candle[], options: DetectionOptions): Detection {
  const { timeframe, settings } = options;
  const audit = options.audit ? new RewriteAudit() : null;
  const recorder = new HistoryRecorder(timeframe, settings, DEFAULT_CANDLE_CAPACITY);
  const columns = Object.fromEntries(NUMBER_COLUMNS.map((name) => [name, [] as (number | null)[]])) as IndicatorColumns;
  const regime: Regime[] = [];
  const internalTrend: (string | null)[] = [];
  const swingTrend: (string | null)[] = [];
  let prices = new IndicatorSet(settings);
  for (const candle of candles) {
    const { state } = recorder;
    if (state.book.count > 0 && candle.openTime !== state.book.lastCloseTime) prices = new IndicatorSet(settings);
    recorder.append(candle);
    prices.update(candle);
    audit?.observe(describeStructure('', state));
    pushPrices(columns, prices);
    pushDecision(columns, state.indicators);
    regime.push(state.regime.regime);
    internalTrend.push(state.internalBreaks.trend);
    swingTrend.push(state.breaks.trend);
  }
  return {
    definition: 'ours',
    timeframe,
    settings: Object.fromEntries(REPORTED_GROUPS.map((key) => [key, settings[key]])),
    openTime: candles.map((candle) => candle.openTime),
    indicators: columns,
    regime,
    internalTrend,
    swingTrend,
    session: candles.map((candle) => sessionAt(candle.openTime, settings)),
    structure: recorder.finish(),
    audit: audit?.report() ?? null,
  };
}

function push(column: (number | null)[], value: number): void {
  column.push(Number.isNaN(value) ? null : value);
}

function pushPrices(columns: IndicatorColumns, set: IndicatorSet): void {
  push(columns.emaFast, set.emaFast.value);
  push(columns.emaSlow, set.emaSlow.value);
  push(columns.rsi, set.rsi.value);
  push(columns.atr, set.atr.value);
  push(columns.adx, set.adx.value);
  push(columns.plusDi, set.adx.plusDi);
  push(columns.minusDi, set.adx.minusDi);
  push(columns.bollingerUpper, set.bollinger.upper);
  push(columns.bollingerMiddle, set.bollinger.middle);
  push(columns.bollingerLower, set.bollinger.lower);
  push(columns.volumeRatio, set.volumeRatio.value);
  push(columns.vwap, set.vwap.value);
}

function pushDecision(columns: IndicatorColumns, set: IndicatorSet): void {
  push(columns.decisionEmaFast, Math.exp(set.emaFast.value));
  push(columns.decisionEmaSlow, Math.exp(set.emaSlow.value));
  push(columns.decisionRsi, set.rsi.value);
  push(columns.decisionAtrFraction, set.atr.value);
  push(columns.decisionAdx, set.adx.value);
  push(columns.decisionPlusDi, set.adx.plusDi);
  push(columns.decisionMinusDi, set.adx.minusDi);
}

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
