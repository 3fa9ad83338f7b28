// Bad days rehearsed on the engine with its real journal: a full disk, a locked file, a clock that jumps, eight hours of sleep. Nothing is lost.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { EngineEventBody } from '../../src-shared/contract/events.ts';
import type { OrderIntent } from '../../src-shared/domain/order.ts';
import { err, ok } from '../../src-shared/kernel/result.ts';
import { epochMs, lots, money, moneyFromUsdt } from '../../src-shared/kernel/units.ts';
import { createSystemClock } from '../../src-main/adapters/runtime/clock.ts';
import { openDatabase, type SqliteDatabase } from '../../src-main/adapters/sqlite/database.ts';
import { createJournal, JOURNAL_MIGRATIONS, type SqliteJournal } from '../../src-main/adapters/sqlite/journal.ts';
import { Engine } from '../../src-main/core/engine/engine.ts';
import type { Clock, ExecutionVenue, Notification, VenueEvent, VenueState } from '../../src-main/core/ports.ts';
import { EngineRunner } from '../../src-main/hosts/runner.ts';
import { sampleInstrument } from '../support/samples.ts';

const HEALTHY = { breaker: 'normal', weightUsed: 0, weightLimit: 1920, clockOffsetMs: 0, restLatencyMs: 1, userStream: 'connected', malformed: {} } as const;
const START = 1_760_000_200_000;
const unknown = { code: 'timeout', outcome: 'unknown', venueCode: null, detail: '', uiMessage: '' } as const;

/** A terminal without a screen: engine, runner, a journal on disk, and a venue that takes orders and remembers them. */
class Rehearsal {
  readonly folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  readonly file = join(this.folder, 'journal.sqlite');
  readonly database: SqliteDatabase;
  readonly journal: SqliteJournal;
  readonly runner: EngineRunner;
  readonly sent: OrderIntent[] = [];
  readonly cancelled: string[] = [];
  readonly told: Notification[] = [];
  readonly logged: string[] = [];
  readonly events: EngineEventBody[] = [];
  readonly comparisons: string[] = [];
  now = START;
  held = 0;
  #trade = 0;

  constructor(clock?: Clock) {
    const opened = openDatabase({ file: this.file, migrations: JOURNAL_MIGRATIONS, synchronous: 'FULL', onNotice: () => undefined, now: Date.now });
    if (!opened.ok) throw new Error(opened.error.uiMessage);
    this.database = opened.value;
    // A test does not wait five seconds for a lock.
    this.database.pragma('busy_timeout = 50');
    this.journal = createJournal(this.database, this.file, { mode: 'simulated', version: '0', settings: {}, startedAt: epochMs(START) });
    this.runner = new EngineRunner(
      {
        engine: this.engine(),
        journal: this.journal,
        sink: { publish: (bodies) => void this.events.push(...bodies) },
        execution: this.#venue(),
        feed: { require: () => undefined } as never,
        predictor: null,
        settingsStore: { save: () => ok(null) } as never,
        notifier: { notify: (notification) => void this.told.push(notification) },
        clock: clock ?? { speed: 1, now: () => epochMs(this.now) },
        logger: { log: (_level, _source, message) => void this.logged.push(message) },
      },
      0,
    );
  }

  /** An engine as a start builds it, from what is on disk. */
  engine(): Engine {
    const engine = new Engine({
      settings: defaultSettings(),
      speed: 1,
      idSeed: 'k7',
      session: {
        mode: 'simulated',
        host: 'node',
        version: '0',
        startedAt: epochMs(START),
        speed: 1,
        strategyMode: 'ict',
        automation: 'running',
        phase: 'starting',
        phaseText: '',
      },
    });
    const checkpoint = this.journal.loadCheckpoint();
    engine.restore(checkpoint?.state ?? null, this.journal.read({ after: checkpoint?.journalId ?? 0, limit: 100_000 }));
    return engine;
  }

  #venue(): ExecutionVenue {
    return {
      start: () => Promise.resolve(err(unknown)),
      stop: () => Promise.resolve(),
      submit: (intent) => {
        this.sent.push(intent);
        const { clientOrderId } = intent;
        return Promise.resolve(
          ok({ clientOrderId, venueOrderId: `v-${clientOrderId}`, status: 'resting' as const, filledLots: lots(0), time: epochMs(this.now) }),
        );
      },
      cancel: (order) => {
        this.cancelled.push(order.clientOrderId);
        return Promise.resolve(ok(null));
      },
      query: () => Promise.resolve(err(unknown)),
      amendOrder: () => Promise.resolve(err(unknown)),
      prepareSymbol: () => Promise.resolve(ok(null)),
      fetchState: (request) => {
        this.comparisons.push(request.scope);
        return Promise.resolve(ok(this.#state()));
      },
      status: () => HEALTHY,
    };
  }

  #state(): VenueState {
    const usdt = moneyFromUsdt(10_000);
    const position = { symbol: 'BTCUSDT', positionSide: 'BOTH' as const, lots: this.held, entryPrice: 60_000, markPrice: 60_000, unrealised: money(0) };
    return {
      scope: 'account',
      symbols: [],
      time: epochMs(this.now - 10_000),
      account: { wallet: usdt, unrealised: money(0), available: usdt, marginUsed: money(0), hedgeMode: false },
      positions: this.held === 0 ? [] : [{ ...position, liquidationPrice: null, leverage: 3, isolated: true, initialMargin: money(0) }],
      orders: [],
      fills: [],
    };
  }

