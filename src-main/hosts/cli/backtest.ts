// `npm run backtest`: the engine over recorded candles; a report in JSON, CSV and HTML.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { Logger, Predictor } from '../../core/ports.ts';
import { loadData, type LoadedData } from '../backtest/load-data.ts';
import { iso } from '../../core/backtest/moment.ts';
import { chooseCuts, proveNoLookAhead } from '../../core/backtest/look-ahead-proof.ts';
import { runBacktest } from '../backtest/run-backtest.ts';
import { BACKTEST_HELP, parseBacktestOptions, type BacktestOptions } from '../backtest/options.ts';
import { tradesToCsv } from '../../core/backtest/report-csv.ts';
import { reportToHtml } from '../../core/backtest/report-html.ts';
import { buildReport, type BacktestReport } from '../../core/backtest/report.ts';
import { openEvents, refuseFiles, writeReport } from '../backtest/report-files.ts';
import { runTools } from '../backtest/run-pool.ts';
import type { BacktestRequest } from '../../core/backtest/run-types.ts';
import { runSweep, watched } from '../../core/backtest/sweep.ts';
import { trainedUntil, warningsOf } from '../backtest/warnings.ts';
import { walkForward } from '../../core/backtest/walk-forward.ts';
import { WorkMeter, type PlannedWork } from '../../core/backtest/work-meter.ts';
import { openModels } from '../models.ts';
import { createNodeLauncher } from '../node/child-worker.ts';
import { checkRecorded, replayRecorded, type CommandStreams } from './backtest-session.ts';

const PROJECT_ROOT = join(import.meta.dirname, '../../..');

/** Runs the command and resolves with its exit code. */
export async function runBacktestCommand(argv: readonly string[], streams: CommandStreams): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    streams.out(BACKTEST_HELP);
    return 0;
  }
  const refused = (message: string): number => {
    streams.error(`${message}\nSee --help.\n`);
    return 2;
  };
  const options = parseBacktestOptions(argv);
  if (!options.ok) return refused(options.error);
  if (options.value.recording !== null) return replayRecorded(options.value, { file: options.value.recording, streams, refused });
  if (options.value.session !== null)
    return checkRecorded(options.value, {
      ...{ asked: options.value.session, streams, refused },
      openPredictor: (settings) => openPredictor({ ...options.value, settings }, streams),
    });
  const { json, csv, html, events } = options.value.output;
  const unwritable = refuseFiles([json === '-' ? null : json, csv, html, events].filter((path) => path !== null));
  if (unwritable !== null) return refused(unwritable);
  const data = loadData(options.value.data);
  if (!data.ok) return refused(data.error);
  const models = await openPredictor(options.value, streams);
  try {
    const report = await carryOut(options.value, { data: data.value, predictor: models, streams });
    if (!report.ok) return refused(report.error);
    const written = write(report.value, options.value, streams);
    if (!written.ok) return refused(written.error);
    streams.error(describe(report.value));
    return report.value.accounting.agrees && report.value.accounting.tradesAgree && (report.value.proof?.divergence ?? null) === null ? 0 : 1;
  } finally {
    await models?.stop();
  }
}

async function openPredictor(options: BacktestOptions, streams: CommandStreams): Promise<Predictor | null> {
  if (options.settings.strategyMode === 'ict' || options.models === 'none') return null;
  const logger: Logger = {
    log: (level, _source, message) => {
      if (level === 'warn' || level === 'error') streams.error(`${message}\n`);
    },
  };
  const { predictor, problem } = await openModels({
    folder: modelsFolder(options),
    launcher: createNodeLauncher(PROJECT_ROOT),
    settings: options.settings,
    logger,
  });
  if (problem !== null) streams.error(`${problem} The rules decide alone.\n`);
  return predictor;
}

function modelsFolder(options: BacktestOptions): string {
  return options.models ?? join(PROJECT_ROOT, 'models');
}

interface Means {
  readonly data: LoadedData;
  readonly predictor: Predictor | null;
  readonly streams: CommandStreams;
}

