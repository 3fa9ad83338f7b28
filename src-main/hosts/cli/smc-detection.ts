// All of the peer's detectors over one history, with the peer's own column names.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import { smcOrderBlocks } from './smc-blocks.ts';
import { SMC_SESSIONS, smcPreviousHighLow, smcRetracements, smcSession } from './smc-periods.ts';
import type { SmcColumns } from './smc-structure.ts';
import { smcBreaks, smcGaps, smcLiquidity, smcSwings, swingColumns } from './smc-structure.ts';

const SWING_LENGTHS = [5, 20] as const;
const LIQUIDITY_RANGE_SHARE = 0.01;

export interface SmcDetection {
  readonly definition: 'smc';
  readonly openTime: readonly number[];
  /** `function.column` → one value per candle; null where the peer leaves it empty. */
  readonly columns: SmcColumns;
}

/** Numbers in a name are swing lengths; `_wick` breaks by wick, `_close` mitigates by close, `_join` joins gaps. */
export function detectSmc(candles: readonly Candle[]): SmcDetection {
  const columns: Record<string, readonly (number | null)[]> = {};
  const add = (name: string, values: SmcColumns): void => {
    for (const [column, entries] of Object.entries(values)) columns[`${name}.${column}`] = entries;
  };
  add('fvg', smcGaps(candles, false));
  add('fvg_join', smcGaps(candles, true));
  for (const length of SWING_LENGTHS) {
    const swings = smcSwings(candles, length);
    add(`swing${length}`, swingColumns(swings));
    add(`bos${length}`, smcBreaks(candles, swings, true));
    add(`bos${length}_wick`, smcBreaks(candles, swings, false));
    add(`ob${length}`, smcOrderBlocks(candles, swings, false));
    add(`ob${length}_close`, smcOrderBlocks(candles, swings, true));
    add(`liq${length}`, smcLiquidity(candles, swings, LIQUIDITY_RANGE_SHARE));
    add(`retr${length}`, smcRetracements(candles, swings));
  }
  for (const period of ['4h', '1D', 'W'] as const) add(`prev_${period}`, smcPreviousHighLow(candles, period));
  for (const [name, hours] of Object.entries(SMC_SESSIONS)) add(`sess_${name}`, smcSession(candles, hours));
  return { definition: 'smc', openTime: candles.map((candle) => candle.openTime), columns };
}

/** One row per candle: the candle, then one cell per column; empty where there is no value. */
export function smcToCsv(candles: readonly Candle[], detection: SmcDetection): string {
  const names = Object.keys(detection.columns);
  const rows = candles.map((candle, row) => {
    const values = names.map((name) => detection.columns[name]![row]);
    return [candle.openTime, candle.open, candle.high, candle.low, candle.close, candle.volume, ...values]
      .map((cell) => (cell === null || cell === undefined ? '' : String(cell)))
      .join(',');
  });
  return `${['open_time_ms,open,high,low,close,volume', ...names].join(',')}\n${rows.join('\n')}\n`;
}
