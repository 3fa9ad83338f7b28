// Joins the crosshairs of all charts on the screen: pointing at a time in one shows the same time in the others.
import type { IChartApi, ISeriesApi, MouseEventParams, Time } from 'lightweight-charts';
import { barAt } from './geometry.ts';

interface Linked {
  readonly chart: IChartApi;
  readonly series: ISeriesApi<'Candlestick'>;
}

const charts = new Set<Linked>();
let isSpreading = false;

function spread(from: Linked, event: MouseEventParams<Time>): void {
  // A crosshair that is set by code reports itself too; only the pointer's own move is spread.
  if (isSpreading || event.sourceEvent === undefined || charts.size < 2) return;
  isSpreading = true;
  for (const other of charts) {
    if (other === from) continue;
    const bars = other.series.data();
    const at =
      event.time === undefined
        ? -1
        : barAt(
            bars.map((bar) => bar.time as number),
            event.time as number,
          );
    const bar = bars[at];
    if (bar === undefined || !('close' in bar)) other.chart.clearCrosshairPosition();
    else other.chart.setCrosshairPosition(bar.close, bar.time, other.series);
  }
  isSpreading = false;
}

/** Joins a chart; returns the function that takes it out again. */
export function linkChart(linked: Linked): () => void {
  const handler = (event: MouseEventParams<Time>): void => spread(linked, event);
  charts.add(linked);
  linked.chart.subscribeCrosshairMove(handler);
  return () => {
    charts.delete(linked);
    linked.chart.unsubscribeCrosshairMove(handler);
  };
}
