// The account's event stream: listen key life, frames to venue events, and a resync whenever something may have been missed.
import type { Agent } from 'node:http';
import { z } from 'zod';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { Logger, VenueEvent } from '../../core/ports.ts';
import type { Gateway } from './gateway.ts';
import { toAccountUpdate, toAlgoEvent, toOrderEvent } from './mapping.ts';
import { accountEventSchema, algoEventSchema, listenKeySchema, orderEventSchema } from './schemas.ts';
import { StreamSocket } from './stream-socket.ts';

const KEEP_ALIVE_MS = 30 * 60_000;

export interface UserStreamOptions {
  readonly gateway: Gateway;
  readonly socketBase: string;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly instrumentOf: (symbol: string) => Instrument | null;
  readonly onEvent: (event: VenueEvent) => void;
}

export class UserStream {
  readonly #options: UserStreamOptions;
  readonly #socket: StreamSocket;
  #keepAlive: NodeJS.Timeout | null = null;
  #state: 'connected' | 'connecting' | 'down' = 'connecting';

  constructor(options: UserStreamOptions) {
    this.#options = options;
    this.#socket = new StreamSocket({
      name: 'account stream',
      topics: [],
      agent: options.agent,
      logger: options.logger,
      address: async () => {
        const key = await this.#obtainKey();
        return key === null
          ? null
          : `${options.socketBase}/private/ws?listenKey=${key}&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE/ALGO_UPDATE/ACCOUNT_CONFIG_UPDATE/MARGIN_CALL`;
      },
      onMessage: (text) => this.#onFrame(text),
      onOpen: (isFirst) => {
        this.#setState('connected');
        options.onEvent({ kind: 'resync-needed', why: isFirst ? 'the account stream is connected' : 'the account stream was interrupted' });
      },
      onDown: () => this.#setState('down'),
    });
  }

  get state(): 'connected' | 'connecting' | 'down' {
    return this.#state;
  }

  start(): void {
    this.#socket.start();
    this.#keepAlive = setInterval(() => void this.#extendKey(), KEEP_ALIVE_MS);
  }

  stop(): void {
    if (this.#keepAlive !== null) clearInterval(this.#keepAlive);
    this.#socket.stop();
  }

  /** Unsigned, key header only. */
  async #obtainKey(): Promise<string | null> {
    const answer = await this.#options.gateway.call({ name: 'listen key', weight: 1, priority: 'reconcile', isMutation: false }, listenKeySchema, (client) =>
      client.getFuturesUserDataListenKey(),
    );
    return answer.ok ? answer.value.listenKey : null;
  }

  async #extendKey(): Promise<void> {
    const answer = await this.#options.gateway.call(
      { name: 'listen key renewal', weight: 1, priority: 'reconcile', isMutation: false },
      z.unknown(),
      (client) => client.keepAliveFuturesUserDataListenKey(),
    );
    if (!answer.ok && answer.error.venueCode === -1125) this.#socket.restart('the listen key had expired');
  }

  #setState(state: 'connected' | 'connecting' | 'down'): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onEvent({ kind: 'stream', state });
  }

  #onFrame(text: string): void {
    const raw: unknown = JSON.parse(text);
    const kind = z.object({ e: z.string() }).safeParse(raw);
    if (!kind.success) return this.#count('user frame');
    const { onEvent, instrumentOf } = this.#options;
    switch (kind.data.e) {
      case 'ORDER_TRADE_UPDATE': {
        const event = orderEventSchema.safeParse(raw);
        const instrument = event.success ? instrumentOf(event.data.o.s) : null;
        if (!event.success || instrument === null) return this.#count('ORDER_TRADE_UPDATE');
        onEvent({ kind: 'order', ...toOrderEvent(event.data, instrument) });
        return;
      }
      case 'ALGO_UPDATE': {
        const event = algoEventSchema.safeParse(raw);
        const instrument = event.success ? instrumentOf(event.data.o.s) : null;
        if (!event.success || instrument === null) return this.#count('ALGO_UPDATE');
        onEvent({ kind: 'order', report: toAlgoEvent(event.data, instrument), fill: null });
        return;
      }
      case 'ACCOUNT_UPDATE': {
        const event = accountEventSchema.safeParse(raw);
        if (!event.success) return this.#count('ACCOUNT_UPDATE');
        onEvent({ kind: 'account', ...toAccountUpdate(event.data, instrumentOf) });
        return;
      }
      case 'MARGIN_CALL':
        onEvent({ kind: 'margin-call', symbol: 'account' });
        return;
      case 'listenKeyExpired':
        this.#socket.restart('the listen key expired');
        return;
      default:
    }
  }

  #count(what: string): void {
    const { malformed } = this.#options.gateway;
    malformed.set(what, (malformed.get(what) ?? 0) + 1);
    this.#options.logger.log('warn', 'stream', `A ${what} frame of the account was not understood and was dropped; the account is compared with the exchange.`);
    this.#options.onEvent({ kind: 'resync-needed', why: `a ${what} frame was not understood` });
  }
}
