// One WebSocket to the exchange that keeps itself alive: subscribe, watch for silence, rotate daily, reconnect with growing pauses.
import type { Agent } from 'node:http';
import { WebSocket } from 'ws';
import type { Logger } from '../../core/ports.ts';
import type { StreamView } from '../../../src-shared/contract/system.ts';
import { redact } from '../runtime/redact.ts';
import { listStream, unlistStream, type ReportingStream } from './open-streams.ts';
import { describeDrop, type StreamDrop } from './stream-drop.ts';

const TOPICS_PER_FRAME = 100;

export interface StreamTimes {
  /** Pauses double up to the longest: three connections stay far below the 300 in five minutes that one address may open. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** A connection that lived this long was a good one: the next pause is the first again. */
  readonly steadyMs: number;
  /** Between SUBSCRIBE frames: the exchange disconnects above ten messages a second. */
  readonly frameGapMs: number;
  readonly pingMs: number;
  /** Without any frame for so long the stream is dead although it is open; Infinity where silence is normal. */
  readonly silenceMs: number;
  /** The exchange ends every connection after 24 hours; we are earlier. */
  readonly rotateMs: number;
}

export const STREAM_TIMES: StreamTimes = {
  firstPauseMs: 500,
  longestPauseMs: 10_000,
  steadyMs: 5000,
  frameGapMs: 250,
  pingMs: 5000,
  silenceMs: 20_000,
  rotateMs: 23 * 3_600_000,
};

export interface StreamSocketOptions {
  readonly name: string;
  /** Full address; asked for at every connection because a listen key changes. Null: not available yet. */
  readonly address: () => Promise<string | null>;
  /** Topics sent with SUBSCRIBE at every connection; empty for sockets whose address says it all. */
  readonly topics: readonly string[];
  readonly onMessage: (text: string) => void;
  /** `isFirst` is false after every reconnection: what happened meanwhile is unknown. */
  readonly onOpen: (isFirst: boolean) => void;
  readonly onDown: (drop: StreamDrop) => void;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly times: StreamTimes;
  /** False for one that only tries the way and is gone in a moment. */
  readonly isListed?: boolean;
}

export class StreamSocket implements ReportingStream {
  readonly #options: StreamSocketOptions;
  #socket: WebSocket | null = null;
  #pauseMs: number;
  #isStopped = false;
  #hasOpened = false;
  #openedAt: number | null = null;
  #lastFrameAt = 0;
  #pingedAt = 0;
  /** Last sign of life of any kind, pongs included. */
  #aliveAt = 0;
  /** Why we end the connection ourselves; the close that follows carries no better reason. */
  #ownReason: string | null = null;
  #timers: NodeJS.Timeout[] = [];
  #topics: readonly string[];
  #nextId = 1;
  #reconnections = 0;
  #lastDrop: string | null = null;

  constructor(options: StreamSocketOptions) {
    this.#options = options;
    this.#topics = options.topics;
    this.#pauseMs = options.times.firstPauseMs;
  }

  get isOpen(): boolean {
    return this.#openedAt !== null;
  }

