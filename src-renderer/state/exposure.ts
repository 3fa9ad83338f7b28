// Exposure, shock test and liquidation ladder: pure arithmetic over open positions.
import type { MarketInfo, PositionView } from '../../src-shared/contract/view.ts';
import { lotsToQuantity, ticksToPrice } from '../ui/format.ts';

type Markets = Readonly<Record<string, MarketInfo>>;

/** One open position in floating USDT and prices. */
export interface Exposure {
  readonly id: string;
  readonly symbol: string;
  readonly sign: 1 | -1;
  readonly quantity: number;
  readonly mark: number;
  readonly notional: number;
  readonly leverage: number;
  readonly stop: number | null;
  readonly liquidation: number | null;
}

export function exposuresOf(open: readonly PositionView[], markets: Markets): readonly Exposure[] {
  return open
    .filter((view) => view.position.lots > 0)
    .map(({ position, mark }) => {
      const market = markets[position.symbol];
      const quantity = lotsToQuantity(market, position.lots);
      const stop = ticksToPrice(market, position.stop);
      return {
        id: position.id,
        symbol: position.symbol,
        sign: position.side === 'long' ? 1 : -1,
        quantity,
        mark,
        notional: quantity * mark,
        leverage: position.leverage,
        stop: Number.isFinite(stop) ? stop : null,
        liquidation: position.liquidationPrice,
      };
    });
}

export interface ExposureSums {
  readonly long: number;
  readonly short: number;
  readonly gross: number;
  /** Long minus short. */
  readonly net: number;
  /** Result from the marks if every stop filled at its price; positions without a stop count nothing. */
  readonly atStops: number;
}

export function sumExposure(rows: readonly Exposure[]): ExposureSums {
  const sums = { long: 0, short: 0, atStops: 0 };
  for (const row of rows) {
    if (row.sign === 1) sums.long += row.notional;
    else sums.short += row.notional;
    if (row.stop !== null) sums.atStops += (row.stop - row.mark) * row.sign * row.quantity;
  }
  return { ...sums, gross: sums.long + sums.short, net: sums.long - sums.short };
}

export interface ShockLine {
  readonly symbol: string;
  /** Result if price jumps the whole way and nothing fills on it. */
  readonly gap: number;
  /** Result if stops on the way fill at their price. */
  readonly stopped: number;
  readonly isLiquidated: boolean;
}

export interface Shock {
  readonly lines: readonly ShockLine[];
  readonly gap: number;
  readonly stopped: number;
  readonly liquidated: number;
}

/** All markets move by `fraction` at once, as if perfectly correlated with BTC. Results in USDT from the current marks. */
export function shock(rows: readonly Exposure[], fraction: number): Shock {
  const lines = rows.map((row): ShockLine => {
    const shocked = row.mark * (1 + fraction);
    const gap = (shocked - row.mark) * row.sign * row.quantity;
    // A stop lies between mark and shocked price exactly when leaving at it loses less than the whole move.
    const atStop = row.stop === null ? gap : (row.stop - row.mark) * row.sign * row.quantity;
    const stopped = gap < 0 ? Math.max(gap, Math.min(atStop, 0)) : gap;
    const isLiquidated = row.liquidation !== null && (shocked - row.liquidation) * row.sign <= 0;
    return { symbol: row.symbol, gap, stopped, isLiquidated };
  });
  const sum = (pick: (line: ShockLine) => number): number => lines.reduce((total, line) => total + pick(line), 0);
  return {
    lines: lines.toSorted((a, b) => a.gap - b.gap),
    gap: sum((line) => line.gap),
    stopped: sum((line) => line.stopped),
    liquidated: lines.filter((line) => line.isLiquidated).length,
  };
}

export interface Rung {
  readonly symbol: string;
  readonly sign: 1 | -1;
  readonly price: number;
  /** Distance from the mark as a fraction, always positive. */
  readonly distance: number;
  readonly notional: number;
  /** The stop is reached before liquidation. */
  readonly isBehindStop: boolean;
}

/** Liquidation prices, nearest first. */
export function liquidationLadder(rows: readonly Exposure[]): readonly Rung[] {
  return rows
    .flatMap((row): Rung[] =>
      row.liquidation === null
        ? []
        : [
            {
              symbol: row.symbol,
              sign: row.sign,
              price: row.liquidation,
              distance: Math.abs(row.liquidation / row.mark - 1),
              notional: row.notional,
              isBehindStop: row.stop !== null && (row.stop - row.liquidation) * row.sign > 0,
            },
          ],
    )
    .toSorted((a, b) => a.distance - b.distance);
}

export interface LeverageBand {
  /** Upper end of the band, inclusive. */
  readonly upTo: number;
  readonly count: number;
  /** USDT. */
  readonly notional: number;
  /** Of all open worth, [0, 1]. */
  readonly share: number;
}

const BANDS = [3, 5, 10, 15, 20] as const;

/** Open worth by leverage; bands without a position are kept, so that the picture does not jump. */
export function leverageBands(rows: readonly Pick<Exposure, 'leverage' | 'notional'>[]): readonly LeverageBand[] {
  const total = rows.reduce((sum, row) => sum + row.notional, 0);
  return BANDS.map((upTo, index) => {
    const above = BANDS[index - 1] ?? 0;
    const held = rows.filter(({ leverage }) => leverage > above && (leverage <= upTo || index === BANDS.length - 1));
    const notional = held.reduce((sum, row) => sum + row.notional, 0);
    return { upTo, count: held.length, notional, share: total === 0 ? 0 : notional / total };
  });
}
