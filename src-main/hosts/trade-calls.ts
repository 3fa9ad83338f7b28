// Answers what the screen asks before it trades; reads the engine and changes nothing.
import { openPositionSchema, type OpenPositionCommand } from '../../src-shared/contract/commands.ts';
import type { CallHandlers } from '../../src-shared/contract/rpc.ts';
import { orderBookRequestSchema, type OpenPreview, type OrderBookView, type TradeCalls } from '../../src-shared/contract/trade-calls.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import { parse } from './calls.ts';

export interface TradeCallParts {
  readonly engine: { previewOpen(command: OpenPositionCommand, now: EpochMs): OpenPreview };
  readonly orderBook: (symbol: string) => OrderBookView | null;
  /** Whether the market is one of those shown; nothing is asked about any other. */
  readonly isShown: (symbol: string) => boolean;
  readonly now: () => EpochMs;
}

export function createTradeCalls({ engine, orderBook, isShown, now }: TradeCallParts): Pick<CallHandlers, keyof TradeCalls> {
  return {
    previewOpen: (raw) => Promise.resolve().then(() => engine.previewOpen(parse(openPositionSchema, raw), now())),
    orderBook: (raw) =>
      Promise.resolve().then(() => {
        const { symbol } = parse(orderBookRequestSchema, raw);
        return isShown(symbol) ? orderBook(symbol) : null;
      }),
  };
}
