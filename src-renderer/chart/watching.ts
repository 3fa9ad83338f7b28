// Which charts are on the screen: the engine pushes forming candles for exactly these.
import type { ChartRequest } from '../../src-shared/contract/commands.ts';
import { currentRpc, onConnected } from '../connect.ts';

type Watched = Pick<ChartRequest, 'symbol' | 'timeframe'>;

const charts = new Map<object, Watched>();
let isAsked = false;

function tell(): void {
  if (isAsked) return;
  isAsked = true;
  // Charts come and go together when a layout changes; one message covers all of them.
  queueMicrotask(() => {
    isAsked = false;
    const unique = new Map([...charts.values()].map((chart) => [`${chart.symbol} ${chart.timeframe}`, chart]));
    void currentRpc()
      ?.call('watch', [...unique.values()])
      .catch(() => undefined);
  });
}

/** Watches one chart until the returned function is called. */
export function watchChart(chart: Watched): () => void {
  const key = {};
  charts.set(key, chart);
  const stop = onConnected(tell);
  tell();
  return () => {
    charts.delete(key);
    stop();
    tell();
  };
}
