// Loopback HTTP server of the Node host: serves the built renderer and the WebSocket link, and bounds what strangers on this machine can cost.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile, realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { CONTENT_SECURITY_POLICY, contentTypeOf, findPageFile } from '../page-policy.ts';
import { isOwnHost, parseTarget, refuseUpgrade } from './loopback-guard.ts';
import { TokenBucket, type BucketRate } from './token-bucket.ts';

export interface ServerLimits {
  readonly maximumFrameBytes: number;
  readonly maximumScreens: number;
  /** Sockets of every kind, screens included; more are dropped unheard. */
  readonly maximumConnections: number;
  readonly maximumHeaderBytes: number;
  /** A client that has not sent its whole header by then is cut off. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Page requests; more are answered 429. */
  readonly requests: BucketRate;
  /** Refusals that are answered and told; more are dropped in silence. Who has the token is let in whatever others do. */
  readonly refusals: BucketRate;
}

export const SERVER_LIMITS: ServerLimits = {
  maximumFrameBytes: 256 * 1024,
  maximumScreens: 16,
  maximumConnections: 128,
  maximumHeaderBytes: 8 * 1024,
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  requests: { burst: 400, perSecond: 100 },
  refusals: { burst: 20, perSecond: 2 },
};

const PAGE_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
};

export interface WebServerOptions {
  readonly port: number;
  /** Folder of the built renderer. */
  readonly root: string;
  readonly token: string;
  readonly onScreen: (socket: WebSocket) => void;
  readonly onRefused: (reason: string) => void;
  readonly limits?: ServerLimits;
}

export interface WebServer {
  readonly port: number;
  close(): Promise<void>;
}

export type ListenFailure = { readonly code: 'port_taken' | 'port_forbidden' | 'failed'; readonly uiMessage: string };

/** Starts listening on 127.0.0.1. Rejects with {@link ListenFailure}. */
export function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const limits = options.limits ?? SERVER_LIMITS;
  const monotonic = (): number => performance.now();
  const refusals = new TokenBucket(limits.refusals, monotonic);
  const requests = new TokenBucket(limits.requests, monotonic);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maximumFrameBytes,
    maxFragments: 64,
    maxBufferedChunks: 4096,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const server = createServer(
    {
      maxHeaderSize: limits.maximumHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, limits.headersTimeoutMs),
    },
    (request, response) => void serveFile({ root: options.root, port: portOf(), mayServe: requests.take() }, request, response),
  );
  server.maxConnections = limits.maximumConnections;
  server.maxRequestsPerSocket = 1000;
  const portOf = (): number => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : options.port;
  };
  const tell = (reason: string): boolean => {
    const isTold = refusals.take();
    if (isTold) options.onRefused(reason);
    return isTold;
  };
  server.on('drop', () => void tell(`More than ${limits.maximumConnections} connections were refused.`));
  server.on('upgrade', (request, socket, head) => {
    // A peer that resets while it is being refused must not end the engine.
    socket.on('error', () => socket.destroy());
    const { host = '', origin = '' } = request.headers;
    const refusal = refuseUpgrade(
      { target: request.url ?? '', host, origin, screens: sockets.clients.size },
      { port: portOf(), token: options.token, maximumScreens: limits.maximumScreens },
    );
    if (refusal !== null) {
      if (tell(refusal.reason)) refuse(socket, refusal.status);
      else socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (screen) => {
      screen.on('error', () => screen.terminate());
      options.onScreen(screen);
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', (failure: NodeJS.ErrnoException) => reject(describeListenFailure(failure, options.port)));
    server.listen(options.port, '127.0.0.1', () => {
      resolve({
        port: portOf(),
        close: () =>
          new Promise((done) => {
            for (const client of sockets.clients) client.terminate();
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

function describeListenFailure(failure: NodeJS.ErrnoException, port: number): ListenFailure {
  if (failure.code === 'EADDRINUSE')
    return {
      code: 'port_taken',
      uiMessage: `Port ${port} is taken by another program. Start with another one, e.g. --port ${port + 1}, or close that program. Nothing was changed.`,
    };
  if (failure.code === 'EACCES')
    return { code: 'port_forbidden', uiMessage: `Port ${port} needs administrator rights. Choose a port above 1023 with --port. Nothing was changed.` };
  return { code: 'failed', uiMessage: `The local web server could not start (${failure.message}). Try another --port. Nothing was changed.` };
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

interface PageServing {
  readonly root: string;
  readonly port: number;
  /** False while more is asked for than is served. */
  readonly mayServe: boolean;
}

async function serveFile({ root, port, mayServe }: PageServing, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const finish = (status: number, type: string, body: Buffer | string): void => {
    response.writeHead(status, { ...PAGE_HEADERS, 'Content-Type': type, ...(status === 200 ? {} : { Connection: 'close' }) });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if (!mayServe) return finish(429, 'text/plain', 'Too many requests.');
  if (!isOwnHost(request.headers.host ?? '', port)) return finish(403, 'text/plain', 'This page is only served to this machine.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return finish(405, 'text/plain', 'Only GET is served.');
  const url = parseTarget(request.url ?? '');
  if (url === null) return finish(400, 'text/plain', 'This is not an address.');
  const file = findPageFile(root, url.pathname);
  if (file === null) return finish(404, 'text/plain', 'There is no such file.');
  try {
    // A link that leads out of the folder is not followed, whoever put it there.
    if (!(await realpath(file)).startsWith((await realpath(root)) + sep)) return finish(404, 'text/plain', 'There is no such file.');
    finish(200, contentTypeOf(file), await readFile(file));
  } catch {
    finish(404, 'text/plain', 'There is no such file.');
  }
}
