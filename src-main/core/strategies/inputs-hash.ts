// Names everything a decision was made from: every candle read, the settings, and what the strategy was told besides.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { TIMEFRAMES } from '../../../src-shared/domain/candle.ts';
import type { ModelOpinion, Side } from '../../../src-shared/domain/signal.ts';
import { NumberHash } from '../structure/candle-hash.ts';
import { MARKET_CLASSES } from '../structure/regime-forecast.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import type { DecisionContext } from './context.ts';

const SIDES: readonly Side[] = ['long', 'short'];
/** Settings do not change between decisions, so their part is worked out once. */
const settingsHashes = new WeakMap<Settings, NumberHash>();

function hashOfSettings(settings: Settings): NumberHash {
  const known = settingsHashes.get(settings);
  if (known !== undefined) return known;
  const hash = new NumberHash();
  hash.addText(JSON.stringify(Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1))));
  settingsHashes.set(settings, hash);
  return hash;
}

/** Reused for every decision: only the word leaves. */
const hash = new NumberHash();

/**
 * 16 hexadecimal digits. A strategy is pure but for the ids it already signalled, so the same word means the same decision; deciding again
 * on a replay of the session gives the same word.
 */
export function hashInputs(state: SymbolState, settings: Settings, context: DecisionContext): string {
  hash.reset();
  for (const timeframe of TIMEFRAMES) hash.addHash(state.frames[timeframe].inputs);
  hash.addHash(hashOfSettings(settings));
  hash.add(context.now);
  hash.add(wordOf(state, context));
  if (context.spreadFraction !== null) hash.add(context.spreadFraction);
  for (const side of SIDES) {
    addOpinion(context.opinions[side]);
    hash.add(context.correlatedPositions[side]);
    if (context.sweepProbabilities !== undefined) hash.add(context.sweepProbabilities[side] ?? Number.NaN);
  }
  if (context.modelDiscount !== undefined) hash.add(context.modelDiscount);
  if (context.dynamicScore !== undefined) hash.add(context.dynamicScore);
  if (context.regimeForecast != null) for (const name of MARKET_CLASSES) hash.add(context.regimeForecast.probabilities[name]);
  return hash.text;
}

/** In place of `hashInputs` where nobody wants the word: what it says of later decisions stays the same. */
export function keepInputs(state: SymbolState): void {
  for (const timeframe of TIMEFRAMES) state.frames[timeframe].keepInputs();
}

/** What is there at all, and every yes or no, in one number; without it two contexts could read the same numbers differently. */
function wordOf(state: SymbolState, context: DecisionContext): number {
  const { openSide } = context;
  return (
    bit(state.gap !== null, 0) +
    bit(context.modelHasEdge, 1) +
    bit(openSide === 'long', 2) +
    bit(openSide === 'short', 3) +
    bit(context.spreadFraction !== null, 4) +
    bit(context.sweepProbabilities !== undefined, 5) +
    bit(context.modelDiscount !== undefined, 6) +
    bit(context.dynamicScore !== undefined, 7) +
    bit(context.regimeForecast != null, 8)
  );
}

function bit(isSet: boolean, place: number): number {
  return isSet ? 2 ** place : 0;
}

function addOpinion(opinion: ModelOpinion | null): void {
  if (opinion === null) return hash.add(Number.NaN);
  hash.add(opinion.winProbability);
  hash.add(opinion.low);
  hash.add(opinion.high);
  hash.addText(`${opinion.model} ${opinion.version}`);
}
