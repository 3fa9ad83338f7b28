// The public WebSocket doors: which socket listens to what, and the frames each one gets.
import type { WebSocket } from 'ws';
import { continuousKlineFrame, klineFrame } from './market-frames.ts';
import type { Market } from './market.ts';
import { answerRequests, type RequestParts, type Subscriptions } from './stream-requests.ts';
import { cadenceOf, type Cadence, type StreamContent } from './stream-content.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { flowsThrough, parseTopic, type Door, type Topic } from './topics.ts';

const MAXIMUM_STREAMS = 1024;

interface MarketSocket extends Subscriptions {
  readonly socket: WebSocket;
  readonly door: Door;
  readonly topics: Map<string, Topic>;
}

export interface MarketSocketOptions {
  readonly door: Door;
  readonly combined: boolean;
  /** Streams the URL named. */
  readonly streams: readonly string[];
}

export class StreamHub {
  readonly #market: Market;
  readonly #content: StreamContent;
  readonly #requests: RequestParts;
  readonly #sockets = new Set<MarketSocket>();
  readonly #seen: Readonly<Record<Cadence, Map<SymbolMarket, number>>> = { fast: new Map(), medium: new Map(), slow: new Map() };
  readonly #rounds: Record<Cadence, number> = { fast: 0, medium: 0, slow: 0 };

  constructor(parts: { readonly market: Market; readonly content: StreamContent; readonly requests: RequestParts }) {
    this.#market = parts.market;
    this.#content = parts.content;
    this.#requests = parts.requests;
  }

  add(socket: WebSocket, options: MarketSocketOptions): void {
    const topics = new Map(options.streams.slice(0, MAXIMUM_STREAMS).map((name) => [name, parseTopic(name)]));
    const entry: MarketSocket = {
      socket,
      door: options.door,
      topics,
      combined: options.combined,
      names: () => [...topics.keys()],
      subscribe: (name) => {
        if (topics.size < MAXIMUM_STREAMS) topics.set(name, parseTopic(name));
      },
      unsubscribe: (name) => void topics.delete(name),
    };
    this.#sockets.add(entry);
    socket.on('close', () => void this.#sockets.delete(entry));
    answerRequests(socket, this.#requests, entry);
  }

  sockets(): readonly WebSocket[] {
    return [...this.#sockets].map((entry) => entry.socket);
  }

  #send(entry: MarketSocket, name: string, data: string): void {
    this.#requests.sender.send(entry.socket, entry.combined ? `{"stream":${JSON.stringify(name)},"data":${data}}` : data, { stream: 'market', detail: name });
  }

  /** Candles that ended since `from`, each exactly once and in order. */
  sendClosed(span: { readonly from: number; readonly to: number }): void {
    const texts = new Map<string, readonly string[]>();
    for (const entry of this.#sockets) {
      if (entry.door !== 'market') continue;
      for (const [name, topic] of entry.topics) {
        if (topic.kind !== 'kline' && topic.kind !== 'continuous-kline') continue;
        let due = texts.get(name);
        if (due === undefined) {
          due = this.#closedTexts(topic, span);
          texts.set(name, due);
        }
        for (const text of due) this.#send(entry, name, text);
      }
    }
  }

  #closedTexts(topic: Extract<Topic, { interval: string }>, span: { readonly from: number; readonly to: number }): readonly string[] {
    const symbolMarket = this.#market.symbols.get(topic.symbol);
    if (symbolMarket === undefined) return [];
    return this.#content.closedCandles(symbolMarket, topic.interval, span).map((candle) => {
      const input = { interval: topic.interval, candle, closed: true, now: span.to };
      return JSON.stringify(topic.kind === 'kline' ? klineFrame(symbolMarket, input) : continuousKlineFrame(symbolMarket, input));
    });
  }

  /** One look of a cadence: every socket gets what is due of its topics; equal frames are written once. */
  look(cadence: Cadence, now: number): void {
    const round = (this.#rounds[cadence] += 1);
    const seen = this.#seen[cadence];
    const changed = new Set<SymbolMarket>();
    for (const symbolMarket of this.#market.symbols.values()) {
      if (seen.get(symbolMarket) === symbolMarket.version) continue;
      seen.set(symbolMarket, symbolMarket.version);
      changed.add(symbolMarket);
    }
    const texts = new Map<string, readonly string[]>();
    for (const entry of this.#sockets) {
      for (const [name, topic] of entry.topics) {
        if (cadenceOf(topic) !== cadence || !flowsThrough(topic, entry.door)) continue;
        let due = texts.get(name);
        if (due === undefined) {
          due = this.#content.framesOf(topic, { changed, now, round }).map((frame) => JSON.stringify(frame));
          texts.set(name, due);
        }
        for (const text of due) this.#send(entry, name, text);
      }
    }
    if (cadence === 'slow') this.#content.endSlowRound();
    if (cadence === 'fast') this.#content.endFastRound();
  }

  closeAll(): void {
    for (const entry of this.#sockets) entry.socket.terminate();
  }
}
