// Market structure on the price pane as one series primitive; asks for a frame only when something changed.
import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';
import type { CanvasRenderingTarget2D } from 'fancy-canvas';
import { timeframeMs } from '../../src-shared/domain/candle.ts';
import type { StructureSnapshot } from '../../src-shared/domain/structure.ts';
import type { OverlayName } from '../state/preferences.ts';
import { prepare, type Frame, type Hit, type Target } from './canvas.ts';
import type { Palette } from './colours.ts';
import { logicalAt } from './geometry.ts';
import { knownAt } from './known-at.ts';
import { drawStructure } from './structure-painter.ts';
import { drawSessions, type SessionBand } from './sessions.ts';

export class StructurePrimitive implements ISeriesPrimitive<Time> {
  #chart: IChartApi | null = null;
  #series: ISeriesApi<'Candlestick'> | null = null;
  #requestUpdate: (() => void) | null = null;
  #structure: StructureSnapshot | null = null;
  #shown: StructureSnapshot | null = null;
  #overlays: Readonly<Record<OverlayName, boolean>> | null = null;
  #sessions: readonly SessionBand[] = [];
  #times: readonly number[] = [];
  #asOf: number | null = null;
  #targets: Target[] = [];
  readonly #palette: Palette;
  readonly #renderer: IPrimitivePaneRenderer = { draw: (target) => this.#draw(target) };
  readonly #views: readonly IPrimitivePaneView[] = [{ zOrder: () => 'bottom', renderer: () => this.#renderer }];

  constructor(palette: Palette) {
    this.#palette = palette;
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

  setStructure(structure: StructureSnapshot | null): void {
    this.#structure = structure;
    this.#refresh();
  }

  /** Open times of the bars on the chart, ms, ascending. */
  setTimes(times: readonly number[]): void {
    this.#times = times;
    this.#requestUpdate?.();
  }

  setOverlays(overlays: Readonly<Record<OverlayName, boolean>>): void {
    this.#overlays = overlays;
    this.#requestUpdate?.();
  }

  setSessions(sessions: readonly SessionBand[]): void {
    this.#sessions = sessions;
    this.#requestUpdate?.();
  }

  /** Shows only what was known at this moment; null shows what is known now. */
  setAsOf(time: number | null): void {
    this.#asOf = time;
    this.#refresh();
  }

  /** The topmost object at a point of the pane, in CSS pixels. */
  hitAt(x: number, y: number): Hit | null {
    return this.#targets.findLast((target) => x >= target.left && x <= target.right && y >= target.top && y <= target.bottom)?.describe() ?? null;
  }

  #refresh(): void {
    this.#shown = this.#structure === null || this.#asOf === null ? this.#structure : knownAt(this.#structure, this.#asOf);
    this.#requestUpdate?.();
  }

  #draw(target: CanvasRenderingTarget2D): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      this.#targets = [];
      const structure = this.#shown;
      const chart = this.#chart;
      const series = this.#series;
      if (structure === null || chart === null || series === null || this.#overlays === null) return;
      const scale = chart.timeScale();
      const step = timeframeMs(structure.timeframe);
      const times = this.#times;
      const frame: Frame = {
        context,
        palette: this.#palette,
        width: mediaSize.width,
        height: mediaSize.height,
        x: (time) => scale.logicalToCoordinate(logicalAt(times, step, time) as Logical) ?? -10,
        y: (price) => series.priceToCoordinate(price),
        targets: this.#targets,
      };
      prepare(frame);
      if (this.#overlays.sessions) drawSessions(frame, this.#sessions, { first: times[0] ?? 0, last: (times.at(-1) ?? 0) + step * 8 });
      drawStructure(frame, structure, this.#overlays);
      if (this.#asOf !== null) this.#drawMoment(frame, this.#asOf);
    });
  }

  #drawMoment(frame: Frame, moment: number): void {
    const x = Math.round(frame.x(moment)) + 0.5;
    frame.context.strokeStyle = frame.palette.warn;
    frame.context.setLineDash([2, 2]);
    frame.context.beginPath();
    frame.context.moveTo(x, 0);
    frame.context.lineTo(x, frame.height);
    frame.context.stroke();
    frame.context.setLineDash([]);
  }
}
