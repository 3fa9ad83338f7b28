// "Restart to update": pauses automation, waits for a moment in which nothing is under way, asks, stops the engine, and only then installs.
import type { Logger } from '../../core/ports.ts';
import type { DesktopCalls } from './desktop-calls.ts';
import type { StatusScreen } from './status-screen.ts';
import { whyNotNow } from './update-safety.ts';
import type { Updates } from './updates.ts';

export interface RestartParts {
  readonly updates: Updates;
  readonly screen: StatusScreen;
  readonly logger: Logger;
  readonly dialog: DesktopCalls['dialog'];
  /** Stops the engine; false when something else is already stopping it. */
  readonly stop: () => Promise<boolean>;
  readonly waitMs: number;
}

const LOOK_MS = 100;

/** Resolves with true when the installer has taken over; false leaves everything as it was. */
export async function restartToUpdate({ updates, screen, logger, dialog, stop, waitMs }: RestartParts): Promise<boolean> {
  const state = updates.state();
  if (state.kind !== 'ready') return false;
  const isRunning = screen.status()?.session.automation === 'running';
  // First nothing new may begin, or the safe moment could be over before it is used.
  if (isRunning) await screen.command({ kind: 'pause-automation' });
  const goOn = async (): Promise<false> => {
    if (isRunning) await screen.command({ kind: 'resume-automation' });
    return false;
  };
  const why = await waitForSafety(screen, waitMs);
  if (why !== null) {
    logger.log('warn', 'updates', `Not updated: ${why}`);
    void dialog.showMessage('Perpetual Terminal', `The update to ${state.version} has to wait. ${why} Try again in a minute.`);
    return goOn();
  }
  const open = screen.status()?.openPositions ?? 0;
  const choice = await dialog.ask({
    title: 'Perpetual Terminal',
    message: `Restart to install version ${state.version}?`,
    detail: `${open === 0 ? 'No position is open.' : `${open === 1 ? '1 open position keeps its' : `${open} open positions keep their`} stop at the exchange while the terminal is away.`} Automation stays paused after the update until you resume it.`,
    buttons: ['Restart and update', 'Later'],
    cancelId: 1,
  });
  // The question may have stood for long.
  const whyNow = choice === 0 ? whyNotNow(screen.status()) : null;
  if (whyNow !== null) void dialog.showMessage('Perpetual Terminal', `The update to ${state.version} has to wait. ${whyNow}`);
  if (choice !== 0 || whyNow !== null) return goOn();
  if (!(await stop())) return false;
  updates.install();
  return true;
}

async function waitForSafety(screen: StatusScreen, waitMs: number): Promise<string | null> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const why = whyNotNow(screen.status());
    if (why === null || performance.now() >= deadline) return why;
    await new Promise((resume) => setTimeout(resume, LOOK_MS));
  }
}
