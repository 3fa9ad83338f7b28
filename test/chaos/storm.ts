// The storm: accelerated trading through every fault the venue can inject; afterwards both books must be the same, to the last fill and unit.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RpcClient } from '../../src-shared/contract/rpc.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { startVenueProcess, temporaryFolder, until } from '../support/terminal.ts';
import { readVenueAccount } from '../support/venue-account.ts';
import { differences, duplicates, unprotected } from './audit.ts';
import { missingFills } from './fills.ts';
import { startHost } from './headless.ts';
import { interfere, RESTLESS_SETTINGS } from './person.ts';
import { createRandom, type Random } from './random.ts';

export interface StormOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Contracts the venue lists; the terminal watches all of them. */
  readonly symbols: number;
  readonly say: (line: string) => void;
}

export interface StormReport {
  readonly seed: number;
  readonly symbols: number;
  readonly minutes: number;
  /** Each squall: the faults of it, what they hit, and how long both books took to agree after it. */
  readonly squalls: readonly Squall[];
  readonly faultsByKind: Readonly<Record<string, number>>;
  readonly duplicated: readonly string[];
  readonly lostFills: readonly string[];
  /** Longest time a position had no stop at the venue while no fault was active, simulated seconds. */
  readonly longestUnprotectedSeconds: number;
  /** Every spell above the limit, with the faults before it and what the terminal said. */
  readonly unprotectedSpells: readonly UnprotectedSpell[];
  readonly refusedForOwnLoad: number;
  readonly walletDifference: number;
  readonly entriesAtVenue: number;
  readonly tradesAtVenue: number;
  /** What the engine answered to the person, by code; `ok` for done. */
  readonly answers: Readonly<Record<string, number>>;
  readonly passed: boolean;
  readonly problem: string | null;
}

interface UnprotectedSpell {
  readonly symbol: string;
  readonly seconds: number;
  readonly after: readonly object[];
  readonly log: string;
  /** The newest records of its symbol, newest first. */
  readonly journal: readonly string[];
}

interface Squall {
  readonly rules: readonly object[];
  readonly hits: Readonly<Record<string, number>>;
  readonly agreedAfterMs: number;
  /** What the books differed in, and what the terminal had said, when agreement took more than five seconds. */
  readonly slow: { readonly differences: readonly string[]; readonly log: string } | null;
  /** Trading state and its reason right after it. */
  readonly trading: string;
  /** Wall milliseconds from agreement until new positions were allowed again; null when that took longer than it was waited for. */
  readonly tradingAfterMs: number | null;
}

const SPEED = 10;
const SQUALL_MS = 5000;
/** After the last fault the engine is given this long before a missing stop counts: a request may still be on its way. */
const SETTLE_MS = 2500;
const LIMIT_SECONDS = 10;
const AGREE_MS = 90_000;
const WATCH_MS = 100;
const TRADING_MS = 20_000;
const SLOW_MS = 5000;
/** Longer than the engine's own pause between two comparisons of the account. */
const WALLET_MS = 70_000;

/** Every fault of the venue, each with a severity a client should survive. */
const FAULTS: readonly ((random: Random) => object)[] = [
  (random) => ({ kind: 'latency', milliseconds: 50 + random.below(400), jitter: random.below(400) }),
  (random) => ({ kind: 'error', error: random.pick(['500', '502', '503-unavailable', '503-throttled', 'internal', 'unknown-code']), probability: 0.3 }),
  () => ({ kind: 'error', error: '429', seconds: 1, probability: 0.05 }),
  () => ({ kind: 'error', error: '451', probability: 0.2 }),
  (random) => ({ kind: 'unknown-outcome', executed: random.below(2) === 0, reply: random.pick(['503', 'reset']), probability: 0.4, on: 'POST /fapi/v1/' }),
  (random) => ({
    kind: 'unknown-outcome',
    executed: true,
    reply: 'timeout',
    probability: 0.2,
    on: random.pick(['POST /fapi/v1/order', 'POST /fapi/v1/algoOrder']),
  }),
  () => ({ kind: 'invisible-order', milliseconds: 2500, probability: 0.7 }),
  (random) => ({ kind: 'clock-skew', milliseconds: random.pick([-4000, 4000]) }),
  (random) => ({ kind: 'drop-event', probability: 0.3, stream: random.pick(['user', 'all']) }),
  () => ({ kind: 'duplicate-event', probability: 0.6 }),
  (random) => ({ kind: 'delay-event', milliseconds: 200 + random.below(1500), probability: 0.4, stream: 'user' }),
  () => ({ kind: 'reorder-events', probability: 0.5 }),
  (random) => ({ kind: 'disconnect', stream: random.pick(['user', 'market', 'all']), every: 20 }),
  (random) => ({ kind: 'half-open', stream: random.pick(['user', 'market']), every: 40 }),
  () => ({ kind: 'expire-listen-key', every: 30 }),
  () => ({ kind: 'thin-book', thickness: 0.02 }),
  (random) => ({ kind: 'gap', percent: random.pick([-6, -3, 3, 6]), every: 25 }),
  () => ({ kind: 'halt', seconds: 10, every: 30 }),
];

