// A long day, accelerated: the whole terminal trades at the local venue while memory, handles, listeners and loops are watched.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startVenueProcess, temporaryFolder, until } from '../support/terminal.ts';
import { readVenueAccount } from '../support/venue-account.ts';
import { differences, duplicates, unprotected } from './audit.ts';
import { startHost, type Host } from './headless.ts';
import { interfere, RESTLESS_SETTINGS } from './person.ts';
import { createRandom, type Random } from './random.ts';
import type { Holdings } from './soak-host.ts';
import {
  floorRise,
  lastingHandles,
  objectsRise,
  overfullStores,
  sockets,
  storeLines,
  tableHead,
  tableLine,
  trendsOf,
  verdictLines,
  type SoakSample,
} from './soak-report.ts';

export interface SoakOptions {
  readonly hours: number;
  readonly speed: number;
  readonly symbols: number;
  readonly seed: number;
  /** Folder for heap snapshots at a third, two thirds and the end; null for none. Writing one stops the terminal for seconds. */
  readonly snapshots: string | null;
  readonly say: (line: string) => void;
}

export interface SoakReport {
  readonly seed: number;
  readonly hours: number;
  readonly speed: number;
  readonly symbols: number;
  readonly samples: readonly SoakSample[];
  readonly trends: ReturnType<typeof trendsOf>;
  /** The line through the second half of heap and buffers, or of all the heap owns if that grew more, as a share of its mean. */
  readonly secondHalfGrowth: number;
  readonly handlesGrown: number;
  /** Connections that stay open come and go; their fewest tell a leak in a long soak. */
  readonly socketsGrown: number;
  readonly listenersGrown: number;
  /** Rise of the floor of living objects, by kind. */
  readonly objectsGrown: Readonly<Record<string, number>>;
  readonly overfull: readonly string[];
  readonly warnings: readonly string[];
  /** Runs of the live and the virtual loop that should have been, and those that came late by a whole interval at this speed. */
  readonly loopRuns: number;
  readonly overruns: number;
  readonly slowestLiveMs: number;
  readonly slowestVirtualMs: number;
  readonly tradesAtVenue: number;
  readonly virtualOpened: number;
  readonly differences: readonly string[];
  readonly duplicated: readonly string[];
  readonly unprotected: number;
  readonly passed: boolean;
  readonly problem: string | null;
}

/** Markets of a soak when none are asked for: enough that what is kept of past trades is full long before the second half. */
export const SOAK_SYMBOLS = 60;
const MOST_GROWTH = 0.02;
/** A short soak is looked at this often altogether, a long one every hour; a look stops the terminal, for seconds on a busy machine. */
const FEWEST_SAMPLES = 6;
/** Every so many looks of a long soak living objects are counted, which takes longer. */
const THOROUGH_EVERY = 4;
const HOUR_MS = 3_600_000;
/** Wall milliseconds between two moments in which the person acts. */
const PERSON_MS = 250;
/** Longest run of a loop, as a share of its interval at real speed; at the speed of a soak every preemption makes a run late. */
const MOST_OF_INTERVAL = 0.1;
const LIVE_MS = 60_000;
const VIRTUAL_MS = 10_000;
const MB = 1_048_576;
const SETTINGS = { ...RESTLESS_SETTINGS, virtualExpiryHours: 4 };

/** Waits for one message of the terminal's process. */
function answerOf(
  host: Host,
  question: { readonly kind: string; readonly file?: string; readonly isThorough?: boolean },
  answerKind: string,
): Promise<unknown> {
  return new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`the terminal did not answer to '${question.kind}'`)), 120_000);
    const listener = (message: unknown): void => {
      if ((message as { readonly kind?: unknown }).kind !== answerKind) return;
      clearTimeout(timer);
      host.child.off('message', listener);
      found(message);
    };
    host.child.on('message', listener);
    host.child.send(question);
  });
}

function residentMbOf(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}

interface Looked extends SoakSample {
  readonly engineTime: number;
  readonly opened: number;
}

async function look(
  host: Host,
  venuePid: number | undefined,
  { firstTime, isThorough }: { readonly firstTime: number; readonly isThorough: boolean },
): Promise<Looked> {
  const { engineTime, health, positions, virtual } = await host.rpc.call('snapshot', null);
  const held = (await answerOf(host, { kind: 'measure', isThorough }, 'holdings')) as Holdings;
  return {
    engineTime,
    opened: virtual.opened,
    hour: (engineTime - firstTime) / HOUR_MS,
    heapMb: held.heapBytes / MB,
    codeMb: held.codeBytes / MB,
    bufferMb: held.bufferBytes / MB,
    externalMb: held.externalBytes / MB,
    residentMb: held.residentBytes / MB,
    anonymousMb: held.anonymousBytes === null ? null : held.anonymousBytes / MB,
    venueMb: residentMbOf(venuePid),
    handles: held.handles,
    listeners: held.listeners,
    objects: held.objects,
    stores: held.stores,
    openReal: Object.values(positions).filter((view) => view.position.phase !== 'closed').length,
    openVirtual: virtual.open,
    overruns: health.liveOverruns,
    liveMs: health.liveCycleMs ?? 0,
    virtualMs: health.virtualCycleMs ?? 0,
  };
}

