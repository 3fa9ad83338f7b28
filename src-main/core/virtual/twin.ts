// The live twin: a real position beside the virtual one of the same signal, and the difference split into its causes without a rest.
import type { ExecutionCost, TwinView } from '../../../src-shared/contract/twin.ts';
import type { VirtualPosition } from '../../../src-shared/domain/position.ts';
import { ROUND_TRIP_COST } from './columns.ts';

const BPS = 10_000;
/** Fees of both sides within the round-trip cost every virtual position pays; the rest of that cost is slippage. */
const ASSUMED_FEES = 0.001;

/** The real position as it stands. Quantities in units of the base asset, money in USDT, prices in USDT. */
export interface RealSide {
  readonly side: 'long' | 'short';
  readonly plannedQuantity: number;
  readonly openedQuantity: number;
  /** Newest price when the entry order left; the plan's entry where it is not known. */
  readonly sentPrice: number;
  readonly entryPrice: number;
  /** Profit before costs: realised, and of what is still open at the mark. */
  readonly grossUsdt: number;
  readonly feesUsdt: number;
  /** Received; negative when paid. */
  readonly fundingUsdt: number;
  readonly isChangedByHand: boolean;
}

/** Funding the twin paid is in its net result; `twinFunding` is that share of its entry price (negative: received). */
export interface TwinSide {
  readonly position: VirtualPosition;
  readonly twinFunding: number;
}

/**
 * With s the filled share, E and X entry and exit, everything over planned quantity × the plan's entry:
 * twin − real = (1−s)·twin gross + s·(sent − planned) + s·(entry − sent) + s·(twin exit − real exit) + costs beyond the assumed ones.
 */
export function compareTwin(real: RealSide, { position, twinFunding }: TwinSide): TwinView {
  const { plan } = position;
  const sign = real.side === 'long' ? 1 : -1;
  const base = real.plannedQuantity * plan.entry;
  const share = real.openedQuantity / real.plannedQuantity;
  const twinGross = ((position.last - plan.entry) * sign) / plan.entry;
  const exitPrice = real.openedQuantity > 0 ? real.entryPrice + (sign * real.grossUsdt) / real.openedQuantity : real.entryPrice;
  const cost: ExecutionCost = {
    delay: ((share * sign * (real.sentPrice - plan.entry)) / plan.entry) * BPS,
    slippage: ((share * sign * (real.entryPrice - real.sentPrice)) / plan.entry - (ROUND_TRIP_COST - ASSUMED_FEES)) * BPS,
    exit: ((share * sign * (position.last - exitPrice)) / plan.entry) * BPS,
    fee: (real.feesUsdt / base - ASSUMED_FEES) * BPS,
    funding: (-real.fundingUsdt / base - twinFunding) * BPS,
    partialFill: (1 - share) * twinGross * BPS,
  };
  const realNet = (real.grossUsdt - real.feesUsdt + real.fundingUsdt) / base;
  const twinNet = twinGross - ROUND_TRIP_COST - twinFunding;
  return {
    id: position.id,
    isOpen: position.closedAt === null,
    twinBps: twinNet * BPS,
    realBps: realNet * BPS,
    twinR: position.pnlR,
    cost,
    totalBps: cost.delay + cost.slippage + cost.exit + cost.fee + cost.funding + cost.partialFill,
    isChangedByHand: real.isChangedByHand,
  };
}
