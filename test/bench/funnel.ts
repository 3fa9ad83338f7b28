// The funnel suite: what the ICT strategy makes of real candles, and what each performance module changes, one at a time.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import type { Candle, Timeframe } from '../../src-shared/domain/candle.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import { hasSharedData, sharedPath } from '../support/shared.ts';
import { relabel, replay } from './replay.ts';
import type { Market, ReplayReport } from './replay.ts';

/** All 5m files overlap from here on. */
const COMMON_START = Date.UTC(2025, 6, 4, 13);
const MODULES: readonly (readonly [string, Partial<Settings>])[] = [
  ['rules alone', {}],
  ['+ regime prediction', { enableMarketRegimePrediction: true }],
  ['+ dynamic features', { enableDynamicFeatures: true }],
  ['+ liquidity hunting', { enableLiquidityHunting: true }],
];

export interface FunnelReport {
  readonly suite: 'funnel';
  readonly groups: readonly { readonly name: string; readonly report: ReplayReport }[];
}

/** Runs the suite; without the shared candles it says so and measures nothing. */
export async function runFunnelSuite(print: (line: string) => void): Promise<FunnelReport> {
  if (!hasSharedData()) {
    print('the real candles are not on this machine; nothing was measured');
    return { suite: 'funnel', groups: [] };
  }
  const groups: { name: string; report: ReplayReport }[] = [];
  const run = (name: string, markets: readonly Market[], change: Partial<Settings>): void => {
    const report = replay(markets, { ...defaultSettings(), strategyMode: 'ict', ...change });
    groups.push({ name, report });
    for (const line of describeReport(name, report)) print(line);
  };
  const native = loadMarkets('5m').map(({ symbol, candles }) => ({ symbol, candles: candles.filter((candle) => candle.openTime >= COMMON_START) }));
  for (const [name, change] of MODULES) run(`5m / 15m / 1h, ${name}`, native, change);
  const known = new Set(native.map((market) => market.symbol));
  const quarter = loadMarkets('15m').filter((market) => !known.has(market.symbol));
  run('15m / 45m / 3h, rules alone', relabelAll(quarter, '15m'), {});
  run('1h / 3h / 12h, rules alone', relabelAll(loadMarkets('1h'), '1h'), {});
  return { suite: 'funnel', groups };
}

function relabelAll(markets: readonly Market[], timeframe: Timeframe): readonly Market[] {
  return markets.map(({ symbol, candles }) => ({ symbol, candles: relabel(candles, timeframe) }));
}

function loadMarkets(timeframe: Timeframe): readonly Market[] {
  const folder = sharedPath('data', 'klines', timeframe);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.csv.gz'))
    .map((file) => ({ symbol: file.slice(0, file.indexOf('-')), candles: readCandles(join(folder, file)) }));
}

function readCandles(file: string): readonly Candle[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n').slice(1);
  return lines.map((line) => {
    const [openTime, open, high, low, close, volume] = line.split(',').map(Number) as [number, number, number, number, number, number];
    return { openTime: openTime as EpochMs, open, high, low, close, volume, quoteVolume: volume * close, trades: 0, takerBuyVolume: 0 };
  });
}

function describeReport(name: string, report: ReplayReport): readonly string[] {
  const stopped = Object.entries(report.stopped).filter(([, count]) => count > 0);
  const fates = Object.entries(report.setUps).toSorted((a, b) => b[1] - a[1]);
  const setUps = fates.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${name}: ${report.symbols} symbols, ${report.evaluated} decisions, ${report.long} long and ${report.short} short signals on ${report.symbolsWithSignals} symbols`,
    `  decisions stopped: ${stopped.map(([step, count]) => `${step} ${((100 * count) / report.evaluated).toFixed(1)} %`).join(', ')}`,
    `  ${setUps} set-ups: ${fates.map(([fate, count]) => `${fate} ${count}`).join(', ')}`,
    `  signals: ${report.wins} won, ${report.losses} lost, ${report.expired} expired, mean ${report.meanR.toFixed(3)} R after 0.1 % costs` +
      `${report.sizedUp > 0 ? `, ${report.sizedUp} with a forecast regime` : ''}${report.hunted > 0 ? `, ${report.hunted} hunted` : ''}`,
  ];
}
