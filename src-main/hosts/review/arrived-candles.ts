// Which candles reached a recorded session while a decision on them could still be made.
import { BAR_MS } from '../../core/backtest/price-history.ts';
import { readRecording } from './recording-replay.ts';

/** Whether the 5m candle of a symbol that closed last before a moment had arrived before the next one closed. Always true without a recording. */
export function arrivedCandles(recording: string | null): (symbol: string, time: number) => boolean {
  if (recording === null) return () => true;
  const arrived = new Set<string>();
  for (const line of readRecording(recording)) {
    if (line.kind !== 'input' || line.input.kind !== 'market' || line.input.event.kind !== 'candle-closed') continue;
    const { symbol, candle } = line.input.event;
    if (line.input.at - candle.openTime < 2 * BAR_MS) arrived.add(`${symbol} ${candle.openTime + BAR_MS}`);
  }
  return (symbol, time) => arrived.has(`${symbol} ${Math.floor(time / BAR_MS) * BAR_MS}`);
}
