// What every overlay of the price pane is: attached to a chart, painted once per frame that is asked for, able to say what is under the pointer.
import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';
import type { CanvasRenderingTarget2D } from 'fancy-canvas';
import { prepare, writeTexts, type Frame, type Hit, type Target } from './canvas.ts';
import type { Palette } from './colours.ts';
import { logicalAt } from './geometry.ts';

export abstract class PanePrimitive implements ISeriesPrimitive<Time> {
  #chart: IChartApi | null = null;
  #series: ISeriesApi<'Candlestick'> | null = null;
  #requestUpdate: (() => void) | null = null;
  #times: readonly number[] = [];
  #stepMs = 300_000;
  #targets: Target[] = [];
  readonly #palette: Palette;
  readonly #views: readonly IPrimitivePaneView[];

  constructor(palette: Palette, zOrder: PrimitivePaneViewZOrder) {
    this.#palette = palette;
    const renderer: IPrimitivePaneRenderer = { draw: (target) => this.#draw(target) };
    this.#views = [{ zOrder: () => zOrder, renderer: () => renderer }];
  }

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.#chart = chart as IChartApi;
    this.#series = series as ISeriesApi<'Candlestick'>;
    this.#requestUpdate = requestUpdate;
  }

  detached(): void {
    this.#chart = null;
    this.#series = null;
    this.#requestUpdate = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.#views;
  }

  /** Open times of the bars on the chart, ms, ascending, and the length of a bar. */
  setTimes(times: readonly number[], stepMs: number): void {
    this.#times = times;
    this.#stepMs = stepMs;
    this.repaint();
  }

  /** The topmost object at a point of the pane, in CSS pixels. */
  hitAt(x: number, y: number): Hit | null {
    return this.#targets.findLast((target) => x >= target.left && x <= target.right && y >= target.top && y <= target.bottom)?.describe() ?? null;
  }

  /** Paints one frame; `times` are those of the bars. */
  protected abstract paint(frame: Frame, bars: { readonly times: readonly number[]; readonly stepMs: number }): void;

  protected repaint(): void {
    this.#requestUpdate?.();
  }

  #draw(target: CanvasRenderingTarget2D): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      this.#targets = [];
      const chart = this.#chart;
      const series = this.#series;
      const times = this.#times;
      const stepMs = this.#stepMs;
      if (chart === null || series === null || times.length === 0) return;
      const scale = chart.timeScale();
      const frame: Frame = {
        context,
        palette: this.#palette,
        width: mediaSize.width,
        height: mediaSize.height,
        x: (time) => scale.logicalToCoordinate(logicalAt(times, stepMs, time) as Logical) ?? -10,
        y: (price) => series.priceToCoordinate(price),
        targets: this.#targets,
        labels: [],
        thinning: 1,
        texts: [],
      };
      prepare(frame);
      this.paint(frame, { times, stepMs });
      writeTexts(frame);
    });
  }
}
