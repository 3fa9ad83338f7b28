// The one message port between screen and engine, and typed calls over it. Transports: in-memory pair, WebSocket, Electron IPC.
import { z } from 'zod';
import type { CandleColumns } from '../domain/candle.ts';
import type { VirtualPosition } from '../domain/position.ts';
import type { StructureSnapshot } from '../domain/structure.ts';
import type { Result } from '../kernel/result.ts';
import type { AnalysisCalls, PredictedLiquidity } from './analysis.ts';
import type { ChartRequest, Command, CommandAccepted, CommandRefused, JournalRequest, VirtualRequest } from './commands.ts';
import type { EngineEvent } from './events.ts';
import type { ExchangeCalls } from './exchange-calls.ts';
import type { HostCalls } from './host-calls.ts';
import type { LearningCommand, ModelsView } from './models.ts';
import type { ReviewCalls } from './review.ts';
import type { TradeCalls } from './trade-calls.ts';
import type { Snapshot } from './view.ts';

/** A bidirectional, ordered message port. Messages are JSON-safe values. */
export interface Link {
  send(message: unknown): void;
  /** Returns the unsubscribe function. */
  onMessage(handler: (message: unknown) => void): () => void;
  onClose(handler: () => void): () => void;
  close(): void;
}

export interface ChartData {
  readonly candles: CandleColumns;
  /** Null while the symbol is not warmed up. */
  readonly structure: StructureSnapshot | null;
  readonly hasMore: boolean;
  /** Null or absent while it cannot be told. */
  readonly predictedLiquidity?: PredictedLiquidity | null;
}

export interface JournalRow {
  readonly id: number;
  readonly time: number;
  readonly kind: string;
  readonly summary: string;
  readonly data: unknown;
}

/** Every call the screen can make: parameters and result. */
export interface Calls extends AnalysisCalls, ExchangeCalls, HostCalls, ReviewCalls, TradeCalls {
  readonly snapshot: { readonly parameters: null; readonly result: Snapshot };
  readonly command: { readonly parameters: Command; readonly result: Result<CommandAccepted, CommandRefused> };
  readonly chart: { readonly parameters: ChartRequest; readonly result: ChartData };
  /** Chart the screen shows: its forming candle is pushed as `candle` events. An empty list watches nothing. */
  readonly watch: { readonly parameters: readonly Pick<ChartRequest, 'symbol' | 'timeframe'>[]; readonly result: null };
  readonly virtual: { readonly parameters: VirtualRequest; readonly result: readonly VirtualPosition[] };
  readonly journal: { readonly parameters: JournalRequest; readonly result: readonly JournalRow[] };
  readonly models: { readonly parameters: null; readonly result: ModelsView };
  /** Trains, promotes and rolls back. Not an engine command: the engine only sees the answers of the models that serve. */
  readonly learning: { readonly parameters: LearningCommand; readonly result: Result<CommandAccepted, CommandRefused> };
}
export type CallName = keyof Calls;
export type CallHandlers = { readonly [N in CallName]: (parameters: Calls[N]['parameters']) => Promise<Calls[N]['result']> };

export class CallError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'CallError';
    this.code = code;
  }
}

const incoming = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id: z.number().int(), name: z.string(), parameters: z.unknown() }),
  z.object({ kind: z.literal('answer'), id: z.number().int(), ok: z.boolean(), value: z.unknown() }),
  z.object({ kind: z.literal('push'), events: z.array(z.unknown()) }),
]);

export interface RpcServer {
  /** Pushes events in one message. */
  push(events: readonly EngineEvent[]): void;
  dispose(): void;
}

export interface RpcServerOptions {
  readonly link: Link;
  readonly handlers: CallHandlers;
  /** Malformed messages and handler failures, for the log; nothing is thrown at the transport. */
  readonly onProblem: (problem: { readonly code: string; readonly detail: string }) => void;
}

/** Serves calls over a link. Parameters are validated by the handlers, names and envelopes here. */
export function serveRpc(options: RpcServerOptions): RpcServer {
  const { link, handlers, onProblem } = options;
  const answer = (id: number, isOk: boolean, value: unknown): void => link.send({ kind: 'answer', id, ok: isOk, value });
  const dispose = link.onMessage((raw) => {
    const parsed = incoming.safeParse(raw);
    if (!parsed.success || parsed.data.kind !== 'call') {
      onProblem({ code: 'rpc.malformed', detail: parsed.success ? `unexpected ${parsed.data.kind}` : parsed.error.message });
      return;
    }
    const { id, name, parameters } = parsed.data;
    if (!Object.hasOwn(handlers, name)) {
      answer(id, false, { code: 'rpc.unknown_call', message: `there is no call named ${name.slice(0, 40)}` });
      return;
    }
    const handler = handlers[name as CallName] as (value: unknown) => Promise<unknown>;
    Promise.resolve()
      .then(() => handler(parameters))
      .then(
        (value) => answer(id, true, value),
        (failure: unknown) => {
          const code = failure instanceof CallError ? failure.code : 'rpc.failed';
          const detail = failure instanceof Error ? failure.message : String(failure);
          onProblem({ code, detail: `${name}: ${detail}` });
          answer(id, false, { code, message: failure instanceof CallError ? detail : 'The engine could not answer; see the log.' });
        },
      );
  });
  return { push: (events) => link.send({ kind: 'push', events }), dispose };
}

