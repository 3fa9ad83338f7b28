// The contracts of the local venue: real-looking names and filters that follow the price, as the exchange sets them.
import type { Instrument, LeverageBracket } from '../../src-shared/domain/instrument.ts';
import { epochMs, lots, money, ticks } from '../../src-shared/kernel/units.ts';

/** Base assets of the synthetic market, most liquid first, with a price to start from in USDT. */
const BASES: readonly (readonly [string, number])[] = [
  ['BTC', 96_000],
  ['ETH', 3400],
  ['SOL', 190],
  ['XRP', 2.3],
  ['BNB', 690],
  ['DOGE', 0.34],
  ['ADA', 0.92],
  ['AVAX', 38],
  ['LINK', 22],
  ['TRX', 0.25],
  ['SUI', 4.3],
  ['1000PEPE', 0.018],
  ['LTC', 105],
  ['DOT', 7.1],
  ['BCH', 450],
  ['NEAR', 5.4],
  ['UNI', 13],
  ['APT', 9.4],
  ['ARB', 0.78],
  ['OP', 1.9],
  ['FIL', 5.1],
  ['ATOM', 6.6],
  ['ETC', 27],
  ['INJ', 21],
  ['HBAR', 0.28],
  ['ICP', 10.6],
  ['AAVE', 320],
  ['TIA', 4.9],
  ['SEI', 0.42],
  ['WIF', 1.8],
  ['ENA', 0.95],
  ['ONDO', 1.4],
  ['WLD', 2.2],
  ['TAO', 460],
  ['RENDER', 7.2],
  ['FET', 1.35],
  ['币安人生', 0.16],
  ['HYPE', 34],
  ['JUP', 0.86],
  ['PENDLE', 5.2],
  ['CRV', 0.9],
  ['LDO', 1.9],
  ['MKR', 1600],
  ['GALA', 0.036],
  ['SAND', 0.58],
  ['MANA', 0.49],
  ['AXS', 6.4],
  ['XLM', 0.36],
  ['ALGO', 0.34],
  ['VET', 0.047],
  ['THETA', 2.2],
  ['GRT', 0.21],
  ['RUNE', 4.8],
  ['EGLD', 33],
  ['FLOW', 0.72],
  ['KAVA', 0.46],
  ['ZEC', 56],
  ['DASH', 37],
  ['XMR', 195],
  ['COMP', 82],
  ['SNX', 1.9],
  ['YFI', 8300],
  ['SUSHI', 1.4],
  ['1INCH', 0.39],
  ['ENJ', 0.21],
  ['CHZ', 0.083],
  ['BAT', 0.24],
  ['ZIL', 0.022],
  ['IOTA', 0.28],
  ['QTUM', 3.1],
  ['NEO', 14],
  ['ONT', 0.23],
  ['ZRX', 0.46],
  ['KSM', 32],
  ['CELO', 0.66],
  ['ROSE', 0.078],
  ['MINA', 0.58],
  ['STX', 1.5],
  ['IMX', 1.3],
  ['GMT', 0.15],
  ['APE', 1.1],
  ['DYDX', 1.5],
  ['GMX', 26],
  ['BLUR', 0.25],
  ['PYTH', 0.36],
  ['JTO', 3.1],
  ['STRK', 0.42],
  ['MANTA', 0.83],
  ['ALT', 0.11],
  ['PIXEL', 0.16],
  ['PORTAL', 0.36],
  ['AEVO', 0.35],
  ['ETHFI', 2.1],
  ['W', 0.27],
  ['SAGA', 1.2],
  ['TNSR', 0.5],
  ['REZ', 0.04],
  ['BB', 0.37],
  ['NOT', 0.0061],
  ['IO', 2.9],
  ['ZK', 0.19],
  ['ZRO', 4.9],
  ['BANANA', 24],
  ['DOGS', 0.0005],
  ['TON', 5.4],
  ['CATI', 0.42],
  ['EIGEN', 3.6],
  ['SCR', 0.83],
  ['GOAT', 0.5],
  ['MOODENG', 0.23],
  ['PNUT', 0.68],
  ['ACT', 0.32],
  ['USUAL', 0.97],
  ['VIRTUAL', 3.3],
  ['ME', 3.4],
  ['MOVE', 0.92],
  ['PENGU', 0.034],
  ['FARTCOIN', 1.1],
  ['BIO', 0.33],
  ['SONIC', 0.61],
  ['TRUMP', 36],
  ['MELANIA', 2.4],
  ['ANIME', 0.036],
  ['VINE', 0.17],
  ['BERA', 6.8],
  ['LAYER', 0.93],
  ['KAITO', 1.7],
  ['IP', 4.5],
  ['RED', 0.63],
  ['MUBARAK', 0.14],
  ['PARTI', 0.22],
  ['GUN', 0.066],
  ['BABY', 0.09],
  ['WCT', 0.34],
  ['KERNEL', 0.18],
  ['INIT', 0.71],
  ['SIGN', 0.083],
  ['SXT', 0.1],
  ['NXPC', 1.8],
  ['SOPH', 0.05],
  ['HUMA', 0.04],
  ['LA', 0.55],
  ['HOME', 0.03],
  ['RESOLV', 0.19],
  ['SPK', 0.06],
  ['NEWT', 0.29],
  ['SAHARA', 0.08],
  ['C', 0.27],
  ['PUMP', 0.0043],
  ['ERA', 0.9],
  ['TREE', 0.41],
  ['PROVE', 1.1],
  ['WLFI', 0.19],
  ['LINEA', 0.026],
  ['ASTER', 1.4],
  ['XPL', 0.9],
  ['AVNT', 1.1],
  ['BARD', 0.8],
  ['ZKC', 0.5],
  ['MIRA', 1.2],
  ['FF', 0.17],
  ['EDEN', 0.2],
  ['2Z', 0.4],
  ['MORPHO', 2.1],
  ['ENSO', 1.3],
  ['YB', 0.55],
  ['CLO', 0.3],
  ['AIA', 1.6],
  ['KITE', 0.08],
  ['MET', 0.45],
  ['ALLO', 0.28],
  ['MMT', 0.7],
  ['SAPIEN', 0.19],
  ['ORDI', 33],
  ['1000SATS', 0.00022],
  ['1000FLOKI', 0.19],
  ['1000BONK', 0.031],
  ['1000SHIB', 0.023],
  ['1000LUNC', 0.11],
  ['JASMY', 0.035],
  ['CFX', 0.16],
  ['KAS', 0.12],
  ['AR', 19],
  ['TURBO', 0.011],
  ['PEOPLE', 0.05],
  ['MEME', 0.012],
  ['BOME', 0.008],
  ['RSR', 0.013],
  ['HOT', 0.0026],
  ['ANKR', 0.039],
  ['COTI', 0.14],
  ['SKL', 0.07],
  ['LRC', 0.24],
  ['CTSI', 0.2],
  ['STORJ', 0.58],
  ['BAND', 1.5],
  ['RLC', 2.1],
  ['TRB', 74],
  ['AUCTION', 18],
];

