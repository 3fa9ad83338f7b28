// The feature schema: ordered names with group and unit, and the hash a model must agree with.

export const FEATURE_SCHEMA_VERSION = 1;

export const FEATURE_GROUPS = ['trend', 'momentum', 'volatility', 'structure', 'zones', 'liquidity', 'volume', 'market', 'time', 'scores'] as const;
export type FeatureGroup = (typeof FEATURE_GROUPS)[number];

export interface FeatureDefinition {
  readonly name: string;
  readonly group: FeatureGroup;
  /** What 1 means. `soft X` is x/(1+|x|) of a measurement in X; `flag` is 0 or 1; `signed` is −1, 0 or 1. */
  readonly unit: string;
}

function group(name: FeatureGroup, features: readonly (readonly [string, string])[]): readonly FeatureDefinition[] {
  return features.map(([feature, unit]) => ({ name: feature, group: name, unit }));
}

/**
 * Every directional feature is seen from the side judged: a long in a market and a short in its mirror image read the same row.
 * "own" is the side judged, "ahead" is where its target lies. A feature ending in `Missing` is the indicator of the one before it.
 *
 * Left out on purpose: taker-buy share, spread, funding and breadth. The candle history that models train on does not carry
 * them, and a feature that is constant in training and alive in serving is worse than none.
 */
export const FEATURES: readonly FeatureDefinition[] = [
  ...group('trend', [
    ['emaSpread5m', 'soft ATR'],
    ['adx5m', '100 ADX'],
    ['emaDistance15m', 'soft ATR'],
    ['emaSpread15m', 'soft ATR'],
    ['emaSlope15m', 'soft ATR/3 bars'],
    ['adx15m', '100 ADX'],
    ['diDifference15m', '100 DI'],
    ['emaSpread1h', 'soft ATR'],
    ['emaSlope1h', 'soft ATR/3 bars'],
    ['adx1h', '100 ADX'],
    ['diDifference1h', '100 DI'],
  ]),
  ...group('momentum', [
    ['rsi5m', '50 RSI from the middle'],
    ['rsi15m', '50 RSI from the middle'],
    ['rsi1h', '50 RSI from the middle'],
    ['rsiSlope15m', 'soft 10 RSI/3 bars'],
    ['return1x5m', 'soft ATR'],
    ['return3x5m', 'soft ATR·√3'],
    ['return12x5m', 'soft ATR·√12'],
    ['return48x5m', 'soft ATR·√48'],
  ]),
  ...group('volatility', [
    ['atrPercent15m', 'soft ln against 0.4 %'],
    ['atrPercentile15m', 'share of 96 bars'],
    ['atrRatio1h', 'soft ratio − 1'],
    ['bollingerWidth15m', 'soft 8 ATR'],
    ['realisedToAtr5m', 'soft ratio'],
  ]),
  ...group('structure', [
    ['internalTrend5m', 'signed'],
    ['internalTrend15m', 'signed'],
    ['swingTrend1h', 'signed'],
    ['breakRecency15m', 'e^(−bars/20)'],
    ['rangePosition15m', 'range from its middle, ±1.5'],
    ['rangePosition15mMissing', 'flag'],
    ['rangePosition1h', 'range from its middle, ±1.5'],
    ['swingAhead15m', 'soft 4 ATR'],
    ['swingBehind15m', 'soft 4 ATR'],
  ]),
  ...group('zones', [
    ['ownBlockDistance15m', 'soft 2 ATR'],
    ['ownBlockDistance15mMissing', 'flag'],
    ['ownBlockStrength15m', '1'],
    ['ownBlockTests15m', '4 tests'],
    ['ownBlockAge15m', 'soft 24 h'],
    ['opposingBlockDistance15m', 'soft 2 ATR'],
    ['opposingBlockDistance15mMissing', 'flag'],
    ['ownGapDistance15m', 'soft 2 ATR'],
    ['ownGapDistance15mMissing', 'flag'],
  ]),
  ...group('liquidity', [
    ['poolAhead15m', 'soft 4 ATR'],
    ['poolAhead15mMissing', 'flag'],
    ['poolBehind15m', 'soft 4 ATR'],
    ['poolBehind15mMissing', 'flag'],
    ['sweepRecency5m', 'e^(−bars/12)'],
  ]),
  ...group('volume', [
    ['volumeRatio5m', 'soft ln ratio'],
    ['volumeRatio15m', 'soft ln ratio'],
    ['volumeSlope15m', 'soft ln ratio of 5 to 20 bars'],
  ]),
  ...group('market', [
    ['bitcoinReturn48x5m', 'soft ATR·√48'],
    ['bitcoinAtrRatio15m', 'soft ratio − 1'],
    ['bitcoinCorrelation48x5m', 'correlation'],
    ['bitcoinMissing', 'flag'],
  ]),
  ...group('time', [
    ['hourSine', '1'],
    ['hourCosine', '1'],
    ['weekdaySine', '1'],
    ['weekdayCosine', '1'],
    ['killZone', 'flag'],
  ]),
  ...group('scores', [
    ['trendAlignment', '1'],
    ['marketStructure', '1'],
    ['pricePosition', '1'],
    ['momentum', '1'],
    ['volatility', '1'],
  ]),
];

export const FEATURE_COUNT = FEATURES.length;

/** 64-bit FNV-1a, as 16 hexadecimal digits. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= BigInt(text.charCodeAt(index));
    hash = BigInt.asUintN(64, hash * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** Names, order, units and version in one word: a model trained on another schema is refused by it. */
export const FEATURE_SCHEMA_HASH = fnv1a(
  [`v${FEATURE_SCHEMA_VERSION}`, ...FEATURES.map((feature) => `${feature.group}.${feature.name}[${feature.unit}]`)].join('|'),
);
