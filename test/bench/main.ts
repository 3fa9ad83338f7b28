// `npm run bench`: runs the named suites and writes ratios against named baselines of the same run.
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeWrongFlag } from '../../src-shared/kernel/wrong-flag.ts';

type Print = (line: string) => void;

interface Options {
  /** How long the heap of the screen is watched. */
  readonly minutes: number;
  /** Folder of another checkout that is measured beside this one. */
  readonly base: string | null;
}

const DEFAULT_MINUTES = 10;

/** Loaded when they run: a suite that cannot start here does not keep the others from running. */
const SUITES = {
  analysis: async (print: Print): Promise<unknown> => (await import('./analysis.ts')).runAnalysisSuite(print),
  cycle: async (print: Print): Promise<unknown> => (await import('./cycle.ts')).runCycleSuite(print),
  funnel: async (print: Print): Promise<unknown> => (await import('./funnel.ts')).runFunnelSuite(print),
  inference: async (print: Print): Promise<unknown> => (await import('./inference.ts')).runInferenceSuite(print),
  positions: async (print: Print): Promise<unknown> => (await import('./positions.ts')).runPositionsSuite(print),
  'tick-to-wire': async (print: Print): Promise<unknown> => (await import('./tick-to-wire.ts')).runTickToWireSuite(print),
  venue: async (print: Print): Promise<unknown> => (await import('./venue.ts')).runVenueSuite(print),
  backtest: async (print: Print, { base }: Options): Promise<unknown> => (await import('./backtest.ts')).runBacktestSuite(print, base),
  ui: async (print: Print, { minutes }: Options): Promise<unknown> => (await import('./ui.ts')).runUiSuite(print, { heapMinutes: minutes }),
} as const;
type SuiteName = keyof typeof SUITES;

const HELP = `Usage: npm run bench -- [--suite NAME] [--minutes N] [--base FOLDER] [--json FILE]

Suites: ${Object.keys(SUITES).join(', ')} (all of them without --suite)
  --suite NAME   run one suite
  --minutes N    ui: how long the heap of the screen is watched (default ${DEFAULT_MINUTES})
  --base FOLDER  backtest: another checkout of this project, measured in turn with this one
  --json FILE    write the results as JSON
  --help         this text
`;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function readArguments(): Options & { readonly suites: readonly SuiteName[]; readonly json: string | null } {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({ options: { suite: text, minutes: text, base: text, json: text, help: { type: 'boolean' } } });
    if (values.help === true) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    if (values.suite !== undefined && !Object.hasOwn(SUITES, values.suite))
      fail(`There is no suite named ${values.suite}; choose one of ${Object.keys(SUITES).join(', ')}.`);
    const minutes = values.minutes === undefined ? DEFAULT_MINUTES : Number(values.minutes);
    if (!(minutes > 0 && minutes <= 600)) fail(`--minutes ${values.minutes ?? ''} must be a number from 0 (exclusive) to 600.`);
    const suites = values.suite === undefined ? (Object.keys(SUITES) as SuiteName[]) : [values.suite as SuiteName];
    if (values.base !== undefined && !existsSync(join(values.base, 'src-main')))
      fail(`--base ${values.base} is no checkout of this project: it has no folder src-main.`);
    return { minutes, base: values.base ?? null, suites, json: values.json ?? null };
  } catch (failure) {
    fail(`${describeWrongFlag(failure)} See \`npm run bench -- --help\`.`);
  }
}

const { suites, json, minutes, base } = readArguments();
const results: unknown[] = [];
for (const name of suites) {
  process.stdout.write(`suite ${name} (machine load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores)\n`);
  results.push(await SUITES[name]((line) => process.stdout.write(`  ${line}\n`), { minutes, base }));
}
if (json !== null) {
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', memoryGb: Math.round(totalmem() / 2 ** 30), node: process.version };
  writeFileSync(json, `${JSON.stringify({ machine, at: new Date().toISOString(), results }, null, 2)}\n`);
}
