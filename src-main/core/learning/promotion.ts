// The gate between champion and challenger: a new model serves only if it is better on trades neither was fitted on, beyond chance.

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

/** Mean with its 90 % bounds. */
export interface Bounds {
  readonly value: number;
  readonly low: number;
  readonly high: number;
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
const DRAWS = 1000;
/** Four days: outcomes that overlap in time fall into one block or two neighbouring ones. */
const BLOCK_MS = 96 * 3_600_000;

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
  const logLossGain = boundsOf(trades, (trade) => loss(trade.champion, trade.label) - loss(trade.challenger, trade.label), random);
  const expectancyGain = boundsOf(trades, (trade) => worth(trade.challenger, trade) - worth(trade.champion, trade), random);
  if (logLossGain.low <= 0) return keep('log_loss', [logLossGain, expectancyGain]);
  if (expectancyGain.low <= 0) return keep('expectancy', [logLossGain, expectancyGain]);
  return { kind: 'promote', count, logLossGain, expectancyGain };
}

/** Block bootstrap of the mean. */
function boundsOf(trades: readonly ShadowedTrade[], valueOf: (trade: ShadowedTrade) => number, random: () => number): Bounds {
  const blocks = new Map<number, { sum: number; count: number }>();
  let total = 0;
  for (const trade of trades) {
    const value = valueOf(trade);
    total += value;
    const key = Math.floor(trade.decidedAt / BLOCK_MS);
    const block = blocks.get(key) ?? { sum: 0, count: 0 };
    blocks.set(key, { sum: block.sum + value, count: block.count + 1 });
  }
  const list = [...blocks.values()];
  const means = new Float64Array(DRAWS);
  for (let draw = 0; draw < DRAWS; draw += 1) {
    let sum = 0;
    let count = 0;
    for (let index = 0; index < list.length; index += 1) {
      const block = list[Math.floor(random() * list.length)]!;
      sum += block.sum;
      count += block.count;
    }
    means[draw] = sum / count;
  }
  means.sort();
  return { value: total / trades.length, low: means[Math.floor(DRAWS * 0.05)]!, high: means[Math.floor(DRAWS * 0.95)]! };
}
