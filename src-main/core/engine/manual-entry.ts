// A position opened by hand: the person chooses side, stop and target, the risk manager sizes it or says why not.
import type { Command } from '../../../src-shared/contract/commands.ts';
import { ticksToPrice } from '../../../src-shared/domain/instrument.ts';
import type { DenialCode, RiskDenial } from '../../../src-shared/domain/risk.ts';
import type { Signal } from '../../../src-shared/domain/signal.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { epochMs, ticks, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { review } from '../risk/manager.ts';
import type { EngineState } from './engine-state.ts';
import { decide, riskRequest } from './live-tick.ts';
import type { OutputBuilder } from './output.ts';

type OpenCommand = Extract<Command, { kind: 'open-position' }>;
type Answer = Result<{ readonly message: string }, { readonly code: string; readonly uiMessage: string }>;

const HOUR_MS = 3_600_000;
/** A person's conviction is not a measured probability: even odds, wholly uncertain, so leverage stays at its lowest. */
const CONFIDENCE = 0.5;
const UNCERTAINTY = 1;

const WORDS: Readonly<Partial<Record<DenialCode, string>>> = {
  trading_halted: 'Trading is halted',
  trading_reducing: 'Positions may only be reduced now',
  mode_forbids_orders: 'Orders with real money are switched off (setting TRADING_ENABLED)',
  data_stale: 'There is no current price or account',
  breaker_blocked: 'The exchange is not answering reliably',
  symbol_not_tradable: 'This contract is not tradable now',
  position_exists: 'There is already a position on this contract',
  opposing_position: 'There is a position on the other side of this contract',
  fills_at_once: 'At this price the entry would fill at once instead of resting',
  order_pending: 'An order on this contract is still under way',
  unresolved_order: 'The outcome of an order on this contract is still being checked',
  max_positions: 'The largest number of positions is open',
  stop_wrong_side: 'Stop or target is on the wrong side of the price',
  stop_too_close: 'The stop is too close to the price',
  stop_too_far: 'The stop is too far from the price',
  gross_exposure: 'The gross exposure limit is reached',
  net_exposure: 'The net exposure limit is reached',
  cluster_exposure: 'The limit for contracts that move together is reached',
  insufficient_margin: 'There is not enough free margin',
  risk_per_trade: 'Even the smallest position would lose more at its stop than the risk limit allows',
  liquidation_too_close: 'Liquidation would be too close to the stop',
  leverage_not_allowed: 'The exchange does not allow the leverage needed',
  below_minimum_notional: 'The position would be below the smallest order value',
  below_minimum_quantity: 'The position would be below the smallest quantity',
};

/** A denial as a sentence for the person who asked. */
export function denialInWords({ code, numbers }: RiskDenial): string {
  const listed = Object.entries(numbers).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`);
  return `${WORDS[code] ?? `The risk manager refused (${code})`}${listed.length > 0 ? ` (${listed.join(', ')})` : ''}. Nothing was done.`;
}

export function openByHand(state: EngineState, command: OpenCommand, { now, output }: { readonly now: EpochMs; readonly output: OutputBuilder }): Answer {
  const signal = signalOf(state, command, now);
  if (signal === null) return err({ code: 'open.unknown_symbol', uiMessage: `${command.symbol} is not watched or has no price yet. Nothing was done.` });
  const request = riskRequest(state, signal, now);
  const verdict = request === null ? ({ kind: 'denied', code: 'data_stale', numbers: {} } as const) : review(request);
  if (verdict.kind === 'denied') {
    decide({ signal, outcome: 'denied', reason: verdict }, { now, output });
    return err({ code: `open.${verdict.code}`, uiMessage: denialInWords(verdict) });
  }
  decide({ signal, outcome: 'executed', reason: null }, { now, output });
  output.absorb(state.virtual.open(signal, 'traded', now));
  output.absorb(state.desk.openPosition(verdict.approval, signal, now));
  output.effect({ kind: 'require-symbols', symbols: state.desk.positions().map((position) => position.symbol) });
  const { factors } = verdict.approval;
  return ok({
    message: `${command.limit == null ? 'Opening' : 'Placing a limit entry for'} ${command.symbol} ${command.side} at ${factors.leverage}× leverage; ${(factors.lossAtStopFraction * 100).toFixed(2)} % of equity is lost at the stop. It is yours: automation only protects it.`,
  });
}

function signalOf(state: EngineState, command: OpenCommand, now: EpochMs): Signal | null {
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
