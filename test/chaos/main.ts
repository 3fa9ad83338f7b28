// `npm run chaos`: bad days on demand. A storm of faults for some minutes, `--crash`: kills along the order path, or `--soak`: a long day.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeWrongFlag } from '../../src-shared/kernel/wrong-flag.ts';
import { assertNever } from '../../src-shared/kernel/result.ts';
import { torture } from './crash.ts';
import { soak, SOAK_SYMBOLS } from './soak.ts';
import { storm } from './storm.ts';

const HELP = `Usage: npm run chaos -- [--minutes N] [--symbols N] [--seed N] [--json FILE]
       npm run chaos -- --crash [--kills N] [--seed N] [--json FILE]
       npm run chaos -- --soak [--hours N] [--speed N] [--symbols N] [--snapshots FOLDER] [--seed N] [--json FILE]

Trades at accelerated speed at the local venue while things go wrong, and compares the books of engine and venue afterwards.

Without --crash the venue injects every fault it knows, in squalls: latency, errors, unknown outcomes, lost, doubled, delayed and
reordered events, broken connections, clock skew, gaps, halts. With --crash the engine is killed at random points of the order path:
before and after the journal, before, while and after a request is sent, around a checkpoint.

  --minutes N    length of the storm, 1 to 1440 (default 30)
  --symbols N    contracts that are watched meanwhile, 3 to 200 (default 200, with --soak 60)
  --crash        kill and recover instead
  --kills N      how often, 1 to 10000 (default 200)
  --soak         trade without faults for a simulated day and watch memory, handles, listeners and loops
  --hours N      simulated hours of the soak, 1 to 240 (default 24)
  --snapshots FOLDER  write heap snapshots of the soak there, at a third, two thirds and the end (default none)
  --speed N      how much faster than the wall the soak runs, 1 to 1000 (default 120)
  --seed N       same seed, same choices (default 1)
  --json FILE    write the report there
  --help         this text
`;

function fail(sentence: string): never {
  process.stderr.write(`${sentence} See \`npm run chaos -- --help\`.\n`);
  process.exit(2);
}

function readFlags() {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      options: {
        crash: { type: 'boolean' },
        soak: { type: 'boolean' },
        hours: text,
        speed: text,
        minutes: text,
        symbols: text,
        snapshots: text,
        kills: text,
        seed: text,
        json: text,
        help: { type: 'boolean' },
      },
    }).values;
  } catch (failure) {
    return fail(describeWrongFlag(failure));
  }
}

const flags = readFlags();
if (flags.help === true) {
  process.stdout.write(HELP);
  process.exit(0);
}

/** What each kind of day takes beside the seed and the file of the report. */
const TAKES = {
  storm: ['minutes', 'symbols'],
  crash: ['kills'],
  soak: ['hours', 'speed', 'symbols', 'snapshots'],
} as const;
type Kind = keyof typeof TAKES;

function chooseKind(): Kind {
  if (flags.crash === true && flags.soak === true) fail('--crash and --soak exclude each other.');
  const kind = flags.crash === true ? 'crash' : flags.soak === true ? 'soak' : 'storm';
  const taken: readonly string[] = TAKES[kind];
  for (const name of Object.values(TAKES).flat())
    if (flags[name] !== undefined && !taken.includes(name)) fail(`--${name} does not belong to ${kind === 'storm' ? 'the storm' : `--${kind}`}.`);
  return kind;
}

function whole(
  name: 'hours' | 'kills' | 'minutes' | 'seed' | 'speed' | 'symbols',
  fallback: number,
  range: readonly [minimum: number, maximum: number],
): number {
  const text = flags[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  const [minimum, maximum] = range;
  if (!/^\d+$/.test(text) || value < minimum || value > maximum) fail(`--${name} ${text} must be a whole number from ${minimum} to ${maximum}.`);
  return value;
}

const seed = whole('seed', 1, [1, 2 ** 31 - 1]);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function runDay(kind: Kind) {
  switch (kind) {
    case 'crash':
      return torture({ kills: whole('kills', 200, [1, 10_000]), seed, say });
    case 'soak':
      return soak({
        hours: whole('hours', 24, [1, 240]),
        speed: whole('speed', 120, [1, 1000]),
        symbols: whole('symbols', SOAK_SYMBOLS, [3, 200]),
        snapshots: flags.snapshots ?? null,
        seed,
        say,
      });
    case 'storm':
      return storm({ minutes: whole('minutes', 30, [1, 1440]), symbols: whole('symbols', 200, [3, 200]), seed, say });
    default:
      return assertNever(kind);
  }
}

const kind = chooseKind();
const report = await runDay(kind);
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
say(JSON.stringify({ ...report, kills: undefined, squalls: undefined, samples: undefined }, null, 2));
say(report.passed ? (kind === 'soak' ? 'PASSED: nothing grew, nothing was late.' : 'PASSED: both books are the same.') : 'FAILED: see above.');
process.exit(report.passed ? 0 : 1);
