// Months of candles through everything: candles per second, whether a late candle costs more than an early one, bytes per symbol.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Candle } from '../../src-shared/domain/candle.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { buildFeatureRow } from '../../src-main/core/features/build.ts';
import { FEATURE_COUNT } from '../../src-main/core/features/schema.ts';
import { DEFAULT_CANDLE_CAPACITY } from '../../src-main/core/structure/market-state.ts';
import { SymbolState } from '../../src-main/core/structure/symbol-state.ts';
import { generateCandles } from './market.ts';

const settings = defaultSettings();
const SPEED_CANDLES = 100_000;
const SPEED_ROUNDS = 5;
const LAST = 1_000_000;
const STRETCH = 20_000;
/** Stretches of which the cost per candle is compared: each starts here. */
const STARTS = [1_000, 10_000, 100_000, 500_000, LAST - STRETCH] as const;
const MEMORY_SYMBOLS = 40;
const MEMORY_CANDLES = 14_000;

export interface SpeedReport {
  /** 5m candles per second of one core: detectors and indicators on three timeframes. */
  readonly detectors: number;
  /** The same with the feature row of one side after every candle. */
  readonly withRow: number;
  /** The same with the rows of both sides. */
  readonly withBothRows: number;
}

const rows = new Float32Array(2 * FEATURE_COUNT);

function feed(state: SymbolState, candles: readonly Candle[], sides: 0 | 1 | 2): void {
  for (const candle of candles) {
    state.appendClosed5m(candle);
    if (sides > 0) buildFeatureRow({ state, bitcoin: null, side: 'long', settings }, rows, 0);
    if (sides > 1) buildFeatureRow({ state, bitcoin: null, side: 'short', settings }, rows, FEATURE_COUNT);
  }
}

/** Milliseconds of this thread's processor: other programs on the machine do not count. */
function processorMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Best of several rounds, in processor time. */
export function measureSpeed(): SpeedReport {
  const candles = generateCandles(3, SPEED_CANDLES);
  const best = [0, 0, 0];
  for (let round = 0; round < SPEED_ROUNDS; round += 1) {
    for (const sides of [0, 1, 2] as const) {
      const elapsed = processorMs(() => feed(new SymbolState('X', settings, DEFAULT_CANDLE_CAPACITY), candles, sides));
      best[sides] = Math.max(best[sides]!, (SPEED_CANDLES * 1000) / elapsed);
    }
  }
  return { detectors: best[0]!, withRow: best[1]!, withBothRows: best[2]! };
}

/** Microseconds per candle, with the row of one side, in stretches of a history of a million candles. */
export function measureFlatness(): readonly { readonly from: number; readonly microseconds: number }[] {
  const state = new SymbolState('X', settings, DEFAULT_CANDLE_CAPACITY);
  feed(new SymbolState('warm', settings, DEFAULT_CANDLE_CAPACITY), generateCandles(4, STRETCH), 1);
  const report: { readonly from: number; readonly microseconds: number }[] = [];
  const pieces = new Pieces();
  let at = 0;
  for (const from of STARTS) {
    while (at < from) {
      const count = Math.min(STRETCH, from - at);
      feed(state, pieces.next(count), 1);
      at += count;
    }
    const candles = pieces.next(STRETCH);
    report.push({ from, microseconds: (processorMs(() => feed(state, candles, 1)) * 1000) / STRETCH });
    at += STRETCH;
  }
  return report;
}

/** One long market in pieces: each continues the times of the one before. Prices jump between pieces, as markets do. */
class Pieces {
  private made = 0;
  private seed = 100;

  next(count: number): readonly Candle[] {
    this.seed += 1;
    const candles = generateCandles(this.seed, count, 1_500_000_000_000 - (1_500_000_000_000 % 3_600_000) + this.made * 300_000);
    this.made += count;
    return candles;
  }
}

export interface MemoryReport {
  readonly bytesPerSymbol: number;
  readonly heapBytes: number;
  readonly columnBytes: number;
}

/** What one more symbol with full history on three timeframes costs, measured over many. */
export function measureMemory(): MemoryReport {
  const collect = exposeCollector();
  const candles = generateCandles(5, MEMORY_CANDLES);
  feed(new SymbolState('warm', settings, DEFAULT_CANDLE_CAPACITY), candles, 1);
  collect();
  const before = process.memoryUsage();
  const states = Array.from({ length: MEMORY_SYMBOLS }, (_, index) => new SymbolState(`S${index}`, settings, DEFAULT_CANDLE_CAPACITY));
  for (const state of states) feed(state, candles, 0);
  collect();
  const after = process.memoryUsage();
  const heapBytes = (after.heapUsed - before.heapUsed) / states.length;
  const columnBytes = (after.arrayBuffers - before.arrayBuffers) / states.length;
  return { bytesPerSymbol: heapBytes + columnBytes, heapBytes, columnBytes };
}

function exposeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    collect();
  };
}
