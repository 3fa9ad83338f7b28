// The chart: candles, structure, the lines of open positions and the drag that moves a stop or a target.
import { useEffect, useRef, useState } from 'react';
import {
  CandlestickSeries,
  createChart,
  CrosshairMode,
  HistogramSeries,
  LineStyle,
  type CandlestickData,
  type HistogramData,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type LogicalRange,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { ChartData, RpcClient } from '../../src-shared/contract/rpc.ts';
import type { PositionView } from '../../src-shared/contract/view.ts';
import type { CandleColumns, Timeframe } from '../../src-shared/domain/candle.ts';
import { currentRpc, onConnected } from '../connect.ts';
import { onCandle } from '../state/candle-bus.ts';
import { command, openDialog, selectTimeframe, toggleOverlay, useScreen, type OverlayName } from '../state/store.ts';
import { formatPrice, formatR, formatPercent, priceToTicks, ticksToPrice, toneOf } from '../ui/format.ts';
import { StructurePrimitive, type Hit, type Palette } from './zones.ts';
import { joinOlder, widensStop } from './geometry.ts';

const CANDLES = 600;
/** Bars before the oldest one at which the next page is asked for. */
const OLDER_MARGIN = 20;
const TIMEFRAMES: readonly Timeframe[] = ['1h', '15m', '5m'];
const OVERLAYS: readonly (readonly [OverlayName, string, string])[] = [
  ['orderBlocks', 'OB', 'Order blocks (O)'],
  ['gaps', 'FVG', 'Fair value gaps (F)'],
  ['breaks', 'BOS', 'Breaks of structure (B)'],
  ['liquidity', 'LIQ', 'Liquidity pools (L)'],
  ['range', 'Range', 'Dealing range and OTE'],
  ['swings', 'Swings', 'Swing points'],
];
const GRAB_PIXELS = 6;

interface Parts {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly volume: ISeriesApi<'Histogram'>;
  readonly structure: StructurePrimitive;
}

interface Drag {
  readonly positionId: string;
  readonly kind: 'stop' | 'target';
  readonly price: number;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function palette(): Palette {
  return { up: colour('--up'), down: colour('--down'), muted: colour('--text-muted'), accent: colour('--accent'), text: colour('--text') };
}

function toCandles({ openTime, open, high, low, close }: CandleColumns): CandlestickData<Time>[] {
  return openTime.map((time, index) => ({
    time: (time / 1000) as UTCTimestamp,
    open: open[index] ?? 0,
    high: high[index] ?? 0,
    low: low[index] ?? 0,
    close: close[index] ?? 0,
  }));
}

function toVolumes({ openTime, open, close, volume }: CandleColumns): HistogramData<Time>[] {
  return openTime.map((time, index) => ({
    time: (time / 1000) as UTCTimestamp,
    value: volume[index] ?? 0,
    color: (close[index] ?? 0) >= (open[index] ?? 0) ? colour('--up-dim') : colour('--down-dim'),
  }));
}

export function ChartPanel(): React.JSX.Element {
  const symbol = useScreen((state) => state.symbol);
  const timeframe = useScreen((state) => state.timeframe);
  const overlays = useScreen((state) => state.overlays);
  const market = useScreen((state) => state.snapshot?.markets[state.symbol]);
  const tick = useScreen((state) => state.snapshot?.ticks[state.symbol]);
  const theme = useScreen((state) => `${state.snapshot?.settings.theme ?? 'dark'} ${state.snapshot?.settings.colourPair ?? 'green-up'}`);
  const positions = useOpenPositions(symbol);
  const host = useRef<HTMLDivElement>(null);
  const parts = useRef<Parts | null>(null);
  const shown = useRef<ChartData | null>(null);
  const [loaded, setLoaded] = useState<{ readonly key: string; readonly data: ChartData } | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [hit, setHit] = useState<{ readonly hit: Hit; readonly x: number; readonly y: number } | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const key = `${symbol} ${timeframe}`;

  useEffect(() => {
    if (host.current === null) return undefined;
    const created = buildChart(host.current);
    parts.current = created;
    return () => {
      parts.current = null;
      created.chart.remove();
    };
  }, [theme]);

  useEffect(() => {
    if (market === undefined) return;
    parts.current?.candles.applyOptions({ priceFormat: { type: 'price', precision: market.priceScale, minMove: market.tickUnits / 10 ** market.priceScale } });
  }, [market, theme]);

  useEffect(() => {
    let isCurrent = true;
    let isLoadingOlder = false;
    shown.current = null;
    const show = (data: ChartData): void => {
      shown.current = data;
      setLoaded({ key, data });
      parts.current?.candles.setData(toCandles(data.candles));
      parts.current?.volume.setData(toVolumes(data.candles));
      parts.current?.structure.setStructure(data.structure);
    };
    const loadOlder = (range: LogicalRange | null): void => {
      const rpc = currentRpc();
      const first = shown.current?.candles.openTime[0];
      if (range === null || range.from > OLDER_MARGIN || isLoadingOlder || rpc === null || first === undefined || shown.current?.hasMore !== true) return;
      isLoadingOlder = true;
      rpc
        .call('chart', { symbol, timeframe, limit: CANDLES, before: first })
        .then(
          (page) => {
            const current = parts.current;
            if (!isCurrent || shown.current === null || current === null) return;
            // The series also holds bars that arrived since the load; they stay.
            const live = [current.candles.data(), current.volume.data()] as const;
            const kept = (shown.current.candles.openTime[0] ?? 0) / 1000;
            shown.current = {
              ...shown.current,
              candles: joinOlder(page.candles, shown.current.candles),
              hasMore: page.hasMore && page.candles.openTime.length > 0,
            };
            setLoaded({ key, data: shown.current });
            current.candles.setData([...toCandles(page.candles).filter((bar) => (bar.time as number) < kept), ...(live[0] as CandlestickData<Time>[])]);
            current.volume.setData([...toVolumes(page.candles).filter((bar) => (bar.time as number) < kept), ...(live[1] as HistogramData<Time>[])]);
          },
          () => undefined,
        )
        .finally(() => {
          isLoadingOlder = false;
        });
    };
    const scale = parts.current?.chart.timeScale();
    scale?.subscribeVisibleLogicalRangeChange(loadOlder);
    const load = (rpc: RpcClient, keepView: boolean): void => {
      rpc.call('chart', { symbol, timeframe, limit: CANDLES, before: null }).then(
        (data) => {
          if (!isCurrent) return;
          setFailure(null);
          const older = keepView ? shown.current : null;
          show(older === null ? data : { ...data, candles: joinOlder(older.candles, data.candles), hasMore: older.hasMore });
          const current = parts.current;
          if (current === null) return;
          if (!keepView) current.chart.timeScale().setVisibleLogicalRange({ from: data.candles.openTime.length - 150, to: data.candles.openTime.length + 8 });
        },
        (problem: unknown) => {
          if (isCurrent) setFailure(problem instanceof Error ? problem.message : 'The candles could not be loaded.');
        },
      );
    };
    const stopConnection = onConnected((rpc) => {
      load(rpc, false);
      void rpc.call('watch', [{ symbol, timeframe }]).catch(() => undefined);
    });
    const stopCandles = onCandle((event) => {
      if (event.symbol !== symbol || event.timeframe !== timeframe || parts.current === null) return;
      const { openTime, open, high, low, close, volume } = event.candle;
      const time = (openTime / 1000) as UTCTimestamp;
      try {
        parts.current.candles.update({ time, open, high, low, close });
        parts.current.volume.update({ time, value: volume, color: close >= open ? colour('--up-dim') : colour('--down-dim') });
      } catch {
        // A candle older than the last one shown: the chart was reloaded meanwhile.
      }
      const rpc = currentRpc();
      if (event.closed && event.structureChanged && rpc !== null) load(rpc, true);
    });
    return () => {
      isCurrent = false;
      scale?.unsubscribeVisibleLogicalRangeChange(loadOlder);
      stopConnection();
      stopCandles();
    };
  }, [symbol, timeframe, key, theme]);

  useEffect(() => parts.current?.structure.setOverlays(overlays), [overlays, theme]);
  usePriceLines(parts, positions, drag, theme);

  const structure = loaded?.key === key ? loaded.data.structure : null;
  const count = (name: 'orderBlocks' | 'gaps' | 'breaks'): number => structure?.[name].length ?? 0;

  function priceAt(event: React.PointerEvent): number | null {
    const box = host.current?.getBoundingClientRect();
    return box === undefined ? null : (parts.current?.candles.coordinateToPrice(event.clientY - box.top) ?? null);
  }

  function lineAt(event: React.PointerEvent): Drag | null {
    const box = host.current?.getBoundingClientRect();
    if (box === undefined) return null;
    for (const { position } of positions) {
      for (const kind of ['stop', 'target'] as const) {
        const price = ticksToPrice(market, position[kind]);
        const y = parts.current?.candles.priceToCoordinate(price);
        if (y !== null && y !== undefined && Math.abs(event.clientY - box.top - y) <= GRAB_PIXELS) return { positionId: position.id, kind, price };
      }
    }
    return null;
  }

  function onPointerDown(event: React.PointerEvent): void {
    const grabbed = lineAt(event);
    if (grabbed === null) return;
    event.preventDefault();
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    parts.current?.chart.applyOptions({ handleScroll: false, handleScale: false });
    setDrag(grabbed);
  }

  function onPointerMove(event: React.PointerEvent): void {
    if (drag !== null) {
      const price = priceAt(event);
      if (price !== null && price > 0) setDrag({ ...drag, price });
      return;
    }
    const box = host.current?.getBoundingClientRect();
    if (box === undefined) return;
    const found = parts.current?.structure.hitAt(event.clientX - box.left, event.clientY - box.top) ?? null;
    setHit(found === null ? null : { hit: found, x: event.clientX - box.left, y: event.clientY - box.top });
    event.currentTarget.classList.toggle('grab', lineAt(event) !== null);
  }

  function onPointerUp(): void {
    if (drag === null) return;
    parts.current?.chart.applyOptions({ handleScroll: true, handleScale: true });
    setDrag(null);
    const view = positions.find((entry) => entry.position.id === drag.positionId);
    if (view === undefined || market === undefined) return;
    const price = priceToTicks(market, drag.price);
    if (price === view.position[drag.kind]) return;
    if (drag.kind === 'target') void command({ kind: 'move-target', positionId: drag.positionId, price });
    else if (widensStop(view.position.side, view.position.stop, price)) openDialog({ kind: 'widen', positionId: drag.positionId, price });
    else void command({ kind: 'move-stop', positionId: drag.positionId, price });
  }

  const dragged = drag === null ? undefined : positions.find((entry) => entry.position.id === drag.positionId);
  return (
    <section
      className="panel chart"
      data-testid="chart"
      data-symbol={symbol}
      data-timeframe={timeframe}
      data-candles={loaded?.key === key ? loaded.data.candles.openTime.length : 0}
      data-order-blocks={count('orderBlocks')}
      data-gaps={count('gaps')}
      data-breaks={count('breaks')}
      aria-label={`Chart of ${symbol}`}
    >
      <header className="panel-head">
        <strong className="chart-symbol">{symbol}</strong>
        <span className="num">{tick === undefined ? '–' : formatPrice(market, tick.last)}</span>
        <span className={`num ${toneOf(tick?.change24h ?? 0)}`}>{tick === undefined ? '' : formatPercent(tick.change24h)}</span>
        <div className="segmented" role="group" aria-label="Timeframe">
          {TIMEFRAMES.map((name, index) => (
            <button key={name} type="button" aria-pressed={name === timeframe} title={`Key ${index + 1}`} onClick={() => selectTimeframe(name)}>
              {name}
            </button>
          ))}
        </div>
        <div className="segmented overlays" role="group" aria-label="Overlays">
          {OVERLAYS.map(([name, label, title]) => (
            <button key={name} type="button" aria-pressed={overlays[name]} title={title} onClick={() => toggleOverlay(name)}>
              {label}
            </button>
          ))}
        </div>
        <span className="chart-note">
          {structure === null
            ? ''
            : `${structure.regime.replaceAll('_', ' ')} · ${count('orderBlocks')} blocks · ${count('gaps')} gaps · ${count('breaks')} breaks`}
        </span>
      </header>
      <div
        className="chart-host"
        ref={host}
        onPointerDownCapture={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerLeave={() => setHit(null)}
      >
        {loaded?.key !== key && failure === null ? (
          <div className="overlay-note">
            Loading {symbol} {timeframe}…
          </div>
        ) : null}
        {failure !== null ? <div className="overlay-note">{failure}</div> : null}
        {hit !== null && drag === null ? (
          <div className="tooltip" style={{ left: Math.min(hit.x + 14, (host.current?.clientWidth ?? 400) - 260), top: hit.y + 14 }} role="tooltip">
            <strong>{hit.hit.title}</strong>
            {hit.hit.lines.map((line) => (
              <div key={line}>{line}</div>
            ))}
          </div>
        ) : null}
        {drag !== null && dragged !== undefined ? (
          <div className="tooltip" style={{ right: 90, top: 10 }} role="status">
            <strong>
              {drag.kind === 'stop' ? 'Stop' : 'Target'} {formatPrice(market, drag.price)}
            </strong>
            <div>
              {formatR(
                dragged.position.riskPerUnit > 0
                  ? ((drag.price - dragged.position.entryPrice) * (dragged.position.side === 'long' ? 1 : -1)) / dragged.position.riskPerUnit
                  : Number.NaN,
              )}{' '}
              from entry
            </div>
          </div>
        ) : null}
      </div>
    </section>
  );
}

function useOpenPositions(symbol: string): readonly PositionView[] {
  const positions = useScreen((state) => state.snapshot?.positions);
  return Object.values(positions ?? {}).filter((view) => view.position.symbol === symbol && view.position.phase !== 'closed' && view.position.lots > 0);
}

function buildChart(host: HTMLElement): Parts {
  const text = colour('--text-muted');
  const grid = colour('--line');
  const chart = createChart(host, {
    autoSize: true,
    layout: { background: { color: colour('--panel') }, textColor: text, fontSize: 11, fontFamily: '"Inter Variable", sans-serif', attributionLogo: false },
    grid: { vertLines: { color: grid }, horzLines: { color: grid } },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderColor: grid, scaleMargins: { top: 0.06, bottom: 0.18 } },
    timeScale: { borderColor: grid, timeVisible: true, secondsVisible: false, rightOffset: 8 },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: colour('--up'),
    downColor: colour('--down'),
    wickUpColor: colour('--up'),
    wickDownColor: colour('--down'),
    borderVisible: false,
  });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
  const structure = new StructurePrimitive(useScreen.getState().overlays, palette);
  candles.attachPrimitive(structure);
  return { chart, candles, volume, structure };
}

/** Entry, stop and target of each open position; the dragged one follows the pointer. */
function usePriceLines(parts: React.RefObject<Parts | null>, positions: readonly PositionView[], drag: Drag | null, theme: string): void {
  const market = useScreen((state) => state.snapshot?.markets[state.symbol]);
  const key = JSON.stringify(positions.map(({ position }) => [position.id, position.entryPrice, position.stop, position.target]));
  useEffect(() => {
    const series = parts.current?.candles;
    if (series === undefined) return undefined;
    const lines: IPriceLine[] = [];
    const add = (price: number, title: string, lineColour: string, style: LineStyle): void => {
      if (Number.isFinite(price) && price > 0)
        lines.push(series.createPriceLine({ price, title, color: lineColour, lineWidth: 1, lineStyle: style, axisLabelVisible: true }));
    };
    for (const { position } of positions) {
      add(position.entryPrice, position.side, colour('--accent'), LineStyle.Solid);
      add(
        drag?.positionId === position.id && drag.kind === 'stop' ? drag.price : ticksToPrice(market, position.stop),
        'stop',
        colour('--down'),
        LineStyle.Dashed,
      );
      add(
        drag?.positionId === position.id && drag.kind === 'target' ? drag.price : ticksToPrice(market, position.target),
        'target',
        colour('--up'),
        LineStyle.Dashed,
      );
    }
    return () => {
      for (const line of lines) if (parts.current?.candles === series) series.removePriceLine(line);
    };
    // Positions are compared by what is drawn, not by identity: marks change four times a second.
  }, [key, drag, market, theme]);
}
