// One simple rule for two backtesters: buy when the fast average crosses above the slow one, stop 1 % below, target 2 % above.
import { createRequire } from 'node:module';
import { lots, moneyFromUsdt, ticks, type EpochMs } from '../../src-shared/kernel/units.ts';
import { floorToTick, nearestTick, ticksToPrice } from '../../src-shared/domain/instrument.ts';
import { LEG_ENDS_MS, nextLevel, pathOf } from '../../src-main/core/backtest/intrabar-path.ts';
import { BAR_MS, type PriceHistory } from '../../src-main/core/backtest/price-history.ts';
import { Exchange } from '../../src-main/core/venue/exchange.ts';
import type { Trade } from '../../src-main/core/venue/types.ts';
import { InProcessVenue } from '../../src-main/core/backtest/in-process-venue.ts';

const FAST = 20;
const SLOW = 50;
const STOP = 0.01;
const TARGET = 0.02;
/** Lots of every trade; results are compared per unit. */
const SIZE = 100;

export interface RuleTrade {
  readonly entryTime: number;
  readonly exitTime: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly reason: 'stop' | 'target';
}

/** What rests at the venue while a trade is open, in ticks. */
interface Resting {
  stop: number;
  target: number;
}

/** True at the close of each candle at which the averages have just crossed upwards. The averages start from the first close. */
export function crossesOf(close: Float64Array): Uint8Array {
  const crosses = new Uint8Array(close.length);
  let fast = close[0] ?? 0;
  let slow = fast;
  for (let index = 1; index < close.length; index += 1) {
    const wasAbove = fast > slow;
    fast += (2 / (FAST + 1)) * (close[index]! - fast);
    slow += (2 / (SLOW + 1)) * (close[index]! - slow);
    if (index >= SLOW && fast > slow && !wasAbove) crosses[index] = 1;
  }
  return crosses;
}

/** The rule over our venue: orders, conditional orders, spread, depth and the path inside candles as in every backtest. */
export function runOurs(history: PriceHistory): readonly RuleTrade[] {
  const { instrument } = history;
  const { symbol } = instrument;
  const exchange = new Exchange([instrument], moneyFromUsdt(1_000_000), history.openTime[0] as EpochMs);
  exchange.rules.takerFeeBps = 0;
  const venue = new InProcessVenue(exchange);
  const crosses = crossesOf(history.close);
  const trades: RuleTrade[] = [];
  const fills: Trade[] = [];
  let entry: { readonly time: number; readonly price: number } | null = null;
  const resting: Resting = { stop: 0, target: 0 };
  let counter = 0;
  const tell = (price: number, time: number): void =>
    exchange.onPrice(symbol, { last: ticks(price), mark: ticks(price), quoteVolume24h: 1e10 }, time as EpochMs);
  const submit = (order: Partial<Parameters<InProcessVenue['submit']>[0]>, time: number): void => {
    counter += 1;
    const sent = venue.submit(
      {
        clientOrderId: `r${counter}`,
        positionId: 'rule',
        symbol,
        purpose: 'entry',
        kind: 'market',
        side: 'SELL',
        positionSide: 'BOTH',
        lots: lots(SIZE),
        price: null,
        trigger: null,
        triggerBy: 'contract',
        reduceOnly: false,
        closePosition: false,
        timeInForce: 'GTC',
        leverage: 20,
        createdAt: time as EpochMs,
        ...order,
      },
      time as EpochMs,
    );
    if (!sent.ok) throw new Error(sent.error.uiMessage);
  };
  const settle = (): void => {
    for (const event of exchange.drainEvents()) if (event.kind === 'order' && event.trade !== null) fills.push(event.trade);
    if (entry === null || exchange.holdings().length > 0) return;
    const closing = fills.filter((fill) => fill.side === 'SELL');
    const exitPrice = averageOf(closing, (price) => ticksToPrice(instrument, ticks(price)));
    trades.push({
      entryTime: entry.time,
      exitTime: closing.at(-1)!.time,
      entryPrice: entry.price,
      exitPrice,
      reason: exitPrice > entry.price ? 'target' : 'stop',
    });
    for (const algo of exchange.openAlgos(symbol)) exchange.cancelAlgo({ algoId: algo.algoId, clientAlgoId: null }, closing.at(-1)!.time);
    exchange.drainEvents();
    fills.length = 0;
    entry = null;
  };
  for (let bar = 1; bar < history.close.length; bar += 1) {
    if (entry === null ? crosses[bar - 1] === 0 : !isReached(history, bar, resting)) continue;
    const time = history.openTime[bar]!;
    const open = nearestTick(instrument, history.open[bar]!);
    if (entry === null) {
      if (time - history.openTime[bar - 1]! !== BAR_MS) continue;
      tell(open, time);
      submit({ side: 'BUY' }, time);
      for (const event of exchange.drainEvents()) if (event.kind === 'order' && event.trade !== null) fills.push(event.trade);
      const price = averageOf(fills, (value) => ticksToPrice(instrument, ticks(value)));
      fills.length = 0;
      entry = { time, price };
      resting.stop = floorToTick(instrument, price * (1 - STOP));
      resting.target = nearestTick(instrument, price * (1 + TARGET));
      submit({ purpose: 'stop', kind: 'stop_market', lots: lots(0), trigger: ticks(resting.stop), closePosition: true }, time);
      submit({ purpose: 'target', kind: 'take_profit_market', trigger: ticks(resting.target), reduceOnly: true }, time);
      exchange.drainEvents();
      if (!isReached(history, bar, resting)) continue;
    }
    tell(open, time);
    settle();
    if (entry === null) continue;
    const path = pathOf({ open: history.open[bar]!, high: history.high[bar]!, low: history.low[bar]!, close: history.close[bar]! });
    let position: number = open;
    for (let leg = 0; leg < path.length && entry !== null; leg += 1) {
      const to = nearestTick(instrument, path[leg]!);
      const waiting = exchange.openAlgos(symbol).map((algo) => algo.trigger);
      const level = nextLevel(waiting, position, to);
      if (level !== null) tell(level, time + LEG_ENDS_MS[leg]! - 1);
      settle();
      position = to;
      if (entry !== null) tell(to, time + LEG_ENDS_MS[leg]!);
      settle();
    }
  }
  return trades;
}

