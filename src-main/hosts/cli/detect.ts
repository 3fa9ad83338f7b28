// `npm run detect`: candles in, every indicator series and every structure object out.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { parseSettings } from '../../../src-shared/contract/settings.ts';
import type { Candle, Timeframe } from '../../../src-shared/domain/candle.ts';
import { TIMEFRAMES, timeframeMs } from '../../../src-shared/domain/candle.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import { describeWrongFlag } from '../../../src-shared/kernel/wrong-flag.ts';
import { readCandleCsv } from './candle-csv.ts';
import { detectHistory } from './detection.ts';
import { detectionToCsv } from './detection-csv.ts';
import type { DetectionOptions } from './detection.ts';
import type { AuditReport } from '../../core/structure/rewrite-audit.ts';
import { detectSmc, smcToCsv } from './smc-detection.ts';

const HELP = `Detect indicators and market structure in a candle file.

Usage: npm run detect -- --input candles.csv --timeframe 15m --json out.json

  --input FILE        CSV, gzipped CSV or a zip of the exchange's archive: open_time (ms, s, us or ISO, UTC), open, high, low, close,
                      volume; further columns optional
  --timeframe TF      ${TIMEFRAMES.join(', ')}
  --json FILE         write everything as JSON; "-" writes to the terminal (default when neither --json nor --csv is given)
  --csv FILE          write one row per candle and, after an empty line, one row per object
  --set NAME=VALUE    change a parameter, e.g. --set swingLength=10; may be repeated
  --audit             also compare what was known at every candle with everything before, and count what changed afterwards
  --definition NAME   ours (default), or smc: the definitions of the smart-money-concepts package, for comparison. Most of those look
                      ahead, so they serve no decision here; --timeframe, --set and --audit do not apply to them
  --help              this text

Exit code: 0 done, 2 the input or an option is wrong.
`;

interface Options {
  readonly input: string;
  readonly definition: { readonly kind: 'ours'; readonly detection: DetectionOptions } | { readonly kind: 'smc' };
  readonly json: string | null;
  readonly csv: string | null;
}

interface Streams {
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** Runs the command and returns its exit code. */
export function runDetect(argv: readonly string[], streams: Streams): number {
  if (argv.includes('--help') || argv.includes('-h')) {
    streams.out(HELP);
    return 0;
  }
  const refused = (message: string): number => {
    streams.error(`${message}\nSee --help.\n`);
    return 2;
  };
  const options = parseOptions(argv);
  if (!options.ok) return refused(options.error);
  const candles = readCandleCsv(options.value.input);
  if (!candles.ok) return refused(candles.error.uiMessage);
  const { definition } = options.value;
  const misaligned = definition.kind === 'ours' ? findMisaligned(candles.value, definition.detection.timeframe) : null;
  if (misaligned !== null) return refused(misaligned);
  return write(detect(candles.value, definition), options.value, { streams, refused });
}

interface Output {
  readonly json: () => string;
  readonly csv: () => string;
  readonly summary: string;
}

function detect(candles: readonly Candle[], definition: Options['definition']): Output {
  if (definition.kind === 'smc') {
    const result = detectSmc(candles);
    return {
      json: () => JSON.stringify(result),
      csv: () => smcToCsv(candles, result),
      summary: `${candles.length} candles, ${Object.keys(result.columns).length} columns by the peer's definitions.`,
    };
  }
  const result = detectHistory(candles, definition.detection);
  const { structure } = result;
  const summary =
    `${candles.length} candles, ${structure.swings.length} swings, ${structure.breaks.length} breaks, ${structure.orderBlocks.length} order blocks, ` +
    `${structure.gaps.length} gaps, ${structure.pools.length} liquidity pools, ${structure.missing.length} missing stretches.` +
    describeAudit(result.audit);
  return { json: () => JSON.stringify(result), csv: () => detectionToCsv(candles, result), summary };
}

function describeAudit(audit: AuditReport | null): string {
  if (audit === null) return '';
  const { published, backdated, rewritten, takenBack, offences } = audit;
  const count = `\nAudit: ${published} objects published, ${backdated} backdated, ${rewritten} rewritten, ${takenBack} taken back.`;
  return [count, ...offences].join('\n  ');
}

function write(output: Output, options: Options, said: { readonly streams: Streams; readonly refused: (message: string) => number }): number {
  const { streams, refused } = said;
  const target = options.json ?? (options.csv === null ? '-' : null);
  try {
    if (target === '-') streams.out(`${output.json()}\n`);
    else if (target !== null) writeFileSync(target, `${output.json()}\n`);
    if (options.csv !== null) writeFileSync(options.csv, output.csv());
  } catch (error) {
    return refused(`Cannot write the result: ${error instanceof Error ? error.message : String(error)}.`);
  }
  streams.error(`${output.summary}\n`);
  return 0;
}

function parseOptions(argv: readonly string[]): Result<Options, string> {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        input: { type: 'string' },
        timeframe: { type: 'string' },
        json: { type: 'string' },
        csv: { type: 'string' },
        definition: { type: 'string' },
        set: { type: 'string', multiple: true },
        audit: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return err(describeWrongFlag(error));
  }
  if (values.input === undefined) return err('--input is missing: name the candle file.');
  const files = { input: values.input, json: values.json ?? null, csv: values.csv ?? null };
  const kind = values.definition ?? 'ours';
  if (kind === 'smc') return ok({ ...files, definition: { kind } });
  if (kind !== 'ours') return err(`--definition is ${kind}; it must be ours or smc.`);
  const timeframe = TIMEFRAMES.find((known) => known === values.timeframe);
  if (timeframe === undefined) return err(`--timeframe is ${values.timeframe ?? 'missing'}; it must be one of ${TIMEFRAMES.join(', ')}.`);
  const settings = readSettings(values.set ?? []);
  if (!settings.ok) return settings;
  return ok({ ...files, definition: { kind, detection: { timeframe, settings: settings.value, audit: values.audit === true } } });
}

function readSettings(pairs: readonly string[]): Result<Settings, string> {
  const given: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [name, ...rest] = pair.split('=');
    const text = rest.join('=');
    if (name === undefined || name === '' || rest.length === 0) return err(`--set ${pair} is not NAME=VALUE.`);
    given[name] = text === 'true' ? true : text === 'false' ? false : text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  }
  const parsed = parseSettings(given);
  return parsed.ok ? parsed : err(parsed.error.map((problem) => problem.message).join('; '));
}

/** A sentence when the candles are not on the timeframe's grid, else null. */
function findMisaligned(candles: readonly Candle[], timeframe: Timeframe): string | null {
  const step = timeframeMs(timeframe);
  const row = candles.findIndex((candle) => candle.openTime % step !== 0);
  if (row < 0) return null;
  return `Row ${row + 2} opens at ${new Date(candles[row]!.openTime).toISOString()}, which is not a ${timeframe} candle; check --timeframe.`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = runDetect(process.argv.slice(2), { out: (text) => void process.stdout.write(text), error: (text) => void process.stderr.write(text) });
}
