// Signals with their plan and past trades from entry to exit, drawn over the candles of one market.
import type { DecisionView, PositionView } from '../../src-shared/contract/view.ts';
import { translate, wordOf } from '../i18n/translate.ts';
import { describeCode } from '../text/codes.ts';
import { formatMoment, formatR, formatShare } from '../ui/format.ts';
import type { Frame, Hit } from './canvas.ts';
import type { Palette } from './colours.ts';
import { PanePrimitive } from './pane-primitive.ts';

export interface TradeMarks {
  readonly decisions: readonly DecisionView[];
  readonly closed: readonly PositionView[];
  /** Signal whose plan is drawn as boxes. */
  readonly chosen: string | null;
}

export class TradesPrimitive extends PanePrimitive {
  #marks: TradeMarks = { decisions: [], closed: [], chosen: null };

  constructor(palette: Palette) {
    super(palette, 'top');
  }

  setMarks(marks: TradeMarks): void {
    this.#marks = marks;
    this.repaint();
  }

  protected override paint(frame: Frame): void {
    for (const trade of this.#marks.closed) drawTrade(frame, trade);
    for (const decision of this.#marks.decisions) drawSignal(frame, decision, decision.signal.id === this.#marks.chosen);
  }
}

/** Entry and exit joined by a line whose colour and sign say what came of it. */
function drawTrade(frame: Frame, { position }: PositionView): void {
  if (position.exitPrice === null || position.closedAt === null) return;
  const x1 = frame.x(position.openedAt);
  const x2 = frame.x(position.closedAt);
  const y1 = frame.y(position.entryPrice);
  const y2 = frame.y(position.exitPrice);
  if (y1 === null || y2 === null || x2 < 0 || x1 > frame.width) return;
  const { context, palette } = frame;
  const net = position.realisedPnl - position.fees + position.funding;
  const colour = net >= 0 ? palette.up : palette.down;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.setLineDash([2, 2]);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
  context.setLineDash([]);
  drawArrow(frame, { x: x1, y: y1, colour: palette.text, isUp: position.side === 'long' });
  context.fillStyle = colour;
  context.fillRect(x2 - 3, y2 - 3, 6, 6);
  const risk = position.sizing?.lossAtStop ?? 0;
  const describe = (): Hit => ({
    title: translate('why.trade', { side: wordOf('side', position.side), result: formatR(risk > 0 ? net / risk : Number.NaN) }),
    lines: [
      translate('why.tradeTimes', { opened: formatMoment(position.openedAt), closed: formatMoment(position.closedAt ?? 0) }),
      translate('why.tradeEnd', { reason: wordOf('close', position.closeReason ?? '') }),
    ],
  });
  frame.targets.push({ left: Math.min(x1, x2) - 5, right: Math.max(x1, x2) + 5, top: Math.min(y1, y2) - 5, bottom: Math.max(y1, y2) + 5, describe });
}

function drawSignal(frame: Frame, { signal, outcome, code, numbers }: DecisionView, isChosen: boolean): void {
  const x = frame.x(signal.decidedAt);
  const y = frame.y(signal.plan.entry);
  if (y === null || x < -20 || x > frame.width) return;
  const { palette, context } = frame;
  const isLong = signal.side === 'long';
  if (isChosen) {
    const right = Math.min(frame.width, Math.max(x + 60, frame.x(signal.plan.expiresAt)));
    for (const [level, colour] of [
      [signal.plan.target, palette.up],
      [signal.plan.stop, palette.down],
    ] as const) {
      const to = frame.y(level);
      if (to === null) continue;
      context.globalAlpha = 0.14;
      context.fillStyle = colour;
      context.fillRect(x, Math.min(y, to), right - x, Math.abs(to - y));
      context.globalAlpha = 1;
    }
  }
  const colour = outcome === 'executed' ? palette.accent : palette.muted;
  drawArrow(frame, { x, y: y + (isLong ? 12 : -12), colour, isUp: isLong });
  const describe = (): Hit => ({
    title: translate('why.signal', { side: wordOf('side', signal.side), outcome: wordOf('outcome', outcome) }),
    lines: [
      translate('why.signalScore', { confidence: formatShare(signal.confidence), ratio: signal.plan.rewardRisk, time: formatMoment(signal.decidedAt) }),
      code === null ? translate('decisions.sent') : describeCode(code, numbers),
    ],
  });
  frame.targets.push({ left: x - 6, right: x + 6, top: y - 18, bottom: y + 18, describe });
}

function drawArrow({ context }: Frame, arrow: { readonly x: number; readonly y: number; readonly colour: string; readonly isUp: boolean }): void {
  const tip = arrow.isUp ? -5 : 5;
  context.fillStyle = arrow.colour;
  context.beginPath();
  context.moveTo(arrow.x, arrow.y + tip);
  context.lineTo(arrow.x - 4, arrow.y - tip);
  context.lineTo(arrow.x + 4, arrow.y - tip);
  context.fill();
}
