// Tries the way to the exchange of another mode before it is changed to: one request and one stream, without a key, by the proxy that is set.
import type { Diagnosis } from '../../src-shared/contract/diagnosis.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { Mode } from '../../src-shared/domain/session.ts';
import { assertNever, type Result } from '../../src-shared/kernel/result.ts';
import { BINANCE, BINANCE_DEMO, BINANCE_OLD_TESTNET, type Endpoints } from '../adapters/binance/endpoints.ts';
import { createBinanceExchange } from '../adapters/binance/exchange.ts';
import { createSystemClock } from '../adapters/runtime/clock.ts';
import type { CandleArchive, Logger } from '../core/ports.ts';

export interface TryInput {
  readonly settings: () => Settings;
  /** With its credentials, or null. */
  readonly proxyUrl: string | null;
  readonly logger: Logger;
}

/** Nothing is stored and nothing read: the exchange is only asked whether it answers. */
const NO_ARCHIVE: CandleArchive = { append: () => undefined, read: () => [], newest: () => null };

/** Where the prices of a mode come from; null for the market of this machine. */
export function exchangeOf(mode: Mode, settings: Pick<Settings, 'useTestnet'>): Endpoints | null {
  switch (mode) {
    case 'simulated':
      return null;
    case 'paper':
    case 'live':
      return BINANCE;
    case 'demo':
      return settings.useTestnet ? BINANCE_OLD_TESTNET : BINANCE_DEMO;
    default:
      return assertNever(mode);
  }
}

/** The diagnosis of a mode's exchange; null where there is none to reach. An unusable proxy is a sentence. */
export async function tryMode(mode: Mode, { settings, proxyUrl, logger }: TryInput): Promise<Result<Diagnosis | null, string>> {
  const endpoints = exchangeOf(mode, settings());
  if (endpoints === null) return { ok: true, value: null };
  const clock = createSystemClock();
  const exchange = createBinanceExchange({ market: endpoints, trading: endpoints, credentials: null, proxyUrl, settings, clock, logger, archive: NO_ARCHIVE });
  return exchange.ok ? { ok: true, value: await exchange.value.diagnose() } : exchange;
}
