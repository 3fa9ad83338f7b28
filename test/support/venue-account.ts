// Reads an account at the venue directly, signed as any Binance client would: the independent witness in crash tests.
import { createHmac } from 'node:crypto';
import { z } from 'zod';

const KEY = 'paper-key';
const SECRET = 'paper-secret';

const positionsSchema = z.array(z.object({ symbol: z.string(), positionAmt: z.string(), positionSide: z.string(), entryPrice: z.string() }));
const ordersSchema = z.array(z.object({ symbol: z.string(), clientOrderId: z.string(), status: z.string(), side: z.string(), executedQty: z.string(), orderId: z.union([z.number(), z.string()]) }));
const algosSchema = z.array(z.object({ symbol: z.string(), clientAlgoId: z.string(), algoStatus: z.string(), orderType: z.string().optional(), type: z.string().optional(), triggerPrice: z.string() }));

export interface VenueWitness {
  positions(): Promise<{ symbol: string; quantity: number }[]>;
  orders(symbol: string): Promise<z.infer<typeof ordersSchema>>;
  openOrders(): Promise<z.infer<typeof ordersSchema>>;
  openAlgoOrders(): Promise<z.infer<typeof algosSchema>>;
}

export function createVenueWitness(url: string): VenueWitness {
  const get = async (path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const clock = z.object({ serverTime: z.number() }).parse(await (await fetch(`${url}/fapi/v1/time`)).json());
    const parameters = new URLSearchParams({ ...query, timestamp: String(clock.serverTime), recvWindow: '60000' });
    const signature = createHmac('sha256', SECRET).update(parameters.toString()).digest('hex');
    const response = await fetch(`${url}${path}?${parameters.toString()}&signature=${signature}`, { headers: { 'X-MBX-APIKEY': KEY } });
    const body: unknown = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  return {
    positions: async () =>
      positionsSchema
        .parse(await get('/fapi/v3/positionRisk'))
        .map((row) => ({ symbol: row.symbol, quantity: Number(row.positionAmt) }))
        .filter((row) => row.quantity !== 0),
    orders: async (symbol) => ordersSchema.parse(await get('/fapi/v1/allOrders', { symbol, limit: '1000' })),
    openOrders: async () => ordersSchema.parse(await get('/fapi/v1/openOrders')),
    openAlgoOrders: async () => algosSchema.parse(await get('/fapi/v1/openAlgoOrders')),
  };
}
