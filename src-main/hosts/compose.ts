// The one place where the terminal is put together: ports meet adapters, the engine is rebuilt from its journal and started.
import { join } from 'node:path';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { SessionView } from '../../src-shared/contract/view.ts';
import { describeMode } from '../../src-shared/domain/session.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { createBinanceExchange } from '../adapters/binance/exchange.ts';
import { createNotifiers } from '../adapters/notify/notifiers.ts';
import { createLogger } from '../adapters/runtime/logger.ts';
import { createCandleArchive } from '../adapters/sqlite/candles.ts';
import { openJournal } from '../adapters/sqlite/journal.ts';
import { initialSnapshot } from '../core/engine/initial-view.ts';
import type { FeedStatus } from '../core/ports.ts';
import { modeReasonInWords } from './chosen-mode.ts';
import { choosePlaces } from './exchange-places.ts';
import { connectAccount, warnAboutKey } from './account-link.ts';
import { readBuild, settingsPrint, versionOf } from './build-stamp.ts';
import { CycleTimes } from './cycle-times.ts';
import { BatchWait } from './batch-wait.ts';
import { startLoops } from './loops.ts';
import { createBackup } from './backup-call.ts';
import { openScreenService } from './screen-service.ts';
import { openStores } from './stores.ts';
import { gatherHoldings } from './holdings.ts';
import { openLearning } from './open-learning.ts';
import { recordSession } from './review/record-session.ts';
import { createPriceFollower } from './price-follower.ts';
import { proxyWithCredentials } from './proxy-address.ts';
import { restoreEngine } from './restored-engine.ts';
import { EngineRunner } from './runner.ts';
import type { StartedTerminal, StartRequest, WrappedPorts } from './terminal.ts';
import { ViewStore } from './view-store.ts';
import { followVenueClock } from './venue-clock.ts';
import { createWayCheck } from './way-check.ts';

