// What a trader sets on the account: leverage, margin type, position mode, and the margin of an isolated position.
import type { PositionSide } from '../../../src-shared/domain/order.ts';
import { addMoney, money, moneyToUsdt, type EpochMs, type Money } from '../../../src-shared/kernel/units.ts';
import { accountMargin, isolatedBalance } from './account-margin.ts';
import type { Desk } from './desk.ts';
import { fault } from './faults.ts';
import { maximumLeverage, notionalCapAt, notionalUsdt } from './margin.ts';
import type { VenueFault } from './types.ts';

/** Errors: −4028 not allowed, −4161 lower with an isolated position, −2027 position too large for it, −2028 not enough margin for it. */
export function setLeverage(desk: Desk, change: { readonly symbol: string; readonly leverage: number }, time: EpochMs): VenueFault | null {
  const { symbol, leverage } = change;
  const instrument = desk.instrument(symbol);
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > maximumLeverage(instrument))
    return { code: -4028, message: `Leverage ${leverage} is not valid` };
  const held = desk.positions.of(symbol).filter((holding) => holding.lots !== 0);
  const before = desk.positions.leverageOf(symbol);
  if (held.length > 0) {
    const { mark } = desk.quote(symbol);
    if (desk.positions.isIsolated(symbol) && leverage < before) return fault(-4161);
    const value = held.reduce((sum, holding) => sum + notionalUsdt(instrument, holding.lots, mark), 0);
    if (value > notionalCapAt(instrument, leverage)) return fault(-2027);
    const added = value / leverage - value / before;
    if (added > accountMargin(desk).available) return fault(-2028);
  }
  desk.positions.setLeverage(symbol, leverage);
  desk.events.push({ kind: 'config', time, symbol, leverage });
  return null;
}

export function setIsolated(desk: Desk, symbol: string, isolated: boolean): VenueFault | null {
  if (desk.positions.isIsolated(symbol) === isolated) return fault(-4046);
  if (desk.orders.openCountOf(symbol) > 0 || desk.algos.open(symbol).length > 0) return fault(-4047);
  if (desk.positions.of(symbol).some((holding) => holding.lots !== 0)) return fault(-4048);
  desk.positions.setIsolated(symbol, isolated);
  return null;
}

export function setHedgeMode(desk: Desk, hedge: boolean): VenueFault | null {
  if (desk.positions.hedgeMode === hedge) return fault(-4059);
  if (desk.orders.openCount > 0 || desk.algos.open(null).length > 0) return fault(-4067);
  if (desk.positions.open().length > 0) return fault(-4068);
  desk.positions.hedgeMode = hedge;
  return null;
}

export interface PositionMarginChange {
  readonly symbol: string;
  readonly positionSide: PositionSide;
  /** +1 adds, −1 takes away. */
  readonly direction: 1 | -1;
  readonly amount: Money;
}

/** Moves money between the cross wallet and an isolated position. Errors: −4054 flat or cross, −4050 and −4051 too much. */
export function changePositionMargin(desk: Desk, change: PositionMarginChange, time: EpochMs): VenueFault | null {
  if (change.amount <= 0) return fault(-4055);
  if (desk.positions.hedgeMode !== (change.positionSide !== 'BOTH')) return fault(-4061);
  const holding = desk.positions.find(change.symbol, change.positionSide);
  if (holding === null || holding.lots === 0 || !desk.positions.isIsolated(change.symbol)) return fault(-4054);
  if (change.direction === 1 && moneyToUsdt(change.amount) > accountMargin(desk).available) return fault(-4050);
  if (change.direction === -1) {
    const value = notionalUsdt(desk.instrument(change.symbol), holding.lots, desk.quote(change.symbol).mark);
    const spare = Math.min(isolatedBalance(desk, holding), moneyToUsdt(holding.isolatedMargin)) - value / desk.positions.leverageOf(change.symbol);
    if (moneyToUsdt(change.amount) > spare) return fault(-4051);
  }
  holding.isolatedMargin = addMoney(holding.isolatedMargin, money(change.direction * change.amount));
  holding.updateTime = time;
  desk.marginChanges.push({ symbol: change.symbol, positionSide: change.positionSide, direction: change.direction, amount: change.amount, time });
  desk.reportAccount('MARGIN_TRANSFER', { time, holdings: [holding] });
  return null;
}
