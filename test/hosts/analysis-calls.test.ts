// What the screen may ask of the analysis: structure as known at a past time from memory or the archive, and where liquidity is expected.
import { describe, expect, it } from 'vitest';
import type { PredictedLiquidity } from '../../src-shared/contract/analysis.ts';
import { CallError } from '../../src-shared/contract/rpc.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { Candle } from '../../src-shared/domain/candle.ts';
import { err, ok } from '../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import type { MarketFeed } from '../../src-main/core/ports.ts';
import { createMarketState } from '../../src-main/core/structure/market-state.ts';
import { describeLiquidity } from '../../src-main/core/engine/predicted-liquidity.ts';
import { answerKnownAt, predictLiquidity, type AnalysisReader } from '../../src-main/hosts/analysis-calls.ts';
import { syntheticCandles } from '../core/support/candles.ts';

const settings = defaultSettings();
const candles = syntheticCandles({ seed: 77, count: 3000, timeframe: '5m' });
const STEP = 300_000;
const closeOf = (index: number): EpochMs => (candles[index]!.openTime + STEP) as EpochMs;

type History = MarketFeed['history'];

function setUp(held: readonly Candle[], history: History, served: PredictedLiquidity | null = null) {
  const market = createMarketState(settings);
  for (const candle of held) market.appendClosed5m('X', candle);
  const reader: AnalysisReader = {
    structureKnownAt: (symbol, timeframe, time) => market.structureKnownAt(symbol, timeframe, time),
    predictedLiquidity: () => served,
    closedBy: (symbol, timeframe, time) => market.closedBy(symbol, timeframe, time),
    frame: (symbol, timeframe) => market.get(symbol)?.frames[timeframe] ?? null,
  };
  return { market, reader, ask: answerKnownAt({ reader, feed: { history }, settings: () => settings }) };
}

const nothing: History = () => Promise.reject(new Error('the archive was asked'));
const archive: History = ({ limit, before }) => Promise.resolve(ok(candles.filter((candle) => before === null || candle.openTime < before).slice(-limit)));
const down: History = () => Promise.resolve(err({ code: 'unreachable', detail: '', uiMessage: 'The exchange cannot be reached.' } as never));

describe('structure as known at a time', () => {
  it('H1 comes from memory while memory reaches back far enough, and holds nothing confirmed later', async () => {
    const { ask, market } = setUp(candles.slice(0, 900), nothing);
    const then = await ask({ symbol: 'X', timeframe: '5m', time: closeOf(699) });
    expect(then).toEqual(market.structureKnownAt('X', '5m', closeOf(699)));
    expect(then!.asOf).toBe(closeOf(699));
    expect(
      [...then!.swings, ...then!.breaks, ...then!.gaps, ...then!.orderBlocks, ...then!.pools].filter((object) => object.confirmedTime > then!.asOf),
    ).toEqual([]);
    expect(then!.swings.length).toBeGreaterThan(20);
  });

  it('comes from the archive for a time before the candles in memory', async () => {
    const { ask } = setUp(candles.slice(-1024), archive);
    const then = await ask({ symbol: 'X', timeframe: '5m', time: closeOf(1200) });
    expect(then!.asOf).toBe(closeOf(1200));
    const full = createMarketState(settings, 4096);
    for (const candle of candles.slice(201, 1201)) full.appendClosed5m('X', candle);
    expect(then).toEqual(full.structureSnapshot('X', '5m'));
  });

  it('never bridges a hole of the archive', async () => {
    const holed: History = async (request) => {
      const answer = await archive(request);
      return answer.ok ? ok(answer.value.filter((candle) => candle.openTime !== candles[1100]!.openTime)) : answer;
    };
    const { ask } = setUp([], holed);
    const then = await ask({ symbol: 'X', timeframe: '5m', time: closeOf(1200) });
    expect(Math.min(...then!.swings.map((swing) => swing.originTime))).toBeGreaterThan(candles[1100]!.openTime);
  });

  it('falls back on what memory has when the archive cannot be read, and says so when there is nothing at all', async () => {
    const { ask } = setUp(candles.slice(0, 300), down);
    expect((await ask({ symbol: 'X', timeframe: '5m', time: closeOf(200) }))!.asOf).toBe(closeOf(200));
    await expect(ask({ symbol: 'Y', timeframe: '5m', time: closeOf(200) })).rejects.toThrow('The exchange cannot be reached.');
  });

  it('refuses what is not a request', async () => {
    const { ask } = setUp([], archive);
    await expect(ask({ symbol: 'X', timeframe: '4h', time: 1 } as never)).rejects.toBeInstanceOf(CallError);
  });
});

describe('expected liquidity', () => {
  it('stands on both sides of price with a chance each, from closed 15m candles, and says what predicted it', () => {
    const { reader, market } = setUp(candles.slice(0, 900), nothing);
    const close = market.get('X')!.frames['15m'].close;
    const answer = predictLiquidity(reader, 'X')!;
    expect(answer).toMatchObject({ source: 'rule', horizonMs: 24 * 900_000, asOf: market.get('X')!.frames['15m'].book.lastCloseTime });
    const levels = [answer.above, answer.below].filter((level) => level !== null);
    expect(levels.length).toBeGreaterThan(0);
    for (const { probability } of levels) expect(probability >= 0 && probability <= 1).toBe(true);
    if (answer.above !== null) expect(answer.above.price).toBeGreaterThan(close);
    if (answer.below !== null) expect(answer.below.price).toBeLessThan(close);
  });

  it('is that of the model when one with skill serves', () => {
    const served: PredictedLiquidity = {
      asOf: closeOf(899),
      horizonMs: 1,
      source: 'liquidity-predictor',
      above: { price: 101, probability: 0.6 },
      below: null,
    };
    expect(predictLiquidity(setUp(candles.slice(0, 900), nothing, served).reader, 'X')).toBe(served);
  });

  it('of a model stands at its distances, above and below as a long sees them', () => {
    const { market } = setUp(candles.slice(0, 900), nothing);
    const frame = market.get('X')!.frames['15m'];
    const told = describeLiquidity(frame, { takenAhead: 0.7, takenBehind: 0.2, distanceAhead: 2, distanceBehind: 1 });
    expect(told).toMatchObject({ source: 'liquidity-predictor', above: { probability: 0.7 }, below: { probability: 0.2 } });
    expect(
      [Math.log(told.above!.price / frame.close) / frame.atr, Math.log(told.below!.price / frame.close) / frame.atr].map(
        (value) => Math.round(value * 1e9) / 1e9,
      ),
    ).toEqual([2, -1]);
  });

  it('is not told for a market that is unknown or still warming up', () => {
    const { reader } = setUp(candles.slice(0, 60), nothing);
    expect([predictLiquidity(reader, 'X'), predictLiquidity(reader, 'Y')]).toEqual([null, null]);
  });
});