/** Whether the candle reaches the stop or the target; if not, the venue would do nothing on any way through it. */
function isReached({ instrument, low, high }: PriceHistory, bar: number, { stop, target }: Resting): boolean {
  return nearestTick(instrument, low[bar]!) <= stop || nearestTick(instrument, high[bar]!) >= target;
}

function averageOf(fills: readonly Trade[], priceOf: (price: number) => number): number {
  const amount = fills.reduce((sum, fill) => sum + fill.lots, 0);
  return fills.reduce((sum, fill) => sum + priceOf(fill.price) * fill.lots, 0) / amount;
}

interface PeerTrade {
  readonly entryTime: Date;
  readonly exitTime: Date;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly exitReason: string;
}

interface Peer {
  backtest(strategy: unknown, series: unknown): readonly PeerTrade[];
}

/** The rule in grademark, whose bars carry the same crosses, so that both decide on the same numbers. Null where it is not installed. */
export function preparePeer(history: PriceHistory): (() => readonly RuleTrade[]) | null {
  const require = createRequire(import.meta.url);
  let peer: Peer;
  let DataFrame: new (rows: readonly unknown[]) => unknown;
  try {
    peer = require('grademark') as Peer;
    ({ DataFrame } = createRequire(require.resolve('grademark'))('data-forge') as { DataFrame: typeof DataFrame });
  } catch {
    return null;
  }
  const crosses = crossesOf(history.close);
  const bars = Array.from(history.close, (close, index) => ({
    time: new Date(history.openTime[index]!),
    open: history.open[index]!,
    high: history.high[index]!,
    low: history.low[index]!,
    close,
    volume: history.volume[index]!,
    cross: crosses[index] === 1,
  }));
  const strategy = {
    entryRule: (enter: () => void, { bar }: { readonly bar: { readonly cross: boolean } }): void => {
      if (bar.cross) enter();
    },
    stopLoss: ({ entryPrice }: { readonly entryPrice: number }) => entryPrice * STOP,
    profitTarget: ({ entryPrice }: { readonly entryPrice: number }) => entryPrice * TARGET,
  };
  const series = new DataFrame(bars);
  return () =>
    peer.backtest(strategy, series).flatMap((trade): RuleTrade[] => {
      const reason = trade.exitReason === 'stop-loss' ? 'stop' : trade.exitReason === 'profit-target' ? 'target' : null;
      return reason === null
        ? []
        : [{ entryTime: trade.entryTime.getTime(), exitTime: trade.exitTime.getTime(), entryPrice: trade.entryPrice, exitPrice: trade.exitPrice, reason }];
    });
}
