// Short price histories for sparklines, sampled from what the engine pushes; kept past React.
import { useScreen } from './store.ts';

const SAMPLE_MS = 5000;
const SAMPLES = 48;

const histories = new Map<string, number[]>();

/** Starts sampling; returns the stop function. */
export function startSparks(): () => void {
  let engine: number | undefined;
  const sample = (): void => {
    const startedAt = useScreen.getState().snapshot?.session.startedAt;
    // Prices of another engine are another market.
    if (startedAt !== engine) histories.clear();
    engine = startedAt;
    for (const tick of Object.values(useScreen.getState().snapshot?.ticks ?? {})) {
      const history = histories.get(tick.symbol) ?? [];
      history.push(tick.last);
      if (history.length > SAMPLES) history.shift();
      histories.set(tick.symbol, history);
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return () => clearInterval(timer);
}

export function sparkOf(symbol: string): readonly number[] {
  return histories.get(symbol) ?? [];
}

/** SVG points of a history scaled into a box; empty for fewer than two samples. */
export function sparkPoints(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return values
    .map((value, index) => `${((index / (values.length - 1)) * width).toFixed(1)},${(height - (span === 0 ? 0.5 : (value - low) / span) * height).toFixed(1)}`)
    .join(' ');
}
