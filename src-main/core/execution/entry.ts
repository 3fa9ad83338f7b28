// A position begins: approved, its leverage and margin type set and verified at the venue, and only then its entry order.
import { ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import type { Position, PositionOrigin } from '../../../src-shared/domain/position.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import type { Result } from '../../../src-shared/kernel/result.ts';
import { lots, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { ExchangeError } from '../ports.ts';
import type { AdditionApproved } from '../risk/addition.ts';
import type { RiskApproved } from '../risk/manager.ts';
import { sendOrder } from './desk-context.ts';
import type { DeskCore } from './desk-core.ts';
import { createHeld, UNLIVED } from './held-position.ts';
import { abandonPosition } from './settle.ts';

/** Opens the position in the books and asks for the preparation of its symbol. */
export function openEntry(desk: DeskCore, { approval, signal }: { readonly approval: RiskApproved; readonly signal: Signal }, now: EpochMs): void {
  const { state } = desk.context;
  const { instrument } = approval;
  const stopPrice = ticksToPrice(instrument, approval.stop);
  const position: Position = {
    id: desk.nextId(),
    symbol: signal.symbol,
    side: approval.side,
    phase: 'opening',
    origin: signal.strategy satisfies PositionOrigin,
    control: signal.strategy === 'manual' ? 'mine' : 'auto',
    lots: lots(0),
    entryPrice: approval.expectedPrice,
    leverage: approval.leverage,
    stop: approval.stop,
    target: approval.target,
    riskPerUnit: Math.abs(approval.expectedPrice - stopPrice),
    protection: 'none_needed',
    nakedSince: null,
    openedAt: now,
    ...UNLIVED,
    liquidationPrice: approval.factors.liquidationPrice,
    signal,
    sizing: approval.factors,
  };
  const planned = createHeld(position, {
    marginType: approval.marginType,
    limit: approval.limit,
    timeInForce: approval.timeInForce,
    plannedLots: approval.lots,
    touchedAt: now,
  });
  const held = { ...planned, isEntryByHand: signal.strategy === 'manual' && signal.plan.entryKind === 'limit' };
  desk.keep(held, now, `${signal.symbol}: ${approval.side} approved, ${approval.leverage}× leverage`);
  state.effect({ kind: 'prepare-symbol', positionId: position.id, symbol: position.symbol, leverage: approval.leverage, marginType: approval.marginType });
}

/** The symbol is prepared, or could not be: then nothing is sent. */
export function sendEntry(
  desk: DeskCore,
  { positionId, result }: { readonly positionId: string; readonly result: Result<null, ExchangeError> },
  now: EpochMs,
): void {
  const held = desk.context.state.get(positionId);
  if (held === null || held.position.phase !== 'opening' || held.entryOrderId !== null) return;
  if (!result.ok || held.closeReason !== null) {
    abandonPosition(desk, held, { now, why: result.ok ? 'closed before the entry was sent' : result.error.uiMessage });
    return;
  }
  const sent = sendOrder(
    desk.context,
    held,
    {
      purpose: 'entry',
      kind: held.limit === null ? 'market' : 'limit',
      lots: lots(held.plannedLots),
      price: held.limit === null ? null : ticks(held.limit),
      trigger: null,
      closePosition: false,
      timeInForce: held.limit === null ? 'GTC' : held.timeInForce,
    },
    now,
  );
  desk.keep(
    { ...sent.held, entryOrderId: sent.clientOrderId, sentPrice: desk.newestPrice(held.position.symbol) },
    now,
    `${held.position.symbol}: entry order is sent`,
  );
}

/** More of an open position, at the market. Its stop covers whatever the position holds; the target follows when the addition has filled. */
export function addToEntry(desk: DeskCore, { positionId, approval }: { readonly positionId: string; readonly approval: AdditionApproved }, now: EpochMs): void {
  const held = desk.context.state.get(positionId);
  if (held === null || held.position.phase !== 'open') return;
  const sent = sendOrder(
    desk.context,
    held,
    { purpose: 'entry', kind: 'market', lots: approval.lots, price: null, trigger: null, closePosition: false, timeInForce: 'GTC' },
    now,
  );
  desk.keep(
    { ...sent.held, entryOrderId: sent.clientOrderId, entryBaseLots: held.openedLots, handAction: held.handAction ?? 'add-to-position' },
    now,
    `${held.position.symbol}: ${approval.lots} lots are added to ${held.position.lots} by hand`,
  );
}
