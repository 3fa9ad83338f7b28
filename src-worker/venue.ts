// Entry of the venue process: `npm run venue`, or a child of the terminal.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeWrongFlag } from '../src-shared/kernel/wrong-flag.ts';
import { EMPTY_PLAN, readPlanFile, type ChaosPlan } from './market/chaos-plan.ts';
import { createFollowedMarket, FOLLOWED_IDENTITY } from './market/followed.ts';
import { startVenue } from './market/server.ts';
import { formatReport, reportReal, reportSynthetic } from './market/statistics-report.ts';
import { openReplay } from './market/replay.ts';
import type { MarketSource } from './market/source.ts';
import { claimStateFile, loadVenueState } from './market/state-file.ts';
import { createSyntheticMarket } from './market/synthetic.ts';

const HELP = `Usage: npm run venue -- [flags]

A Binance-compatible USDT-M futures exchange on this machine, for any Binance client.

  --port N           port on 127.0.0.1; 0 picks a free one (default 4180)
  --seed N           seed of the synthetic market (default 1)
  --speed N          simulated time over real time, 1 to 1000 (default 1)
  --symbols N        markets of the synthetic market, 1 to 500 (default 200)
  --replay DIR       replay SYMBOL-5m.csv(.gz), SYMBOL-5m-2025-01.zip files instead; SYMBOL-1m files give the path inside a
                     candle, SYMBOL-funding files the funding
  --follow           no market of its own: contracts and prices are sent to it (PUT /venue/instruments, POST /venue/prices)
  --from TIME        simulated time at which trading begins, ISO (default now, or the start of the replay)
  --balance N        opening balance in USDT (default 10000)
  --state FILE       keep the account in this file
  --public-key FILE  PEM of an Ed25519 key whose owner may sign as well, and log on to the WebSocket API
  --chaos FILE       inject the faults of this plan (JSON; see src-worker/market/chaos-plan.ts)
  --statistics DIR   print the synthetic market beside the real candles of this folder, and end
  --help             this text

Key and secret: paper-key, paper-secret (or VENUE_API_KEY, VENUE_API_SECRET).
While it runs: GET and POST /venue/clock (speed, pause, step), GET, PUT and DELETE /venue/chaos.
`;

interface VenueFlags {
  readonly port: number;
  readonly seed: number;
  readonly speed: number;
  readonly symbols: number;
  readonly balance: number;
  readonly replay: string | null;
  readonly follow: boolean;
  readonly from: number | null;
  readonly state: string | null;
  readonly chaos: ChaosPlan;
  readonly statistics: string | null;
  readonly publicKey: string | null;
}

