// From a market tick, and from a fill, to the bytes of an order at the far end of the wire: without the disk and with the synced journal.
import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { ok } from '../../src-shared/kernel/result.ts';
import { epochMs, lots, money, moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { createExecutionVenue } from '../../src-main/adapters/binance/execution-venue.ts';
import { Gateway } from '../../src-main/adapters/binance/gateway.ts';
import { readMarketFrame } from '../../src-main/adapters/binance/market-frames.ts';
import { RateLimiter } from '../../src-main/adapters/binance/rate-limiter.ts';
import { SocketHost } from '../../src-main/adapters/binance/socket-host.ts';
import { Secret } from '../../src-main/adapters/runtime/secret.ts';
import { openDatabase } from '../../src-main/adapters/sqlite/database.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../src-main/adapters/sqlite/journal.ts';
import type { DeskCheckpoint } from '../../src-main/core/execution/desk-state.ts';
import { Engine } from '../../src-main/core/engine/engine.ts';
import type { Clock, ExecutionVenue, Journal, MarketFeed, MarketPrice, OrderReport, VenueState } from '../../src-main/core/ports.ts';
import { EngineRunner } from '../../src-main/hosts/runner.ts';
import { sampleInstrument } from '../support/samples.ts';
import type { Arrival } from './wire-receiver.ts';

const ROUNDS = 1200;
const WARM_UP = 200;
const SYMBOL = 'BTCUSDT';
const HEALTHY = { breaker: 'normal', weightUsed: 0, weightLimit: 1920, clockOffsetMs: 0, restLatencyMs: 1, userStream: 'connected', malformed: {} } as const;
const TRAIL = {
  trailingStopEnabled: true,
  trailingStopTriggerPercent: 0.1,
  trailingStopDistancePercent: 0.1,
  riskPerTradePercent: 5,
  maxStopDistancePercent: 50,
};

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
  readonly orders: number;
}

export interface TickToWireReport {
  readonly suite: 'tick-to-wire';
  /** Milliseconds. `sent`: handed to the socket, `processor`: what this thread computed until then; `arrived`: read at the other end, on another thread. */
  readonly paths: readonly {
    readonly name: string;
    readonly journal: 'memory' | 'synced';
    readonly sent: Percentiles;
    readonly processor: Percentiles;
    /** `sent` of those during which the system took the processor away from this program not once. */
    readonly undisturbed: Percentiles;
    readonly arrived: Percentiles;
  }[];
}

const micros = (): number => Number(process.hrtime.bigint() / 1000n);
/** Processor time of this thread, microseconds: what the way costs when other programs hold the machine. */
const computed = (): number => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

/** How often the system gave this program's processor to another. */
const interruptions = (): number => process.resourceUsage().involuntaryContextSwitches;

/** Order ids as their bytes pass: handed to the socket here, and read by the receiver there. */
class Stamps {
  readonly sent = new Map<string, number>();
  readonly computed = new Map<string, number>();
  readonly interrupted = new Map<string, number>();
  readonly arrived = new Map<string, number>();
  readonly #write = Reflect.get(Socket.prototype, 'write') as Socket['write'];

  watch(receiver: Worker): void {
    receiver.on('message', (arrival: Arrival) => void this.arrived.set(arrival.clientOrderId, arrival.atMicros));
    const { sent, computed: spent, interrupted } = this;
    const write = this.#write;
    Socket.prototype.write = function stamped(this: Socket, ...data: unknown[]): boolean {
      const id = typeof data[0] === 'string' ? /(?:newClientOrderId|clientAlgoId)=([^&\s]+)/.exec(data[0])?.[1] : undefined;
      if (id !== undefined) {
        sent.set(decodeURIComponent(id), micros());
        spent.set(decodeURIComponent(id), computed());
        interrupted.set(decodeURIComponent(id), interruptions());
      }
      return Reflect.apply(write, this, data) as boolean;
    } as typeof Socket.prototype.write;
  }

  restore(): void {
    Socket.prototype.write = this.#write;
  }
}

function memoryJournal(): Journal {
  let last = 0;
  return {
    append: (records) => ok(records.map(() => (last += 1))),
    read: () => [],
    page: () => [],
    loadCheckpoint: () => null,
    saveCheckpoint: () => ok(null),
  };
}

