// Funding as it is told by the stream or read from the exchange's history: whose it is, and that each payment counts once, also after a crash.
import { addMoney, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { FundingPayment, VenueEvent } from '../ports.ts';
import type { DeskCore } from './desk-core.ts';
import type { HeldPosition } from './held-position.ts';

const HOUR_MS = 3_600_000;

/** A payment told by the account stream. One that the stream told by itself has no id; the history names it again with one. */
export function takeFunding(desk: DeskCore, event: Extract<VenueEvent, { kind: 'account' }>, now: EpochMs): void {
  const symbol = event.fundingSymbol ?? event.positions[0]?.symbol;
  if (event.reason !== 'FUNDING_FEE' || event.funding === 0 || symbol === undefined) return;
  const side = event.fundingSide ?? event.positions.find((change) => change.symbol === symbol)?.positionSide;
  const leg = side === 'LONG' || side === 'SHORT' ? side : null;
  takePayment(desk, { id: event.fundingId ?? null, symbol, positionSide: leg, amount: event.funding, time: event.time }, now);
}

/** Adds a payment that was not seen before to the position it was paid for; one of a position unknown here changes nothing. */
export function takePayment(desk: DeskCore, payment: FundingPayment, now: EpochMs): void {
  const { state } = desk.context;
  const held = ownerOf(desk, payment);
  if (held === null || isCounted(desk, payment)) return;
  const { id, positionSide, time, amount } = payment;
  const { symbol } = held.position;
  const settlement = settlementKey(symbol, positionSide, { time, teller: id === null ? 'told' : 'read' });
  const keys = id === null ? { key: settlement } : { key: paymentKey(symbol, id), alias: settlement };
  const summary = `${symbol}: funding ${amount / 1e8} USDT`;
  state.rememberFill(Object.values(keys), { time: now, kind: 'fill', positionId: held.position.id, symbol, summary, data: keys });
  desk.keep({ ...held, position: { ...held.position, funding: addMoney(held.position.funding, amount) } }, now, `${symbol}: funding`);
}

function paymentKey(symbol: string, id: string): string {
  return `funding ${symbol} id ${id}`;
}

/** Settlements lie on full hours and are booked within a minute. What the stream told and what the history said are kept apart. */
function settlementKey(
  symbol: string,
  side: FundingPayment['positionSide'],
  { time, teller }: { readonly time: number; readonly teller: 'told' | 'read' },
): string {
  return `funding ${symbol} ${side ?? 'BOTH'} ${teller} at hour ${Math.round(time / HOUR_MS)}`;
}

/**
 * The same payment is told by the stream, without an id, and named by the history, with one, in either order and on either side of a
 * crash: then they meet in the settlement of their leg, or of any leg where one of the two does not say which. Two payments of the
 * history are two.
 */
function isCounted({ context }: DeskCore, { id, symbol, positionSide, time }: FundingPayment): boolean {
  const legs = positionSide === null ? ([null, 'LONG', 'SHORT'] as const) : ([positionSide, null] as const);
  const has = (teller: 'told' | 'read', side: FundingPayment['positionSide']): boolean => context.state.hasSeen(settlementKey(symbol, side, { time, teller }));
  if (id !== null) return context.state.hasSeen(paymentKey(symbol, id)) || legs.some((leg) => has('told', leg));
  return has('told', positionSide) || legs.some((leg) => has('read', leg));
}

/** The position of that symbol and leg that was there at the time; one that has closed since counts too. */
function ownerOf({ context }: DeskCore, { id, symbol, positionSide, time }: FundingPayment): HeldPosition | null {
  const isLeg = ({ position }: HeldPosition): boolean =>
    position.symbol === symbol && (positionSide === null || (positionSide === 'LONG') === (position.side === 'long'));
  // What the stream tells happens now; the history tells of positions that have closed since, too.
  if (id === null) return context.state.aliveOn(symbol).find(isLeg) ?? null;
  const wasThere = (held: HeldPosition): boolean =>
    isLeg(held) && held.openedLots > 0 && time >= held.position.openedAt && time <= (held.position.closedAt ?? Infinity);
  return context.state.aliveOn(symbol).find(wasThere) ?? [...context.state.positions.values()].findLast(wasThere) ?? null;
}
