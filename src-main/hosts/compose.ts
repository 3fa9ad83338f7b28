// The one place where the terminal is put together: ports meet adapters, the engine is rebuilt from its journal and started.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Link } from '../../src-shared/contract/rpc.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { SessionView } from '../../src-shared/contract/view.ts';
import { describeMode, type Mode } from '../../src-shared/domain/session.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { createBinanceExchange } from '../adapters/binance/exchange.ts';
import { createNotifiers } from '../adapters/notify/notifiers.ts';
import { lockDataFolder } from '../adapters/runtime/instance-lock.ts';
import { createLogger, type FileLogger } from '../adapters/runtime/logger.ts';
import { createSettingsStore, describeProblems } from '../adapters/settings/settings-store.ts';
import { CANDLE_MIGRATIONS, createCandleArchive } from '../adapters/sqlite/candles.ts';
import { backUpDaily, openDatabase } from '../adapters/sqlite/database.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../adapters/sqlite/journal.ts';
import { Engine } from '../core/engine/engine.ts';
import { initialSnapshot } from '../core/engine/initial-view.ts';
import type { ExecutionVenue, FeedStatus, Journal, StoredRecord, WorkerLauncher } from '../core/ports.ts';
import { startAlarms } from './alarms.ts';
import type { StartOptions } from './arguments.ts';
import { createCallHandlers } from './calls.ts';
import { createExchangeCalls } from './exchange-calls.ts';
import { createHostCalls } from './host-calls.ts';
import { choosePlaces } from './exchange-places.ts';
import { buildHealth } from './health.ts';
import { openLearning } from './open-learning.ts';
import { DurationWindow, startLoop } from './metrics.ts';
import { recordSession } from './review/record-session.ts';
import { ReviewService } from './review/service.ts';
import { createPriceFollower } from './price-follower.ts';
import { EngineRunner } from './runner.ts';
import { Screens } from './screens.ts';
import { reportSystem } from './system-report.ts';
import type { SecretStore } from './secrets.ts';
import { ViewStore } from './view-store.ts';
import { followVenueClock } from './venue-clock.ts';
import { tryMode } from './try-mode.ts';
import { createWayCheck } from './way-check.ts';

export interface StartRequest {
  readonly options: StartOptions;
  readonly host: 'electron' | 'node';
  readonly projectRoot: string;
  readonly launcher: WorkerLauncher;
  readonly secrets: SecretStore;
  /** Sequence of the first snapshot; above all of an engine that ran before with the same screens. */
  readonly firstSequence?: number;
  /** A person has chosen another mode and it is journalled; absent where the host cannot start the engine again. */
  readonly onSwitch?: (mode: Mode) => void;
  /** Puts something between the engine and the world: a recorder, a profiler, a torturer. Absent in the app itself. */
  readonly wrapPorts?: (ports: WrappedPorts) => WrappedPorts;
}

export interface WrappedPorts {
  readonly journal: Journal;
  readonly execution: ExecutionVenue;
}

export interface Terminal {
  readonly logger: FileLogger;
  /** Connects a screen. */
  attach(link: Link): void;
  /** Resolves once the engine streams, or when the terminal stops before. */
  readonly whenStreaming: Promise<'streaming' | 'stopped'>;
  /** The computer slept: the clock jumps to the wall, and orders, positions and balances are read anew before anything is opened. */
  wake(sleptMs: number): void;
  stop(why: string): Promise<void>;
}

const PULSE_MS = 250;
const HEALTH_MS = 1000;
/** Timeframes compared with what they had published, and how often: all 600 of 200 symbols in 75 seconds. */
const HINDSIGHT_FRAMES = 4;
const HINDSIGHT_MS = 500;
const REPLAY_PAGE = 5000;
const IDLE_TICK_MS = 0.2;

