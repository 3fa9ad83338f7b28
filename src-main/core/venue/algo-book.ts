// The conditional-order service: resting stops, targets and trailing stops, their life from NEW to FINISHED, and the rules of closePosition.
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { PositionSide } from '../../../src-shared/domain/order.ts';
import { lots, ticks, ZERO_MONEY, type EpochMs, type Ticks } from '../../../src-shared/kernel/units.ts';
import { fault } from './faults.ts';
import { CLIENT_ID_PATTERN, MAXIMUM_OPEN_ALGOS } from './filters.ts';
import type { AccountEvent, AlgoKey, AlgoOrder, AlgoRequest, AlgoStatus, VenueFault, VenueOrder } from './types.ts';

const ENDED_KEPT = 4000;
const MINIMUM_CALLBACK_BPS = 10;
const MAXIMUM_CALLBACK_BPS = 2000;

interface Prices {
  readonly last: Ticks;
  readonly mark: Ticks;
}

function isStop(request: Pick<AlgoRequest, 'type'>): boolean {
  return request.type === 'STOP_MARKET' || request.type === 'STOP' || request.type === 'TRAILING_STOP_MARKET';
}

/** BUY stop and SELL target trigger at or above their price, SELL stop and BUY target at or below. */
function isCrossed(request: Pick<AlgoRequest, 'type' | 'side' | 'trigger'>, price: Ticks): boolean {
  const triggersAbove = (request.side === 'BUY') === isStop(request);
  return triggersAbove ? price >= request.trigger : price <= request.trigger;
}

function watchedPrice(algo: Pick<AlgoRequest, 'workingType'>, prices: Prices): Ticks {
  return algo.workingType === 'MARK_PRICE' ? prices.mark : prices.last;
}

export class AlgoBook {
  readonly #open = new Map<number, AlgoOrder>();
  /** Triggered ones whose order is still at work. */
  readonly #working = new Map<number, AlgoOrder>();
  readonly #emit: (event: AccountEvent) => void;
  #ended: AlgoOrder[] = [];
  #nextId = 3_000_001;

  constructor(emit: (event: AccountEvent) => void) {
    this.#emit = emit;
  }

