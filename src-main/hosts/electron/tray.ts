// The tray: what the terminal is doing, in one line, and the few things worth doing without the window.
import { assertNever } from '../../../src-shared/kernel/result.ts';
import { describeMode } from '../../../src-shared/domain/session.ts';
import type { DesktopStatus, StatusScreen } from './status-screen.ts';

export type TrayAction = 'show' | 'pause' | 'resume' | 'quit';

export type TrayItem =
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'line' }
  | { readonly kind: 'action'; readonly label: string; readonly action: TrayAction };

export interface TrayModel {
  readonly tooltip: string;
  readonly items: readonly TrayItem[];
}

/** What the tray says. Pure; `null` is a terminal that has not answered yet. */
export function describeTray(status: DesktopStatus | null): TrayModel {
  const line = { kind: 'line' } as const;
  const show = { kind: 'action', label: 'Show the terminal', action: 'show' } as const;
  const quit = { kind: 'action', label: 'Stop and quit', action: 'quit' } as const;
  if (status === null) return { tooltip: 'Perpetual Terminal: starting', items: [{ kind: 'text', label: 'Starting' }, line, show, quit] };
  const { session, guard, openPositions, unprotected } = status;
  const { badge } = describeMode(session.mode);
  const isPaused = session.automation === 'paused';
  const doing = isPaused ? 'paused' : guard.state === 'active' ? 'trading' : guard.state;
  const positions = openPositions === 1 ? '1 open position' : `${openPositions} open positions`;
  const naked = unprotected > 0 ? `, ${unprotected} WITHOUT A STOP` : '';
  return {
    tooltip: `${badge} · ${doing} · ${positions}${naked}`,
    items: [
      { kind: 'text', label: `${badge} · ${doing}` },
      { kind: 'text', label: `${positions}${naked}` },
      ...(guard.reason === 'none' ? [] : [{ kind: 'text', label: `Guard: ${guard.reason.replaceAll('_', ' ')}` } as const]),
      line,
      show,
      isPaused ? { kind: 'action', label: 'Resume automation', action: 'resume' } : { kind: 'action', label: 'Pause automation', action: 'pause' },
      line,
      quit,
    ],
  };
}

/** The used part of Electron's `Tray`. */
export interface TrayCalls {
  setToolTip(text: string): void;
  setMenu(items: readonly TrayItem[], onAction: (action: TrayAction) => void): void;
  onClick(listener: () => void): void;
  destroy(): void;
}

export interface TrayOptions {
  readonly tray: TrayCalls;
  readonly screen: StatusScreen;
  readonly onShow: () => void;
  readonly onQuit: () => void;
}

/** Serves until the returned function is called. The menu is rebuilt only when what it says has changed: an open menu would close. */
export function serveTray({ tray, screen, onShow, onQuit }: TrayOptions): () => void {
  let shown = '';
  const act = (action: TrayAction): void => {
    switch (action) {
      case 'show':
        return onShow();
      case 'pause':
        return void screen.command({ kind: 'pause-automation' });
      case 'resume':
        return void screen.command({ kind: 'resume-automation' });
      case 'quit':
        return onQuit();
      default:
        assertNever(action);
    }
  };
  const show = (status: DesktopStatus | null): void => {
    const model = describeTray(status);
    const text = JSON.stringify(model);
    if (text === shown) return;
    shown = text;
    tray.setToolTip(model.tooltip);
    tray.setMenu(model.items, act);
  };
  show(null);
  tray.onClick(onShow);
  const unsubscribe = screen.onChange(show);
  return () => {
    unsubscribe();
    tray.destroy();
  };
}
