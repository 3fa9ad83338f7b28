// What a packed tree must and must not hold: read from the archive itself, so that the packer's own word is not taken for it.
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FUSE_SENTINEL, FUSES } from './pack-stand-in.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
/** The public half of the release key; the only key that may ship. */
const UPDATE_KEY = 'resources/update-key.pem';
/** What each part may weigh, in MB: measured when it was set, with room for a release or two. */
export const SIZE_BUDGETS_MB = { 'out/renderer': 5, 'out/main': 6, models: 5, node_modules: 105 };
const MUST_HAVE = [
  'package.json',
  'LICENSE',
  'out/main/main.js',
  'out/main/inference.js',
  'out/main/venue.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/build.json',
  'models/manifest.json',
  'resources/tray.png',
];
const MUST_NOT = [
  [/\.map$/, 'a source map'],
  [/\.(ts|tsx|mts|cts|tsbuildinfo)$/, 'a TypeScript source'],
  [/^(src-|test\/|docs\/|scripts\/|\.ci\/|test-results\/|out\/types|out\/release)/, 'a file of the workshop'],
  [/(^|\/)\.(env|git|npmrc)/, 'a file of the developer'],
  [/(^|\/)(secrets|settings)[^/]*\.json$/, 'somebody’s settings or secrets'],
  [/\.sqlite(-wal|-shm)?$/, 'a database'],
  [/\.(pem|key|p12|pfx)$/, 'a key'],
];

/** The file tree of an asar: `[path, size, isUnpacked]`, and a reader for packed files. */
export function readArchive(file) {
  const bytes = readFileSync(file);
  const [headerSize, jsonSize] = [bytes.readUInt32LE(4), bytes.readUInt32LE(12)];
  const tree = JSON.parse(bytes.subarray(16, 16 + jsonSize).toString('utf8'));
  const entries = new Map();
  const walk = (node, path) => {
    for (const [name, entry] of Object.entries(node.files)) {
      const full = path === '' ? name : `${path}/${name}`;
      if (entry.files === undefined) entries.set(full, entry);
      else walk(entry, full);
    }
  };
  walk(tree, '');
  return {
    entries,
    read: (path) => {
      const entry = entries.get(path);
      if (entry.unpacked === true) return readFileSync(join(`${file}.unpacked`, path));
      const start = 8 + headerSize + Number(entry.offset);
      return bytes.subarray(start, start + entry.size);
    },
  };
}

