// Everything that happens by the clock: the two loops, the fast timer, the comparison with what was published, health, the daily backup.
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { HealthView } from '../../src-shared/contract/view.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';
import { backUpDaily, type SqliteDatabase } from '../adapters/sqlite/database.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Clock, ExecutionVenue, Logger } from '../core/ports.ts';
import type { BatchWait } from './batch-wait.ts';
import type { CycleTimes } from './cycle-times.ts';
import { buildHealth, type HealthInputs } from './health.ts';
import { startLoop } from './metrics.ts';
import type { EngineRunner } from './runner.ts';

const PULSE_MS = 250;
const HEALTH_MS = 1000;
const BACKUP_MS = 60_000;
/** Timeframes compared with what they had published, and how often: all 600 of 200 symbols within 75 seconds. */
const HINDSIGHT_FRAMES = 4;
const HINDSIGHT_MS = 500;

/** Health figures that the host gathers elsewhere. */
export type GatheredHealth = Pick<HealthInputs, 'feed' | 'predictor' | 'modelProblem' | 'way' | 'exit'>;

export interface LoopParts {
  readonly engine: Pick<Engine, 'checkHindsight' | 'hindsight'>;
  readonly runner: EngineRunner;
  readonly execution: ExecutionVenue;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times: CycleTimes;
  /** Knows whether candles are arriving right now. */
  readonly batch: BatchWait;
  readonly gather: () => GatheredHealth;
  readonly onHealth: (health: HealthView) => void;
  readonly journal: { readonly database: SqliteDatabase; readonly file: string };
}

export interface Loops {
  /** The clock runs at another speed: both loops keep their engine time. */
  rescale(): void;
  stop(): void;
}

export function startLoops(parts: LoopParts): Loops {
  const { engine, runner, execution, settings, clock, times, batch } = parts;
  const wall = (seconds: number): number => (seconds * 1000) / clock.speed;
  const live = startLoop(() => batch.run(() => runner.enqueue({ kind: 'live-tick' })), wall(settings().cycleIntervalSeconds));
  const virtual = startLoop(() => runner.enqueue({ kind: 'virtual-tick' }), wall(settings().virtualCycleIntervalSeconds));
  const hindsight = startLoop(() => void engine.checkHindsight(HINDSIGHT_FRAMES), HINDSIGHT_MS);
  const pulse = startLoop(() => runner.enqueue({ kind: 'pulse', exchange: execution.status() }), PULSE_MS);
  const health = startLoop(() => {
    const now = clock.now();
    parts.onHealth(
      buildHealth({
        ...parts.gather(),
        now,
        speed: clock.speed,
        settings: settings(),
        exchange: execution.status(),
        live: times.live.summary(),
        virtual: times.virtual.summary(),
        overruns: live.overruns() + virtual.overruns(),
        nextCycleAt: epochMs(Math.round(now + Math.max(0, live.nextAtWall() - performance.now()) * clock.speed)),
        memoryMb: Math.round(process.memoryUsage().rss / 1_048_576),
        journalProblem: runner.journalProblem,
        hindsight: engine.hindsight(now),
      }),
    );
  }, HEALTH_MS);
  const backup = setInterval(() => backUp(parts), BACKUP_MS);
  return {
    rescale: () => {
      live.setInterval(wall(settings().cycleIntervalSeconds));
      virtual.setInterval(wall(settings().virtualCycleIntervalSeconds));
    },
    stop: () => {
      for (const loop of [live, virtual, hindsight, pulse, health]) loop.stop();
      batch.stop();
      clearInterval(backup);
    },
  };
}

function backUp({ journal, logger }: LoopParts): void {
  try {
    backUpDaily(journal.database, journal.file, Date.now());
  } catch (failure) {
    logger.log('warn', 'journal', `The daily backup could not be written (${failure instanceof Error ? failure.message : String(failure)}).`);
  }
}
