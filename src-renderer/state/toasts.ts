// Short messages in the corner: what the engine answered, and the chance to undo.
import { create } from 'zustand';

export interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'bad' | 'alarm';
  readonly text: string;
  readonly undo: (() => void) | null;
}

const SHOWN_MS = 6000;
const UNDO_SHOWN_MS = 12_000;
const AT_ONCE = 4;

export const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));
let nextId = 1;

export function dismissToast(id: number): void {
  useToasts.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

export function say(tone: Toast['tone'], text: string, undo: (() => void) | null = null): void {
  const id = nextId++;
  useToasts.setState((state) => ({ toasts: [...state.toasts.slice(1 - AT_ONCE), { id, tone, text, undo }] }));
  setTimeout(() => dismissToast(id), undo === null ? SHOWN_MS : UNDO_SHOWN_MS);
}