/** Replaces the venue's plan; gives how often each kind of the old one struck. */
async function setChaos(url: string, plan: object | null): Promise<Readonly<Record<string, number>>> {
  const headers = { 'X-MBX-APIKEY': 'paper-key', 'Content-Type': 'application/json' };
  const before = (await (await fetch(`${url}/venue/chaos`, { headers })).json()) as {
    counts: readonly { readonly rule: { readonly kind: string; readonly error?: string }; readonly injected: number }[];
  };
  const answer = await fetch(`${url}/venue/chaos`, plan === null ? { method: 'DELETE', headers } : { method: 'PUT', headers, body: JSON.stringify(plan) });
  if (!answer.ok) throw new Error(`the venue refused the chaos plan: ${await answer.text()}`);
  const hits: Record<string, number> = {};
  for (const { rule, injected } of before.counts) {
    const name = rule.error === undefined ? rule.kind : `${rule.kind} ${rule.error}`;
    hits[name] = (hits[name] ?? 0) + injected;
  }
  return hits;
}

/** Watches from outside the engine how long each position stands without a stop while nothing is wrong. */
function watchProtection(
  url: string,
  isCalm: () => boolean,
  onLong: (symbol: string, seconds: number) => void,
): { readonly longest: () => number; readonly stop: () => Promise<void> } {
  const since = new Map<string, number>();
  let longest = 0;
  let isStopped = false;
  const watching = (async () => {
    while (!isStopped) {
      const now = performance.now();
      const account = await readVenueAccount(url).catch(() => null);
      if (account === null || !isCalm()) since.clear();
      else {
        const naked = new Set(unprotected(account));
        for (const symbol of since.keys()) if (!naked.has(symbol)) since.delete(symbol);
        for (const symbol of naked) {
          const first = since.get(symbol) ?? now;
          since.set(symbol, first);
          const seconds = ((now - first) * SPEED) / 1000;
          if (seconds > LIMIT_SECONDS) onLong(symbol, seconds);
          longest = Math.max(longest, seconds);
        }
      }
      await new Promise((resume) => setTimeout(resume, WATCH_MS));
    }
  })();
  return {
    longest: () => longest,
    stop: async () => {
      isStopped = true;
      await watching;
    },
  };
}

