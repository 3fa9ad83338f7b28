// Account, balance and position answers.
import { formatQuantity, ticksToPrice, type Instrument } from '../../src-shared/domain/instrument.ts';
import { lots, moneyToUsdt, ticks, ZERO_MONEY, type Lots } from '../../src-shared/kernel/units.ts';
import type { Exchange } from '../../src-main/core/venue/exchange.ts';
import { maintenanceUsdt, notionalCapAt, notionalUsdt, unrealisedUsdt } from '../../src-main/core/venue/margin.ts';
import { entryPriceOf } from '../../src-main/core/venue/positions.ts';
import type { VenueHolding } from '../../src-main/core/venue/types.ts';
import { moneyText, usdtText } from './text.ts';

type Row = Readonly<Record<string, unknown>>;

const BPS = 10_000;

export function describePosition(exchange: Exchange, holding: VenueHolding, instrument: Instrument): Row {
  const mark = exchange.quote(holding.symbol)?.mark ?? ticks(1);
  const value = notionalUsdt(instrument, holding.lots, mark);
  const leverage = exchange.leverageOf(holding.symbol);
  const initial = usdtText(value / leverage);
  const isIsolated = exchange.isIsolated(holding.symbol);
  const entry = entryPriceOf(instrument, holding);
  const profit = unrealisedUsdt(instrument, holding, mark);
  const breakEven = entry * (1 + (Math.sign(holding.lots) * 2 * exchange.rules.takerFeeBps) / BPS);
  const liquidation = holding.lots === 0 ? 0 : (exchange.liquidationPriceOf(holding) ?? 0);
  return {
    symbol: holding.symbol,
    positionSide: holding.positionSide,
    positionAmt: formatQuantity(instrument, holding.lots as Lots),
    entryPrice: entry.toFixed(instrument.priceScale + 4),
    breakEvenPrice: breakEven.toFixed(instrument.priceScale + 4),
    markPrice: usdtText(ticksToPrice(instrument, mark)),
    unRealizedProfit: usdtText(profit),
    unrealizedProfit: usdtText(profit),
    liquidationPrice: liquidation === 0 ? '0' : liquidation.toFixed(instrument.priceScale + 2),
    isolatedMargin: isIsolated ? usdtText(moneyToUsdt(holding.isolatedMargin) + profit) : '0',
    notional: usdtText(Math.sign(holding.lots) * value),
    marginAsset: 'USDT',
    isolatedWallet: isIsolated ? moneyText(holding.isolatedMargin) : '0',
    initialMargin: initial,
    maintMargin: usdtText(maintenanceUsdt(instrument, value)),
    positionInitialMargin: initial,
    openOrderInitialMargin: '0',
    adl: holding.lots === 0 ? 0 : Math.max(1, Math.min(4, 2 + Math.sign(profit))),
    bidNotional: '0',
    askNotional: '0',
    leverage: String(leverage),
    marginType: isIsolated ? 'isolated' : 'cross',
    isolated: isIsolated,
    isAutoAddMargin: 'false',
    maxNotionalValue: maximumNotional(instrument, leverage),
    maxNotional: maximumNotional(instrument, leverage),
    updateTime: holding.updateTime,
  };
}

export function maximumNotional(instrument: Instrument, leverage: number): string {
  const cap = notionalCapAt(instrument, leverage);
  return Number.isFinite(cap) ? String(cap) : '1000000000';
}

/** Positions of a symbol: those held, and with `withEmpty` also the flat ones, one per side of the position mode. */
export function describePositionsOf(exchange: Exchange, instrument: Instrument, withEmpty: boolean): readonly Row[] {
  const held = exchange.holdings().filter((holding) => holding.symbol === instrument.symbol);
  const rows = held.map((holding) => describePosition(exchange, holding, instrument));
  if (!withEmpty) return rows;
  const sides = exchange.hedgeMode ? (['LONG', 'SHORT'] as const) : (['BOTH'] as const);
  const empty = sides
    .filter((side) => held.every((holding) => holding.positionSide !== side))
    .map((positionSide) =>
      describePosition(
        exchange,
        {
          symbol: instrument.symbol,
          positionSide,
          lots: lots(0),
          entryNotional: ZERO_MONEY,
          isolatedMargin: ZERO_MONEY,
          realised: ZERO_MONEY,
          updateTime: 0 as VenueHolding['updateTime'],
        },
        instrument,
      ),
    );
  return [...rows, ...empty];
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

export function describeAccount(exchange: Exchange, { time, positions }: { readonly time: number; readonly positions: readonly Row[] }): Row {
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
  return {
    ...describeAccountConfiguration(exchange),
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
    assets: [{ asset: 'USDT', ...shared, marginAvailable: true, updateTime: time }],
    positions,
  };
}

export function describeAccountConfiguration(exchange: Exchange): Row {
  return {
    feeTier: 0,
    feeBurn: false,
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

/** 0 to 4: how near the front of the auto-deleveraging queue the positions are. */
export function describeDeleveraging(exchange: Exchange, symbol: string): Row {
  const quantiles: Record<string, number> = {};
  for (const holding of exchange.holdings()) {
    const instrument = exchange.instrument(holding.symbol);
    if (holding.symbol !== symbol || instrument === null) continue;
    quantiles[holding.positionSide] = Number(describePosition(exchange, holding, instrument)['adl']);
  }
  return { symbol, adlQuantile: { ...(exchange.hedgeMode ? { LONG: 0, SHORT: 0, HEDGE: 0 } : { LONG: 0, SHORT: 0, BOTH: 0 }), ...quantiles } };
}
