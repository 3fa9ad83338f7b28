// The conditional-order service: resting stops and targets, their life from NEW to FINISHED, and the rules of closePosition.
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { PositionSide } from '../../../src-shared/domain/order.ts';
import type { EpochMs, Ticks } from '../../../src-shared/kernel/units.ts';
import { fault } from './faults.ts';
import { CLIENT_ID_PATTERN, MAXIMUM_OPEN_ALGOS } from './filters.ts';
import type { AccountEvent, AlgoOrder, AlgoRequest, AlgoStatus, VenueFault } from './types.ts';

const ENDED_KEPT = 4000;

interface Sink {
  readonly time: EpochMs;
  readonly events: AccountEvent[];
}

function isStop(request: AlgoRequest): boolean {
  return request.type === 'STOP_MARKET' || request.type === 'STOP';
}

/** BUY stop and SELL target trigger at or above their price, SELL stop and BUY target at or below. */
function isCrossed(request: AlgoRequest, price: Ticks): boolean {
  const triggersAbove = (request.side === 'BUY') === isStop(request);
  return triggersAbove ? price >= request.trigger : price <= request.trigger;
}

export class AlgoBook {
  readonly #open = new Map<number, AlgoOrder>();
  #ended: AlgoOrder[] = [];
  #nextId = 3_000_001;

  open(symbol: string | null): readonly AlgoOrder[] {
    return [...this.#open.values()].filter((algo) => symbol === null || algo.symbol === symbol);
  }

  all(symbol: string): readonly AlgoOrder[] {
    return [...this.#ended, ...this.#open.values()].filter((algo) => algo.symbol === symbol).toSorted((a, b) => a.algoId - b.algoId);
  }

  find(wanted: { readonly algoId: number | null; readonly clientAlgoId: string | null }): AlgoOrder | null {
    const matches = (algo: AlgoOrder): boolean => (wanted.algoId === null ? algo.clientAlgoId === wanted.clientAlgoId : algo.algoId === wanted.algoId);
    return [...this.#open.values()].find(matches) ?? this.#ended.findLast(matches) ?? null;
  }

  place(request: AlgoRequest, seen: Sink & { readonly isFlat: boolean; readonly price: Ticks }): Result<AlgoOrder, VenueFault> {
    const refusal = this.#refuse(request, seen);
    if (refusal !== null) return err(refusal);
    const algo: AlgoOrder = { ...request, algoId: this.#nextId++, time: seen.time, status: 'NEW', orderId: null, rejectReason: '', updateTime: seen.time };
    this.#open.set(algo.algoId, algo);
    seen.events.push({ kind: 'algo', time: seen.time, algo: { ...algo } });
    return ok({ ...algo });
  }

  #refuse(request: AlgoRequest, seen: { readonly isFlat: boolean; readonly price: Ticks }): VenueFault | null {
    if (!CLIENT_ID_PATTERN.test(request.clientAlgoId)) return fault(-4015);
    const open = [...this.#open.values()];
    if (open.some((algo) => algo.clientAlgoId === request.clientAlgoId)) return fault(-4116);
    if (open.length >= MAXIMUM_OPEN_ALGOS) return fault(-4045);
    if (request.closePosition && request.lots > 0) return fault(-4137);
    if ((request.closePosition || request.reduceOnly) && seen.isFlat) return fault(-4509);
    const hasTwin = open.some(
      (algo) =>
        algo.closePosition &&
        request.closePosition &&
        algo.symbol === request.symbol &&
        algo.side === request.side &&
        algo.positionSide === request.positionSide &&
        isStop(algo) === isStop(request),
    );
    if (hasTwin) return fault(-4130);
    return isCrossed(request, seen.price) ? fault(-2021) : null;
  }

  cancel(
    wanted: { readonly algoId: number | null; readonly clientAlgoId: string | null },
    time: EpochMs,
    events: AccountEvent[],
  ): Result<AlgoOrder, VenueFault> {
    const algo = [...this.#open.values()].find((entry) =>
      wanted.algoId === null ? entry.clientAlgoId === wanted.clientAlgoId : entry.algoId === wanted.algoId,
    );
    if (algo === undefined) return err(fault(-2011));
    this.mark(algo, 'CANCELED', { time, events });
    return ok({ ...algo });
  }

  /** Open conditionals that this quote triggers, oldest first. */
  triggered(symbol: string, quote: { readonly last: Ticks; readonly mark: Ticks }): readonly AlgoOrder[] {
    if (this.#open.size === 0) return [];
    return [...this.#open.values()].filter(
      (algo) => algo.symbol === symbol && algo.status === 'NEW' && isCrossed(algo, algo.workingType === 'MARK_PRICE' ? quote.mark : quote.last),
    );
  }

  mark(algo: AlgoOrder, status: AlgoStatus, { time, events }: Sink): void {
    algo.status = status;
    algo.updateTime = time;
    events.push({ kind: 'algo', time, algo: { ...algo } });
    if (status === 'NEW' || status === 'TRIGGERING' || status === 'TRIGGERED') return;
    this.#open.delete(algo.algoId);
    this.#ended.push(algo);
    if (this.#ended.length > ENDED_KEPT) this.#ended = this.#ended.slice(-ENDED_KEPT / 2);
  }

  expireWhenFlat(symbol: string, positionSide: PositionSide, sink: Sink): void {
    for (const algo of [...this.#open.values()]) {
      if (algo.symbol === symbol && algo.positionSide === positionSide && algo.closePosition && algo.status === 'NEW') this.mark(algo, 'EXPIRED', sink);
    }
  }

  state(): readonly AlgoOrder[] {
    return [...this.#ended, ...this.#open.values()];
  }

  restore(algos: readonly AlgoOrder[]): void {
    for (const algo of algos) {
      this.#nextId = Math.max(this.#nextId, algo.algoId + 1);
      if (algo.status === 'NEW' || algo.status === 'TRIGGERING' || algo.status === 'TRIGGERED') this.#open.set(algo.algoId, { ...algo });
      else this.#ended.push({ ...algo });
    }
  }
}
