// The loopback server: who is let in, and what is served.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CONTENT_SECURITY_POLICY } from '../../src-main/hosts/page-policy.ts';
import { startWebServer, type ListenFailure, type WebServer } from '../../src-main/hosts/node/web-server.ts';
import { temporaryFolder } from '../support/terminal.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly policy: string;
  readonly sniffing: string;
}

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

  const fetchRaw = (path: string, host: string, method = 'GET'): Promise<Answer> =>
    new Promise((done, failed) => {
      const call = request({ host: '127.0.0.1', port: server.port, path, method, headers: { Host: host } }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => void (body += chunk.toString()));
        const [policy, sniffing] = ['content-security-policy', 'x-content-type-options'].map((name) => String(response.headers[name] ?? ''));
        response.on('end', () => done({ status: response.statusCode ?? 0, body, policy: policy ?? '', sniffing: sniffing ?? '' }));
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

  it('follows no link out of its folder, in any writing of the path', async () => {
    const root = join(folder.path, 'renderer');
    await symlink(join(folder.path, 'secret.txt'), join(root, 'linked.txt'));
    await symlink(folder.path, join(root, 'out'));
    await symlink(join(root, 'index.html'), join(root, 'inside.html'));
    const own = `127.0.0.1:${server.port}`;
    for (const path of [
      '/linked.txt',
      '/out/secret.txt',
      '/./linked.txt',
      '/linked.txt%00.html',
      '/..%5csecret.txt',
      '/out/../../secret.txt',
      '/%252e%252e/secret.txt',
    ])
      expect([path, (await fetchRaw(path, own)).status]).toEqual([path, 404]);
    expect((await fetchRaw('/inside.html', own)).status).toBe(200);
  });

  it('sends the policy, and forbids guessing of types, with every answer', async () => {
    const own = `127.0.0.1:${server.port}`;
    const answers = [
      await fetchRaw('/', own),
      await fetchRaw('/missing', own),
      await fetchRaw('/', 'evil.example'),
      await fetchRaw('//', own),
      await fetchRaw('/', own, 'POST'),
      await fetchRaw('/', own, 'HEAD'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 403, 400, 405, 200]);
    for (const { policy, sniffing } of answers) expect([policy, sniffing]).toEqual([CONTENT_SECURITY_POLICY, 'nosniff']);
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
