// Fills one chart: first load, live candles past React, older pages on scrolling, a reload after reconnecting.
import type { CandlestickData, HistogramData, LogicalRange, Time } from 'lightweight-charts';
import type { ChartData, RpcClient } from '../../src-shared/contract/rpc.ts';
import { timeframeMs, type CandleColumns, type Timeframe } from '../../src-shared/domain/candle.ts';
import { currentRpc, onConnected } from '../connect.ts';
import { inWords } from '../i18n/sentences.ts';
import { onCandle, type CandleEvent } from '../state/candle-bus.ts';
import { toBarTime, toCandles, toVolumes, type ChartParts } from './build.ts';
import { joinOlder } from './geometry.ts';
import { watchChart } from './watching.ts';

const PAGE = 600;
const FIRST_VIEW_BARS = 150;
const RIGHT_MARGIN_BARS = 8;
/** Bars before the oldest one at which the next page is asked for. */
const OLDER_MARGIN = 20;

export interface FeedOptions {
  readonly parts: ChartParts;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** New data in full: after loading, paging back and each structural change. */
  readonly onData: (data: ChartData) => void;
  /** The forming or closed last candle. */
  readonly onCandle: (event: CandleEvent) => void;
  readonly onFailure: (message: string | null) => void;
}

export class ChartFeed {
  readonly #options: FeedOptions;
  readonly #stops: (() => void)[] = [];
  #data: ChartData | null = null;
  #times: number[] = [];
  #isLoadingOlder = false;
  #isDisposed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    const { parts, symbol, timeframe } = options;
    const scale = parts.chart.timeScale();
    const older = (range: LogicalRange | null): void => this.#loadOlder(range);
    scale.subscribeVisibleLogicalRangeChange(older);
    this.#stops.push(
      () => scale.unsubscribeVisibleLogicalRangeChange(older),
      watchChart({ symbol, timeframe }),
      onConnected((rpc) => this.#load(rpc, this.#data !== null)),
      onCandle((event) => this.#apply(event)),
    );
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const stop of this.#stops) stop();
  }

  #load(rpc: RpcClient, keepView: boolean): void {
    const { symbol, timeframe, parts, onFailure } = this.#options;
    rpc.call('chart', { symbol, timeframe, limit: PAGE, before: null }).then(
      (data) => {
        if (this.#isDisposed) return;
        onFailure(null);
        const older = keepView ? this.#data : null;
        const isContinuous = older !== null && (older.candles.openTime.at(-1) ?? 0) >= (data.candles.openTime[0] ?? 0);
        this.#show(isContinuous ? { ...data, candles: joinOlder(older.candles, data.candles), hasMore: older.hasMore } : data);
        const count = data.candles.openTime.length;
        if (!keepView) parts.chart.timeScale().setVisibleLogicalRange({ from: count - FIRST_VIEW_BARS, to: count + RIGHT_MARGIN_BARS });
      },
      (problem: unknown) => {
        if (!this.#isDisposed) onFailure(problem instanceof Error ? inWords(problem.message) : '');
      },
    );
  }

  #show(data: ChartData): void {
    const { parts, timeframe, onData } = this.#options;
    this.#data = data;
    this.#times = [...data.candles.openTime];
    parts.candles.setData(toCandles(data.candles));
    parts.volume.setData(toVolumes(data.candles, parts.palette));
    parts.structure.setTimes(this.#times, timeframeMs(timeframe));
    parts.trades.setTimes(this.#times, timeframeMs(timeframe));
    parts.structure.setStructure(data.structure, data.predictedLiquidity ?? null);
    onData(data);
  }

  #apply(event: CandleEvent): void {
    const { symbol, timeframe, parts } = this.#options;
    if (event.symbol !== symbol || event.timeframe !== timeframe || this.#data === null) return;
    const { openTime, open, high, low, close, volume } = event.candle;
    const last = this.#times.at(-1) ?? 0;
    // Older than the last bar shown: the chart was reloaded meanwhile.
    if (openTime < last) return;
    if (openTime > last) this.#times.push(openTime);
    const time = toBarTime(openTime);
    parts.candles.update({ time, open, high, low, close });
    parts.volume.update({ time, value: volume, color: close >= open ? parts.palette.upDim : parts.palette.downDim });
    this.#options.onCandle(event);
    const rpc = currentRpc();
    if (event.closed && event.structureChanged && rpc !== null) this.#load(rpc, true);
  }

  #loadOlder(range: LogicalRange | null): void {
    const rpc = currentRpc();
    const first = this.#data?.candles.openTime[0];
    if (range === null || range.from > OLDER_MARGIN || this.#isLoadingOlder || rpc === null || first === undefined || this.#data?.hasMore !== true) return;
    this.#isLoadingOlder = true;
    const { symbol, timeframe } = this.#options;
    rpc
      .call('chart', { symbol, timeframe, limit: PAGE, before: first })
      .then(
        (page) => this.#prepend(page),
        // The next scroll asks again; what is shown stays right.
        () => undefined,
      )
      .finally(() => {
        this.#isLoadingOlder = false;
      });
  }

  #prepend(page: ChartData): void {
    if (this.#isDisposed || this.#data === null) return;
    const { parts, timeframe, onData } = this.#options;
    const firstShown = this.#data.candles.openTime[0] ?? 0;
    // The series also holds bars that arrived since the load; they stay.
    const live = [parts.candles.data(), parts.volume.data()] as const;
    const isOlder = (bar: { readonly time: Time }): boolean => (bar.time as number) < firstShown / 1000;
    const kept = page.candles.openTime.filter((time) => time < firstShown);
    this.#data = { ...this.#data, candles: joinOlder(page.candles, this.#data.candles), hasMore: page.hasMore && kept.length > 0 };
    this.#times = [...kept, ...this.#times];
    parts.candles.setData([...toCandles(page.candles).filter(isOlder), ...(live[0] as CandlestickData<Time>[])]);
    parts.volume.setData([...toVolumes(page.candles, parts.palette).filter(isOlder), ...(live[1] as HistogramData<Time>[])]);
    parts.structure.setTimes(this.#times, timeframeMs(timeframe));
    parts.trades.setTimes(this.#times, timeframeMs(timeframe));
    onData(this.#data);
  }
}

/** Columns with the newest candle put in: replaced when it has the last open time, appended when it is newer. */
export function withCandle(columns: CandleColumns, candle: CandleEvent['candle']): CandleColumns {
  const isSame = columns.openTime.at(-1) === candle.openTime;
  const put = (name: keyof CandleColumns): readonly number[] => [...(isSame ? columns[name].slice(0, -1) : columns[name]), candle[name]];
  return { openTime: put('openTime'), open: put('open'), high: put('high'), low: put('low'), close: put('close'), volume: put('volume') };
}
