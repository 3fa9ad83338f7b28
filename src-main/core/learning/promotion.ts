// The gate between champion and challenger: a new model serves only if it is better on trades neither was fitted on, beyond chance.
import { boundMean, type Bounds } from './block-bootstrap.ts';

/** One judged trade, seen by both models. */
export interface ShadowedTrade {
  readonly decidedAt: number;
  readonly label: 0 | 1;
  readonly resultR: number;
  /** Win probability at which the plan earns nothing, known at entry. */
  readonly breakEven: number;
  readonly champion: number;
  readonly challenger: number;
}

export interface PromotionRequest {
  readonly trades: readonly ShadowedTrade[];
  /** Newest moment of which either model may have known an outcome. */
  readonly trainedUntil: number;
  readonly leakagePassed: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export type PromotionVerdict =
  | { readonly kind: 'promote'; readonly count: number; readonly logLossGain: Bounds; readonly expectancyGain: Bounds }
  | {
      readonly kind: 'keep';
      readonly why: 'leakage' | 'overlap' | 'too_few' | 'log_loss' | 'expectancy';
      readonly count: number;
      readonly logLossGain: Bounds | null;
      readonly expectancyGain: Bounds | null;
    };

/** Fewer trades than this prove nothing. */
export const PROMOTION_TRADES = 60;

/** Better log loss and better expectancy of what each would take, both with the lower 90 % bootstrap bound above zero. */
export function judgePromotion(request: PromotionRequest): PromotionVerdict {
  const { trades, random } = request;
  const count = trades.length;
  const keep = (why: Extract<PromotionVerdict, { kind: 'keep' }>['why'], gains: readonly [Bounds, Bounds] | null = null): PromotionVerdict => ({
    kind: 'keep',
    why,
    count,
    logLossGain: gains?.[0] ?? null,
    expectancyGain: gains?.[1] ?? null,
  });
  if (!request.leakagePassed) return keep('leakage');
  if (trades.some((trade) => trade.decidedAt < request.trainedUntil)) return keep('overlap');
  if (count < PROMOTION_TRADES) return keep('too_few');
  const loss = (probability: number, label: number): number => -Math.log(Math.max(1e-9, label === 1 ? probability : 1 - probability));
  const worth = (probability: number, trade: ShadowedTrade): number => (probability > trade.breakEven ? trade.resultR : 0);
  const boundsOf = (valueOf: (trade: ShadowedTrade) => number): Bounds =>
    boundMean(
      trades.map((trade) => ({ value: valueOf(trade), time: trade.decidedAt })),
      random,
    );
  const logLossGain = boundsOf((trade) => loss(trade.champion, trade.label) - loss(trade.challenger, trade.label));
  const expectancyGain = boundsOf((trade) => worth(trade.challenger, trade) - worth(trade.champion, trade));
  // Trades of one stretch of four days have no bounds: they are one observation, however many.
  if (Number.isNaN(logLossGain.low)) return keep('too_few', [logLossGain, expectancyGain]);
  if (!(logLossGain.low > 0)) return keep('log_loss', [logLossGain, expectancyGain]);
  if (!(expectancyGain.low > 0)) return keep('expectancy', [logLossGain, expectancyGain]);
  return { kind: 'promote', count, logLossGain, expectancyGain };
}
