// From a folder to what a backtest runs on: the wanted symbols in the wanted time, with funding and contract rules.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { iso } from '../../core/backtest/moment.ts';
import type { SymbolSource } from '../../core/backtest/run-types.ts';
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import { toBrackets, toInstrument } from '../../adapters/binance/instrument-mapping.ts';
import { bracketsSchema, exchangeInfoSchema } from '../../adapters/binance/rest-schemas.ts';
import { deriveInstrument } from '../../core/backtest/derived-instrument.ts';
import { BAR_MS, historyOf, spanOf, type FundingHistory, type PriceHistory } from '../../core/backtest/price-history.ts';
import { indexFolder, readCandleFiles, readFundingFiles } from './candle-files.ts';

export interface DataRequest {
  readonly folder: string;
  /** Null for every symbol of the folder. */
  readonly symbols: readonly string[] | null;
  /** Null for as early as the warm-up allows and as late as there are candles. */
  readonly from: number | null;
  readonly to: number | null;
  readonly warmUpBars: number;
  /** Folder of funding files when it is another one. */
  readonly fundingFolder: string | null;
  /** The exchange's exchangeInfo and leverageBracket answers, plain or gzipped. */
  readonly exchangeInfo: string | null;
  readonly brackets: string | null;
}

export interface LoadedData {
  readonly histories: readonly PriceHistory[];
  readonly sources: readonly SymbolSource[];
  readonly from: number;
  readonly to: number;
  /** Symbols that were asked for and have no candle in that time. */
  readonly leftOut: readonly string[];
}

export function loadData(request: DataRequest): Result<LoadedData, string> {
  const index = indexFolder(request.folder);
  if (!index.ok) return index;
  const fundingIndex = request.fundingFolder === null ? index : indexFolder(request.fundingFolder);
  if (!fundingIndex.ok) return fundingIndex;
  const rules = readRules(request);
  if (!rules.ok) return rules;
  const known = [...index.value.candles.keys()].toSorted();
  if (known.length === 0) return err(`${request.folder} holds no 5-minute candle files (SYMBOL-5m.csv, .csv.gz, or SYMBOL-5m-YYYY-MM.zip).`);
  const absent = request.symbols?.find((symbol) => !index.value.candles.has(symbol));
  if (absent !== undefined) return err(`There are no 5-minute candles of ${absent} in ${request.folder}; there are ${known.slice(0, 12).join(', ')}.`);
  const histories: PriceHistory[] = [];
  const sources: SymbolSource[] = [];
  const leftOut: string[] = [];
  for (const symbol of request.symbols ?? known) {
    const read = readSymbol(symbol, {
      request,
      paths: index.value.candles.get(symbol) ?? [],
      fundingPaths: fundingIndex.value.funding.get(symbol) ?? [],
      rules: rules.value,
    });
    if (!read.ok) return read;
    if (read.value === null) {
      leftOut.push(symbol);
      continue;
    }
    histories.push(read.value.history);
    sources.push(read.value.source);
  }
  const span = spanOf(histories);
  if (span === null) return err(`No symbol of ${request.folder} has candles in the time asked for.`);
  const from = request.from ?? span.first + request.warmUpBars * BAR_MS;
  const to = request.to ?? span.last + BAR_MS;
  if (from >= to) return err(`There is nothing to trade: the time from ${iso(from)} to ${iso(to)} is empty. Give more candles, or a shorter --warm-up-days.`);
  return ok({ histories, sources, from, to, leftOut });
}

interface SymbolInput {
  readonly request: DataRequest;
  readonly paths: readonly string[];
  readonly fundingPaths: readonly string[];
  readonly rules: ReadonlyMap<string, Instrument>;
}

function readSymbol(symbol: string, input: SymbolInput): Result<{ readonly history: PriceHistory; readonly source: SymbolSource } | null, string> {
  const { request, paths, fundingPaths, rules } = input;
  const read = readCandleFiles(paths);
  if (!read.ok) return read;
  const earliest = request.from === null ? -Infinity : request.from - request.warmUpBars * BAR_MS;
  const latest = request.to ?? Infinity;
  const candles = read.value.filter((candle) => candle.openTime >= earliest && candle.openTime < latest);
  const off = candles.find((candle) => candle.openTime % BAR_MS !== 0);
  if (off !== undefined) return err(`${symbol}: the candle of ${iso(off.openTime)} does not open on a multiple of five minutes.`);
  const [first] = candles;
  const last = candles.at(-1);
  if (first === undefined || last === undefined || (request.from !== null && last.openTime < request.from)) return ok(null);
  let funding: FundingHistory | null = null;
  if (fundingPaths.length > 0) {
    const rates = readFundingFiles(fundingPaths);
    if (!rates.ok) return rates;
    funding = rates.value;
  }
  const listed = rules.get(symbol);
  const source: SymbolSource = {
    symbol,
    files: paths.length,
    candles: candles.length,
    first: first.openTime,
    last: last.openTime,
    missing: (last.openTime - first.openTime) / BAR_MS + 1 - candles.length,
    rules: listed === undefined ? 'derived from candles' : 'exchange',
    funding: funding === null ? 'flat rate' : 'recorded',
  };
  return ok({ history: historyOf(listed ?? deriveInstrument(symbol, candles), candles, funding), source });
}

function readRules({ exchangeInfo, brackets }: DataRequest): Result<ReadonlyMap<string, Instrument>, string> {
  if (exchangeInfo === null) return ok(new Map());
  const info = readJson(exchangeInfo);
  if (!info.ok) return info;
  const parsed = exchangeInfoSchema.safeParse(info.value);
  if (!parsed.success) return err(`${exchangeInfo} is not an answer of /fapi/v1/exchangeInfo.`);
  const tiers = brackets === null ? ok<unknown>([]) : readJson(brackets);
  if (!tiers.ok) return tiers;
  const table = bracketsSchema.safeParse(tiers.value);
  if (!table.success) return err(`${brackets ?? ''} is not an answer of /fapi/v1/leverageBracket.`);
  const bySymbol = toBrackets(table.data.rows);
  return ok(
    new Map(
      parsed.data.symbols.rows.flatMap((rules) => {
        const instrument = toInstrument(rules, bySymbol.get(rules.symbol) ?? []);
        return instrument === null ? [] : [[instrument.symbol, instrument] as const];
      }),
    ),
  );
}

function readJson(path: string): Result<unknown, string> {
  try {
    const bytes = readFileSync(path);
    return ok(JSON.parse((bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8')) as unknown);
  } catch (failure) {
    return err(`${path} cannot be read (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}
