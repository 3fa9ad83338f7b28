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

/**
 * 16 hexadecimal digits. A strategy is pure but for the ids it already signalled, so the same word means the same decision; deciding again
 * on a replay of the session gives the same word.
 */
export function hashInputs(state: SymbolState, settings: Settings, context: DecisionContext): string {
  const hash = new NumberHash();
  hash.addText(state.symbol);
  for (const timeframe of TIMEFRAMES) hash.addHash(state.frames[timeframe].inputs);
  hash.add(state.gap === null ? 0 : 1);
  hash.addHash(hashOfSettings(settings));
  hash.add(context.now);
  hash.add(context.spreadFraction ?? Number.NaN);
  for (const side of SIDES) {
    addOpinion(hash, context.opinions[side]);
    hash.add(context.correlatedPositions[side]);
    hash.add(context.sweepProbabilities?.[side] ?? Number.NaN);
  }
  hash.add(context.modelHasEdge ? 1 : 0);
  hash.add(context.openSide === null ? 0 : context.openSide === 'long' ? 1 : -1);
  hash.add(context.dynamicScore ?? Number.NaN);
  for (const name of MARKET_CLASSES) hash.add(context.regimeForecast?.probabilities[name] ?? Number.NaN);
  return hash.text;
}

function addOpinion(hash: NumberHash, opinion: ModelOpinion | null): void {
  hash.add(opinion?.winProbability ?? Number.NaN);
  hash.add(opinion?.low ?? Number.NaN);
  hash.add(opinion?.high ?? Number.NaN);
  hash.addText(opinion === null ? '' : `${opinion.model} ${opinion.version}`);
}
