// A position opened by hand: the person chooses side, stop and target, the risk manager sizes it or says why not.
import type { OpenPositionCommand } from '../../../src-shared/contract/commands.ts';
import { say } from '../../../src-shared/contract/said.ts';
import { ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { epochMs, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { review } from '../risk/manager.ts';
import { accept, refuse, refuseDenied, type Answer } from './answer.ts';
import type { EngineState } from './engine-state.ts';
import { decide, riskRequest } from './live-tick.ts';
import type { OutputBuilder } from './output.ts';

const HOUR_MS = 3_600_000;
/** A person's conviction is not a measured probability: even odds, wholly uncertain, so leverage stays at its lowest. */
const CONFIDENCE = 0.5;
const UNCERTAINTY = 1;

export function openByHand(
  state: EngineState,
  command: OpenPositionCommand,
  { now, output }: { readonly now: EpochMs; readonly output: OutputBuilder },
): Answer {
  const judged = judge(state, command, now);
  if (judged === null) return refuse('open.unknown_symbol', say('refused.unknownSymbol', { symbol: command.symbol }));
  const { signal, verdict } = judged;
  if (verdict.kind === 'denied') {
    decide({ signal, outcome: 'denied', reason: verdict }, { now, output });
    return refuseDenied('open', verdict);
  }
  decide({ signal, outcome: 'executed', reason: null }, { now, output });
  output.absorb(state.virtual.open(signal, 'traded', now));
  output.absorb(state.desk.openPosition(verdict.approval, signal, now));
  output.effect({ kind: 'require-symbols', symbols: state.desk.positions().map((position) => position.symbol) });
  const { factors } = verdict.approval;
  return accept(command.limit == null ? 'answer.opening' : 'answer.placing', {
    symbol: command.symbol,
    side: command.side,
    leverage: factors.leverage,
    percent: (factors.lossAtStopFraction * 100).toFixed(2),
  });
}

/** The signal a person makes and what the risk manager says to it; null for a market that is not there. */
export function judge(
  state: EngineState,
  command: OpenPositionCommand,
  now: EpochMs,
): { readonly signal: Signal; readonly verdict: ReturnType<typeof review> } | null {
  const signal = signalOf(state, command, now);
  if (signal === null) return null;
  const request = riskRequest(state, signal, now);
  const verdict =
    request === null
      ? ({ kind: 'denied', code: 'data_stale', numbers: {} } as const)
      : review({ ...request, mostLots: command.mostLots, isPostOnly: command.postOnly });
  return { signal, verdict };
}

function signalOf(state: EngineState, command: OpenPositionCommand, now: EpochMs): Signal | null {
  const instrument = state.market.instrument(command.symbol);
  const price = state.market.prices.get(command.symbol)?.last;
  if (instrument === null || price === undefined) return null;
  const limit = command.limit ?? null;
  const entry = limit === null ? price : ticksToPrice(instrument, ticks(limit));
  const stop = ticksToPrice(instrument, ticks(command.stop));
  const reward = Math.abs(entry - stop) * state.settings.rewardRiskRatio;
  const target = command.target === null ? entry + (command.side === 'long' ? reward : -reward) : ticksToPrice(instrument, ticks(command.target));
  return {
    id: `manual-${command.symbol}-${now}`,
    symbol: command.symbol,
    side: command.side,
    decidedAt: now,
    strategy: 'manual',
    plan: {
      side: command.side,
      entryKind: limit === null ? 'market' : 'limit',
      entry,
      stop,
      target,
      rewardRisk: Math.abs(target - entry) / Math.abs(entry - stop),
      expiresAt: epochMs(now + state.settings.virtualExpiryHours * HOUR_MS),
    },
    confidence: CONFIDENCE,
    ictConfidence: CONFIDENCE,
    uncertainty: UNCERTAINTY,
    quality: CONFIDENCE,
    evidence: {
      regime: state.market.state.get(command.symbol)?.frames['1h'].regime.regime ?? 'unknown',
      subScores: { trendAlignment: 0, marketStructure: 0, pricePosition: 0, momentum: 0, volatility: 0 },
      zone: null,
      trigger: 'Opened by hand',
      facts: [
        { label: 'Price', value: price },
        { label: 'Stop distance', value: (Math.abs(entry - stop) / entry) * 100, unit: '%' },
      ],
      opinions: [],
      fallback: null,
    },
  };
}
