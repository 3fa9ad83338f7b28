// The market's sockets: topics spread over connections of at most 150, each with its own watchdog, changed without a reconnection.
import type { Agent } from 'node:http';
import type { Logger } from '../../core/ports.ts';
import type { SocketHost } from './socket-host.ts';
import type { StreamDrop } from './stream-drop.ts';
import { StreamSocket, type StreamTimes } from './stream-socket.ts';

const TOPICS_PER_SOCKET = 150;

export interface MarketStreamsOptions {
  readonly socketHost: SocketHost;
  readonly agent: Agent | null;
  readonly logger: Logger;
  readonly times: StreamTimes;
  readonly onMessage: (text: string) => void;
  /** A connection is back: these topics may have missed frames. */
  readonly onReopened: (topics: readonly string[]) => void;
  readonly onDown: (drop: StreamDrop) => void;
}

interface Shard {
  readonly socket: StreamSocket;
  readonly topics: Set<string>;
  drop: StreamDrop | null;
}

export class MarketStreams {
  readonly #options: MarketStreamsOptions;
  #shards: Shard[] = [];

  constructor(options: MarketStreamsOptions) {
    this.#options = options;
  }

  /** Subscribes to exactly these topics; connections that already carry one keep it. */
  set(topics: readonly string[]): void {
    const wanted = new Set(topics);
    const carried = new Set<string>();
    for (const shard of this.#shards) {
      const gone = [...shard.topics].filter((topic) => !wanted.has(topic));
      for (const topic of gone) shard.topics.delete(topic);
      if (gone.length > 0) shard.socket.unsubscribe(gone);
      for (const topic of shard.topics) carried.add(topic);
    }
    for (const empty of this.#shards.filter(({ topics: left }) => left.size === 0)) empty.socket.stop();
    this.#shards = this.#shards.filter(({ topics: left }) => left.size > 0);
    this.#add(topics.filter((topic) => !carried.has(topic)));
  }

  get connections(): number {
    return this.#shards.length;
  }

  /** Why the first connection that is not open is down; null when all are open. */
  get drop(): StreamDrop | null {
    return this.#shards.find(({ socket, drop }) => !socket.isOpen && drop !== null)?.drop ?? null;
  }

  get isOpen(): boolean {
    return this.#shards.length > 0 && this.#shards.every(({ socket }) => socket.isOpen);
  }

  /** Reconnects the connections most of whose candle topics are among these: they are subscribed and bring nothing. */
  restartCarriers(silent: readonly string[], why: string): void {
    for (const { socket, topics } of this.#shards) {
      const affected = silent.filter((topic) => topics.has(topic)).length;
      const candles = [...topics].filter((topic) => topic.includes('@kline_')).length;
      if (affected > 0 && affected * 2 > candles) socket.restart(why);
    }
  }

  stop(): void {
    for (const { socket } of this.#shards) socket.stop();
    this.#shards = [];
  }

  #add(topics: readonly string[]): void {
    let rest = [...topics];
    for (const shard of this.#shards) {
      const taken = rest.slice(0, TOPICS_PER_SOCKET - shard.topics.size);
      if (taken.length === 0) continue;
      rest = rest.slice(taken.length);
      for (const topic of taken) shard.topics.add(topic);
      shard.socket.subscribe(taken);
    }
    for (let first = 0; first < rest.length; first += TOPICS_PER_SOCKET) this.#open(rest.slice(first, first + TOPICS_PER_SOCKET));
  }

  #open(topics: readonly string[]): void {
    const { socketHost, agent, logger, times, onMessage } = this.#options;
    const carried = new Set(topics);
    const name = `market stream ${this.#shards.length + 1}`;
    const socket = new StreamSocket({
      name,
      topics,
      agent,
      logger,
      times,
      address: () => Promise.resolve(`${socketHost.current}/market/stream`),
      onMessage: (text) => {
        socketHost.worked();
        onMessage(text);
      },
      onOpen: (isFirst) => {
        shard.drop = null;
        if (!isFirst) this.#options.onReopened([...carried]);
      },
      onDown: (drop) => {
        shard.drop = drop;
        const other = socketHost.failed();
        if (other !== null) logger.log('warn', 'stream', `The stream host brings nothing; trying ${other}.`);
        this.#options.onDown(drop);
      },
    });
    const shard: Shard = { socket, topics: carried, drop: null };
    this.#shards.push(shard);
    socket.start();
  }
}

/** The topic that carries a symbol's five-minute candles. */
export function topicOf(symbol: string): string {
  return `${symbol.toLowerCase()}@kline_5m`;
}

/** The symbols whose candles are among these topics. */
export function symbolsOf(topics: readonly string[], universe: readonly string[]): readonly string[] {
  const carried = new Set(topics);
  return universe.filter((symbol) => carried.has(topicOf(symbol)));
}
