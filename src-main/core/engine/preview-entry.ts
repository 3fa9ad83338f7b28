// What the risk manager would make of a position opened by hand now, for the ticket; nothing is sent, written or remembered.
import type { OpenPositionCommand } from '../../../src-shared/contract/commands.ts';
import type { ExposureUse, OpenApproved, OpenPreview } from '../../../src-shared/contract/trade-calls.ts';
import { lotsToQuantity } from '../../../src-shared/domain/instrument.ts';
import { TAKER_FEE_FRACTION } from '../../../src-shared/domain/loss-at-stop.ts';
import { moneyFromUsdt, moneyToUsdt, type EpochMs } from '../../../src-shared/kernel/units.ts';
import { exposuresOf, minimumLotsOf, type RiskApproved } from '../risk/manager.ts';
import type { EngineState } from './engine-state.ts';
import { judge } from './manual-entry.ts';
import { riskFacts } from './risk-facts.ts';

/** The same judgement as the command's own, with what the size means; a market that is not there is not tradable. */
export function previewEntry(state: EngineState, command: OpenPositionCommand, now: EpochMs): OpenPreview {
  const judged = judge(state, command, now);
  if (judged === null) return { kind: 'denied', code: 'symbol_not_tradable', numbers: {} };
  const { verdict } = judged;
  return verdict.kind === 'denied' ? verdict : approved(state, { approval: verdict.approval, symbol: command.symbol }, now);
}

function approved(state: EngineState, { approval, symbol }: { readonly approval: RiskApproved; readonly symbol: string }, now: EpochMs): OpenApproved {
  const { instrument, lots, leverage, expectedPrice, side } = approval;
  const notionalUsdt = lotsToQuantity(instrument, lots) * expectedPrice;
  const minimum = Math.max(instrument.minNotional, moneyFromUsdt(state.settings.minNotionalUsdt));
  const facts = riskFacts(state, { symbol }, now);
  const addedPercent = facts === null ? Number.NaN : (notionalUsdt / moneyToUsdt(facts.equity)) * 100;
  const exposure = facts === null ? [] : exposuresOf({ ...facts, signal: { side } });
  return {
    kind: 'approved',
    lots,
    leverage,
    price: expectedPrice,
    stop: approval.stop,
    target: approval.target,
    order: orderOf(approval),
    notionalUsdt,
    marginUsdt: notionalUsdt / leverage,
    feesUsdt: 2 * TAKER_FEE_FRACTION * notionalUsdt,
    factors: approval.factors,
    minimumLots: minimumLotsOf(instrument, { price: expectedPrice, minimum }),
    exposure: exposure.map(({ code, percent, maximum }): ExposureUse => ({ limit: code, before: percent, after: percent + addedPercent, maximum })),
  };
}

function orderOf({ limit, timeInForce }: RiskApproved): OpenApproved['order'] {
  if (limit === null) return 'market';
  if (timeInForce === 'IOC') return 'bounded';
  return timeInForce === 'GTX' ? 'post_only' : 'limit';
}
