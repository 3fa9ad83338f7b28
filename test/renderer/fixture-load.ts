// A heavy load for the screen's benchmark: 300 zones on any chart and 1,000 virtual positions. Test only.
import type { ChartRequest } from '../../src-shared/contract/commands.ts';
import type { ChartData } from '../../src-shared/contract/rpc.ts';
import { timeframeMs } from '../../src-shared/domain/candle.ts';
import type { VirtualPosition } from '../../src-shared/domain/position.ts';
import type { OrderBlock } from '../../src-shared/domain/structure.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { FIXTURE_NOW, fixtureChart, fixturePrice, fixtureSymbols } from './fixture-market.ts';

export const HEAVY_ZONES = 300;
export const HEAVY_VIRTUAL = 1000;

/** The fixture chart with order blocks spread over all of its candles until there are 300. */
export function heavyChart(request: ChartRequest): ChartData {
  const data = fixtureChart(request);
  if (data.structure === null) return data;
  const { openTime, high, low } = data.candles;
  const step = timeframeMs(request.timeframe);
  const orderBlocks = Array.from({ length: HEAVY_ZONES }, (_, index): OrderBlock => {
    const at = Math.floor((index / HEAVY_ZONES) * (openTime.length - 2));
    const bottom = low[at] ?? 1;
    return {
      id: `heavy-${index}`,
      originTime: epochMs(openTime[at] ?? 0),
      confirmedTime: epochMs((openTime[at] ?? 0) + step),
      direction: index % 2 === 0 ? 'bullish' : 'bearish',
      top: high[at] ?? bottom * 1.001,
      bottom,
      volumeRatio: 2,
      displacementAtr: 1.5,
      adjoinsGap: false,
      strength: (index % 10) / 10,
      tests: index % 3,
      state: 'active',
      endedTime: null,
      endReason: null,
    };
  });
  return { ...data, structure: { ...data.structure, orderBlocks } };
}

export function heavyVirtual(state: 'open' | 'closed'): readonly VirtualPosition[] {
  const symbols = fixtureSymbols();
  return Array.from({ length: HEAVY_VIRTUAL }, (_, index): VirtualPosition => {
    const symbol = symbols[index % symbols.length] ?? 'BTCUSDT';
    const entry = fixturePrice(symbol, FIXTURE_NOW - index * 60_000);
    const pnlR = Math.sin(index) * 2;
    return {
      id: `virtual-${index}`,
      symbol,
      side: index % 2 === 0 ? 'long' : 'short',
      openedAt: epochMs(FIXTURE_NOW - index * 60_000),
      plan: {
        side: index % 2 === 0 ? 'long' : 'short',
        entryKind: 'market',
        entry,
        stop: entry * 0.99,
        target: entry * 1.02,
        rewardRisk: 2,
        expiresAt: epochMs(FIXTURE_NOW),
      },
      confidence: 0.4 + (index % 50) / 100,
      quality: 0.5,
      verdict: index % 5 === 0 ? 'traded' : 'trigger.none',
      last: entry,
      pnlR,
      maxPnlR: Math.max(0, pnlR),
      minPnlR: Math.min(0, pnlR),
      closedAt: state === 'closed' ? epochMs(FIXTURE_NOW) : null,
      closeReason: state === 'closed' ? 'stop' : null,
    };
  });
}
