// The terminal without a screen, for the soak: on request it collects garbage and says what it holds. Started with --expose-gc.
import { fileURLToPath } from 'node:url';
import { getHeapCodeStatistics } from 'node:v8';
import { parseStartOptions } from '../../src-main/hosts/arguments.ts';
import { startTerminal } from '../../src-main/hosts/compose.ts';
import { createNodeLauncher } from '../../src-main/hosts/node/child-worker.ts';
import { createEnvironmentSecrets } from '../../src-main/hosts/node/secrets.ts';
import { connectParent } from './parent-link.ts';

/** Bytes of data after two collections, without compiled code, which grows as functions become hot; handles are what keeps the event loop alive, by kind. */
export interface Holdings {
  readonly kind: 'holdings';
  readonly heapBytes: number;
  readonly codeBytes: number;
  readonly residentBytes: number;
  readonly handles: Readonly<Record<string, number>>;
  readonly listeners: number;
}

/** Requests under way and one-shot timers come and go with traffic; what must not grow is the rest. */
const PASSING: readonly string[] = ['TCPWRAP', 'FSReqCallback', 'FSReqPromise', 'GetAddrInfoReqWrap', 'TCPConnectWrap', 'Timeout', 'Immediate'];

function holdings(): Holdings {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) if (!PASSING.includes(name)) handles[name] = (handles[name] ?? 0) + 1;
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const { code_and_metadata_size: code, bytecode_and_metadata_size: bytecode } = getHeapCodeStatistics();
  return { kind: 'holdings', heapBytes: heapUsed + arrayBuffers - code - bytecode, codeBytes: code + bytecode, residentBytes: rss, handles, listeners };
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
// A warning of Node about too many listeners is a leak that names itself.
process.on('warning', (warning) => void process.stdout.write(`WARNING ${warning.name} ${warning.message}\n`));
started.value.attach(connectParent(() => void process.send?.(holdings())));
process.on('SIGTERM', () => void started.value.stop('SIGTERM').then(() => process.exit(0)));
if ((await started.value.whenStreaming) === 'streaming') process.stdout.write('READY\n');
