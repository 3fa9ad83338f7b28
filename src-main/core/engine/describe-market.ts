// One symbol as the screens see it after a cycle: how far it came, why it stopped, what the models said, and what it was decided from.
import type { MarketAnalysis } from '../../../src-shared/contract/view.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import type { ModelOpinion } from '../../../src-shared/domain/signal.ts';
import type { EpochMs } from '../../../src-shared/kernel/units.ts';
import { judgeBias } from '../strategies/bias.ts';
import type { Evaluation } from '../strategies/context.ts';
import { distanceToZone } from '../strategies/setup.ts';
import type { SymbolState } from '../structure/symbol-state.ts';

export interface DecisionSeen {
  readonly settings: Settings;
  /** By `SYMBOL side`. */
  readonly opinions: ReadonlyMap<string, ModelOpinion>;
  readonly now: EpochMs;
  readonly inputsHash: string;
}

export function describeMarket(state: SymbolState, evaluation: Evaluation, { settings, opinions, now, inputsHash }: DecisionSeen): MarketAnalysis {
  const { symbol, frames } = state;
  const bias = judgeBias(frames['1h']).side;
  const signal = evaluation.kind === 'signal' ? evaluation.signal : evaluation.candidate;
  const stopped = evaluation.kind === 'signal' ? null : evaluation.noSignal;
  const opinion = opinions.get(`${symbol} ${signal?.side ?? bias ?? 'long'}`);
  return {
    symbol,
    regimes: { '5m': frames['5m'].regime.regime, '15m': frames['15m'].regime.regime, '1h': frames['1h'].regime.regime },
    bias,
    progress: stopped?.progress ?? 1,
    stoppedAt: stopped?.step ?? null,
    stopCode: stopped?.code ?? null,
    stopNumbers: stopped?.numbers ?? {},
    confidence: signal?.confidence ?? null,
    uncertainty: signal?.uncertainty ?? null,
    modelProbability: opinion?.winProbability ?? null,
    signalId: evaluation.kind === 'signal' ? evaluation.signal.id : null,
    zoneDistanceAtr: bias === null ? null : distanceToZone(state, bias, settings),
    inputsHash,
    analysedAt: now,
  };
}
