// Crash torture: kills the engine again and again at random points of the order path and compares both books after every recovery.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startVenueProcess, temporaryFolder, until } from '../support/terminal.ts';
import { readVenueAccount } from '../support/venue-account.ts';
import { differences, duplicates, unprotected } from './audit.ts';
import { CRASH_POINTS, type Armed, type CrashPoint } from './crash-points.ts';
import { missingFills } from './fills.ts';
import { startHost, type Host } from './headless.ts';
import { interfere, RESTLESS_SETTINGS } from './person.ts';
import { createRandom, type Random } from './random.ts';

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface Kill {
  readonly kill: number;
  readonly point: CrashPoint | 'timer';
  /** What passed the point: record kinds, or the call. */
  readonly what: string;
  /** Died before the recovery of the kill before it was complete. */
  readonly duringRecovery: boolean;
  readonly openAtVenue: number;
  /** Wall milliseconds from the start until both books agreed; null when the next kill came first. */
  readonly recoveredMs: number | null;
  /** The last difference that was seen before both books agreed. */
  readonly lastDifference: string | null;
}

export interface CrashReport {
  readonly seed: number;
  readonly kills: readonly Kill[];
  readonly killsByPoint: Readonly<Record<string, number>>;
  readonly duplicated: readonly string[];
  readonly lostFills: readonly string[];
  readonly unprotectedAfterRecovery: number;
  readonly tradesAtVenue: number;
  readonly entriesAtVenue: number;
  readonly passed: boolean;
  readonly problem: string | null;
}

/** How long a point may take to be reached before the timer kills instead. */
const PATIENCE_MS = 8000;
/** Wall milliseconds between two moments in which the person acts. */
const ACT_MS = 300;
const RECOVERY_MS = 90_000;
/** How long a recovered engine may take until it may trade again. */
const TRADING_MS = 10_000;

const PATTERNS: Readonly<Record<CrashPoint, readonly string[]>> = {
  'before-journal': ['order', 'fill', 'position', '.'],
  'after-journal': ['order', 'fill', 'position', '.'],
  'before-send': ['submit entry', 'submit stop', 'submit target', 'submit', 'amend', 'cancel', 'prepare'],
  sending: ['submit entry', 'submit stop', 'submit target', 'submit', 'amend', 'cancel', 'prepare', 'reconcile'],
  'after-answer': ['submit entry', 'submit stop', 'submit target', 'submit', 'amend', 'cancel', 'prepare', 'reconcile'],
  'before-checkpoint': ['.'],
  'after-checkpoint': ['.'],
};

/** Positions that stand before the first kill. */
const FIRST_POSITIONS = 2;

function chooseDeath(random: Random): Omit<Armed, 'what'> {
  // Checkpoints are rare, so waiting for one is too.
  const point = random.pick(random.below(8) === 0 ? CRASH_POINTS : CRASH_POINTS.slice(0, 5));
  return { point, whatPattern: random.pick(PATTERNS[point]), passes: 1 + random.below(2), delayMs: random.below(9) };
}