/** Problems of a packed archive, as sentences. */
export function checkArchive(archive, { platform, arch, developmentPackages }) {
  const problems = [];
  const paths = [...archive.entries.keys()];
  for (const path of MUST_HAVE) if (!archive.entries.has(path)) problems.push(`${path} is missing`);
  for (const path of paths) for (const [pattern, what] of MUST_NOT) if (path !== UPDATE_KEY && pattern.test(path)) problems.push(`${path} is ${what}`);
  const packages = new Set(paths.flatMap((path) => [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].map((match) => match[1])));
  for (const name of packages) if (developmentPackages.has(name)) problems.push(`the development package ${name} is packed`);
  const natives = paths.filter((path) => /\.(node|dll|dylib|so)(\.\d+)*$/.test(path));
  for (const path of natives) {
    if (archive.entries.get(path).unpacked !== true) problems.push(`${path} is native and inside the archive, where no system can load it`);
    const [magic] = [archive.read(path).subarray(0, 4).toString('latin1')];
    if (platform === 'linux' && magic !== '\x7fELF') problems.push(`${path} is no Linux binary`);
    if (platform === 'win32' && !magic.startsWith('MZ')) problems.push(`${path} is no Windows binary`);
    const other = arch === 'x64' ? 'arm64' : 'x64';
    if (path.includes(other)) problems.push(`${path} is for ${other}`);
  }
  for (const needed of ['better-sqlite3', 'onnxruntime-node'])
    if (!natives.some((path) => path.includes(needed))) problems.push(`the binary of ${needed} is missing`);
  for (const path of paths.filter((name) => name.startsWith('models/')))
    if (archive.entries.get(path).unpacked !== true) problems.push(`${path} must lie outside the archive`);
  for (const path of paths.filter((name) => /^out\/.*\.(js|cjs|html|css)$/.test(name))) {
    const text = archive.read(path).toString('utf8');
    if (/sourceMappingURL=(?!.*\$)/.test(text)) problems.push(`${path} names a source map`);
    if (text.includes(ROOT)) problems.push(`${path} contains the path of the build machine`);
    if (path.startsWith('out/main/') || path.startsWith('out/preload/')) {
      for (const [, name] of text.matchAll(/(?:^(?:import|export)\b[^"';]*?\bfrom\s*|^import\s*|\b(?:require|import)\()["']([^"'./][^"']*)["']/gm)) {
        const packageName = name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0];
        if (name.startsWith('node:') || builtinModules.includes(packageName) || packageName === 'electron') continue;
        if (!packages.has(packageName)) problems.push(`${path} imports ${packageName}, which is not packed`);
      }
    }
  }
  for (const path of paths.filter((name) => /^(out|models|resources)\//.test(name) && !/\.(png|woff2|onnx)$/.test(name)))
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}/.test(archive.read(path).toString('latin1'))) problems.push(`${path} contains a private key`);
  if (archive.entries.has(UPDATE_KEY) && !archive.read(UPDATE_KEY).toString('latin1').startsWith('-----BEGIN PUBLIC KEY-----'))
    problems.push(`${UPDATE_KEY} is not a public key`);
  const started = archive.read('out/main/main.js').toString('utf8');
  for (const [, entry] of started.matchAll(/\blaunch\(["']([\w-]+)["']/g))
    if (!archive.entries.has(`out/main/${entry}.js`)) problems.push(`the worker ${entry} is launched and out/main/${entry}.js is missing`);
  const description = JSON.parse(archive.read('package.json').toString('utf8'));
  if (!archive.entries.has(description.main)) problems.push(`package.json names ${description.main} as its start, which is not packed`);
  for (const key of ['devDependencies', 'scripts']) if (Object.keys(description[key] ?? {}).length > 0) problems.push(`package.json still has ${key}`);
  return problems;
}

/** The fuses of a binary by name, `true` for on. */
export function readFuses(binary) {
  const at = binary.indexOf(FUSE_SENTINEL) + FUSE_SENTINEL.length;
  return Object.fromEntries(FUSES.map((name, index) => [name, binary[at + 2 + index] === '1'.charCodeAt(0)]));
}

export const WANTED_FUSES = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
};

/** Names that are in the lock file for development only. */
export function developmentPackagesOf(lock) {
  const packed = new Set();
  const development = new Set();
  for (const [path, entry] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1);
    if (path === '' || name === undefined) continue;
    (entry.dev === true || entry.devOptional === true ? development : packed).add(name);
  }
  return new Set([...development].filter((name) => !packed.has(name)));
}

/** Megabytes of each part, packed and unpacked alike. */
export function sizesOf(archive) {
  const sizes = Object.fromEntries(Object.keys(SIZE_BUDGETS_MB).map((part) => [part, 0]));
  for (const [path, entry] of archive.entries) {
    const part = Object.keys(sizes).find((name) => path.startsWith(`${name}/`));
    if (part !== undefined) sizes[part] += (entry.size ?? 0) / 1_048_576;
  }
  return sizes;
}

/** Parts that weigh more than they may, as sentences. */
export function checkSizes(sizes) {
  return Object.entries(SIZE_BUDGETS_MB).flatMap(([part, budget]) =>
    sizes[part] > budget ? [`${part} weighs ${sizes[part].toFixed(1)} MB, more than its ${budget} MB`] : [],
  );
}
