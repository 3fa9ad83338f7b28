// The health checklist: what is measured, whether it is fine, and what to do when it is not.
import type { Diagnosis, ExitAddressView } from '../../src-shared/contract/diagnosis.ts';
import type { HindsightView } from '../../src-shared/contract/analysis.ts';
import { hindsightCheck } from './hindsight-check.ts';
import type { HealthCheck, HealthView } from '../../src-shared/contract/view.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import type { ExchangeStatus, FeedStatus, Predictor } from '../core/ports.ts';
import type { CycleSummary } from './metrics.ts';

export interface HealthInputs {
  readonly now: EpochMs;
  readonly speed: number;
  readonly settings: Settings;
  readonly exchange: ExchangeStatus;
  readonly feed: FeedStatus | null;
  readonly live: CycleSummary;
  readonly virtual: CycleSummary;
  readonly overruns: number;
  readonly nextCycleAt: EpochMs | null;
  readonly memoryMb: number;
  readonly predictor: Predictor | null;
  readonly modelProblem: string | null;
  readonly journalProblem: string | null;
  readonly hindsight: HindsightView;
  /** The last diagnosis, null before the first has ended. */
  readonly way: Diagnosis | null;
  readonly exit: ExitAddressView;
}

const MEMORY_WARNING_MB = 1500;

export function buildHealth(inputs: HealthInputs): HealthView {
  const { exchange, feed, predictor } = inputs;
  const marketAgeMs = feed?.lastEventAt == null ? null : Math.max(0, Math.round((inputs.now - feed.lastEventAt) / inputs.speed));
  const model = predictor?.models[0] ?? null;
  return {
    checks: [
      wayCheck(inputs),
      exitCheck(inputs),
      marketCheck(inputs, marketAgeMs),
      userStreamCheck(inputs),
      clockCheck(inputs),
      weightCheck(inputs),
      breakerCheck(inputs),
      workerCheck(inputs),
      modelCheck(inputs),
      journalCheck(inputs),
      cycleCheck(inputs),
      memoryCheck(inputs),
      hindsightCheck(inputs.hindsight),
    ],
    breaker: exchange.breaker,
    weightUsed: exchange.weightUsed,
    weightLimit: exchange.weightLimit,
    clockOffsetMs: exchange.clockOffsetMs,
    restLatencyMs: exchange.restLatencyMs,
    marketAgeMs,
    userStream: exchange.userStream,
    liveCycleMs: inputs.live.last,
    virtualCycleMs: inputs.virtual.last,
    liveOverruns: inputs.overruns,
    nextCycleAt: inputs.nextCycleAt,
    memoryMb: inputs.memoryMb,
    hindsight: inputs.hindsight,
    workers: (predictor?.workers() ?? []).map((worker) => ({ ...worker, kind: 'inference' as const })),
    model: model === null ? null : { name: model.name, version: model.version, edge: model.edge, note: model.note },
  };
}

function check(id: string, label: string, outcome: readonly [HealthCheck['state'], string, string | null]): HealthCheck {
  return { id, label, state: outcome[0], detail: outcome[1], advice: outcome[2] };
}

/** The way as it was when it was last tried; whether data comes now is the next line's matter. */
function wayCheck({ way }: HealthInputs): HealthCheck {
  const label = 'Way to the exchange';
  if (way === null) return check('way', label, ['unknown', 'Being tried.', null]);
  const broken = way.places.find(({ requestsWork, streamsWork }) => !requestsWork || !streamsWork);
  const shown = broken ?? way.places.at(-1);
  return check('way', label, [
    broken === undefined ? 'ok' : 'bad',
    shown?.sentence ?? 'Nothing was tried.',
    broken === undefined ? null : 'Try again from the connection panel after a change.',
  ]);
}

function exitCheck({ exit }: HealthInputs): HealthCheck {
  const isFine = exit.state === 'verified' || exit.state === 'not-needed';
  return check('exit', 'Exit address', [
    isFine ? 'ok' : 'warn',
    exit.sentence,
    isFine ? null : 'Entries wait until it is verified; closing and protecting go on.',
  ]);
}

function marketCheck({ feed, settings }: HealthInputs, ageMs: number | null): HealthCheck {
  const label = 'Market data';
  if (feed === null) return check('market', label, ['unknown', 'Not started yet.', null]);
  if (feed.state === 'geo_blocked' || feed.state === 'down')
    return check('market', label, ['bad', feed.text, 'Check the VPN or proxy; the terminal keeps trying gently.']);
  if (feed.state !== 'streaming') return check('market', label, ['warn', feed.text, null]);
  if (ageMs !== null && ageMs > settings.staleDataSeconds * 1000)
    return check('market', label, ['bad', `The newest price is ${Math.round(ageMs / 1000)} s old.`, 'Entries stop until data is fresh; exits still work.']);
  return check('market', label, ['ok', feed.text, null]);
}

