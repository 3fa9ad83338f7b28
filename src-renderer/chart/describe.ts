// What an object on the chart is, why it is there, since when it was known and how it scores; in words.
import type { DealingRange, FairValueGap, LiquidityPool, OrderBlock, StructureBreak, Swing } from '../../src-shared/domain/structure.ts';
import type { Timeframe } from '../../src-shared/domain/candle.ts';
import { translate, wordOf } from '../i18n/translate.ts';
import { formatAge, formatMoment } from '../ui/format.ts';
import type { Hit } from './canvas.ts';

interface Known {
  readonly originTime: number;
  readonly confirmedTime: number;
}

const known = ({ originTime, confirmedTime }: Known): string =>
  translate('why.known', { formed: formatMoment(originTime), known: formatMoment(confirmedTime) });

export function describeBlock(block: OrderBlock, timeframe: Timeframe, asOf: number): Hit {
  const direction = wordOf('direction', block.direction);
  const lines = [
    translate(block.direction === 'bullish' ? 'why.blockBullish' : 'why.blockBearish', { atr: block.displacementAtr, volume: block.volumeRatio }),
    translate('why.blockScore', { strength: Math.round(block.strength * 100), tests: block.tests, age: formatAge(asOf - block.originTime) }),
  ];
  if (block.adjoinsGap) lines.push(translate('why.blockGap'));
  if (block.state === 'weak') lines.push(translate('why.blockWeak'));
  if (block.state === 'breaker') lines.push(translate('why.blockBreaker'));
  lines.push(known(block));
  return { title: translate(block.state === 'breaker' ? 'why.breaker' : 'why.block', { direction, timeframe }), lines };
}

export function describeGap(gap: FairValueGap, timeframe: Timeframe): Hit {
  const lines = [translate(gap.direction === 'bullish' ? 'why.gapBullish' : 'why.gapBearish'), translate('why.gapFilled', { filled: gap.filledFraction })];
  if (gap.halfFilledTime !== null) lines.push(translate('why.gapHalf', { time: formatMoment(gap.halfFilledTime) }));
  return { title: translate('why.gap', { direction: wordOf('direction', gap.direction), timeframe }), lines: [...lines, known(gap)] };
}

export function describeBreak(entry: StructureBreak, timeframe: Timeframe): Hit {
  const words = { direction: wordOf('direction', entry.direction), scale: wordOf('scale', entry.scale), timeframe };
  return {
    title: translate(entry.kind === 'bos' ? 'why.bos' : 'why.choch', words),
    lines: [
      translate(entry.kind === 'bos' ? 'why.bosBecause' : 'why.chochBecause', { time: formatMoment(entry.originTime) }),
      translate('why.displacement', { atr: entry.displacementAtr }),
      translate('why.knownSince', { time: formatMoment(entry.confirmedTime) }),
    ],
  };
}

export function describePool(pool: LiquidityPool, timeframe: Timeframe): Hit {
  const lines = [translate(pool.side === 'buy' ? 'why.poolBuy' : 'why.poolSell', { touches: pool.touches })];
  if (pool.sweptTime !== null) lines.push(translate('why.poolSwept', { time: formatMoment(pool.sweptTime) }));
  lines.push(known(pool));
  return { title: translate(pool.side === 'buy' ? 'why.buySide' : 'why.sellSide', { timeframe }), lines };
}

export function describeSwing(swing: Swing, timeframe: Timeframe): Hit {
  const lines = [known(swing)];
  if (swing.brokenTime !== null) lines.push(translate('why.swingBroken', { time: formatMoment(swing.brokenTime) }));
  return { title: translate(swing.kind === 'high' ? 'why.swingHigh' : 'why.swingLow', { scale: wordOf('scale', swing.scale), timeframe }), lines };
}

export function describeRange(range: DealingRange): Hit {
  return { title: translate('why.ote'), lines: [translate(range.direction === 'bullish' ? 'why.oteBullish' : 'why.oteBearish'), known(range)] };
}
