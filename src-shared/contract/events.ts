// What the engine tells the screen. Events carry one growing sequence; a gap asks for a fresh snapshot.
import type { EpochMs } from '../kernel/units.ts';
import type { Candle, Timeframe } from '../domain/candle.ts';
import type { Order } from '../domain/order.ts';
import type { LifecycleEvent } from '../domain/position.ts';
import type { CapitalGuardView } from '../domain/risk.ts';
import type { TrainingView } from './models.ts';
import type { AlarmsView } from './alarms.ts';
import type { Settings } from './settings.ts';
import type {
  AccountView,
  DecisionView,
  FunnelView,
  HealthView,
  LogLine,
  MarketAnalysis,
  MarketInfo,
  MarketTick,
  PositionView,
  SessionView,
  VirtualSummary,
} from './view.ts';

export type EngineEventBody =
  | { readonly kind: 'session'; readonly session: SessionView }
  | { readonly kind: 'account'; readonly account: AccountView }
  | { readonly kind: 'guard'; readonly guard: CapitalGuardView }
  | { readonly kind: 'markets'; readonly markets: readonly MarketInfo[] }
  | { readonly kind: 'ticks'; readonly ticks: readonly MarketTick[] }
  | { readonly kind: 'analysis'; readonly analysis: readonly MarketAnalysis[]; readonly funnel: FunnelView }
  /** The position without its events list growing on the wire: replica keeps the list, `lifecycle` appends to it. */
  | { readonly kind: 'position'; readonly view: Omit<PositionView, 'events'> }
  | { readonly kind: 'lifecycle'; readonly event: LifecycleEvent }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'decision'; readonly decision: DecisionView }
  | { readonly kind: 'virtual'; readonly virtual: VirtualSummary }
  | { readonly kind: 'health'; readonly health: HealthView }
  | { readonly kind: 'log'; readonly line: LogLine }
  | { readonly kind: 'settings'; readonly settings: Settings }
  /** Progress of a training, and every change of the models (`revision`). */
  | { readonly kind: 'training'; readonly training: TrainingView }
  | { readonly kind: 'alarms'; readonly alarms: AlarmsView }
  /** Forming or closed candle of a watched chart. `structureChanged` asks the chart to reload its overlays. */
  | {
      readonly kind: 'candle';
      readonly symbol: string;
      readonly timeframe: Timeframe;
      readonly candle: Candle;
      readonly closed: boolean;
      readonly structureChanged: boolean;
    };

export interface EngineEvent {
  readonly sequence: number;
  readonly time: EpochMs;
  readonly body: EngineEventBody;
}
