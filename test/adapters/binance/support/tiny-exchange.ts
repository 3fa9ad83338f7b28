// A scripted exchange on loopback for client tests: answers are given per route, every request and socket is kept for inspection.
import { createServer as createTlsServer } from 'node:https';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawQuery: string;
  readonly headers: IncomingMessage['headers'];
  readonly at: number;
}

export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  /** Text as it is, for pages and broken bodies. */
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly text: string }
  | 'hang'
  | 'reset';

type Handler = (seen: Seen) => Answer;

export interface TinySocket {
  readonly url: URL;
  readonly socket: WebSocket;
  /** Topics of SUBSCRIBE frames, frame by frame. */
  readonly frames: string[][];
  readonly headers: IncomingMessage['headers'];
}

export class TinyExchange {
  readonly seen: Seen[] = [];
  /** Connections to the market and private doors, in order. */
  readonly sockets: TinySocket[] = [];
  /** Connections to the public door, which carries books. */
  readonly bookSockets: TinySocket[] = [];
  readonly #routes = new Map<string, Handler>();
  readonly #server: Server;
  readonly #hub = new WebSocketServer({ noServer: true });
  /** Set to refuse WebSocket upgrades with this status. */
  refuseUpgrade: { readonly status: number; readonly body: string } | null = null;
  /** Accepts subscriptions without a word. */
  isMute = false;
  onUpgrade: () => void = () => undefined;
  /** Topics of all UNSUBSCRIBE frames. */
  readonly unsubscribed: string[] = [];
  onSocket: (opened: TinySocket) => void = () => undefined;
  onSubscribe: (opened: TinySocket, topics: readonly string[]) => void = () => undefined;
  port = 0;

  /** With a certificate it speaks TLS. */
  constructor(certificate: { readonly key: string; readonly cert: string } | null = null) {
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => this.#answer(request, response);
    this.#server = certificate === null ? createServer(onRequest) : createTlsServer(certificate, onRequest);
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => undefined);
      this.onUpgrade();
      if (this.refuseUpgrade !== null) {
        const { status, body } = this.refuseUpgrade;
        socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
        return;
      }
      this.#hub.handleUpgrade(request, socket, head, (client) => {
        const opened: TinySocket = { url: new URL(request.url ?? '/', 'ws://tiny'), socket: client, frames: [], headers: request.headers };
        client.on('error', () => undefined);
        client.on('message', (data) => this.#onFrame(opened, String(data)));
        if (opened.url.pathname.startsWith('/public')) {
          this.bookSockets.push(opened);
          return;
        }
        this.sockets.push(opened);
        this.onSocket(opened);
      });
    });
    this.on('GET /fapi/v1/time', () => ({ body: { serverTime: Date.now() } }));
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => void this.#server.listen(0, '127.0.0.1', done));
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** `route` such as `POST /fapi/v1/order`. */
  on(route: string, handler: Handler): this {
    this.#routes.set(route, handler);
    return this;
  }

  /** Answers in order; the last one stays. */
  script(route: string, ...answers: readonly [Answer, ...Answer[]]): this {
    let index = 0;
    return this.on(route, () => answers[Math.min(index++, answers.length - 1)] ?? answers[0]);
  }

  /** All routes as they are now, for {@link restore}. */
  routes(): ReadonlyMap<string, Handler> {
    return new Map(this.#routes);
  }

  restore(routes: ReadonlyMap<string, Handler>): void {
    for (const [route, handler] of routes) this.#routes.set(route, handler);
  }

  calls(route: string): readonly Seen[] {
    return this.seen.filter((entry) => `${entry.method} ${entry.path}` === route);
  }

  /** Sends to every open socket, or to those whose path matches. */
  push(message: unknown, path = /./): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    for (const { socket, url } of this.sockets) if (socket.readyState === socket.OPEN && path.test(url.pathname)) socket.send(text);
  }

  /** Sends to the open connections of the public door. */
  pushBook(message: unknown): void {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    for (const { socket } of this.bookSockets) if (socket.readyState === socket.OPEN) socket.send(text);
  }

  get openSockets(): readonly TinySocket[] {
    return this.sockets.filter(({ socket }) => socket.readyState === socket.OPEN);
  }

  async stop(): Promise<void> {
    for (const { socket } of [...this.sockets, ...this.bookSockets]) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((done) => void this.#server.close(() => done()));
  }

  #onFrame(opened: TinySocket, text: string): void {
    const frame = JSON.parse(text) as { readonly method: string; readonly params: string[]; readonly id: number };
    if (frame.method === 'UNSUBSCRIBE') this.unsubscribed.push(...frame.params);
    if (opened.url.pathname.startsWith('/public')) {
      if (frame.method === 'SUBSCRIBE') opened.frames.push(frame.params);
      return;
    }
    if (frame.method !== 'SUBSCRIBE') return;
    opened.frames.push(frame.params);
    if (!this.isMute) opened.socket.send(JSON.stringify({ result: null, id: frame.id }));
    this.onSubscribe(opened, frame.params);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://tiny');
    const seen: Seen = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      rawQuery: url.search.slice(1),
      headers: request.headers,
      at: performance.now(),
    };
    this.seen.push(seen);
    request.resume();
    const handler = this.#routes.get(`${seen.method} ${seen.path}`);
    const answer: Answer = handler?.(seen) ?? { status: 404, body: { code: -5000, msg: `no route ${seen.path}` } };
    if (answer === 'hang') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const text = 'text' in answer ? answer.text : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, { 'content-type': 'text' in answer ? 'text/html' : 'application/json', ...answer.headers });
    response.end(text);
  }
}