export interface SyntheticListing {
  readonly instrument: Instrument;
  readonly startPrice: number;
  /** Rank by liquidity, 0 first. */
  readonly rank: number;
}

/** Tick so that a price has four to five significant digits, step so that one lot is worth a few USDT at most. */
export function deriveInstrument(symbol: string, price: number, rank: number): Instrument {
  const priceScale = Math.max(0, Math.min(8, 4 - Math.floor(log10Floor(price))));
  const scale = price >= 1000 ? (price >= 10_000 ? 1 : 2) : priceScale;
  const quantityScale = Math.max(0, Math.min(3, log10Floor(price)));
  const unit = (value: number): number => Math.round(value * 10 ** scale);
  return {
    symbol,
    baseAsset: symbol.replace(/USDT$/, ''),
    quoteAsset: 'USDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    onboardTime: epochMs(1_569_398_400_000),
    priceScale: scale,
    tickUnits: 1,
    quantityScale,
    stepUnits: 1,
    minPrice: ticks(Math.max(1, unit(price / 100))),
    maxPrice: ticks(unit(price * 100)),
    minLots: lots(1),
    maxLots: lots(10_000_000),
    marketMinLots: lots(1),
    marketMaxLots: lots(2_000_000),
    marketStepLots: 1,
    minNotional: money((rank < 2 ? 100 : 5) * 1e8),
    multiplierUp: 1.15,
    multiplierDown: 0.85,
    triggerProtect: 0.1,
    liquidationFee: 0.0125,
    marketTakeBound: 0.1,
    brackets: bracketsOf(rank),
  };
}

function log10Floor(value: number): number {
  let exponent = 0;
  let rest = value;
  while (rest >= 10) {
    rest /= 10;
    exponent += 1;
  }
  while (rest < 1) {
    rest *= 10;
    exponent -= 1;
  }
  return exponent;
}

/** Tiers in the shape of the exchange's table as of 2026-05: majors, large and small contracts. `cumulative` follows from the tiers. */
export function bracketsOf(rank: number): readonly LeverageBracket[] {
  const tiers: readonly (readonly [number, number, number])[] =
    rank < 2
      ? [
          [125, 300_000, 0.004],
          [100, 800_000, 0.005],
          [75, 3_000_000, 0.0065],
          [50, 12_000_000, 0.01],
          [25, 70_000_000, 0.02],
          [20, 100_000_000, 0.025],
          [10, 230_000_000, 0.05],
          [5, 480_000_000, 0.1],
        ]
      : rank < 20
        ? [
            [75, 50_000, 0.006],
            [50, 500_000, 0.01],
            [25, 4_000_000, 0.02],
            [20, 8_000_000, 0.025],
            [10, 20_000_000, 0.05],
            [5, 40_000_000, 0.1],
          ]
        : [
            [50, 10_000, 0.01],
            [25, 100_000, 0.02],
            [20, 500_000, 0.025],
            [10, 2_000_000, 0.05],
            [5, 5_000_000, 0.1],
          ];
  let floor = 0;
  let cumulative = 0;
  let previousRatio = 0;
  return tiers.map(([initialLeverage, notionalCap, maintenanceMarginRatio], index) => {
    cumulative += floor * (maintenanceMarginRatio - previousRatio);
    const bracket = {
      bracket: index + 1,
      initialLeverage,
      notionalFloor: floor,
      notionalCap,
      maintenanceMarginRatio,
      cumulative: Math.round(cumulative * 100) / 100,
    };
    floor = notionalCap;
    previousRatio = maintenanceMarginRatio;
    return bracket;
  });
}

export function syntheticListings(count: number): readonly SyntheticListing[] {
  return Array.from({ length: count }, (_, rank) => {
    const [base, price] = BASES[rank] ?? [`TOKEN${rank}`, 0.5 + (rank % 17)];
    return { instrument: deriveInstrument(`${base}USDT`, price, rank), startPrice: price, rank };
  });
}
