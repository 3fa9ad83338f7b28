// The public WebSocket doors: which socket listens to what, requests to change it, and the frames each one gets.
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Chaos } from './chaos.ts';
import { continuousKlineFrame, klineFrame } from './market-frames.ts';
import type { ClosedCandle, Market } from './market.ts';
import type { Refusals } from './refusals.ts';
import type { FrameSender } from './socket-faults.ts';
import { cadenceOf, type Cadence, type StreamContent } from './stream-content.ts';
import type { SymbolMarket } from './symbol-market.ts';
import { flowsThrough, parseTopic, type Door, type Topic } from './topics.ts';

const requestSchema = z.object({
  method: z.enum(['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY']),
  params: z.array(z.union([z.string(), z.boolean()])).optional(),
  id: z.union([z.number(), z.string()]).nullish(),
});

const MAXIMUM_STREAMS = 1024;
const MESSAGES_PER_SECOND = 10;

interface MarketSocket {
  readonly socket: WebSocket;
  readonly door: Door;
  /** Combined sockets get `{stream, data}`; raw ones the data alone. */
  combined: boolean;
  readonly topics: Map<string, Topic>;
  windowStart: number;
  messages: number;
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
  readonly #sender: FrameSender;
  readonly #chaos: Chaos;
  readonly #refusals: Refusals;
  readonly #wallNow: () => number;
  readonly #sockets = new Set<MarketSocket>();
  readonly #seen: Readonly<Record<Cadence, Map<SymbolMarket, number>>> = { fast: new Map(), medium: new Map(), slow: new Map() };
  readonly #rounds: Record<Cadence, number> = { fast: 0, medium: 0, slow: 0 };

  constructor(parts: {
    readonly market: Market;
    readonly content: StreamContent;
    readonly sender: FrameSender;
    readonly chaos: Chaos;
    readonly refusals: Refusals;
    readonly wallNow: () => number;
  }) {
    this.#market = parts.market;
    this.#content = parts.content;
    this.#sender = parts.sender;
    this.#chaos = parts.chaos;
    this.#refusals = parts.refusals;
    this.#wallNow = parts.wallNow;
  }

  add(socket: WebSocket, options: MarketSocketOptions): void {
    const topics = new Map(options.streams.slice(0, MAXIMUM_STREAMS).map((name) => [name, parseTopic(name)]));
    const entry: MarketSocket = { socket, door: options.door, combined: options.combined, topics, windowStart: 0, messages: 0 };
    this.#sockets.add(entry);
    socket.on('close', () => void this.#sockets.delete(entry));
    socket.on('message', (data, isBinary) => {
      if (!isBinary && !this.#sender.isSilenced(socket)) this.#onRequest(entry, String(data));
    });
  }

  sockets(): readonly WebSocket[] {
    return [...this.#sockets].map((entry) => entry.socket);
  }

  #onRequest(entry: MarketSocket, text: string): void {
    const wall = this.#wallNow();
    if (wall - entry.windowStart > 1000) {
      entry.windowStart = wall;
      entry.messages = 0;
    }
    entry.messages += 1;
    if (entry.messages > MESSAGES_PER_SECOND) {
      entry.socket.close(1008, 'Too many requests');
      return;
    }
    const ceiling = this.#chaos.active('ignore-large-subscribe');
    if (ceiling !== null && text.length > ceiling.bytes) {
      this.#chaos.roll('ignore-large-subscribe', `${text.length} bytes`);
      return;
    }
    let raw: unknown = null;
    try {
      raw = JSON.parse(text);
    } catch {
      this.#refusals.count('stream frame: not JSON');
      entry.socket.send(JSON.stringify({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } }));
      return;
    }
    const parsed = requestSchema.safeParse(raw);
    if (!parsed.success) {
      this.#refusals.count('stream frame: not a request');
      entry.socket.send(JSON.stringify({ error: { code: 2, msg: 'Invalid request: unknown variant or missing field' } }));
    } else entry.socket.send(JSON.stringify({ result: answerRequest(entry, parsed.data), id: parsed.data.id ?? null }));
  }

  #send(entry: MarketSocket, name: string, data: string): void {
    this.#sender.send(entry.socket, entry.combined ? `{"stream":${JSON.stringify(name)},"data":${data}}` : data, { stream: 'market', detail: name });
  }

  /** Closed candles, each exactly once and in order. */
  sendClosed(closed: readonly ClosedCandle[], now: number): void {
    if (closed.length === 0 || this.#sockets.size === 0) return;
    const changed = new Set(closed.map(({ symbol }) => symbol));
    const texts = new Map<string, string | null>();
    for (const entry of this.#sockets) {
      if (entry.door !== 'market') continue;
      for (const [name, topic] of entry.topics) {
        if ((topic.kind !== 'kline' && topic.kind !== 'continuous-kline') || !changed.has(topic.symbol)) continue;
        let text = texts.get(name);
        if (text === undefined) {
          text = this.#closedText(topic, now);
          texts.set(name, text);
        }
        if (text !== null) this.#send(entry, name, text);
      }
    }
  }

  #closedText(topic: Extract<Topic, { interval: string }>, now: number): string | null {
    const symbolMarket = this.#market.symbols.get(topic.symbol);
    if (symbolMarket === undefined) return null;
    const candle = this.#content.closedCandle(symbolMarket, topic.interval, now);
    if (candle === null) return null;
    const input = { interval: topic.interval, candle, closed: true, now };
    return JSON.stringify(topic.kind === 'kline' ? klineFrame(symbolMarket, input) : continuousKlineFrame(symbolMarket, input));
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

function answerRequest(entry: MarketSocket, request: z.infer<typeof requestSchema>): unknown {
  const names = (request.params ?? []).filter((value) => typeof value === 'string');
  switch (request.method) {
    case 'SUBSCRIBE':
      for (const name of names) if (entry.topics.size < MAXIMUM_STREAMS) entry.topics.set(name, parseTopic(name));
      return null;
    case 'UNSUBSCRIBE':
      for (const name of names) entry.topics.delete(name);
      return null;
    case 'LIST_SUBSCRIPTIONS':
      return [...entry.topics.keys()];
    case 'SET_PROPERTY':
      if (names[0] === 'combined') entry.combined = request.params?.[1] === true;
      return null;
    case 'GET_PROPERTY':
      return entry.combined;
  }
}
