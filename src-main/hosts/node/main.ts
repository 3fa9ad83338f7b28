// The Node host: the whole terminal without Electron, served to a browser on this machine.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WebSocket } from 'ws';
import { outliveConsole } from '../../adapters/runtime/console.ts';
import { CORE_DUMPS_ON, switchOffCoreDumps } from '../../adapters/runtime/core-dumps.ts';
import { createCrashGuard } from '../../adapters/runtime/crash-guard.ts';
import { lockDataFolder } from '../../adapters/runtime/instance-lock.ts';
import { redact } from '../../adapters/runtime/redact.ts';
import { startTerminal } from '../compose.ts';
import { startSwitchable } from '../mode-switch.ts';
import type { Terminal } from '../terminal.ts';
import { parseStartOptions } from '../arguments.ts';
import { openBrowser } from './browser.ts';
import { createNodeLauncher } from './child-worker.ts';
import { createSealedSecrets } from './secrets.ts';
import { PROJECT_ROOT, RENDERER_ROOT, rendererIsBuilt } from './static-root.ts';
import { startWebServer, type ListenFailure, type WebServer } from './web-server.ts';
import { createWebSocketLink } from './ws-link.ts';

const EXIT_USAGE = 2;
const EXIT_FAILED = 1;

function sayAndExit(sentence: string, code: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

outliveConsole([process.stdout, process.stderr]);
const parsed = parseStartOptions(process.argv.slice(2));
if (!parsed.ok) sayAndExit(`${parsed.error} See \`npm start -- --help\`.`, EXIT_USAGE);
if (!rendererIsBuilt()) sayAndExit('The screens are not built yet. Run `npm start`, which builds them, instead of this file.', EXIT_FAILED);
const options = parsed.value;

// Node would print the whole failure with everything it holds, for example the headers of a call. The restart is the service manager's.
const crashes = createCrashGuard({ folder: join(options.dataDir, 'crashes'), version: process.version, wallNow: Date.now });
const life = { isStopping: false };
function crash(failure: unknown): void {
  crashes.report(failure);
  // What falls over during a stop must not keep the stop from closing the journal.
  if (life.isStopping) return;
  const message = redact(failure instanceof Error ? failure.message : String(failure));
  sayAndExit(
    `The terminal crashed (${message}). Positions keep their stops at the exchange; start it again and it recovers. The report is in ${join(options.dataDir, 'crashes')}.`,
    EXIT_FAILED,
  );
}
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

// Journal, candles and logs are nobody else's business on a machine with more users.
process.umask(0o077);
// The limits are inherited: before the first secret and the first worker.
if (switchOffCoreDumps() === 'on') process.stderr.write(`${CORE_DUMPS_ON}\n`);

const secrets = createSealedSecrets({
  file: join(options.dataDir, 'secrets.sealed.json'),
  environment: process.env,
  onNotice: (sentence) => void process.stderr.write(`${sentence}\n`),
});
if (!secrets.ok) sayAndExit(secrets.error.uiMessage, EXIT_FAILED);

const token = randomBytes(24).toString('base64url');
/** Nobody knows the token before the terminal is there. */
let terminal: Terminal | null = null;
const onScreen = (socket: WebSocket): void => {
  if (terminal === null) return socket.close();
  const { logger } = terminal;
  terminal.attach(createWebSocketLink(socket, (detail) => logger.log('warn', 'screen', detail)));
};
/** A port is mostly taken by the terminal that has the data folder too; that says more. */
function whyNotListening(failure: ListenFailure): string {
  if (!existsSync(options.dataDir)) return failure.uiMessage;
  const lock = lockDataFolder(options.dataDir);
  if (!lock.ok) return lock.error.uiMessage;
  lock.value.release();
  return failure.uiMessage;
}
// The port first: where it is taken nothing is started.
let server: WebServer;
try {
  server = await startWebServer({
    port: options.port,
    root: RENDERER_ROOT,
    token,
    onScreen,
    onRefused: (reason) => terminal?.logger.log('warn', 'screen', reason),
  });
} catch (failure) {
  sayAndExit(whyNotListening(failure as ListenFailure), EXIT_FAILED);
}
const started = await startSwitchable(
  { options, host: 'node', projectRoot: PROJECT_ROOT, launcher: createNodeLauncher(PROJECT_ROOT), secrets: secrets.value },
  startTerminal,
);
if (!started.ok) sayAndExit(started.error.uiMessage, EXIT_FAILED);
const running = started.value;
terminal = running;

const url = `http://127.0.0.1:${server.port}/#token=${token}`;
process.stdout.write(`Terminal: ${url}\n`);
if (options.open && openBrowser(url)) process.stdout.write('Opened in your browser.\n');

async function shutDown(why: string): Promise<void> {
  if (life.isStopping) return;
  life.isStopping = true;
  const isStopped = await running.stop(why).then(
    () => true,
    (failure: unknown) => {
      crashes.report(failure);
      process.stderr.write(`The stop did not go through (${redact(failure instanceof Error ? failure.message : String(failure))}). The next start recovers.\n`);
      return false;
    },
  );
  await server.close();
  process.exit(isStopped ? 0 : EXIT_FAILED);
}
process.on('SIGINT', () => void shutDown('SIGINT'));
process.on('SIGTERM', () => void shutDown('SIGTERM'));
process.on('SIGHUP', () => void shutDown('SIGHUP'));

const outcome = await running.whenStreaming;
if (outcome === 'streaming') process.stdout.write(`READY ${url}\n`);
