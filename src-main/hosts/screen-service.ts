// What the screens can ask: everything that answers their calls, put together once and served to each of them.
import { join } from 'node:path';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Mode } from '../../src-shared/domain/session.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Clock, Journal, Logger, MarketFeed, Notifier, WorkerLauncher } from '../core/ports.ts';
import { startAlarms } from './alarms.ts';
import { createCallHandlers } from './calls.ts';
import type { CycleTimes } from './cycle-times.ts';
import { createExchangeCalls, type ExchangeCallParts } from './exchange-calls.ts';
import { createHostCalls, type HostCallParts } from './host-calls.ts';
import type { Learning } from './learning.ts';
import { ReviewService } from './review/service.ts';
import type { EngineRunner } from './runner.ts';
import { Screens, type WatchedChart } from './screens.ts';
import { reportSystem } from './system-report.ts';
import { createTradeCalls, type TradeCallParts } from './trade-calls.ts';
import { tryMode } from './try-mode.ts';
import type { ViewStore } from './view-store.ts';

export interface ScreenServiceParts {
  readonly engine: Engine;
  readonly runner: EngineRunner;
  readonly journal: Journal;
  readonly feed: MarketFeed;
  readonly orderBook: TradeCallParts['orderBook'];
  readonly learning: Pick<Learning, 'models' | 'command'>;
  readonly view: ViewStore;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly settings: () => Settings;
  /** Of the proxy with its credentials, for trying the way of another mode. */
  readonly proxyUrl: () => string | null;
  readonly notifier: Notifier;
  readonly launcher: WorkerLauncher;
  /** Copies the journal. */
  readonly backUp: HostCallParts['backUp'];
  readonly dataDir: string;
  /** Folder of the models that serve. */
  readonly models: string;
  readonly times: CycleTimes;
  readonly exchange: Pick<ExchangeCallParts, 'diagnose' | 'panel' | 'onRehearsed'>;
  readonly beginSwitch: ((mode: Mode) => void) | null;
  readonly onWatch: (charts: readonly WatchedChart[]) => void;
}

export interface ScreenService {
  readonly screens: Screens;
  /** Ends what runs for the screens; they themselves are closed by `screens.closeAll`. */
  stop(): void;
}

export function openScreenService(parts: ScreenServiceParts): ScreenService {
  const { engine, runner, journal, feed, learning, view, logger, clock, settings, notifier, dataDir, times } = parts;
  const snapshot = (): ReturnType<ViewStore['snapshot']> => view.snapshot();
  const exchangeCalls = createExchangeCalls({ ...parts.exchange, settings, logger });
  const alarms = startAlarms({
    file: join(dataDir, 'alarms.json'),
    view,
    zonesOf: (symbol) => (engine.structure(symbol, '15m')?.orderBlocks ?? []).filter((block) => block.state === 'active'),
    notifier,
    logger,
    now: () => clock.now(),
  });
  const hostCalls = createHostCalls({
    alarms,
    system: () => reportSystem({ dataDir, live: times.live, virtual: times.virtual }),
    backUp: parts.backUp,
    snapshot,
    tryMode: (mode) => tryMode(mode, { settings, proxyUrl: parts.proxyUrl(), logger }),
    journalSwitch: (from, to) => {
      const summary = `A person changed the mode from ${from} to ${to}.`;
      return journal.append([{ time: clock.now(), kind: 'mode', positionId: null, symbol: null, summary, data: { from, to } }], true).ok;
    },
    beginSwitch: parts.beginSwitch,
  });
  const tradeCalls = createTradeCalls({
    engine,
    orderBook: parts.orderBook,
    isShown: (symbol) => snapshot().markets[symbol] !== undefined,
    now: () => clock.now(),
  });
  const review = new ReviewService({ launcher: parts.launcher, dataDir, now: Date.now, models: parts.models });
  const screens = new Screens({
    view,
    logger,
    createHandlers: (who, watch) =>
      createCallHandlers({ runner, reader: engine, journal, feed, learning, snapshot, watch, exchangeCalls, hostCalls, tradeCalls, review, who }),
    onWatchChanged: parts.onWatch,
  });
  return {
    screens,
    stop: () => {
      alarms.stop();
      review.stop();
    },
  };
}
