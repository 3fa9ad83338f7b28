// What the screen may ask about the exchange: the way to it, the cost of more markets, and the rehearsal panel of a simulated one.
import type { Diagnosis, ForecastRequest, WeightForecastView } from './diagnosis.ts';
import type { RehearsalAction, RehearsalView } from './rehearsal.ts';

export interface ExchangeCalls {
  /** Tries requests, streams and the exit address now; takes up to one request timeout and changes nothing. */
  readonly diagnose: { readonly parameters: null; readonly result: Diagnosis };
  /** Said before TOP_SYMBOLS or the weight budget is saved. */
  readonly forecast: { readonly parameters: ForecastRequest; readonly result: WeightForecastView };
  /** Null where there is nothing to rehearse: only the simulated exchange has a panel. */
  readonly rehearsal: { readonly parameters: null; readonly result: RehearsalView | null };
  /** Refused with a {@link CallError} whose message says which value is wrong. */
  readonly rehearse: { readonly parameters: RehearsalAction; readonly result: RehearsalView };
}
