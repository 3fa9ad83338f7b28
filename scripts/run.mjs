// Runs one of the project's TypeScript commands under Node 24 after the set-up: `node scripts/run.mjs FILE [flags]`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages, giveUp, node24, ROOT } from './bootstrap.mjs';

const [file, ...argv] = process.argv.slice(2);
if (file === undefined || !existsSync(join(ROOT, file))) giveUp(`This command is not part of this version yet (${file ?? 'no file named'}).`, 2);
ensurePackages();
const child = spawn(node24(), [join(ROOT, file), ...argv], { cwd: process.cwd(), stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