function userStreamCheck({ exchange }: HealthInputs): HealthCheck {
  if (exchange.userStream === 'connected') return check('user', 'Account stream', ['ok', 'Connected.', null]);
  return check('user', 'Account stream', [
    exchange.userStream === 'down' ? 'bad' : 'warn',
    exchange.userStream === 'down' ? 'Down.' : 'Connecting.',
    'Orders and positions are verified by polling until it is back.',
  ]);
}

function clockCheck({ exchange, settings }: HealthInputs): HealthCheck {
  const offset = Math.abs(exchange.clockOffsetMs);
  if (offset <= settings.maxClockSkewMs) return check('clock', 'Clock', ['ok', `${exchange.clockOffsetMs} ms from the exchange.`, null]);
  return check('clock', 'Clock', [
    'warn',
    `${exchange.clockOffsetMs} ms from the exchange.`,
    'The offset is corrected, but set this computer to network time.',
  ]);
}

function weightCheck({ exchange }: HealthInputs): HealthCheck {
  const share = exchange.weightLimit === 0 ? 0 : exchange.weightUsed / exchange.weightLimit;
  return check('weight', 'API weight', [
    share > 0.9 ? 'warn' : 'ok',
    `${exchange.weightUsed} of ${exchange.weightLimit} per minute.`,
    share > 0.9 ? 'Requests wait their turn; closing and protecting go first.' : null,
  ]);
}

function breakerCheck({ exchange }: HealthInputs): HealthCheck {
  if (exchange.breaker === 'normal') return check('breaker', 'API breaker', ['ok', 'Normal.', null]);
  return check('breaker', 'API breaker', [
    exchange.breaker === 'blocked' ? 'bad' : 'warn',
    `Grade ${exchange.breaker} after failures in a row.`,
    'It recovers by itself; closing, protecting and queries always pass.',
  ]);
}

function workerCheck({ predictor }: HealthInputs): HealthCheck {
  const workers = predictor?.workers() ?? [];
  if (workers.length === 0) return check('workers', 'Inference workers', ['warn', 'None running.', 'ICT rules decide alone.']);
  const well = workers.filter((worker) => worker.state === 'ready' || worker.state === 'busy').length;
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  return check('workers', 'Inference workers', [
    well === workers.length ? 'ok' : well > 0 ? 'warn' : 'bad',
    `${well} of ${workers.length} ready, ${restarts} restarts.`,
    well === workers.length ? null : 'A replacement is starting; its batch was given to another worker.',
  ]);
}

function modelCheck({ predictor, modelProblem }: HealthInputs): HealthCheck {
  const model = predictor?.models[0];
  if (model === undefined)
    return check('model', 'Model', [
      'warn',
      modelProblem ?? 'No model is loaded.',
      'ICT rules decide alone. Run `npm run train` or restore the models folder.',
    ]);
  return check('model', 'Model', [
    'ok',
    model.edge ? `${model.name} ${model.version} has an edge out of sample.` : `${model.name} ${model.version} has no edge out of sample; hybrid leans on ICT.`,
    null,
  ]);
}

function journalCheck({ journalProblem }: HealthInputs): HealthCheck {
  return check(
    'journal',
    'Journal',
    journalProblem === null ? ['ok', 'Written and synced.', null] : ['bad', journalProblem, 'Trading only reduces until the journal can be written again.'],
  );
}

function cycleCheck({ live, overruns }: HealthInputs): HealthCheck {
  if (live.last === null) return check('cycle', 'Analysis cycle', ['unknown', 'No cycle has run yet.', null]);
  return check('cycle', 'Analysis cycle', ['ok', `${live.last.toFixed(1)} ms now, p99 ${(live.p99 ?? 0).toFixed(1)} ms, ${overruns} overruns.`, null]);
}

function memoryCheck({ memoryMb }: HealthInputs): HealthCheck {
  return check('memory', 'Memory', [
    memoryMb > MEMORY_WARNING_MB ? 'warn' : 'ok',
    `${memoryMb} MB.`,
    memoryMb > MEMORY_WARNING_MB ? 'Fewer pairs (TOP_SYMBOLS) use less.' : null,
  ]);
}
