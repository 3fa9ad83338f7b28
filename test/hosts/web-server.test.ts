// The loopback server: who is let in, and what is served.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startWebServer, type ListenFailure, type WebServer } from '../../src-main/hosts/node/web-server.ts';
import { temporaryFolder } from '../support/terminal.ts';

const TOKEN = 'a'.repeat(32);

describe('the loopback web server', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: WebServer;
  let screens = 0;
  const refused: string[] = [];

  beforeEach(async () => {
    folder = await temporaryFolder();
    const root = join(folder.path, 'renderer');
    await mkdir(root);
    await writeFile(join(root, 'index.html'), '<!doctype html><title>ok</title>');
    await writeFile(join(folder.path, 'secret.txt'), 'secret');
    screens = 0;
    refused.length = 0;
    server = await startWebServer({ port: 0, root, token: TOKEN, onScreen: () => void (screens += 1), onRefused: (reason) => refused.push(reason) });
  });
  afterEach(async () => {
    await server.close();
    await folder.remove();
  });

  const connect = (options: { readonly token?: string; readonly origin?: string; readonly host?: string; readonly path?: string }): Promise<number> =>
    new Promise((done) => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}${options.path ?? '/link'}?token=${options.token ?? TOKEN}`, {
        origin: options.origin ?? `http://127.0.0.1:${server.port}`,
        headers: options.host === undefined ? {} : { Host: options.host },
      });
      socket.on('open', () => {
        socket.close();
        done(101);
      });
      socket.on('unexpected-response', (_request, response) => done(response.statusCode ?? 0));
      socket.on('error', () => done(-1));
    });

  const fetchRaw = (path: string, host: string): Promise<{ readonly status: number; readonly body: string; readonly policy: string }> =>
    new Promise((done, failed) => {
      const call = request({ host: '127.0.0.1', port: server.port, path, headers: { Host: host } }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => void (body += chunk.toString()));
        response.on('end', () => done({ status: response.statusCode ?? 0, body, policy: String(response.headers['content-security-policy'] ?? '') }));
      });
      call.on('error', failed);
      call.end();
    });

  it('lets a screen in that has the token and comes from its own page', async () => {
    expect(await connect({})).toBe(101);
    expect(screens).toBe(1);
  });

  it('refuses a wrong token, a foreign page, a foreign host name and an unknown path, and says so', async () => {
    expect(await connect({ token: 'wrong' })).toBe(401);
    expect(await connect({ origin: 'http://evil.example' })).toBe(403);
    expect(await connect({ host: 'evil.example' })).toBe(403);
    expect(await connect({ path: '/other' })).toBe(404);
    expect(screens).toBe(0);
    expect(refused).toHaveLength(4);
  });

  it('serves the page with a strict content security policy and nothing outside its folder', async () => {
    const own = `127.0.0.1:${server.port}`;
    const page = await fetchRaw('/', own);
    expect(page.status).toBe(200);
    expect(page.policy).toContain("default-src 'none'");
    expect(page.policy).not.toContain("'unsafe-eval'");
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt']) expect((await fetchRaw(path, own)).status).toBe(404);
    expect((await fetchRaw('/', 'evil.example')).status).toBe(403);
  });

  it('says in one sentence that a port is taken and which to try', async () => {
    const failure = await startWebServer({ port: server.port, root: folder.path, token: TOKEN, onScreen: () => undefined, onRefused: () => undefined }).then(
      () => null,
      (reason: unknown) => reason as ListenFailure,
    );
    expect(failure?.code).toBe('port_taken');
    expect(failure?.uiMessage).toContain(`--port ${server.port + 1}`);
  });
});
