// Where liquidity is expected to be taken next: one level above and one below, with the chance and who says so.
import type { PredictedLiquidity } from '../../src-shared/contract/analysis.ts';
import { translate, wordOf } from '../i18n/translate.ts';
import { formatMoment, formatShare, numberText } from '../ui/format.ts';
import { drawLabel, drawLine, type Frame } from './canvas.ts';

export function drawPredicted(frame: Frame, { above, below, asOf, horizonMs, source }: PredictedLiquidity, lastBar: number): void {
  for (const [kind, level] of [
    ['above', above],
    ['below', below],
  ] as const) {
    if (level === null) continue;
    const y = frame.y(level.price);
    if (y === null || y < 0 || y > frame.height) continue;
    const from = frame.x(lastBar);
    const colour = frame.palette.warn;
    drawLine(frame, { from, to: frame.width, y, colour, dash: [2, 3], width: 2 });
    drawLabel(frame, `${kind === 'above' ? '▲' : '▼'} ${formatShare(level.probability)}`, { x: frame.width - 26, y: y + (kind === 'above' ? -8 : 8), colour });
    frame.targets.push({
      left: from,
      right: frame.width,
      top: y - 5,
      bottom: y + 5,
      describe: () => ({
        title: translate(`why.predicted.${kind}`, { chance: formatShare(level.probability) }),
        lines: [
          translate('why.predictedText', { hours: numberText(horizonMs / 3_600_000, 1), time: formatMoment(asOf) }),
          translate('why.predictedSource', { source: source === 'rule' ? translate('why.predictedRule') : wordOf('model', source) }),
        ],
      }),
    });
  }
}
