// A terminal without a screen whose exchange is the receiver at the other end of the wire: what the tick-to-wire suite times.
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { ok } from '../../src-shared/kernel/result.ts';
import { epochMs, lots, money, moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { createExecutionVenue } from '../../src-main/adapters/binance/execution-venue.ts';
import { Gateway } from '../../src-main/adapters/binance/gateway.ts';
import { readMarketFrame } from '../../src-main/adapters/binance/market-frames.ts';
import { RateLimiter } from '../../src-main/adapters/binance/rate-limiter.ts';
import { SocketHost } from '../../src-main/adapters/binance/socket-host.ts';
import { Secret } from '../../src-main/adapters/runtime/secret.ts';
import type { DeskCheckpoint } from '../../src-main/core/execution/desk-state.ts';
import { Engine } from '../../src-main/core/engine/engine.ts';
import type { Clock, ExecutionVenue, Journal, MarketFeed, MarketPrice, OrderReport, VenueState } from '../../src-main/core/ports.ts';
import { EngineRunner } from '../../src-main/hosts/runner.ts';
import { sampleInstrument } from '../support/samples.ts';
import { readMoment, type Moment } from './wire-stamps.ts';

const SYMBOL = 'BTCUSDT';
const HEALTHY = { breaker: 'normal', weightUsed: 0, weightLimit: 1920, clockOffsetMs: 0, restLatencyMs: 1, userStream: 'connected', malformed: {} } as const;
const TRAIL = {
  trailingStopEnabled: true,
  trailingStopTriggerPercent: 0.1,
  trailingStopDistancePercent: 0.1,
  riskPerTradePercent: 5,
  maxStopDistancePercent: 50,
};

/** Keeps nothing: what the order costs without the disk. */
export function memoryJournal(): Journal {
  let last = 0;
  return {
    append: (records) => ok(records.map(() => (last += 1))),
    read: () => [],
    page: () => [],
    loadCheckpoint: () => null,
    saveCheckpoint: () => ok(null),
  };
}

/** Engine, runner and exchange client as they are in the app. */
export class Rig {
  now = 1_760_000_200_000;
  price = 60_000;
  readonly runner: EngineRunner;
  readonly #engine: Engine;
  readonly #gateway: Gateway;
  readonly orders: string[] = [];
  #lots = 0;
  #trade = 0;

  constructor(port: number, journal: Journal) {
    const settings = { ...defaultSettings(), ...TRAIL };
    const clock: Clock = { speed: 1, now: () => epochMs(this.now) };
    const logger = { log: () => undefined };
    // The budget of a minute passes a hundred times faster, else the order limits of the exchange would pace the bench.
    const limiter = new RateLimiter(settings.rateLimitRequests, {
      now: () => performance.now() * 100,
      after: (delayMs, callback) => void setTimeout(callback, delayMs / 100).unref(),
    });
    this.#gateway = new Gateway({
      baseUrl: `http://127.0.0.1:${port}`,
      apiKey: new Secret('bench-key'),
      apiSecret: new Secret('bench-secret'),
      settings: () => settings,
      clock: { speed: 1, now: () => epochMs(Date.now()) },
      logger,
      agent: null,
      limiter,
      bans: null,
    });
    const venue = createExecutionVenue({
      gateway: this.#gateway,
      limiter,
      socketHost: new SocketHost(`ws://127.0.0.1:${port}`),
      agent: null,
      logger,
      instrumentOf: () => sampleInstrument(),
      priceOf: () => null,
      verifyWay: () => Promise.resolve(null),
      marketMalformed: () => new Map(),
    });
    const execution: ExecutionVenue = {
      ...venue,
      submit: (intent) => {
        this.orders.push(`${intent.purpose} ${intent.clientOrderId}`);
        return venue.submit(intent);
      },
      prepareSymbol: () => Promise.resolve(ok(null)),
      cancel: () => Promise.resolve(ok(null)),
      fetchState: () => Promise.resolve(ok(this.#state())),
      query: () => Promise.resolve({ ok: false, error: { code: 'timeout', outcome: 'unknown', venueCode: null, detail: '', uiMessage: '' } }),
    };
    this.#engine = new Engine({
      settings,
      speed: 1,
      idSeed: 'b1',
      session: {
        mode: 'simulated',
        host: 'node',
        version: '0',
        startedAt: clock.now(),
        speed: 1,
        strategyMode: 'ict',
        automation: 'running',
        phase: 'starting',
        phaseText: '',
      },
    });
    this.runner = new EngineRunner(
      {
        engine: this.#engine,
        journal,
        sink: { publish: () => undefined },
        execution,
        feed: { require: () => undefined } as unknown as MarketFeed,
        predictor: null,
        settingsStore: { save: () => ok(null) } as never,
        notifier: { notify: () => undefined },
        clock,
        logger,
      },
      0,
    );
  }

  #state(): VenueState {
    const usdt = moneyFromUsdt(1_000_000);
    const flat = { wallet: usdt, unrealised: money(0), available: usdt, marginUsed: money(0), hedgeMode: false };
    const held = { symbol: SYMBOL, positionSide: 'BOTH' as const, lots: this.#lots, entryPrice: this.price, markPrice: this.price, unrealised: money(0) };
    return {
      scope: 'account',
      symbols: [],
      time: epochMs(this.now - 100_000),
      account: flat,
      positions: this.#lots === 0 ? [] : [{ ...held, liquidationPrice: null, leverage: 3, isolated: true, initialMargin: money(0) }],
      orders: [],
      fills: [],
    };
  }

  async warmUp(): Promise<void> {
    this.runner.enqueue({ kind: 'market', event: { kind: 'instruments', instruments: [sampleInstrument()], universe: [SYMBOL] } });
    this.runner.enqueue({
      kind: 'market',
      event: { kind: 'feed-status', status: { state: 'streaming', text: '', symbolsReady: 1, symbolsTotal: 1, lastEventAt: epochMs(this.now) } },
    });
    this.tick(this.price);
    for (let step = 0; step < 5; step += 1) await this.pulse(300);
  }

  async pulse(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    this.runner.enqueue({ kind: 'pulse', exchange: HEALTHY });
    await new Promise((resume) => setTimeout(resume, 1));
  }

  /** A mark-price frame as the exchange sends it, parsed and handed to the engine. Gives when it was received. */
  tick(price: number): Moment {
    this.price = price;
    const text = JSON.stringify({
      stream: '!markPrice@arr@1s',
      data: [
        {
          e: 'markPriceUpdate',
          E: this.now,
          s: SYMBOL,
          p: price.toFixed(2),
          i: price.toFixed(2),
          P: price.toFixed(2),
          r: '0.00010000',
          T: this.now + 3_600_000,
        },
      ],
    });
    const received = readMoment();
    const frame = readMarketFrame(text);
    if (frame.kind !== 'mark-prices') throw new Error(`the frame was read as ${frame.kind}`);
    const prices = frame.rows.map((row): MarketPrice => ({
      symbol: row.s,
      last: price,
      mark: row.p,
      change24h: 0,
      quoteVolume24h: 1e10,
      fundingRate: 0.0001,
      nextFundingTime: null,
      time: epochMs(this.now),
    }));
    this.runner.enqueue({ kind: 'market', event: { kind: 'prices', prices } });
    return received;
  }

  async open(stop: number): Promise<string> {
    const answer = await this.runner.command('bench', {
      kind: 'open-position',
      symbol: SYMBOL,
      side: 'long',
      stop: Math.round(stop * 10),
      target: Math.round(this.price * 40),
    });
    if (!answer.ok) throw new Error(answer.error.uiMessage);
    await this.until(() => this.orders.at(-1)?.startsWith('entry') ?? false);
    return this.orders.at(-1)?.split(' ')[1] ?? '';
  }

  /** The account stream tells a fill. Gives when it was received. */
  fill(clientOrderId: string, side: 'BUY' | 'SELL', amount: number): Moment {
    this.#trade += 1;
    this.#lots += side === 'BUY' ? amount : -amount;
    const time = epochMs(this.now);
    const common = { clientOrderId, venueOrderId: `v${this.#trade}`, symbol: SYMBOL, side, positionSide: 'BOTH' as const, lots: lots(amount) };
    const report: OrderReport = {
      ...common,
      conditional: false,
      status: 'filled',
      filledLots: lots(amount),
      averagePrice: this.price,
      price: null,
      trigger: null,
      closePosition: false,
      reduceOnly: side === 'SELL',
      purpose: 'other',
      triggeredOrderId: null,
      time,
      reason: null,
    };
    const received = readMoment();
    this.runner.enqueue({
      kind: 'venue',
      event: {
        kind: 'order',
        report,
        fill: { ...common, tradeId: `${this.#trade}`, price: this.price, fee: money(0), realisedPnl: money(0), maker: false, time },
      },
    });
    return received;
  }

  plannedLots(): number {
    return this.#desk().positions.at(-1)?.plannedLots ?? 0;
  }

  /** The stop in force rests, covers the whole position, and no other is on its way. */
  isPermanent(): boolean {
    const { positions, orders } = this.#desk();
    const held = positions.at(-1);
    const stop = orders.find((order) => order.intent.clientOrderId === held?.stopOrderId);
    return held !== undefined && held.nextStopId === null && stop?.status === 'resting' && stop.intent.closePosition;
  }

  #desk(): DeskCheckpoint {
    return (this.#engine.state() as { readonly desk: DeskCheckpoint }).desk;
  }

  /** Waits until something is so; the event loop runs meanwhile. */
  async until(probe: () => boolean): Promise<void> {
    const deadline = performance.now() + 5000;
    while (!probe()) {
      if (performance.now() > deadline) throw new Error(`waited in vain; the last orders were ${this.orders.slice(-5).join(', ')}`);
      await new Promise((resume) => setTimeout(resume, 1));
    }
  }

  async stop(): Promise<void> {
    await this.runner.stop();
    this.#gateway.stop();
  }
}
