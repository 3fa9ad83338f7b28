// The fast timer, four times a wall second: deadlines, guardians, the capital guard and what the screen must see move.
import { describeWrongClock } from '../../../src-shared/contract/wrong-clock.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import type { EngineState } from './engine-state.ts';
import { guardView } from './guard-view.ts';
import { giveUpOnModels } from './live-tick.ts';
import type { EngineInput } from './messages.ts';
import type { OutputBuilder } from './output.ts';
import { positionView } from './position-view.ts';
import { requestReconcile } from './venue-desk.ts';

/** Symbols read again per pulse after a change of the analysis' settings: some 20 ms of work, 200 symbols in a quarter of a minute. */
const REBUILT_PER_PULSE = 4;
const FAILED_RETRY_SECONDS = 5;

export function runPulse(state: EngineState, input: Extract<EngineInput, { kind: 'pulse' }>, output: OutputBuilder): void {
  const now = input.at;
  state.exchange = input.exchange;
  output.absorb(state.desk.onPulse(now));
  giveUpOnModels(state, now, output);
  reconcileOnTime(state, now, output);
  updateGuard(state, now, output);
  for (const body of state.market.rebuildNext(REBUILT_PER_PULSE)) output.event(body);
  showMoving(state, now, output);
}

/** Every `reconcileInterval`, and at once while the last attempt failed (with its own pause). Wall time, because it is about the world. */
function reconcileOnTime(state: EngineState, now: EpochMs, output: OutputBuilder): void {
  const wall = (seconds: number): number => seconds * 1000 * state.speed;
  if (state.reconcileRequestedAt !== null) {
    if (now - state.reconcileRequestedAt > wall(60)) state.reconcileRequestedAt = null;
    return;
  }
  const { reconcileIntervalSeconds, cacheAccountSeconds } = state.settings;
  // Without its stream the account is only as new as the last reading.
  const isDeaf = state.exchange?.userStream === 'down';
  const interval = Math.min(reconcileIntervalSeconds, 60, isDeaf ? Math.max(cacheAccountSeconds, FAILED_RETRY_SECONDS) : Infinity);
  const dueIn = wall(state.lastReconcileFailed || state.reconciledAt === null ? FAILED_RETRY_SECONDS : interval);
  if (state.reconciledAt === null && !state.lastReconcileFailed) return requestReconcile(state, now, output);
  if (now - (state.reconciledAt ?? 0) >= dueIn) requestReconcile(state, now, output);
}

function updateGuard(state: EngineState, now: EpochMs, output: OutputBuilder): void {
  const account = state.account.view(state.exposures(), state.guard.dayStartEquity);
  const clockOffsetMs = (state.exchange?.clockOffsetMs ?? 0) / state.speed;
  const feed = state.market.feed;
  const changed = state.guard.update(
    {
      now,
      equity: account?.equity ?? null,
      isDataFresh: feed?.state === 'streaming',
      isGeoBlocked: feed?.state === 'geo_blocked',
      isVenueReachable: !state.lastReconcileFailed,
      clockOffsetMs,
      isReconciled: state.isReconciled,
      isJournalWritable: state.journalProblem === null,
      universeAtrRatio: state.market.universeAtrRatio(state.settings.volatilityWindowDays),
      btcMovePercent: state.market.btcMovePercent,
    },
    state.settings,
  );
  if (account !== null) output.event({ kind: 'account', account });
  if (changed || state.isWatched) output.event({ kind: 'guard', guard: guardView(state, now) });
  // A change of state is written with the same numbers below.
  const isWorthWriting = state.guard.takeWorthWriting();
  if (!changed) {
    if (isWorthWriting) output.note(now, 'guard', 'The day and the peak that losses are measured from', { persisted: state.guard.checkpoint() });
    return;
  }
  const { state: after, reason } = state.guard;
  output.record({
    time: now,
    kind: 'guard',
    positionId: null,
    symbol: null,
    summary: `Trading is ${after} (${reason.replaceAll('_', ' ')})`,
    data: { state: after, reason, persisted: state.guard.checkpoint() },
  });
  // A person's own word and the comparison at the start are no news.
  if (after === 'active' || reason === 'user' || reason === 'reconciling') return;
  const why = reason === 'clock_skew' ? ` ${describeWrongClock(clockOffsetMs)}` : '';
  output.notify({ topic: 'alarm', title: `Trading ${after}`, text: `Reason: ${reason.replaceAll('_', ' ')}.${why} Stops and targets stay in force.` });
}

function showMoving(state: EngineState, now: EpochMs, output: OutputBuilder): void {
  if (!state.isWatched) return;
  const ticks = state.market.takeTicks();
  if (ticks.length > 0) output.event({ kind: 'ticks', ticks });
  for (const position of state.desk.positions()) output.event({ kind: 'position', view: positionView(state, position, now) });
}
