// A backtest is the engine under another clock: the same inputs give the same events, and the books agree to the last unit.
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { money, moneyToUsdt } from '../../../src-shared/kernel/units.ts';
import { BAR_MS, historyOf, type PriceHistory } from '../../../src-main/core/backtest/price-history.ts';
import type { JournalRecord } from '../../../src-main/core/ports.ts';
import { runBacktest } from '../../../src-main/hosts/backtest/run-backtest.ts';
import { booksAgree } from '../../../src-main/core/backtest/books-agree.ts';
import { deriveInstrument } from '../../../src-main/core/backtest/derived-instrument.ts';
import { HistoricalRun } from '../../../src-main/core/backtest/historical-run.ts';
import { USUAL_COSTS, type BacktestRequest, type BacktestResult, type RunPrint } from '../../../src-main/core/backtest/run-types.ts';
import { readCandleFiles } from '../../../src-main/hosts/backtest/candle-files.ts';
import { hasSharedData, sharedPath } from '../../support/shared.ts';
import { SAMPLE_START, SAMPLE_WARM_UP, sampleCandles, sampleHistory, sampleRequest, sampleSettings } from './sample-market.ts';

interface FillData {
  /** Absent on a line about funding. */
  readonly fill?: { readonly side: 'BUY' | 'SELL'; readonly lots: number; readonly price: number; readonly fee: number; readonly clientOrderId: string };
}

const COUNT = 8000;
const SEEDS = { AAAUSDT: 1, BBBUSDT: 2, CCCUSDT: 4 } as const;

function market(): readonly PriceHistory[] {
  return Object.entries(SEEDS).map(([symbol, seed]) => sampleHistory(symbol, seed, { count: COUNT }));
}

let request: BacktestRequest;
let result: BacktestResult;
const records: JournalRecord[] = [];

beforeAll(async () => {
  request = sampleRequest(market());
  result = await runBacktest({ ...request, onRecord: (record) => void records.push(record) });
});