export interface RpcClient {
  /** Rejects with {@link CallError} on refusal, on a closed link (`rpc.closed`) or after the timeout (`rpc.timeout`). */
  call<N extends CallName>(name: N, parameters: Calls[N]['parameters']): Promise<Calls[N]['result']>;
  onEvents(handler: (events: readonly EngineEvent[]) => void): () => void;
  dispose(): void;
}

/** Timers differ per environment, so the client is given them. */
export interface Timers {
  set(callback: () => void, delayMs: number): unknown;
  clear(handle: unknown): void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(failure: CallError): void;
  readonly timer: unknown;
}

const failureSchema = z.object({ code: z.string(), message: z.string() });

/** The screen's end of a link. A call without an answer within `timeoutMs` rejects; so do all that wait when the link closes. */
export function connectRpc(link: Link, timers: Timers, timeoutMs = 10_000): RpcClient {
  const pending = new Map<number, Pending>();
  const listeners = new Set<(events: readonly EngineEvent[]) => void>();
  let nextId = 1;
  let closed = false;
  const settle = (id: number): Pending | undefined => {
    const entry = pending.get(id);
    if (entry === undefined) return undefined;
    pending.delete(id);
    timers.clear(entry.timer);
    return entry;
  };
  const stopMessages = link.onMessage((raw) => {
    const parsed = incoming.safeParse(raw);
    if (!parsed.success) return;
    if (parsed.data.kind === 'push') {
      for (const listener of listeners) listener(parsed.data.events as readonly EngineEvent[]);
    } else if (parsed.data.kind === 'answer') {
      const entry = settle(parsed.data.id);
      if (entry === undefined) return;
      if (parsed.data.ok) entry.resolve(parsed.data.value);
      else {
        const failure = failureSchema.safeParse(parsed.data.value);
        entry.reject(failure.success ? new CallError(failure.data.code, failure.data.message) : new CallError('rpc.failed', 'The engine could not answer.'));
      }
    }
  });
  const stopClose = link.onClose(() => failAll());
  function failAll(): void {
    closed = true;
    for (const id of [...pending.keys()]) settle(id)?.reject(new CallError('rpc.closed', 'The connection to the engine was lost.'));
  }
  return {
    call: (name, parameters) =>
      new Promise((resolve, reject) => {
        if (closed) {
          reject(new CallError('rpc.closed', 'The connection to the engine was lost.'));
          return;
        }
        const id = nextId++;
        const timer = timers.set(() => settle(id)?.reject(new CallError('rpc.timeout', 'The engine did not answer in time.')), timeoutMs);
        pending.set(id, { resolve: resolve as (value: unknown) => void, reject, timer });
        link.send({ kind: 'call', id, name, parameters });
      }),
    onEvents: (handler) => {
      listeners.add(handler);
      return () => void listeners.delete(handler);
    },
    dispose: () => {
      stopMessages();
      stopClose();
      failAll();
      listeners.clear();
    },
  };
}

/** Two ends of an in-memory link; delivery is asynchronous through `schedule`, like every real transport. */
export function createLinkPair(schedule: (task: () => void) => void): readonly [Link, Link] {
  const sides = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const;
  const closers = [new Set<() => void>(), new Set<() => void>()] as const;
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    for (const side of closers) for (const handler of side) handler();
  };
  const end = (own: 0 | 1, other: 0 | 1): Link => ({
    send: (message) => {
      if (!open) return;
      const copy: unknown = JSON.parse(JSON.stringify(message ?? null));
      schedule(() => {
        if (open) for (const handler of [...sides[other]]) handler(copy);
      });
    },
    onMessage: (handler) => {
      sides[own].add(handler);
      return () => void sides[own].delete(handler);
    },
    onClose: (handler) => {
      closers[own].add(handler);
      return () => void closers[own].delete(handler);
    },
    close,
  });
  return [end(0, 1), end(1, 0)];
}
