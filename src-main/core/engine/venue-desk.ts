// The engine's side of the account: what the venue says about it, and when the two books are compared.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { VenueAccount } from '../ports.ts';
import type { EngineState } from './engine-state.ts';
import type { EngineInput } from './messages.ts';
import type { OutputBuilder } from './output.ts';
import { positionView } from './position-view.ts';

const FILLS_BACK_MS = 24 * 3_600_000;

interface Moment {
  readonly at: EpochMs;
  readonly output: OutputBuilder;
}

export function onVenueAccount(state: EngineState, account: VenueAccount, { at, output }: Moment): void {
  state.account.setFromVenue(account, at);
  const view = state.account.view(state.exposures(), state.guard.dayStartEquity);
  if (view !== null) output.event({ kind: 'account', account: view });
}

/** One comparison at a time; fills are asked for on every symbol where something of ours is or was just open. */
export function requestReconcile(state: EngineState, now: EpochMs, output: OutputBuilder): void {
  if (state.reconcileRequestedAt !== null || state.market.universe.length === 0) return;
  state.reconcileRequestedAt = now;
  const open = state.desk.positions();
  const pending = state.desk.context.state.orders.live();
  const symbols = [...new Set([...open.map((position) => position.symbol), ...pending.map((order) => order.intent.symbol)])];
  const oldest = Math.min(now, ...open.map((position) => position.openedAt), ...pending.map((order) => order.intent.createdAt));
  const fillsSince = epochMs(Math.max(oldest - 1000, now - 6 * FILLS_BACK_MS));
  // What was paid while nobody ran belongs to the positions that were open.
  const isFundingOwed = !state.isFundingRead && open.length > 0;
  const fundingSince = isFundingOwed ? { fundingSince: epochMs(Math.min(...open.map((position) => position.openedAt))) } : {};
  output.effect({ kind: 'reconcile', scope: 'account', symbols, fillsSince, ...fundingSince });
}

/** A comparison of single symbols only corrects them; one of the account also says that the venue is reachable and the books agree. */
export function onReconciled(state: EngineState, { at, request, result }: Extract<EngineInput, { kind: 'reconciled' }>, output: OutputBuilder): void {
  if (request.scope === 'symbols') {
    if (result.ok) onVenueAccount(state, result.value.account, { at, output });
    output.absorb(result.ok ? state.desk.onReconciled(result.value, at) : state.desk.onComparisonFailed(request.symbols, at));
    return;
  }
  state.reconcileRequestedAt = null;
  if (!result.ok) {
    state.lastReconcileFailed = true;
    state.reconciledAt = at;
    return;
  }
  state.lastReconcileFailed = false;
  state.reconciledAt = at;
  onVenueAccount(state, result.value.account, { at, output });
  output.absorb(state.desk.onReconciled(result.value, at));
  state.isFundingRead ||= request.fundingSince === undefined || result.value.funding !== undefined;
  if (state.isReconciled) return;
  state.isReconciled = true;
  for (const position of [...state.desk.closedPositions(), ...state.desk.positions()])
    output.event({ kind: 'position', view: positionView(state, position, at) });
  // Orders that rest since before this start are on the screen, too.
  for (const order of state.desk.context.state.orders.values()) output.event({ kind: 'order', order });
  output.note(at, 'reconciled', `Books agree with the venue: ${state.desk.positions().length} positions.`);
}
