// Virtual positions for tests: one long and one short plan around 100, and the lifecycle read back from the records.
import type { Candle } from '../../../src-shared/domain/candle.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { VirtualOutput } from '../../../src-main/core/virtual/virtual-book.ts';
import { sampleSignal } from '../../support/samples.ts';

export const START = epochMs(1_760_000_100_000);

export function longSignal(id = 'a', overrides: Partial<Signal> = {}): Signal {
  return sampleSignal({
    id,
    decidedAt: START,
    plan: { side: 'long', entryKind: 'market', entry: 100, stop: 90, target: 120, rewardRisk: 2, expiresAt: epochMs(START + 96 * 3_600_000) },
    ...overrides,
  });
}

export function shortSignal(id = 'b'): Signal {
  return sampleSignal({
    id,
    side: 'short',
    decidedAt: START,
    plan: { side: 'short', entryKind: 'market', entry: 100, stop: 110, target: 80, rewardRisk: 2, expiresAt: epochMs(START + 96 * 3_600_000) },
  });
}

export function candle(open: number, high: number, low: number, close: number, openTime = START): Candle {
  return { openTime, open, high, low, close, volume: 1, quoteVolume: 1, trades: 1, takerBuyVolume: 1 };
}

export function eventsOf(outputs: readonly VirtualOutput[]): readonly string[] {
  return outputs
    .flatMap((output) => output.records)
    .filter((record) => record.kind === 'virtual-event')
    .map((record) => (record.data as { readonly kind: string }).kind);
}
