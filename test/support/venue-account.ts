// Reads the whole account at the venue, past the engine and outside its request budget: the independent witness in crash tests.
import { z } from 'zod';

const accountSchema = z.object({
  wallet: z.string(),
  refusedForWeight: z.number(),
  peakWeight: z.number(),
  positions: z.array(z.object({ symbol: z.string(), positionSide: z.string(), lots: z.number() })),
  orders: z.array(
    z.object({
      symbol: z.string(),
      clientOrderId: z.string(),
      orderId: z.number(),
      status: z.string(),
      lots: z.number(),
      filled: z.number(),
      /** Ticks; null for a market order. */
      price: z.number().nullable(),
    }),
  ),
  algos: z.array(
    z.object({ symbol: z.string(), clientAlgoId: z.string(), type: z.string(), status: z.string(), lots: z.number(), closePosition: z.boolean() }),
  ),
  trades: z.array(z.object({ symbol: z.string(), tradeId: z.number(), clientOrderId: z.string(), lots: z.number(), side: z.string() })),
});
export type VenueAccountView = z.infer<typeof accountSchema>;

export async function readVenueAccount(url: string): Promise<VenueAccountView> {
  const response = await fetch(`${url}/venue/account`, { headers: { 'X-MBX-APIKEY': 'paper-key' } });
  return accountSchema.parse(await response.json());
}
