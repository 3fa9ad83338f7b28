// The private WebSocket door: listen keys, who listens with which key, and what each of them hears of the account.
import type { WebSocket } from 'ws';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import type { AccountEvent } from '../../src-main/core/venue/types.ts';
import type { ListenKeys } from './listen-keys.ts';
import { answerRequests, type RequestParts, type Subscriptions } from './stream-requests.ts';
import { userFrames, type UserFrame } from './user-frames.ts';

interface UserSocket extends Subscriptions {
  readonly socket: WebSocket;
  readonly listenKeys: Set<string>;
  /** Only these events, or all. */
  readonly events: ReadonlySet<string> | null;
}

export interface UserSocketOptions {
  /** Keys the URL named; more may be subscribed to. */
  readonly listenKeys: readonly string[];
  readonly combined: boolean;
  readonly events: readonly string[];
}

export class UserHub {
  readonly #exchange: Exchange;
  readonly #keys: ListenKeys;
  readonly #requests: RequestParts;
  readonly #sockets = new Set<UserSocket>();

  constructor(parts: { readonly exchange: Exchange; readonly keys: ListenKeys; readonly requests: RequestParts }) {
    this.#exchange = parts.exchange;
    this.#keys = parts.keys;
    this.#requests = parts.requests;
    this.#keys.onExpired((listenKey, wallNow) => this.#sayExpired(listenKey, wallNow));
  }

  /** Any key connects; one that is bogus or expired never hears anything, as at the exchange. */
  add(socket: WebSocket, options: UserSocketOptions): void {
    const listenKeys = new Set(options.listenKeys);
    const entry: UserSocket = {
      socket,
      listenKeys,
      combined: options.combined,
      names: () => [...listenKeys],
      subscribe: (name) => void listenKeys.add(name),
      unsubscribe: (name) => void listenKeys.delete(name),
      events: options.events.length === 0 ? null : new Set(options.events),
    };
    this.#sockets.add(entry);
    socket.on('close', () => void this.#sockets.delete(entry));
    answerRequests(socket, this.#requests, entry);
  }

  sockets(): readonly WebSocket[] {
    return [...this.#sockets].map((entry) => entry.socket);
  }

  /** What happened on the account, to every socket whose key is alive. */
  send(events: readonly AccountEvent[], { now, wallNow }: { readonly now: number; readonly wallNow: number }): void {
    if (this.#sockets.size === 0) return;
    const listening = [...this.#sockets].flatMap((entry) => {
      const key = [...entry.listenKeys].find((name) => this.#keys.isValid(name, wallNow));
      return key === undefined ? [] : [{ entry, key }];
    });
    if (listening.length === 0) return;
    for (const event of events)
      for (const frame of userFrames(this.#exchange, event, Math.floor(now))) {
        const text = JSON.stringify(frame.body);
        for (const { entry, key } of listening) this.#deliver(entry, frame, { key, text });
      }
  }

  #deliver(entry: UserSocket, frame: UserFrame, { key, text }: { readonly key: string; readonly text: string }): void {
    if (entry.events !== null && !entry.events.has(frame.event)) return;
    const wrapped = entry.combined ? `{"stream":${JSON.stringify(key)},"data":${text}}` : text;
    this.#requests.sender.send(entry.socket, wrapped, { stream: 'user', detail: frame.event });
  }

  #sayExpired(listenKey: string, wallNow: number): void {
    const body = { e: 'listenKeyExpired', E: String(wallNow), listenKey };
    const said = { key: listenKey, text: JSON.stringify(body) };
    for (const entry of this.#sockets) if (entry.listenKeys.has(listenKey)) this.#deliver(entry, { event: 'listenKeyExpired', body }, said);
  }

  closeAll(): void {
    for (const entry of this.#sockets) entry.socket.terminate();
  }
}
