// Answers the screen's calls: parses parameters once, asks the engine or the stores, and never lets a raw error out.
import { chartRequestSchema, commandSchema, journalRequestSchema, virtualRequestSchema, type ChartRequest } from '../../src-shared/contract/commands.ts';
import { learningCommandSchema } from '../../src-shared/contract/models.ts';
import type { ExchangeCalls } from '../../src-shared/contract/exchange-calls.ts';
import type { HostCalls } from '../../src-shared/contract/host-calls.ts';
import type { TradeCalls } from '../../src-shared/contract/trade-calls.ts';
import { CallError, type CallHandlers, type ChartData } from '../../src-shared/contract/rpc.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import type { CandleColumns } from '../../src-shared/domain/candle.ts';
import { TIMEFRAMES, type Candle } from '../../src-shared/domain/candle.ts';
import type { VirtualPosition } from '../../src-shared/domain/position.ts';
import type { StructureSnapshot } from '../../src-shared/domain/structure.ts';
import { err } from '../../src-shared/kernel/result.ts';
import { epochMs, type EpochMs } from '../../src-shared/kernel/units.ts';
import { z } from 'zod';
import type { Journal, MarketFeed } from '../core/ports.ts';
import type { Learning } from './learning.ts';
import { answerKnownAt, predictLiquidity, type AnalysisReader } from './analysis-calls.ts';
import type { ReviewService } from './review/service.ts';
import type { EngineRunner } from './runner.ts';

/** What calls read from the engine without changing it. */
export interface EngineReader extends AnalysisReader {
  candles(symbol: string, timeframe: ChartRequest['timeframe'], limit: number): CandleColumns | null;
  structure(symbol: string, timeframe: ChartRequest['timeframe']): StructureSnapshot | null;
  virtualPositions(state: 'open' | 'closed', limit: number): readonly VirtualPosition[];
}

export interface CallParts {
  readonly runner: EngineRunner;
  readonly reader: EngineReader;
  readonly journal: Journal;
  readonly feed: MarketFeed;
  readonly learning: Pick<Learning, 'models' | 'command'>;
  readonly snapshot: () => Snapshot;
  /** Replaces what this screen watches. */
  readonly watch: (charts: readonly Pick<ChartRequest, 'symbol' | 'timeframe'>[]) => void;
  /** Questions about the exchange, the same for every screen. */
  readonly exchangeCalls: Pick<CallHandlers, keyof ExchangeCalls>;
  /** What the host answers itself, the same for every screen. */
  readonly hostCalls: Pick<CallHandlers, keyof HostCalls>;
  /** What a person asks before trading, the same for every screen. */
  readonly tradeCalls: Pick<CallHandlers, keyof TradeCalls>;
  readonly review: Pick<ReviewService, 'ask'>;
  /** Who is asking, for the journal, e.g. `screen 2`. */
  readonly who: string;
}

const watchSchema = z.array(z.object({ symbol: z.string().min(1).max(40), timeframe: z.enum(TIMEFRAMES) })).max(16);

/** Rejects with `rpc.parameters` and the place that is wrong. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CallError('rpc.parameters', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`);
}

export function createCallHandlers(parts: CallParts): CallHandlers {
  return {
    ...parts.exchangeCalls,
    ...parts.hostCalls,
    ...parts.tradeCalls,
    review: (raw) => parts.review.ask(raw),
    snapshot: () => Promise.resolve(parts.snapshot()),
    command: async (raw) => {
      const parsed = commandSchema.safeParse(raw);
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        return err({
          code: 'command.malformed',
          uiMessage: `The command was not understood (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}). Nothing was done.`,
        });
      }
      return parts.runner.command(parts.who, parsed.data);
    },
    structureKnownAt: answerKnownAt({ reader: parts.reader, feed: parts.feed, settings: () => parts.snapshot().settings }),
    chart: (raw) => loadChart(parts, parse(chartRequestSchema, raw)),
    watch: (raw) => {
      parts.watch(parse(watchSchema, raw));
      return Promise.resolve(null);
    },
    virtual: (raw) => {
      const request = parse(virtualRequestSchema, raw);
      return Promise.resolve(parts.reader.virtualPositions(request.state, request.limit));
    },
    journal: (raw) => {
      const request = parse(journalRequestSchema, raw);
      const rows = parts.journal.page(request);
      return Promise.resolve(rows.map((row) => ({ id: row.id, time: row.time, kind: row.kind, summary: row.summary, data: row.data })));
    },
    models: () => Promise.resolve(parts.learning.models()),
    learning: (raw) => parts.learning.command(parts.who, parse(learningCommandSchema, raw)),
  };
}

async function loadChart(parts: CallParts, request: ChartRequest): Promise<ChartData> {
  const structure = parts.reader.structure(request.symbol, request.timeframe);
  if (request.before === null) {
    const candles = parts.reader.candles(request.symbol, request.timeframe, request.limit);
    if (candles !== null) return { candles, structure, hasMore: true, predictedLiquidity: predictLiquidity(parts.reader, request.symbol) };
  }
  const before: EpochMs | null = request.before === null ? null : epochMs(request.before);
  const older = await parts.feed.history({ symbol: request.symbol, timeframe: request.timeframe, limit: request.limit, before });
  if (!older.ok) throw new CallError('chart.unavailable', older.error.uiMessage);
  return { candles: toColumns(older.value), structure, hasMore: older.value.length >= request.limit };
}

function toColumns(candles: readonly Candle[]): CandleColumns {
  return {
    openTime: candles.map((candle) => candle.openTime),
    open: candles.map((candle) => candle.open),
    high: candles.map((candle) => candle.high),
    low: candles.map((candle) => candle.low),
    close: candles.map((candle) => candle.close),
    volume: candles.map((candle) => candle.volume),
  };
}
