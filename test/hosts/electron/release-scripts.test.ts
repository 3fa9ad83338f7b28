// The scripts of a release: the feed is signed only for installers that are there and right, the bill of materials and the stamp are the same every time.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyRelease } from '../../../src-main/hosts/electron/release-signature.ts';
import { describeStamp, readBuildStamp } from '../../../src-main/hosts/electron/build-stamp.ts';
import { PROJECT_ROOT } from '../../support/terminal.ts';

const { load: readYaml } = createRequire(import.meta.url)('js-yaml') as { readonly load: (text: string) => unknown };
const load = (name: string): Promise<unknown> => import(pathToFileURL(join(PROJECT_ROOT, 'scripts', name)).href);
interface Feed {
  readonly version: string;
  readonly files: readonly { readonly url: string; readonly sha512: string; readonly size: number }[];
  readonly signature?: string;
  readonly stagingPercentage?: number;
}
const { signFeed } = (await load('release-feed.mjs')) as {
  readonly signFeed: (request: { readonly feed: Feed; readonly folder: string; readonly privateKey: string; readonly staged: number | null }) => Feed;
};
interface Bill {
  readonly bomFormat: string;
  readonly serialNumber: string;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly licenses: readonly object[];
    readonly hashes?: readonly object[];
  }[];
}
const { describeBill } = (await load('sbom.mjs')) as { readonly describeBill: () => Bill };
const { readStamp } = (await load('build-stamp.mjs')) as { readonly readStamp: (folder: string) => Record<string, unknown> };

const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-release-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha512 = (text: string): string => createHash('sha512').update(text).digest('base64');
const feed: Feed = { version: '1.2.3', files: [{ url: 'A%20B.AppImage', sha512: sha512('program'), size: 7 }] };

describe('signing a feed', () => {
  it('gives what installed apps accept, for the share that was asked for', () => {
    writeFileSync(join(folder, 'A B.AppImage'), 'program');
    const signed = signFeed({ feed, folder, privateKey, staged: 10 });
    expect(verifyRelease(signed, publicKey)).toMatchObject({ ok: true });
    expect(signed.stagingPercentage).toBe(10);
    expect(signFeed({ feed: signed, folder, privateKey, staged: null })).not.toHaveProperty('stagingPercentage');
  });

  it('refuses an installer that is missing or is not what the feed says', () => {
    expect(() => signFeed({ feed, folder, privateKey, staged: null })).toThrow('is not in');
    writeFileSync(join(folder, 'A B.AppImage'), 'Program');
    expect(() => signFeed({ feed, folder, privateKey, staged: null })).toThrow('is not what the feed says');
  });

  it('writes feeds as YAML that the updater reads, and nothing with a key the app does not know', () => {
    const keyFile = join(folder, 'release-key.pem');
    writeFileSync(keyFile, privateKey, { mode: 0o600 });
    writeFileSync(join(folder, 'A B.AppImage'), 'program');
    writeFileSync(join(folder, 'latest-linux.yml'), JSON.stringify(feed));
    const run = spawnSync(process.execPath, [join(PROJECT_ROOT, 'scripts', 'release-feed.mjs'), folder, '--key', keyFile, '--staged', '5'], {
      encoding: 'utf8',
    });
    expect([run.status, run.stderr]).toEqual([1, 'The key is not the one of resources/update-key.pem: installed apps would refuse this release.\n']);
    expect(readYaml(readFileSync(join(folder, 'latest-linux.yml'), 'utf8'))).toEqual(feed);
  });
});

describe('the bill of materials', () => {
  it('names every shipped package once, with licence, address and hash, and is the same every time', () => {
    const bill = describeBill();
    expect(bill).toEqual(describeBill());
    expect(bill.bomFormat).toBe('CycloneDX');
    const names = bill.components.map(({ purl }) => purl);
    expect(new Set(names).size).toBe(names.length);
    for (const name of ['better-sqlite3', 'binance', 'electron', 'electron-updater', 'onnxruntime-node', 'react', 'zod'])
      expect(bill.components.map((component) => component.name)).toContain(name);
    for (const name of ['vitest', 'electron-builder', 'playwright-core', 'ccxt'])
      expect(bill.components.map((component) => component.name)).not.toContain(name);
    expect(bill.components.filter(({ name, hashes }) => name !== 'electron' && (hashes ?? []).length === 0).map(({ name }) => name)).toEqual([]);
  });
});

describe('a new release key', () => {
  const make = (where: string) =>
    spawnSync(process.execPath, ['scripts/release-feed.mjs', '--new-key', where], {
      cwd: PROJECT_ROOT,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });

  it('is never written into the checkout, from where it would be committed one day', () => {
    for (const where of ['.', 'KEYS', 'resources/../KEYS']) {
      const { status, stderr } = make(where);
      expect([status, stderr]).toEqual([1, expect.stringContaining('is inside the checkout')]);
    }
    expect(existsSync(join(PROJECT_ROOT, 'KEYS'))).toBe(false);
  });

  it('is written elsewhere, readable by its owner only, and never over another', () => {
    expect(make(join(folder, 'keys')).status).toBe(0);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'keys', 'release-key.pem')).mode & 0o777).toBe(0o600);
    expect(make(join(folder, 'keys')).status).toBe(1);
  });
});

describe('the stamp of a build', () => {
  const git = (...argv: readonly string[]): void => void spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...argv], { cwd: folder });

  it('is the commit and its date, and says when the sources differ', () => {
    writeFileSync(join(folder, 'package.json'), '{"version":"3.2.1"}');
    expect(readStamp(folder)).toMatchObject({ version: '3.2.1', commit: null, isChanged: true });
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'x', '--date', '2026-01-02T03:04:05Z');
    const stamp = readStamp(folder);
    expect(stamp).toMatchObject({ version: '3.2.1', commit: expect.stringMatching(/^[0-9a-f]{40}$/), isChanged: false });
    writeFileSync(join(folder, 'README.md'), 'a note changes nothing');
    expect(readStamp(folder)).toEqual(stamp);
    writeFileSync(join(folder, 'package-lock.json'), '{}');
    expect(readStamp(folder)).toEqual({ ...stamp, isChanged: true });
  });

  it('is shown in a line, and its absence is no failure', () => {
    expect(readBuildStamp(folder)).toBeNull();
    expect(describeStamp('3.2.1', null)).toBe('Version 3.2.1');
    expect(describeStamp('3.2.1', { version: '3.2.1', commit: '0123456789abcdef', date: '2026-01-02T03:04:05.000Z', isChanged: false })).toBe(
      'Version 3.2.1 (0123456789, 2026-01-02)',
    );
  });
});