  price(last: number): void {
    const change = { change24h: 0, quoteVolume24h: 1e10, fundingRate: 0, nextFundingTime: null };
    this.runner.enqueue({ kind: 'market', event: { kind: 'prices', prices: [{ symbol: 'BTCUSDT', last, mark: last, ...change, time: epochMs(this.now) }] } });
  }

  async pulse(milliseconds = 250): Promise<void> {
    this.now += milliseconds;
    this.runner.enqueue({ kind: 'pulse', exchange: HEALTHY });
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resume) => setImmediate(resume));
  }

  async warmUp(): Promise<this> {
    this.runner.enqueue({ kind: 'market', event: { kind: 'instruments', instruments: [sampleInstrument()], universe: ['BTCUSDT'] } });
    const status = { state: 'streaming', text: '', symbolsReady: 1, symbolsTotal: 1, lastEventAt: epochMs(this.now) } as const;
    this.runner.enqueue({ kind: 'market', event: { kind: 'feed-status', status } });
    this.price(60_000);
    for (let step = 0; step < 3; step += 1) await this.pulse();
    return this;
  }

  open() {
    return this.runner.command('screen 1', { kind: 'open-position', symbol: 'BTCUSDT', side: 'long', stop: 594_000, target: null });
  }

  /** Opens a protected position; gives its entry. */
  async hold(): Promise<OrderIntent> {
    const answer = await this.open();
    if (!answer.ok) throw new Error(answer.error.uiMessage);
    await this.pulse();
    const entry = this.sent.at(-1);
    if (entry?.purpose !== 'entry') throw new Error('no entry was sent');
    this.held = entry.lots;
    this.runner.enqueue({ kind: 'venue', event: this.fill(entry, entry.lots) });
    for (let step = 0; step < 8; step += 1) await this.pulse();
    return entry;
  }

  fill(intent: Pick<OrderIntent, 'clientOrderId' | 'side'>, amount: number): VenueEvent {
    this.#trade += 1;
    const common = {
      clientOrderId: intent.clientOrderId,
      venueOrderId: `v-${intent.clientOrderId}`,
      symbol: 'BTCUSDT',
      side: intent.side,
      positionSide: 'BOTH' as const,
      lots: lots(amount),
    };
    const rest = {
      conditional: false,
      price: null,
      trigger: null,
      closePosition: false,
      reduceOnly: false,
      purpose: 'other' as const,
      triggeredOrderId: null,
      reason: null,
    };
    return {
      kind: 'order',
      report: { ...common, ...rest, status: 'filled', filledLots: lots(amount), averagePrice: 60_000, time: epochMs(this.now) },
      fill: { ...common, tradeId: `${this.#trade}`, price: 60_000, fee: money(1000), realisedPnl: money(0), maker: false, time: epochMs(this.now) },
    };
  }

  guard(): string {
    const last = this.events.findLast((event) => event.kind === 'guard');
    return last?.kind === 'guard' ? `${last.guard.state} ${last.guard.reason}` : 'none';
  }

  kinds(): readonly string[] {
    return this.journal.read({ after: 0, limit: 100_000 }).map((record) => record.kind);
  }

  end(): void {
    this.journal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('a rehearsed bad day', () => {
  let day: Rehearsal;
  beforeEach(async () => {
    day = await new Rehearsal().warmUp();
  });
  afterEach(() => day.end());

  /** The disk has no more room than the file takes now. */
  const fillDisk = (): void => void day.database.pragma(`max_page_count = ${Number(day.database.pragma('page_count', { simple: true }))}`);
  const freeDisk = (): void => void day.database.pragma('max_page_count = 1073741823');

  it('a full disk: nothing opens, one sentence says so, closing and cancelling go on, and what happened meanwhile is written when there is room', async () => {
    const entry = await day.hold();
    fillDisk();
    for (let step = 0; step < 400 && day.runner.journalProblem === null; step += 1) {
      await day.runner.command('screen 1', { kind: 'pause-symbol', symbol: 'ETHUSDT' });
      await day.pulse();
    }
    expect(day.runner.journalProblem).toMatch(/^The disk is full: .* Nothing already written is lost\. Free some space; trading only reduces until then\.$/);
    await day.pulse();
    expect(day.guard()).toBe('reducing disk_full');
    expect(await day.open()).toMatchObject({ ok: false });
    const before = day.sent.length;
    const closing = await day.runner.command('screen 1', { kind: 'close-position', positionId: entry.positionId, fraction: 1 });
    expect(closing.ok).toBe(true);
    expect(day.sent.slice(before)).toMatchObject([{ purpose: 'close' }]);
    const close = day.sent.at(-1);
    if (close === undefined) throw new Error('no close was sent');
    day.held = 0;
    day.runner.enqueue({ kind: 'venue', event: day.fill(close, entry.lots) });
    await day.pulse();
    // The stop and the target of the closed position are taken back although their cancellation is not on disk yet (L5).
    expect(day.cancelled.length).toBeGreaterThanOrEqual(2);
    expect(day.events.some((event) => event.kind === 'position' && event.view.position.phase === 'closed')).toBe(true);
    const written = day.kinds().filter((kind) => kind === 'fill').length;
    freeDisk();
    await new Promise((resume) => setTimeout(resume, 1100));
    await day.pulse();
    await day.pulse();
    expect(day.runner.journalProblem).toBeNull();
    expect(day.guard()).toBe('active none');
    expect(day.kinds().filter((kind) => kind === 'fill').length).toBe(written + 1);
    expect(
      day
        .engine()
        .process({ kind: 'pulse', at: epochMs(day.now), exchange: HEALTHY })
        .events.filter((event) => event.kind === 'position'),
    ).toEqual([]);
  });

  it('a database locked by another program: one sentence, and everything that waited is written when it lets go', async () => {
    const other = new BetterSqlite(day.file);
    other.exec('BEGIN IMMEDIATE');
    await day.runner.command('screen 1', { kind: 'pause-automation' });
    expect(day.runner.journalProblem).toBe(`${day.file} is locked by another program. Nothing is lost. Close the other terminal or database tool.`);
    await day.pulse();
    expect(day.guard()).toBe('reducing disk_full');
    expect(day.kinds()).not.toContain('automation');
    other.exec('ROLLBACK');
    other.close();
    await new Promise((resume) => setTimeout(resume, 1100));
    await day.pulse();
    await day.pulse();
    expect(day.kinds()).toContain('automation');
    expect(day.runner.journalProblem).toBeNull();
    expect(day.guard()).toBe('active none');
  });

  it('a folder that has become read-only: one sentence with the next step, and trading only reduces', async () => {
    day.database.pragma('query_only = ON');
    await day.runner.command('screen 1', { kind: 'pause-automation' });
    expect(day.runner.journalProblem).toBe(
      `${day.file} cannot be written. Nothing is lost. Give this user write permission on the folder, or choose another with --data-dir.`,
    );
    await day.pulse();
    expect(day.guard()).toBe('reducing disk_full');
    day.database.pragma('query_only = OFF');
    await new Promise((resume) => setTimeout(resume, 1100));
    await day.pulse();
    expect(day.kinds()).toContain('automation');
  });

  it('eight hours of sleep: the books are compared before anything else, no loop runs in a burst, the stop is where it was', async () => {
    const entry = await day.hold();
    const before = day.comparisons.length;
    day.now += 8 * 3_600_000;
    day.runner.enqueue({ kind: 'venue', event: { kind: 'resync-needed', why: 'the computer slept for 28800 s' } });
    await day.pulse();
    expect(day.comparisons.slice(before, before + 1)).toEqual(['account']);
    expect(day.comparisons.length - before).toBeLessThanOrEqual(2);
    // The last price is eight hours old: nothing may be opened on it.
    expect(await day.open()).toMatchObject({ ok: false });
    day.price(60_100);
    await day.pulse();
    const position = day.events.findLast((event) => event.kind === 'position');
    expect(position?.kind === 'position' ? position.view.position : null).toMatchObject({
      id: entry.positionId,
      phase: 'open',
      lots: entry.lots,
      stop: 594_000,
    });
    expect(day.sent.filter((intent) => intent.purpose === 'close')).toEqual([]);
  });
});

describe('a wall clock that jumps', () => {
  afterEach(() => void vi.restoreAllMocks());

  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('an hour %s while a position is open: engine time goes on evenly, nothing is closed, nothing doubled', async (_direction, jump) => {
    let wall = START;
    let monotonic = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => wall);
    vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
    const clock = createSystemClock();
    const day = await new Rehearsal(clock).warmUp();
    const pass = async (milliseconds: number): Promise<void> => {
      wall += milliseconds;
      monotonic += milliseconds;
      await day.pulse(0);
    };
    const entry = await day.hold();
    const seen = clock.now();
    wall += jump;
    for (let step = 0; step < 40; step += 1) await pass(250);
    expect(clock.now() - seen).toBe(40 * 250);
    expect(day.guard()).toBe('active none');
    expect(day.sent.filter((intent) => intent.purpose === 'entry')).toHaveLength(1);
    expect(day.sent.filter((intent) => intent.purpose === 'close')).toEqual([]);
    const times = day.journal.read({ after: 0, limit: 10_000 }).map((record) => record.time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(entry.purpose).toBe('entry');
    day.end();
  });
});
