// The application menu as plain data: editing, zoom, the data folder, and a way out. No developer tools in a packaged app.

export type MenuAction = 'open-data-folder' | 'quit' | 'about';
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
  readonly submenu?: readonly MenuEntry[];
}

export interface MenuFacts {
  readonly isMac: boolean;
  readonly isPackaged: boolean;
}

const LINE: MenuEntry = { type: 'separator' };

export function describeMenu({ isMac, isPackaged }: MenuFacts): readonly MenuEntry[] {
  const quit: MenuEntry = { label: 'Stop and quit', accelerator: 'CmdOrCtrl+Q', action: 'quit' };
  const own: readonly MenuEntry[] = [
    { label: 'About Perpetual Terminal', action: 'about' },
    { label: 'Open the data folder', action: 'open-data-folder' },
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
