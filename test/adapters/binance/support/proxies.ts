// An HTTP CONNECT proxy and a SOCKS5 proxy, both with credentials, that carry every destination to one port of this machine.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface TestProxy {
  readonly port: number;
  /** `host:port` of every tunnel that was opened. */
  readonly tunnels: readonly string[];
  /** How often credentials were refused. */
  readonly refused: () => number;
  stop(): Promise<void>;
}

interface Credentials {
  readonly user: string;
  readonly password: string;
}

const USER: Credentials = { user: 'trader', password: 'p@ss:word' };
/** As it stands in a proxy address. */
export const CREDENTIALS = `${encodeURIComponent(USER.user)}:${encodeURIComponent(USER.password)}`;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

function join(client: Socket, targetPort: number, greeting: Buffer | string, rest: Buffer): void {
  const target = connect(targetPort, '127.0.0.1', () => {
    client.write(greeting);
    if (rest.length > 0) target.write(rest);
    client.pipe(target);
    target.pipe(client);
  });
  target.on('error', () => client.destroy());
  client.on('close', () => target.destroy());
}

function track(server: Server): () => Promise<void> {
  const clients = new Set<Socket>();
  server.on('connection', (client) => {
    clients.add(client);
    client.on('error', () => undefined);
    client.on('close', () => clients.delete(client));
  });
  return async () => {
    for (const client of clients) client.destroy();
    await new Promise<void>((done) => void server.close(() => done()));
  };
}

export async function startConnectProxy(targetPort: number): Promise<TestProxy> {
  const tunnels: string[] = [];
  let refused = 0;
  const wanted = `Basic ${Buffer.from(`${USER.user}:${USER.password}`).toString('base64')}`;
  const server = createServer((client) => {
    let head = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      client.off('data', onData);
      const text = head.subarray(0, end).toString('latin1');
      if (!text.includes(`Proxy-Authorization: ${wanted}`)) {
        refused += 1;
        client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      tunnels.push(/^CONNECT (\S+)/.exec(text)?.[1] ?? text);
      join(client, targetPort, 'HTTP/1.1 200 Connection established\r\n\r\n', head.subarray(end + 4));
    };
    client.on('data', onData);
  });
  const stop = track(server);
  return { port: await listen(server), tunnels, refused: () => refused, stop };
}

/** RFC 1928 and RFC 1929: user name and password, CONNECT, IPv4 and domain names. */
export async function startSocksProxy(targetPort: number): Promise<TestProxy> {
  const tunnels: string[] = [];
  let refused = 0;
  const server = createServer((client) => {
    let stage: 'greeting' | 'password' | 'request' = 'greeting';
    let data = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      data = Buffer.concat([data, chunk]);
      for (;;) {
        if (stage === 'greeting') {
          if (data.length < 2 || data.length < 2 + (data[1] ?? 0)) return;
          const offersPassword = data.subarray(2, 2 + (data[1] ?? 0)).includes(2);
          data = data.subarray(2 + (data[1] ?? 0));
          if (!offersPassword) {
            refused += 1;
            client.end(Buffer.from([5, 0xff]));
            return;
          }
          client.write(Buffer.from([5, 2]));
          stage = 'password';
        } else if (stage === 'password') {
          const userLength = data[1] ?? 0;
          const passwordLength = data[2 + userLength] ?? 0;
          if (data.length < 3 + userLength + passwordLength) return;
          const user = data.subarray(2, 2 + userLength).toString();
          const password = data.subarray(3 + userLength, 3 + userLength + passwordLength).toString();
          data = data.subarray(3 + userLength + passwordLength);
          if (user !== USER.user || password !== USER.password) {
            refused += 1;
            client.end(Buffer.from([1, 1]));
            return;
          }
          client.write(Buffer.from([1, 0]));
          stage = 'request';
        } else {
          if (data.length < 5) return;
          const isName = data[3] === 3;
          const length = isName ? 1 + (data[4] ?? 0) : 4;
          if (data.length < 6 + length) return;
          const host = isName ? data.subarray(5, 4 + length).toString() : [...data.subarray(4, 8)].join('.');
          tunnels.push(`${host}:${data.readUInt16BE(4 + length)}`);
          client.off('data', onData);
          join(client, targetPort, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]), data.subarray(6 + length));
          return;
        }
      }
    };
    client.on('data', onData);
  });
  const stop = track(server);
  return { port: await listen(server), tunnels, refused: () => refused, stop };
}
