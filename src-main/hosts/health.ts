// The health checklist: what is measured, whether it is fine, and what to do when it is not.
import type { Diagnosis, ExitAddressView } from '../../src-shared/contract/diagnosis.ts';
import type { HindsightView } from '../../src-shared/contract/analysis.ts';
import type { HealthCheck, HealthView } from '../../src-shared/contract/view.ts';
import { inEnglish, say, type Said } from '../../src-shared/contract/said.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { sayWrongClock } from '../../src-shared/contract/wrong-clock.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import type { ExchangeStatus, FeedStatus, Predictor } from '../core/ports.ts';
import { isClockWrong } from '../core/risk/capital-guard.ts';
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
  // By the exchange's clock: to one of ours that runs ahead every price looks old.
  const marketAgeMs = feed?.lastEventAt == null ? null : Math.max(0, Math.round((inputs.now + exchange.clockOffsetMs - feed.lastEventAt) / inputs.speed));
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
      hindsightCheck(inputs),
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

interface Outcome {
  readonly state: HealthCheck['state'];
  /** What is measured; text where only an adapter's own sentence says it. */
  readonly detail: Said | string;
  readonly advice?: Said | null;
}

/** English is kept beside the codes: for the log, and for screens and recordings of other builds. */
function check(id: string, label: string, { state, detail, advice = null }: Outcome): HealthCheck {
  const isText = typeof detail === 'string';
  return {
    id,
    label,
    state,
    detail: isText ? detail : inEnglish(detail),
    advice: advice === null ? null : inEnglish(advice),
    said: isText ? null : detail,
    advised: advice,
  };
}

/** The way as it was when it was last tried; whether data comes now is the next line's matter. */
function wayCheck({ way }: HealthInputs): HealthCheck {
  const label = 'Way to the exchange';
  if (way === null) return check('way', label, { state: 'unknown', detail: say('way.waiting') });
  const broken = way.places.find(({ requestsWork, streamsWork }) => !requestsWork || !streamsWork);
  const shown = broken ?? way.places.at(-1);
  return check('way', label, {
    state: broken === undefined ? 'ok' : 'bad',
    detail: shown === undefined ? say('way.untried') : (shown.said ?? shown.sentence),
    advice: broken === undefined ? null : say('way.again'),
  });
}

function exitCheck({ exit }: HealthInputs): HealthCheck {
  const isFine = exit.state === 'verified' || exit.state === 'not-needed';
  return check('exit', 'Exit address', { state: isFine ? 'ok' : 'warn', detail: exit.said ?? exit.sentence, advice: isFine ? null : say('exit.waits') });
}

function marketCheck({ feed, settings }: HealthInputs, ageMs: number | null): HealthCheck {
  const label = 'Market data';
  if (feed === null) return check('market', label, { state: 'unknown', detail: say('feed.notStarted') });
  const detail = feed.said ?? feed.text;
  if (feed.state === 'geo_blocked' || feed.state === 'down') return check('market', label, { state: 'bad', detail, advice: say('feed.keepsTrying') });
  if (feed.state !== 'streaming') return check('market', label, { state: 'warn', detail });
  if (ageMs !== null && ageMs > settings.staleDataSeconds * 1000)
    return check('market', label, { state: 'bad', detail: say('market.old', { seconds: Math.round(ageMs / 1000) }), advice: say('market.entriesStop') });
  return check('market', label, { state: 'ok', detail });
}

function userStreamCheck({ exchange }: HealthInputs): HealthCheck {
  if (exchange.userStream === 'connected') return check('user', 'Account stream', { state: 'ok', detail: say('user.connected') });
  const isDown = exchange.userStream === 'down';
  return check('user', 'Account stream', {
    state: isDown ? 'bad' : 'warn',
    detail: say(isDown ? 'user.down' : 'user.connecting'),
    advice: say('user.polled'),
  });
}

