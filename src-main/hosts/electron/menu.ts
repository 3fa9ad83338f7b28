// The application menu as plain data: editing, zoom, the data folder, and a way out. No developer tools in a packaged app.

import { assertNever } from '../../../src-shared/kernel/result.ts';
import type { UpdateState } from './updates.ts';

export type MenuAction = 'open-data-folder' | 'export-session' | 'drill' | 'update' | 'quit' | 'about';
type Role =
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'reload'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'toggleDevTools'
  | 'minimize'
  | 'hide'
  | 'hideOthers';

export interface MenuEntry {
  readonly label?: string;
  readonly role?: Role;
  readonly type?: 'separator';
  readonly accelerator?: string;
  readonly action?: MenuAction;
  readonly enabled?: boolean;
  readonly submenu?: readonly MenuEntry[];
}

export interface MenuFacts {
  readonly isMac: boolean;
  readonly isPackaged: boolean;
  readonly update: UpdateState;
}

const LINE: MenuEntry = { type: 'separator' };

/** What the menu says about updates: what is going on, or what a click does. */
export function describeUpdate(state: UpdateState): MenuEntry {
  switch (state.kind) {
    case 'off':
      return { label: `No updates: ${state.why}`, enabled: false };
    case 'current':
      return { label: 'Check for updates', action: 'update' };
    case 'checking':
      return { label: 'Checking for updates', enabled: false };
    case 'downloading':
      return { label: `Downloading ${state.version}`, enabled: false };
    case 'ready':
      return { label: `Restart to update to ${state.version}`, action: 'update' };
    case 'failed':
      return { label: 'Update failed; try again', action: 'update' };
    default:
      return assertNever(state);
  }
}

/** The menu as plain data; developer tools only in a copy that runs from its sources. */
export function describeMenu({ isMac, isPackaged, update }: MenuFacts): readonly MenuEntry[] {
  const quit: MenuEntry = { label: 'Stop and quit', accelerator: 'CmdOrCtrl+Q', action: 'quit' };
  const own: readonly MenuEntry[] = [
    { label: 'About Perpetual Terminal', action: 'about' },
    describeUpdate(update),
    LINE,
    { label: 'Open the data folder', action: 'open-data-folder' },
    { label: 'Export this session', action: 'export-session' },
    { label: 'Recovery drill', action: 'drill' },
    LINE,
  ];
  return [
    isMac
      ? { label: 'Perpetual Terminal', submenu: [...own, { role: 'hide' }, { role: 'hideOthers' }, LINE, quit] }
      : { label: 'Terminal', submenu: [...own, quit] },
    { label: 'Edit', submenu: [{ role: 'undo' }, { role: 'redo' }, LINE, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }] },
    {
      label: 'View',
      submenu: [
        { role: 'reload' },
        LINE,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(isPackaged ? [] : [LINE, { role: 'toggleDevTools' } as const]),
      ],
    },
    { label: 'Window', submenu: [{ role: 'minimize' }] },
  ];
}
