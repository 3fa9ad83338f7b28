// Answers what the screen asks before it trades; reads the engine and changes nothing.
import { openPositionSchema, type OpenPositionCommand } from '../../src-shared/contract/commands.ts';
import type { CallHandlers } from '../../src-shared/contract/rpc.ts';
import type { OpenPreview, TradeCalls } from '../../src-shared/contract/trade-calls.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import { parse } from './calls.ts';

export interface TradeCallParts {
  readonly engine: { previewOpen(command: OpenPositionCommand, now: EpochMs): OpenPreview };
  readonly now: () => EpochMs;
}

export function createTradeCalls({ engine, now }: TradeCallParts): Pick<CallHandlers, keyof TradeCalls> {
  return {
    previewOpen: (raw) => Promise.resolve().then(() => engine.previewOpen(parse(openPositionSchema, raw), now())),
  };
}
