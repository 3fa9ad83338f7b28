// Draws each kind of market structure: zones, breaks, swings, pools and the dealing range. Words are in describe.ts.
import type { DealingRange, StructureSnapshot } from '../../src-shared/domain/structure.ts';
import type { OverlayName } from '../state/preferences.ts';
import { drawLabel, drawLine, drawZone, type Frame } from './canvas.ts';
import { describeBlock, describeBreak, describeGap, describePool, describeRange, describeSwing } from './describe.ts';
import { zoneOpacity } from './geometry.ts';

const BREAKS_SHOWN = 60;

/** More zones than this lie over each other: each is drawn paler, so that the candles stay in front of their sum. */
const CROWDED = 40;

export function drawStructure(plain: Frame, structure: StructureSnapshot, overlays: Readonly<Record<OverlayName, boolean>>): void {
  const zones = structure.orderBlocks.length + structure.gaps.length;
  const frame: Frame = { ...plain, thinning: Math.min(1, CROWDED / Math.max(1, zones)) };
  if (overlays.range && structure.range !== null) drawRange(frame, structure.range);
  if (overlays.gaps) drawGaps(frame, structure);
  if (overlays.orderBlocks) drawBlocks(frame, structure);
  if (overlays.liquidity) drawPools(frame, structure);
  if (overlays.breaks) drawBreaks(frame, structure);
  if (overlays.swings) drawSwings(frame, structure);
}

function drawBlocks(frame: Frame, { orderBlocks, timeframe, asOf }: StructureSnapshot): void {
  for (const block of orderBlocks) {
    if (block.state === 'ended') continue;
    const name = block.state === 'breaker' ? 'Breaker' : 'OB';
    drawZone(frame, {
      from: block.originTime,
      until: block.endedTime,
      top: block.top,
      bottom: block.bottom,
      colour: block.direction === 'bullish' ? frame.palette.up : frame.palette.down,
      opacity: block.state === 'weak' ? 0.04 : zoneOpacity(block.strength),
      dashed: block.state !== 'active',
      label: `${name} ${Math.round(block.strength * 100)}${block.tests > 0 ? ` · ${block.tests}×` : ''}`,
      describe: () => describeBlock(block, timeframe, asOf),
    });
  }
}

function drawGaps(frame: Frame, { gaps, timeframe }: StructureSnapshot): void {
  for (const gap of gaps) {
    if (gap.filledTime !== null) continue;
    const height = gap.top - gap.bottom;
    drawZone(frame, {
      from: gap.originTime,
      until: null,
      // Price fills a bullish gap from above and a bearish one from below; what is left is drawn.
      top: gap.direction === 'bullish' ? gap.top - height * gap.filledFraction : gap.top,
      bottom: gap.direction === 'bearish' ? gap.bottom + height * gap.filledFraction : gap.bottom,
      colour: frame.palette.accent,
      opacity: 0.1,
      dashed: false,
      label: gap.filledFraction > 0 ? `FVG ${Math.round(gap.filledFraction * 100)}%` : 'FVG',
      describe: () => describeGap(gap, timeframe),
    });
  }
}

function drawBreaks(frame: Frame, { breaks, timeframe }: StructureSnapshot): void {
  // Newest first: where two labels would meet, the newer one is read.
  for (const entry of breaks.slice(-BREAKS_SHOWN).toReversed()) {
    const y = frame.y(entry.level);
    const to = frame.x(entry.confirmedTime);
    if (y === null || to < 0) continue;
    const from = frame.x(entry.originTime);
    if (from > frame.width) continue;
    const colour = entry.direction === 'bullish' ? frame.palette.up : frame.palette.down;
    drawLine(frame, { from, to, y, colour, dash: entry.scale === 'internal' ? [3, 3] : [] });
    // The label stands at the bar at which the break became known, not at the swing it broke.
    if (to - from > 18) {
      const name = entry.kind === 'bos' ? 'BOS' : 'CHOCH';
      drawLabel(frame, name, { x: Math.max(from + 14, to - 16), y: y + (entry.direction === 'bullish' ? -7 : 7), colour });
    }
    frame.targets.push({ left: from, right: to, top: y - 4, bottom: y + 4, describe: () => describeBreak(entry, timeframe) });
  }
}

function drawPools(frame: Frame, { pools, timeframe }: StructureSnapshot): void {
  for (const pool of pools) {
    if (pool.weak || pool.takenTime !== null) continue;
    const y = frame.y(pool.price);
    if (y === null || y < 0 || y > frame.height) continue;
    const from = frame.x(pool.originTime);
    const colour = frame.palette.muted;
    drawLine(frame, { from, to: frame.width, y, colour, dash: [1, 4] });
    drawLabel(frame, `${pool.side === 'buy' ? 'BSL' : 'SSL'} ${pool.touches}`, { x: frame.width - 28, y: y + (pool.side === 'buy' ? -6 : 6), colour });
    if (pool.sweptTime !== null) drawLabel(frame, '✕', { x: frame.x(pool.sweptTime), y, colour: frame.palette.warn });
    frame.targets.push({ left: from, right: frame.width, top: y - 4, bottom: y + 4, describe: () => describePool(pool, timeframe) });
  }
}

function drawSwings(frame: Frame, { swings, timeframe }: StructureSnapshot): void {
  for (const swing of swings) {
    const y = frame.y(swing.price);
    const x = frame.x(swing.originTime);
    if (y === null || x < 0 || x > frame.width) continue;
    const at = y + (swing.kind === 'high' ? -6 : 6);
    frame.context.fillStyle = frame.palette.muted;
    frame.context.beginPath();
    frame.context.arc(x, at, swing.scale === 'swing' ? 2.5 : 1.5, 0, Math.PI * 2);
    frame.context.fill();
    frame.targets.push({ left: x - 4, right: x + 4, top: at - 4, bottom: at + 4, describe: () => describeSwing(swing, timeframe) });
  }
}

function drawRange(frame: Frame, range: DealingRange): void {
  const { palette } = frame;
  drawZone(frame, {
    from: range.originTime,
    until: null,
    top: Math.max(range.oteTop, range.oteBottom),
    bottom: Math.min(range.oteTop, range.oteBottom),
    colour: palette.accent,
    opacity: 0.07,
    dashed: true,
    label: 'OTE',
    describe: () => describeRange(range),
  });
  const from = frame.x(range.originTime);
  for (const [name, price, dash] of [
    ['EQ', range.equilibrium, [6, 4]],
    ['', range.high, []],
    ['', range.low, []],
  ] as const) {
    const y = frame.y(price);
    if (y === null) continue;
    drawLine(frame, { from, to: frame.width, y, colour: palette.muted, dash });
    if (name !== '') drawLabel(frame, name, { x: Math.max(12, from + 12), y: y - 7, colour: palette.muted });
  }
}
