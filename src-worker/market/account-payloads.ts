// Account, balance and position answers.
import { formatQuantity, ticksToPrice, type Instrument } from '../../src-shared/domain/instrument.ts';
import { assertNever } from '../../src-shared/kernel/result.ts';
import { lots, moneyToUsdt, ticks, ZERO_MONEY, type Lots } from '../../src-shared/kernel/units.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { maintenanceUsdt, notionalCapAt, notionalUsdt, unrealisedUsdt } from '../../src-main/core/venue/margin.ts';
import { entryPriceOf } from '../../src-main/core/venue/positions.ts';
import type { VenueHolding } from '../../src-main/core/venue/types.ts';
import { moneyText, usdtText } from './text.ts';

type Row = Readonly<Record<string, unknown>>;

const BPS = 10_000;

/** A position's figures as text, from which each version of each answer takes its own. */
function figuresOf(exchange: Exchange, holding: VenueHolding, instrument: Instrument): Record<string, string> {
  const mark = exchange.quote(holding.symbol)?.mark ?? ticks(1);
  const value = notionalUsdt(instrument, holding.lots, mark);
  const isIsolated = exchange.isIsolated(holding.symbol);
  const profit = unrealisedUsdt(instrument, holding, mark);
  const positionInitial = value / exchange.leverageOf(holding.symbol);
  const order = exchange.orderMarginOf(holding.symbol);
  const liquidation = holding.lots === 0 ? 0 : (exchange.liquidationPriceOf(holding) ?? 0);
  return {
    positionAmt: formatQuantity(instrument, holding.lots as Lots),
    entryPrice: entryPriceOf(instrument, holding).toFixed(instrument.priceScale + 4),
    breakEvenPrice: breakEvenText(exchange, holding, instrument),
    markPrice: usdtText(ticksToPrice(instrument, mark)),
    profit: usdtText(profit),
    liquidationPrice: liquidation === 0 ? '0' : liquidation.toFixed(instrument.priceScale + 2),
    isolatedMargin: isIsolated ? usdtText(moneyToUsdt(holding.isolatedMargin) + profit) : '0',
    notional: usdtText(Math.sign(holding.lots) * value),
    isolatedWallet: isIsolated ? moneyText(holding.isolatedMargin) : '0',
    initialMargin: usdtText(positionInitial + order.initial),
    maintMargin: usdtText(maintenanceUsdt(instrument, value)),
    positionInitialMargin: usdtText(positionInitial),
    openOrderInitialMargin: usdtText(order.initial),
    bidNotional: usdtText(order.bids),
    askNotional: usdtText(order.asks),
    leverage: String(exchange.leverageOf(holding.symbol)),
    maximum: maximumNotional(instrument, exchange.leverageOf(holding.symbol)),
  };
}

/** The price at which closing pays back what was paid for opening and closing. */
export function breakEvenText(exchange: Exchange, holding: VenueHolding, instrument: Instrument): string {
  const entry = entryPriceOf(instrument, holding);
  return (entry * (1 + (Math.sign(holding.lots) * 2 * exchange.rules.takerFeeBps) / BPS)).toFixed(instrument.priceScale + 4);
}

/** 0 when flat, else 1 to 4: how near the front of the auto-deleveraging queue. */
function deleveragingOf(exchange: Exchange, holding: VenueHolding, instrument: Instrument): number {
  const mark = exchange.quote(holding.symbol)?.mark ?? ticks(1);
  return holding.lots === 0 ? 0 : Math.max(1, Math.min(4, 2 + Math.sign(unrealisedUsdt(instrument, holding, mark))));
}

/** Which answer a position is described for: its fields differ from one to the other, and a client must not find more here than at the exchange. */
export type PositionAnswer = 'risk-v3' | 'risk-v2' | 'account-v3' | 'account-v2';