function clockCheck({ exchange, settings, speed }: HealthInputs): HealthCheck {
  // At a simulated speed of sixty, one millisecond of the wire is sixty of the exchange.
  const ms = Math.round(exchange.clockOffsetMs / speed);
  if (isClockWrong(ms, settings)) return check('clock', 'Clock', { state: 'bad', detail: sayWrongClock(ms), advice: say('clock.setIt') });
  const isFine = Math.abs(ms) <= settings.maxClockSkewMs;
  const detail = say('clock.offset', { ms });
  return check('clock', 'Clock', { state: isFine ? 'ok' : 'warn', detail, advice: isFine ? null : say('clock.network') });
}

function weightCheck({ exchange }: HealthInputs): HealthCheck {
  const isTight = exchange.weightLimit > 0 && exchange.weightUsed / exchange.weightLimit > 0.9;
  const detail = say('weight.used', { used: exchange.weightUsed, limit: exchange.weightLimit });
  return check('weight', 'API weight', { state: isTight ? 'warn' : 'ok', detail, advice: isTight ? say('weight.waits') : null });
}

function breakerCheck({ exchange }: HealthInputs): HealthCheck {
  if (exchange.breaker === 'normal') return check('breaker', 'API breaker', { state: 'ok', detail: say('breaker.normal') });
  return check('breaker', 'API breaker', {
    state: exchange.breaker === 'blocked' ? 'bad' : 'warn',
    detail: say('breaker.grade', { grade: exchange.breaker }),
    advice: say('breaker.recovers'),
  });
}

function workerCheck({ predictor }: HealthInputs): HealthCheck {
  const label = 'Inference workers';
  const workers = predictor?.workers() ?? [];
  if (workers.length === 0) return check('workers', label, { state: 'warn', detail: say('workers.none'), advice: say('workers.ictAlone') });
  const well = workers.filter((worker) => worker.state === 'ready' || worker.state === 'busy').length;
  const restarts = workers.reduce((sum, worker) => sum + worker.restarts, 0);
  return check('workers', label, {
    state: well === workers.length ? 'ok' : well > 0 ? 'warn' : 'bad',
    detail: say('workers.ready', { well, all: workers.length, restarts }),
    advice: well === workers.length ? null : say('workers.replaced'),
  });
}

function modelCheck({ predictor, modelProblem }: HealthInputs): HealthCheck {
  const model = predictor?.models[0];
  if (model === undefined) return check('model', 'Model', { state: 'warn', detail: modelProblem ?? say('model.none'), advice: say('model.restore') });
  return check('model', 'Model', { state: 'ok', detail: say(model.edge ? 'model.edge' : 'model.noEdge', { name: `${model.name} ${model.version}` }) });
}

function journalCheck({ journalProblem }: HealthInputs): HealthCheck {
  if (journalProblem === null) return check('journal', 'Journal', { state: 'ok', detail: say('journal.written') });
  return check('journal', 'Journal', { state: 'bad', detail: journalProblem, advice: say('journal.reducing') });
}

function cycleCheck({ live, overruns }: HealthInputs): HealthCheck {
  if (live.last === null) return check('cycle', 'Analysis cycle', { state: 'unknown', detail: say('cycle.none') });
  const detail = say('cycle.times', { now: live.last.toFixed(1), p99: (live.p99 ?? 0).toFixed(1), count: overruns });
  return check('cycle', 'Analysis cycle', { state: 'ok', detail });
}

function memoryCheck({ memoryMb }: HealthInputs): HealthCheck {
  const isMuch = memoryMb > MEMORY_WARNING_MB;
  return check('memory', 'Memory', {
    state: isMuch ? 'warn' : 'ok',
    detail: say('memory.used', { mb: memoryMb }),
    advice: isMuch ? say('memory.fewer') : null,
  });
}

function hindsightCheck({ hindsight: { rewriteCount, published, comparisons, offence } }: HealthInputs): HealthCheck {
  if (comparisons === 0) return check('hindsight', 'Rewrites', { state: 'unknown', detail: say('hindsight.none') });
  const counts = { count: rewriteCount, published };
  if (rewriteCount === 0) return check('hindsight', 'Rewrites', { state: 'ok', detail: say('hindsight.clean', counts) });
  return check('hindsight', 'Rewrites', {
    state: 'bad',
    detail: say('hindsight.rewritten', { ...counts, offence: offence ?? '' }),
    advice: say('hindsight.report'),
  });
}
