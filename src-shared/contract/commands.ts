// What a person can ask the engine to do. Parsed once at the edge; every command is journalled with who and when.
import { z } from 'zod';
import { TIMEFRAMES } from '../domain/candle.ts';
import { STRATEGY_MODES } from '../domain/signal.ts';
import type { Said } from './said.ts';

const symbol = z.string().min(1).max(40);
const positionId = z.string().min(1).max(64);
/** A price in ticks of the instrument. */
const priceTicks = z.number().int().positive();

/** Size and leverage come from the risk manager; without a target the reward-risk ratio of the settings places it. */
export const openPositionSchema = z.object({
  kind: z.literal('open-position'),
  symbol,
  side: z.enum(['long', 'short']),
  stop: priceTicks,
  target: priceTicks.nullable(),
  /** Rests at this price until it fills or is cancelled; absent or null opens at the market. */
  limit: priceTicks.nullable().optional(),
  /** A smaller size than the limits allow, in lots; absent takes what the risk manager gives. */
  mostLots: z.number().int().positive().optional(),
  /** With a limit: the exchange takes it only where it waits, never as a taker. */
  postOnly: z.boolean().optional(),
});
export type OpenPositionCommand = z.infer<typeof openPositionSchema>;

export const commandSchema = z.discriminatedUnion('kind', [
  openPositionSchema,
  /** More of an open position: a share of the lots it has now. The risk manager lowers it to what the limits leave, or refuses. */
  z.object({ kind: z.literal('add-to-position'), positionId, fraction: z.number().positive().max(1) }),
  z.object({ kind: z.literal('close-position'), positionId, fraction: z.number().positive().max(1) }),
  z.object({ kind: z.literal('move-stop'), positionId, price: priceTicks }),
  z.object({ kind: z.literal('move-target'), positionId, price: priceTicks }),
  /** Price of an entry that rests; its quantity is lowered where the risk limits leave less at the new price. */
  z.object({ kind: z.literal('move-entry'), positionId, price: priceTicks }),
  /** Stop and target of an entry that rests, filled in part or not at all; what is absent stays. The risk limits are checked again. */
  z.object({ kind: z.literal('move-plan'), positionId, stop: priceTicks.optional(), target: priceTicks.optional() }),
  z.object({ kind: z.literal('cancel-order'), clientOrderId: z.string().min(1).max(36) }),
  z.object({ kind: z.literal('take-over'), positionId }),
  z.object({ kind: z.literal('hand-back'), positionId }),
  z.object({ kind: z.literal('flatten-symbol'), symbol }),
  z.object({ kind: z.literal('flatten-all') }),
  z.object({ kind: z.literal('pause-automation') }),
  z.object({ kind: z.literal('resume-automation') }),
  z.object({ kind: z.literal('pause-symbol'), symbol }),
  z.object({ kind: z.literal('resume-symbol'), symbol }),
  z.object({ kind: z.literal('set-trading-state'), state: z.enum(['active', 'reducing', 'halted']) }),
  z.object({ kind: z.literal('set-strategy-mode'), mode: z.enum(STRATEGY_MODES) }),
  z.object({ kind: z.literal('update-settings'), changes: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])) }),
]);
export type Command = z.infer<typeof commandSchema>;
export type CommandKind = Command['kind'];

export interface CommandAccepted {
  readonly message: string;
  /** The same apart from its language, where it has a code. */
  readonly said?: Said;
}

/** Refusal in words for the person who asked; `code` is stable. */
export interface CommandRefused {
  readonly code: string;
  readonly uiMessage: string;
  readonly said?: Said;
}

export const chartRequestSchema = z.object({
  symbol,
  timeframe: z.enum(TIMEFRAMES),
  /** Candles wanted, newest first counted from `before` (exclusive open time) or now. */
  limit: z.number().int().min(1).max(5000),
  before: z.number().int().nullable(),
});
export type ChartRequest = z.infer<typeof chartRequestSchema>;

export const journalRequestSchema = z.object({
  /** Only records with an id below this; null for the newest. */
  before: z.number().int().nullable(),
  limit: z.number().int().min(1).max(1000),
  kinds: z.array(z.string()).max(50),
});
export type JournalRequest = z.infer<typeof journalRequestSchema>;

export const virtualRequestSchema = z.object({ state: z.enum(['open', 'closed']), limit: z.number().int().min(1).max(1000) });
export type VirtualRequest = z.infer<typeof virtualRequestSchema>;
