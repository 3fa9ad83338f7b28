// Paper mode: tells the local venue which contracts and prices the real exchange has, so that the paper account fills against them.
import type { Instrument } from '../../src-shared/domain/instrument.ts';
import type { Logger, MarketEvent, MarketPrice } from '../core/ports.ts';

const BATCH_MS = 100;
const RETRY_MS = 1000;

export interface PriceFollower {
  onMarket(event: MarketEvent): void;
  stop(): void;
}

export interface FollowerOptions {
  /** REST base of the local venue. */
  readonly url: string;
  readonly apiKey: string;
  readonly logger: Logger;
}

/** Newest price of each symbol ten times a second; contracts first, because a price of an unknown contract is ignored there. */
export function createPriceFollower({ url, apiKey, logger }: FollowerOptions): PriceFollower {
  const instruments = new Map<string, Instrument>();
  const prices = new Map<string, MarketPrice>();
  let areContractsSent = true;
  let isStopped = false;
  let isSending = false;

  const send = async (method: 'PUT' | 'POST', path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'X-MBX-APIKEY': apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    await response.arrayBuffer();
  };

  const flush = async (): Promise<void> => {
    if (!areContractsSent) {
      areContractsSent = true;
      await send('PUT', '/venue/instruments', [...instruments.values()]).catch((failure: unknown) => {
        areContractsSent = false;
        throw failure;
      });
    }
    if (prices.size === 0) return;
    const batch = [...prices.values()];
    prices.clear();
    await send(
      'POST',
      '/venue/prices',
      batch
        .filter(({ last, mark }) => last > 0 && mark > 0)
        .map(({ symbol, last, mark, quoteVolume24h, fundingRate, nextFundingTime }) => ({ symbol, last, mark, quoteVolume24h, fundingRate, nextFundingTime })),
    );
  };

  const run = (): void => {
    if (isStopped || isSending) return;
    isSending = true;
    flush()
      .then(() => BATCH_MS)
      .catch((failure: unknown) => {
        logger.log(
          'warn',
          'paper',
          `The paper account did not take the newest prices (${failure instanceof Error ? failure.message : String(failure)}); trying again.`,
        );
        return RETRY_MS;
      })
      .then((pause) => {
        isSending = false;
        if (!isStopped) setTimeout(run, pause).unref();
      })
      .catch(() => undefined);
  };
  run();

  return {
    onMarket: (event) => {
      if (event.kind === 'instruments') {
        for (const instrument of event.instruments) instruments.set(instrument.symbol, instrument);
        areContractsSent = false;
      } else if (event.kind === 'prices') for (const price of event.prices) prices.set(price.symbol, price);
    },
    stop: () => {
      isStopped = true;
    },
  };
}
