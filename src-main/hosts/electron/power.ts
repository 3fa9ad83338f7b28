// The computer's sleep: kept away while it could cost money, and survived when it comes anyway: no entries until the world is known again.
import type { DesktopStatus, StatusScreen } from './status-screen.ts';
import { describeMode } from '../../../src-shared/domain/session.ts';
import type { Logger } from '../../core/ports.ts';

/** The used part of Electron's `powerMonitor`. */
export interface PowerMonitorCalls {
  on(event: 'suspend' | 'resume', listener: () => void): unknown;
  /** Linux and macOS. Where the default is not prevented, the system does not wait for a clean stop. */
  on(event: 'shutdown', listener: (event: { preventDefault(): void }) => void): unknown;
}

/** The used part of Electron's `powerSaveBlocker`. */
export interface PowerBlockerCalls {
  start(type: 'prevent-app-suspension'): number;
  stop(id: number): unknown;
}

export interface PowerOptions {
  readonly monitor: PowerMonitorCalls;
  readonly blocker: PowerBlockerCalls;
  readonly screen: StatusScreen;
  readonly logger: Logger;
  /** Tells the engine that time has passed: clock, candles and account must be read anew before anything is opened. */
  readonly wake: (sleptMs: number) => void;
  /** The system is going down; it does not wait long. */
  readonly onShutdown: () => void;
  /** Wall milliseconds; the monotonic clock stands still during sleep on some systems. */
  readonly wallNow: () => number;
  /** How long the state must be good before automation goes on after sleep. */
  readonly settleMs: number;
}

const UNKNOWN_WORLD: ReadonlySet<string> = new Set(['stale_data', 'clock_skew', 'venue_unreachable', 'reconciling']);

/** Sleep would leave positions unwatched, or a live strategy deaf. */
export function mustStayAwake({ openPositions, session }: DesktopStatus): boolean {
  return openPositions > 0 || (describeMode(session.mode).realMoney && session.automation === 'running');
}

/** Prices stream, and nothing says that the picture of market, clock or account is old. */
export function isWorldKnown({ session, guard }: DesktopStatus): boolean {
  return session.phase === 'streaming' && !UNKNOWN_WORLD.has(guard.reason);
}

/** Serves until the returned function is called. */
export function servePower(options: PowerOptions): () => void {
  const { monitor, blocker, screen, logger, wallNow } = options;
  let blockId: number | null = null;
  let asleepSince: number | null = null;
  /** We paused automation, so we resume it; a person's pause stays. */
  let isPausedByUs = false;
  let knownSince: number | null = null;
  let timer: NodeJS.Timeout | null = null;

  const keepAwake = (status: DesktopStatus): void => {
    const wanted = mustStayAwake(status);
    if (wanted && blockId === null) blockId = blocker.start('prevent-app-suspension');
    else if (!wanted && blockId !== null) {
      blocker.stop(blockId);
      blockId = null;
    }
  };
  const stopWaiting = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
    knownSince = null;
  };
  const look = (): void => {
    const status = screen.status();
    if (status === null || !isPausedByUs) return stopWaiting();
    if (status.session.automation === 'running') {
      // A person was faster.
      isPausedByUs = false;
      return stopWaiting();
    }
    if (!isWorldKnown(status)) return void (knownSince = null);
    knownSince ??= wallNow();
    if (wallNow() - knownSince < options.settleMs) return;
    stopWaiting();
    isPausedByUs = false;
    logger.log('info', 'power', 'Prices, clock and account are current again; automation goes on.');
    void screen.command({ kind: 'resume-automation' });
  };
  const onSuspend = (): void => {
    asleepSince = wallNow();
    const status = screen.status();
    if (status?.session.automation === 'running') {
      isPausedByUs = true;
      void screen.command({ kind: 'pause-automation' });
    }
    const held = status?.openPositions ?? 0;
    logger.log(
      held > 0 ? 'warn' : 'info',
      'power',
      `The computer goes to sleep with ${held} open positions; their stops rest at the venue. No entries until it is awake and current.`,
    );
  };
  const onResume = (): void => {
    const sleptMs = asleepSince === null ? 0 : Math.max(0, wallNow() - asleepSince);
    asleepSince = null;
    logger.log('info', 'power', `Awake after ${Math.round(sleptMs / 1000)} s; clock, candles and account are read anew.`);
    options.wake(sleptMs);
    stopWaiting();
    if (isPausedByUs) timer = setInterval(look, Math.max(10, Math.min(1000, options.settleMs / 4)));
  };
  const stopListening = screen.onChange(keepAwake);
  let isServing = true;
  const whileServing = (listener: () => void) => (): void => {
    if (isServing) listener();
  };
  monitor.on('suspend', whileServing(onSuspend));
  monitor.on('resume', whileServing(onResume));
  monitor.on('shutdown', (event) => {
    if (!isServing) return;
    // The system waits some seconds for our exit; the stop is bounded by less.
    event.preventDefault();
    options.onShutdown();
  });
  return () => {
    isServing = false;
    stopListening();
    stopWaiting();
    if (blockId !== null) blocker.stop(blockId);
    blockId = null;
  };
}
