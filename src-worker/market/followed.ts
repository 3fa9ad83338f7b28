// A market without a path of its own: contracts and prices are those of another exchange, sent by the terminal. The paper account trades on it.
import { z } from 'zod';
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { MarketSource } from './source.ts';
import type { VenueState } from './state-file.ts';

/** The paper account is one account, whatever contracts are listed today. */
export const FOLLOWED_IDENTITY = 'paper';

export const followedPriceSchema = z.object({
  symbol: z.string().min(1).max(40),
  last: z.number().positive(),
  mark: z.number().positive(),
  quoteVolume24h: z.number().nonnegative(),
  /** Rate of the next settlement. */
  fundingRate: z.number(),
  /** When it is settled; null while unknown, and then the usual hours count. */
  nextFundingTime: z.number().int().nullable().default(null),
});
export type FollowedPrice = z.infer<typeof followedPriceSchema>;

const whole = z.number().int();

export const instrumentSchema = z.object({
  symbol: z.string().min(1).max(40),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  contractType: z.string(),
  status: z.string(),
  onboardTime: whole,
  priceScale: whole,
  tickUnits: whole.positive(),
  quantityScale: whole,
  stepUnits: whole.positive(),
  minPrice: whole,
  maxPrice: whole,
  minLots: whole,
  maxLots: whole,
  marketMinLots: whole,
  marketMaxLots: whole,
  marketStepLots: whole.positive(),
  minNotional: whole,
  multiplierUp: z.number(),
  multiplierDown: z.number(),
  triggerProtect: z.number(),
  liquidationFee: z.number(),
  marketTakeBound: z.number(),
  brackets: z.array(
    z.object({
      bracket: whole,
      initialLeverage: z.number(),
      notionalFloor: z.number(),
      notionalCap: z.number(),
      maintenanceMarginRatio: z.number(),
      cumulative: z.number(),
    }),
  ),
}) as unknown as z.ZodType<Instrument>;

/** `stored` brings back the contracts of positions that are still open. */
export function createFollowedMarket(stored: VenueState | null, now: number): MarketSource {
  return {
    identity: FOLLOWED_IDENTITY,
    instruments: stored?.identity === FOLLOWED_IDENTITY ? (stored.instruments ?? []) : [],
    liveFrom: now,
    liveUntil: Infinity,
    candleAt: () => null,
    firstOpenTime: () => Infinity,
    fundingAt: () => null,
    fundingHours: () => 8,
  };
}
