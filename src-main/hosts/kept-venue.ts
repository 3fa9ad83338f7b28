// The local venue as the terminal keeps it: started, started again on the same port when it dies, and asked to end when the terminal does.
import { ok, type Result } from '../../src-shared/kernel/result.ts';
import type { WorkerLauncher, WorkerProcess } from '../core/ports.ts';
import { launchVenue, type VenueConnection, type VenueFailure } from './venue-process.ts';

export interface KeptVenue {
  /** Told with one sentence when the venue died, and again when it is back or a start failed. */
  onChange(handler: (isBack: boolean, sentence: string) => void): void;
  /** Lets it write the account and waits for its end, three seconds at most. */
  stop(): Promise<void>;
}

export interface KeptConnection {
  readonly connection: VenueConnection;
  readonly venue: KeptVenue;
}

const PAUSES_MS: readonly number[] = [500, 1000, 2000, 5000, 10_000, 30_000];
const END_MS = 3000;

/** `argv` without a port: the first start picks one, later ones take the same, so that every address stays true. */
export async function keepVenue(launcher: WorkerLauncher, argv: readonly string[]): Promise<Result<KeptConnection, VenueFailure>> {
  const first = await launchVenue(launcher, ['--port', '0', ...argv]);
  if (!first.ok) return first;
  const port = new URL(first.value.url).port;
  let tell: (isBack: boolean, sentence: string) => void = () => undefined;
  let running: WorkerProcess | null = null;
  let isStopped = false;

  const again = async (tries: number): Promise<void> => {
    await new Promise((resume) => setTimeout(resume, PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]).unref());
    if (isStopped) return;
    const next = await launchVenue(launcher, ['--port', port, ...argv]);
    if (next.ok) {
      watch(next.value.process);
      tell(true, 'The local exchange is back with its account.');
    } else {
      tell(false, next.error.uiMessage);
      await again(tries + 1);
    }
  };
  const watch = (child: WorkerProcess | null): void => {
    if (isStopped) child?.kill();
    running = child;
    child?.onExit(() => {
      running = null;
      if (isStopped) return;
      tell(false, 'The local exchange stopped; it is started again. Its account is on disk.');
      void again(0);
    });
  };
  watch(first.value.process);

  const stop = async (): Promise<void> => {
    isStopped = true;
    const child = running;
    if (child === null) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resume) => void (timer = setTimeout(resume, END_MS)));
    const ended = new Promise<void>((resume) => child.onExit(() => resume()));
    child.post({ kind: 'stop' });
    await Promise.race([ended, late]);
    clearTimeout(timer);
    child.kill();
  };
  return ok({ connection: first.value, venue: { onChange: (handler) => void (tell = handler), stop } });
}
