// `npm start`: sets everything up on a fresh clone and runs the terminal in the best host this machine has.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describeFlags, readFlags, START_FLAGS } from './arguments.mjs';
import { ensureBuild, ensurePackages, findElectron, giveUp, node24, ROOT, say } from './bootstrap.mjs';

const argv = process.argv.slice(2);
const flags = readFlags(argv, START_FLAGS);
if (!flags.ok) giveUp(`${flags.sentence} See \`npm start -- --help\`.`, 2);
if (flags.values.help) {
  say(describeFlags('npm start', START_FLAGS));
  process.exit(0);
}
ensurePackages();
ensureBuild();

function chooseHost() {
  if (flags.values.host === 'node') return { electron: null, why: 'you asked for it' };
  const found = findElectron(flags.values.host === 'electron');
  if (found.path === null && flags.values.host === 'electron')
    giveUp(`The Electron host cannot run: ${found.why}. Use --host node, which is the same terminal in your browser.`);
  return { electron: found.path, why: found.path === null ? `Electron cannot run here: ${found.why}` : found.why };
}

const host = chooseHost();
say(host.electron === null ? `Host: Node and your browser (${host.why}).` : `Host: Electron (${host.why}).`);
const child =
  host.electron === null
    ? // Without the flag a signal would open Node's debugger to every user of this machine.
      spawn(node24(), ['--disable-sigusr1', join(ROOT, 'src-main', 'hosts', 'node', 'main.ts'), ...argv], { cwd: process.cwd(), stdio: 'inherit' })
    : spawn(host.electron, [ROOT, ...argv], { cwd: process.cwd(), stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (failure) => giveUp(`The terminal could not be started: ${failure.message}`));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
