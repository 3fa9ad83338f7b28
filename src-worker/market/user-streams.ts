// The private WebSocket door: listen keys, who listens with which key, and what each of them hears of the account.
import type { WebSocket } from 'ws';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import type { AccountEvent } from '../../src-main/core/venue/types.ts';
import type { ListenKeys } from './listen-keys.ts';
import type { FrameSender } from './socket-faults.ts';
import { userFrames, type UserFrame } from './user-frames.ts';

interface UserSocket {
  readonly socket: WebSocket;
  readonly listenKey: string;
  /** Wrapped in `{stream, data}`. */
  readonly combined: boolean;
  /** Only these events, or all. */
  readonly events: ReadonlySet<string> | null;
}

export interface UserSocketOptions {
  readonly listenKey: string;
  readonly combined: boolean;
  readonly events: readonly string[];
}

export class UserHub {
  readonly #exchange: Exchange;
  readonly #keys: ListenKeys;
  readonly #sender: FrameSender;
  readonly #sockets = new Set<UserSocket>();

  constructor(parts: { readonly exchange: Exchange; readonly keys: ListenKeys; readonly sender: FrameSender }) {
    this.#exchange = parts.exchange;
    this.#keys = parts.keys;
    this.#sender = parts.sender;
    this.#keys.onExpired((listenKey, wallNow) => this.#sayExpired(listenKey, wallNow));
  }

  /** Any key connects; one that is bogus or expired never hears anything, as at the exchange. */
  add(socket: WebSocket, options: UserSocketOptions): void {
    const entry: UserSocket = {
      socket,
      listenKey: options.listenKey,
      combined: options.combined,
      events: options.events.length === 0 ? null : new Set(options.events),
    };
    this.#sockets.add(entry);
    socket.on('close', () => void this.#sockets.delete(entry));
  }

  sockets(): readonly WebSocket[] {
    return [...this.#sockets].map((entry) => entry.socket);
  }

  /** What happened on the account, to every socket whose key is alive. */
  send(events: readonly AccountEvent[], { now, wallNow }: { readonly now: number; readonly wallNow: number }): void {
    if (this.#sockets.size === 0) return;
    const listening = [...this.#sockets].filter((entry) => this.#keys.isValid(entry.listenKey, wallNow));
    if (listening.length === 0) return;
    for (const event of events)
      for (const frame of userFrames(this.#exchange, event, Math.floor(now))) {
        const text = JSON.stringify(frame.body);
        for (const entry of listening) this.#deliver(entry, frame, text);
      }
  }

  #deliver(entry: UserSocket, frame: UserFrame, text: string): void {
    if (entry.events !== null && !entry.events.has(frame.event)) return;
    const wrapped = entry.combined ? `{"stream":${JSON.stringify(entry.listenKey)},"data":${text}}` : text;
    this.#sender.send(entry.socket, wrapped, { stream: 'user', detail: frame.event });
  }

  #sayExpired(listenKey: string, wallNow: number): void {
    const body = { e: 'listenKeyExpired', E: String(wallNow), listenKey };
    for (const entry of this.#sockets) if (entry.listenKey === listenKey) this.#deliver(entry, { event: 'listenKeyExpired', body }, JSON.stringify(body));
  }

  closeAll(): void {
    for (const entry of this.#sockets) entry.socket.terminate();
  }
}
