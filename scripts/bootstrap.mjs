// Set-up from nothing: checks Node, installs packages, finds Node 24, builds the screens and (for tests) finds Chromium.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import './check-node.cjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'terminal');

export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Prints one sentence and ends. */
export function giveUp(sentence, code = 1) {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function stampOf(name) {
  const file = join(CACHE, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function writeStamp(name, value) {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(join(CACHE, name), value);
}

const MOST_WAIT_MS = 900_000;

/** One at a time: two commands started together on a fresh clone would install or build over each other. Waits for the other; a dead one's place is taken. */
function alone(work) {
  const file = join(ROOT, '.cache', 'setting-up');
  mkdirSync(dirname(file), { recursive: true });
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let isTold = false;
  for (const deadline = performance.now() + MOST_WAIT_MS; performance.now() < deadline; Atomics.wait(cell, 0, 0, 200)) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch {
      if (isAbandoned(file)) rmSync(file, { force: true });
      else if (!isTold) say('Another command is setting up this folder; waiting for it …');
      isTold = true;
    }
  }
  try {
    work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Whose process is gone; one that was made this moment may not hold its number yet. */
function isAbandoned(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (!(pid > 0)) return Date.now() - statSync(file).mtimeMs > 2000;
    process.kill(pid, 0);
    return false;
  } catch (failure) {
    return failure.code === 'ESRCH';
  }
}

/** Installs exactly what package-lock.json says, unless that is already there. */
export function ensurePackages() {
  if (!arePackagesThere()) alone(() => arePackagesThere() || install());
}

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
}

function arePackagesThere() {
  return existsSync(node24()) && stampOf('packages') === lockHash();
}

function install() {
  say('Installing packages (once, a minute or two) …');
  // What an interrupted install left behind can keep npm from clearing the folder; without it the second try starts from nothing.
  if (!installPackages()) {
    rmSync(join(ROOT, 'node_modules'), { recursive: true, force: true, maxRetries: 5 });
    if (!installPackages())
      giveUp('The packages could not be installed. Check the network (or the npm proxy) and free disk space, then run the same command again.');
  }
  writeStamp('packages', lockHash());
}

function installPackages() {
  const { status } = spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: withoutLifecycle(),
  });
  return status === 0;
}

/** npm hands its own settings to child processes; a nested npm must not inherit them. */
function withoutLifecycle() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(config|package|lifecycle|command)/i.test(name)));
}

/** Node 24, which runs TypeScript itself, from the project's own packages. */
export function node24() {
  return join(ROOT, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

function newestChange(folder, ignore = []) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (ignore.includes(entry.name)) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path, ignore) : statSync(path).mtimeMs);
  }
  return newest;
}

/** Builds main, preload and renderer into out/ when their sources are newer than the last build. */
export function ensureBuild() {
  if (!isBuilt(sourceVersion())) alone(() => isBuilt(sourceVersion()) || build());
}

function isBuilt(version) {
  return stampOf('build') === version && existsSync(join(ROOT, 'out', 'renderer', 'index.html'));
}

/** Changes whenever a source does. */
function sourceVersion() {
  const sources = [join(ROOT, 'src-renderer'), join(ROOT, 'src-shared'), join(ROOT, 'src-main'), join(ROOT, 'src-worker')];
  return String(
    Math.max(
      ...sources.map((folder) => newestChange(folder)),
      ...['electron.vite.config.ts', 'package-lock.json'].map((file) => statSync(join(ROOT, file)).mtimeMs),
    ),
  );
}

function build() {
  const version = sourceVersion();
  say('Building the screens …');
  const result = runNode([join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status !== 0) giveUp(`The screens could not be built:\n${result.stdout ?? ''}${result.stderr ?? ''}`);
  writeStamp('build', version);
}

/** Runs Node 24 in the project's folder and waits. */
export function runNode(argv, options = {}) {
  return spawnSync(node24(), argv, { cwd: ROOT, encoding: 'utf8', stdio: 'inherit', ...options });
}

/** A Chromium for the end-to-end tests; installs Debian's where that is possible. */
export function ensureChromium() {
  const found = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => path && existsSync(path),
  );
  if (found) return found;
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    say('Installing Chromium for the end-to-end tests …');
    const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync('apt-get', ['update', '-qq'], options);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
    if (existsSync('/usr/bin/chromium')) return '/usr/bin/chromium';
  }
  return giveUp('The end-to-end tests need Chromium. Install it (Debian: `apt-get install chromium`) or set CHROMIUM_PATH to a Chrome or Chromium binary.');
}

const DAY_MS = 86_400_000;

/** The Electron binary, fetched once if it can be; null with the reason when it cannot. A failed try is not repeated for a day, unless somebody asks for Electron. */
export function findElectron(isAsked = false) {
  const folder = join(ROOT, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  const binary = () => (existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8').trim()) : null);
  const present = binary();
  if (present !== null && existsSync(present)) return { path: present, why: 'its binary is installed' };
  const failed = stampOf('electron-failed');
  if (!isAsked && failed !== null && Date.now() - Number(failed) < DAY_MS)
    return { path: null, why: 'its binary could not be downloaded in the last 24 hours' };
  if (!existsSync(join(folder, 'install.js'))) return { path: null, why: 'the electron package is not installed' };
  say('Looking for the Electron binary …');
  runNode([join(folder, 'install.js')], {
    stdio: isAsked ? ['ignore', 'inherit', 'inherit'] : 'ignore',
    timeout: 120_000,
    env: { ...process.env, npm_config_loglevel: 'silent' },
  });
  const fetched = binary();
  if (fetched !== null && existsSync(fetched)) return { path: fetched, why: 'its binary was downloaded' };
  writeStamp('electron-failed', String(Date.now()));
  return { path: null, why: 'its binary cannot be downloaded here' };
}
