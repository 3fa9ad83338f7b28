// The one door for REST calls: priority, weight, breaker, clock, deadline and the meaning of failures, around the SDK's client.
import { USDMClient } from 'binance';
import { z } from 'zod';
import type { Agent } from 'node:http';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { BreakerGrade } from '../../../src-shared/domain/risk.ts';
import type { CallPriority, Clock, ExchangeError, Logger } from '../../core/ports.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { Secret } from '../runtime/secret.ts';
import type { BanMemory } from './ban-memory.ts';
import { BreakerBoard } from './breaker-board.ts';
import { ClockSync } from './clock-sync.ts';
import { describeFailure, isWorthRepeating, type RawFailure } from './errors.ts';
import { GeoGate } from './geo-gate.ts';
import { heldByLimiter, notUnderstood } from './held-back.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { timeSchema } from './rest-schemas.ts';
import { signingOptions } from './sign.ts';
import { readThrown } from './thrown.ts';
import { UsageReader } from './usage.ts';

export interface GatewayOptions {
  readonly baseUrl: string;
  readonly apiKey: Secret | null;
  readonly apiSecret: Secret | null;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Proxy agent for REST, or null. */
  readonly agent: Agent | null;
  readonly limiter: RateLimiter;
  /** Bans outlive a restart; null where there is nothing to remember (the local venue). */
  readonly bans: BanMemory | null;
  /** Why nothing may be opened now, or null; what protects, closes and asks is not touched by it. */
  readonly holdEntries?: () => ExchangeError | null;
  /** Told of every request the exchange refused with a code. */
  readonly onRefused?: (venueCode: number) => void;
}

export interface CallOptions {
  readonly name: string;
  readonly weight: number;
  readonly priority: CallPriority;
  /** Whose share of the weight budget it may use; its own priority's where it is absent. */
  readonly share?: CallPriority;
  readonly isMutation: boolean;
  /** How many orders the call places; default none. */
  readonly orders?: number;
  /** An entry: whether it is sent again is decided where it came from, which knows whether it is still wanted. */
  readonly isRepeatedByCaller?: boolean;
}

const RECEIVE_WINDOW_MS = 5000;
const DEADLINE_MARGIN_MS = 250;
const REPEAT_MS: readonly number[] = [200, 400, 800, 800, 800];
const PAUSE_MS = 10_000;
const BAN_MS = 120_000;
const ORDER_PAUSE_MS = 10_000;
const QUIET_MS = 60_000;

