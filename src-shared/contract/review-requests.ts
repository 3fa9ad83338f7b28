// Reviewing sessions and backtests: what the screen may ask. Long work is a job with progress that can be cancelled.
import { z } from 'zod';
import { TIMEFRAMES } from '../domain/candle.ts';

/** `simulated:3`, `live:12`, `imported:session-paper-3-2026-11-21-1a2b3c4d`, or `backtest:2026-11-21T10-00-00`. */
const key = z.string().regex(/^(simulated|paper|demo|live|imported|backtest):[\w.-]{1,60}$/u);
const change = z.union([z.number(), z.boolean(), z.string()]);
const changes = z.record(z.string(), change);

const backtestPlanSchema = z.object({
  /** A folder of candle files, or null for the terminal's own candle archive. */
  folder: z.string().min(1).max(1000).nullable(),
  /** Null for every symbol there is. */
  symbols: z.array(z.string().min(1).max(40)).max(500).nullable(),
  from: z.number().int().nullable(),
  to: z.number().int().nullable(),
  warmUpDays: z.number().int().min(1).max(365),
  deposit: z.number().positive().max(1e9),
  changes,
  /** Cuts of the look-ahead proof; 0 leaves it out. */
  cuts: z.number().int().min(0).max(50),
  sweep: z.array(z.object({ name: z.string(), values: z.array(change).min(1).max(50) })).max(4),
  /** Share of the time at the end that a sweep does not choose on. */
  outOfSample: z.number().min(0).max(0.9),
  walkForward: z.object({ trainDays: z.number().int().min(1).max(3650), testDays: z.number().int().min(1).max(3650) }).nullable(),
});
export type BacktestPlan = z.infer<typeof backtestPlanSchema>;

const jobSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('verify'), key }),
  z.object({ kind: z.literal('what-if'), key, changes }),
  z.object({ kind: z.literal('backtest'), plan: backtestPlanSchema }),
]);
export type ReviewJob = z.infer<typeof jobSchema>;

export const EXPORT_FORMATS = ['csv', 'parquet', 'html', 'json'] as const;
/** Bytes of a session file that travel in one message. */
export const PART_BYTES = 128 * 1024;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const reviewRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sessions') }),
  z.object({ kind: z.literal('session'), key }),
  z.object({ kind: z.literal('timeline'), key }),
  z.object({ kind: z.literal('record'), key, id: z.number().int() }),
  z.object({
    kind: z.literal('candles'),
    key,
    symbol: z.string().min(1).max(40),
    timeframe: z.enum(TIMEFRAMES),
    /** Candles that had opened and closed by this moment. */
    until: z.number().int(),
    limit: z.number().int().min(1).max(2000),
  }),
  /** A note on a session (`trade` null) or on one of its trades; an empty text without tags removes it. */
  z.object({
    kind: z.literal('annotate'),
    key,
    trade: z.string().max(64).nullable(),
    text: z.string().max(10_000),
    tags: z.array(z.string().min(1).max(40)).max(20),
  }),
  z.object({ kind: z.literal('compare'), a: key, b: key }),
  z.object({ kind: z.literal('export'), key, format: z.enum(EXPORT_FORMATS) }),
  /** A session file that another terminal exported, part by part in order; the last part imports it. */
  z.object({
    kind: z.literal('import-part'),
    upload: z.string().regex(/^[a-z0-9-]{8,40}$/u),
    offset: z.number().int().min(0),
    base64: z.base64().max(2 * PART_BYTES),
    isLast: z.boolean(),
  }),
  /** The session as a file that another terminal can import, from `offset` on. */
  z.object({ kind: z.literal('export-part'), key, offset: z.number().int().min(0) }),
  /** Removes an imported session or a kept backtest; own sessions are never removed. */
  z.object({ kind: z.literal('remove'), key }),
  z.object({ kind: z.literal('blind'), key, count: z.number().int().min(1).max(50), seed: z.number().int() }),
  z.object({
    kind: z.literal('grade'),
    key,
    answers: z.array(z.object({ id: z.string(), choice: z.enum(['take', 'skip']), probability: z.number().min(0).max(1) })).max(50),
  }),
  z.object({ kind: z.literal('start-job'), job: jobSchema }),
  z.object({ kind: z.literal('jobs') }),
  z.object({ kind: z.literal('cancel-job'), id: z.number().int() }),
]);
export type ReviewRequest = z.infer<typeof reviewRequestSchema>;
export type ReviewKind = ReviewRequest['kind'];
