// What strangers on this machine can do to the loopback server: be refused, be bounded, and never hurt who has the token.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Link } from '../../../src-shared/contract/rpc.ts';
import { SCREEN_LIMITS } from '../../../src-main/hosts/node/screen-limits.ts';
import { SERVER_LIMITS, startWebServer, type WebServer } from '../../../src-main/hosts/node/web-server.ts';
import { createWebSocketLink } from '../../../src-main/hosts/node/ws-link.ts';
import { until } from '../../support/terminal.ts';

const TOKEN = 'b'.repeat(32);
const LIMITS = { ...SERVER_LIMITS, maximumConnections: 32, maximumScreens: 4, headersTimeoutMs: 300, requestTimeoutMs: 300 };
const SCREEN = { ...SCREEN_LIMITS, messages: { burst: 50, perSecond: 1 }, malformedFrames: 5 };

let folder = '';
let server: WebServer;
let links: Link[] = [];
let heard: unknown[] = [];
let refused: string[] = [];
let problems: string[] = [];
const opened: { destroy(): void }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-abuse-'));
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer', 'index.html'), '<p>screens</p>');
  [links, heard, refused, problems] = [[], [], [], []];
  server = await startWebServer({
    port: 0,
    root: join(folder, 'renderer'),
    token: TOKEN,
    limits: LIMITS,
    onRefused: (reason) => void refused.push(reason),
    onScreen: (socket) => {
      const link = createWebSocketLink(socket, (detail) => void problems.push(detail), SCREEN);
      links.push(link);
      link.onMessage((message) => void heard.push(message));
    },
  });
});
afterEach(async () => {
  for (const one of opened.splice(0)) one.destroy();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

function openScreen(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/link?token=${TOKEN}`, { origin: `http://127.0.0.1:${server.port}` });
  opened.push({ destroy: () => socket.terminate() });
  return new Promise((done, failed) => {
    socket.once('open', () => done(socket));
    socket.once('error', failed);
  });
}

function openRaw(): Socket {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  // Unread data would keep the end of the connection from being seen.
  socket.resume();
  opened.push(socket);
  return socket;
}

/** Sends raw bytes and gives what came back until the server closed. */
async function exchange(head: string): Promise<string> {
  const socket = openRaw();
  let answer = '';
  socket.on('data', (chunk: Buffer) => void (answer += chunk.toString('latin1')));
  const closed = new Promise((done) => socket.once('close', done));
  socket.end(head.replaceAll('HOST', `127.0.0.1:${server.port}`));
  await closed;
  return answer;
}

const isServing = async (): Promise<boolean> =>
  (await fetch(`http://127.0.0.1:${server.port}/`).then(
    (response) => response.status,
    () => 0,
  )) === 200;

describe('requests that are no requests', () => {
  it.each([
    ['an address of two slashes', 'GET // HTTP/1.1\r\nHost: HOST\r\n\r\n', '400'],
    ['an absolute address', 'GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n', '400'],
    ['an upgrade to an address that is none', 'GET http:// HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', '400'],
    [
      'an upgrade without anything a WebSocket needs',
      `GET /link?token=${TOKEN} HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      '400',
    ],
    ['a null byte in the path', 'GET /%00 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n', '404'],
    ['a path that cannot be decoded', 'GET /%ff%fe HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n', '404'],
    ['no Host at all', 'GET / HTTP/1.0\r\n\r\n', '403'],
    ['the Host of another port', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n', '403'],
    ['a method that writes', 'DELETE / HTTP/1.1\r\nHost: HOST\r\n\r\n', '405'],
    ['rubbish', '\u0000\u0001\u0002 nothing like HTTP\r\n\r\n', '400'],
    ['a header beyond all measure', `GET / HTTP/1.1\r\nHost: HOST\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`, '431'],
    ['two lengths (request smuggling)', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n', '400'],
  ])('answers %s with an error and goes on serving', async (_what, head, status) => {
    expect((await exchange(head)).split('\r\n')[0]).toContain(` ${status}`);
    expect(await isServing()).toBe(true);
  });

  it('cuts off a client that dribbles its header, byte by byte', async () => {
    const socket = openRaw();
    const closed = new Promise((done) => socket.once('close', done));
    const dribble = setInterval(() => socket.write('X'), 50);
    socket.write('GET / HTTP/1.1\r\nX: ');
    await closed;
    clearInterval(dribble);
    expect(await isServing()).toBe(true);
  });

  it('survives a peer that resets the connection while it is being refused', async () => {
    for (let index = 0; index < 20; index += 1) {
      const socket = openRaw();
      await once(socket, 'connect');
      socket.write(`GET /link?token=no HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      socket.resetAndDestroy();
    }
    expect(await isServing()).toBe(true);
  });
});

describe('many at once', () => {
  it('bounds 1,000 silent connections, keeps the screen that was there, and serves again when they time out', async () => {
    const screen = await openScreen();
    const flood = Array.from({ length: 1000 }, () => openRaw());
    const isGone = (socket: Socket): boolean => socket.destroyed;
    await until('the surplus to be dropped', async () => flood.filter(isGone).length >= 1000 - LIMITS.maximumConnections);
    screen.send('{"kind":"call"}');
    await until('the screen to be heard amid the flood', async () => heard.length === 1);
    expect(refused).toContain('More than 32 connections were refused.');
    await until('the silent ones to be cut off', async () => flood.every(isGone));
    expect(await isServing()).toBe(true);
  });

  it('lets in four screens and refuses the fifth, until one leaves', async () => {
    const screens = await Promise.all([openScreen(), openScreen(), openScreen(), openScreen()]);
    await expect(openScreen()).rejects.toThrow('503');
    screens[0]?.close();
    await until('the fifth screen to be let in', async () =>
      openScreen().then(
        () => true,
        () => false,
      ),
    );
  });

  it('answers and tells only the first of many wrong tokens, drops the rest, and still lets the right one in', async () => {
    const tries = await Promise.all(
      Array.from({ length: 200 }, async () =>
        exchange(`GET /link?token=guess HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`),
      ),
    );
    const answered = tries.filter((answer) => answer !== '');
    expect(answered.length).toBeGreaterThan(0);
    expect(answered.length).toBeLessThanOrEqual(LIMITS.refusals.burst + 4);
    // 408: of 200 at once on a busy machine, one may be served only after its time to ask was over.
    expect(answered.filter((answer) => !/^HTTP\/1\.1 (401|408)/.test(answer))).toEqual([]);
    expect(answered.some((answer) => answer.startsWith('HTTP/1.1 401'))).toBe(true);
    expect(refused.length).toBeLessThanOrEqual(LIMITS.refusals.burst + 4);
    await openScreen();
  });

  it('answers 429 to the first page request beyond the rate and closes that connection', async () => {
    const asked = LIMITS.requests.burst + 400;
    const answers = await exchange(`${'GET / HTTP/1.1\r\nHost: HOST\r\n\r\n'.repeat(asked)}`);
    expect(answers.split('HTTP/1.1 200').length - 1).toBeGreaterThanOrEqual(LIMITS.requests.burst);
    expect(answers.split('HTTP/1.1 429').length - 1).toBe(1);
    expect(answers).toContain('Too many requests.');
  });
});

describe('a screen that has the token and goes wild', () => {
  const closeCode = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0] as number;

  it('is cut off after a frame beyond the size', async () => {
    const screen = await openScreen();
    const code = closeCode(screen);
    screen.send('x'.repeat(LIMITS.maximumFrameBytes + 1));
    expect([1006, 1009]).toContain(await code);
    expect(heard).toEqual([]);
  });

  it('cannot grow a message beyond the size in many fragments', async () => {
    const screen = await openScreen();
    const code = closeCode(screen);
    for (let index = 0; index < 100; index += 1) screen.send('y', { fin: false });
    expect([1006, 1008, 1009]).toContain(await code);
  });

  it('loses malformed frames one by one, and its connection after five', async () => {
    const screen = await openScreen();
    screen.send('{');
    screen.send(Buffer.from([1, 2, 3]));
    screen.send('{"kind":"call"}');
    await until('the good frame between the bad', async () => heard.length === 1);
    const code = closeCode(screen);
    for (const bad of ['nonsense', '\u0000', '[1,']) screen.send(bad);
    expect(await code).toBe(1008);
    expect(problems.at(-1)).toBe('A screen sent too many malformed frames and was disconnected.');
  });

  it('is cut off when it sends more than the rate, and nothing after that is heard', async () => {
    const screen = await openScreen();
    const code = closeCode(screen);
    for (let index = 0; index < 5000; index += 1) screen.send('{"kind":"call"}');
    expect(await code).toBe(1008);
    expect(heard.length).toBeGreaterThanOrEqual(50);
    expect(heard.length).toBeLessThan(60);
    expect(problems).toEqual(['A screen sent too many messages and was disconnected.']);
    await openScreen();
  });

  it('is cut off for a flood of pings too', async () => {
    const screen = await openScreen();
    const code = closeCode(screen);
    for (let index = 0; index < 500; index += 1) screen.ping();
    expect(await code).toBe(1008);
  });

  it('is disconnected when it stops reading, with a bounded backlog', async () => {
    const screen = await openScreen();
    await until('the link', async () => links.length === 1);
    screen.pause();
    const closed = new Promise<void>((done) => links[0]?.onClose(() => done()));
    const message = { events: 'z'.repeat(1024 * 1024) };
    for (let index = 0; index < 40; index += 1) links[0]?.send(message);
    await closed;
    expect(problems).toEqual(['A screen could not keep up and was disconnected; it reconnects by itself.']);
  });
});