  open(symbol: string | null): readonly AlgoOrder[] {
    return [...this.#open.values()].filter((algo) => symbol === null || algo.symbol === symbol);
  }

  all(symbol: string | null): readonly AlgoOrder[] {
    return this.state()
      .filter((algo) => symbol === null || algo.symbol === symbol)
      .toSorted((a, b) => a.algoId - b.algoId);
  }

  find(wanted: AlgoKey): AlgoOrder | null {
    const matches = (algo: AlgoOrder): boolean => (wanted.algoId === null ? algo.clientAlgoId === wanted.clientAlgoId : algo.algoId === wanted.algoId);
    return [...this.#open.values(), ...this.#working.values()].find(matches) ?? this.#ended.findLast(matches) ?? null;
  }

  place(request: AlgoRequest, seen: Prices & { readonly isFlat: boolean; readonly time: EpochMs }): Result<AlgoOrder, VenueFault> {
    const refusal = this.#refuse(request, seen);
    if (refusal !== null) return err(refusal);
    const isTrailing = request.type === 'TRAILING_STOP_MARKET';
    const activatesLater = isTrailing && (request.activatePrice ?? null) !== null;
    const algo: AlgoOrder = {
      ...request,
      algoId: this.#nextId++,
      time: seen.time,
      status: 'NEW',
      orderId: null,
      rejectReason: '',
      updateTime: seen.time,
      triggerTime: 0,
      isActivated: isTrailing && !activatesLater,
      extreme: isTrailing && !activatesLater ? watchedPrice(request, seen) : null,
      filled: lots(0),
      filledNotional: ZERO_MONEY,
    };
    if (isTrailing) algo.trigger = trailingTrigger(algo);
    this.#open.set(algo.algoId, algo);
    this.#emit({ kind: 'algo', time: seen.time, algo: { ...algo } });
    return ok({ ...algo });
  }

  #refuse(request: AlgoRequest, seen: Prices & { readonly isFlat: boolean }): VenueFault | null {
    if (!CLIENT_ID_PATTERN.test(request.clientAlgoId)) return fault(-4015);
    const open = [...this.#open.values()];
    if (open.some((algo) => algo.clientAlgoId === request.clientAlgoId)) return fault(-4116);
    if (open.length >= MAXIMUM_OPEN_ALGOS) return fault(-4045);
    if (request.closePosition && request.lots > 0) return fault(-4137);
    if (request.closePosition && request.reduceOnly) return { code: -1106, message: "Parameter 'reduceonly' sent when not required." };
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
    const price = watchedPrice(request, seen);
    if (request.type === 'TRAILING_STOP_MARKET') return refuseTrailing(request, price);
    if (request.trigger <= 0) return fault(-4006);
    return isCrossed(request, price) ? fault(-2021) : null;
  }

  cancel(wanted: AlgoKey, time: EpochMs): Result<AlgoOrder, VenueFault> {
    const algo = [...this.#open.values()].find((entry) =>
      wanted.algoId === null ? entry.clientAlgoId === wanted.clientAlgoId : entry.algoId === wanted.algoId,
    );
    if (algo === undefined) return err(fault(-2011));
    this.mark(algo, 'CANCELED', time);
    return ok({ ...algo });
  }

  /** Open conditionals that these prices trigger, oldest first. Trailing stops follow the price first. */
  triggered(symbol: string, prices: Prices, time: EpochMs): readonly AlgoOrder[] {
    if (this.#open.size === 0) return [];
    return [...this.#open.values()].filter((algo) => {
      if (algo.symbol !== symbol || algo.status !== 'NEW') return false;
      const price = watchedPrice(algo, prices);
      if (algo.type !== 'TRAILING_STOP_MARKET') return isCrossed(algo, price);
      this.#follow(algo, price, time);
      return algo.isActivated && isCrossed(algo, price);
    });
  }

  /** A trailing stop wakes at its activation price, says so with a second NEW, and then follows the best price. */
  #follow(algo: AlgoOrder, price: Ticks, time: EpochMs): void {
    const activate = algo.activatePrice ?? null;
    if (!algo.isActivated) {
      const isReached = activate !== null && (algo.side === 'SELL' ? price >= activate : price <= activate);
      if (!isReached) return;
      algo.isActivated = true;
      algo.extreme = price;
      algo.updateTime = time;
      algo.trigger = trailingTrigger(algo);
      this.#emit({ kind: 'algo', time, algo: { ...algo } });
      return;
    }
    const best = algo.extreme ?? price;
    algo.extreme = algo.side === 'SELL' ? ticks(Math.max(best, price)) : ticks(Math.min(best, price));
    algo.trigger = trailingTrigger(algo);
  }

  mark(algo: AlgoOrder, status: AlgoStatus, time: EpochMs): void {
    algo.status = status;
    algo.updateTime = time;
    if (status === 'TRIGGERING') algo.triggerTime = time;
    this.#emit({ kind: 'algo', time, algo: { ...algo } });
    if (status === 'NEW' || status === 'TRIGGERING') return;
    this.#open.delete(algo.algoId);
    if (status === 'TRIGGERED') {
      this.#working.set(algo.algoId, algo);
      return;
    }
    this.#working.delete(algo.algoId);
    this.#ended.push(algo);
    if (this.#ended.length > ENDED_KEPT) this.#ended = this.#ended.slice(-ENDED_KEPT / 2);
  }

  /** The order a conditional made is over: what it traded belongs to the conditional, which is finished. */
  onOrderEnded(order: VenueOrder, time: EpochMs): void {
    if (order.algoId === null) return;
    const algo = this.#working.get(order.algoId) ?? this.#open.get(order.algoId);
    if (algo === undefined) return;
    algo.filled = order.filled;
    algo.filledNotional = order.filledNotional;
    if (algo.status === 'TRIGGERED') this.mark(algo, 'FINISHED', time);
  }

  expireWhenFlat(symbol: string, positionSide: PositionSide, time: EpochMs): void {
    for (const algo of [...this.#open.values()])
      if (algo.symbol === symbol && algo.positionSide === positionSide && algo.closePosition && algo.status === 'NEW') this.mark(algo, 'EXPIRED', time);
  }

  /** Removes an accepted conditional without a word, as has been reported of the exchange. */
  vanish(algoId: number): void {
    this.#open.delete(algoId);
  }

  state(): readonly AlgoOrder[] {
    return [...this.#ended, ...this.#working.values(), ...this.#open.values()];
  }

  restore(algos: readonly AlgoOrder[]): void {
    for (const algo of algos) {
      this.#nextId = Math.max(this.#nextId, algo.algoId + 1);
      const copy = { ...algo };
      if (algo.status === 'NEW' || algo.status === 'TRIGGERING') this.#open.set(algo.algoId, copy);
      else if (algo.status === 'TRIGGERED') this.#working.set(algo.algoId, copy);
      else this.#ended.push(copy);
    }
  }
}

function refuseTrailing(request: AlgoRequest, price: Ticks): VenueFault | null {
  const callback = request.callbackBps ?? 0;
  if (callback < MINIMUM_CALLBACK_BPS || callback > MAXIMUM_CALLBACK_BPS)
    return { code: -1130, message: "Data sent for parameter 'callbackRate' is not valid." };
  const activate = request.activatePrice ?? null;
  if (activate === null) return null;
  if (activate <= 0) return fault(-4135);
  const isBehind = request.side === 'SELL' ? activate <= price : activate >= price;
  return isBehind ? fault(-2021) : null;
}

/** The stop of a trailing order: its best price less (SELL) or plus (BUY) the callback. Zero before activation. */
function trailingTrigger(algo: AlgoOrder): Ticks {
  if (algo.extreme === null) return ticks(0);
  const callback = algo.callbackBps ?? 0;
  return algo.side === 'SELL'
    ? ticks(Math.max(1, Math.floor((algo.extreme * (10_000 - callback)) / 10_000)))
    : ticks(Math.ceil((algo.extreme * (10_000 + callback)) / 10_000));
}
