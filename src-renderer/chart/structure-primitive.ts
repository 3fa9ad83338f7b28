// Market structure on the price pane: as it is now, or as it was known at a chosen moment, with where liquidity is expected.
import type { PredictedLiquidity } from '../../src-shared/contract/analysis.ts';
import type { StructureSnapshot } from '../../src-shared/domain/structure.ts';
import type { OverlayName } from '../state/preferences.ts';
import type { Frame } from './canvas.ts';
import type { Palette } from './colours.ts';
import { knownAt } from './known-at.ts';
import { PanePrimitive } from './pane-primitive.ts';
import { drawPredicted } from './predicted-painter.ts';
import { drawSessions, type SessionBand } from './sessions.ts';
import { drawStructure } from './structure-painter.ts';

/** Bars after the last one that sessions are drawn into. */
const BARS_AHEAD = 8;

export class StructurePrimitive extends PanePrimitive {
  #structure: StructureSnapshot | null = null;
  #shown: StructureSnapshot | null = null;
  #predicted: PredictedLiquidity | null = null;
  #overlays: Readonly<Record<OverlayName, boolean>> | null = null;
  #sessions: readonly SessionBand[] = [];
  #asOf: number | null = null;
  #past: StructureSnapshot | null = null;

  constructor(palette: Palette) {
    super(palette, 'bottom');
  }

  setStructure(structure: StructureSnapshot | null, predicted: PredictedLiquidity | null): void {
    this.#structure = structure;
    this.#predicted = predicted;
    this.#refresh();
  }

  setOverlays(overlays: Readonly<Record<OverlayName, boolean>>): void {
    this.#overlays = overlays;
    this.repaint();
  }

  setSessions(sessions: readonly SessionBand[]): void {
    this.#sessions = sessions;
    this.repaint();
  }

  /**
   * Shows only what was known at this moment; null shows what is known now. `past` is the engine's own account of that moment, with
   * strengths, fills and tests as they were; without it the present structure is cut back.
   */
  setAsOf(time: number | null, past: StructureSnapshot | null = null): void {
    this.#asOf = time;
    this.#past = past;
    this.#refresh();
  }

  protected override paint(frame: Frame, { times, stepMs }: { readonly times: readonly number[]; readonly stepMs: number }): void {
    const structure = this.#shown;
    const overlays = this.#overlays;
    if (structure === null || overlays === null) return;
    if (overlays.sessions) drawSessions(frame, this.#sessions, { first: times[0] ?? 0, last: (times.at(-1) ?? 0) + stepMs * BARS_AHEAD });
    drawStructure(frame, structure, overlays);
    if (this.#asOf !== null) drawMoment(frame, this.#asOf);
    // What is expected now says nothing about a past moment.
    else if (overlays.predicted && this.#predicted !== null) drawPredicted(frame, this.#predicted, times.at(-1) ?? 0);
  }

  #refresh(): void {
    const now = this.#structure;
    this.#shown = this.#asOf === null ? now : (this.#past ?? (now === null ? null : knownAt(now, this.#asOf)));
    this.repaint();
  }
}

function drawMoment({ context, palette, x, height }: Frame, moment: number): void {
  const at = Math.round(x(moment)) + 0.5;
  context.strokeStyle = palette.warn;
  context.setLineDash([2, 2]);
  context.beginPath();
  context.moveTo(at, 0);
  context.lineTo(at, height);
  context.stroke();
  context.setLineDash([]);
}
