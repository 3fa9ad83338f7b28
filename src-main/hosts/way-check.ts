// Diagnoses the way to the exchange at the start and whenever a person asks, keeps the last answer and says it in the log.
import type { Diagnosis } from '../../src-shared/contract/diagnosis.ts';
import type { BinanceExchange } from '../adapters/binance/exchange.ts';
import type { Logger } from '../core/ports.ts';

export interface WayCheck {
  /** One check at a time; those who ask meanwhile get its answer. */
  diagnose(): Promise<Diagnosis>;
  last(): Diagnosis | null;
}

export function createWayCheck(exchange: Pick<BinanceExchange, 'diagnose'>, logger: Logger): WayCheck {
  let last: Diagnosis | null = null;
  let running: Promise<Diagnosis> | null = null;
  const run = async (): Promise<Diagnosis> => {
    const diagnosis = await exchange.diagnose();
    last = diagnosis;
    for (const { side, host, requestsWork, streamsWork, sentence } of diagnosis.places) {
      const place = side === 'both' ? host : `${side} ${host}`;
      logger.log(requestsWork && streamsWork ? 'info' : 'error', 'exchange', `Way to ${place}: ${sentence}`);
    }
    return diagnosis;
  };
  return {
    diagnose: () => (running ??= run().finally(() => (running = null))),
    last: () => last,
  };
}
