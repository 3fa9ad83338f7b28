// A real terminal under abuse from its own machine: it goes on streaming and cycling, and the screen that was there stays.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectScreen, startTerminal, temporaryFolder, until, type Running, type Screen } from '../../support/terminal.ts';

describe('a terminal that strangers on its machine abuse', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let terminal: Running;
  let screen: Screen;

  beforeAll(async () => {
    folder = await temporaryFolder();
    terminal = await startTerminal(['--port', '0', '--seed', '3', '--speed', '60', '--symbols', '4', '--data-dir', folder.path]);
    screen = await connectScreen(terminal.url);
  }, 180_000);
  afterAll(async () => {
    screen?.close();
    await terminal?.stop();
    await folder?.remove();
  });

  const raw = (head: string): Promise<void> =>
    new Promise((done) => {
      const socket = connect(Number(new URL(terminal.url).port), '127.0.0.1', () => socket.end(head));
      socket.on('error', () => undefined);
      socket.on('close', () => done());
      socket.resume();
    });

  it('goes on with its cycles after 1,000 connections, requests that are none, wrong tokens and wild screens', async () => {
    const { host, origin } = new URL(terminal.url);
    const before = (await screen.rpc.call('snapshot', null)).funnel.cycle;
    const flood = Array.from({ length: 1000 }, () => raw(''));
    const nonsense = ['GET // HTTP/1.1', 'GET http:// HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket', 'CONNECT x:1 HTTP/1.1', '\u0000\u0001'].map(
      (line) => raw(`${line}\r\nHost: ${host}\r\n\r\n`),
    );
    const guesses = Array.from({ length: 100 }, () =>
      raw(`GET /link?token=guess HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`),
    );
    await Promise.all([...flood, ...nonsense, ...guesses]);
    const token = new URLSearchParams(new URL(terminal.url).hash.slice(1)).get('token') ?? '';
    const wild = new WebSocket(`ws://${host}/link?token=${token}`, { origin });
    const gone = new Promise<number>((done) => wild.once('close', done));
    await new Promise((open) => void wild.once('open', open));
    for (let index = 0; index < 2000; index += 1) {
      wild.send('{"kind":"call","id":1,"name":"__proto__","parameters":{"a":1}}');
      wild.send('{"kind":"call","id":2,"name":"command","parameters":{"kind":"close-position","positionId":"x","fraction":1e308}}');
    }
    expect(await gone).toBe(1008);
    expect(terminal.child.exitCode).toBeNull();
    await until('two later cycles', async () => (await screen.rpc.call('snapshot', null)).funnel.cycle >= before + 2);
    const { session } = await screen.rpc.call('snapshot', null);
    expect(session.automation).toBe('running');
  });
});