describe('a backtest of three markets in one account', () => {
  test('finds trades to judge', () => {
    expect(result.trades.length).toBeGreaterThanOrEqual(4);
    expect(new Set(result.trades.map((trade) => trade.reason))).toEqual(new Set(['stop', 'target']));
  });

  test('the wallet equals deposit, fills, fees and funding to the last unit', () => {
    expect(result.audit).toMatchObject({ agrees: true, lotsAgree: true, fromProfits: result.wallet, fromCash: result.wallet });
    expect(booksAgree(result)).toBe(true);
  });

  test('each trade is what its own fills say, computed here from price and quantity', () => {
    const scale = new Map(request.histories.map(({ instrument }) => [instrument.symbol, 10 ** instrument.quantityScale]));
    for (const trade of result.trades) {
      const fills = records
        .filter((record) => record.kind === 'fill' && record.positionId === trade.id)
        .flatMap((record) => (record.data as FillData).fill ?? []);
      const cash = fills.reduce((sum, fill) => sum + (fill.side === 'SELL' ? 1 : -1) * fill.price * (fill.lots / scale.get(trade.symbol)!), 0);
      const fees = fills.reduce((sum, fill) => sum + fill.price * (fill.lots / scale.get(trade.symbol)!) * 0.0005, 0);
      expect(moneyToUsdt(trade.realised)).toBeCloseTo(cash, 5);
      expect(moneyToUsdt(trade.fees)).toBeCloseTo(fees, 5);
      expect(moneyToUsdt(trade.net)).toBeCloseTo(cash - fees + moneyToUsdt(trade.funding), 5);
    }
  });

  test('an entry is filled in the candle after the decision, around its open', () => {
    for (const trade of result.trades) {
      const history = request.histories.find(({ instrument }) => instrument.symbol === trade.symbol)!;
      const bar = history.openTime.indexOf(trade.openedAt);
      expect(bar).toBeGreaterThan(0);
      expect(Math.abs(trade.entryPrice / history.open[bar]! - 1)).toBeLessThan(0.001);
    }
  });

  test('a stop is filled at its own price and not at the end of the candle', () => {
    const stops = records.filter((record) => record.kind === 'order' && (record.data as { status: string }).status === 'triggered');
    expect(stops.length).toBeGreaterThan(0);
    for (const trade of result.trades.filter((entry) => entry.reason === 'stop')) {
      const order = stops
        .map((record) => record.data as { intent: { positionId: string; purpose: string; trigger: number } })
        .find((data) => data.intent.positionId === trade.id && data.intent.purpose === 'stop');
      const { instrument } = request.histories.find((entry) => entry.instrument.symbol === trade.symbol)!;
      const trigger = (order!.intent.trigger * instrument.tickUnits) / 10 ** instrument.priceScale;
      expect(Math.abs(trade.exitPrice / trigger - 1)).toBeLessThan(0.001);
    }
  });

  test('excursions hold the result between them', () => {
    for (const trade of result.trades) {
      expect(trade.maxR).toBeGreaterThanOrEqual(trade.netR);
      expect(trade.minR).toBeLessThanOrEqual(trade.netR);
    }
  });

  test('the hash is SHA-256 over every journal line and every order, one after the other, however they are gathered', async () => {
    const orders: string[] = [];
    const print = createHash('sha256');
    let characters = 0;
    const own: RunPrint = {
      add: (line) => {
        characters += line.length;
        if ('clientOrderId' in (JSON.parse(line) as object)) orders.push(line);
        print.update(line);
      },
      finish: () => print.digest('hex'),
    };
    expect((await new HistoricalRun(sampleRequest(market()), own).run()).hash).toBe(result.hash);
    expect(characters).toBeGreaterThan(3 * 65_536);
    expect(orders.length).toBeGreaterThan(0);
  });

  test('another run of the same inputs gives the same hash, and other costs another one', async () => {
    expect((await runBacktest(sampleRequest(market()))).hash).toBe(result.hash);
    const dearer = await runBacktest(sampleRequest(market(), { costs: { ...USUAL_COSTS, takerFeeBps: 6 } }));
    expect(dearer.hash).not.toBe(result.hash);
    expect(dearer.audit.agrees).toBe(true);
  });

  test('pulses that are left out change nothing: with all of them the hash is the same, also on an eventful day', async () => {
    expect((await runBacktest(sampleRequest(market(), { pulsesAlways: true }))).hash).toBe(result.hash);
    const settings = sampleSettings({ dailyLossLimitPercent: 0.1, volatilityBreakerAtrMultiple: 1.2 });
    const reasons = new Set<string>();
    const few = await runBacktest(
      sampleRequest(market(), { settings, onRecord: (record) => void (record.kind === 'guard' && reasons.add((record.data as { reason: string }).reason)) }),
    );
    const all = await runBacktest(sampleRequest(market(), { settings, pulsesAlways: true }));
    expect(few.hash).toBe(all.hash);
    expect([...reasons]).toEqual(expect.arrayContaining(['none', 'volatility', 'daily_loss']));
  });

  test.skipIf(!hasSharedData())('what began and ended within one candle is told at the same moment with all pulses and without those left out', async () => {
    const read = readCandleFiles([sharedPath('data/klines/5m/BTCUSDT-5m.csv.gz')]);
    if (!read.ok) throw new Error(read.error);
    // On 2024-01-05 a position and its twin lived for less than five minutes.
    const from = Date.parse('2024-01-05T00:00Z');
    const candles = read.value.filter(({ openTime }) => openTime >= from - SAMPLE_WARM_UP * BAR_MS && openTime < from + 86_400_000);
    const twins: number[] = [];
    const real = sampleRequest([historyOf(deriveInstrument('BTCUSDT', candles), candles)], { from, to: from + 86_400_000 });
    const few = await runBacktest({ ...real, onRecord: ({ kind, time }) => void (kind === 'twin' && twins.push(time)) });
    expect(few.hash).toBe((await runBacktest({ ...real, pulsesAlways: true })).hash);
    expect(few.trades.some(({ openedAt, closedAt }) => closedAt - openedAt < BAR_MS && twins.includes(openedAt + BAR_MS))).toBe(true);
  });

  test('what only a screen shows changes nothing: a run that is looked at has the same hash, and its funnel counts the same', async () => {
    let told = 0;
    const watched = await runBacktest(sampleRequest(market(), { onAnalysis: (analysis) => void (told += analysis.length) }));
    expect(watched.hash).toBe(result.hash);
    expect(watched.counters).toEqual(result.counters);
    expect(watched.equity).toEqual(result.equity);
    expect(told).toBe(result.counters.funnel['evaluated']);
  });

  test('records are in the order of time', () => {
    for (let index = 1; index < records.length; index += 1) expect(records[index]!.time).toBeGreaterThanOrEqual(records[index - 1]!.time - BAR_MS);
  });
});

describe('a delay', () => {
  test('moves each entry along the first leg of its candle, and the books still agree', async () => {
    const delayed = await runBacktest(sampleRequest(market(), { costs: { ...USUAL_COSTS, delayMs: 50_000 } }));
    expect(delayed.audit.agrees).toBe(true);
    expect(booksAgree(delayed)).toBe(true);
    const common = delayed.trades.filter((trade) => result.trades.some((other) => other.openedAt + 50_000 === trade.openedAt && other.symbol === trade.symbol));
    expect(common.length).toBeGreaterThan(1);
    for (const trade of common) {
      const { instrument, openTime, open, high, low } = request.histories.find((history) => history.instrument.symbol === trade.symbol)!;
      const bar = openTime.indexOf(trade.openedAt - 50_000);
      const nearer = high[bar]! - open[bar]! <= open[bar]! - low[bar]! ? high[bar]! : low[bar]!;
      const halfway = (open[bar]! + nearer) / 2;
      expect(Math.abs(trade.entryPrice - halfway)).toBeLessThan(halfway * 0.0005 + 2 * 10 ** -instrument.priceScale);
    }
  });
});

