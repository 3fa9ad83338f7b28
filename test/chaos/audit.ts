// The independent witness: compares what the engine believes with what the venue knows.
import type { RpcClient } from '../../src-shared/contract/rpc.ts';
import { isTerminal } from '../../src-shared/domain/order.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { readVenueAccount, type VenueAccountView } from '../support/venue-account.ts';

/** Positions of the engine that hold something. */
export function heldPositions(snapshot: Snapshot): readonly Snapshot['positions'][string]['position'][] {
  return Object.values(snapshot.positions)
    .map((view) => view.position)
    .filter((position) => position.phase !== 'closed' && position.lots > 0);
}

/** Symbols open at the venue without any resting stop there. */
export function unprotected(account: VenueAccountView): readonly string[] {
  return account.positions
    .filter(({ symbol }) => !account.algos.some((algo) => algo.symbol === symbol && algo.status === 'NEW' && algo.type === 'STOP_MARKET'))
    .map(({ symbol }) => symbol);
}

/** What engine and venue disagree about now, in words; empty when both books are the same and every position has exactly one stop. */
export async function differences(rpc: RpcClient, venueUrl: string): Promise<readonly string[]> {
  const [snapshot, account] = await Promise.all([rpc.call('snapshot', null), readVenueAccount(venueUrl)]);
  const ours = new Map(heldPositions(snapshot).map((position) => [position.symbol, position]));
  const found: string[] = [];
  if (snapshot.guard.reason === 'reconciling') found.push('not reconciled yet');
  for (const { symbol, lots } of account.positions) {
    const position = ours.get(symbol);
    if (position === undefined) found.push(`${symbol}: ${lots} lots at the venue, none here`);
    else if ((position.side === 'long' ? 1 : -1) * position.lots !== lots) found.push(`${symbol}: ${lots} lots at the venue, ${position.lots} here`);
    const stops = account.algos.filter((algo) => algo.symbol === symbol && algo.status === 'NEW' && algo.type === 'STOP_MARKET');
    if (stops.length !== 1) found.push(`${symbol}: ${stops.length} stops at the venue`);
    if (position !== undefined && position.protection === 'naked') found.push(`${symbol}: shown as naked`);
  }
  for (const symbol of ours.keys())
    if (!account.positions.some((position) => position.symbol === symbol)) found.push(`${symbol}: open here, flat at the venue`);
  return [...found, ...entriesThatDiffer(snapshot, account)];
}

/** Entries that rest: at the same price and quantity in both books, and none only here or only there. */
function entriesThatDiffer(snapshot: Snapshot, account: VenueAccountView): readonly string[] {
  const found: string[] = [];
  const working = account.orders.filter(({ status, clientOrderId }) => (status === 'NEW' || status === 'PARTIALLY_FILLED') && /-e\d+$/.test(clientOrderId));
  for (const { clientOrderId, price, lots } of working) {
    const own = snapshot.orders[clientOrderId];
    if (own === undefined || isTerminal(own.status)) found.push(`entry ${clientOrderId}: rests at the venue, not here`);
    else if (own.amendment != null) found.push(`entry ${clientOrderId}: its change is not concluded`);
    else if (own.intent.price !== price || own.intent.lots !== lots)
      found.push(`entry ${clientOrderId}: ${lots} lots at ${price} at the venue, ${own.intent.lots} at ${own.intent.price} here`);
  }
  const isWorking = new Set(working.map(({ clientOrderId }) => clientOrderId));
  for (const order of Object.values(snapshot.orders))
    if (order.status === 'resting' && order.intent.purpose === 'entry' && order.intent.kind === 'limit' && !isWorking.has(order.intent.clientOrderId))
      found.push(`entry ${order.intent.clientOrderId}: rests here, not at the venue`);
  return found;
}

/** Ids used twice, and positions with more than one entry order. */
export function duplicates(account: VenueAccountView): readonly string[] {
  const twice = (ids: readonly string[]): readonly string[] => ids.filter((id, index) => ids.indexOf(id) !== index);
  const own = account.orders.map((order) => order.clientOrderId).filter((id) => /-[ecr]\d+$/.test(id));
  const entries = own.filter((id) => id.includes('-e')).map((id) => id.split('-')[0] ?? id);
  return [
    ...twice(own).map((id) => `order ${id} is at the venue twice`),
    ...twice(account.algos.map((algo) => algo.clientAlgoId)).map((id) => `conditional order ${id} is at the venue twice`),
    ...twice(entries).map((id) => `position ${id} has more than one entry order`),
  ];
}