/** A restless person trades all the time: what is kept of past trades is full long before the second half. */
async function keepBusy(host: Host, random: Random, wallMs: number): Promise<void> {
  const end = performance.now() + wallMs;
  while (performance.now() < end) {
    await Promise.race([interfere(host.rpc, random).catch(() => undefined), host.ended]);
    await new Promise((resume) => setTimeout(resume, Math.min(PERSON_MS, Math.max(0, end - performance.now()))));
  }
}

const largest = (values: readonly number[]): number => Math.max(0, ...values);

/** Runs the soak; every number of the report is measured. */
export async function soak({ hours, speed, symbols, seed, snapshots, say }: SoakOptions): Promise<SoakReport> {
  const random = createRandom(seed);
  const folder = await temporaryFolder();
  const venue = await startVenueProcess(['--port', '0', '--seed', String(seed % 1000), '--speed', String(speed), '--symbols', String(symbols)]);
  const dataDir = join(folder.path, 'data');
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ version: 1, values: SETTINGS }));
  const host = startHost(['--mode', 'simulated', '--venue', venue.url, '--data-dir', dataDir], null, {
    script: 'soak-host.ts',
    flags: ['--expose-gc'],
    answerMs: 60_000,
  });
  const samples: SoakSample[] = [];
  let problem: string | null = null;
  let firstTime = 0;
  let lastTime = 0;
  let virtualOpened = 0;
  let left: readonly string[] = [];
  try {
    await until('the terminal', () => Promise.resolve(/READY/.test(host.output()) ? true : host.child.exitCode === null ? null : true), 120_000);
    firstTime = (await host.rpc.call('snapshot', null)).engineTime;
    const everyMs = Math.min(HOUR_MS, (hours * HOUR_MS) / FEWEST_SAMPLES);
    let nextShot = hours / 3;
    say(tableHead());
    for (let next = firstTime + everyMs; lastTime - firstTime < hours * HOUR_MS || samples.length < FEWEST_SAMPLES; next += everyMs) {
      const { engineTime: now } = await host.rpc.call('snapshot', null);
      await keepBusy(host, random, Math.max(PERSON_MS, (next - now) / speed));
      if (host.child.exitCode !== null) throw new Error(`the terminal ended by itself:\n${host.output().slice(-2000)}`);
      const { engineTime, opened, ...sample } = await look(host, venue.child.pid, {
        firstTime,
        isThorough: everyMs === HOUR_MS && samples.length % THOROUGH_EVERY === THOROUGH_EVERY - 1,
      });
      lastTime = engineTime;
      virtualOpened = opened;
      samples.push(sample);
      say(tableLine(sample));
      if (snapshots === null || sample.hour < nextShot - 0.1) continue;
      const file = join(snapshots, `hour-${Math.round(sample.hour)}.heapsnapshot`);
      await answerOf(host, { kind: 'snapshot', file }, 'snapshot-written');
      nextShot += hours / 3;
    }
    await host.rpc.call('command', { kind: 'pause-automation' });
    await until(
      'agreement of both books',
      async () => {
        left = await differences(host.rpc, venue.url);
        return left.length === 0;
      },
      120_000,
    );
  } catch (failure) {
    problem = failure instanceof Error ? failure.message : String(failure);
    say(problem);
  }
  const account = await readVenueAccount(venue.url);
  host.child.kill('SIGTERM');
  await Promise.race([host.ended, new Promise((resume) => setTimeout(resume, 15_000))]);
  host.child.kill('SIGKILL');
  await host.ended;
  await venue.kill();
  await folder.remove();
  const trends = trendsOf(samples);
  const report = {
    ...{ seed, hours, speed, symbols, samples },
    trends,
    secondHalfGrowth: Math.max(trends.data?.slope ?? Number.NaN, trends.owned?.slope ?? Number.NaN),
    handlesGrown: floorRise(samples, lastingHandles),
    socketsGrown: floorRise(samples, sockets),
    listenersGrown: floorRise(samples, (sample) => sample.listeners),
    objectsGrown: objectsRise(samples),
    overfull: overfullStores(samples),
    warnings: host.output().match(/WARNING .*/g) ?? [],
    loopRuns: Math.round((lastTime - firstTime) / LIVE_MS + (lastTime - firstTime) / VIRTUAL_MS),
    overruns: samples.at(-1)?.overruns ?? 0,
    slowestLiveMs: largest(samples.map((sample) => sample.liveMs)),
    slowestVirtualMs: largest(samples.map((sample) => sample.virtualMs)),
    tradesAtVenue: account.trades.length,
    virtualOpened,
    differences: left,
    duplicated: [...duplicates(account)],
    unprotected: unprotected(account).length,
    problem,
  };
  for (const line of [...verdictLines(samples), ...storeLines(samples)]) say(line);
  return {
    ...report,
    passed:
      problem === null &&
      report.secondHalfGrowth < MOST_GROWTH &&
      report.handlesGrown <= 0 &&
      report.socketsGrown <= 0 &&
      report.listenersGrown <= 0 &&
      report.overfull.length === 0 &&
      report.warnings.length === 0 &&
      report.slowestLiveMs < LIVE_MS * MOST_OF_INTERVAL &&
      report.slowestVirtualMs < VIRTUAL_MS * MOST_OF_INTERVAL &&
      report.tradesAtVenue > 0 &&
      report.duplicated.length === 0 &&
      report.unprotected === 0,
  };
}
