// Writes out/build.json: which sources a build was made from. Nothing in it depends on when or where it was built, so that two builds of one commit are the same.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
/** What a build is made from; notes and pictures beside it change nothing. */
const SOURCES = [
  'src-main',
  'src-renderer',
  'src-worker',
  'src-shared',
  'models',
  'resources',
  'package-lock.json',
  'electron.vite.config.ts',
  'electron-builder.yml',
];

function git(folder, ...argv) {
  const { status, stdout } = spawnSync('git', argv, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** The stamp of a checkout; commit and date are null where there is no git. */
export function readStamp(folder) {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const commit = git(folder, 'rev-parse', 'HEAD');
  const seconds = commit === null ? null : git(folder, 'show', '-s', '--format=%ct', 'HEAD');
  const changes = commit === null ? null : git(folder, 'status', '--porcelain', '--', ...SOURCES);
  return {
    version,
    commit,
    date: seconds === null ? null : new Date(Number(seconds) * 1000).toISOString(),
    isChanged: changes === null || changes !== '',
  };
}

/** Called by the build (electron.vite.config.ts). */
export function writeStamp(folder = ROOT) {
  mkdirSync(join(folder, 'out'), { recursive: true });
  writeFileSync(join(folder, 'out', 'build.json'), `${JSON.stringify(readStamp(folder))}\n`);
}
