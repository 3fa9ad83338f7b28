// Which settings indicators and detectors are built with, so that a change of one is known to ask for reading the candles again.
import type { Settings } from '../../../src-shared/contract/settings.ts';

/** Everything a TimeframeState reads; every other setting is read at the moment of a decision. A test compares the list with what is really read. */
export const ANALYSIS_SETTINGS = [
  'emaFast',
  'emaSlow',
  'rsiPeriod',
  'atrPeriod',
  'adxPeriod',
  'internalSwingLength',
  'swingLength',
  'wicksBreakStructure',
  'minGapAtr',
  'equalLevelAtr',
  'orderBlockMinVolumeRatio',
  'orderBlockMaxTestCount',
  'orderBlockDecayEnabled',
  'orderBlockTimeDecayHours',
  'orderBlockDecayRatePercent',
  'orderBlockMaxHistory',
  'regimeRangingAdx',
  'regimeTrendingAdx',
  'regimeStrongAdx',
  'regimeHysteresis',
] as const satisfies readonly (keyof Settings)[];

/** True when both settings give the same indicators and the same structure. */
export function isSameAnalysis(a: Settings, b: Settings): boolean {
  return ANALYSIS_SETTINGS.every((name) => a[name] === b[name]);
}
