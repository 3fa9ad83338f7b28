// The liquidity hunter: an entry after a sweep of ranked liquidity, when the ICT rules themselves have no set-up.
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { NoSignal, Side, Signal } from '../../../src-shared/domain/signal.ts';
import { computeSubScores } from '../features/sub-scores.ts';
import { sideSign } from '../features/scale.ts';
import { effectiveRegime } from '../structure/regime-forecast.ts';
import type { SymbolState } from '../structure/symbol-state.ts';
import { subScoreSpread, weighConfidence } from './confidence.ts';
import type { DecisionContext, IctAnalysis } from './context.ts';
import { refuse } from './context.ts';
import type { Sweep } from './liquidity-pools.ts';
import { findSweep, scoreLevel } from './liquidity-pools.ts';
import { buildPlan, chooseTarget } from './plan.ts';
import { QUALITY_FLOOR, judgeQuality } from './quality.ts';

const STOP_BUFFER_ATR = 0.25;
const LEVEL_SHARE = 0.6;
const SIDES: readonly Side[] = ['long', 'short'];

interface Hunt {
  readonly state: SymbolState;
  readonly settings: Settings;
  readonly context: DecisionContext;
  readonly side: Side;
  readonly sweep: Sweep;
}

/**
 * Behind its switch, and only where the rules stopped at bias, set-up or trigger: the better of the fresh sweeps on both sides. Price must
 * still be within the slippage bound of the swept level; stop beyond the wick plus 0.25 ATR (15m); confidence = 0.6 of the level's rank +
 * 0.4 of the ICT sub-scores, at least `liquidityHuntingConfidence`. Anything else leaves the given analysis as it is.
 */
export function huntLiquidity(analysis: IctAnalysis, market: Omit<Hunt, 'side' | 'sweep'>): IctAnalysis {
  if (!market.settings.enableLiquidityHunting || !leavesRoom(analysis)) return analysis;
  const hunts = SIDES.flatMap((side) => {
    const sweep = findSweep(market.state, side);
    return sweep === null ? [] : [propose({ ...market, side, sweep })];
  }).filter((proposal) => proposal !== null);
  const best = hunts.toSorted((a, b) => b.signal.confidence - a.signal.confidence)[0];
  const isTied = hunts.length === 2 && hunts[0]!.signal.confidence === hunts[1]!.signal.confidence;
  if (best === undefined || isTied) return analysis;
  if (best.stoppedBy !== null && analysis.kind === 'candidate') return analysis;
  return best;
}

function leavesRoom(analysis: IctAnalysis): boolean {
  const stopped = analysis.kind === 'none' ? analysis.noSignal : analysis.stoppedBy;
  return stopped !== null && (stopped.step === 'bias' || stopped.step === 'setup' || stopped.step === 'trigger');
}

/** The hunter's candidate for one sweep, or null when price has run away from the level or the stop would be too far. */
function propose(hunt: Hunt): Extract<IctAnalysis, { kind: 'candidate' }> | null {
  const { state, settings, context, side, sweep } = hunt;
  const { '5m': five, '15m': fifteen } = state.frames;
  const sign = sideSign(side);
  const entry = five.close;
  const slippage = Math.abs(Math.log(entry / sweep.level.price));
  if (slippage > settings.liquidityHuntingSlippagePercent / 100 || sign * (entry - sweep.extreme) <= 0) return null;
  const stopDistance = Math.max(sign * Math.log(entry / sweep.extreme) + STOP_BUFFER_ATR * fifteen.atr, settings.minStopDistancePercent / 100);
  if (stopDistance > settings.maxStopDistancePercent / 100) return null;
  const target = chooseTarget({ state, side, entry, stopDistance }, settings);
  const plan = buildPlan({ side, entry, entryKind: 'market', stopDistance, targetR: target.targetR, now: context.now }, settings);
  const subScores = computeSubScores(state, side, settings);
  const modelProbability = context.sweepProbabilities?.[side] ?? null;
  const rank = scoreLevel(sweep.level, { price: entry, now: sweep.time, modelProbability });
  const ictConfidence = weighConfidence(subScores);
  const confidence = LEVEL_SHARE * rank + (1 - LEVEL_SHARE) * ictConfidence;
  const quality = judgeQuality({
    side,
    barsAgo: sweep.barsAgo,
    distanceAtr: slippage / fifteen.atr,
    volumeRatio: fifteen.indicators.volumeRatio.value,
    maxSpread: settings.maxSlippagePercent / 100,
    context,
  });
  const signal: Signal = {
    id: `${state.symbol}-${side}-${sweep.time}`,
    symbol: state.symbol,
    side,
    decidedAt: context.now,
    strategy: 'ict',
    plan,
    confidence,
    ictConfidence: confidence,
    uncertainty: subScoreSpread(subScores),
    quality,
    evidence: {
      regime: effectiveRegime(state.frames['1h'], settings, context.regimeForecast ?? null).regime,
      subScores,
      zone: null,
      trigger: `liquidity hunter: sweep of ${describeLevel(sweep)} that closed back`,
      facts: [
        { label: 'swept level', value: sweep.level.price },
        { label: 'swing points at the level', value: sweep.level.touches },
        { label: 'rank of the level', value: rank * 100, unit: '%' },
        { label: 'distance from the level', value: slippage * 100, unit: '%' },
        { label: 'candles since the sweep', value: sweep.barsAgo },
        { label: 'liquidity model', value: modelProbability === null ? 'none; ranked by size, age and distance' : modelProbability },
        { label: 'target', value: target.targetFrom === 'pool' ? 'next opposing liquidity pool' : 'reward ratio' },
      ],
      opinions: [],
      fallback: null,
    },
  };
  return { kind: 'candidate', signal, stoppedBy: firstStop(signal, hunt) };
}

function describeLevel(sweep: Sweep): string {
  const { level } = sweep;
  const place = sweep.level.source === 'range' ? 'the dealing range edge' : level.touches > 1 ? 'equal levels' : 'a swing';
  return `${place} on ${level.frame.book.timeframe}`;
}

function firstStop(signal: Signal, hunt: Hunt): NoSignal | null {
  const { confidence, quality, symbol, side } = signal;
  const minimum = Math.max(hunt.settings.liquidityHuntingConfidence, hunt.settings.minConfidence);
  const stop = (step: 'confidence' | 'quality', numbers: Readonly<Record<string, number>>, closeness: number): NoSignal =>
    refuse({ symbol, now: hunt.context.now, step, code: `${step}.too_low`, numbers, side, closeness });
  if (confidence < minimum) return stop('confidence', { confidence, minimum }, confidence / minimum);
  if (quality < QUALITY_FLOOR) return stop('quality', { quality, minimum: QUALITY_FLOOR }, quality / QUALITY_FLOOR);
  return null;
}
