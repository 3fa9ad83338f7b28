// The account's event stream: listen key life, frames to venue events, and a resync whenever something may have been missed.
import type { Agent } from 'node:http';
import { z } from 'zod';
import type { Logger, VenueEvent } from '../../core/ports.ts';
import { AckWatch } from './ack-watch.ts';
import { FUNDING_DELAYS_MS, FundingReader } from './funding-reader.ts';
import type { CallOptions, Gateway } from './gateway.ts';
import { listenKeySchema } from './rest-schemas.ts';
import type { SocketHost } from './socket-host.ts';
import { STREAM_TIMES, StreamSocket, type StreamTimes } from './stream-socket.ts';
import { readUserFrame, type UserFrameContext } from './user-frames.ts';

const EVENTS = 'ORDER_TRADE_UPDATE/ACCOUNT_UPDATE/ALGO_UPDATE/ACCOUNT_CONFIG_UPDATE/MARGIN_CALL';
const KEY_GONE = -1125;
/** So many acknowledged orders without an event: the address form is the suspect. */
const SILENT_ORDERS = 2;

export interface UserStreamTimes extends StreamTimes {
  /** Keys live 60 minutes; half of that leaves time for tries. */
  readonly keepAliveMs: number;
  readonly keepAliveRetryMs: number;
  readonly acknowledgedMs: number;
  /** Waits before each reading of the funding history. */
  readonly fundingMs: readonly number[];
}

export const USER_STREAM_TIMES: UserStreamTimes = {
  ...STREAM_TIMES,
  silenceMs: Infinity,
  keepAliveMs: 30 * 60_000,
  keepAliveRetryMs: 60_000,
  acknowledgedMs: 2000,
  fundingMs: FUNDING_DELAYS_MS,
};

export interface UserStreamOptions extends UserFrameContext {
  readonly gateway: Gateway;
  readonly socketHost: SocketHost;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly onEvent: (event: VenueEvent) => void;
  readonly times: UserStreamTimes;
}

export class UserStream {
  readonly #options: UserStreamOptions;
  readonly #socket: StreamSocket;
  readonly #acknowledgements: AckWatch;
  readonly #funding: FundingReader;
  #keepAlive: NodeJS.Timeout | null = null;
  #isStopped = false;
  /** Documents and clients disagree whether `events` is needed; silence after acknowledged orders switches the form. */
  #namesEvents = true;
  #state: 'connected' | 'connecting' | 'down' = 'connecting';

  constructor(options: UserStreamOptions) {
    this.#options = options;
    this.#acknowledgements = new AckWatch((id, inARow) => this.#onSilence(id, inARow), options.times.acknowledgedMs);
    const { gateway, logger, onEvent, times } = options;
    this.#funding = new FundingReader({ gateway, logger, emit: onEvent, delaysMs: times.fundingMs });
    this.#socket = new StreamSocket({
      name: 'account stream',
      topics: [],
      agent: options.agent,
      logger: options.logger,
      times: options.times,
      address: () => this.#address(),
      onMessage: (text) => this.#onFrame(text),
      onOpen: (isFirst) => {
        this.#setState('connected');
        if (!isFirst) this.#funding.reconnected();
        options.onEvent({ kind: 'resync-needed', why: isFirst ? 'the account stream is connected' : 'the account stream was interrupted' });
      },
      onDown: ({ advice }) => {
        if (this.#state !== 'down')
          options.logger.log('warn', 'stream', `The account stream is down; reconnecting. ${advice} The account is read by request meanwhile.`);
        this.#setState('down');
      },
    });
  }

  get state(): 'connected' | 'connecting' | 'down' {
    return this.#state;
  }

  start(): void {
    this.#socket.start();
    this.#scheduleKeepAlive(this.#options.times.keepAliveMs);
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#keepAlive !== null) clearTimeout(this.#keepAlive);
    this.#acknowledgements.stop();
    this.#funding.stop();
    this.#socket.stop();
  }

  /** The exchange acknowledged this order: an event must follow, or the account is read. */
  acknowledged(clientOrderId: string): void {
    if (this.#state === 'connected' && !this.#isStopped) this.#acknowledgements.acknowledged(clientOrderId);
  }

  async #address(): Promise<string | null> {
    const { gateway, socketHost } = this.#options;
    const answer = await gateway.call(callOf('listen key'), listenKeySchema, (client) => client.getFuturesUserDataListenKey());
    if (!answer.ok) return null;
    return `${socketHost.current}/private/ws?listenKey=${answer.value.listenKey}${this.#namesEvents ? `&events=${EVENTS}` : ''}`;
  }

  #scheduleKeepAlive(delayMs: number): void {
    this.#keepAlive = setTimeout(() => void this.#extendKey(), delayMs);
  }

  async #extendKey(): Promise<void> {
    const outcome = await this.#checkKey();
    if (!this.#isStopped) this.#scheduleKeepAlive(outcome === 'failed' ? this.#options.times.keepAliveRetryMs : this.#options.times.keepAliveMs);
  }

  /** Unsigned, key header only. A key that is gone is replaced at once; another failure is tried again within its hour. */
  async #checkKey(): Promise<'kept' | 'replaced' | 'failed'> {
    const answer = await this.#options.gateway.call(callOf('listen key renewal'), z.unknown(), (client) => client.keepAliveFuturesUserDataListenKey());
    if (answer.ok || this.#isStopped) return 'kept';
    if (answer.error.venueCode !== KEY_GONE) return 'failed';
    this.#socket.restart('the listen key had expired');
    return 'replaced';
  }

  #setState(state: 'connected' | 'connecting' | 'down'): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onEvent({ kind: 'stream', state });
  }

  #onSilence(clientOrderId: string, inARow: number): void {
    this.#options.onEvent({ kind: 'resync-needed', why: `order ${clientOrderId} was accepted but the account stream said nothing about it` });
    if (inARow % SILENT_ORDERS !== 0) {
      // The connection may be half open, or the notice of an expired key got lost like any other.
      this.#socket.probe(this.#options.times.acknowledgedMs);
      return void this.#checkKey();
    }
    this.#namesEvents = !this.#namesEvents;
    this.#socket.restart('accepted orders bring no events');
  }

  #onFrame(text: string): void {
    const { onEvent, gateway } = this.#options;
    const frame = readUserFrame(text, this.#options);
    switch (frame.kind) {
      case 'events':
        for (const event of frame.events) {
          if (event.kind === 'order') this.#acknowledgements.seen(event.report.clientOrderId);
          onEvent(event.kind === 'account' ? this.#funding.take(event) : event);
        }
        return;
      case 'expired':
        this.#socket.restart('the listen key expired');
        return;
      case 'malformed':
        gateway.count(frame.what);
        onEvent({ kind: 'resync-needed', why: `an event of the account (${frame.what}) was not understood` });
        return;
      case 'ignored':
    }
  }
}

function callOf(name: string): CallOptions {
  return { name, weight: 1, priority: 'reconcile', isMutation: false };
}
