// Leverage brackets where the exchange's own table is not at hand: three sizes of contract, in the shape of the table of 2026-05.
import type { LeverageBracket } from '../../../src-shared/domain/instrument.ts';

export type ContractSize = 'major' | 'large' | 'small';

type Tier = readonly [leverage: number, cap: number, maintenance: number];

const TIERS: Readonly<Record<ContractSize, readonly Tier[]>> = {
  major: [
    [125, 300_000, 0.004],
    [100, 800_000, 0.005],
    [75, 3_000_000, 0.0065],
    [50, 12_000_000, 0.01],
    [25, 70_000_000, 0.02],
    [20, 100_000_000, 0.025],
    [10, 230_000_000, 0.05],
    [5, 480_000_000, 0.1],
  ],
  large: [
    [75, 50_000, 0.006],
    [50, 500_000, 0.01],
    [25, 4_000_000, 0.02],
    [20, 8_000_000, 0.025],
    [10, 20_000_000, 0.05],
    [5, 40_000_000, 0.1],
  ],
  small: [
    [50, 10_000, 0.01],
    [25, 100_000, 0.02],
    [20, 500_000, 0.025],
    [10, 2_000_000, 0.05],
    [5, 5_000_000, 0.1],
  ],
};

/** Caps in USDT. The constant of each tier follows from continuity of the maintenance margin at the tier's floor. */
export function bracketsOf(size: ContractSize): readonly LeverageBracket[] {
  let floor = 0;
  let cumulative = 0;
  let previous = 0;
  return TIERS[size].map(([initialLeverage, notionalCap, maintenanceMarginRatio], index) => {
    cumulative += floor * (maintenanceMarginRatio - previous);
    const bracket = {
      bracket: index + 1,
      initialLeverage,
      notionalFloor: floor,
      notionalCap,
      maintenanceMarginRatio,
      cumulative: Math.round(cumulative * 100) / 100,
    };
    floor = notionalCap;
    previous = maintenanceMarginRatio;
    return bracket;
  });
}
