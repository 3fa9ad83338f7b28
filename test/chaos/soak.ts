// A long day, accelerated: the whole terminal trades at the local venue while memory, handles, listeners and loops are watched.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startVenueProcess, temporaryFolder, until } from '../support/terminal.ts';
import { readVenueAccount } from '../support/venue-account.ts';
import { differences, duplicates, unprotected } from './audit.ts';
import { startHost, type Host } from './headless.ts';
import { interfere, RESTLESS_SETTINGS } from './person.ts';
import { createRandom, type Random } from './random.ts';
import type { Holdings } from './soak-host.ts';

export interface SoakOptions {
  readonly hours: number;
  readonly speed: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface SoakSample {
  /** Simulated hours since the first sample. */
  readonly hour: number;
  /** Data without compiled code, after a collection. */
  readonly heapMb: number;
  readonly codeMb: number;
  readonly residentMb: number;
  readonly handles: number;
  readonly listeners: number;
  readonly openReal: number;
  readonly openVirtual: number;
  readonly overruns: number;
  /** Milliseconds of the newest run of each loop. */
  readonly liveMs: number;
  readonly virtualMs: number;
}

export interface SoakReport {
  readonly seed: number;
  readonly hours: number;
  readonly speed: number;
  readonly samples: readonly SoakSample[];
  /** Slope of the heap over the second half, as a share of its mean there. */
  readonly secondHalfGrowth: number;
  readonly handlesGrown: number;
  readonly listenersGrown: number;
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

/** Enough markets that all bounded memories (past trades, virtual positions, signals and their outcomes) are full before the second half. */
const SYMBOLS = 60;
const MOST_GROWTH = 0.02;
/** Wall milliseconds between two moments in which the person acts. */
const PERSON_MS = 250;
/** Longest run of a loop, as a share of its interval at real speed; at the speed of a soak every preemption makes a run late. */
const MOST_OF_INTERVAL = 0.1;
const LIVE_MS = 60_000;
const VIRTUAL_MS = 10_000;
const MB = 1_048_576;
const SETTINGS = { ...RESTLESS_SETTINGS, virtualExpiryHours: 4 };

function askHoldings(host: Host): Promise<Holdings> {
  return new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error('the terminal did not say what it holds')), 30_000);
    const listener = (message: unknown): void => {
      if ((message as { readonly kind?: unknown }).kind !== 'holdings') return;
      clearTimeout(timer);
      host.child.off('message', listener);
      found(message as Holdings);
    };
    host.child.on('message', listener);
    host.child.send({ kind: 'measure' });
  });
}

/** A restless person trades all the time: what is kept of past trades is full long before the second half. */
async function keepBusy(host: Host, random: Random, wallMs: number): Promise<void> {
  const end = performance.now() + wallMs;
  while (performance.now() < end) {
    await Promise.race([interfere(host.rpc, random).catch(() => undefined), host.ended]);
    await new Promise((resume) => setTimeout(resume, Math.min(PERSON_MS, Math.max(0, end - performance.now()))));
  }
}

/** Least squares: growth over the whole span as a share of the mean. */
export function growthOf(values: readonly number[]): number {
  const count = values.length;
  const middle = (count - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const spread = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  const slope = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) / spread;
  return (slope * (count - 1)) / mean;
}

const largest = (values: readonly number[]): number => Math.max(0, ...values);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Runs the soak; every number of the report is measured. */
export async function soak({ hours, speed, seed, say }: SoakOptions): Promise<SoakReport> {
  const random = createRandom(seed);
  const folder = await temporaryFolder();
  const venue = await startVenueProcess(['--port', '0', '--seed', String(seed % 1000), '--speed', String(speed), '--symbols', String(SYMBOLS)]);
  const data = join(folder.path, 'data');
  await mkdir(data);
  await writeFile(join(data, 'settings.json'), JSON.stringify({ version: 1, values: SETTINGS }));
  const host = startHost(['--mode', 'simulated', '--venue', venue.url, '--data-dir', data], null, { script: 'soak-host.ts', flags: ['--expose-gc'] });
  const samples: SoakSample[] = [];
  let problem: string | null = null;
  let firstTime = 0;
  let lastTime = 0;
  let virtualOpened = 0;
  let left: readonly string[] = [];
  try {
    await until('the terminal', () => Promise.resolve(/READY/.test(host.output()) ? true : host.child.exitCode === null ? null : true), 120_000);
    firstTime = (await host.rpc.call('snapshot', null)).engineTime;
    const everyMs = Math.max(1000, (hours * 3_600_000) / speed / 48);
    while (lastTime - firstTime < hours * 3_600_000) {
      await keepBusy(host, random, everyMs);
      if (host.child.exitCode !== null) throw new Error(`the terminal ended by itself:\n${host.output().slice(-2000)}`);
      const { engineTime, health, positions, virtual } = await host.rpc.call('snapshot', null);
      const held = await askHoldings(host);
      lastTime = engineTime;
      virtualOpened = virtual.opened;
      samples.push({
        hour: (engineTime - firstTime) / 3_600_000,
        heapMb: held.heapBytes / MB,
        codeMb: held.codeBytes / MB,
        residentMb: held.residentBytes / MB,
        handles: Object.values(held.handles).reduce((sum, count) => sum + count, 0),
        listeners: held.listeners,
        openReal: Object.values(positions).filter((view) => view.position.phase !== 'closed').length,
        openVirtual: virtual.open,
        overruns: health.liveOverruns,
        liveMs: health.liveCycleMs ?? 0,
        virtualMs: health.virtualCycleMs ?? 0,
      });
      const last = samples.at(-1);
      if (last !== undefined)
        say(
          `hour ${last.hour.toFixed(1)}: data ${last.heapMb.toFixed(1)} MB, code ${last.codeMb.toFixed(1)} MB, resident ${last.residentMb.toFixed(0)} MB, ${last.handles} handles, ${last.listeners} listeners, ${last.openReal} real and ${last.openVirtual} virtual open, ${last.overruns} late runs`,
        );
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
  const half = samples.slice(Math.floor(samples.length / 2));
  const early = samples.slice(Math.floor(samples.length / 4), Math.floor(samples.length / 2));
  const loopRuns = Math.round((lastTime - firstTime) / LIVE_MS + (lastTime - firstTime) / VIRTUAL_MS);
  const report = {
    seed,
    hours,
    speed,
    samples,
    secondHalfGrowth: half.length < 3 ? Number.NaN : growthOf(half.map((sample) => sample.heapMb)),
    handlesGrown: median(half.map((sample) => sample.handles)) - median(early.map((sample) => sample.handles)),
    listenersGrown: median(half.map((sample) => sample.listeners)) - median(early.map((sample) => sample.listeners)),
    warnings: host.output().match(/WARNING .*/g) ?? [],
    loopRuns,
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
  return {
    ...report,
    passed:
      problem === null &&
      report.secondHalfGrowth < MOST_GROWTH &&
      report.handlesGrown <= 0 &&
      report.listenersGrown <= 0 &&
      report.warnings.length === 0 &&
      report.slowestLiveMs < LIVE_MS * MOST_OF_INTERVAL &&
      report.slowestVirtualMs < VIRTUAL_MS * MOST_OF_INTERVAL &&
      report.tradesAtVenue > 0 &&
      report.duplicated.length === 0 &&
      report.unprotected === 0,
  };
}
