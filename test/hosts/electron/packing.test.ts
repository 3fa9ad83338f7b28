// The check of a packed tree bites: each thing that must not be in a package is planted once and found; and the real configuration keeps to the plan.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../support/terminal.ts';

interface PackedArchive {
  readonly entries: ReadonlyMap<string, { readonly unpacked?: boolean }>;
  read(path: string): Buffer;
}
/** The scripts are plain JavaScript, so that they run before anything is installed. */
interface PackScript {
  readonly checkArchive: (
    archive: PackedArchive,
    facts: { readonly platform: string; readonly arch: string; readonly developmentPackages: ReadonlySet<string> },
  ) => readonly string[];
  readonly checkSizes: (sizes: Readonly<Record<string, number>>) => readonly string[];
  readonly readFuses: (binary: Buffer) => Readonly<Record<string, boolean>>;
  readonly developmentPackagesOf: (lock: unknown) => ReadonlySet<string>;
}
const load = (name: string): Promise<unknown> => import(pathToFileURL(join(PROJECT_ROOT, 'scripts', name)).href);
const { checkArchive, checkSizes, developmentPackagesOf, readFuses } = (await load('pack-check.mjs')) as PackScript;
const { FUSE_SENTINEL } = (await load('pack-stand-in.mjs')) as { readonly FUSE_SENTINEL: string };

const ELF = '\x7fELF';
const GOOD: Readonly<Record<string, string>> = {
  'package.json': '{"main":"out/main/main.js"}',
  LICENSE: 'MIT',
  'out/main/main.js': 'import ws from "ws";\nimport { app } from "electron";\nimport fs from "node:fs";\nconst text = "import it from \'nowhere\'";\n',
  'out/main/inference.js': '',
  'out/main/venue.js': '',
  'out/preload/preload.cjs': 'const electron = require("electron");',
  'out/renderer/index.html': '<p>',
  'out/build.json': '{}',
  'models/manifest.json': '{}',
  'resources/tray.png': 'png',
  'node_modules/ws/index.js': '',
  'node_modules/better-sqlite3/prebuilds/linux-x64.node': ELF,
  'node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1': ELF,
};

function archive(changes: Readonly<Record<string, string | null>>, packedNatives = false): PackedArchive {
  const files = Object.entries({ ...GOOD, ...changes }).filter((entry): entry is [string, string] => entry[1] !== null);
  const isUnpacked = (path: string): boolean => !packedNatives && /\.(node|so)|^models\//.test(path);
  return {
    entries: new Map(files.map(([path]) => [path, { unpacked: isUnpacked(path) }])),
    read: (path) => Buffer.from(files.find(([name]) => name === path)?.[1] ?? '', 'latin1'),
  };
}
const check = (packed: PackedArchive): readonly string[] => checkArchive(packed, { platform: 'linux', arch: 'x64', developmentPackages: new Set(['vitest']) });

describe('the check of a packed tree', () => {
  it('finds nothing wrong with a good one', () => {
    expect(check(archive({}))).toEqual([]);
  });

  it.each<readonly [string, Readonly<Record<string, string | null>>, string]>([
    ['a source map', { 'out/main/main.js.map': '{}' }, 'a source map'],
    ['a link to a source map', { 'out/renderer/a.js': '//# sourceMappingURL=a.js.map' }, 'names a source map'],
    ['a TypeScript source', { 'src-main/core/engine/engine.ts': '' }, 'a file of the workshop'],
    ['a test', { 'test/a.js': '' }, 'a file of the workshop'],
    ['an environment file', { '.env': 'BINANCE_API_KEY=x' }, 'a file of the developer'],
    ['stored secrets', { 'out/main/secrets.sealed.json': '{}' }, 'secrets'],
    ['a journal', { 'journal-live.sqlite': '' }, 'a database'],
    ['a development package', { 'node_modules/vitest/index.js': '' }, 'the development package vitest'],
    ['a package that is missing', { 'node_modules/ws/index.js': null }, 'imports ws, which is not packed'],
    ['a worker that is launched and was not built', { 'out/main/main.js': 'launcher.launch("training", {});' }, 'the worker training is launched'],
    ['a binary of another system', { 'node_modules/better-sqlite3/prebuilds/linux-x64.node': 'MZ' }, 'no Linux binary'],
    ['a binary of another processor', { 'node_modules/x/linux-arm64.node': ELF }, 'is for arm64'],
    ['no model', { 'models/manifest.json': null }, 'models/manifest.json is missing'],
    ['no database engine', { 'node_modules/better-sqlite3/prebuilds/linux-x64.node': null }, 'the binary of better-sqlite3 is missing'],
    ['the path of the build machine', { 'out/main/main.js': `"${PROJECT_ROOT}/x"` }, 'the path of the build machine'],
    ['a private key in the place of the public one', { 'resources/update-key.pem': '-----BEGIN PRIVATE KEY-----' }, 'is not a public key'],
    ['a private key in the code', { 'out/main/main.js': `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(64)}` }, 'contains a private key'],
    ['any other key', { 'resources/other.pem': 'x' }, 'is a key'],
    ['scripts of the workshop', { 'package.json': '{"main":"out/main/main.js","scripts":{"test":"x"}}' }, 'still has scripts'],
    ['a start that is not there', { 'package.json': '{"main":"index.js"}' }, 'which is not packed'],
  ])('finds %s', (_what, changes, problem) => {
    expect(check(archive(changes)).join('\n')).toContain(problem);
  });

  it('finds native code and models inside the archive, where they cannot be opened', () => {
    expect(check(archive({}, true)).join('\n')).toMatch(/is native and inside the archive[\s\S]*must lie outside the archive/);
  });
});

