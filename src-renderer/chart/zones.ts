// Draws market structure on the price pane as one series primitive: zones, breaks, swings, pools and the dealing range.
import type { IChartApi, IPrimitivePaneRenderer, IPrimitivePaneView, ISeriesApi, ISeriesPrimitive, SeriesAttachedParameter, Time } from 'lightweight-charts';
import type { CanvasRenderingTarget2D } from 'fancy-canvas';
import type { StructureSnapshot } from '../../src-shared/domain/structure.ts';
import type { OverlayName } from '../state/store.ts';
import { zoneOpacity } from './geometry.ts';

export interface Palette {
  readonly up: string;
  readonly down: string;
  readonly muted: string;
  readonly accent: string;
  readonly text: string;
}

/** Something under the pointer, in words. */
export interface Hit {
  readonly title: string;
  readonly lines: readonly string[];
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly hit: Hit;
}

const LABEL_FONT = '10px "Inter Variable", sans-serif';

function when(time: number): string {
  return new Date(time).toISOString().slice(5, 16).replace('T', ' ');
}

export class StructurePrimitive implements ISeriesPrimitive<Time> {
  #chart: IChartApi | null = null;
  #series: ISeriesApi<'Candlestick'> | null = null;
  #requestUpdate: (() => void) | null = null;
  #structure: StructureSnapshot | null = null;
  #overlays: Readonly<Record<OverlayName, boolean>>;
  readonly #palette: () => Palette;
  #boxes: Box[] = [];
  readonly #view: IPrimitivePaneView = { zOrder: () => 'bottom', renderer: () => this.#renderer };
  readonly #renderer: IPrimitivePaneRenderer = { draw: (target) => this.#draw(target) };

