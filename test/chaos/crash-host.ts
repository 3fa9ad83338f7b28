// The terminal without a screen, made to die at a named point of the order path. Parent: the crash torture.
import { fileURLToPath } from 'node:url';
import type { OrderIntent } from '../../src-shared/domain/order.ts';
import type { ExecutionVenue, Journal } from '../../src-main/core/ports.ts';
import { parseStartOptions } from '../../src-main/hosts/arguments.ts';
import { startTerminal } from '../../src-main/hosts/compose.ts';
import type { WrappedPorts } from '../../src-main/hosts/terminal.ts';
import { createNodeLauncher } from '../../src-main/hosts/node/child-worker.ts';
import { createEnvironmentSecrets } from '../../src-main/hosts/node/secrets.ts';
import { CRASH_POINTS, type Armed, type CrashPoint } from './crash-points.ts';
import { connectParent } from './parent-link.ts';

const STALL_MS = 1000;
const STALL_STEP_MS = 100;
let armed: Armed | null = null;

function isArmed(message: unknown): message is { readonly kind: 'arm'; readonly armed: Armed } {
  return typeof message === 'object' && message !== null && (message as { kind?: unknown }).kind === 'arm';
}

function die(point: CrashPoint, what: string): never {
  // Synchronous on purpose: the message must leave before the end. The parent reads it from the pipe after the death.
  process.stdout.write(`DIED ${JSON.stringify({ point, what })}\n`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error('unreachable');
}

function pass(point: CrashPoint, what: string): void {
  if (armed?.point !== point || !armed.what.test(what)) return;
  armed = { ...armed, passes: armed.passes - 1 };
  if (armed.passes <= 0) die(point, what);
}

function wrapJournal(journal: Journal): Journal {
  return {
    ...journal,
    append: (records, durable) => {
      const what = records.map((record) => record.kind).join('+');
      if (durable) pass('before-journal', what);
      const written = journal.append(records, durable);
      if (durable) pass('after-journal', what);
      return written;
    },
    saveCheckpoint: (checkpoint) => {
      pass('before-checkpoint', 'checkpoint');
      const saved = journal.saveCheckpoint(checkpoint);
      pass('after-checkpoint', 'checkpoint');
      return saved;
    },
  };
}

/** While the request is on its way: some milliseconds after it left. */
function dieOnTheWay(what: string): void {
  if (armed?.point !== 'sending' || !armed.what.test(what)) return;
  armed = { ...armed, passes: armed.passes - 1 };
  if (armed.passes <= 0) setTimeout(() => die('sending', what), armed.delayMs);
}

async function around<T>(what: string, call: () => Promise<T>): Promise<T> {
  pass('before-send', what);
  const answer = call();
  dieOnTheWay(what);
  const value = await answer;
  pass('after-answer', what);
  return value;
}

function wrapExecution(execution: ExecutionVenue): ExecutionVenue {
  return {
    start: (handler) => execution.start(handler),
    stop: () => execution.stop(),
    status: () => execution.status(),
    submit: (intent: OrderIntent) => around(`submit ${intent.purpose}`, () => execution.submit(intent)),
    amendOrder: (request) => around('amend', () => execution.amendOrder(request)),
    cancel: (request) => around('cancel', () => execution.cancel(request)),
    query: (request) => around('query', () => execution.query(request)),
    prepareSymbol: (request) => around('prepare', () => execution.prepareSymbol(request)),
    fetchState: (request) => around('reconcile', () => execution.fetchState(request)),
  };
}

/** Says when the engine's thread was busy or waiting for a processor for long; the time of its own work tells which. */
function reportStalls(say: (line: string) => void): void {
  let last = performance.now();
  let used = process.cpuUsage();
  setInterval(() => {
    const now = performance.now();
    const worked = process.cpuUsage(used);
    if (now - last > STALL_MS) say(`STALL ${Math.round(now - last)} ms, of which ${Math.round((worked.user + worked.system) / 1000)} ms of work`);
    last = now;
    used = process.cpuUsage();
  }, STALL_STEP_MS).unref();
}

const options = parseStartOptions(process.argv.slice(2));
if (!options.ok) throw new Error(options.error);
const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const initial = process.env['CRASH_AT'];
if (initial !== undefined) {
  const parsed = JSON.parse(initial) as Armed;
  if (!CRASH_POINTS.includes(parsed.point)) throw new Error(`no crash point ${parsed.point}`);
  armed = { ...parsed, what: new RegExp(parsed.whatPattern) };
}
const started = await startTerminal({
  options: options.value,
  host: 'node',
  projectRoot,
  launcher: createNodeLauncher(projectRoot),
  secrets: createEnvironmentSecrets(process.env),
  wrapPorts: ({ journal, execution }: WrappedPorts) => ({ journal: wrapJournal(journal), execution: wrapExecution(execution) }),
});
if (!started.ok) throw new Error(started.error.uiMessage);
started.value.attach(
  connectParent((message) => {
    if (isArmed(message)) armed = { ...message.armed, what: new RegExp(message.armed.whatPattern) };
  }),
);
reportStalls((line) => process.stdout.write(`${line}\n`));
process.on('SIGTERM', () => void started.value.stop('SIGTERM').then(() => process.exit(0)));
if ((await started.value.whenStreaming) === 'streaming') process.stdout.write('READY\n');