function describePosition(exchange: Exchange, held: HeldIn, answer: PositionAnswer): Row {
  const { holding, instrument } = held;
  const { profit, leverage, maximum, ...figures } = figuresOf(exchange, holding, instrument);
  const take = (...names: readonly string[]): Row => Object.fromEntries(names.map((name) => [name, figures[name]]));
  const head = { symbol: holding.symbol, positionSide: holding.positionSide, ...take('positionAmt') };
  const margins = take('initialMargin', 'maintMargin', 'positionInitialMargin', 'openOrderInitialMargin');
  const isIsolated = exchange.isIsolated(holding.symbol);
  const { updateTime } = holding;
  switch (answer) {
    case 'risk-v3':
      return {
        ...head,
        ...take('entryPrice', 'breakEvenPrice', 'markPrice'),
        unRealizedProfit: profit,
        ...take('liquidationPrice', 'isolatedMargin', 'notional'),
        marginAsset: 'USDT',
        ...take('isolatedWallet'),
        ...margins,
        adl: deleveragingOf(exchange, holding, instrument),
        ...take('bidNotional', 'askNotional'),
        updateTime,
      };
    case 'risk-v2':
      return {
        ...head,
        ...take('entryPrice', 'breakEvenPrice', 'markPrice'),
        unRealizedProfit: profit,
        ...take('liquidationPrice', 'isolatedMargin', 'notional', 'isolatedWallet'),
        leverage,
        maxNotionalValue: maximum,
        marginType: isIsolated ? 'isolated' : 'cross',
        isAutoAddMargin: 'false',
        updateTime,
      };
    case 'account-v3':
      return {
        ...head,
        unrealizedProfit: profit,
        ...take('isolatedMargin', 'notional', 'isolatedWallet', 'initialMargin', 'maintMargin'),
        updateTime,
      };
    case 'account-v2':
      return {
        ...head,
        ...margins,
        unrealizedProfit: profit,
        leverage,
        isolated: isIsolated,
        ...take('entryPrice', 'breakEvenPrice'),
        maxNotional: maximum,
        ...take('bidNotional', 'askNotional'),
        updateTime,
      };
    default:
      return assertNever(answer);
  }
}

interface HeldIn {
  readonly holding: VenueHolding;
  readonly instrument: Instrument;
}

export function maximumNotional(instrument: Instrument, leverage: number): string {
  const cap = notionalCapAt(instrument, leverage);
  return Number.isFinite(cap) ? String(cap) : '1000000000';
}

/** Positions of a symbol: those held, and with `withEmpty` also the flat ones, one per side of the position mode. */
export function describePositionsOf(
  exchange: Exchange,
  instrument: Instrument,
  { answer, withEmpty }: { readonly answer: PositionAnswer; readonly withEmpty: boolean },
): readonly Row[] {
  const held = exchange.holdings().filter((holding) => holding.symbol === instrument.symbol);
  const rows = held.map((holding) => describePosition(exchange, { holding, instrument }, answer));
  if (!withEmpty) return rows;
  const sides = exchange.hedgeMode ? (['LONG', 'SHORT'] as const) : (['BOTH'] as const);
  const empty = sides
    .filter((side) => held.every((holding) => holding.positionSide !== side))
    .map((positionSide) => describePosition(exchange, { holding: flatHolding(instrument.symbol, positionSide), instrument }, answer));
  return [...rows, ...empty];
}

function flatHolding(symbol: string, positionSide: VenueHolding['positionSide']): VenueHolding {
  const nothing = { lots: lots(0), entryNotional: ZERO_MONEY, isolatedMargin: ZERO_MONEY, realised: ZERO_MONEY };
  return { symbol, positionSide, ...nothing, updateTime: 0 as VenueHolding['updateTime'] };
}

