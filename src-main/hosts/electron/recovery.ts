// When the window's process or a helper of Electron's dies: the window is brought back, the engine never notices; a window that keeps dying is told.
import type { Logger } from '../../core/ports.ts';

export interface GoneDetails {
  readonly reason: string;
  readonly exitCode: number;
}

/** The used part of a window. */
export interface RecoverableWindow {
  readonly webContents: {
    on(event: 'render-process-gone', listener: (event: unknown, details: GoneDetails) => void): unknown;
    reload(): void;
  };
  on(event: 'unresponsive' | 'responsive', listener: () => void): unknown;
  isDestroyed(): boolean;
}

export interface RecoveryOptions {
  readonly window: RecoverableWindow;
  readonly logger: Logger;
  readonly now: () => number;
  /** Runs `task` after a pause; tests run it at once. */
  readonly later: (task: () => void, delayMs: number) => void;
  /** Called when the window died too often to be brought back without asking. */
  readonly onGivenUp: (sentence: string) => void;
}

const WINDOW_MS = 60_000;
const MOST_RELOADS = 3;
const FIRST_PAUSE_MS = 250;

/** Reloads a window whose process is gone, at most three times a minute. */
export function recoverWindow({ window, logger, now, later, onGivenUp }: RecoveryOptions): void {
  let reloads: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    const time = now();
    reloads = reloads.filter((at) => time - at < WINDOW_MS);
    if (reloads.length >= MOST_RELOADS) {
      const sentence = `The window's process ended ${reloads.length + 1} times within a minute (last: ${reason}, code ${exitCode}). The engine goes on; positions keep their stops.`;
      logger.log('error', 'window', sentence);
      onGivenUp(sentence);
      return;
    }
    reloads.push(time);
    logger.log('warn', 'window', `The window's process ended (${reason}, code ${exitCode}); it is started again. The engine was not touched.`);
    later(
      () => {
        if (!window.isDestroyed()) window.webContents.reload();
      },
      FIRST_PAUSE_MS * 2 ** (reloads.length - 1),
    );
  });
  window.on('unresponsive', () => logger.log('warn', 'window', 'The window does not react; the engine goes on.'));
  window.on('responsive', () => logger.log('info', 'window', 'The window reacts again.'));
}

/** Helpers of Electron (GPU, network …) restart by themselves; workers are replaced by their pool. Both are worth a line. */
export function describeChildGone(details: { readonly type: string; readonly name?: string | undefined } & GoneDetails): string | null {
  if (details.reason === 'clean-exit') return null;
  return `The ${details.name ?? details.type} process ended (${details.reason}, code ${details.exitCode}); it is replaced.`;
}
