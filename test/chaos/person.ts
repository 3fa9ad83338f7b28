// A restless person, and settings under which much happens: orders of every kind are in flight whenever something goes wrong.
import type { Command } from '../../src-shared/contract/commands.ts';
import type { RpcClient } from '../../src-shared/contract/rpc.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import type { Position } from '../../src-shared/domain/position.ts';
import { isTerminal } from '../../src-shared/domain/order.ts';
import { heldPositions } from './audit.ts';
import type { Random } from './random.ts';

const MOST_POSITIONS = 8;

/** Loose rules and short trades: many orders of every kind. The guards of capital would stop trading long before the last kill. */
export const RESTLESS_SETTINGS = {
  strategyMode: 'ict',
  minConfidence: 0.05,
  immediateExecutionRank: 50,
  maxSignals: 50,
  riskPerTradePercent: 0.2,
  minMarginPercent: 1,
  baseMarginPercent: 2,
  maxMarginPercent: 3,
  dailyLossLimitPercent: 50,
  maxDrawdownPercent: 90,
  volatilityBreakerEnabled: false,
  cooldownHours: 0,
  consecutiveLossLimit: 100,
  orderBlockMinVolumeRatio: 0,
  orderBlockMaxTestCount: 20,
  regimeRangingAdx: 1,
  regimeTrendingAdx: 5,
  regimeStrongAdx: 10,
  breakEvenEnabled: true,
  breakEvenTriggerR: 0.2,
  trailingStopEnabled: true,
  trailingStopTriggerPercent: 0.2,
  trailingStopDistancePercent: 0.2,
  partialEnabled: true,
  partialTriggerR: 0.3,
  timeExitHours: 0.5,
};

/** A person who interferes at random; gives the codes of the answers, `ok` for what was done. */
export async function interfere(rpc: RpcClient, random: Random): Promise<readonly string[]> {
  const snapshot = await rpc.call('snapshot', null);
  const held = heldPositions(snapshot);
  const commands: Command[] = [];
  for (let entries = 1 + random.below(3); entries > 0 && held.length < MOST_POSITIONS; entries -= 1) commands.push(...openSomewhere(snapshot, random));
  if (held.length > 0) commands.push(...manage(held, random));
  commands.push(...moveEntries(snapshot, random));
  const answers: string[] = [];
  for (const command of commands) {
    const answer = await rpc.call('command', command);
    answers.push(answer.ok ? 'ok' : answer.error.code);
  }
  return answers;
}

function manage(held: readonly Position[], random: Random): readonly Command[] {
  const position = random.pick(held);
  const positionId = position.id;
  const away = position.side === 'long' ? -1 : 1;
  switch (random.below(4)) {
    case 0:
      return [{ kind: 'close-position', positionId, fraction: random.below(2) === 0 ? 1 : 0.5 }];
    case 1:
      return position.stop === null ? [] : [{ kind: 'move-stop', positionId, price: position.stop + 3 * away }];
    case 2:
      return position.target === null ? [] : [{ kind: 'move-target', positionId, price: position.target - 5 * away }];
    default:
      return held.length > 5 ? [{ kind: 'flatten-symbol', symbol: position.symbol }] : [];
  }
}

/** Each resting entry may be moved a little or be taken back, so that not all markets end up waiting. */
function moveEntries(snapshot: Snapshot, random: Random): readonly Command[] {
  return Object.values(snapshot.orders).flatMap((order): readonly Command[] => {
    const { clientOrderId, positionId, price, purpose, kind } = order.intent;
    if (purpose !== 'entry' || kind !== 'limit' || price === null || isTerminal(order.status)) return [];
    if (random.below(6) === 0) return [{ kind: 'cancel-order', clientOrderId }];
    const plan = snapshot.positions[positionId]?.position;
    if (plan?.stop != null && random.below(4) === 0) return [{ kind: 'move-plan', positionId, stop: plan.stop + (random.below(2) === 0 ? -2 : 2) }];
    return [{ kind: 'move-entry', positionId, price: price + (random.below(2) === 0 ? -2 : 2) }];
  });
}

function openSomewhere(snapshot: Snapshot, random: Random): readonly Command[] {
  const tick = random.pick(Object.values(snapshot.ticks));
  const market = snapshot.markets[tick.symbol];
  if (market === undefined) return [];
  const side = random.below(2) === 0 ? 'long' : 'short';
  const toTicks = (price: number): number => Math.round((price * 10 ** market.priceScale) / market.tickUnits);
  const away = side === 'long' ? -1 : 1;
  const stop = toTicks(tick.last * (1 + 0.015 * away));
  // One in three rests a little away from the price, and fills soon or is moved.
  const limit = random.below(3) === 0 ? toTicks(tick.last * (1 + 0.002 * away)) : null;
  return [{ kind: 'open-position', symbol: tick.symbol, side, stop, target: null, limit }];
}
