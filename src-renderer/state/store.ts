// The screen's state: the replica of the engine, the connection, and what the person has selected.
import { create } from 'zustand';
import { applyEvent } from '../../src-shared/contract/replica.ts';
import type { OpenPositionCommand } from '../../src-shared/contract/commands.ts';
import type { EngineEvent } from '../../src-shared/contract/events.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import type { Timeframe } from '../../src-shared/domain/candle.ts';
import type { FunnelStep } from '../../src-shared/domain/signal.ts';

export type Dialog =
  | { readonly kind: 'settings'; readonly search?: string }
  | { readonly kind: 'keys' }
  | { readonly kind: 'palette'; readonly only?: 'symbols' }
  | { readonly kind: 'mode' }
  | { readonly kind: 'allow' }
  | { readonly kind: 'open'; readonly command: OpenPositionCommand }
  | { readonly kind: 'close'; readonly positionId: string; readonly fraction: number }
  | { readonly kind: 'add'; readonly positionId: string }
  | { readonly kind: 'move-entry'; readonly clientOrderId: string }
  | { readonly kind: 'widen'; readonly positionId: string; readonly price: number }
  | null;

export type Connection = 'connecting' | 'refused' | 'connected' | 'disconnected';

export interface ScreenState {
  readonly snapshot: Snapshot | null;
  readonly connection: Connection;
  /** Wall time (performance.now) of the last message from the engine. */
  readonly heardAt: number;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly detailId: string | null;
  /** Signal whose evidence is shown. */
  readonly signalId: string | null;
  /** Step of the funnel whose markets are listed. */
  readonly step: FunnelStep | null;
  /** Panel that should come to the front; the counter makes a repeated wish count. */
  readonly wantedPanel: { readonly id: string; readonly takesFocus: boolean; readonly count: number } | null;
  readonly dialog: Dialog;
}

export const useScreen = create<ScreenState>(() => ({
  snapshot: null,
  connection: 'connecting',
  heardAt: performance.now(),
  symbol: 'BTCUSDT',
  timeframe: '15m',
  detailId: null,
  signalId: null,
  step: null,
  wantedPanel: null,
  dialog: null,
}));

export function replaceSnapshot(snapshot: Snapshot): void {
  const before = useScreen.getState().snapshot?.session.startedAt;
  const chosen = before === undefined || before === snapshot.session.startedAt ? {} : { detailId: null, signalId: null, step: null };
  useScreen.setState({ snapshot, connection: 'connected', heardAt: performance.now(), ...chosen });
}

export function markDisconnected(isRefused = false): void {
  useScreen.setState((state) => ({ connection: state.snapshot !== null ? 'disconnected' : isRefused ? 'refused' : 'connecting' }));
}

/** Applies a batch; `gap` when events are missing and a fresh snapshot is needed. */
export function applyEvents(events: readonly EngineEvent[]): 'ok' | 'gap' {
  let { snapshot } = useScreen.getState();
  if (snapshot === null) return 'ok';
  for (const event of events) {
    const outcome = applyEvent(snapshot, event);
    if (outcome.kind === 'gap') return 'gap';
    if (outcome.kind === 'applied') snapshot = outcome.snapshot;
  }
  useScreen.setState({ snapshot, heardAt: performance.now() });
  return 'ok';
}

export function selectSymbol(symbol: string): void {
  useScreen.setState({ symbol });
}
export function selectTimeframe(timeframe: Timeframe): void {
  useScreen.setState({ timeframe });
}
export function openDialog(dialog: Dialog): void {
  useScreen.setState({ dialog });
}
export function openDetail(detailId: string | null): void {
  useScreen.setState({ detailId, signalId: null });
}
export function openSignal(signalId: string | null): void {
  useScreen.setState({ signalId });
}
export function selectStep(step: FunnelStep | null): void {
  useScreen.setState({ step });
}
/** Brings a panel to the front, opening it when this layout does not have it. The focus stays where it is unless asked. */
export function showPanel(id: string, takesFocus = false): void {
  useScreen.setState((state) => ({ wantedPanel: { id, takesFocus, count: (state.wantedPanel?.count ?? 0) + 1 } }));
}