export async function storm({ minutes, seed, symbols, say }: StormOptions): Promise<StormReport> {
  const random = createRandom(seed);
  const folder = await temporaryFolder();
  const venue = await startVenueProcess(['--port', '0', '--seed', String(seed % 1000), '--speed', String(SPEED), '--symbols', String(symbols)]);
  const data = join(folder.path, 'data');
  await mkdir(data);
  await writeFile(join(data, 'settings.json'), JSON.stringify({ version: 1, values: RESTLESS_SETTINGS }));
  const host = startHost(['--mode', 'simulated', '--venue', venue.url, '--data-dir', data], null);
  const squalls: Squall[] = [];
  let problem: string | null = null;
  let calmSince: number | null = performance.now();
  let newest: readonly object[] = [];
  const long = new Map<string, UnprotectedSpell>();
  const watch = watchProtection(
    venue.url,
    () => calmSince !== null && performance.now() - calmSince > SETTLE_MS,
    (symbol, seconds) => {
      const key = `${symbol} ${squalls.length}`;
      const known = long.get(key);
      long.set(key, { symbol, seconds, after: newest, log: known?.log ?? host.output().slice(-1500), journal: known?.journal ?? [] });
      if (known !== undefined) return;
      void readJournal(host.rpc, symbol).then((journal) => {
        const spell = long.get(key);
        if (spell !== undefined) long.set(key, { ...spell, journal });
      });
    },
  );
  let slow: Squall['slow'] = null;
  const agree = async (what: string): Promise<number> => {
    const startedAt = performance.now();
    let last: readonly string[] = ['no answer yet'];
    slow = null;
    await until(
      what,
      async () => {
        if (slow === null && performance.now() - startedAt > SLOW_MS) slow = { differences: last, log: host.output().slice(-2500) };
        last = await differences(host.rpc, venue.url).catch((failure: unknown) => [failure instanceof Error ? failure.message : String(failure)]);
        return last.length === 0;
      },
      AGREE_MS,
    ).catch((failure: unknown) => {
      throw new Error(`${failure instanceof Error ? failure.message : String(failure)}; differences: ${last.join('; ')}\n${host.output().slice(-3000)}`);
    });
    return Math.round(performance.now() - startedAt);
  };
  const answers: Record<string, number> = {};
  const meddle = async (): Promise<void> => {
    const codes = await interfere(host.rpc, random).catch(() => ['no answer']);
    for (const code of codes) answers[code] = (answers[code] ?? 0) + 1;
  };
  try {
    await agree('the books to agree at the start');
    const end = performance.now() + minutes * 60_000;
    while (performance.now() < end) {
      await meddle();
      const rules = Array.from({ length: 1 + random.below(3) }, () => random.pick(FAULTS)(random));
      calmSince = null;
      newest = rules;
      await setChaos(venue.url, { seed: random.below(1e6), rules });
      for (const squallEnd = performance.now() + SQUALL_MS; performance.now() < squallEnd;) {
        await meddle();
        await new Promise((resume) => setTimeout(resume, 700));
      }
      const hits = await setChaos(venue.url, null);
      calmSince = performance.now();
      const agreedAfterMs = await agree(`agreement after squall ${squalls.length + 1}: ${JSON.stringify(rules)}`);
      const trading = await awaitTrading(() => host.rpc.call('snapshot', null));
      squalls.push({ rules, hits, agreedAfterMs, slow, ...trading });
      say(
        `squall ${squalls.length}: ${rules.map((rule) => (rule as { kind: string }).kind).join(', ')}; hits ${JSON.stringify(hits)}; agreed after ${agreedAfterMs} ms; trading again after ${trading.tradingAfterMs ?? 'more than 20,000'} ms (${trading.trading})`,
      );
    }
  } catch (failure) {
    problem = failure instanceof Error ? failure.message : String(failure);
    say(problem);
  }
  await watch.stop();
  const walletDifference = await compareWallets(() => host.rpc.call('snapshot', null), venue.url);
  const account = await readVenueAccount(venue.url);
  host.child.kill('SIGTERM');
  await Promise.race([host.ended, new Promise((resume) => setTimeout(resume, 15_000))]);
  host.child.kill('SIGKILL');
  await host.ended;
  const lostFills = problem !== null && squalls.length === 0 ? [] : missingFills(join(data, 'journal-simulated.sqlite'), account.trades);
  await venue.kill();
  await folder.remove();
  const duplicated = duplicates(account);
  const longest = Math.round(watch.longest() * 10) / 10;
  const faultsByKind: Record<string, number> = {};
  for (const { hits } of squalls) for (const [kind, count] of Object.entries(hits)) faultsByKind[kind] = (faultsByKind[kind] ?? 0) + count;
  return {
    seed,
    symbols,
    minutes,
    squalls,
    faultsByKind,
    duplicated,
    lostFills,
    longestUnprotectedSeconds: longest,
    unprotectedSpells: [...long.values()],
    refusedForOwnLoad: account.refusedForWeight,
    walletDifference,
    entriesAtVenue: account.orders.filter((order) => /-e\d+$/.test(order.clientOrderId)).length,
    tradesAtVenue: account.trades.length,
    answers,
    passed:
      problem === null &&
      duplicated.length === 0 &&
      lostFills.length === 0 &&
      longest <= LIMIT_SECONDS &&
      account.refusedForWeight === 0 &&
      walletDifference === 0,
    problem,
  };
}

/** What the terminal wrote down of a symbol lately, with the moments of it. */
async function readJournal(rpc: RpcClient, symbol: string): Promise<readonly string[]> {
  const rows = await rpc.call('journal', { before: null, kinds: [], limit: 400 }).catch(() => []);
  return rows
    .filter((row) => row.summary.startsWith(symbol) && row.kind !== 'virtual-event')
    .map(({ time, summary }) => `${new Date(time).toISOString()} ${summary}`);
}

/** Waits until positions may be opened again, so that the next squall meets orders: what a squall stopped must come back by itself. */
async function awaitTrading(snapshot: () => Promise<Snapshot>): Promise<Pick<Squall, 'trading' | 'tradingAfterMs'>> {
  const startedAt = performance.now();
  let trading: string | null = null;
  while (performance.now() - startedAt < TRADING_MS) {
    const guard = await snapshot().then(
      (shown) => shown.guard,
      () => null,
    );
    if (guard === null) continue;
    trading ??= `${guard.state}, ${guard.reason}`;
    if (guard.state === 'active') return { trading, tradingAfterMs: Math.round(performance.now() - startedAt) };
    await new Promise((resume) => setTimeout(resume, 100));
  }
  return { trading: trading ?? 'unknown', tradingAfterMs: null };
}

/**
 * Wallet here less wallet there, in USDT; NaN when it cannot be read. Trading goes on, so a fill or a funding payment may be on its way
 * between the two readings: they are read again until they agree, for as long as the books are given to agree.
 */
async function compareWallets(snapshot: () => Promise<{ readonly account: { readonly wallet: number } | null }>, url: string): Promise<number> {
  const end = performance.now() + WALLET_MS;
  for (;;) {
    const [ours, theirs] = await Promise.all([snapshot().catch(() => null), readVenueAccount(url).catch(() => null)]);
    const difference = ours?.account === null || ours === null || theirs === null ? Number.NaN : ours.account.wallet / 1e8 - Number(theirs.wallet);
    if (difference === 0 || performance.now() > end) return difference;
    await new Promise((resume) => setTimeout(resume, 250));
  }
}
