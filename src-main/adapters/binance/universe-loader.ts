// Reads the whole market once: contract rules, day tickers and mark prices, and chooses which symbols to watch.
import { inEnglish, say } from '../../../src-shared/contract/said.ts';
import type { z } from 'zod';
import { selectUniverse } from '../../core/market/universe.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import type { ExchangeError } from '../../core/ports.ts';
import type { CallOptions, Gateway } from './gateway.ts';
import type { InstrumentTable } from './instrument-table.ts';
import { dayTickersSchema, premiumsSchema } from './rest-schemas.ts';

/** They may use the share of comparisons: after a restart nothing is compared before the market is known. */
const TICKERS: CallOptions = { name: 'day tickers', weight: 40, priority: 'data', share: 'reconcile', isMutation: false };
const PREMIUMS: CallOptions = { name: 'mark prices', weight: 10, priority: 'data', share: 'reconcile', isMutation: false };

const NOTHING_LISTED: ExchangeError = {
  code: 'rejected',
  outcome: 'not_executed',
  venueCode: null,
  detail: 'no tradable symbol',
  uiMessage: inEnglish(say('exchange.noMarkets')),
  said: say('exchange.noMarkets'),
};

export interface LoadedMarket {
  readonly universe: readonly string[];
  readonly tickers: z.infer<typeof dayTickersSchema>['rows'];
  readonly premiums: z.infer<typeof premiumsSchema>['rows'];
}

export interface LoadRequest {
  readonly gateway: Gateway;
  readonly instruments: InstrumentTable;
  readonly limit: number;
  /** Symbols that never drop out. */
  readonly required: readonly string[];
}

/** Rows that cannot be read are left out and counted in the gateway. */
export async function loadMarket({ gateway, instruments, limit, required }: LoadRequest): Promise<Result<LoadedMarket, ExchangeError>> {
  await gateway.syncClock();
  const loaded = await instruments.load();
  if (!loaded.ok) return loaded;
  const tickers = await gateway.call(TICKERS, dayTickersSchema, (client) => client.get24hrChangeStatistics());
  if (!tickers.ok) return tickers;
  const premiums = await gateway.call(PREMIUMS, premiumsSchema, (client) => client.getMarkPrice());
  if (!premiums.ok) return premiums;
  for (let index = 0; index < tickers.value.malformed; index += 1) gateway.count(TICKERS.name);
  for (let index = 0; index < premiums.value.malformed; index += 1) gateway.count(PREMIUMS.name);
  const candidates = tickers.value.rows.map(({ symbol, quoteVolume }) => ({
    symbol,
    quoteVolume24h: quoteVolume,
    tradable: instruments.get(symbol)?.status === 'TRADING',
  }));
  const universe = selectUniverse({ candidates, limit, required });
  return universe.length === 0 ? err(NOTHING_LISTED) : ok({ universe, tickers: tickers.value.rows, premiums: premiums.value.rows });
}
