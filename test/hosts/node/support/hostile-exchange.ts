// An exchange behind a proxy that repeats every secret it is sent: in error bodies, status lines and refused sockets. It must not matter.
import { createServer as createHttp } from 'node:http';
import { createServer as createTls, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { TestCertificate } from './certificate.ts';

export interface HostileExchange {
  /** e.g. http://127.0.0.1:3128, for the setting PROXY_URL. */
  readonly proxyUrl: string;
  /** What came in: `METHOD path` with the API key header, and each Proxy-Authorization. */
  readonly seen: { readonly requests: string[]; readonly apiKeys: Set<string>; readonly proxyCredentials: Set<string>; readonly sockets: string[] };
  close(): Promise<void>;
}

const LISTEN_KEY = 'listenkeymarker0123456789abcdef';

export async function startHostileExchange(certificate: TestCertificate): Promise<HostileExchange> {
  const seen = { requests: [] as string[], apiKeys: new Set<string>(), proxyCredentials: new Set<string>(), sockets: [] as string[] };
  const open = new Set<Duplex>();
  const exchange: Server = createTls({ cert: certificate.certificatePem, key: certificate.keyPem }, (request, response) => {
    const url = request.url ?? '';
    const apiKey = request.headers['x-mbx-apikey'];
    seen.requests.push(`${request.method ?? ''} ${url}`);
    if (typeof apiKey === 'string') seen.apiKeys.add(apiKey);
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += chunk.toString()));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      const known = url.includes('/time') ? { serverTime: Date.now() } : url.includes('/listenKey') ? { listenKey: LISTEN_KEY } : null;
      if (known !== null) {
        response.end(JSON.stringify(known));
        return;
      }
      response.statusCode = 400;
      const echo = `${request.method ?? ''} https://${request.headers.host ?? ''}${url} ${body} X-MBX-APIKEY: ${String(apiKey)} headers ${JSON.stringify(request.headers)}`;
      response.end(JSON.stringify({ code: -1022, msg: `Signature for this request is not valid. You sent: ${echo} key ${String(apiKey)}` }));
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  exchange.on('upgrade', (request, socket, head) => {
    const url = request.url ?? '';
    seen.sockets.push(url);
    // Public streams open and say nothing; what is private is refused with its own address in the status line and in the close reason.
    if (url.includes('listenKey') && !url.includes('private')) return socket.end(`HTTP/1.1 403 You asked for ${url}\r\nConnection: close\r\n\r\n`);
    sockets.handleUpgrade(request, socket, head, (screen) => {
      screen.send(JSON.stringify({ error: { code: -1, msg: `you asked for ${url} with ${JSON.stringify(request.headers)}` } }));
      if (url.includes('listenKey')) screen.close(1008, url.slice(0, 100));
    });
    return undefined;
  });
  const proxy = createHttp((_request, response) => response.writeHead(405).end());
  proxy.on('connect', (request, socket: Duplex) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
    const credentials = request.headers['proxy-authorization'];
    if (credentials !== undefined) seen.proxyCredentials.add(credentials);
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    exchange.emit('connection', socket);
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    seen,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      for (const socket of open) socket.destroy();
      exchange.closeAllConnections();
      await new Promise((done) => proxy.close(done));
    },
  };
}
