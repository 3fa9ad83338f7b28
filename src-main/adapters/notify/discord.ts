// Notifications to a Discord channel: chosen by topic, batched, slowed down to Discord's pace, retried; never blocks and never throws.
import type { Agent } from 'node:http';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { assertNever } from '../../../src-shared/kernel/result.ts';
import type { Logger, Notification, Notifier } from '../../core/ports.ts';
import type { DiscordDoor } from './discord-door.ts';
import { buildMessage, type TimedNotification } from './embeds.ts';
import { postJson, type PostAnswer } from './post-json.ts';

export interface DiscordOptions {
  readonly door: DiscordDoor;
  /** Read at each notification, so that the setting acts at once. */
  readonly topics: () => Settings['notifyDiscord'];
  /** Shown under each embed, e.g. `LIVE`. */
  readonly footer: string;
  readonly logger: Logger;
  /** Proxy agent, or null for a direct connection. */
  readonly agent: Agent | null;
  readonly pace?: DiscordPace;
}

export interface DiscordPace {
  /** What comes within this time after the first goes into one message. */
  readonly gatherMs: number;
  /** Least time between two messages; Discord allows 30 a minute and channel. */
  readonly spacingMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  readonly timeoutMs: number;
}

export const DISCORD_PACE: DiscordPace = { gatherMs: 1000, spacingMs: 2000, firstRetryMs: 2000, longestRetryMs: 300_000, timeoutMs: 10_000 };

const LONGEST_QUEUE = 200;
export interface DiscordNotifier extends Notifier {
  /** Sends what is queued (within `withinMs`), then stops. */
  stop(withinMs: number): Promise<void>;
}

export function createDiscordNotifier(options: DiscordOptions): DiscordNotifier {
  return new Discord(options);
}

class Discord implements DiscordNotifier {
  readonly #options: DiscordOptions;
  readonly #pace: DiscordPace;
  #queue: TimedNotification[] = [];
  #dropped = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #notBefore = 0;
  #state: 'open' | 'stopping' | 'refused' | 'stopped' = 'open';

  constructor(options: DiscordOptions) {
    this.#options = options;
    this.#pace = options.pace ?? DISCORD_PACE;
  }

  notify(notification: Notification): void {
    if (this.#state !== 'open' || !isWanted(notification.topic, this.#options.topics())) return;
    this.#queue.push({ ...notification, time: Date.now() });
    if (this.#queue.length > LONGEST_QUEUE) this.#dropOne();
    this.#arm(this.#pace.gatherMs);
  }

  async stop(withinMs: number): Promise<void> {
    if (this.#state === 'open') this.#state = 'stopping';
    const deadline = performance.now() + withinMs;
    this.#disarm();
    while (this.#queue.length > 0 && this.#state === 'stopping' && this.#failures === 0) {
      if (this.#sending === null && this.#notBefore >= deadline) break;
      if (this.#sending === null) await pause(this.#notBefore - performance.now());
      await Promise.race([this.#send(), pause(deadline - performance.now())]);
      if (performance.now() >= deadline) break;
    }
    this.#disarm();
    if (this.#queue.length > 0) this.#options.logger.log('warn', 'discord', `${this.#queue.length} notifications were not sent before the stop.`);
    this.#queue = [];
    this.#state = 'stopped';
  }

  /** What matters least goes first: the oldest that is no alarm, else the oldest. */
  #dropOne(): void {
    const index = this.#queue.findIndex((entry) => entry.topic !== 'alarm');
    this.#queue.splice(Math.max(0, index), 1);
    this.#dropped += 1;
  }

  #arm(delayMs: number): void {
    if (this.#timer !== null || this.#sending !== null) return;
    const wait = Math.max(delayMs, this.#notBefore - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#send();
    }, wait);
    this.#timer.unref();
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = null;
      if (this.#queue.length > 0 && this.#state === 'open') this.#arm(0);
    });
    return this.#sending;
  }

  async #sendBatch(): Promise<void> {
    const { door, footer, agent } = this.#options;
    const note = this.#dropped > 0 ? `${footer} · ${this.#dropped} older ones were dropped` : footer;
    const batch = [...this.#queue];
    const { message, taken } = buildMessage(batch, note);
    if (taken === 0) return;
    const answer = await postJson({ url: door.url(), headers: door.headers(), body: JSON.stringify(message), timeoutMs: this.#pace.timeoutMs, agent });
    this.#notBefore = performance.now() + this.#pace.spacingMs;
    const sent = new Set(batch.slice(0, taken));
    this.#settle(answer, () => {
      this.#queue = this.#queue.filter((entry) => !sent.has(entry));
      this.#dropped = 0;
    });
  }

  #settle(answer: PostAnswer, remove: () => void): void {
    switch (answer.kind) {
      case 'accepted':
        remove();
        if (this.#failures > 0) this.#options.logger.log('info', 'discord', 'Discord is reachable again.');
        this.#failures = 0;
        this.#notBefore = Math.max(this.#notBefore, performance.now() + (answer.pauseMs ?? 0));
        return;
      case 'slow_down':
        this.#notBefore = performance.now() + Math.max(this.#pace.spacingMs, answer.pauseMs);
        return;
      case 'refused':
        // 401, 403, 404: the webhook or token is gone or wrong; asking again would only get us banned. 400: this message will never be taken.
        if (answer.status === 400) {
          remove();
          this.#options.logger.log('warn', 'discord', `Discord did not take a message: ${answer.detail}`);
          return;
        }
        this.#state = 'refused';
        this.#queue = [];
        this.#options.logger.log(
          'error',
          'discord',
          `Discord refused the ${this.#options.door.name === 'DISCORD_TOKEN' ? 'bot' : 'webhook'} (${answer.status}); notifications to it are off until the next start. Check ${this.#options.door.name}.`,
        );
        return;
      case 'failed':
        this.#failures += 1;
        this.#notBefore = performance.now() + Math.min(this.#pace.longestRetryMs, this.#pace.firstRetryMs * 2 ** Math.min(20, this.#failures - 1));
        if (this.#failures === 1)
          this.#options.logger.log('warn', 'discord', `Discord cannot be reached (${answer.detail}); notifications wait and are sent later.`);
        return;
      default:
        assertNever(answer);
    }
  }
}

function isWanted(topic: Notification['topic'], topics: Settings['notifyDiscord']): boolean {
  switch (topics) {
    case 'off':
      return false;
    case 'alarms':
      return topic === 'alarm';
    case 'trades':
      return topic !== 'info';
    case 'all':
      return true;
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, Math.max(0, milliseconds)));
}
