// The terminal without a screen, for the soak: on request it collects garbage and says what it holds. Started with --expose-gc.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getHeapCodeStatistics, queryObjects, writeHeapSnapshot } from 'node:v8';
import Database from 'better-sqlite3';
import { parseStartOptions } from '../../src-main/hosts/arguments.ts';
import { startTerminal } from '../../src-main/hosts/compose.ts';
import { createNodeLauncher } from '../../src-main/hosts/node/child-worker.ts';
import { createEnvironmentSecrets } from '../../src-main/hosts/node/secrets.ts';
import type { Holding } from '../../src-main/core/engine/holdings.ts';
import { connectParent } from './parent-link.ts';

/** What the process holds after a collection of all that can be collected. Bytes. */
export interface Holdings {
  readonly kind: 'holdings';
  /** Data in the heap, without compiled code, which grows as functions become hot. */
  readonly heapBytes: number;
  readonly codeBytes: number;
  /** Array buffers: candles, structure, tensors. */
  readonly bufferBytes: number;
  /** Other memory outside the heap that objects of the heap own: compressors, sources, sockets. */
  readonly externalBytes: number;
  readonly residentBytes: number;
  /** Resident memory that is no file's: heap, buffers, SQLite's page caches; without mapped database pages. Null where the system does not tell. */
  readonly anonymousBytes: number | null;
  /** What keeps the event loop alive, by kind. */
  readonly handles: Readonly<Record<string, number>>;
  readonly listeners: number;
  /** Living objects that have or are listeners, wait, or hold a prepared statement; empty unless the look is a thorough one. */
  readonly objects: Readonly<Record<string, number>>;
  /** The bounded memories of the terminal. */
  readonly stores: readonly Holding[];
}

const LOOKS = 3;
const BETWEEN_LOOKS_MS = 400;

const memory = new Database(':memory:');
const Statement = memory.prepare('SELECT 1').constructor;
memory.close();

/** Every kind is counted after a collection of its own, which stops the terminal for seconds on a busy machine. */
function countObjects(): Readonly<Record<string, number>> {
  const count = (type: unknown): number => queryObjects(type as typeof EventEmitter, { format: 'count' });
  return { emitters: count(EventEmitter), targets: count(EventTarget), promises: count(Promise), statements: count(Statement) };
}

function anonymousBytes(): number | null {
  try {
    const kilobytes = /^RssAnon:\s+(\d+) kB$/mu.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

/** Everything that is unreachable goes, also what a plain collection spares for speed: caches of compiled code and weakly held objects. */
function collectAll(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

function holdings(stores: readonly Holding[], isThorough: boolean): Holdings {
  const objects = isThorough ? countObjects() : {};
  collectAll();
  const { heapUsed, arrayBuffers, external, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1;
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
  return {
    kind: 'holdings',
    heapBytes: heapUsed - code - bytecode,
    codeBytes: code + bytecode,
    bufferBytes: arrayBuffers,
    externalBytes: external - arrayBuffers,
    residentBytes: rss,
    anonymousBytes: anonymousBytes(),
    handles,
    listeners,
    objects,
    stores,
  };
}

/** The least of a few looks: what is on its way to a screen or to the disk just now is not held. */
async function quietest(stores: () => readonly Holding[], isThorough: boolean): Promise<Holdings> {
  const sizeOf = ({ heapBytes, bufferBytes, externalBytes }: Holdings): number => heapBytes + bufferBytes + externalBytes;
  let least = holdings(stores(), isThorough);
  for (let look = 1; look < LOOKS; look += 1) {
    await new Promise((resume) => setTimeout(resume, BETWEEN_LOOKS_MS));
    const next = holdings(stores(), false);
    if (sizeOf(next) < sizeOf(least)) least = { ...next, objects: least.objects };
  }
  return least;
}

const options = parseStartOptions(process.argv.slice(2));
if (!options.ok) throw new Error(options.error);
const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const started = await startTerminal({
  options: options.value,
  host: 'node',
  projectRoot,
  launcher: createNodeLauncher(projectRoot),
  secrets: createEnvironmentSecrets(process.env),
});
if (!started.ok) throw new Error(started.error.uiMessage);
const terminal = started.value;
// A warning of Node about too many listeners is a leak that names itself.
process.on('warning', ({ name, message }) => {
  if (name !== 'ExperimentalWarning') process.stdout.write(`WARNING ${name} ${message}\n`);
});
terminal.attach(
  connectParent((order) => {
    const { kind, file, isThorough } = order as { readonly kind?: unknown; readonly file?: unknown; readonly isThorough?: unknown };
    if (kind === 'measure') void quietest(() => terminal.holdings(), isThorough === true).then((held) => process.send?.(held));
    if (kind === 'snapshot' && typeof file === 'string') process.send?.({ kind: 'snapshot-written', file: writeHeapSnapshot(file) });
  }),
);
process.on('SIGTERM', () => void terminal.stop('SIGTERM').then(() => process.exit(0)));
if ((await terminal.whenStreaming) === 'streaming') process.stdout.write('READY\n');
