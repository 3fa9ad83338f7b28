// The chart of the scrubber: candles that had closed by the moment, entries and exits up to it, lines of what was held.
import { useEffect, useRef, useState } from 'react';
import { createSeriesMarkers, LineStyle, type AutoscaleInfo, type ISeriesMarkersPluginApi, type SeriesMarker, type Time } from 'lightweight-charts';
import type { ReviewCandles } from '../../src-shared/contract/review.ts';
import { timeframeMs, type Timeframe } from '../../src-shared/domain/candle.ts';
import { buildChart, toBarTime, toCandles, toVolumes, type ChartParts } from '../chart/build.ts';
import { spanWithLevels } from '../chart/geometry.ts';
import { useLanguage } from '../i18n/language.ts';
import { useText } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { askReview, sentenceOf } from './ask.ts';
import type { PositionThen } from './at-moment.ts';

/** Candles are asked for in stretches of this many, each with as many before it. */
const STRETCH = 1000;
const PLACES = 6;

export interface ReplayChartProps {
  readonly sessionKey: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly moment: number;
  readonly held: readonly PositionThen[];
  readonly ended: readonly PositionThen[];
  /** Gives the chart's picture when it is asked for; null while there is no chart. */
  readonly onReady: (takePicture: (() => HTMLCanvasElement) | null) => void;
}

export function ReplayChart({ sessionKey, symbol, timeframe, moment, held, ended, onReady }: ReplayChartProps): React.JSX.Element {
  const t = useText();
  const host = useRef<HTMLDivElement>(null);
  const [parts, setParts] = useState<ChartParts | null>(null);
  const alive = useRef<ChartParts | null>(null);
  const markers = useRef<ISeriesMarkersPluginApi<Time> | null>(null);
  const [candles, setCandles] = useState<ReviewCandles | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  // Its colours and the words of its axis are those it was built with.
  const look = useScreen((state) => `${state.snapshot?.settings.theme ?? 'dark'} ${state.snapshot?.settings.colourPair ?? 'green-up'}`);
  const language = useLanguage((state) => state.language);
  const step = timeframeMs(timeframe);
  const stretch = Math.floor(moment / (STRETCH * step));
  useEffect(() => {
    if (host.current === null) return undefined;
    const built = buildChart(host.current);
    markers.current = createSeriesMarkers(built.candles, []);
    alive.current = built;
    setParts(built);
    onReady(() => built.chart.takeScreenshot());
    return () => {
      onReady(null);
      alive.current = null;
      setParts(null);
      // After every other effect has let go of it; a removed chart refuses to be touched.
      queueMicrotask(() => built.chart.remove());
    };
  }, [onReady, look, language]);
  useEffect(() => {
    let isCurrent = true;
    askReview({ kind: 'candles', key: sessionKey, symbol, timeframe, until: (stretch + 1) * STRETCH * step, limit: 2 * STRETCH }).then(
      (answer) => {
        if (!isCurrent) return;
        setCandles(answer);
        setProblem(null);
      },
      (failure: unknown) => isCurrent && setProblem(sentenceOf(failure)),
    );
    return () => {
      isCurrent = false;
    };
  }, [sessionKey, symbol, timeframe, stretch, step]);
  const known = candles === null ? 0 : closedBy(candles.openTime, moment - step);
  useEffect(() => {
    if (parts === null || candles === null) return;
    const shown = firstOf(candles, known);
    const price = shown.close.at(-1) ?? 1;
    const places = price >= 1000 ? 2 : Math.min(PLACES, Math.max(2, 4 - Math.floor(Math.log10(price))));
    parts.candles.applyOptions({ priceFormat: { type: 'price', precision: places, minMove: 10 ** -places } });
    parts.candles.setData(toCandles(shown));
    parts.volume.setData(toVolumes(shown, parts.palette));
  }, [parts, candles, known]);
  useEffect(() => parts?.chart.timeScale().scrollToRealTime(), [parts, symbol, timeframe]);
  useEffect(() => {
    if (parts === null || candles === null) return undefined;
    const { up, down, accent } = parts.palette;
    const first = candles.openTime[0] ?? 0;
    markers.current?.setMarkers(markersOf([...held, ...ended], { symbol, step, first, up, down }));
    const lines = held
      .filter((position) => position.symbol === symbol)
      .flatMap((position) => [
        { price: position.entryPrice, color: accent, title: t('col.entry') },
        ...(position.stop === null ? [] : [{ price: position.stop, color: down, title: t('col.stop') }]),
        ...(position.target === null ? [] : [{ price: position.target, color: up, title: t('col.target') }]),
      ])
      .filter((line) => line.price > 0)
      .map((line) => parts.candles.createPriceLine({ ...line, lineStyle: LineStyle.Dashed, lineWidth: 1, axisLabelVisible: true }));
    // A stop or a target outside the candles is part of the picture.
    const levels = held.filter((position) => position.symbol === symbol).flatMap(({ stop, target }) => [stop ?? 0, target ?? 0].filter((price) => price > 0));
    parts.candles.applyOptions({
      autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => {
        const own = original();
        if (own?.priceRange == null) return own;
        const { low, high } = spanWithLevels({ low: own.priceRange.minValue, high: own.priceRange.maxValue }, levels);
        return { ...own, priceRange: { minValue: low, maxValue: high } };
      },
    });
    return () => {
      // The chart may be gone before its lines.
      if (alive.current === parts) for (const line of lines) parts.candles.removePriceLine(line);
    };
  }, [parts, candles, held, ended, symbol, step, t]);
  return (
    <div
      className="replay-chart"
      ref={host}
      role="img"
      aria-label={`${symbol} ${timeframe}`}
      data-testid="replay-chart"
      data-bars={known}
      data-ground={parts?.palette.panel ?? ''}
    >
      {problem === null ? null : <p className="problem">{problem}</p>}
    </div>
  );
}

/** How many candles open at or before `last`. */
function closedBy(openTime: readonly number[], last: number): number {
  let count = openTime.length;
  while (count > 0 && (openTime[count - 1] ?? 0) > last) count -= 1;
  return count;
}

function firstOf(candles: ReviewCandles, count: number): ReviewCandles {
  const cut = (column: readonly number[]): readonly number[] => column.slice(0, count);
  return {
    openTime: cut(candles.openTime),
    open: cut(candles.open),
    high: cut(candles.high),
    low: cut(candles.low),
    close: cut(candles.close),
    volume: cut(candles.volume),
  };
}

interface MarkerLook {
  readonly symbol: string;
  readonly step: number;
  readonly first: number;
  readonly up: string;
  readonly down: string;
}

function markersOf(positions: readonly PositionThen[], { symbol, step, first, up, down }: MarkerLook): SeriesMarker<Time>[] {
  const barOf = (time: number): Time => toBarTime(Math.floor(time / step) * step);
  const own = positions.filter((position) => position.symbol === symbol && position.openedAt >= first);
  const entries = own.map((position): SeriesMarker<Time> => ({
    time: barOf(position.openedAt),
    position: position.side === 'long' ? 'belowBar' : 'aboveBar',
    shape: position.side === 'long' ? 'arrowUp' : 'arrowDown',
    color: position.side === 'long' ? up : down,
  }));
  const exits = own
    .filter((position) => position.phase === 'closed')
    .map((position): SeriesMarker<Time> => ({
      time: barOf(position.time),
      position: position.side === 'long' ? 'aboveBar' : 'belowBar',
      shape: 'circle',
      color: position.realised >= 0 ? up : down,
      text: position.closeReason ?? '',
    }));
  return [...entries, ...exits].toSorted((a, b) => Number(a.time) - Number(b.time));
}