/** A terminal without a screen whose exchange is the receiver: engine, runner and exchange client as they are in the app. */
class Rig {
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
    const received = { interruptions: interruptions(), from: micros(), computed: computed() };
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
    const received = { interruptions: interruptions(), from: micros(), computed: computed() };
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

interface Moment {
  readonly from: number;
  readonly interruptions: number;
  readonly computed: number;
}

interface Taken extends Moment {
  readonly id: string;
}

/** Ticks that each trail the stop: the next order is the moved stop. */
async function trailStops(rig: Rig, stamps: Stamps): Promise<readonly Taken[]> {
  const entry = await rig.open(rig.price * 0.9);
  rig.fill(entry, 'BUY', rig.plannedLots());
  for (let step = 0; step < 5; step += 1) await rig.pulse(300);
  const control = await rig.runner.command('bench', { kind: 'hand-back', positionId: entry.split('-')[0] ?? '' });
  if (!control.ok) throw new Error(control.error.uiMessage);
  // Far enough in profit that every further tick trails, as soon as the stop moved before is permanent.
  while (!rig.isPermanent()) await rig.pulse(700);
  rig.now += 6000;
  rig.tick(rig.price * 1.002);
  while (!rig.isPermanent()) await rig.pulse(700);
  const taken: Taken[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rig.now += 6000;
    const before = rig.orders.length;
    const moment = rig.tick(Math.round(rig.price * 1.0005 * 10) / 10);
    const order = rig.orders[before];
    if (order?.startsWith('stop') !== true) throw new Error(`round ${round}: the tick sent ${order ?? 'nothing'}`);
    const id = order.split(' ')[1] ?? '';
    taken.push({ id, ...moment });
    await rig.until(() => stamps.arrived.has(id));
    // The moved stop rests, the old one goes, the permanent one comes.
    while (!rig.isPermanent()) await rig.pulse(700);
  }
  return taken.slice(WARM_UP);
}

/** Fills of entries: the next order is the protecting stop. */
async function protectFills(rig: Rig, stamps: Stamps): Promise<readonly Taken[]> {
  const taken: Taken[] = [];
  for (let round = 0; round < ROUNDS / 2; round += 1) {
    rig.tick(rig.price);
    const entry = await rig.open(rig.price * 0.99);
    await rig.until(() => stamps.arrived.has(entry));
    await rig.pulse(100);
    const amount = rig.plannedLots();
    const before = rig.orders.length;
    const moment = rig.fill(entry, 'BUY', amount);
    const order = rig.orders[before];
    if (order?.startsWith('stop') !== true) throw new Error(`round ${round}: the fill sent ${order ?? 'nothing'}`);
    const id = order.split(' ')[1] ?? '';
    taken.push({ id, ...moment });
    await rig.until(() => stamps.arrived.has(id));
    await rig.pulse(2000);
    rig.fill(`web-${round}`, 'SELL', amount);
    for (let step = 0; step < 3; step += 1) await rig.pulse(2000);
  }
  return taken.slice(WARM_UP / 2);
}

function percentiles(taken: readonly Taken[], at: ReadonlyMap<string, number>, since: (taken: Taken) => number): Percentiles {
  const sorted = Float64Array.from(taken, (one) => ((at.get(one.id) ?? Number.NaN) - since(one)) / 1000).sort();
  const share = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { p50: share(0.5), p99: share(0.99), worst: share(1), orders: sorted.length };
}

function describe({ p50, p99, worst, orders }: Percentiles): string {
  return `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms, worst ${worst.toFixed(3)} ms (${orders} orders)`;
}

/** Runs the suite and prints what it measured. Aim: p99 below 1 ms without the disk. */
export async function runTickToWireSuite(print: (line: string) => void): Promise<TickToWireReport> {
  const folder = mkdtempSync(join(tmpdir(), 'tick-to-wire-'));
  const paths: TickToWireReport['paths'][number][] = [];
  for (const kind of ['memory', 'synced'] as const) {
    for (const [name, run] of [
      ['tick to moved stop', trailStops],
      ['fill to protecting stop', protectFills],
    ] as const) {
      const receiver = new Worker(new URL('./wire-receiver.ts', import.meta.url));
      const port = await new Promise<number>((found) => void receiver.once('message', (message: { readonly port: number }) => found(message.port)));
      const stamps = new Stamps();
      stamps.watch(receiver);
      const file = join(folder, `${kind}-${paths.length}.sqlite`);
      const database = kind === 'synced' ? openDatabase({ file, migrations: JOURNAL_MIGRATIONS, synchronous: 'FULL', onNotice: print, now: Date.now }) : null;
      if (database?.ok === false) throw new Error(database.error.uiMessage);
      const journal = database === null ? null : createJournal(database.value, file, { mode: 'simulated', version: '0', settings: {}, startedAt: epochMs(0) });
      const rig = new Rig(port, journal ?? memoryJournal());
      await rig.warmUp();
      const taken = await run(rig, stamps);
      await new Promise((resume) => setTimeout(resume, 50));
      stamps.restore();
      await rig.stop();
      journal?.close();
      await receiver.terminate();
      const path = {
        name,
        journal: kind,
        sent: percentiles(taken, stamps.sent, ({ from }) => from),
        processor: percentiles(taken, stamps.computed, (one) => one.computed),
        undisturbed: percentiles(
          taken.filter((one) => stamps.interrupted.get(one.id) === one.interruptions),
          stamps.sent,
          ({ from }) => from,
        ),
        arrived: percentiles(taken, stamps.arrived, ({ from }) => from),
      };
      paths.push(path);
      print(`${name}, ${kind === 'memory' ? 'without the disk' : 'with the synced journal'}: handed to the socket ${describe(path.sent)}`);
      print(`  of these, not interrupted by other programs ${describe(path.undisturbed)}`);
      print(`  processor time until then ${describe(path.processor)}`);
      print(`  read at the other end ${describe(path.arrived)}`);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return { suite: 'tick-to-wire', paths };
}
