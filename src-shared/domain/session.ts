// How the terminal runs: its mode, where its data comes from and where its orders go.
export const MODES = ['simulated', 'paper', 'demo', 'live'] as const;
export type Mode = (typeof MODES)[number];

/**
 * Why a run is in its mode: a flag, nobody chose one yet, chosen last time, last time was live and waits for its confirmation, the chosen
 * one could not be started, what was chosen cannot be read, or chosen on the screen during this run.
 */
export const MODE_REASONS = ['flag', 'first_start', 'remembered', 'live_unconfirmed', 'not_startable', 'unreadable', 'wizard'] as const;
export type ModeReason = (typeof MODE_REASONS)[number];

export interface ModeDescription {
  readonly badge: string;
  readonly marketFrom: 'local venue' | 'Binance' | 'Binance demo';
  readonly ordersTo: 'local venue' | 'Binance' | 'Binance demo';
  readonly realMoney: boolean;
}

const DESCRIPTIONS: Readonly<Record<Mode, ModeDescription>> = {
  simulated: { badge: 'SIMULATED', marketFrom: 'local venue', ordersTo: 'local venue', realMoney: false },
  paper: { badge: 'PAPER', marketFrom: 'Binance', ordersTo: 'local venue', realMoney: false },
  demo: { badge: 'DEMO', marketFrom: 'Binance demo', ordersTo: 'Binance demo', realMoney: false },
  live: { badge: 'LIVE', marketFrom: 'Binance', ordersTo: 'Binance', realMoney: true },
};

/** Badge, places and words of a mode; one table for console, screen and documents. */
export function describeMode(mode: Mode): ModeDescription {
  return DESCRIPTIONS[mode];
}
