// Drawing helpers that every overlay uses, and the frame of reference of one drawn frame.
import type { Palette } from './colours.ts';

/** Something that can be pointed at. The words are made only when it is. */
export interface Target {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly describe: () => Hit;
}

export interface Hit {
  readonly title: string;
  readonly lines: readonly string[];
}

/** One frame: sizes in CSS pixels, functions from time and price to pixels. */
export interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  /** Pixel of a time in ms; outside the data it is extrapolated. */
  readonly x: (time: number) => number;
  /** Pixel of a price, or null when the scale is empty. */
  readonly y: (price: number) => number | null;
  readonly targets: Target[];
  /** Where labels stand already; another one never covers them. */
  readonly labels: Box[];
  /** What zones are thinned by where there are many of them, (0, 1]. */
  readonly thinning: number;
  /** Words of this frame; they are written last, so that no zone or line strikes them through. */
  readonly texts: Text[];
}

interface Text {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly align: CanvasTextAlign;
  readonly colour: string;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const LETTER_WIDTH = 6;
const LABEL_HEIGHT = 11;
const LABEL_FONT = '10px "Inter Variable", sans-serif';

export function prepare({ context }: Frame): void {
  context.font = LABEL_FONT;
  context.textBaseline = 'middle';
}

export function drawLine(
  { context }: Frame,
  line: { readonly from: number; readonly to: number; readonly y: number; readonly colour: string; readonly dash: readonly number[]; readonly width?: number },
): void {
  context.strokeStyle = line.colour;
  context.globalAlpha = 0.8;
  context.lineWidth = line.width ?? 1;
  context.setLineDash([...line.dash]);
  context.beginPath();
  context.moveTo(line.from, Math.round(line.y) + 0.5);
  context.lineTo(line.to, Math.round(line.y) + 0.5);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Takes the place of a label; false when another one stands there. Widths are estimated: measuring text costs more than a wide margin. */
function takePlace({ labels }: Frame, left: number, y: number, text: string): boolean {
  const box = { left, right: left + text.length * LETTER_WIDTH, top: y - LABEL_HEIGHT / 2, bottom: y + LABEL_HEIGHT / 2 };
  if (labels.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top)) return false;
  labels.push(box);
  return true;
}

export function drawLabel(frame: Frame, text: string, place: { readonly x: number; readonly y: number; readonly colour: string }): void {
  if (takePlace(frame, place.x - (text.length * LETTER_WIDTH) / 2, place.y, text)) frame.texts.push({ ...place, text, align: 'center' });
}

const HALO_PX = 3;

/** Writes the words of the frame, each with a rim of the panel's colour: readable over zones, lines and candles. */
export function writeTexts({ context, palette, texts }: Frame): void {
  context.lineJoin = 'round';
  context.lineWidth = HALO_PX;
  context.strokeStyle = palette.panel;
  for (const { text, x, y, align, colour } of texts) {
    context.textAlign = align;
    context.globalAlpha = 0.75;
    context.strokeText(text, x, y);
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }
}

export interface Zone {
  readonly from: number;
  readonly until: number | null;
  readonly top: number;
  readonly bottom: number;
  readonly colour: string;
  readonly opacity: number;
  readonly dashed: boolean;
  readonly label: string;
  readonly describe: () => Hit;
}

/** A rectangle between two prices from a time on; skipped when no part of it can be seen. */
export function drawZone(frame: Frame, zone: Zone): void {
  const top = frame.y(zone.top);
  const bottom = frame.y(zone.bottom);
  if (top === null || bottom === null || bottom < 0 || top > frame.height) return;
  const left = Math.max(-10, frame.x(zone.from));
  const right = zone.until === null ? frame.width : Math.min(frame.width + 10, frame.x(zone.until));
  if (right < 0 || left > frame.width || right <= left) return;
  const { context } = frame;
  const height = Math.max(1, bottom - top);
  context.globalAlpha = zone.opacity * frame.thinning;
  context.fillStyle = zone.colour;
  context.fillRect(left, top, right - left, height);
  // A thin zone is nearly all border; a paler one keeps the candles readable.
  context.globalAlpha = (height < 5 ? 0.28 : 0.5) * Math.sqrt(frame.thinning);
  context.strokeStyle = zone.colour;
  context.setLineDash(zone.dashed ? [4, 3] : []);
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, Math.round(top) + 0.5, right - left, Math.max(1, Math.round(height) - 1));
  context.setLineDash([]);
  context.globalAlpha = 1;
  const at = { x: Math.max(4, left + 4), y: top + Math.min(height / 2, 8) };
  if (height >= 9 && right - left > 30 && takePlace(frame, at.x, at.y, zone.label))
    frame.texts.push({ text: zone.label, x: at.x, y: at.y, align: 'left', colour: zone.colour });
  frame.targets.push({ left, right, top: top - 3, bottom: bottom + 3, describe: zone.describe });
}
