// Carries out a backtest that was planned on the screen: data, run, proof, sweep, walk-forward, report.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { BacktestPlan } from '../../../src-shared/contract/review-requests.ts';
import { defaultSettings, parseSettings, type Settings } from '../../../src-shared/contract/settings.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { openCandleReader } from '../../adapters/sqlite/candle-reader.ts';
import { deriveInstrument } from '../../core/backtest/derived-instrument.ts';
import { chooseCuts, proveNoLookAhead } from '../../core/backtest/look-ahead-proof.ts';
import { BAR_MS, historyOf, spanOf } from '../../core/backtest/price-history.ts';
import { buildReport, type BacktestReport } from '../../core/backtest/report.ts';
import { USUAL_COSTS, type BacktestRequest, type SymbolSource } from '../../core/backtest/run-types.ts';
import { runSweep, watched } from '../../core/backtest/sweep.ts';
import { walkForward } from '../../core/backtest/walk-forward.ts';
import { WorkMeter, type PlannedWork } from '../../core/backtest/work-meter.ts';
import { loadData, type LoadedData } from '../backtest/load-data.ts';
import { runBacktest } from '../backtest/run-backtest.ts';
import { runTools } from '../backtest/run-pool.ts';
import { warningsOf } from '../backtest/warnings.ts';
import { openJobModels, type JobModels } from './job-models.ts';

const DAY_MS = 86_400_000;

export type TellProgress = (progress: { readonly share: number | null; readonly stage: string }) => void;

/** What a job works with: the data folder, and the folder of the models the terminal serves (null: those it brings along). */
export interface JobMeans {
  readonly dataDir: string;
  readonly models: string | null;
}

export async function runPlan(means: JobMeans, plan: BacktestPlan, tell: TellProgress): Promise<Result<BacktestReport, string>> {
  const settings = parseSettings({ ...defaultSettings(), strategyMode: 'ict', ...plan.changes });
  if (!settings.ok) return err(settings.error.map((problem) => problem.message).join('; '));
  const models = await openJobModels(means.models, settings.value);
  try {
    return await carryOut({ plan, settings: settings.value, models, dataDir: means.dataDir }, tell);
  } finally {
    await models.predictor?.stop();
  }
}

interface Work {
  readonly plan: BacktestPlan;
  readonly settings: Settings;
  readonly models: JobModels;
  readonly dataDir: string;
}

async function carryOut({ plan, settings, models, dataDir }: Work, tell: TellProgress): Promise<Result<BacktestReport, string>> {
  tell({ share: null, stage: 'data' });
  const warmUpBars = Math.round((plan.warmUpDays * DAY_MS) / BAR_MS);
  const asked = { symbols: plan.symbols, from: plan.from, to: plan.to, warmUpBars };
  const data =
    plan.folder === null
      ? loadArchive(join(dataDir, 'candles.sqlite'), asked)
      : loadData({ ...asked, folder: plan.folder, fundingFolder: null, exchangeInfo: null, brackets: null });
  if (!data.ok) return data;
  const { from, to, histories, sources, leftOut } = data.value;
  const request: BacktestRequest = {
    ...{ histories, settings, from, to, warmUpBars },
    deposit: moneyFromUsdt(plan.deposit),
    costs: USUAL_COSTS,
    resumesNextDay: true,
    predictor: models.predictor,
  };
  const work: PlannedWork = {
    sweep: plan.sweep.length === 0 || plan.walkForward !== null ? null : { parameters: plan.sweep, outOfSample: plan.outOfSample },
    walkForward: plan.walkForward === null ? null : { parameters: plan.sweep, ...plan.walkForward },
    cuts: plan.cuts === 0 ? [] : chooseCuts(from, to, plan.cuts),
  };
  const meter = new WorkMeter(request, work, (share) => tell({ share, stage: 'run' }));
  const tools = runTools(availableParallelism(), request, meter.note);
  const sweep = work.sweep === null ? ok(null) : await runSweep(request, work.sweep, tools);
  if (!sweep.ok) return sweep;
  const walked = work.walkForward === null ? ok(null) : await walkForward(request, work.walkForward, tools);
  if (!walked.ok) return walked;
  const run = watched(runBacktest, meter.note);
  const cpu = process.cpuUsage();
  const wall = performance.now();
  const result = await run(request);
  const { user, system } = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - wall) / 1000;
  const cpuSeconds = (user + system) / 1e6;
  const candles = result.counters.candles + result.counters.warmUpCandles;
  const proof = work.cuts.length === 0 ? null : await proveNoLookAhead(request, work.cuts, run);
  const { costs, resumesNextDay } = request;
  return ok(
    buildReport({
      ...{ settings, costs, warmUpBars, resumesNextDay, sources, result, proof, sweep: sweep.value, walkForward: walked.value },
      warnings: [
        ...(models.problem === null ? [] : [models.problem]),
        ...warningsOf({ settings, sources, leftOut, result, modelsTrainedUntil: models.trainedUntil }),
      ],
      models: models.names,
      speed: {
        ...{ candles, cpuSeconds, wallSeconds },
        candlesPerCpuSecond: Math.round(candles / cpuSeconds),
        peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
      },
    }),
  );
}

interface ArchiveRequest {
  readonly symbols: readonly string[] | null;
  readonly from: number | null;
  readonly to: number | null;
  readonly warmUpBars: number;
}

/** Candles the terminal gathered itself, of the market with most of them in that time. */
function loadArchive(file: string, { symbols, from: asked, to: end, warmUpBars }: ArchiveRequest): Result<LoadedData, string> {
  const reader = openCandleReader(file);
  if (!reader.ok) return reader;
  try {
    const span = { from: asked === null ? 0 : asked - warmUpBars * BAR_MS, to: end ?? Number.MAX_SAFE_INTEGER };
    const source = reader.value.busiestSource(span);
    if (source === null) return err('The candle archive holds no 5m candles of that time. Name a folder of candle files instead.');
    const known = reader.value.symbols(source, span);
    const absent = symbols?.find((symbol) => !known.includes(symbol));
    if (absent !== undefined) return err(`There are no 5m candles of ${absent} in the archive of ${source}; there are ${known.slice(0, 12).join(', ')}.`);
    const histories = (symbols ?? known).map((symbol) => {
      const candles = reader.value.read({ source, symbol, timeframe: '5m' }, span);
      return historyOf(deriveInstrument(symbol, candles), candles);
    });
    const whole = spanOf(histories);
    if (whole === null) return err('The candle archive holds no 5m candles of that time.');
    const from = asked ?? whole.first + warmUpBars * BAR_MS;
    const to = end ?? whole.last + BAR_MS;
    if (from >= to)
      return err(
        `There is nothing to trade: the candles reach over ${((to - whole.first) / DAY_MS).toFixed(1)} days, the warm-up alone takes ${((warmUpBars * BAR_MS) / DAY_MS).toFixed(1)}.`,
      );
    const sources = histories.map(({ instrument, openTime }): SymbolSource => {
      const first = openTime[0] ?? from;
      const last = openTime.at(-1) ?? from;
      const rest = { files: 1, candles: openTime.length, first, last, missing: (last - first) / BAR_MS + 1 - openTime.length } as const;
      return { symbol: instrument.symbol, ...rest, rules: 'derived from candles', funding: 'flat rate' };
    });
    return ok({ histories, sources, from, to, leftOut: [] });
  } finally {
    reader.value.close();
  }
}
