// `node scripts/pack.mjs`: packs the desktop app against a stand-in for Electron and checks the tree: what is in it, what is outside the archive, what must not be.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkArchive, checkSizes, developmentPackagesOf, readArchive, readFuses, sizesOf, WANTED_FUSES } from './pack-check.mjs';
import { runPacked } from './pack-run.mjs';
import { writeStandIn } from './pack-stand-in.mjs';
import { isMain } from './is-main.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const USAGE = `Usage: npx node scripts/pack.mjs [--platform linux|win32] [--arch x64|arm64] [--keep DIR] [--run] [--twice]

Packs what is built in out/ as electron-builder.yml says, with a stand-in for Electron's own files, and checks the result.
--run also unpacks the archive somewhere else and starts the app in it, with a stand-in for the module electron, until prices stream.
--twice packs a second time and compares: the same sources must give the same bytes.
The real installers: npm run build, then npx electron-builder (it downloads Electron).
`;
/** Everything but Electron itself. */
const SIZE_BUDGET_MB = 110;
const MOST_SHOWN = 25;
const PROGRAM = { linux: 'perpetual-terminal', win32: 'Perpetual Terminal.exe' };
const FLAG = { linux: '--linux', win32: '--win' };
function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** SHA-256 over names and bytes of everything below `resources/`. */
function hashOf(tree) {
  const folder = join(tree, 'resources');
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
    hash.update(`${relative(folder, path)}\0`);
    hash.update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
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
  const sizes = sizesOf(archive);
  problems.push(...checkSizes(sizes));
  return { problems, sizeMb, sizes, files: archive.entries.size, folder: tree, hash: hashOf(tree) };
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
    const { problems, sizeMb, sizes = {}, files, folder, hash } = pack({ platform, arch, output });
    if (argv.includes('--run') && folder !== undefined) {
      const failure = await runPacked(readArchive(join(folder, 'resources', 'app.asar')), join(output, 'run'));
      if (failure === null) process.stdout.write('The packed app started, served its page and streamed prices.\n');
      else problems.push(failure);
    }
    if (argv.includes('--twice')) {
      const again = pack({ platform, arch, output: join(output, 'again') });
      if (again.hash === hash) process.stdout.write(`Packed twice, the same bytes: ${hash}\n`);
      else problems.push('packing twice gave different bytes');
    }
    process.stdout.write(
      `${Object.entries(sizes)
        .map(([part, size]) => `${part} ${size.toFixed(1)} MB`)
        .join(', ')}\n`,
    );
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

if (isMain(import.meta.url)) await main(process.argv.slice(2));
