// Loopback HTTP server of the Node host: serves the built renderer, guards the WebSocket upgrade with token, Origin and Host checks.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { CONTENT_SECURITY_POLICY, contentTypeOf, findPageFile } from '../page-policy.ts';

const MAXIMUM_FRAME_BYTES = 256 * 1024;
const MAXIMUM_SCREENS = 16;

export interface WebServerOptions {
  readonly port: number;
  /** Folder of the built renderer. */
  readonly root: string;
  readonly token: string;
  readonly onScreen: (socket: WebSocket) => void;
  readonly onRefused: (reason: string) => void;
}

export interface WebServer {
  readonly port: number;
  close(): Promise<void>;
}

export type ListenFailure = { readonly code: 'port_taken' | 'port_forbidden' | 'failed'; readonly uiMessage: string };

/** Starts listening on 127.0.0.1. Rejects with {@link ListenFailure}. */
export function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_FRAME_BYTES, clientTracking: true });
  const server = createServer((request, response) => void serveFile(options, request, response));
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuseUpgrade(options, server, request, sockets.clients.size);
    if (refusal !== null) {
      options.onRefused(refusal.reason);
      refuse(socket, refusal.status);
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
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : options.port,
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

/** Only these names reach us on loopback; anything else is DNS rebinding. */
function allowedHosts(server: Server): readonly string[] {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

function refuseUpgrade(
  options: WebServerOptions,
  server: Server,
  request: IncomingMessage,
  screens: number,
): { readonly status: number; readonly reason: string } | null {
  const hosts = allowedHosts(server);
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (!hosts.includes(request.headers.host ?? '')) return { status: 403, reason: 'A connection with a foreign Host header was refused.' };
  if (!hosts.map((host) => `http://${host}`).includes(request.headers.origin ?? ''))
    return { status: 403, reason: 'A connection from a foreign page was refused.' };
  if (url.pathname !== '/link') return { status: 404, reason: 'A connection to an unknown path was refused.' };
  if (!sameToken(url.searchParams.get('token') ?? '', options.token)) return { status: 401, reason: 'A connection without the right token was refused.' };
  if (screens >= MAXIMUM_SCREENS) return { status: 503, reason: `More than ${MAXIMUM_SCREENS} screens were refused.` };
  return null;
}

function sameToken(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

async function serveFile(options: WebServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = {
    'Content-Security-Policy': CONTENT_SECURITY_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  };
  const finish = (status: number, type: string, body: Buffer | string): void => {
    response.writeHead(status, { ...headers, 'Content-Type': type });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const host = request.headers.host ?? '';
  if (!/^(127\.0\.0\.1|localhost):\d+$/.test(host)) return finish(403, 'text/plain', 'This page is only served to this machine.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return finish(405, 'text/plain', 'Only GET is served.');
  const file = findPageFile(options.root, new URL(request.url ?? '/', 'http://localhost').pathname);
  if (file === null) return finish(404, 'text/plain', 'There is no such file.');
  try {
    const body = await readFile(file);
    finish(200, contentTypeOf(file), body);
  } catch {
    finish(404, 'text/plain', 'There is no such file.');
  }
}