describe('funding', () => {
  test('is paid every eight hours on what is open, from the recorded rates where there are some', async () => {
    const times = Array.from({ length: 200 }, (_, index) => SAMPLE_START + index * 8 * 3_600_000);
    const funding = { times: Float64Array.from(times), ratesE8: Float64Array.from(times, () => 200_000) };
    const histories = Object.entries(SEEDS).map(([symbol, seed]) => sampleHistory(symbol, seed, { count: COUNT, funding }));
    const paid = await runBacktest(sampleRequest(histories));
    expect(paid.audit.agrees).toBe(true);
    const expected = paid.trades.reduce((sum, trade) => {
      const settlements = times.filter((time) => time > trade.openedAt && time <= trade.closedAt).length;
      return sum + (trade.side === 'long' ? -1 : 1) * settlements * trade.quantity * trade.entryPrice * 0.002;
    }, 0);
    expect(expected).not.toBe(0);
    expect(moneyToUsdt(paid.audit.funding) / expected).toBeGreaterThan(0.9);
    expect(moneyToUsdt(paid.audit.funding) / expected).toBeLessThan(1.1);
  });
});

describe('holes, ends and halts', () => {
  test('a hole in the data is not bridged: the symbol warms up again and is judged again', async () => {
    const candles = sampleCandles(4, COUNT);
    const holed = [...candles.slice(0, 3700), ...candles.slice(3707)];
    const history = historyOf(sampleHistory('CCCUSDT', 4, { count: COUNT }).instrument, holed);
    const codes = new Map<string, number[]>();
    const run = await runBacktest(
      sampleRequest([history], {
        onAnalysis: (analysis, at) => {
          for (const entry of analysis) codes.set(entry.stopCode ?? 'signal', [...(codes.get(entry.stopCode ?? 'signal') ?? []), at]);
        },
      }),
    );
    const hole = SAMPLE_START + 3700 * BAR_MS;
    expect(run.audit.agrees).toBe(true);
    expect(codes.get('data.gap')).toBeUndefined();
    expect(Math.min(...(codes.get('data.warming_up') ?? []))).toBeGreaterThan(hole);
    const judgedAgain = [...codes].flatMap(([code, times]) => (code.startsWith('data.') ? [] : times.filter((time) => time > hole)));
    expect(judgedAgain.length).toBeGreaterThan(1000);
  });

  test('a position is not carried through a hole: after an hour without candles it is closed at the last price', async () => {
    const trade = result.trades.find((entry) => entry.closedAt - entry.openedAt > 3 * BAR_MS)!;
    const { instrument } = request.histories.find((history) => history.instrument.symbol === trade.symbol)!;
    const seed = SEEDS[trade.symbol as keyof typeof SEEDS];
    const candles = sampleCandles(seed, COUNT);
    const bar = (trade.openedAt - SAMPLE_START) / BAR_MS;
    const holed = historyOf(instrument, [...candles.slice(0, bar + 2), ...candles.slice(bar + 600)]);
    const histories = request.histories.map((history) => (history.instrument.symbol === trade.symbol ? holed : history));
    const run = await runBacktest(sampleRequest(histories));
    const left = run.trades.find((entry) => entry.id === trade.id);
    expect(left).toMatchObject({ reason: 'flatten', closedAt: trade.openedAt + 2 * BAR_MS + 3_600_000 });
    expect(Math.abs(left!.exitPrice / candles[bar + 1]!.close - 1)).toBeLessThan(0.001);
    expect(run.audit.agrees).toBe(true);
  });

  test('what is open at the end is closed there, so that nothing is left out of the books', async () => {
    const trade = result.trades.find((entry) => entry.closedAt - entry.openedAt > 3 * BAR_MS)!;
    const cut = await runBacktest(sampleRequest(market(), { to: trade.openedAt + 2 * BAR_MS }));
    expect(cut.trades.at(-1)).toMatchObject({ id: trade.id, reason: 'flatten', closedAt: trade.openedAt + 2 * BAR_MS });
    expect(cut.audit.agrees).toBe(true);
    expect(booksAgree(cut)).toBe(true);
  });

  test('a run can be cancelled and says so', async () => {
    const cancelled = await runBacktest(sampleRequest(market(), { onProgress: (share) => share > 0.3 }));
    expect(cancelled.wasCancelled).toBe(true);
    expect(cancelled.counters.candles).toBeLessThan(result.counters.candles);
    expect(cancelled.audit.agrees).toBe(true);
  });

  test('a daily-loss halt is lifted at midnight when asked, and stays otherwise', async () => {
    const settings = sampleSettings({ dailyLossLimitPercent: 0.1 });
    const lifted = await runBacktest(sampleRequest(market(), { settings }));
    const kept = await runBacktest(sampleRequest(market(), { settings, resumesNextDay: false }));
    expect(lifted.counters.resumed).toBeGreaterThan(0);
    expect(kept).toMatchObject({ counters: { resumed: 0 }, endState: 'halted (daily_loss)' });
    expect(kept.trades.length).toBeLessThan(lifted.trades.length);
  });

  test('candles of the warm-up teach and do not trade', () => {
    expect(result.counters.warmUpCandles).toBe(3 * SAMPLE_WARM_UP);
    expect(records.every((record) => record.time >= request.from)).toBe(true);
    expect(result.equity.daily[0]).toBe(money(1_000_000_000_000));
  });
});
