// The chart panel: toolbar and one, three or four linked charts.
import { useMemo } from 'react';
import type { Timeframe } from '../../src-shared/domain/candle.ts';
import { usePreferences } from '../state/preferences.ts';
import { useScreen } from '../state/store.ts';
import { ChartToolbar } from './ChartToolbar.tsx';
import { ChartView, type ChartViewProps } from './ChartView.tsx';

const TIMEFRAMES: readonly Timeframe[] = ['1h', '15m', '5m'];
const SYMBOLS_SHOWN = 4;

/** The chosen market first, then favourites, then the most traded others. */
export function chooseSymbols(chosen: string, favourites: readonly string[], byVolume: readonly string[]): readonly string[] {
  return [...new Set([chosen, ...favourites, ...byVolume])].slice(0, SYMBOLS_SHOWN);
}

function useCharts(): readonly ChartViewProps[] {
  const symbol = useScreen((state) => state.symbol);
  const timeframe = useScreen((state) => state.timeframe);
  const arrangement = usePreferences((state) => state.charts);
  const favourites = usePreferences((state) => state.favourites);
  const markets = useScreen((state) => state.snapshot?.markets);
  return useMemo(() => {
    if (arrangement === 'one') return [{ symbol, timeframe, isMain: true }];
    if (arrangement === 'timeframes') return TIMEFRAMES.map((name) => ({ symbol, timeframe: name, isMain: name === timeframe, caption: name }));
    const ticks = useScreen.getState().snapshot?.ticks ?? {};
    const byVolume = Object.keys(markets ?? {}).toSorted((a, b) => (ticks[b]?.quoteVolume24h ?? 0) - (ticks[a]?.quoteVolume24h ?? 0));
    return chooseSymbols(
      symbol,
      favourites.filter((name) => markets?.[name] !== undefined),
      byVolume,
    ).map((name) => ({
      symbol: name,
      timeframe,
      isMain: name === symbol,
      caption: `${name} ${timeframe}`,
    }));
  }, [symbol, timeframe, arrangement, favourites, markets]);
}

export function ChartPanel(): React.JSX.Element {
  const charts = useCharts();
  // Another engine, for example after a change of mode: nothing of the old one's market may stay on the chart.
  const engine = useScreen((state) => state.snapshot?.session.startedAt ?? 0);
  return (
    <section className="chart" aria-label="Chart">
      <ChartToolbar />
      <div className={`chart-grid charts-${charts.length}`}>
        {charts.map((chart, index) => (
          <ChartView key={`${engine} ${index}`} {...chart} />
        ))}
      </div>
    </section>
  );
}
