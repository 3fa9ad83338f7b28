// What the screen may ask before it trades: what the risk manager would make of a position opened by hand, and the order book of one market.
import { z } from 'zod';
import type { OpenPositionCommand } from './commands.ts';
import type { RiskDenial, SizingFactors } from '../domain/risk.ts';

/** How much of one exposure limit is used, percent of equity in the direction of the position. */
export interface ExposureUse {
  readonly limit: 'gross_exposure' | 'net_exposure' | 'cluster_exposure';
  readonly before: number;
  readonly after: number;
  readonly maximum: number;
}

/** The answer of the risk manager now; prices move, so the one to the command itself may differ. */
export interface OpenApproved {
  readonly kind: 'approved';
  readonly lots: number;
  readonly leverage: number;
  /** Where the entry is expected, floating; and stop and target on the tick, in ticks. */
  readonly price: number;
  readonly stop: number;
  readonly target: number;
  /** `bounded`: immediate or cancelled at the slippage bound. */
  readonly order: 'market' | 'bounded' | 'limit' | 'post_only';
  readonly notionalUsdt: number;
  readonly marginUsdt: number;
  /** Commissions in and out as a taker, USDT. */
  readonly feesUsdt: number;
  readonly factors: SizingFactors;
  /** Least the exchange and our own minimum accept. */
  readonly minimumLots: number;
  readonly exposure: readonly ExposureUse[];
}
export type OpenPreview = OpenApproved | RiskDenial;

/** A level of the book: price and quantity, floating. */
export type BookLevel = readonly [price: number, quantity: number];

/** The top of an order book; best level first on both sides. */
export interface OrderBookView {
  readonly symbol: string;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  /** Exchange time of the frame, and wall milliseconds since it arrived. */
  readonly time: number;
  readonly ageMs: number;
}

export const orderBookRequestSchema = z.object({ symbol: z.string().min(1).max(40) });

export interface TradeCalls {
  /** Nothing is sent, written or remembered. */
  readonly previewOpen: { readonly parameters: OpenPositionCommand; readonly result: OpenPreview };
  /** Asking keeps the book's stream open; null until its first levels arrive, and for a market that is not watched. */
  readonly orderBook: { readonly parameters: z.infer<typeof orderBookRequestSchema>; readonly result: OrderBookView | null };
}
