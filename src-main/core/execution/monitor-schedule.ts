// Which open position is looked at when: its own cadence by risk score, and at once when the price has come far since the last look.
import { epochMs, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { priceOfTicks, type DeskContext } from './desk-context.ts';
import type { HeldPosition } from './held-position.ts';
import { monitoringCadenceMs, monitoringScore } from './monitoring.ts';

/** A move by this share of the way to a barrier is worth a look whatever the cadence says. */
const FAR_SHARE = 0.05;

interface Look {
  readonly at: EpochMs;
  readonly shareOfWay: number;
}

export class MonitorSchedule {
  readonly #looks = new Map<string, Look>();

  /** True when the position should be looked at now. Cadences are wall milliseconds, like every deadline about the outside world. */
  isDue(context: DeskContext, held: HeldPosition, now: EpochMs): boolean {
    const last = this.#looks.get(held.position.id);
    if (last === undefined) return true;
    const shareOfWay = shareOf(context, held);
    if (!(Math.abs(shareOfWay - last.shareOfWay) < FAR_SHARE)) return true;
    const { position } = held;
    const score = monitoringScore({
      shareOfWay,
      atrRatio: context.atrRatioOf?.(position.symbol) ?? Number.NaN,
      leverage: position.leverage,
      ageMs: now - position.openedAt,
    });
    return now - last.at >= monitoringCadenceMs(score, context.settings()) * context.speed;
  }

  /** The same, and remembers the look. */
  takeTurn(context: DeskContext, held: HeldPosition, now: EpochMs): boolean {
    if (!this.isDue(context, held, now)) return false;
    this.#looks.set(held.position.id, { at: epochMs(now), shareOfWay: shareOf(context, held) });
    return true;
  }

  /** Forgets positions that are gone. */
  keepOnly(alive: readonly HeldPosition[]): void {
    if (this.#looks.size <= alive.length) return;
    const ids = new Set(alive.map((held) => held.position.id));
    for (const id of this.#looks.keys()) if (!ids.has(id)) this.#looks.delete(id);
  }
}

/** Share of the way from entry to the nearer of stop and target; NaN without a price or both barriers. */
function shareOf(context: DeskContext, { position }: HeldPosition): number {
  const mark = context.markOf(position.symbol);
  if (mark === null) return Number.NaN;
  const towardsStop = shareOfWay(position.entryPrice, priceOfTicks(context, position.symbol, position.stop), mark);
  const towardsTarget = shareOfWay(position.entryPrice, priceOfTicks(context, position.symbol, position.target), mark);
  if (towardsStop === null || towardsTarget === null) return towardsStop ?? towardsTarget ?? Number.NaN;
  return Math.max(towardsStop, towardsTarget);
}

function shareOfWay(entry: number, level: number | null, mark: number): number | null {
  const way = level === null ? 0 : level - entry;
  return way === 0 ? null : (mark - entry) / way;
}