  /** How it stands, for the screen. */
  report(): StreamView {
    const now = performance.now();
    const isOpen = this.#openedAt !== null;
    return {
      name: this.#options.name,
      isOpen,
      topics: this.#topics.length,
      openMs: this.#openedAt === null ? null : Math.round(now - this.#openedAt),
      silentMs: isOpen ? Math.round(now - this.#lastFrameAt) : null,
      reconnections: this.#reconnections,
      lastDrop: this.#lastDrop,
    };
  }

  start(): void {
    if (this.#options.isListed !== false) listStream(this);
    void this.#connect();
  }

  stop(): void {
    unlistStream(this);
    this.#isStopped = true;
    this.#clearTimers();
    this.#openedAt = null;
    this.#socket?.terminate();
  }

  /** Drops the connection; a new one follows. For a stream that is open but silent, or whose key expired. */
  restart(why: string): void {
    if (this.#isStopped || this.#socket === null) return;
    this.#ownReason = why;
    this.#options.logger.log('info', 'stream', `${this.#options.name}: ${why}; reconnecting.`);
    this.#socket.terminate();
  }

  /** Asks at once whether the other side is still there, and reconnects when it stays silent for `withinMs`. */
  probe(withinMs: number): void {
    const asked = this.#socket;
    this.#ping();
    this.#timers.push(
      setTimeout(() => {
        if (this.#socket === asked && this.#isUnanswered) this.restart('no answer to a ping');
      }, withinMs),
    );
  }

  get #isUnanswered(): boolean {
    return this.#pingedAt > this.#aliveAt;
  }

  #ping(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#pingedAt = performance.now();
    this.#socket.ping();
  }

  /** Adds topics, now and at every later connection. */
  subscribe(topics: readonly string[]): void {
    this.#topics = [...this.#topics, ...topics];
    this.#send('SUBSCRIBE', topics);
  }

  unsubscribe(topics: readonly string[]): void {
    this.#topics = this.#topics.filter((topic) => !topics.includes(topic));
    this.#send('UNSUBSCRIBE', topics);
  }

  async #connect(): Promise<void> {
    const { address, agent } = this.#options;
    const url = await address();
    if (this.#isStopped) return;
    if (url === null) return this.#again('no address yet');
    this.#ownReason = null;
    let socket: WebSocket;
    try {
      socket = new WebSocket(url, { ...(agent === null ? {} : { agent }), handshakeTimeout: 10_000, perMessageDeflate: false, skipUTF8Validation: true });
    } catch (failure) {
      return this.#again(redact(failure instanceof Error ? failure.message : String(failure)));
    }
    this.#socket = socket;
    let reason = 'closed by the exchange';
    socket.on('open', () => this.#onOpen(socket));
    socket.on('message', (data, isBinary) => this.#onMessage(String(data), isBinary));
    socket.on('unexpected-response', (_request, response) => {
      this.#ownReason = `refused with ${response.statusCode ?? 0}`;
      response.resume();
      socket.terminate();
    });
    socket.on('error', (failure) => void (reason = redact(failure.message)));
    socket.on('close', (code) => {
      this.#clearTimers();
      this.#again(this.#ownReason ?? (reason === 'closed by the exchange' ? `${reason}, code ${code}` : reason));
    });
  }

  #onOpen(socket: WebSocket): void {
    const { times } = this.#options;
    const isFirst = !this.#hasOpened;
    const openedAt = performance.now();
    if (!isFirst) this.#reconnections += 1;
    this.#hasOpened = true;
    this.#openedAt = openedAt;
    this.#lastFrameAt = openedAt;
    this.#pingedAt = 0;
    this.#aliveAt = openedAt;
    socket.on('pong', () => void (this.#aliveAt = performance.now()));
    this.#every(times.pingMs, () => {
      if (this.#isUnanswered) return this.restart('no answer to a ping');
      this.#ping();
    });
    if (Number.isFinite(times.silenceMs))
      this.#every(times.silenceMs / 4, () => {
        if (performance.now() - this.#lastFrameAt > times.silenceMs) this.restart(`silent for ${Math.round(times.silenceMs / 1000)} s`);
      });
    this.#timers.push(setTimeout(() => this.restart('a day is over'), times.rotateMs));
    this.#send('SUBSCRIBE', this.#topics);
    this.#options.onOpen(isFirst);
  }

  /** Small frames, spread in time: large ones are ignored and fast ones end the connection. */
  #send(method: 'SUBSCRIBE' | 'UNSUBSCRIBE', topics: readonly string[]): void {
    const socket = this.#socket;
    if (socket === null || this.#openedAt === null) return;
    for (let first = 0, frame = 0; first < topics.length; first += TOPICS_PER_FRAME, frame += 1) {
      const text = JSON.stringify({ method, params: topics.slice(first, first + TOPICS_PER_FRAME), id: this.#nextId++ });
      const send = (): void => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      };
      if (frame === 0) send();
      else this.#timers.push(setTimeout(send, frame * this.#options.times.frameGapMs));
    }
  }

  #onMessage(text: string, isBinary: boolean): void {
    this.#lastFrameAt = performance.now();
    this.#aliveAt = this.#lastFrameAt;
    if (!isBinary) this.#options.onMessage(text);
  }

  #every(milliseconds: number, action: () => void): void {
    this.#timers.push(setInterval(action, milliseconds));
  }

  #clearTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  #again(why: string): void {
    const { times, onDown } = this.#options;
    const lived = this.#openedAt === null ? 0 : performance.now() - this.#openedAt;
    this.#openedAt = null;
    if (this.#isStopped) return;
    this.#lastDrop = why;
    onDown(describeDrop(why));
    if (lived >= times.steadyMs) this.#pauseMs = times.firstPauseMs;
    this.#timers.push(setTimeout(() => void this.#connect(), this.#pauseMs));
    this.#pauseMs = Math.min(times.longestPauseMs, this.#pauseMs * 2);
  }
}
