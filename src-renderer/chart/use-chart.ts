// The life of one chart in React: built once per theme, fed per market and timeframe, told what to draw.
import { useEffect, useState, type RefObject } from 'react';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { ChartData } from '../../src-shared/contract/rpc.ts';
import type { CandleColumns, Timeframe } from '../../src-shared/domain/candle.ts';
import { useLanguage } from '../i18n/language.ts';
import { useScreen } from '../state/store.ts';
import { usePreferences } from '../state/preferences.ts';
import { buildChart, type ChartParts } from './build.ts';
import { ChartFeed, withCandle } from './feed.ts';
import { linkChart } from './linking.ts';
import { sessionBands } from './sessions.ts';
import { Studies } from './studies.ts';

const STUDY_PAUSE_MS = 1000;

export interface ChartState {
  readonly parts: ChartParts | null;
  readonly data: ChartData | null;
  readonly failure: string | null;
}

/** Builds the chart into `host`; null until it stands. A change of theme or language builds it anew. */
function useParts(host: RefObject<HTMLDivElement | null>): ChartParts | null {
  const theme = useScreen((state) => `${state.snapshot?.settings.theme ?? 'dark'} ${state.snapshot?.settings.colourPair ?? 'green-up'}`);
  const language = useLanguage((state) => state.language);
  const [parts, setParts] = useState<ChartParts | null>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    const built = buildChart(host.current);
    const unlink = linkChart({ chart: built.chart, series: built.candles });
    setParts(built);
    return () => {
      unlink();
      setParts(null);
      // After every other effect has let go of it; a removed chart refuses to be touched.
      queueMicrotask(() => built.chart.remove());
    };
  }, [theme, language, host]);
  return parts;
}

function useStudies(parts: ChartParts | null): { readonly show: (candles: CandleColumns) => void } {
  const names = usePreferences((state) => state.studies);
  const settings = useScreen((state) => state.snapshot?.settings);
  const [shown] = useState(() => ({ studies: null as Studies | null, parts: null as ChartParts | null, candles: null as CandleColumns | null }));
  const draw = (): void => {
    if (parts === null || settings === undefined || shown.candles === null) return;
    if (shown.parts !== parts) {
      shown.parts = parts;
      shown.studies = new Studies(parts.chart, parts.palette);
    }
    shown.studies?.show(names, shown.candles, settings);
  };
  useEffect(draw, [parts, names, settings]);
  return {
    show: (candles) => {
      shown.candles = candles;
      draw();
    },
  };
}

export function useChart(host: RefObject<HTMLDivElement | null>, symbol: string, timeframe: Timeframe): ChartState {
  const parts = useParts(host);
  const overlays = usePreferences((state) => state.overlays);
  const market = useScreen((state) => state.snapshot?.markets[symbol]);
  const settings = useScreen((state) => state.snapshot?.settings);
  const [loaded, setLoaded] = useState<{ readonly key: string; readonly data: ChartData } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const studies = useStudies(parts);
  const [latest] = useState(() => ({ show: studies.show }));
  latest.show = studies.show;
  const key = `${symbol} ${timeframe}`;

  useEffect(() => {
    if (parts === null) return undefined;
    setFailure(null);
    let candles: CandleColumns | null = null;
    let drawnAt = 0;
    const feed = new ChartFeed({
      parts,
      symbol,
      timeframe,
      onData: (data) => {
        candles = data.candles;
        setLoaded({ key, data });
        latest.show(data.candles);
      },
      onCandle: ({ candle, closed }) => {
        if (candles === null) return;
        const now = performance.now();
        if (!closed && now - drawnAt < STUDY_PAUSE_MS) return;
        drawnAt = now;
        candles = withCandle(candles, candle);
        if (usePreferences.getState().studies.length > 0) latest.show(candles);
      },
      onFailure: setFailure,
    });
    return () => feed.dispose();
  }, [parts, symbol, timeframe, key, latest]);

  useEffect(() => {
    if (market === undefined) return;
    const minMove = market.tickUnits / 10 ** market.priceScale;
    parts?.candles.applyOptions({ priceFormat: { type: 'price', precision: market.priceScale, minMove } });
  }, [market, parts]);
  useEffect(() => parts?.structure.setOverlays(overlays), [overlays, parts]);
  useSessions(parts, settings);
  return { parts, data: loaded?.key === key ? loaded.data : null, failure };
}

function useSessions(parts: ChartParts | null, settings: Settings | undefined): void {
  useEffect(() => {
    if (settings !== undefined) parts?.structure.setSessions(sessionBands(settings));
  }, [parts, settings]);
}