async function carryOut(options: BacktestOptions, { data, predictor, streams }: Means): Promise<Result<BacktestReport, string>> {
  const request: BacktestRequest = {
    histories: data.histories,
    settings: options.settings,
    from: data.from,
    to: data.to,
    warmUpBars: options.data.warmUpBars,
    deposit: options.deposit,
    costs: options.costs,
    resumesNextDay: options.resumesNextDay,
    predictor,
  };
  const work: PlannedWork = {
    sweep: options.sweep.length === 0 || options.walkForward !== null ? null : { parameters: options.sweep, outOfSample: options.outOfSample },
    walkForward: options.walkForward === null ? null : { parameters: options.sweep, ...options.walkForward },
    cuts: options.cuts === 0 ? [] : chooseCuts(data.from, data.to, options.cuts),
  };
  const meter = new WorkMeter(request, work, (share) => streams.progress?.(share));
  const tools = runTools(options.jobs, request, meter.note);
  const sweep = work.sweep === null ? ok(null) : await runSweep(request, work.sweep, tools);
  if (!sweep.ok) return sweep;
  const walked = work.walkForward === null ? ok(null) : await walkForward(request, work.walkForward, tools);
  if (!walked.ok) return walked;
  const run = watched(runBacktest, meter.note);
  const events = options.output.events === null ? ok(null) : openEvents(options.output.events);
  if (!events.ok) return events;
  const cpu = process.cpuUsage();
  const wall = performance.now();
  const file = events.value;
  const result = await run(file === null ? request : { ...request, onRecord: file.write, onProgress: () => file.problem() !== null });
  const spent = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - wall) / 1000;
  file?.close();
  const unwritten = file?.problem() ?? null;
  if (unwritten !== null) return err(unwritten);
  const cpuSeconds = (spent.user + spent.system) / 1e6;
  const candles = result.counters.candles + result.counters.warmUpCandles;
  const proof = work.cuts.length === 0 ? null : await proveNoLookAhead(request, work.cuts, run);
  return ok(
    buildReport({
      settings: options.settings,
      costs: options.costs,
      warmUpBars: options.data.warmUpBars,
      resumesNextDay: options.resumesNextDay,
      sources: data.sources,
      result,
      proof,
      sweep: sweep.value,
      walkForward: walked.value,
      warnings: warningsOf({
        settings: options.settings,
        sources: data.sources,
        leftOut: data.leftOut,
        result,
        modelsTrainedUntil: predictor === null ? null : trainedUntil(modelsFolder(options)),
      }),
      speed: {
        candles,
        cpuSeconds,
        wallSeconds,
        candlesPerCpuSecond: Math.round(candles / cpuSeconds),
        peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
      },
    }),
  );
}

function write(report: BacktestReport, { output }: BacktestOptions, streams: CommandStreams): Result<null, string> {
  const json = `${JSON.stringify(report, null, 1)}\n`;
  if (output.json === '-') streams.out(json);
  const files: readonly (readonly [string | null, () => string])[] = [
    [output.json === '-' ? null : output.json, () => json],
    [output.csv, () => tradesToCsv(report.trades)],
    [output.html, () => reportToHtml(report)],
  ];
  for (const [path, text] of files) {
    const written = path === null ? ok(null) : writeReport(path, text());
    if (!written.ok) return written;
  }
  return ok(null);
}

function describe(report: BacktestReport): string {
  const { performance: result, statistics } = report.summary;
  const lines = [
    `${iso(report.from)} to ${iso(report.to)}, ${report.sources.length} symbols, ${report.speed.candles} candles in ${report.speed.wallSeconds.toFixed(1)} s (${report.speed.candlesPerCpuSecond} candles per processor second, ${report.speed.peakMemoryMb} MB).`,
    `${statistics.trades} trades, net ${(report.wallet - report.deposit).toFixed(2)} USDT, expectancy ${statistics.expectancyR.toFixed(3)} R [${statistics.expectancyRInterval.low.toFixed(3)}, ${statistics.expectancyRInterval.high.toFixed(3)}], win rate ${(statistics.winRate * 100).toFixed(1)} %, profit factor ${statistics.profitFactor.toFixed(2)}, maximum drawdown ${(result.maxDrawdown * 100).toFixed(1)} %, Sharpe ${result.sharpe.toFixed(2)}.`,
    report.accounting.agrees && report.accounting.tradesAgree
      ? 'The wallet equals fills, fees and funding to the last unit.'
      : 'THE BOOKS DO NOT AGREE; do not trust these numbers.',
  ];
  if (report.proof !== null)
    lines.push(
      report.proof.divergence === null
        ? `No look-ahead: ${report.proof.compared} judgements and journal lines are the same without the future.`
        : `LOOK-AHEAD FOUND before ${iso(report.proof.divergence.cut)}: ${report.proof.divergence.knowing?.summary ?? 'nothing'} / ${report.proof.divergence.unknowing?.summary ?? 'nothing'}.`,
    );
  lines.push(...report.warnings.map((warning) => `Note: ${warning}`), `Hash ${report.hash}`);
  return `${lines.join('\n')}\n`;
}

/** Standard output and error; on a terminal a line of progress that the next sentence takes away. */
function standardStreams(): CommandStreams {
  let shown = -1;
  return {
    out: (text) => void process.stdout.write(text),
    error: (text) => {
      process.stderr.write(shown < 0 ? text : `\r\u001B[K${text}`);
      shown = -1;
    },
    progress: process.stderr.isTTY
      ? (share) => {
          const percent = Math.floor(share * 100);
          if (percent !== shown) process.stderr.write(`\r${percent} %`);
          shown = percent;
        }
      : undefined,
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await runBacktestCommand(process.argv.slice(2), standardStreams());
