// `node scripts/pack.mjs`: packs the desktop app against a stand-in for Electron and checks the tree: what is in it, what is outside the archive, what must not be.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runPacked } from './pack-run.mjs';
import { FUSE_SENTINEL, FUSES, writeStandIn } from './pack-stand-in.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const USAGE = `Usage: npx node scripts/pack.mjs [--platform linux|win32] [--arch x64|arm64] [--keep DIR] [--run]

Packs what is built in out/ as electron-builder.yml says, with a stand-in for Electron's own files, and checks the result.
--run also unpacks the archive somewhere else and starts the app in it, with a stand-in for the module electron, until prices stream.
The real installers: npm run build, then npx electron-builder (it downloads Electron).
`;
/** Everything but Electron itself. */
const SIZE_BUDGET_MB = 110;
const MOST_SHOWN = 25;
const PROGRAM = { linux: 'perpetual-terminal', win32: 'Perpetual Terminal.exe' };
const FLAG = { linux: '--linux', win32: '--win' };
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
  for (const path of paths) for (const [pattern, what] of MUST_NOT) if (pattern.test(path)) problems.push(`${path} is ${what}`);
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

const WANTED_FUSES = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
};

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

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

/** Packs and checks; gives the problems and the sizes. */
export function pack({ platform, arch, output }) {
  const standIn = join(output, 'electron');
  const version = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).devDependencies.electron;
  writeStandIn(standIn, platform, version);
  const folder = join(output, 'release');
  const cli = join(ROOT, 'node_modules/electron-builder/out/cli/cli.js');
  // The stand-in has no resource section to put an icon or the archive's hash into; both need the real program.
  const overrides = [
    `-c.electronDist=${standIn}`,
    `-c.electronVersion=${version}`,
    `-c.directories.output=${folder}`,
    ...(platform === 'win32' ? ['-c.win.signAndEditExecutable=false', '-c.disableAsarIntegrity=true'] : []),
  ];
  const run = spawnSync(process.execPath, [cli, FLAG[platform], 'dir', `--${arch}`, '--publish', 'never', '-c', 'electron-builder.yml', ...overrides], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (run.status !== 0) return { problems: [`electron-builder ended with ${run.status}:\n${run.stdout}${run.stderr}`], sizeMb: 0 };
  const [unpacked] = readdirSync(folder).filter((name) => name.endsWith('unpacked'));
  const tree = join(folder, unpacked);
  const archive = readArchive(join(tree, 'resources', 'app.asar'));
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const problems = checkArchive(archive, { platform, arch, developmentPackages: developmentPackagesOf(lock) });
  const fuses = readFuses(readFileSync(join(tree, PROGRAM[platform])));
  for (const [name, isOn] of Object.entries(WANTED_FUSES)) if (fuses[name] !== isOn) problems.push(`the fuse ${name} is ${fuses[name] ? 'on' : 'off'}`);
  const locales = readdirSync(join(tree, 'locales')).toSorted().join(' ');
  if (locales !== 'en-US.pak zh-CN.pak zh-TW.pak') problems.push(`the locales are ${locales}`);
  const sizeMb = sizeOf(join(tree, 'resources')) / 1_048_576;
  if (sizeMb > SIZE_BUDGET_MB) problems.push(`${sizeMb.toFixed(1)} MB without Electron are more than ${SIZE_BUDGET_MB} MB`);
  return { problems, sizeMb, files: archive.entries.size, folder: tree };
}

async function main(argv) {
  const option = (name, fallback) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : fallback);
  if (argv.includes('--help')) return void process.stdout.write(USAGE);
  const platform = option('--platform', 'linux');
  const arch = option('--arch', 'x64');
  const keep = option('--keep', null);
  if (!(platform in PROGRAM) || !['x64', 'arm64'].includes(arch)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  if (!existsSync(join(ROOT, 'out/main/main.js'))) {
    process.stderr.write('Nothing is built yet. Run `npm run build` first.\n');
    process.exitCode = 2;
    return;
  }
  const output = keep ?? mkdtempSync(join(tmpdir(), 'terminal-pack-'));
  try {
    const { problems, sizeMb, files, folder } = pack({ platform, arch, output });
    if (argv.includes('--run') && folder !== undefined) {
      const failure = await runPacked(readArchive(join(folder, 'resources', 'app.asar')), join(output, 'run'));
      if (failure === null) process.stdout.write('The packed app started, served its page and streamed prices.\n');
      else problems.push(failure);
    }
    for (const problem of problems.slice(0, MOST_SHOWN)) process.stdout.write(`PROBLEM ${problem}\n`);
    if (problems.length > MOST_SHOWN) process.stdout.write(`… and ${problems.length - MOST_SHOWN} more\n`);
    process.stdout.write(
      `${platform} ${arch}: ${files ?? 0} files, ${sizeMb.toFixed(1)} MB without Electron, ${problems.length} problems${keep === null ? '' : ` (${relative(ROOT, output)})`}\n`,
    );
    process.exitCode = problems.length === 0 ? 0 : 1;
  } finally {
    if (keep === null) rmSync(output, { recursive: true, force: true });
  }
}

if (resolve(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
