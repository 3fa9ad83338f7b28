// How old what is shown is: one verdict for the whole screen, so that a frozen picture can never pass for a live one.
import { create } from 'zustand';
import type { Said } from '../../src-shared/contract/said.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { useScreen, type Connection } from './store.ts';

export type Freshness =
  | { readonly kind: 'waiting'; readonly forMs: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'live'; readonly ageMs: number | null }
  /** The exchange's prices are old, the engine itself talks. */
  | { readonly kind: 'stale_market'; readonly ageMs: number }
  /** The engine talks, but has no prices at all: `detail` is its own sentence. */
  | { readonly kind: 'no_market'; readonly detail: string; readonly said: Said | null }
  /** The engine is connected but silent. */
  | { readonly kind: 'silent'; readonly ageMs: number }
  | { readonly kind: 'disconnected'; readonly ageMs: number };

/** The engine sends something every second at least; three missed seconds are a silence. */
const SILENCE_MS = 3500;

interface Inputs {
  readonly connection: Connection;
  readonly snapshot: Snapshot | null;
  /** Time since the last message, wall clock. */
  readonly sinceHeardMs: number;
}

export function judgeFreshness({ connection, snapshot, sinceHeardMs }: Inputs): Freshness {
  if (connection === 'refused') return { kind: 'refused' };
  if (snapshot === null) return { kind: 'waiting', forMs: sinceHeardMs };
  if (connection !== 'connected') return { kind: 'disconnected', ageMs: sinceHeardMs };
  if (sinceHeardMs > SILENCE_MS) return { kind: 'silent', ageMs: sinceHeardMs };
  const age = snapshot.health.marketAgeMs;
  const market = snapshot.health.checks.find(({ id }) => id === 'market');
  if (age === null && market?.state === 'bad') return { kind: 'no_market', detail: market.detail, said: market.said ?? null };
  if (age !== null && age > snapshot.settings.staleDataSeconds * 1000) return { kind: 'stale_market', ageMs: age };
  return { kind: 'live', ageMs: age };
}

export const useFreshness = create<{ readonly freshness: Freshness }>(() => ({ freshness: { kind: 'waiting', forMs: 0 } }));

/** Judges twice a second and at once when the connection changes. Returns the stop function. */
export function watchFreshness(): () => void {
  const judge = (): void => {
    const { connection, snapshot, heardAt } = useScreen.getState();
    const next = judgeFreshness({ connection, snapshot, sinceHeardMs: performance.now() - heardAt });
    const current = useFreshness.getState().freshness;
    // A live screen shows its age in tenths of seconds elsewhere; only the verdict and whole seconds matter here.
    const second = (value: Freshness): number =>
      'ageMs' in value ? Math.floor((value.ageMs ?? 0) / 1000) : 'forMs' in value ? Math.floor(value.forMs / 1000) : 0;
    if (next.kind !== current.kind || second(next) !== second(current)) useFreshness.setState({ freshness: next });
  };
  judge();
  const timer = setInterval(judge, 500);
  const stop = useScreen.subscribe((state, before) => {
    if (state.connection !== before.connection) judge();
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}
