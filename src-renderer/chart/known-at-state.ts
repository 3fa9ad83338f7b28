// The moment at which all charts are looked at when hindsight is switched off.
import { create } from 'zustand';

export interface KnownAtState {
  readonly isOn: boolean;
  /** Epoch ms; null until a bar is chosen, which then means now. */
  readonly moment: number | null;
}

export const useKnownAt = create<KnownAtState>(() => ({ isOn: false, moment: null }));

export function toggleKnownAt(): void {
  useKnownAt.setState((state) => ({ isOn: !state.isOn, moment: null }));
}

/** Moves the moment by whole bars, from `now` when none is chosen yet. */
export function stepKnownAt(stepMs: number, now: number): void {
  useKnownAt.setState((state) => ({ moment: Math.min(now, (state.moment ?? now) + stepMs) }));
}
