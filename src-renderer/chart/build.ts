// Makes one chart: candles, volume and the primitives that draw structure and trades.
import {
  CandlestickSeries,
  createChart,
  CrosshairMode,
  HistogramSeries,
  type CandlestickData,
  type HistogramData,
  type IChartApi,
  type ISeriesApi,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { CandleColumns } from '../../src-shared/domain/candle.ts';
import { currentLanguage } from '../i18n/language.ts';
import { readPalette, type Palette } from './colours.ts';
import { StructurePrimitive } from './structure-primitive.ts';
import { TradesPrimitive } from './trades-primitive.ts';

export interface ChartParts {
  readonly chart: IChartApi;
  readonly candles: ISeriesApi<'Candlestick'>;
  readonly volume: ISeriesApi<'Histogram'>;
  readonly structure: StructurePrimitive;
  readonly trades: TradesPrimitive;
  readonly palette: Palette;
}

export function toBarTime(milliseconds: number): UTCTimestamp {
  return (milliseconds / 1000) as UTCTimestamp;
}

export function toCandles({ openTime, open, high, low, close }: CandleColumns): CandlestickData<Time>[] {
  return openTime.map((time, index) => ({
    time: toBarTime(time),
    open: open[index] ?? 0,
    high: high[index] ?? 0,
    low: low[index] ?? 0,
    close: close[index] ?? 0,
  }));
}

export function toVolumes({ openTime, open, close, volume }: CandleColumns, palette: Palette): HistogramData<Time>[] {
  return openTime.map((time, index) => ({
    time: toBarTime(time),
    value: volume[index] ?? 0,
    color: (close[index] ?? 0) >= (open[index] ?? 0) ? palette.upDim : palette.downDim,
  }));
}

export function buildChart(host: HTMLElement): ChartParts {
  const palette = readPalette();
  const chart = createChart(host, {
    autoSize: true,
    localization: { locale: currentLanguage() },
    layout: {
      background: { color: palette.panel },
      textColor: palette.muted,
      fontSize: 11,
      fontFamily: '"Inter Variable", sans-serif',
      attributionLogo: false,
      panes: { separatorColor: palette.line },
    },
    grid: { vertLines: { color: palette.line }, horzLines: { color: palette.line } },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderColor: palette.line, scaleMargins: { top: 0.08, bottom: 0.18 } },
    timeScale: { borderColor: palette.line, timeVisible: true, secondsVisible: false, rightOffset: 8 },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    upColor: palette.up,
    downColor: palette.down,
    wickUpColor: palette.up,
    wickDownColor: palette.down,
    borderVisible: false,
  });
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: 'volume',
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
  const structure = new StructurePrimitive(palette);
  const trades = new TradesPrimitive(palette);
  candles.attachPrimitive(structure);
  candles.attachPrimitive(trades);
  return { chart, candles, volume, structure, trades, palette };
}
