// Stable codes into sentences a trader reads: why there is no signal, why a trade was denied.
import type { DenialCode } from '../../src-shared/domain/risk.ts';
import type { FunnelStep } from '../../src-shared/domain/signal.ts';

export const STEP_NAMES: Readonly<Record<FunnelStep, string>> = {
  data: 'Data',
  regime: 'Regime',
  bias: 'Bias',
  setup: 'Set-up',
  trigger: 'Trigger',
  confidence: 'Confidence',
  plan: 'Plan',
  quality: 'Quality',
  model: 'Models',
  rank: 'Rank',
  risk: 'Risk',
};

type Numbers = Readonly<Record<string, number>>;
type Sentence = (numbers: Numbers) => string;

const n = (value: number | undefined, places = 1): string => (value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(places));
const p = (value: number | undefined): string => (value === undefined ? '–' : `${Math.round(value * 100)} %`);

export const DENIALS: Readonly<Record<DenialCode, Sentence>> = {
  trading_halted: () => 'Trading is halted; only protection works.',
  trading_reducing: () => 'Positions may only be reduced now.',
  automation_paused: () => 'Automation is paused.',
  mode_forbids_orders: () => 'TRADING_ENABLED is off; real orders are not sent.',
  data_stale: () => 'The price is too old.',
  symbol_not_tradable: () => 'The exchange does not trade this contract now.',
  symbol_paused: () => 'This symbol is paused.',
  position_exists: () => 'A position on this side is already open.',
  opposing_position: () => 'A position on the other side is open.',
  order_pending: () => 'An order on this symbol is still under way.',
  symbol_cooldown: (v) => `Cooling down after a loss: ${n(v['sinceMinutes'], 0)} of ${n(v['cooldownMinutes'], 0)} minutes.`,
  max_positions: (v) => `${n(v['open'], 0)} positions are open, the limit is ${n(v['maximum'], 0)}.`,
  max_signals: () => 'Enough signals were taken this cycle.',
  gross_exposure: (v) => `Gross exposure ${n(v['percent'], 0)} % of equity, limit ${n(v['maximum'], 0)} %.`,
  net_exposure: (v) => `Net exposure ${n(v['percent'], 0)} % of equity, limit ${n(v['maximum'], 0)} %.`,
  cluster_exposure: (v) => `Correlated exposure ${n(v['percent'], 0)} % of equity, limit ${n(v['maximum'], 0)} %.`,
  stop_wrong_side: () => 'Price has already passed the stop or the target.',
  stop_too_close: (v) => `The stop is ${n(v['distancePercent'], 2)} % away; at least ${n(v['minimumPercent'], 2)} % is needed.`,
  stop_too_far: (v) => `The stop is ${n(v['distancePercent'], 2)} % away; at most ${n(v['maximumPercent'], 2)} % is allowed.`,
  below_minimum_quantity: () => 'The size is below the exchange minimum.',
  below_minimum_notional: (v) => `The order is worth ${n(v['notionalUsdt'], 2)} USDT; at least ${n(v['minimumUsdt'], 2)} is needed.`,
  leverage_not_allowed: () => 'The leverage is not allowed for this contract.',
  liquidation_too_close: () => 'Liquidation would be too close to the stop.',
  insufficient_margin: (v) => `Free margin ${n(v['room'], 2)} USDT, needed ${n(v['minimumMargin'], 2)}.`,
  risk_per_trade: (v) => `The stop would cost ${n(v['lossPercent'], 2)} % of equity, limit ${n(v['limitPercent'], 2)} %.`,
  negative_expectancy: (v) => `The last trades average ${n(v['expectancyR'], 2)} R; no new risk while clearly negative.`,
  losing_streak: (v) => `${n(v['losses'], 0)} losses in a row on this symbol; cooling down.`,
  breaker_blocked: () => 'The API breaker blocks entries.',
  unresolved_order: () => 'An order with unknown outcome is being checked.',
  rank_too_low: () => 'Better signals were executed this cycle.',
  price_moved: (v) => `Price moved ${n(v['movedPercent'], 2)} % since the signal; at most ${n(v['maximumPercent'], 2)} % is accepted.`,
};

const NO_SIGNAL: Readonly<Record<string, Sentence>> = {
  'bias.none': (v) => `1h gives no direction (average ${n(v['order'], 0)}, slope ${n(v['slope'], 0)}, structure ${n(v['structure'], 0)}).`,
  'setup.structure_against': () => '15m structure runs against the bias.',
  'setup.no_range': () => 'No dealing range on 15m yet.',
  'setup.in_premium': (v) => `Price is in premium (${p(v['rangePosition'])} of the range).`,
  'setup.in_discount': (v) => `Price is in discount (${p(v['rangePosition'])} of the range).`,
  'setup.no_zone': () => 'No order block or gap on this side.',
  'setup.zone_too_far': (v) => `Nearest zone is ${n(v['distanceAtr'])} ATR away.`,
  'trigger.zone_not_touched': () => 'Waiting for price to touch the zone.',
  'trigger.none': () => 'Zone touched; waiting for a 5m break or sweep.',
  'trigger.stale': () => 'The trigger is too old.',
  'trigger.already_signalled': () => 'This set-up has already been used.',
  'confidence.too_low': (v) => `Confidence ${p(v['confidence'])}, needed ${p(v['minimum'])}.`,
  'confidence.below_minimum': (v) => `Confidence ${p(v['confidence'])}, needed ${p(v['minimum'])}.`,
  'quality.too_low': (v) => `Quality ${p(v['quality'])}, needed ${p(v['minimum'])}.`,
  'model.veto': (v) => `The model gives ${p(v['winProbability'])}; below ${p(v['needed'])} it vetoes.`,
  'model.lowered': (v) => `The model lowered confidence to ${p(v['confidence'])}, needed ${p(v['minimum'])}.`,
  'model.no_edge_now': (v) => `The model sees no edge now (${p(v['long'])} long, ${p(v['short'])} short).`,
  'rank.beyond_max_signals': (v) => `Rank ${n(v['rank'], 0)}; ${n(v['maximum'], 0)} signals a cycle.`,
  'rank.virtual_only': (v) => `Rank ${n(v['rank'], 0)}; ranks to ${n(v['executing'], 0)} execute.`,
};

/** A sentence for any code; an unknown one is shown readable with its numbers rather than hidden. */
export function describeCode(code: string, numbers: Numbers): string {
  const known = NO_SIGNAL[code] ?? (Object.hasOwn(DENIALS, code) ? DENIALS[code as DenialCode] : undefined);
  if (known !== undefined) return known(numbers);
  const words = code.replace(/^[a-z]+\./, '').replaceAll('_', ' ');
  const figures = Object.entries(numbers)
    .map(([name, value]) => `${name} ${n(value, 2)}`)
    .join(', ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${figures === '' ? '' : ` (${figures})`}.`;
}
