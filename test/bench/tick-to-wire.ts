// From a market tick, and from a fill, to the bytes of an order at the far end of the wire: without the disk and with the synced journal.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { openDatabase } from '../../src-main/adapters/sqlite/database.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../src-main/adapters/sqlite/journal.ts';
import { memoryJournal, Rig } from './wire-rig.ts';
import { Stamps, type Moment } from './wire-stamps.ts';

const ROUNDS = 1200;
const WARM_UP = 200;
interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly orders: number;
}

export interface TickToWireReport {
  readonly suite: 'tick-to-wire';
  /** Milliseconds. `sent`: handed to the socket, `processor`: what this thread computed until then; `arrived`: read at the other end, on another thread. */
  readonly paths: readonly {
    readonly name: string;
    readonly journal: 'memory' | 'synced';
    readonly sent: Percentiles;
    readonly processor: Percentiles;
    /** `sent` of those during which the system took the processor away from this program not once. */
    readonly undisturbed: Percentiles;
    readonly arrived: Percentiles;
  }[];
}

interface Taken extends Moment {
  readonly id: string;
}

/** Ticks that each trail the stop: the next order is the moved stop. */
async function trailStops(rig: Rig, stamps: Stamps): Promise<readonly Taken[]> {
  const entry = await rig.open(rig.price * 0.9);
  rig.fill(entry, 'BUY', rig.plannedLots());
  for (let step = 0; step < 5; step += 1) await rig.pulse(300);
  const control = await rig.runner.command('bench', { kind: 'hand-back', positionId: entry.split('-')[0] ?? '' });
  if (!control.ok) throw new Error(control.error.uiMessage);
  // Far enough in profit that every further tick trails, as soon as the stop moved before is permanent.
  while (!rig.isPermanent()) await rig.pulse(700);
  rig.now += 6000;
  rig.tick(rig.price * 1.002);
  while (!rig.isPermanent()) await rig.pulse(700);
  const taken: Taken[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rig.now += 6000;
    const before = rig.orders.length;
    const moment = rig.tick(Math.round(rig.price * 1.0005 * 10) / 10);
    const order = rig.orders[before];
    if (order?.startsWith('stop') !== true) throw new Error(`round ${round}: the tick sent ${order ?? 'nothing'}`);
    const id = order.split(' ')[1] ?? '';
    taken.push({ id, ...moment });
    await rig.until(() => stamps.arrived.has(id));
    // The moved stop rests, the old one goes, the permanent one comes.
    while (!rig.isPermanent()) await rig.pulse(700);
  }
  return taken.slice(WARM_UP);
}

/** Fills of entries: the next order is the protecting stop. */
async function protectFills(rig: Rig, stamps: Stamps): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (let round = 0; round < ROUNDS / 2; round += 1) {
    rig.tick(rig.price);
    const entry = await rig.open(rig.price * 0.99);
    await rig.until(() => stamps.arrived.has(entry));
    await rig.pulse(100);
    const amount = rig.plannedLots();
    const before = rig.orders.length;
    const moment = rig.fill(entry, 'BUY', amount);
    const order = rig.orders[before];
    if (order?.startsWith('stop') !== true) throw new Error(`round ${round}: the fill sent ${order ?? 'nothing'}`);
    const id = order.split(' ')[1] ?? '';
    taken.push({ id, ...moment });
    await rig.until(() => stamps.arrived.has(id));
    await rig.pulse(2000);
    rig.fill(`web-${round}`, 'SELL', amount);
    for (let step = 0; step < 3; step += 1) await rig.pulse(2000);
  }
  return taken.slice(WARM_UP / 2);
}

function percentiles(taken: readonly Taken[], at: ReadonlyMap<string, number>, since: (taken: Taken) => number): Percentiles {
  const sorted = Float64Array.from(taken, (one) => ((at.get(one.id) ?? Number.NaN) - since(one)) / 1000).sort();
  const share = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: share(0.5), p99: share(0.99), worst: share(1), orders: sorted.length };
}

function describe({ p50, p99, worst, orders }: Percentiles): string {
  return `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms, worst ${worst.toFixed(3)} ms (${orders} orders)`;
}

/** Runs the suite and prints what it measured. Aim: p99 below 1 ms without the disk. */
export async function runTickToWireSuite(print: (line: string) => void): Promise<TickToWireReport> {
  const folder = mkdtempSync(join(tmpdir(), 'tick-to-wire-'));
  const paths: TickToWireReport['paths'][number][] = [];
  for (const kind of ['memory', 'synced'] as const) {
    for (const [name, run] of [
      ['tick to moved stop', trailStops],
      ['fill to protecting stop', protectFills],
    ] as const) {
      const receiver = new Worker(new URL('./wire-receiver.ts', import.meta.url));
      const port = await new Promise<number>((found) => void receiver.once('message', (message: { readonly port: number }) => found(message.port)));
      const stamps = new Stamps();
      stamps.watch(receiver);
      const file = join(folder, `${kind}-${paths.length}.sqlite`);
      const database = kind === 'synced' ? openDatabase({ file, migrations: JOURNAL_MIGRATIONS, synchronous: 'FULL', onNotice: print, now: Date.now }) : null;
      if (database?.ok === false) throw new Error(database.error.uiMessage);
      const journal = database === null ? null : createJournal(database.value, file, { mode: 'simulated', version: '0', settings: {}, startedAt: epochMs(0) });
      const rig = new Rig(port, journal ?? memoryJournal());
      await rig.warmUp();
      const taken = await run(rig, stamps);
      await new Promise((resume) => setTimeout(resume, 50));
      stamps.restore();
      await rig.stop();
      journal?.close();
      await receiver.terminate();
      const path = {
        name,
        journal: kind,
        sent: percentiles(taken, stamps.sent, ({ from }) => from),
        processor: percentiles(taken, stamps.computed, (one) => one.computed),
        undisturbed: percentiles(
          taken.filter((one) => stamps.interrupted.get(one.id) === one.interruptions),
          stamps.sent,
          ({ from }) => from,
        ),
        arrived: percentiles(taken, stamps.arrived, ({ from }) => from),
      };
      paths.push(path);
      print(`${name}, ${kind === 'memory' ? 'without the disk' : 'with the synced journal'}: handed to the socket ${describe(path.sent)}`);
      print(`  of these, not interrupted by other programs ${describe(path.undisturbed)}`);
      print(`  processor time until then ${describe(path.processor)}`);
      print(`  read at the other end ${describe(path.arrived)}`);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return { suite: 'tick-to-wire', paths };
}
