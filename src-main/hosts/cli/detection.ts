// Runs every indicator and detector over a candle file and lays the results out as plain data.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import type { Regime } from '../../../src-shared/domain/structure.ts';
import { IndicatorSet } from '../../core/indicators/indicator-set.ts';
import { ANALYSIS_SETTINGS } from '../../core/structure/analysis-settings.ts';
import { HistoryRecorder } from '../../core/structure/history.ts';
import type { StructureHistory } from '../../core/structure/history.ts';
import { DEFAULT_CANDLE_CAPACITY } from '../../core/structure/market-state.ts';
import { RewriteAudit } from '../../core/structure/rewrite-audit.ts';
import type { AuditReport } from '../../core/structure/rewrite-audit.ts';
import { describeStructure } from '../../core/structure/snapshot.ts';
import { sessionAt } from '../../core/structure/sessions.ts';

/** Indicator columns in the order of the CSV. */
export const NUMBER_COLUMNS = [
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
    settings: Object.fromEntries(ANALYSIS_SETTINGS.map((key) => [key, settings[key]])),
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