export async function torture({ kills: wanted, seed, say }: CrashOptions): Promise<CrashReport> {
  const random = createRandom(seed);
  const folder = await temporaryFolder();
  const venue = await startVenueProcess(['--port', '0', '--seed', String(seed % 1000), '--speed', '120', '--symbols', '12']);
  const data = join(folder.path, 'data');
  await mkdir(data);
  await writeFile(join(data, 'settings.json'), JSON.stringify({ version: 1, values: RESTLESS_SETTINGS }));
  const argv = ['--mode', 'simulated', '--venue', venue.url, '--data-dir', data];
  const kills: Kill[] = [];
  const duplicated = new Set<string>();
  let problem: string | null = null;
  let host = startHost(argv, null);
  try {
    await until(
      'first positions',
      async () => {
        if (host.child.exitCode !== null) throw new Error(`the terminal ended by itself:\n${host.output()}`);
        if ((await readVenueAccount(venue.url)).positions.length >= FIRST_POSITIONS) return true;
        await interfere(host.rpc, random).catch(() => undefined);
        await new Promise((resume) => setTimeout(resume, 1000));
        return false;
      },
      180_000,
    );
    while (kills.length < wanted) {
      await untilTrading(host);
      host.arm(chooseDeath(random));
      void interfereUntilDeath(host, random);
      kills.push(await awaitDeath(host, { kill: kills.length + 1, duringRecovery: false, venueUrl: venue.url }));
      // Some die again on their way back.
      for (let again = random.below(4) === 0 ? 1 + random.below(2) : 0; again > 0 && kills.length < wanted; again -= 1) {
        const dying = startHost(argv, chooseDeath(random));
        kills.push(await awaitDeath(dying, { kill: kills.length + 1, duringRecovery: true, venueUrl: venue.url }));
      }
      const startedAt = performance.now();
      host = startHost(argv, null);
      let last: readonly string[] = ['no answer yet'];
      let lastDifference: string | null = null;
      await until(
        `agreement after kill ${kills.length}`,
        async () => {
          last = await differences(host.rpc, venue.url).catch((failure: unknown) => [failure instanceof Error ? failure.message : String(failure)]);
          if (last.length > 0) lastDifference = last.join('; ');
          return last.length === 0;
        },
        RECOVERY_MS,
      ).catch((failure: unknown) => {
        throw new Error(
          `${failure instanceof Error ? failure.message : String(failure)}; differences: ${last.join('; ')}; last kill ${JSON.stringify(kills.at(-1))}`,
        );
      });
      if (performance.now() - startedAt > 8000) {
        const { health, guard } = await host.rpc.call('snapshot', null);
        const rows = await host.rpc.call('journal', { before: null, kinds: [], limit: 40 });
        say(rows.map((row) => `${new Date(row.time).toISOString()} ${row.kind} ${row.summary}`).join('\n'));
        say(`slow: ${JSON.stringify({ guard, used: health.weightUsed, checks: health.checks })}\n${host.output().slice(-4000)}`);
      }
      const ended = kills.at(-1);
      if (ended !== undefined) kills[kills.length - 1] = { ...ended, recoveredMs: Math.round(performance.now() - startedAt), lastDifference };
      for (const double of duplicates(await readVenueAccount(venue.url))) duplicated.add(double);
      say(
        `kill ${kills.length}/${wanted}: ${ended?.point ?? ''} (${ended?.what.slice(0, 60) ?? ''}), ${ended?.openAtVenue ?? 0} open, agreed again after ${kills.at(-1)?.recoveredMs ?? 0} ms (${lastDifference ?? 'at once'})`,
      );
    }
  } catch (failure) {
    problem = failure instanceof Error ? failure.message : String(failure);
    say(problem);
  }
  const account = await readVenueAccount(venue.url);
  const naked = unprotected(account).length;
  host.child.kill('SIGTERM');
  await Promise.race([host.ended, new Promise((resume) => setTimeout(resume, 15_000))]);
  host.child.kill('SIGKILL');
  await host.ended;
  const final = await readVenueAccount(venue.url);
  // Fills of the very last moment may have come after the engine was asked to stop.
  const lostFills = problem !== null && kills.length === 0 ? [] : missingFills(join(data, 'journal-simulated.sqlite'), account.trades);
  await venue.kill();
  await folder.remove();
  return {
    seed,
    kills,
    killsByPoint: Object.fromEntries([...CRASH_POINTS, 'timer'].map((point) => [point, kills.filter((kill) => kill.point === point).length])),
    duplicated: [...duplicated],
    lostFills,
    unprotectedAfterRecovery: naked,
    tradesAtVenue: final.trades.length,
    entriesAtVenue: final.orders.filter((order) => /-e\d+$/.test(order.clientOrderId)).length,
    passed: problem === null && kills.length >= wanted && duplicated.size === 0 && lostFills.length === 0 && naked === 0,
    problem,
  };
}

/** Entries are refused while history loads: a kill then would only meet an idle engine. Some engines are not waited for. */
async function untilTrading(host: Host): Promise<void> {
  const deadline = performance.now() + TRADING_MS;
  while (performance.now() < deadline) {
    const snapshot = await Promise.race([host.rpc.call('snapshot', null).catch(() => null), host.ended.then(() => null)]);
    if (snapshot === null || snapshot.guard.state === 'active') return;
    await new Promise((resume) => setTimeout(resume, 200));
  }
}

/** A person acts again and again, so that the way of an order is walked until the engine dies on it. */
async function interfereUntilDeath(host: Host, random: Random): Promise<void> {
  while (host.child.exitCode === null && host.child.signalCode === null) {
    await Promise.race([interfere(host.rpc, random).catch(() => undefined), host.ended]);
    await new Promise((resume) => setTimeout(resume, ACT_MS));
  }
}

async function awaitDeath(host: Host, kill: Pick<Kill, 'kill' | 'duringRecovery'> & { readonly venueUrl: string }): Promise<Kill> {
  const timer = setTimeout(() => host.child.kill('SIGKILL'), PATIENCE_MS);
  await host.ended;
  clearTimeout(timer);
  const death = host.death();
  const account = await readVenueAccount(kill.venueUrl);
  return {
    kill: kill.kill,
    point: death?.point ?? 'timer',
    what: death?.what ?? 'nothing matched in time',
    duringRecovery: kill.duringRecovery,
    openAtVenue: account.positions.length,
    recoveredMs: null,
    lastDifference: null,
  };
}
