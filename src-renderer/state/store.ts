// The screen's state: the replica of the engine, and what the person has selected.
import { create } from 'zustand';
import { applyEvent } from '../../src-shared/contract/replica.ts';
import type { Command } from '../../src-shared/contract/commands.ts';
import type { EngineEvent } from '../../src-shared/contract/events.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import type { Timeframe } from '../../src-shared/domain/candle.ts';
import { currentRpc } from '../connect.ts';

export interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'bad';
  readonly text: string;
}

export type OverlayName = 'orderBlocks' | 'gaps' | 'breaks' | 'swings' | 'liquidity' | 'range';
export type BottomTab = 'positions' | 'virtual' | 'orders' | 'decisions' | 'history' | 'journal' | 'log';
export type Dialog =
  | { readonly kind: 'settings' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'palette' }
  | { readonly kind: 'close'; readonly positionId: string; readonly fraction: number }
  | { readonly kind: 'widen'; readonly positionId: string; readonly price: number }
  | null;

export interface ScreenState {
  readonly snapshot: Snapshot | null;
  readonly connection: 'connecting' | 'connected' | 'disconnected';
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly overlays: Readonly<Record<OverlayName, boolean>>;
  readonly tab: BottomTab;
  readonly detailId: string | null;
  readonly dialog: Dialog;
  readonly toasts: readonly Toast[];
  readonly favourites: readonly string[];
}

const FAVOURITES_KEY = 'terminal-favourites';

function readFavourites(): readonly string[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(FAVOURITES_KEY) ?? '[]');
    return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}

export const useScreen = create<ScreenState>(() => ({
  snapshot: null,
  connection: 'connecting',
  symbol: 'BTCUSDT',
  timeframe: '15m',
  overlays: { orderBlocks: true, gaps: true, breaks: true, swings: false, liquidity: true, range: false },
  tab: 'positions',
  detailId: null,
  dialog: null,
  toasts: [],
  favourites: readFavourites(),
}));

export function replaceSnapshot(snapshot: Snapshot): void {
  useScreen.setState({ snapshot, connection: 'connected' });
}

export function markDisconnected(): void {
  useScreen.setState((state) => ({ connection: state.snapshot === null ? 'connecting' : 'disconnected' }));
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
  useScreen.setState({ snapshot });
  return 'ok';
}

export function selectSymbol(symbol: string): void {
  useScreen.setState({ symbol });
}
export function selectTimeframe(timeframe: Timeframe): void {
  useScreen.setState({ timeframe });
}
export function toggleOverlay(name: OverlayName): void {
  useScreen.setState((state) => ({ overlays: { ...state.overlays, [name]: !state.overlays[name] } }));
}
export function selectTab(tab: BottomTab): void {
  useScreen.setState({ tab });
}
export function openDialog(dialog: Dialog): void {
  useScreen.setState({ dialog });
}
export function openDetail(detailId: string | null): void {
  useScreen.setState({ detailId });
}
export function toggleFavourite(symbol: string): void {
  const { favourites } = useScreen.getState();
  const next = favourites.includes(symbol) ? favourites.filter((entry) => entry !== symbol) : [...favourites, symbol];
  localStorage.setItem(FAVOURITES_KEY, JSON.stringify(next));
  useScreen.setState({ favourites: next });
}

let nextToast = 1;
const TOAST_MS = 6000;

export function say(tone: Toast['tone'], text: string): void {
  const id = nextToast++;
  useScreen.setState((state) => ({ toasts: [...state.toasts.slice(-3), { id, tone, text }] }));
  setTimeout(() => useScreen.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) })), TOAST_MS);
}

/** Sends a command and shows the engine's answer. True when it was accepted. */
export async function command(wish: Command): Promise<boolean> {
  const rpc = currentRpc();
  if (rpc === null) {
    say('bad', 'The engine is not connected. Nothing was sent; stops at the exchange stay in force.');
    return false;
  }
  try {
    const answer = await rpc.call('command', wish);
    say(answer.ok ? 'ok' : 'bad', answer.ok ? answer.value.message : answer.error.uiMessage);
    return answer.ok;
  } catch (failure) {
    say('bad', failure instanceof Error ? failure.message : 'The engine did not answer.');
    return false;
  }
}
