// What should be true before the mode is changed, and whether it is. Pure.
import type { Snapshot } from '../../src-shared/contract/view.ts';
import type { Mode } from '../../src-shared/domain/session.ts';
import type { PhraseKey, Values } from '../i18n/translate.ts';

/** The review's limits for real money. */
export const LIVE_LEVERAGE = 10;
export const LIVE_CONFIDENCE = 0.45;

export interface ModeCheck {
  readonly phrase: PhraseKey;
  readonly values: Values;
  readonly isMet: boolean;
}

export interface ModeCheckInputs {
  readonly snapshot: Pick<Snapshot, 'settings' | 'health'>;
  /** Positions that are open here. */
  readonly open: number;
}

export function modeChecks(wanted: Mode, { snapshot: { settings, health }, open }: ModeCheckInputs): readonly ModeCheck[] {
  // The engine's own judgement of the clock: it knows how fast the clock of the mode runs.
  const clock = health.checks.find(({ id }) => id === 'clock');
  const common: readonly ModeCheck[] = [
    { phrase: 'mode.checkFlat', values: { count: open }, isMet: open === 0 },
    { phrase: 'mode.checkClock', values: {}, isMet: clock?.state === 'ok' },
    { phrase: 'mode.checkWeight', values: {}, isMet: health.breaker === 'normal' },
  ];
  if (wanted !== 'live') return common;
  return [
    ...common,
    { phrase: 'mode.checkLeverage', values: { value: settings.maxLeverage }, isMet: settings.maxLeverage <= LIVE_LEVERAGE },
    { phrase: 'mode.checkConfidence', values: { value: settings.minConfidence }, isMet: settings.minConfidence >= LIVE_CONFIDENCE },
    { phrase: settings.tradingEnabled ? 'mode.checkTrading' : 'mode.checkWatching', values: {}, isMet: settings.tradingEnabled },
  ];
}

/** The limits that decide what can be lost, for the sentence a person reads before real money. */
export function limitValues({ settings }: Pick<Snapshot, 'settings'>): Values {
  return {
    risk: settings.riskPerTradePercent,
    day: settings.dailyLossLimitPercent,
    drawdown: settings.maxDrawdownPercent,
    margin: settings.maxMarginPercent,
    leverage: settings.maxLeverage,
    positions: settings.maxPositions,
  };
}
