// The one door for REST calls: priority, weight, breaker, clock, timeout and the meaning of failures, around the SDK's client.
import { USDMClient } from 'binance';
import { z } from 'zod';
import type { Agent } from 'node:http';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { CallPriority, Clock, ExchangeError, Logger } from '../../core/ports.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { countsAgainstBreaker, describeFailure, readThrown } from './errors.ts';
import { RateLimiter } from './rate-limiter.ts';
import { timeSchema } from './schemas.ts';

export interface GatewayOptions {
  readonly baseUrl: string;
  readonly apiKey: string | null;
  readonly apiSecret: string | null;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Proxy agent for REST, or null. */
  readonly agent: Agent | null;
  readonly limiter: RateLimiter;
}

export interface CallOptions {
  readonly name: string;
  readonly weight: number;
  readonly priority: CallPriority;
  readonly isMutation: boolean;
}

const CLOCK_SAMPLES = 5;
const RECEIVE_WINDOW_MS = 5000;

/** Sends requests through the SDK and gives parsed answers or an ExchangeError; never throws. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #client: USDMClient;
  readonly breaker: CircuitBreaker;
  readonly malformed = new Map<string, number>();
  #offsetMs = 0;
  #latencyMs: number | null = null;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { settings, agent } = options;
    this.#client = new USDMClient(
      {
        ...(options.apiKey === null ? {} : { api_key: options.apiKey }),
        ...(options.apiSecret === null ? {} : { api_secret: options.apiSecret }),
        baseUrl: options.baseUrl,
        recvWindow: RECEIVE_WINDOW_MS,
        parseExceptions: false,
        filterUndefinedParams: true,
        disableTimeSync: true,
        beautifyResponses: false,
      },
      { timeout: settings().requestTimeoutSeconds * 1000, proxy: false, ...(agent === null ? {} : { httpsAgent: agent, httpAgent: agent }) },
    );
    this.breaker = new CircuitBreaker(
      () => breakerLimits(settings()),
      () => performance.now(),
    );
  }

  get clockOffsetMs(): number {
    return this.#offsetMs;
  }
  get latencyMs(): number | null {
    return this.#latencyMs;
  }
  get canSign(): boolean {
    return this.#options.apiKey !== null && this.#options.apiSecret !== null;
  }

  /** Time for a signature: engine clock plus the measured offset to the exchange. */
  timestamp(): number {
    return Math.round(this.#options.clock.now() + this.#offsetMs);
  }

  /** Runs one SDK call and parses its answer. */
  async call<S extends z.ZodType>(options: CallOptions, schema: S, send: (client: USDMClient) => Promise<unknown>): Promise<Result<z.infer<S>, ExchangeError>> {
    const first = await this.#once(options, schema, send);
    if (first.ok || first.error.code !== 'timestamp') return first;
    const synced = await this.syncClock();
    return synced ? this.#once(options, schema, send) : first;
  }

  /** Measures the offset to the exchange's clock: the median of five round trips. False when it could not be measured. */
  async syncClock(): Promise<boolean> {
    const samples: { readonly offset: number; readonly trip: number }[] = [];
    for (let index = 0; index < CLOCK_SAMPLES; index += 1) {
      const sentAt = performance.now();
      const before = this.#options.clock.now();
      const answer = await this.#once({ name: 'time', weight: 1, priority: 'reconcile', isMutation: false }, timeSchema, (client) =>
        client.getServerTime().then((serverTime) => ({ serverTime })),
      );
      if (!answer.ok) return false;
      const trip = performance.now() - sentAt;
      const middle = before + (this.#options.clock.now() - before) / 2;
      samples.push({ offset: answer.value.serverTime - middle, trip });
    }
    const median = samples.toSorted((a, b) => a.offset - b.offset)[CLOCK_SAMPLES >> 1];
    this.#offsetMs = Math.round(median?.offset ?? 0);
    this.#client.setTimeOffset(this.timestamp() - Date.now());
    return true;
  }

  async #once<S extends z.ZodType>(
    options: CallOptions,
    schema: S,
    send: (client: USDMClient) => Promise<unknown>,
  ): Promise<Result<z.infer<S>, ExchangeError>> {
    const admitted = await this.#admit(options);
    if (admitted !== null) return err(admitted);
    const { limiter } = this.#options;
    await limiter.acquire(options);
    this.#client.setTimeOffset(this.timestamp() - Date.now());
    const sentAt = performance.now();
    try {
      const raw = await send(this.#client);
      this.#latencyMs = Math.round(performance.now() - sentAt);
      this.#readUsage();
      return this.#accept(options, schema, raw);
    } catch (thrown) {
      const failure = readThrown(thrown);
      this.#readUsage();
      const error = describeFailure(failure, options.isMutation);
      if (error.code === 'rate_limited') limiter.block(failure.retryAfterMs ?? 10_000);
      if (error.code === 'banned') limiter.block(failure.retryAfterMs ?? 120_000);
      if (countsAgainstBreaker(error)) this.breaker.fail();
      else if (error.code === 'rejected') this.breaker.succeed();
      this.#options.logger.log(error.code === 'rejected' ? 'debug' : 'warn', 'exchange', `${options.name}: ${error.uiMessage}`, { detail: error.detail });
      return err(error);
    }
  }

  async #admit(options: CallOptions): Promise<ExchangeError | null> {
    for (;;) {
      const admission = this.breaker.admit(options.priority);
      if (admission.kind === 'pass') return null;
      if (admission.kind === 'refuse') {
        return {
          code: 'breaker',
          outcome: 'not_executed',
          venueCode: null,
          detail: `${options.name} held back`,
          uiMessage: `The API breaker is closed after failures in a row; ${options.name} was not sent. It tries again in ${Math.ceil(admission.probeInMs / 1000)} s; closing and protecting still work.`,
        };
      }
      await new Promise((resume) => setTimeout(resume, admission.ms));
    }
  }

  #accept<S extends z.ZodType>(options: CallOptions, schema: S, raw: unknown): Result<z.infer<S>, ExchangeError> {
    const refused = z.object({ code: z.number().negative(), msg: z.string() }).safeParse(raw);
    if (refused.success)
      return err(
        describeFailure({ status: 400, venueCode: refused.data.code, message: refused.data.msg, systemCode: null, retryAfterMs: null }, options.isMutation),
      );
    const parsed = schema.safeParse(raw);
    if (parsed.success) {
      this.breaker.succeed();
      return ok(parsed.data);
    }
    this.malformed.set(options.name, (this.malformed.get(options.name) ?? 0) + 1);
    this.breaker.fail();
    const issue = parsed.error.issues[0];
    this.#options.logger.log('warn', 'exchange', `${options.name}: an answer was not understood and was dropped.`, {
      where: issue?.path.join('.'),
      why: issue?.message,
    });
    return err({
      code: 'malformed',
      outcome: options.isMutation ? 'unknown' : 'not_executed',
      venueCode: null,
      detail: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      uiMessage: `The exchange's answer to ${options.name} was not understood. It is being checked; nothing is sent again.`,
    });
  }

  #readUsage(): void {
    const states: Readonly<Record<string, unknown>> = { ...this.#client.getRateLimitStates() };
    const used = states['x-mbx-used-weight-1m'];
    if (typeof used === 'number' && used > 0) this.#options.limiter.correct(used);
  }
}

function breakerLimits(settings: Settings): import('./circuit-breaker.ts').BreakerLimits {
  return {
    enabled: settings.breakerEnabled,
    warning: settings.breakerWarningFailures,
    throttled: settings.breakerThrottledFailures,
    blocked: settings.breakerBlockedFailures,
    throttleMs: settings.breakerThrottleSeconds * 1000,
    probeMs: settings.breakerProbeSeconds * 1000,
  };
}
