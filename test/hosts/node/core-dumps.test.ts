// What the operating system keeps of a process that dies: no core dump of the terminal, wherever it was started from; with a decoy that must leave one.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT, temporaryFolder, until } from '../../support/terminal.ts';
import { childrenOf } from './support/hunt.ts';

const MARK = 'core-dump-marked-key-71c0';
const isLinux = process.platform === 'linux';
const pattern = isLinux ? readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim() : '';
/** Dumps land in the working folder; elsewhere the kernel hands them to a program that is not ours to ask. */
const isPlainFile = pattern !== '' && !pattern.startsWith('|') && !pattern.includes('/');
const mayDump = isLinux && spawnSync('sh', ['-c', 'ulimit -H -c'], { encoding: 'utf8' }).stdout.trim() !== '0';

/** Node in a shell that allows core dumps, whatever the limits of this test's own process are. */
function startAllowed(argv: readonly string[], folder: string): ChildProcess {
  const environment = { ...process.env, NO_COLOR: '1', BINANCE_API_KEY: MARK };
  return spawn('sh', ['-c', 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"', 'sh', process.execPath, ...argv], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment,
  });
}

const limitOf = (pid: number | undefined): readonly string[] =>
  /^Max core file size\s+(\S+)\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.slice(1) ?? [];
const dumpsIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('core') && statSync(join(folder, name)).isFile());

async function printed(child: ChildProcess, line: RegExp): Promise<void> {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => void (text += chunk.toString()));
  await until(`${line.source}`, async () => line.test(text));
}

async function abort(child: ChildProcess): Promise<NodeJS.Signals | null> {
  const ended = new Promise<NodeJS.Signals | null>((done) => void child.once('exit', (_code, signal) => done(signal)));
  child.kill('SIGABRT');
  return ended;
}

describe.skipIf(!mayDump)('a terminal that dies by a signal that makes core dumps', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    for (const name of ['terminal', 'decoy']) mkdirSync(join(folder.path, name));
  });
  afterAll(() => folder.remove());

  it('leaves none, and neither can its workers: the limit was 0 before the first key was read', async () => {
    const cwd = join(folder.path, 'terminal');
    const main = join(PROJECT_ROOT, 'src-main/hosts/node/main.ts');
    const child = startAllowed([main, '--no-open', '--port', '0', '--symbols', '2', '--data-dir', join(folder.path, 'data')], cwd);
    await printed(child, /^Terminal: http/m);
    expect(limitOf(child.pid)).toEqual(['0', '0']);
    const workers = childrenOf(child.pid ?? 0);
    expect(workers.length).toBeGreaterThan(0);
    for (const worker of workers) expect(limitOf(worker.pid)).toEqual(['0', '0']);
    expect(await abort(child)).toBe('SIGABRT');
    expect(dumpsIn(cwd)).toEqual([]);
  });

  it('is known where the limit cannot be set, so that the host can say it', async () => {
    const module = join(PROJECT_ROOT, 'src-main/adapters/runtime/core-dumps.ts');
    const script = `import { switchOffCoreDumps } from ${JSON.stringify(module)}; process.env.PATH = '/nowhere'; console.log(switchOffCoreDumps());`;
    const child = startAllowed(['--input-type=module-typescript', '-e', script], folder.path);
    await printed(child, /^on$/m);
  });

  it.skipIf(!isPlainFile)('would have left one with the key in it: a bare Node beside it does', async () => {
    const cwd = join(folder.path, 'decoy');
    const child = startAllowed(['-e', `const key = process.env.BINANCE_API_KEY; console.log('up'); setInterval(() => key, 1000)`], cwd);
    await printed(child, /^up/m);
    expect(limitOf(child.pid)[0]).not.toBe('0');
    expect(await abort(child)).toBe('SIGABRT');
    const [dump = 'none'] = dumpsIn(cwd);
    expect(existsSync(join(cwd, dump))).toBe(true);
    expect(readFileSync(join(cwd, dump)).includes(MARK)).toBe(true);
    rmSync(join(cwd, dump));
  });
});
