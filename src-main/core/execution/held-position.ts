// A position as the trade desk holds it: the position itself and what only the desk needs, with defaults for journals of earlier builds.
import type { CloseReason, Position } from '../../../src-shared/domain/position.ts';
import { ZERO_MONEY, type EpochMs } from '../../../src-shared/kernel/units.ts';
import type { ApproachState } from './lifecycle.ts';

/** A position with what only the desk needs. All of it is journalled. */
export interface HeldPosition {
  readonly position: Position;
  readonly entryOrderId: string | null;
  /** The conditional that protects now. */
  readonly stopOrderId: string | null;
  /** A stop that is being placed to take over. */
  readonly nextStopId: string | null;
  readonly targetOrderId: string | null;
  readonly nextTargetId: string | null;
  readonly closeOrderId: string | null;
  readonly closeReason: CloseReason | null;
  /** Counter of the next client order id. */
  readonly sequence: number;
  readonly lastStopAttemptAt: EpochMs | null;
  readonly lastTargetAttemptAt: EpochMs | null;
  readonly stopCrossedAt: EpochMs | null;
  readonly approach: ApproachState;
  readonly marginType: 'isolated' | 'cross';
  readonly limit: number | null;
  readonly timeInForce: 'GTC' | 'GTX' | 'IOC';
  readonly plannedLots: number;
  /** Lots of all opening fills, or what the venue said. */
  readonly openedLots: number;
  /** Lots of all closing fills; the position's lots are opened − closed. */
  readonly closedLots: number;
  /** Venue time of the last quantity taken from the venue; fills up to it are contained in that quantity. 0 = never. */
  readonly correctedAt: number;
  /** Venue code of the last refused close: it decides how the next one is sent. */
  readonly closeRefusal: number | null;
  /** Engine time of the last change of quantity. */
  readonly touchedAt: EpochMs;
  /** Lots opened before the newest entry order was sent: an addition counts from there. */
  readonly entryBaseLots: number;
  /** Newest price when the first entry order left; null before. */
  readonly sentPrice: number | null;
  /** How often an unfilled limit entry was sent again nearer to the price. */
  readonly chases: number;
  /** The entry is being cancelled to be sent again. */
  readonly isChasing: boolean;
  /** What a person did with it first; null while nobody did. */
  readonly handAction: string | null;
  /** A person placed or moved the entry: it is neither chased nor cancelled for its time. */
  readonly isEntryByHand: boolean;
  /** Trading was stopped while the entry rested: it is being taken back. */
  readonly isWithdrawn: boolean;
  /** Milliseconds without a confirmed stop, and the same as seconds × notional in USDT; counted up to `nakedCountedAt`. */
  readonly nakedMs: number;
  readonly nakedSecondsUsdt: number;
  readonly nakedCountedAt: EpochMs | null;
}

/** Fields that journals of earlier builds lack. */
const NEWER = {
  entryBaseLots: 0,
  sentPrice: null,
  chases: 0,
  isChasing: false,
  handAction: null,
  isEntryByHand: false,
  isWithdrawn: false,
  nakedMs: 0,
  nakedSecondsUsdt: 0,
  nakedCountedAt: null,
} as const;

/** Journals of earlier builds lack the newer fields; opened less held is then what was closed. */
export function withDefaults(held: HeldPosition): HeldPosition {
  const older: Partial<HeldPosition> = held;
  if (older.nakedMs !== undefined && older.isWithdrawn !== undefined) return held;
  const whole = { ...NEWER, ...older } as HeldPosition;
  if (older.closedLots !== undefined) return whole;
  return { ...whole, closedLots: Math.max(0, held.openedLots - held.position.lots), correctedAt: 0, closeRefusal: null };
}

/** What every position begins with: nothing earned, nothing paid, not closed. */
export const UNLIVED = {
  closedAt: null,
  closeReason: null,
  exitPrice: null,
  realisedPnl: ZERO_MONEY,
  fees: ZERO_MONEY,
  funding: ZERO_MONEY,
  maxPnlR: 0,
  minPnlR: 0,
} as const satisfies Partial<Position>;

/** A position before anything happened to it. */
export function createHeld(position: Position, plan: Pick<HeldPosition, 'marginType' | 'limit' | 'timeInForce' | 'plannedLots' | 'touchedAt'>): HeldPosition {
  return {
    position,
    entryOrderId: null,
    stopOrderId: null,
    nextStopId: null,
    targetOrderId: null,
    nextTargetId: null,
    closeOrderId: null,
    closeReason: null,
    sequence: 1,
    lastStopAttemptAt: null,
    lastTargetAttemptAt: null,
    stopCrossedAt: null,
    approach: { target: false, stop: false },
    ...plan,
    openedLots: 0,
    closedLots: 0,
    correctedAt: 0,
    closeRefusal: null,
    ...NEWER,
  };
}

/** Client ids of the orders that work for a position now. */
export function ordersOf(held: HeldPosition): readonly string[] {
  const { entryOrderId, stopOrderId, nextStopId, targetOrderId, nextTargetId, closeOrderId } = held;
  return [entryOrderId, stopOrderId, nextStopId, targetOrderId, nextTargetId, closeOrderId].filter((id) => id !== null);
}

/** Position ids end in a base-36 counter after the installation's seed: `pt` seed `x` counter. */
export function counterOf(positionId: string): number {
  const tail = /x([0-9a-z]+)$/.exec(positionId)?.[1];
  return tail === undefined ? 0 : Number.parseInt(tail, 36);
}
