// A gateway against the tiny exchange, with a log that can be read.
import { defaultSettings, type Settings } from '../../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../../src-shared/kernel/units.ts';
import type { LogLevel } from '../../../../src-shared/contract/view.ts';
import type { Clock, Logger } from '../../../../src-main/core/ports.ts';
import { Secret } from '../../../../src-main/adapters/runtime/secret.ts';
import { Gateway, type GatewayOptions } from '../../../../src-main/adapters/binance/gateway.ts';
import { RateLimiter } from '../../../../src-main/adapters/binance/rate-limiter.ts';

export interface LogEntry {
  readonly level: LogLevel;
  readonly source: string;
  readonly message: string;
  readonly context: unknown;
}

export class MemoryLogger implements Logger {
  readonly entries: LogEntry[] = [];

  log(level: LogLevel, source: string, message: string, context?: Readonly<Record<string, unknown>>): void {
    this.entries.push({ level, source, message, context });
  }

  /** Everything logged as one text, to search for what must not be there. */
  get text(): string {
    return JSON.stringify(this.entries);
  }
}

/** The wall clock, shifted. */
export function shiftedClock(shiftMs = 0): Clock {
  return { speed: 1, now: () => epochMs(Date.now() + shiftMs) };
}

export interface GatewayBench {
  readonly gateway: Gateway;
  readonly limiter: RateLimiter;
  readonly logger: MemoryLogger;
}

export function gatewayBench(url: string, options: Partial<GatewayOptions> = {}, changes: Partial<Settings> = {}): GatewayBench {
  const logger = new MemoryLogger();
  const limiter = new RateLimiter(1920);
  const settings: Settings = { ...defaultSettings(), requestTimeoutSeconds: 10, ...changes };
  const gateway = new Gateway({
    baseUrl: url,
    apiKey: new Secret('test-key'),
    apiSecret: new Secret('test-secret'),
    settings: () => settings,
    clock: shiftedClock(),
    logger,
    agent: null,
    limiter,
    bans: null,
    ...options,
  });
  return { gateway, limiter: options.limiter ?? limiter, logger };
}

/** Polls until `probe` is true; fails with `what` after half a minute. */
export async function eventually(what: string, probe: () => boolean, timeoutMs = 30_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!probe()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}
