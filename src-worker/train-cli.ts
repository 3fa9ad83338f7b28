// `npm run train`: trains the bundled models on candle files and writes each with its report.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Candle } from '../src-shared/domain/candle.ts';
import { FEATURE_COUNT, FEATURE_SCHEMA_HASH } from '../src-main/core/features/schema.ts';
import { readCandleFile } from './market/replay.ts';
import { exportEnsemble, OUTPUT_WIDTH } from './onnx/export.ts';
import { collectRows, type SymbolCandles } from './training/candidates.ts';
import { fitBoosted } from './training/fit.ts';
import { describeReport, summarise } from './training/report.ts';

const HELP = `Usage: npm run train -- --data DIR [--model boosted-trees] --out DIR --seed N [--symbols A,B] [--max-candles N]

Trains on SYMBOL-5m.csv(.gz) files below DIR and writes the model, its report and the manifest into --out.

  --data DIR         folder with candle files
  --model NAME       boosted-trees (the only one in this version)
  --out DIR          where to write (for the bundled models: models)
  --seed N           same data and seed give the same file, byte for byte (default 1)
  --symbols A,B      only these
  --max-candles N    newest N candles of each symbol (default: all)
  --help             this text
`;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function readFlags(): {
  readonly data: string;
  readonly out: string;
  readonly seed: number;
  readonly symbols: readonly string[] | null;
  readonly maxCandles: number;
} {
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
    if (values.model !== undefined && values.model !== 'boosted-trees') fail(`There is no model named ${values.model}; this version trains boosted-trees.`);
    for (const name of ['seed', 'max-candles'] as const)
      if (values[name] !== undefined && !/^\d+$/.test(values[name])) fail(`--${name} ${values[name]} must be a whole number.`);
    if (!existsSync(values.data)) fail(`The data folder ${values.data} does not exist.`);
    return {
      data: values.data,
      out: values.out,
      seed: Number(values.seed ?? 1),
      symbols: values.symbols?.split(',') ?? null,
      maxCandles: Number(values['max-candles'] ?? Number.MAX_SAFE_INTEGER),
    };
  } catch (failure) {
    fail(`${failure instanceof Error ? failure.message : String(failure)} See \`npm run train -- --help\`.`);
  }
}

function findFiles(folder: string): readonly { readonly symbol: string; readonly path: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findFiles(path);
    const symbol = /^(.+?)-5m\.csv(?:\.gz)?$/u.exec(entry.name)?.[1];
    return symbol === undefined ? [] : [{ symbol, path }];
  });
}

/** Half a file never exists under its final name. */
function writeWhole(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.tmp`, content);
  renameSync(`${file}.tmp`, file);
}

/** Names the data by its content: another price anywhere is another name. */
function hashOf(series: readonly SymbolCandles[]): string {
  const hash = createHash('sha256');
  for (const { symbol, candles } of series) {
    hash.update(symbol);
    hash.update(Float64Array.from(candles.flatMap(({ openTime, open, high, low, close, volume }) => [openTime, open, high, low, close, volume])));
  }
  return hash.digest('hex').slice(0, 8);
}

const manifestSchema = z.object({ models: z.array(z.looseObject({ name: z.string(), file: z.string() })) });

const flags = readFlags();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const files = findFiles(flags.data)
  .filter((file) => flags.symbols === null || flags.symbols.includes(file.symbol))
  .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
if (files.length === 0)
  fail(`${flags.data} holds no 5-minute candle files (SYMBOL-5m.csv or SYMBOL-5m.csv.gz)${flags.symbols === null ? '' : ' of these symbols'}.`);
const series: SymbolCandles[] = [];
for (const file of files) {
  const read = await readCandleFile(file.path);
  if (!read.ok) fail(read.error);
  const candles: readonly Candle[] = [...read.value.values()].slice(-flags.maxCandles);
  series.push({ symbol: file.symbol, candles });
  say(`${file.symbol}: ${candles.length} candles`);
}
const rows = collectRows(series, (fraction) => say(`finding set-ups: ${(fraction * 100).toFixed(0)} %`)).toSorted((a, b) => a.decidedAt - b.decidedAt);
const setUps = rows.filter((row) => row.kind === 'set-up');
say(`${setUps.length} labelled set-ups, ${setUps.filter((row) => row.isSignal).length} of them complete signals; ${rows.length - setUps.length} archive rows`);
if (setUps.length < 500) fail(`Only ${setUps.length} set-ups were found; 500 are needed for an honest walk-forward verdict. Give more candles.`);
const fit = fitBoosted(rows, flags.seed, say);
const name = 'boosted-trees';
const bytes = exportEnsemble({ name, schemaHash: FEATURE_SCHEMA_HASH, ensemble: fit.model, calibration: fit.calibration, bandHalfWidth: fit.band });
const sha256 = createHash('sha256').update(bytes).digest('hex');
const version = `${new Date(fit.trainedUntil).toISOString().slice(0, 10).replaceAll('-', '')}-${sha256.slice(0, 8)}`;
const report = summarise({ name, version, rows, series, fit, seed: flags.seed, schemaHash: FEATURE_SCHEMA_HASH, dataHash: hashOf(series) });
mkdirSync(flags.out, { recursive: true });
// The model is a new file beside the old one until the manifest names it: stopped anywhere, the folder holds one whole model.
const file = `${name}-${version}.onnx`;
writeWhole(join(flags.out, file), bytes);
writeWhole(join(flags.out, `${name}.report.json`), `${JSON.stringify(report, null, 2)}\n`);
writeWhole(join(flags.out, `${name}.report.md`), describeReport(report));
const manifestFile = join(flags.out, 'manifest.json');
const before = existsSync(manifestFile) ? manifestSchema.parse(JSON.parse(readFileSync(manifestFile, 'utf8'))).models : [];
const others = before.filter((model) => model.name !== name);
const entry = {
  name,
  version,
  file,
  sha256,
  schemaHash: FEATURE_SCHEMA_HASH,
  inputWidth: FEATURE_COUNT,
  outputWidth: OUTPUT_WIDTH,
  edge: fit.edge,
  note: report.verdict,
  report: `${name}.report.md`,
};
writeWhole(manifestFile, `${JSON.stringify({ models: [...others, entry] }, null, 2)}\n`);
for (const old of before) if (old.name === name && old.file !== file && basename(old.file) === old.file) rmSync(join(flags.out, old.file), { force: true });
say(report.verdict);
say(`Written to ${flags.out}: ${file} (${bytes.length} bytes), its report and the manifest.`);
