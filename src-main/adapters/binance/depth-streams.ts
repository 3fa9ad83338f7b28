// Order books of the few markets somebody looks at: a stream begins with the first question about a market and ends when nobody asks any more.
import type { Agent } from 'node:http';
import type { OrderBookView } from '../../../src-shared/contract/trade-calls.ts';
import type { Logger } from '../../core/ports.ts';
import { readPublicFrame } from './public-frame.ts';
import type { SocketHost } from './socket-host.ts';
import { depthEventSchema } from './stream-schemas.ts';
import { StreamSocket, type StreamTimes } from './stream-socket.ts';

/** Screens ask several times a second; a market nobody asked about for so long is let go. */
const LINGER_MS = 15_000;
/** More markets than this at once are not looked at by people. */
const MARKETS = 4;

export interface DepthStreamsOptions {
  readonly socketHost: SocketHost;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly times: StreamTimes;
  readonly onMalformed: () => void;
  readonly lingerMs?: number;
}

interface Watched {
  askedAt: number;
  book: Omit<OrderBookView, 'ageMs'> | null;
  heardAt: number;
}

export class DepthStreams {
  readonly #options: DepthStreamsOptions;
  readonly #watched = new Map<string, Watched>();
  #socket: StreamSocket | null = null;
  #sweep: NodeJS.Timeout | null = null;

  constructor(options: DepthStreamsOptions) {
    this.#options = options;
  }

  /** The newest twenty levels of each side; null until the first arrive. Asking keeps the stream open. */
  book(symbol: string): OrderBookView | null {
    const watched = this.#watched.get(symbol) ?? this.#open(symbol);
    watched.askedAt = performance.now();
    return watched.book === null ? null : { ...watched.book, ageMs: Math.max(0, performance.now() - watched.heardAt) };
  }

  stop(): void {
    if (this.#sweep !== null) clearInterval(this.#sweep);
    this.#sweep = null;
    this.#socket?.stop();
    this.#socket = null;
    this.#watched.clear();
  }

  #open(symbol: string): Watched {
    const [longest] = [...this.#watched].toSorted(([, a], [, b]) => a.askedAt - b.askedAt);
    if (this.#watched.size >= MARKETS && longest !== undefined) this.#close(longest[0]);
    const watched: Watched = { askedAt: 0, book: null, heardAt: 0 };
    this.#watched.set(symbol, watched);
    if (this.#socket === null) this.#connect();
    else this.#socket.subscribe([topicOf(symbol)]);
    return watched;
  }

  #close(symbol: string): void {
    this.#watched.delete(symbol);
    if (this.#watched.size === 0) this.stop();
    else this.#socket?.unsubscribe([topicOf(symbol)]);
  }

  #connect(): void {
    const { socketHost, agent, logger, times, lingerMs = LINGER_MS } = this.#options;
    this.#socket = new StreamSocket({
      name: 'depth stream',
      topics: [...this.#watched.keys()].map(topicOf),
      agent,
      logger,
      // A book in which nothing changes is silent; pings tell whether the connection lives.
      times: { ...times, silenceMs: Infinity },
      address: () => Promise.resolve(`${socketHost.current}/public/stream`),
      onMessage: (text) => this.#onMessage(text),
      onOpen: () => undefined,
      // The age of the book says it on the screen.
      onDown: () => undefined,
    });
    this.#socket.start();
    this.#sweep = setInterval(() => {
      for (const [symbol, { askedAt }] of this.#watched) if (performance.now() - askedAt > lingerMs) this.#close(symbol);
    }, lingerMs / 3);
  }

  #onMessage(text: string): void {
    const book = readDepth(text);
    if (book === 'malformed') this.#options.onMalformed();
    const watched = book === null || book === 'malformed' ? undefined : this.#watched.get(book.symbol);
    if (watched === undefined || book === null || book === 'malformed' || book.time < (watched.book?.time ?? 0)) return;
    watched.book = book;
    watched.heardAt = performance.now();
  }
}

/** Twenty levels of each side, at most twice a second. Source: Partial Book Depth Streams. */
function topicOf(symbol: string): string {
  return `${symbol.toLowerCase()}@depth20@500ms`;
}

/** Null for replies and other streams. */
function readDepth(text: string): Omit<OrderBookView, 'ageMs'> | 'malformed' | null {
  const frame = readPublicFrame(text);
  if (frame === null || frame === 'malformed') return frame;
  if (!frame.stream.includes('@depth')) return null;
  const event = depthEventSchema.safeParse(frame.data);
  if (!event.success) return 'malformed';
  const { s, E, b, a } = event.data;
  return { symbol: s, time: E, bids: b, asks: a };
}