/** Starts everything in order; each failure is one sentence and leaves nothing behind. */
export async function startTerminal(request: StartRequest): Promise<Result<Terminal, { readonly uiMessage: string }>> {
  const { options, host, projectRoot, launcher, secrets } = request;
  const { dataDir } = options;
  const settingsStore = createSettingsStore(join(dataDir, 'settings.json'));
  const loaded = settingsStore.load();
  if (!loaded.ok) return err({ uiMessage: describeProblems(loaded.error) });
  let settings: Settings = loaded.value;
  const lock = lockDataFolder(dataDir);
  if (!lock.ok) return lock;
  const fail = (uiMessage: string): Result<never, { readonly uiMessage: string }> => {
    lock.value.release();
    return err({ uiMessage });
  };

  const notices: string[] = [];
  const journalFile = join(dataDir, `journal-${options.mode}.sqlite`);
  const journalDatabase = openDatabase({
    file: journalFile,
    migrations: JOURNAL_MIGRATIONS,
    synchronous: 'FULL',
    onNotice: (sentence) => notices.push(sentence),
    now: Date.now,
  });
  if (!journalDatabase.ok) return fail(journalDatabase.error.uiMessage);
  const candleDatabase = openDatabase({
    file: join(dataDir, 'candles.sqlite'),
    migrations: CANDLE_MIGRATIONS,
    synchronous: 'NORMAL',
    onNotice: (sentence) => notices.push(sentence),
    now: Date.now,
  });
  if (!candleDatabase.ok) return fail(candleDatabase.error.uiMessage);

  const places = await choosePlaces({ options, settings, secrets, launcher });
  if (!places.ok) return fail(places.error.uiMessage);
  const { clock, venue } = places.value;
  const version = readVersion(projectRoot);
  const session: SessionView = {
    mode: options.mode,
    host,
    version,
    startedAt: clock.now(),
    speed: clock.speed,
    strategyMode: settings.strategyMode,
    automation: 'running',
    phase: 'starting',
    phaseText: 'Starting.',
  };
  const view = new ViewStore({ ...initialSnapshot(session, settings, clock.now()), sequence: request.firstSequence ?? 0 });
  const logger = createLogger({
    folder: join(dataDir, 'logs'),
    clock,
    wallNow: Date.now,
    print: (line) => process.stdout.write(line),
    onLine: (line) => view.publish([{ kind: 'log', line }], clock.now()),
  });
  for (const notice of notices) logger.log('warn', 'journal', notice);
  const journal = createJournal(journalDatabase.value, journalFile, { mode: options.mode, version, settings, startedAt: clock.now() });
  if (!journal.previousEndedCleanly)
    logger.log('warn', 'journal', 'The last session ended without a stop; its state is rebuilt and compared with the venue before anything trades.');

  const exchange = createBinanceExchange({
    market: places.value.market,
    trading: places.value.trading,
    credentials: places.value.credentials,
    ...(places.value.dataCredentials === undefined ? {} : { dataCredentials: places.value.dataCredentials }),
    banFile: join(dataDir, 'bans.json'),
    proxyUrl: proxyWithCredentials(settings, secrets),
    settings: () => settings,
    clock,
    logger,
    archive: createCandleArchive(candleDatabase.value, places.value.identity),
  });
  if (!exchange.ok) return fail(exchange.error);
  const opened = exchange.value;
  const { feed } = opened;
  const ports: WrappedPorts = { journal, execution: exchange.value.execution };
  const { execution, journal: engineJournal } = request.wrapPorts?.(ports) ?? ports;
  const learning = openLearning({
    options,
    bundled: join(projectRoot, 'models'),
    source: places.value.identity,
    launcher,
    journal,
    settings: () => settings,
    clock,
    logger,
    publish: (training) => view.publish([{ kind: 'training', training }], clock.now()),
  });
  if (!learning.ok) return fail(learning.error);
  const { predictor } = learning.value;

  const idSeed = journal.property('id-seed', () => randomBytes(3).toString('hex'));
  const engine = new Engine({ settings, session, speed: clock.speed, idSeed });
  const checkpoint = journal.loadCheckpoint();
  const records = readAfter(journal.read, checkpoint?.journalId ?? 0);
  engine.restore(checkpoint?.state ?? null, records);
  const recorded = recordSession({
    engine,
    dataDir,
    settings,
    predictor: predictor,
    logger,
    header: {
      ...{ mode: options.mode, version, startedAt: session.startedAt, journalSession: journal.session, settings, session, speed: clock.speed, idSeed },
      candles: { file: 'candles.sqlite', source: places.value.identity },
      checkpoint: checkpoint?.state ?? null,
      records,
    },
  });

  const notifiers = createNotifiers({
    webhook: secrets.secret('DISCORD_WEBHOOK'),
    botToken: secrets.secret('DISCORD_TOKEN'),
    settings: () => settings,
    proxyUrl: proxyWithCredentials(settings, secrets),
    badge: describeMode(options.mode).badge,
    logger,
  });
  const liveTimes = new DurationWindow();
  let cycleStartMs = 0;
  const virtualTimes = new DurationWindow();
  let feedStatus: FeedStatus | null = null;
  let announceStreaming: (outcome: 'streaming' | 'stopped') => void = () => undefined;
  const whenStreaming = new Promise<'streaming' | 'stopped'>((resolve) => void (announceStreaming = resolve));
  const runner = new EngineRunner(
    {
      engine: recorded,
      journal: engineJournal,
      sink: view,
      execution,
      feed,
      predictor,
      settingsStore,
      notifier: notifiers,
      clock,
      logger,
      onProcessed: (kind, elapsedMs) => {
        // A cycle is its start (features of all dirty symbols) and its conclusion; a tick without new candles is not a cycle.
        if (kind === 'live-tick' && elapsedMs > IDLE_TICK_MS) cycleStartMs = elapsedMs;
        if (kind === 'prediction' || (kind === 'live-tick' && settings.strategyMode === 'ict' && elapsedMs > IDLE_TICK_MS)) {
          liveTimes.record(elapsedMs + (kind === 'prediction' ? cycleStartMs : 0));
          cycleStartMs = 0;
        }
        if (kind === 'virtual-tick') virtualTimes.record(elapsedMs);
      },
      onSettings: (next) => {
        settings = next;
        exchange.value.setRateLimit(next.rateLimitRequests);
      },
    },
    journal.lastId,
  );

  const follower = places.value.follower === null ? null : createPriceFollower({ ...places.value.follower, logger });
  void feed.start((event) => {
    follower?.onMarket(event);
    if (event.kind === 'feed-status') {
      feedStatus = event.status;
      if (event.status.state === 'streaming') announceStreaming('streaming');
    }
    runner.enqueue({ kind: 'market', event });
  });
  void connectAccount();
  void warnAboutKey();
  const way = createWayCheck(opened, logger);
  void way.diagnose();

  /** A key that can withdraw, or that works from any address, is told at every start. */
  async function warnAboutKey(): Promise<void> {
    const permissions = await opened.readPermissions();
    if (permissions === null || isStopped) return;
    if (!permissions.ok) logger.log('info', 'exchange', `What the API key may do could not be read: ${permissions.error.uiMessage}`);
    else for (const warning of permissions.value.warnings) logger.log('warn', 'alarm', warning);
  }

  async function connectAccount(): Promise<void> {
    let refusal = '';
    for (;;) {
      const account = await execution.start((event) => runner.enqueue({ kind: 'venue', event }));
      if (isStopped) return;
      if (account.ok) return runner.enqueue({ kind: 'account', account: account.value });
      if (account.error.uiMessage !== refusal) logger.log('error', 'exchange', account.error.uiMessage);
      refusal = account.error.uiMessage;
      await new Promise((resume) => setTimeout(resume, 5000));
    }
  }

  const wall = (seconds: number): number => (seconds * 1000) / clock.speed;
  const live = startLoop(() => runner.enqueue({ kind: 'live-tick' }), wall(settings.cycleIntervalSeconds));
  const virtual = startLoop(() => runner.enqueue({ kind: 'virtual-tick' }), wall(settings.virtualCycleIntervalSeconds));
  const venueClock =
    places.value.followed === undefined
      ? null
      : followVenueClock(places.value.followed, (speed) => {
          live.setInterval(wall(settings.cycleIntervalSeconds));
          virtual.setInterval(wall(settings.virtualCycleIntervalSeconds));
          runner.enqueue({ kind: 'speed', speed });
        });
  const hindsight = startLoop(() => void engine.checkHindsight(HINDSIGHT_FRAMES), HINDSIGHT_MS);
  const pulse = startLoop(() => runner.enqueue({ kind: 'pulse', exchange: execution.status() }), PULSE_MS);
  const health = startLoop(() => {
    const nextCycleAt = Math.round(clock.now() + Math.max(0, live.nextAtWall() - performance.now()) * clock.speed);
    const body = buildHealth({
      now: clock.now(),
      speed: clock.speed,
      settings,
      exchange: execution.status(),
      feed: feedStatus,
      live: liveTimes.summary(),
      virtual: virtualTimes.summary(),
      overruns: live.overruns() + virtual.overruns(),
      nextCycleAt: nextCycleAt as never,
      memoryMb: Math.round(process.memoryUsage().rss / 1_048_576),
      predictor,
      modelProblem: learning.value.problem(),
      journalProblem: runner.journalProblem,
      hindsight: engine.hindsight(clock.now()),
      way: way.last(),
      exit: opened.exit(),
    });
    view.publish([{ kind: 'health', health: body }], clock.now());
  }, HEALTH_MS);
  const backup = setInterval(() => {
    try {
      backUpDaily(journalDatabase.value, journalFile, Date.now());
    } catch (failure) {
      logger.log('warn', 'journal', `The daily backup could not be written (${failure instanceof Error ? failure.message : String(failure)}).`);
    }
  }, 60_000);

  const exchangeCalls = createExchangeCalls({
    diagnose: () => way.diagnose(),
    settings: () => settings,
    panel: places.value.panel,
    logger,
    onRehearsed: venueClock?.look,
  });
  const alarms = startAlarms({
    file: join(dataDir, 'alarms.json'),
    view,
    zonesOf: (symbol) => (engine.structure(symbol, '15m')?.orderBlocks ?? []).filter((block) => block.state === 'active'),
    notifier: notifiers,
    logger,
    now: () => clock.now(),
  });
  const hostCalls = createHostCalls({
    alarms,
    system: () => reportSystem({ dataDir, live: liveTimes, virtual: virtualTimes }),
    snapshot: () => view.snapshot(),
    tryMode: (mode) => tryMode(mode, { settings: () => settings, proxyUrl: proxyWithCredentials(settings, secrets), logger }),
    journalSwitch: (from, to) =>
      journal.append(
        [{ time: clock.now(), kind: 'mode', positionId: null, symbol: null, summary: `A person changed the mode from ${from} to ${to}.`, data: { from, to } }],
        true,
      ).ok,
    beginSwitch: request.onSwitch ?? null,
  });
  const review = new ReviewService({ launcher, dataDir, now: Date.now });
  const screens = new Screens({
    view,
    logger,
    createHandlers: (who, watch) =>
      createCallHandlers({
        runner,
        reader: engine,
        journal,
        feed,
        learning: learning.value.learning,
        snapshot: () => view.snapshot(),
        watch,
        exchangeCalls,
        hostCalls,
        review,
        who,
      }),
    onWatchChanged: (charts) => recorded.watch(charts),
  });

  logger.log(
    'info',
    'terminal',
    `${describeMode(options.mode).badge}: market data from ${describeMode(options.mode).marketFrom}, orders to ${describeMode(options.mode).ordersTo}.`,
  );
  let isStopped = false;
  venue?.onChange((isBack, sentence) => {
    logger.log(isBack ? 'info' : 'error', 'venue', sentence);
    if (isBack) void venueClock?.look();
  });

  return ok({
    logger,
    whenStreaming,
    attach: (link) => screens.attach(link),
    wake: (sleptMs) => {
      clock.resync?.();
      runner.enqueue({ kind: 'venue', event: { kind: 'resync-needed', why: `the computer slept for ${Math.round(sleptMs / 1000)} s` } });
    },
    stop: async (why) => {
      if (isStopped) return;
      isStopped = true;
      announceStreaming('stopped');
      for (const loop of [live, virtual, pulse, health, hindsight]) loop.stop();
      clearInterval(backup);
      alarms.stop();
      follower?.stop();
      venueClock?.stop();
      await feed.stop();
      await runner.stop();
      await recorded.close();
      review.stop();
      await execution.stop();
      await learning.value.stop();
      await notifiers.stop(2000);
      screens.closeAll();
      logger.log('info', 'terminal', `Stopped (${why}). Open positions keep their stops at the venue.`);
      journal.endSession(clock.now(), why);
      journal.close();
      candleDatabase.value.close();
      await venue?.stop();
      await logger.close();
      lock.value.release();
    },
  });
}

function readAfter(read: (request: { readonly after: number; readonly limit: number }) => readonly StoredRecord[], after: number): readonly StoredRecord[] {
  const records: StoredRecord[] = [];
  for (let last = after; ;) {
    const page = read({ after: last, limit: REPLAY_PAGE });
    records.push(...page);
    if (page.length < REPLAY_PAGE) return records;
    last = page.at(-1)?.id ?? last;
  }
}

function readVersion(projectRoot: string): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))).version;
}

/** The proxy address of the settings with the credentials of the secret store (`user:password`). */
function proxyWithCredentials(settings: Settings, secrets: SecretStore): string | null {
  if (settings.proxyUrl === '') return null;
  const credentials = secrets.read('PROXY_CREDENTIALS');
  return credentials === null ? settings.proxyUrl : settings.proxyUrl.replace('://', `://${credentials.split(':').map(encodeURIComponent).join(':')}@`);
}
