// Best bid and ask of every market from one stream of the public door; losing it makes spreads unknown and nothing else.
import type { Agent } from 'node:http';
import type { z } from 'zod';
import type { Logger } from '../../core/ports.ts';
import { readPublicFrame } from './public-frame.ts';
import type { SocketHost } from './socket-host.ts';
import { bookTickerEventSchema } from './stream-schemas.ts';
import { StreamSocket, type StreamTimes } from './stream-socket.ts';

export type BookTicker = z.infer<typeof bookTickerEventSchema>;

/** All markets in one subscription, each at most every five seconds. Source: All Book Tickers Stream. */
const TOPIC = '!bookTicker';

export interface BookStreamOptions {
  readonly socketHost: SocketHost;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly times: StreamTimes;
  readonly onTicker: (ticker: BookTicker) => void;
  readonly onMalformed: () => void;
}

export class BookStream {
  readonly #options: BookStreamOptions;
  readonly #socket: StreamSocket;
  #isStarted = false;
  #isToldDown = false;

  constructor(options: BookStreamOptions) {
    this.#options = options;
    const { socketHost, agent, logger, times } = options;
    this.#socket = new StreamSocket({
      name: 'book stream',
      topics: [TOPIC],
      agent,
      logger,
      times,
      // Which host serves the streams is decided by the market streams; this one follows at its next connection.
      address: () => Promise.resolve(`${socketHost.current}/public/stream`),
      onMessage: (text) => this.#onMessage(text),
      onOpen: () => (this.#isToldDown = false),
      onDown: ({ why }) => {
        if (!this.#isToldDown) logger.log('info', 'stream', `Best bids and asks do not arrive (${why}); spreads count as unknown until they do.`);
        this.#isToldDown = true;
      },
    });
  }

  /** Connects the first time it is called. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#socket.start();
  }

  stop(): void {
    this.#socket.stop();
  }

  #onMessage(text: string): void {
    const ticker = readBookTicker(text);
    if (ticker === 'malformed') this.#options.onMalformed();
    else if (ticker !== null) this.#options.onTicker(ticker);
  }
}

/** Null for replies and other streams. */
export function readBookTicker(text: string): BookTicker | 'malformed' | null {
  const frame = readPublicFrame(text);
  if (frame === null || frame === 'malformed') return frame;
  if (frame.stream !== TOPIC) return null;
  const event = bookTickerEventSchema.safeParse(frame.data);
  return event.success ? event.data : 'malformed';
}
