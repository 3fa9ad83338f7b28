// One WebSocket to the exchange that keeps itself alive: subscribe, watch for silence, reconnect with growing pauses.
import type { Agent } from 'node:http';
import { WebSocket } from 'ws';
import type { Logger } from '../../core/ports.ts';
import { redact } from '../runtime/redact.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const TOPICS_PER_FRAME = 100;
const FRAME_PAUSE_MS = 250;
const ROTATE_MS = 23 * 3_600_000;
const PING_MS = 15_000;

export interface StreamSocketOptions {
  /** Full address; asked for at every connection because a listen key changes. */
  readonly address: () => Promise<string | null>;
  /** Topics sent with SUBSCRIBE; empty for sockets whose address says it all. */
  readonly topics: readonly string[];
  readonly onMessage: (text: string) => void;
  /** `isFirst` is false after every reconnection: what happened meanwhile is unknown. */
  readonly onOpen: (isFirst: boolean) => void;
  readonly onDown: (why: string) => void;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly name: string;
}

export class StreamSocket {
  readonly #options: StreamSocketOptions;
  #socket: WebSocket | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #isStopped = false;
  #hasOpened = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: StreamSocketOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  /** Drops the connection; a new one follows. For a stream that is open but silent. */
  restart(why: string): void {
    this.#options.logger.log('warn', 'stream', `${this.#options.name}: ${why}; reconnecting.`);
    this.#socket?.terminate();
  }

  async #connect(): Promise<void> {
    const { address, agent, name, logger } = this.#options;
    const url = await address();
    if (this.#isStopped) return;
    if (url === null) return this.#again('no address yet');
    const socket = new WebSocket(url, { ...(agent === null ? {} : { agent }), handshakeTimeout: 10_000, perMessageDeflate: false, skipUTF8Validation: true });
    this.#socket = socket;
    let isAlive = true;
    const openedAt = performance.now();
    const pulse = setInterval(() => {
      if (!isAlive) return this.restart('no pong');
      if (performance.now() - openedAt > ROTATE_MS) return this.restart('a day is over');
      isAlive = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, PING_MS);
    socket.on('pong', () => void (isAlive = true));
    socket.on('open', () => {
      this.#pauseMs = FIRST_PAUSE_MS;
      const isFirst = !this.#hasOpened;
      this.#hasOpened = true;
      this.#subscribe(socket);
      this.#options.onOpen(isFirst);
    });
    socket.on('message', (data, isBinary) => {
      isAlive = true;
      if (isBinary) return;
      try {
        this.#options.onMessage(String(data));
      } catch (failure) {
        logger.log('error', 'stream', `${name}: a frame could not be handled (${failure instanceof Error ? failure.message : String(failure)}).`);
      }
    });
    let reason = 'closed';
    socket.on('unexpected-response', (_request, response) => {
      reason = `refused with ${response.statusCode ?? 0}`;
      socket.terminate();
    });
    socket.on('error', (failure) => void (reason = redact(failure.message)));
    socket.on('close', () => {
      clearInterval(pulse);
      this.#again(reason);
    });
  }

  #subscribe(socket: WebSocket): void {
    const { topics } = this.#options;
    for (let first = 0; first < topics.length; first += TOPICS_PER_FRAME) {
      const frame = JSON.stringify({ method: 'SUBSCRIBE', params: topics.slice(first, first + TOPICS_PER_FRAME), id: first + 1 });
      setTimeout(
        () => {
          if (socket.readyState === WebSocket.OPEN) socket.send(frame);
        },
        (first / TOPICS_PER_FRAME) * FRAME_PAUSE_MS,
      );
    }
  }

  #again(why: string): void {
    if (this.#isStopped) return;
    this.#options.onDown(why);
    this.#retry = setTimeout(() => void this.#connect(), this.#pauseMs);
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }
}
