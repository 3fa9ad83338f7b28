// The facts behind a decision, in words and numbers a trader can check on the chart.
import type { Evidence, Fact, SubScores, ZoneReference } from '../../../src-shared/domain/signal.ts';
import { FORECAST_BARS, MARKET_CLASSES } from '../structure/regime-forecast.ts';
import type { EffectiveRegime, RegimeForecast } from '../structure/regime-forecast.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { Bias } from './bias.ts';
import type { Trigger } from './trigger.ts';

export interface EvidenceInput {
  readonly state: SymbolState;
  readonly regime: EffectiveRegime;
  readonly bias: Bias;
  readonly zone: ZoneReference;
  readonly distanceAtr: number;
  readonly rangePosition: number;
  readonly trigger: Trigger;
  readonly subScores: SubScores;
  readonly targetFrom: 'ratio' | 'pool';
  /** What generated features say for a long; null without them. */
  readonly dynamicScore: number | null;
  readonly fallback: string | null;
}

function direction(vote: number): string {
  return vote > 0 ? 'up' : vote < 0 ? 'down' : 'flat';
}

function describeTrigger(trigger: Trigger): string {
  if (trigger.kind === 'waiting') return `waiting: ${trigger.code}`;
  switch (trigger.name) {
    case 'bos':
      return '5m break of structure after touching the zone';
    case 'choch':
      return '5m change of character after touching the zone';
    case 'sweep':
      return '5m sweep of the near pool that closed back after touching the zone';
  }
}

/** Why the regime is not the one of ADX. */
export function forecastFacts(forecast: RegimeForecast): readonly Fact[] {
  return MARKET_CLASSES.map((name) => ({ label: `forecast: ${name} in ${FORECAST_BARS} h`, value: forecast.probabilities[name] * 100, unit: '%' }));
}

/** Evidence of an ICT candidate. Models add their opinions later. */
export function buildEvidence(input: EvidenceInput): Evidence {
  const { state, bias, zone, trigger } = input;
  const { regime, forecast } = input.regime;
  const { '5m': five, '15m': fifteen, '1h': hour } = state.frames;
  const facts: Fact[] = [
    { label: '1h EMA order', value: direction(bias.order) },
    { label: '1h EMA slope', value: direction(bias.slope) },
    { label: '1h last break', value: direction(bias.structure) },
    { label: '1h ADX', value: hour.indicators.adx.value },
    { label: '15m internal trend', value: fifteen.internalBreaks.trend ?? 'none' },
    { label: 'place in the 15m dealing range', value: input.rangePosition * 100, unit: '%' },
    { label: zone.kind === 'order_block' ? 'order block strength' : 'gap strength', value: zone.strength },
    { label: 'zone tests', value: zone.tests },
    { label: 'distance to the zone', value: input.distanceAtr, unit: 'ATR 15m' },
    { label: '15m ATR', value: fifteen.atr * 100, unit: '% of price' },
    { label: '15m RSI', value: fifteen.indicators.rsi.value },
    { label: '5m RSI', value: five.indicators.rsi.value },
    { label: '15m volume', value: fifteen.indicators.volumeRatio.value, unit: '× mean of 20' },
    { label: 'target', value: input.targetFrom === 'pool' ? 'next opposing liquidity pool' : 'reward ratio' },
  ];
  if (trigger.kind === 'fired') facts.push({ label: 'trigger level', value: trigger.level }, { label: 'candles since the trigger', value: trigger.barsAgo });
  if (input.dynamicScore !== null) facts.push({ label: 'generated features, for a long', value: input.dynamicScore });
  if (forecast !== null) facts.push(...forecastFacts(forecast));
  return { regime, subScores: input.subScores, zone, trigger: describeTrigger(trigger), facts, opinions: [], fallback: input.fallback };
}