  constructor(overlays: Readonly<Record<OverlayName, boolean>>, palette: () => Palette) {
    this.#overlays = overlays;
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
    return [this.#view];
  }

  setStructure(structure: StructureSnapshot | null): void {
    this.#structure = structure;
    this.#requestUpdate?.();
  }

  setOverlays(overlays: Readonly<Record<OverlayName, boolean>>): void {
    this.#overlays = overlays;
    this.#requestUpdate?.();
  }

  /** The topmost object at a point of the pane, in CSS pixels. */
  hitAt(x: number, y: number): Hit | null {
    return this.#boxes.findLast((box) => x >= box.left && x <= box.right && y >= box.top - 3 && y <= box.bottom + 3)?.hit ?? null;
  }

  #draw(target: CanvasRenderingTarget2D): void {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      this.#boxes = [];
      const structure = this.#structure;
      const chart = this.#chart;
      const series = this.#series;
      if (structure === null || chart === null || series === null) return;
      const scale = chart.timeScale();
      const x = (time: number): number | null => scale.timeToCoordinate((time / 1000) as Time);
      const y = (price: number): number | null => series.priceToCoordinate(price);
      const visible = scale.getVisibleRange();
      const firstVisible = visible === null ? 0 : (visible.from as number) * 1000;
      const left = (time: number): number => x(time) ?? (time < firstVisible ? -10 : mediaSize.width);
      const painter = new Painter(context, { boxes: this.#boxes, palette: this.#palette(), width: mediaSize.width, left, y });
      if (this.#overlays.range) painter.range(structure);
      if (this.#overlays.gaps) painter.gaps(structure);
      if (this.#overlays.orderBlocks) painter.orderBlocks(structure);
      if (this.#overlays.liquidity) painter.pools(structure);
      if (this.#overlays.breaks) painter.breaks(structure);
      if (this.#overlays.swings) painter.swings(structure);
    });
  }
}

interface Canvas {
  readonly boxes: Box[];
  readonly palette: Palette;
  readonly width: number;
  readonly left: (time: number) => number;
  readonly y: (price: number) => number | null;
}

class Painter {
  readonly #context: CanvasRenderingContext2D;
  readonly #canvas: Canvas;

  constructor(context: CanvasRenderingContext2D, canvas: Canvas) {
    this.#context = context;
    this.#canvas = canvas;
    context.font = LABEL_FONT;
    context.textBaseline = 'middle';
  }

  orderBlocks({ orderBlocks, timeframe }: StructureSnapshot): void {
    for (const block of orderBlocks) {
      if (block.state === 'ended') continue;
      const colour = block.direction === 'bullish' ? this.#canvas.palette.up : this.#canvas.palette.down;
      const label = `${block.state === 'breaker' ? 'Breaker' : 'OB'} ${Math.round(block.strength * 100)}${block.tests > 0 ? ` · ${block.tests}×` : ''}`;
      this.#zone(
        {
          from: block.originTime,
          until: block.endedTime,
          top: block.top,
          bottom: block.bottom,
          colour,
          opacity: block.state === 'weak' ? 0.04 : zoneOpacity(block.strength),
          dashed: block.state !== 'active',
          label,
        },
        {
          title: `${block.direction === 'bullish' ? 'Bullish' : 'Bearish'} ${block.state === 'breaker' ? 'breaker block' : 'order block'} (${timeframe})`,
          lines: [
            `Strength ${Math.round(block.strength * 100)} of 100, ${block.tests} tests${block.state === 'weak' ? '; weak volume, never traded' : ''}`,
            `Formed ${when(block.originTime)}, known since ${when(block.confirmedTime)} UTC`,
            `Impulse ${block.displacementAtr.toFixed(1)} ATR, volume ${block.volumeRatio.toFixed(1)}×${block.adjoinsGap ? ', adjoins a gap' : ''}`,
          ],
        },
      );
    }
  }

  gaps({ gaps, timeframe }: StructureSnapshot): void {
    for (const gap of gaps) {
      if (gap.filledTime !== null) continue;
      const height = gap.top - gap.bottom;
      const top = gap.direction === 'bullish' ? gap.top - height * gap.filledFraction : gap.top;
      const bottom = gap.direction === 'bearish' ? gap.bottom + height * gap.filledFraction : gap.bottom;
      this.#zone(
        { from: gap.originTime, until: null, top, bottom, colour: this.#canvas.palette.accent, opacity: 0.1, dashed: false, label: 'FVG' },
        {
          title: `${gap.direction === 'bullish' ? 'Bullish' : 'Bearish'} fair value gap (${timeframe})`,
          lines: [
            `${Math.round(gap.filledFraction * 100)} % filled${gap.halfFilledTime === null ? '' : `, half filled ${when(gap.halfFilledTime)}`}`,
            `Formed ${when(gap.originTime)}, known since ${when(gap.confirmedTime)} UTC`,
          ],
        },
      );
    }
  }

  breaks({ breaks, timeframe }: StructureSnapshot): void {
    for (const entry of breaks.slice(-24)) {
      const y = this.#canvas.y(entry.level);
      if (y === null) continue;
      const from = this.#canvas.left(entry.originTime);
      const to = this.#canvas.left(entry.confirmedTime);
      if (to < 0) continue;
      const colour = entry.direction === 'bullish' ? this.#canvas.palette.up : this.#canvas.palette.down;
      const name = entry.kind === 'bos' ? 'BOS' : 'CHOCH';
      this.#line({ from, to, y, colour, dash: entry.scale === 'internal' ? [3, 3] : [] });
      this.#label(name, (from + to) / 2, y + (entry.direction === 'bullish' ? -7 : 7), colour);
      this.#remember(
        { left: from, right: to, top: y, bottom: y },
        {
          title: `${name}, ${entry.direction}, ${entry.scale} (${timeframe})`,
          lines: [`Level of ${when(entry.originTime)}, known since ${when(entry.confirmedTime)} UTC`, `Breaking leg ${entry.displacementAtr.toFixed(1)} ATR`],
        },
      );
    }
  }

  pools({ pools, timeframe }: StructureSnapshot): void {
    for (const pool of pools) {
      if (pool.weak || pool.takenTime !== null) continue;
      const y = this.#canvas.y(pool.price);
      if (y === null) continue;
      const from = this.#canvas.left(pool.originTime);
      this.#line({ from, to: this.#canvas.width, y, colour: this.#canvas.palette.muted, dash: [1, 4] });
      this.#label(
        `${pool.side === 'buy' ? 'BSL' : 'SSL'} ${pool.touches}`,
        this.#canvas.width - 28,
        y + (pool.side === 'buy' ? -6 : 6),
        this.#canvas.palette.muted,
      );
      this.#remember(
        { left: from, right: this.#canvas.width, top: y, bottom: y },
        {
          title: `${pool.side === 'buy' ? 'Buy-side' : 'Sell-side'} liquidity (${timeframe})`,
          lines: [`${pool.touches} touches${pool.sweptTime === null ? '' : `, swept ${when(pool.sweptTime)}`}`, `Known since ${when(pool.confirmedTime)} UTC`],
        },
      );
    }
  }

  swings({ swings }: StructureSnapshot): void {
    for (const swing of swings) {
      const y = this.#canvas.y(swing.price);
      const x = this.#canvas.left(swing.originTime);
      if (y === null || x < 0) continue;
      this.#context.fillStyle = this.#canvas.palette.muted;
      this.#context.beginPath();
      this.#context.arc(x, y + (swing.kind === 'high' ? -6 : 6), swing.scale === 'swing' ? 2.5 : 1.5, 0, Math.PI * 2);
      this.#context.fill();
    }
  }

  range({ range }: StructureSnapshot): void {
    if (range === null) return;
    const { palette } = this.#canvas;
    this.#zone(
      { from: range.originTime, until: null, top: range.oteTop, bottom: range.oteBottom, colour: palette.accent, opacity: 0.07, dashed: true, label: 'OTE' },
      { title: 'Optimal trade entry', lines: ['62–79 % retracement of the dealing range'] },
    );
    const y = this.#canvas.y(range.equilibrium);
    if (y === null) return;
    const from = this.#canvas.left(range.originTime);
    this.#line({ from, to: this.#canvas.width, y, colour: palette.muted, dash: [6, 4] });
    this.#label('EQ', from + 12, y - 7, palette.muted);
  }

  #zone(
    zone: {
      readonly from: number;
      readonly until: number | null;
      readonly top: number;
      readonly bottom: number;
      readonly colour: string;
      readonly opacity: number;
      readonly dashed: boolean;
      readonly label: string;
    },
    hit: Hit,
  ): void {
    const top = this.#canvas.y(zone.top);
    const bottom = this.#canvas.y(zone.bottom);
    if (top === null || bottom === null) return;
    const left = Math.max(-10, this.#canvas.left(zone.from));
    const right = zone.until === null ? this.#canvas.width : this.#canvas.left(zone.until);
    if (right < 0 || left > this.#canvas.width) return;
    const context = this.#context;
    const height = Math.max(1, bottom - top);
    context.globalAlpha = zone.opacity;
    context.fillStyle = zone.colour;
    context.fillRect(left, top, right - left, height);
    context.globalAlpha = 0.55;
    context.strokeStyle = zone.colour;
    context.setLineDash(zone.dashed ? [4, 3] : []);
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, Math.round(top) + 0.5, right - left, Math.max(1, Math.round(height) - 1));
    context.setLineDash([]);
    context.globalAlpha = 1;
    if (height >= 9) {
      context.textAlign = 'left';
      context.fillStyle = zone.colour;
      context.fillText(zone.label, Math.max(4, left + 4), top + Math.min(height / 2, 8));
    }
    this.#remember({ left, right, top, bottom }, hit);
  }

  #line(line: { readonly from: number; readonly to: number; readonly y: number; readonly colour: string; readonly dash: readonly number[] }): void {
    const context = this.#context;
    context.strokeStyle = line.colour;
    context.globalAlpha = 0.8;
    context.lineWidth = 1;
    context.setLineDash([...line.dash]);
    context.beginPath();
    context.moveTo(line.from, Math.round(line.y) + 0.5);
    context.lineTo(line.to, Math.round(line.y) + 0.5);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  #label(text: string, x: number, y: number, colour: string): void {
    this.#context.textAlign = 'center';
    this.#context.fillStyle = colour;
    this.#context.fillText(text, x, y);
  }

  #remember(box: Omit<Box, 'hit'>, hit: Hit): void {
    this.#canvas.boxes.push({ ...box, hit });
  }
}