describe('the size', () => {
  it('has a budget for each part', () => {
    const small = { 'out/renderer': 1, 'out/main': 1, models: 1, node_modules: 1 };
    expect(checkSizes(small)).toEqual([]);
    expect(checkSizes({ ...small, 'out/renderer': 50 })).toEqual([expect.stringContaining('out/renderer weighs 50.0 MB')]);
  });
});

describe('the fuses', () => {
  it('are read from the wire of the binary', () => {
    const wire = (bits: string): Buffer => Buffer.concat([Buffer.from('any program '), Buffer.from(FUSE_SENTINEL), Buffer.from([1, 8]), Buffer.from(bits)]);
    expect(readFuses(wire('10110001'))).toMatchObject({ runAsNode: true, enableCookieEncryption: false, onlyLoadAppFromAsar: false });
    expect(readFuses(wire('01001100'))).toMatchObject({ runAsNode: false, enableCookieEncryption: true, onlyLoadAppFromAsar: true });
  });
});

describe('the lock file', () => {
  it('knows what is for development only; Electron, the builder and the test runner are', () => {
    const development = developmentPackagesOf(JSON.parse(readFileSync(join(PROJECT_ROOT, 'package-lock.json'), 'utf8')));
    for (const name of ['electron', 'electron-builder', 'vitest', 'typescript', 'ccxt']) expect(development.has(name)).toBe(true);
    for (const name of ['better-sqlite3', 'ws', 'zod', 'onnxruntime-node']) expect(development.has(name)).toBe(false);
  });
});

describe('the configuration of the packer', () => {
  const { load: readYaml } = createRequire(import.meta.url)('js-yaml') as { readonly load: (text: string) => unknown };
  const config = readYaml(readFileSync(join(PROJECT_ROOT, 'electron-builder.yml'), 'utf8')) as {
    readonly portable: { readonly unpackDirName: boolean | string };
    readonly appImage: { readonly executableArgs: readonly string[] };
    readonly linux: Readonly<Record<string, unknown>>;
    readonly deb: Readonly<Record<string, unknown>>;
    readonly electronFuses: Readonly<Record<string, boolean>>;
  };

  it('starts no package without the sandbox: the default of an AppImage would', () => {
    expect(config.appImage.executableArgs).toEqual([]);
    expect([config.linux['executableArgs'], config.deb['executableArgs']]).toEqual([undefined, undefined]);
  });

  it('unpacks each start of a portable copy into a folder of its own', () => {
    expect(config.portable.unpackDirName).toBe(true);
    // Where this line of the packer changes, so may the meaning of the value.
    const packer = readFileSync(join(PROJECT_ROOT, 'node_modules/app-builder-lib/out/targets/nsis/NsisTarget.js'), 'utf8');
    expect(packer).toContain('if (typeof unpackDirName === "string" || !unpackDirName) {');
  });

  it('seals a macOS app anew after its fuses, or an Apple processor would refuse an unsigned copy', () => {
    expect(config.electronFuses['resetAdHocDarwinSignature']).toBe(true);
  });
});