/** Sends requests through the SDK and gives parsed answers or an ExchangeError; never throws. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #client: USDMClient;
  readonly #breakers: BreakerBoard;
  readonly #geo = new GeoGate(() => performance.now());
  readonly #clockSync: ClockSync;
  readonly #usage: UsageReader;
  /** Answers and frames that were not understood, by kind. */
  readonly malformed = new Map<string, number>();
  #latencyMs: number | null = null;
  #told = { text: '', at: 0 };

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { settings, agent, clock, bans, limiter } = options;
    this.#client = new USDMClient(
      {
        ...(options.apiKey === null ? {} : { api_key: options.apiKey.reveal() }),
        ...(options.apiSecret === null ? {} : { api_secret: options.apiSecret.reveal() }),
        ...signingOptions(options.apiSecret?.reveal() ?? null),
        baseUrl: options.baseUrl,
        recvWindow: RECEIVE_WINDOW_MS,
        parseExceptions: false,
        filterUndefinedParams: true,
        disableTimeSync: true,
        beautifyResponses: false,
      },
      { timeout: settings().requestTimeoutSeconds * 1000, proxy: false, ...(agent === null ? {} : { httpsAgent: agent, httpAgent: agent }) },
    );
    this.#usage = new UsageReader(this.#client, limiter);
    this.#breakers = new BreakerBoard(settings, () => performance.now());
    this.#clockSync = new ClockSync({ now: () => clock.now(), wallNow: () => performance.now(), askServerTime: () => this.#askServerTime() });
    const banLeft = bans?.remainingMs() ?? 0;
    if (banLeft > 0) limiter.block(banLeft, 'banned');
  }

  get clockOffsetMs(): number {
    return this.#clockSync.offsetMs;
  }
  get latencyMs(): number | null {
    return this.#latencyMs;
  }
  get canSign(): boolean {
    return this.#options.apiKey !== null && this.#options.apiSecret !== null;
  }
  /** The location is refused right now; entries and data wait for a gentle probe. */
  get isGeoBlocked(): boolean {
    return this.#geo.isBlocked;
  }
  /** The worse grade of orders and account queries. */
  get grade(): BreakerGrade {
    return this.#breakers.grade;
  }

  /** Time for a signature: engine clock plus the measured offset to the exchange. */
  timestamp(): number {
    return this.#clockSync.timestamp();
  }

  /** Measures the clock offset now. False when the exchange did not answer. */
  syncClock(): Promise<boolean> {
    this.#clockSync.keep();
    return this.#clockSync.sync();
  }

  stop(): void {
    this.#clockSync.stop();
  }

  /** Counts something of the exchange that was not understood, and tells the 1st, 10th, 100th … of its kind. */
  count(kind: string): void {
    const times = (this.malformed.get(kind) ?? 0) + 1;
    this.malformed.set(kind, times);
    if (!Number.isInteger(Math.log10(times))) return;
    const sum = times === 1 ? '' : ` (${times} so far)`;
    this.#options.logger.log('warn', 'exchange', `Something of the exchange was not understood and was left out: ${kind}${sum}.`);
  }

  /**
   * Runs one SDK call and parses its answer. A certainly failed call of the trading side (entries apart) is repeated unchanged, at
   * most five times; a refused timestamp once after measuring the clock. An unknown outcome is never repeated.
   */
  async call<S extends z.ZodType>(options: CallOptions, schema: S, send: (client: USDMClient) => Promise<unknown>): Promise<Result<z.infer<S>, ExchangeError>> {
    const isPatient = options.priority === 'data' || options.priority === 'backfill' || options.isRepeatedByCaller === true;
    let answer = await this.#once(options, schema, send);
    if (!answer.ok && answer.error.code === 'timestamp' && (await this.syncClock())) answer = await this.#once(options, schema, send);
    for (const pauseMs of REPEAT_MS) {
      if (answer.ok || isPatient || !isWorthRepeating(answer.error)) return answer;
      await new Promise((resume) => setTimeout(resume, pauseMs));
      const repeated = await this.#once(options, schema, send);
      if (!repeated.ok && repeated.error.code === 'breaker') return answer;
      answer = repeated;
    }
    return answer;
  }

  async #askServerTime(): Promise<number | null> {
    const answer = await this.#once({ name: 'time', weight: 1, priority: 'reconcile', isMutation: false }, timeSchema, (client) =>
      client.getServerTime().then((serverTime) => ({ serverTime })),
    );
    return answer.ok ? answer.value.serverTime : null;
  }

  async #once<S extends z.ZodType>(
    options: CallOptions,
    schema: S,
    send: (client: USDMClient) => Promise<unknown>,
  ): Promise<Result<z.infer<S>, ExchangeError>> {
    const { limiter } = this.#options;
    const refusedHere = this.#geo.admit(options.priority) ?? (options.priority === 'trade' ? (this.#options.holdEntries?.() ?? null) : null);
    if (refusedHere !== null) return err(refusedHere);
    const held = await this.#breakers.admit(options);
    if (held !== null) return err(held);
    const grant = await limiter.acquire(options);
    if (grant.kind === 'refused') {
      const error = heldByLimiter(options.name, grant, limiter.blockReason);
      this.#breakers.settle(options, error);
      return err(error);
    }
    this.#client.setTimeOffset(this.timestamp() - Date.now());
    const sentAt = performance.now();
    try {
      const raw = await this.#beforeDeadline(send(this.#client));
      this.#latencyMs = Math.round(performance.now() - sentAt);
      this.#usage.read(sentAt);
      return this.#accept(options, schema, raw);
    } catch (thrown) {
      this.#usage.read(sentAt);
      return this.#refused(options, readThrown(thrown));
    }
  }

  /** The SDK's own timeout does not run while a proxy is still connecting; this one always does. */
  async #beforeDeadline(answer: Promise<unknown>): Promise<unknown> {
    const deadlineMs = this.#options.settings().requestTimeoutSeconds * 1000 + DEADLINE_MARGIN_MS;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(Object.assign(new Error('no answer before the deadline'), { code: 'ETIMEDOUT' })), deadlineMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #refused(options: CallOptions, failure: RawFailure): Result<never, ExchangeError> {
    const { limiter, bans } = this.#options;
    const error = describeFailure(failure, options.isMutation);
    if (error.code === 'rate_limited' && error.venueCode === -1015) limiter.blockOrders(failure.retryAfterMs ?? ORDER_PAUSE_MS);
    else if (error.code === 'rate_limited') limiter.block(failure.retryAfterMs ?? PAUSE_MS);
    else if (error.code === 'banned') {
      limiter.block(failure.retryAfterMs ?? BAN_MS, 'banned');
      bans?.remember(failure.retryAfterMs ?? BAN_MS);
    }
    if (error.code === 'geo_blocked' && failure.status !== null && failure.venueCode !== -4402 && failure.venueCode !== -4403) this.#geo.close(error);
    this.#breakers.settle(options, error);
    this.#tell(options.name, error);
    if (error.venueCode !== null) this.#options.onRefused?.(error.venueCode);
    return err(error);
  }

  /** An outage is one message a minute, not one per call. */
  #tell(name: string, error: ExchangeError): void {
    const now = performance.now();
    const isNews = error.uiMessage !== this.#told.text || now - this.#told.at > QUIET_MS;
    const isOurs = error.code === 'rejected';
    if (isNews && !isOurs) this.#told = { text: error.uiMessage, at: now };
    this.#options.logger.log(isOurs || !isNews ? 'debug' : 'warn', 'exchange', `${name}: ${error.uiMessage}`, { detail: error.detail });
  }

  #accept<S extends z.ZodType>(options: CallOptions, schema: S, raw: unknown): Result<z.infer<S>, ExchangeError> {
    this.#geo.open();
    const refused = z.object({ code: z.number().negative(), msg: z.string() }).safeParse(raw);
    if (refused.success)
      return this.#refused(options, { status: 200, venueCode: refused.data.code, message: refused.data.msg, systemCode: null, retryAfterMs: null });
    const parsed = schema.safeParse(raw);
    if (parsed.success) {
      this.#breakers.settle(options, null);
      return ok(parsed.data);
    }
    this.count(options.name);
    const issue = parsed.error.issues[0];
    const where = `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim();
    this.#options.logger.log('debug', 'exchange', `${options.name}: an answer was not understood and was dropped.`, { where });
    const error = notUnderstood(options.name, where, options.isMutation);
    this.#breakers.settle(options, error);
    return err(error);
  }
}
