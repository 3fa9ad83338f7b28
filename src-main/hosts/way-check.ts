// Diagnoses the way to the exchange at the start and whenever a person asks, keeps the last answer and says it in the log.
import type { Diagnosis } from '../../src-shared/contract/diagnosis.ts';
import { describeWrongClock } from '../../src-shared/contract/wrong-clock.ts';
import type { BinanceExchange } from '../adapters/binance/exchange.ts';
import type { Logger } from '../core/ports.ts';

/** Far beyond what a slow answer or a drifting clock makes of it. */
const WRONG_CLOCK_MS = 10_000;

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
    for (const { side, host, requestsWork, streamsWork, clockOffsetMs, sentence } of diagnosis.places) {
      const place = side === 'both' ? host : `${side} ${host}`;
      logger.log(requestsWork && streamsWork ? 'info' : 'error', 'exchange', `Way to ${place}: ${sentence}`);
      // A local exchange may run faster than the clock on the wall; a real one never does.
      if (!host.startsWith('127.0.0.1') && Math.abs(clockOffsetMs ?? 0) > WRONG_CLOCK_MS)
        logger.log('warn', 'exchange', describeWrongClock(clockOffsetMs ?? 0));
    }
    return diagnosis;
  };
  return {
    diagnose: () => (running ??= run().finally(() => (running = null))),
    last: () => last,
  };
}
