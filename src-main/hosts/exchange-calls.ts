// Answers the screen's questions about the exchange: the way to it, what more markets would cost, and the rehearsal panel.
import { forecastRequestSchema, type Diagnosis, type WeightForecastView } from '../../src-shared/contract/diagnosis.ts';
import type { ExchangeCalls } from '../../src-shared/contract/exchange-calls.ts';
import { rehearsalActionSchema } from '../../src-shared/contract/rehearsal.ts';
import { CallError, type CallHandlers } from '../../src-shared/contract/rpc.ts';
import type { Settings } from '../../src-shared/contract/settings.ts';
import { describeForecast, forecastWeight } from '../adapters/binance/weight-forecast.ts';
import type { Logger } from '../core/ports.ts';
import { parse } from './calls.ts';
import { readRehearsal, rehearse, type VenuePanel } from './rehearsal.ts';

export interface ExchangeCallParts {
  readonly diagnose: () => Promise<Diagnosis>;
  readonly settings: () => Settings;
  /** The simulated venue, or null in every other mode. */
  readonly panel: VenuePanel | null;
  readonly logger: Logger;
  /** The engine's clock follows what a person set, at once. */
  readonly onRehearsed?: (() => Promise<void>) | undefined;
}

export function createExchangeCalls({ diagnose, settings, panel, logger, onRehearsed }: ExchangeCallParts): Pick<CallHandlers, keyof ExchangeCalls> {
  return {
    diagnose: () => diagnose(),
    forecast: async (raw) => {
      const { symbols, limitPerMinute } = parse(forecastRequestSchema, raw);
      return forecast(settings(), symbols, limitPerMinute);
    },
    rehearsal: () => (panel === null ? Promise.resolve(null) : readRehearsal(panel)),
    rehearse: async (raw) => {
      const action = parse(rehearsalActionSchema, raw);
      if (panel === null) throw new CallError('rehearsal.mode', 'Faults can be rehearsed in simulated mode only. Nothing was done.');
      const view = await rehearse(panel, action);
      await onRehearsed?.();
      logger.log('info', 'rehearsal', `A person set the simulated exchange: ${JSON.stringify(action)}.`);
      return view;
    },
  };
}

function forecast(settings: Settings, symbols: number, limitPerMinute: number | null): WeightForecastView {
  const now = forecastWeight(settings.topSymbols, settings.rateLimitRequests);
  const then = forecastWeight(symbols, limitPerMinute ?? settings.rateLimitRequests);
  return { ...then, sentence: describeForecast(now, then) };
}
