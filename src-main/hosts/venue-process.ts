// Starts the local venue as its own process and learns its clock; or joins a venue that is already running.
import { z } from 'zod';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { WorkerLauncher, WorkerProcess } from '../core/ports.ts';

export interface VenueClock {
  readonly serverTime: number;
  readonly speed: number;
  readonly isPaused: boolean;
  readonly identity: string;
}

export interface VenueConnection {
  /** e.g. http://127.0.0.1:4180 */
  readonly url: string;
  readonly clock: VenueClock;
  /** performance.now() at the middle of the request that read the clock. */
  readonly readAt: number;
  readonly process: WorkerProcess | null;
}

export interface VenueFailure {
  readonly uiMessage: string;
}

const readySchema = z.object({ kind: z.literal('venue-ready'), port: z.number().int() });
const clockSchema = z.object({
  serverTime: z.number(),
  speed: z.number().positive(),
  paused: z.boolean().default(false),
  seed: z.number().optional(),
  source: z.string().optional(),
});

const START_TIMEOUT_MS = 60_000;

/** Launches `src-worker/venue` with the given arguments and waits until it serves. */
export async function launchVenue(launcher: WorkerLauncher, argv: readonly string[]): Promise<Result<VenueConnection, VenueFailure>> {
  const child = launcher.launch('venue', { memoryLimitMb: 2048, argv });
  const port = await new Promise<number | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), START_TIMEOUT_MS);
    child.onMessage((message) => {
      const parsed = readySchema.safeParse(message);
      if (parsed.success) {
        clearTimeout(timer);
        resolve(parsed.data.port);
      }
    });
    child.onExit(() => {
      clearTimeout(timer);
      resolve(null);
    });
  });
  if (port === null) {
    child.kill();
    return err({
      uiMessage:
        'The local exchange did not start. The lines above say why; check the --replay folder and the data folder, then start again. Nothing was lost.',
    });
  }
  const joined = await joinVenue(`http://127.0.0.1:${port}`);
  return joined.ok ? ok({ ...joined.value, process: child }) : joined;
}

/** Reads the clock of a venue that is already running. */
export async function joinVenue(url: string): Promise<Result<VenueConnection, VenueFailure>> {
  const base = url.replace(/\/+$/, '');
  const sentAt = performance.now();
  try {
    const response = await fetch(`${base}/venue/clock`, { signal: AbortSignal.timeout(5000) });
    const receivedAt = performance.now();
    const parsed = clockSchema.safeParse(await response.json());
    if (!parsed.success) return err({ uiMessage: `${base} answers, but it is not this terminal's venue. Start one with \`npm run venue\`.` });
    const { serverTime, speed, paused: isPaused, seed, source } = parsed.data;
    return ok({
      url: base,
      clock: { serverTime, speed, isPaused, identity: `${source ?? 'venue'}-${seed ?? 0}` },
      readAt: (sentAt + receivedAt) / 2,
      process: null,
    });
  } catch {
    return err({ uiMessage: `No venue answers at ${base}. Start one with \`npm run venue -- --port N\`, or leave out --venue. Nothing was lost.` });
  }
}