function fail(sentence: string, code: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function readFlags(argv: readonly string[]): VenueFlags {
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    const text = { type: 'string' } as const;
    values = parseArgs({
      args: [...argv],
      options: {
        port: text,
        seed: text,
        speed: text,
        symbols: text,
        replay: text,
        follow: { type: 'boolean' },
        from: text,
        balance: text,
        state: text,
        chaos: text,
        statistics: text,
        'public-key': text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (failure) {
    fail(`${describeWrongFlag(failure)} See \`npm run venue -- --help\`.`, 2);
  }
  if (values['help'] === true) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const whole = (name: string, fallback: number, range: readonly [number, number]): number => {
    const text = values[name];
    if (typeof text !== 'string') return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < range[0] || value > range[1]) fail(`--${name} ${text} must be a whole number from ${range[0]} to ${range[1]}.`, 2);
    return value;
  };
  const text = (name: string): string | null => (typeof values[name] === 'string' ? (values[name] as string) : null);
  const from = text('from');
  const fromTime = from === null ? null : Date.parse(from);
  if (fromTime !== null && Number.isNaN(fromTime)) fail(`--from ${from ?? ''} is not a time such as 2025-09-01T00:00:00Z.`, 2);
  return {
    port: whole('port', 4180, [0, 65_535]),
    seed: whole('seed', 1, [0, 2_147_483_647]),
    speed: whole('speed', 1, [1, 1000]),
    symbols: whole('symbols', 200, [1, 500]),
    balance: whole('balance', 10_000, [10, 10_000_000]),
    replay: text('replay'),
    follow: values['follow'] === true,
    from: fromTime,
    state: text('state'),
    chaos: readChaos(text('chaos')),
    statistics: text('statistics'),
    publicKey: readPublicKey(text('public-key')),
  };
}

function readChaos(file: string | null): ChaosPlan {
  if (file === null) return EMPTY_PLAN;
  const plan = readPlanFile(file);
  return plan.ok ? plan.value : fail(plan.error, 2);
}

function readPublicKey(file: string | null): string | null {
  if (file === null) return null;
  try {
    const pem = readFileSync(file, 'utf8');
    if (createPublicKey(pem).asymmetricKeyType === 'ed25519') return pem;
  } catch {
    // The sentence below is for both: no such file, and no such key in it.
  }
  return fail(`--public-key ${file} holds no Ed25519 public key in PEM form.`, 2);
}

async function printStatistics(folder: string, seed: number): Promise<never> {
  const real = await reportReal(folder);
  if (!real.ok) fail(real.error, 2);
  const lines = [
    ...formatReport(`synthetic market, seed ${seed}`, reportSynthetic(seed)),
    '',
    ...formatReport(`real candles in ${folder}, without days of an 8 % move in five minutes`, real.value.calm),
    '',
    ...formatReport('the same with those days', real.value.whole),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exit(0);
}

async function openSource(flags: VenueFlags): Promise<MarketSource> {
  if (flags.follow && flags.replay !== null) fail('--follow and --replay exclude each other.', 2);
  if (flags.follow && flags.state !== null) claimStateFile(flags.state, FOLLOWED_IDENTITY);
  if (flags.follow) return createFollowedMarket(flags.state === null ? null : loadVenueState(flags.state), Date.now());
  if (flags.replay !== null) {
    const replay = await openReplay({ folder: flags.replay, from: flags.from });
    if (!replay.ok) fail(replay.error, 2);
    return replay.value;
  }
  const fresh = { seed: flags.seed, symbols: flags.symbols };
  const now = createSyntheticMarket({ ...fresh, liveFrom: flags.from ?? Date.now() });
  if (flags.state !== null) claimStateFile(flags.state, now.identity);
  const stored = flags.state === null ? null : loadVenueState(flags.state);
  return stored !== null && stored.identity === now.identity ? createSyntheticMarket({ ...fresh, liveFrom: stored.liveFrom }) : now;
}

// A console that went away must not take the exchange along.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
const flags = readFlags(process.argv.slice(2));
if (flags.statistics !== null) await printStatistics(flags.statistics, flags.seed);
try {
  const source = await openSource(flags);
  const venue = await startVenue({
    port: flags.port,
    source,
    seed: flags.seed,
    speed: flags.speed,
    balanceUsdt: flags.balance,
    stateFile: flags.state,
    chaos: flags.chaos,
    credentials: {
      key: process.env['VENUE_API_KEY'] ?? 'paper-key',
      secret: process.env['VENUE_API_SECRET'] ?? 'paper-secret',
      ...(flags.publicKey === null ? {} : { ed25519PublicKey: flags.publicKey }),
    },
  });
  process.stdout.write(`VENUE READY http://127.0.0.1:${venue.port}\n`);
  const ready = { kind: 'venue-ready', port: venue.port };
  // A utility process of the desktop app has a message port where a forked Node process has `process.send`.
  const { parentPort } = process as {
    readonly parentPort?: { postMessage(message: unknown): void; on(event: 'message', handler: (event: { readonly data: unknown }) => void): void };
  };
  const stop = (): void => void venue.close().then(() => process.exit(0));
  const onMessage = (message: unknown): void => {
    if (typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'stop') stop();
  };
  if (parentPort === undefined) {
    process.on('message', onMessage);
    process.send?.(ready);
  } else {
    parentPort.on('message', ({ data }) => onMessage(data));
    parentPort.postMessage(ready);
  }
  // Ctrl+C, or the end of a session, reaches the terminal and its venue alike; the terminal stops first and then ends the venue.
  const isAlone = process.send === undefined && parentPort === undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, isAlone ? stop : () => undefined);
  process.on('disconnect', stop);
  // A message to a parent that was killed meanwhile.
  process.on('error', stop);
} catch (failure) {
  const code = (failure as NodeJS.ErrnoException).code;
  fail(
    code === 'EADDRINUSE'
      ? `Port ${flags.port} is taken. Choose another with --port.`
      : `The venue could not start: ${failure instanceof Error ? failure.message : String(failure)}.`,
    1,
  );
}
