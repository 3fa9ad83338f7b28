// Updates with the real electron-updater against a feed on this machine: channel, staged release, signature, downgrade, a broken download, and when it may install.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signRelease } from '../../../src-main/hosts/electron/release-signature.ts';
import { createUpdates, type UpdaterCalls, type Updates, type UpdateState } from '../../../src-main/hosts/electron/updates.ts';
import { until } from '../../support/terminal.ts';
import { createHttpExecutor } from './support/node-http-executor.ts';

const require = createRequire(import.meta.url);
const { AppImageUpdater } = require('electron-updater') as {
  readonly AppImageUpdater: new (options: null, app: object) => UpdaterCalls & Record<string, unknown>;
};

const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const PROGRAM = Buffer.from('the new program');

let folder = '';
let server: Server;
let files: Map<string, Buffer | string>;
let asked: string[];
let moves: UpdateState[];
let logged: string[];
let updates: Updates | null = null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-updates-'));
  [files, asked, moves, logged] = [new Map(), [], [], []];
  server = createServer((request, response) => {
    const name = (request.url ?? '').split('?')[0] ?? '';
    asked.push(name);
    const body = files.get(name);
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  process.env['APPIMAGE'] = join(folder, 'Terminal.AppImage');
  writeFileSync(process.env['APPIMAGE'], 'the old program');
});
afterEach(async () => {
  updates?.close();
  updates = null;
  delete process.env['APPIMAGE'];
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

interface Published {
  readonly version: string;
  readonly channel?: string;
  readonly program?: Buffer;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly key?: string;
}

/** What the release workflow puts beside the installers. JSON is YAML. */
function publish({ version, channel = 'latest-linux', program = PROGRAM, fields = {}, key = privateKey }: Published): void {
  const name = `Terminal-${version}.AppImage`;
  const sha512 = createHash('sha512').update(PROGRAM).digest('base64');
  const feed = { version, files: [{ url: name, sha512, size: PROGRAM.length }], path: name, sha512, releaseDate: '2026-11-21T00:00:00.000Z' };
  files.set(`/${channel}.yml`, JSON.stringify({ ...feed, signature: signRelease(feed, key), ...fields }));
  files.set(`/${name}`, program);
}

function start(version = '1.0.0'): Updates {
  const app = {
    version,
    name: 'terminal',
    isPackaged: true,
    appUpdateConfigPath: join(folder, 'app-update.yml'),
    userDataPath: join(folder, 'user'),
    baseCachePath: join(folder, 'cache'),
    whenReady: () => Promise.resolve(),
    relaunch: () => undefined,
    quit: () => undefined,
    onQuit: () => undefined,
  };
  const { port } = server.address() as AddressInfo;
  writeFileSync(app.appUpdateConfigPath, `provider: generic\nurl: http://127.0.0.1:${port}/\nupdaterCacheDirName: terminal\n`);
  const updater = new AppImageUpdater(null, app);
  Object.assign(updater, { httpExecutor: createHttpExecutor(), disableDifferentialDownload: true });
  updates = createUpdates({
    feed: { kind: 'feed', updater, publicKey },
    logger: { log: (level, source, message) => void logged.push(`${level} ${source} ${message}`) },
    onChange: (state) => void moves.push(state),
  });
  return updates;
}
const kinds = (): readonly string[] => moves.map(({ kind }) => kind);
const settled = (): Promise<true> => until('an end', async () => ['current', 'ready', 'failed', 'off'].includes(moves.at(-1)?.kind ?? ''), 10_000);

describe('an update', () => {
  it('that is signed is downloaded, and waits there for a person', async () => {
    publish({ version: '1.1.0' });
    start().follow('stable');
    await settled();
    expect(moves).toEqual([{ kind: 'checking' }, { kind: 'downloading', version: '1.1.0' }, { kind: 'ready', version: '1.1.0' }]);
    expect(asked).toEqual(['/latest-linux.yml', '/Terminal-1.1.0.AppImage']);
    expect(existsSync(join(folder, 'cache', 'terminal', 'pending', 'Terminal-1.1.0.AppImage'))).toBe(true);
  });

  it('that is not newer changes nothing', async () => {
    publish({ version: '1.0.0' });
    start().follow('stable');
    await settled();
    expect(kinds()).toEqual(['checking', 'current']);
  });

  it('that is older is never brought in, signed or not', async () => {
    publish({ version: '0.9.0' });
    publish({ version: '0.9.1-beta.1', channel: 'beta-linux' });
    const one = start();
    one.follow('stable');
    await settled();
    one.follow('beta');
    await settled();
    expect(asked.filter((name) => name.endsWith('.AppImage'))).toEqual([]);
    expect(moves.at(-1)).toEqual({ kind: 'current' });
  });

  it('of the other channel is not looked at until the channel is chosen', async () => {
    publish({ version: '1.0.0' });
    publish({ version: '1.1.0-beta.1', channel: 'beta-linux' });
    const one = start();
    one.follow('stable');
    await settled();
    expect(asked).toEqual(['/latest-linux.yml']);
    one.follow('beta');
    await until('the beta', async () => moves.at(-1)?.kind === 'ready', 10_000);
    expect(moves.at(-1)).toEqual({ kind: 'ready', version: '1.1.0-beta.1' });
  });

  it('that is staged for nobody yet is not taken, and for everybody it is', async () => {
    publish({ version: '1.1.0', fields: { stagingPercentage: 0 } });
    const one = start();
    one.follow('stable');
    await settled();
    expect(moves.at(-1)).toEqual({ kind: 'current' });
    publish({ version: '1.1.0', fields: { stagingPercentage: 100 } });
    one.check();
    await until('the release', async () => moves.at(-1)?.kind === 'ready', 10_000);
  });

  it.each<readonly [string, Partial<Published>]>([
    ['signed by somebody else', { key: generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }],
    ['not signed', { fields: { signature: undefined } }],
    ['of another version than was signed', { fields: { version: '9.9.9' } }],
  ])('that is %s is refused before a byte of it is fetched', async (_what, published) => {
    publish({ version: '1.1.0', ...published });
    start().follow('stable');
    await settled();
    expect(kinds()).toEqual(['checking', 'failed']);
    expect(asked).toEqual(['/latest-linux.yml']);
    expect(logged[0]).toMatch(/^warn updates .*(not signed).*Nothing was downloaded/);
  });

  it('whose file is not what was signed is thrown away', async () => {
    publish({ version: '1.1.0', program: Buffer.from('the new virus!!') });
    start().follow('stable');
    await settled();
    expect(kinds()).toEqual(['checking', 'downloading', 'failed']);
    expect(logged.at(-1)).toContain('sha512 checksum mismatch');
    expect(existsSync(join(folder, 'cache', 'terminal', 'pending', 'Terminal-1.1.0.AppImage'))).toBe(false);
  });

  it('that cannot be looked for is a sentence, and the next look works', async () => {
    const one = start();
    one.follow('stable');
    await settled();
    expect(moves.at(-1)).toMatchObject({ kind: 'failed' });
    publish({ version: '1.1.0' });
    one.check();
    await until('the release', async () => moves.at(-1)?.kind === 'ready', 10_000);
  });

  it('is not looked for while updates are switched off, or where the build has no feed', async () => {
    publish({ version: '1.1.0' });
    const one = start();
    one.follow('off');
    one.check();
    const none = createUpdates({ feed: { kind: 'none', why: 'no feed' }, logger: { log: () => undefined }, onChange: (state) => void moves.push(state) });
    none.follow('stable');
    none.check();
    await new Promise((done) => setTimeout(done, 50));
    expect([asked, moves, none.state()]).toEqual([[], [], { kind: 'off', why: 'no feed' }]);
  });
});
