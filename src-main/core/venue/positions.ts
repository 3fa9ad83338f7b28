// What is held: positions per symbol and side, leverage, margin type and position mode, and the exact effect of a fill.
import type { Instrument } from '../../../src-shared/domain/instrument.ts';
import type { OrderSide, PositionSide } from '../../../src-shared/domain/order.ts';
import { addMoney, epochMs, moneyToUsdt, subtractMoney, ZERO_MONEY, type EpochMs, type Lots, type Money } from '../../../src-shared/kernel/units.ts';
import { scaleMoneyDown, scaleMoneyUp } from './ledger.ts';
import type { VenueHolding } from './types.ts';

const DEFAULT_LEVERAGE = 20;

export class PositionBook {
  readonly #holdings = new Map<string, VenueHolding>();
  readonly #bySymbol = new Map<string, VenueHolding[]>();
  readonly #leverage = new Map<string, number>();
  readonly #isolated = new Set<string>();
  hedgeMode = false;

  /** Positions that are not flat. */
  open(): readonly VenueHolding[] {
    return [...this.#holdings.values()].filter((holding) => holding.lots !== 0);
  }

  of(symbol: string): readonly VenueHolding[] {
    return this.#bySymbol.get(symbol) ?? [];
  }

  holding(symbol: string, positionSide: PositionSide, time: EpochMs): VenueHolding {
    const existing = this.#holdings.get(`${symbol} ${positionSide}`);
    if (existing !== undefined) return existing;
    const created: VenueHolding = {
      symbol,
      positionSide,
      lots: 0,
      entryNotional: ZERO_MONEY,
      isolatedMargin: ZERO_MONEY,
      realised: ZERO_MONEY,
      updateTime: time,
    };
    this.#insert(created);
    return created;
  }

  find(symbol: string, positionSide: PositionSide): VenueHolding | null {
    return this.#holdings.get(`${symbol} ${positionSide}`) ?? null;
  }

  /** Lots an order of this side could close. */
  closable(symbol: string, side: OrderSide, positionSide: PositionSide): number {
    const held = this.#holdings.get(`${symbol} ${positionSide}`)?.lots ?? 0;
    return side === 'SELL' ? Math.max(0, held) : Math.max(0, -held);
  }

  leverageOf(symbol: string): number {
    return this.#leverage.get(symbol) ?? DEFAULT_LEVERAGE;
  }

  setLeverage(symbol: string, leverage: number): void {
    this.#leverage.set(symbol, leverage);
  }

  isIsolated(symbol: string): boolean {
    return this.#isolated.has(symbol);
  }

  setIsolated(symbol: string, isolated: boolean): void {
    if (isolated) this.#isolated.add(symbol);
    else this.#isolated.delete(symbol);
  }

  /** Sum of the wallets of isolated positions. */
  isolatedTotal(): Money {
    let total: Money = ZERO_MONEY;
    if (this.#isolated.size === 0) return total;
    for (const holding of this.#holdings.values()) total = addMoney(total, holding.isolatedMargin);
    return total;
  }

  #insert(holding: VenueHolding): void {
    this.#holdings.set(`${holding.symbol} ${holding.positionSide}`, holding);
    const sameSymbol = this.#bySymbol.get(holding.symbol);
    if (sameSymbol === undefined) this.#bySymbol.set(holding.symbol, [holding]);
    else sameSymbol.push(holding);
  }

  state(): PositionState {
    return { hedgeMode: this.hedgeMode, holdings: [...this.#holdings.values()], leverage: [...this.#leverage], isolated: [...this.#isolated] };
  }

  restore(state: PositionState): void {
    this.hedgeMode = state.hedgeMode;
    for (const holding of state.holdings) this.#insert({ ...holding });
    for (const [symbol, leverage] of state.leverage) this.#leverage.set(symbol, leverage);
    for (const symbol of state.isolated) this.#isolated.add(symbol);
  }
}

export interface PositionState {
  readonly hedgeMode: boolean;
  readonly holdings: readonly VenueHolding[];
  readonly leverage: readonly (readonly [string, number])[];
  readonly isolated: readonly string[];
}

export interface FillEffect {
  readonly side: OrderSide;
  readonly lots: Lots;
  readonly value: Money;
  readonly time: EpochMs;
  /** Leverage of an isolated position, which moves its own margin with every fill; null for cross. */
  readonly isolatedLeverage?: number | null;
}

/** Applies one fill to a holding and gives the realised profit, exact: cost leaves in proportion, rounded so that nothing is created. */
export function applyFill(holding: VenueHolding, fill: FillEffect): Money {
  const direction = fill.side === 'BUY' ? 1 : -1;
  const held = Math.abs(holding.lots);
  const leverage = fill.isolatedLeverage ?? null;
  const isOpening = holding.lots === 0 || Math.sign(holding.lots) === direction;
  holding.updateTime = epochMs(fill.time);
  if (isOpening) {
    holding.lots += direction * fill.lots;
    holding.entryNotional = addMoney(holding.entryNotional, fill.value);
    if (leverage !== null) holding.isolatedMargin = addMoney(holding.isolatedMargin, scaleMoneyUp(fill.value, 1, leverage));
    return ZERO_MONEY;
  }
  const closing = Math.min(held, fill.lots);
  const cost = scaleMoneyDown(holding.entryNotional, closing, held);
  const proceeds = scaleMoneyDown(fill.value, closing, fill.lots);
  const wasLong = holding.lots > 0;
  const realised = wasLong ? subtractMoney(proceeds, cost) : subtractMoney(cost, proceeds);
  holding.lots += direction * fill.lots;
  holding.realised = addMoney(holding.realised, realised);
  const opened = subtractMoney(fill.value, proceeds);
  holding.entryNotional = fill.lots > closing ? opened : subtractMoney(holding.entryNotional, cost);
  holding.isolatedMargin = closing === held ? ZERO_MONEY : subtractMoney(holding.isolatedMargin, scaleMoneyDown(holding.isolatedMargin, closing, held));
  if (leverage !== null && fill.lots > closing) holding.isolatedMargin = scaleMoneyUp(opened, 1, leverage);
  return realised;
}

/** Average entry in USDT, floating; 0 when flat. */
export function entryPriceOf(instrument: Instrument, holding: VenueHolding): number {
  const quantity = (Math.abs(holding.lots) * instrument.stepUnits) / 10 ** instrument.quantityScale;
  return quantity === 0 ? 0 : moneyToUsdt(holding.entryNotional) / quantity;
}