/** Starts everything in order; each failure is one sentence and leaves nothing behind. */
export async function startTerminal(request: StartRequest): Promise<Result<StartedTerminal, { readonly uiMessage: string }>> {
  // Node keeps a record of the last 250 requests made with fetch; nobody reads them.
  performance.setResourceTimingBufferSize(0);
  const { options, host, projectRoot, launcher, secrets } = request;
  const { dataDir } = options;
  const stores = openStores({ dataDir, mode: options.mode });
  if (!stores.ok) return stores;
  const { settingsStore, journalDatabase, journalFile, candleDatabase, notices } = stores.value;
  let settings: Settings = stores.value.settings;
  let startedVenue: { stop(): Promise<void> } | null = null;
  const fail = async (uiMessage: string): Promise<Result<never, { readonly uiMessage: string }>> => {
    await startedVenue?.stop();
    journalDatabase.close();
    stores.value.release();
    return err({ uiMessage });
  };

  const places = await choosePlaces({ options, settings, secrets, launcher });
  if (!places.ok) return fail(places.error.uiMessage);
  const { clock, venue } = places.value;
  startedVenue = venue;
  const build = readBuild(projectRoot);
  const { version } = build;
  const session: SessionView = {
    mode: options.mode,
    modeReason: options.modeReason,
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
  const openedJournal = openJournal(journalDatabase, journalFile, { mode: options.mode, version: versionOf(build), settings, startedAt: clock.now() });
  if (!openedJournal.ok) return fail(openedJournal.error.uiMessage);
  const journal = openedJournal.value;
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
    archive: createCandleArchive(candleDatabase, places.value.identity, (sentence) => logger.log('warn', 'candles', sentence)),
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

  const { engine, start } = restoreEngine(journal, { settings, session, speed: clock.speed });
  const recorded = recordSession({
    engine,
    dataDir,
    settings,
    predictor: predictor,
    logger,
    header: {
      ...{ mode: options.mode, version, startedAt: session.startedAt, journalSession: journal.session, settings, session, speed: clock.speed },
      ...{ build, settingsPrint: settingsPrint(settings) },
      candles: { file: 'candles.sqlite', source: places.value.identity },
      ...start,
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
  const times = new CycleTimes();
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
      onProcessed: (kind, elapsedMs) => times.record(kind, elapsedMs, settings.strategyMode !== 'ict'),
      onSettings: (next) => {
        settings = next;
        exchange.value.setRateLimit(next.rateLimitRequests);
      },
    },
    journal.lastId,
  );

  const follower = places.value.follower === null ? null : createPriceFollower({ ...places.value.follower, logger });
  const batch = new BatchWait({ settings: () => settings, now: () => performance.now() });
  void feed.start((event) => {
    follower?.onMarket(event);
    if (event.kind === 'candle-closed') batch.onCandle();
    if (event.kind === 'feed-status') {
      feedStatus = event.status;
      if (event.status.state === 'streaming') announceStreaming('streaming');
    }
    runner.enqueue({ kind: 'market', event });
  });
  let isStopped = false;
  void connectAccount({
    execution,
    logger,
    onEvent: (event) => runner.enqueue({ kind: 'venue', event }),
    onAccount: (account) => runner.enqueue({ kind: 'account', account }),
    isStopped: () => isStopped,
  });
  void warnAboutKey(opened, logger, () => isStopped);
  const way = createWayCheck(opened, logger);
  void way.diagnose();

  const loops = startLoops({
    engine,
    runner,
    execution,
    settings: () => settings,
    clock,
    logger,
    times,
    batch,
    gather: () => ({ feed: feedStatus, predictor, modelProblem: learning.value.problem(), way: way.last(), exit: opened.exit() }),
    onHealth: (health) => view.publish([{ kind: 'health', health }], clock.now()),
    journal: { database: journalDatabase, file: journalFile },
  });
  const venueClock =
    places.value.followed === undefined
      ? null
      : followVenueClock(places.value.followed, (speed) => {
          loops.rescale();
          runner.enqueue({ kind: 'speed', speed });
        });
  const service = openScreenService({
    engine,
    runner,
    journal,
    feed,
    orderBook: (symbol) => feed.orderBook(symbol),
    learning: learning.value.learning,
    models: learning.value.folder,
    view,
    logger,
    clock,
    settings: () => settings,
    proxyUrl: () => proxyWithCredentials(settings, secrets),
    notifier: notifiers,
    launcher,
    dataDir,
    backUp: createBackup({ database: journalDatabase, file: journalFile, now: Date.now, logger }),
    times,
    exchange: { diagnose: () => way.diagnose(), panel: places.value.panel, onRehearsed: venueClock?.look },
    beginSwitch: request.onSwitch ?? null,
    onWatch: (charts) => recorded.watch(charts),
  });

  logger.log(
    'info',
    'terminal',
    `${describeMode(options.mode).badge}: market data from ${describeMode(options.mode).marketFrom}, orders to ${describeMode(options.mode).ordersTo}. ${modeReasonInWords(options.modeReason)}`,
  );
  venue?.onChange((isBack, sentence) => {
    logger.log(isBack ? 'info' : 'error', 'venue', sentence);
    if (isBack) void venueClock?.look();
  });

  return ok({
    logger,
    whenStreaming,
    holdings: () => gatherHoldings({ engine, snapshot: view.snapshot(), runner, learning: learning.value.learning }),
    attach: (link) => service.screens.attach(link),
    wake: (sleptMs) => {
      clock.resync?.();
      runner.enqueue({ kind: 'venue', event: { kind: 'resync-needed', why: `the computer slept for ${Math.round(sleptMs / 1000)} s` } });
    },
    stop: async (why) => {
      if (isStopped) return;
      isStopped = true;
      announceStreaming('stopped');
      loops.stop();
      service.stop();
      follower?.stop();
      venueClock?.stop();
      await feed.stop();
      await runner.stop();
      await recorded.close();
      await execution.stop();
      await learning.value.stop();
      await notifiers.stop(2000);
      service.screens.closeAll();
      logger.log('info', 'terminal', `Stopped (${why}). Open positions keep their stops at the venue.`);
      journal.endSession(clock.now(), why);
      journal.close();
      await venue?.stop();
      await logger.close();
      stores.value.release();
    },
  });
}