export function describeBalance(exchange: Exchange, time: number): Row {
  const margin = exchange.marginUsdt();
  return {
    accountAlias: 'venue',
    asset: 'USDT',
    balance: moneyText(exchange.wallet),
    crossWalletBalance: moneyText(exchange.crossWallet),
    crossUnPnl: usdtText(margin.crossUnrealised),
    availableBalance: usdtText(margin.available),
    maxWithdrawAmount: usdtText(Math.max(0, Math.min(margin.available, moneyToUsdt(exchange.crossWallet)))),
    marginAvailable: true,
    updateTime: time,
  };
}

/** GET account: the older version carries the permissions and settings of the account besides. */
export function describeAccount(
  exchange: Exchange,
  { time, positions, isOld }: { readonly time: number; readonly positions: readonly Row[]; readonly isOld: boolean },
): Row {
  const margin = exchange.marginUsdt();
  const wallet = moneyText(exchange.wallet);
  const crossWallet = moneyText(exchange.crossWallet);
  const marginBalance = usdtText(moneyToUsdt(exchange.wallet) + margin.unrealised);
  const initial = usdtText(margin.positionInitial + margin.orderInitial);
  const withdrawable = usdtText(Math.max(0, Math.min(margin.available, moneyToUsdt(exchange.crossWallet))));
  const shared = {
    initialMargin: initial,
    maintMargin: usdtText(margin.maintenance),
    walletBalance: wallet,
    unrealizedProfit: usdtText(margin.unrealised),
    marginBalance,
    positionInitialMargin: usdtText(margin.positionInitial),
    openOrderInitialMargin: usdtText(margin.orderInitial),
    crossWalletBalance: crossWallet,
    crossUnPnl: usdtText(margin.crossUnrealised),
    availableBalance: usdtText(margin.available),
    maxWithdrawAmount: withdrawable,
  };
  const { dualSidePosition: _, ...permissions } = { ...describeAccountConfiguration(exchange), feeBurn: exchange.feeBurn };
  return {
    ...(isOld ? permissions : {}),
    totalInitialMargin: initial,
    totalMaintMargin: shared.maintMargin,
    totalWalletBalance: wallet,
    totalUnrealizedProfit: shared.unrealizedProfit,
    totalMarginBalance: marginBalance,
    totalPositionInitialMargin: shared.positionInitialMargin,
    totalOpenOrderInitialMargin: shared.openOrderInitialMargin,
    totalCrossWalletBalance: crossWallet,
    totalCrossUnPnl: shared.crossUnPnl,
    availableBalance: shared.availableBalance,
    maxWithdrawAmount: withdrawable,
    assets: [{ asset: 'USDT', ...shared, ...(isOld ? { marginAvailable: true } : {}), updateTime: time }],
    positions,
  };
}

export function describeAccountConfiguration(exchange: Exchange): Readonly<Record<'dualSidePosition', boolean>> & Row {
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: false,
    dualSidePosition: exchange.hedgeMode,
    updateTime: 0,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  };
}

export function describeSymbolConfiguration(exchange: Exchange, instrument: Instrument): Row {
  const leverage = exchange.leverageOf(instrument.symbol);
  return {
    symbol: instrument.symbol,
    marginType: exchange.isIsolated(instrument.symbol) ? 'ISOLATED' : 'CROSSED',
    isAutoAddMargin: false,
    leverage,
    maxNotionalValue: maximumNotional(instrument, leverage),
  };
}

/** Places in the auto-deleveraging queue, 0 to 4, one per side of the position mode. */
export function describeDeleveraging(exchange: Exchange, symbol: string): Row {
  const quantiles: Record<string, number> = exchange.hedgeMode ? { LONG: 0, SHORT: 0, HEDGE: 0 } : { LONG: 0, SHORT: 0, BOTH: 0 };
  for (const holding of exchange.holdings()) {
    const instrument = exchange.instrument(holding.symbol);
    if (holding.symbol === symbol && instrument !== null) quantiles[holding.positionSide] = deleveragingOf(exchange, holding, instrument);
  }
  return { symbol, adlQuantile: quantiles };
}
