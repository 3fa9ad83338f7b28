// Candle events go straight to the charts that show them, past React.
import type { EngineEventBody } from '../../src-shared/contract/events.ts';

export type CandleEvent = Extract<EngineEventBody, { kind: 'candle' }>;

const listeners = new Set<(event: CandleEvent) => void>();

export function onCandle(handler: (event: CandleEvent) => void): () => void {
  listeners.add(handler);
  return () => void listeners.delete(handler);
}

export function dispatchCandle(event: CandleEvent): void {
  for (const listener of listeners) listener(event);
}
