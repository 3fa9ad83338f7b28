// `npm run train`: trains the bundled models on candle files and writes each with its report.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeWrongFlag } from '../src-shared/kernel/wrong-flag.ts';
import { isModelName, MODEL_NAMES, type ModelName } from '../src-main/core/learning/model-inputs.ts';

const HELP = `Usage: npm run train -- --data DIR --out DIR [--model NAME] [--seed N] [--symbols A,B] [--max-candles N]

Trains on SYMBOL-5m.csv(.gz) files below DIR and writes each model, its report and the manifest into --out.

  --data DIR         folder with candle files
  --out DIR          where to write (for the bundled models: models)
  --model NAME       one of the models below, several with commas, or all (default all)
  --seed N           same data and seed give the same files, byte for byte (default 1)
  --symbols A,B      only these
  --max-candles N    newest N candles of each symbol (default: all)
  --help             this text

Models: ${MODEL_NAMES.join(', ')}.
`;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

interface Flags {
  readonly data: string;
  readonly out: string;
  readonly models: readonly ModelName[];
  readonly seed: number;
  readonly symbols: readonly string[] | null;
  readonly maxCandles: number;
}

function readFlags(): Flags {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      options: { data: text, model: text, out: text, seed: text, symbols: text, 'max-candles': text, help: { type: 'boolean' } },
    });
    if (values.help === true) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    if (values.data === undefined || values.out === undefined) fail('--data and --out are needed. See `npm run train -- --help`.');
    for (const name of ['seed', 'max-candles'] as const)
      if (values[name] !== undefined && !/^\d+$/.test(values[name])) fail(`--${name} ${values[name]} must be a whole number.`);
    if (Number(values['max-candles'] ?? 1) === 0) fail('--max-candles 0 would leave nothing to learn from.');
    const models = readModels(values.model ?? 'all');
    if (!existsSync(values.data)) fail(`The data folder ${values.data} does not exist.`);
    checkTarget(values.out);
    return {
      data: values.data,
      out: values.out,
      models,
      seed: Number(values.seed ?? 1),
      symbols: values.symbols?.split(',') ?? null,
      maxCandles: Number(values['max-candles'] ?? Number.MAX_SAFE_INTEGER),
    };
  } catch (failure) {
    fail(`${describeWrongFlag(failure)} See \`npm run train -- --help\`.`);
  }
}

function readModels(text: string): readonly ModelName[] {
  if (text === 'all') return MODEL_NAMES;
  return text.split(',').map((name) => (isModelName(name) ? name : fail(`There is no model named ${name}; choose from ${MODEL_NAMES.join(', ')} or all.`)));
}

/** What cannot be written is said before minutes of work, not after. */
function checkTarget(out: string): void {
  let place = resolve(out);
  while (!existsSync(place)) place = dirname(place);
  if (!statSync(place).isDirectory()) fail(`--out ${out} cannot be a folder: ${place} is a file.`);
  try {
    accessSync(place, constants.W_OK);
  } catch {
    fail(`--out ${out} cannot be written: no permission to write into ${place}.`);
  }
}

const CANCELLED_CODE = 130;
/** Work between two looks at Ctrl+C. */
const SLICE_MS = 50;
let isCancelled = false;
let sliceStart = performance.now();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!isCancelled) process.stderr.write('Stopping.\n');
    isCancelled = true;
  });
}

async function mayGoOn(): Promise<boolean> {
  if (performance.now() - sliceStart > SLICE_MS) {
    await new Promise((turn) => setImmediate(turn));
    sliceStart = performance.now();
  }
  return !isCancelled;
}

function endCancelled(): never {
  process.stderr.write('The training was cancelled; nothing was written.\n');
  process.exit(CANCELLED_CODE);
}

const flags = readFlags();
// The trainer is large: help and mistakes do not wait for it.
const [{ readSeries }, { writeModels }, { runPipeline }] = await Promise.all([
  import('./training/candle-files.ts'),
  import('./training/model-folder.ts'),
  import('./training/pipeline.ts'),
]);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const read = await readSeries({ folder: flags.data, symbols: flags.symbols, maxCandles: flags.maxCandles });
if (!read.ok) fail(read.error);
if (!(await mayGoOn())) endCancelled();
for (const { symbol, candles } of read.value) say(`${symbol}: ${candles.length} candles`);
let shownPercent = -1;
const result = await runPipeline({
  series: read.value,
  seed: flags.seed,
  models: flags.models,
  say,
  onProgress: (stage, fraction) => {
    const percent = Math.floor(fraction * 20) * 5;
    if (stage !== 'finding set-ups' || percent === shownPercent) return;
    shownPercent = percent;
    say(`${stage}: ${percent} %`);
  },
  mayGoOn,
});
if (result.kind === 'refused') fail(result.why);
// The last moment to turn back: from here on the folder is filled.
if (result.kind === 'cancelled' || !(await mayGoOn())) endCancelled();
writeModels(flags.out, result.artifacts);
for (const artifact of result.artifacts) say(`${artifact.name} ${artifact.version}: ${artifact.note}`);
say(
  `Written to ${flags.out}: ${result.artifacts.length} models (${result.artifacts.map(({ bytes }) => bytes.length).join(', ')} bytes), their reports and the manifest.`,
);
