// The only bridge between the page and the desktop app: a message port with three verbs, nothing else.
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';

const CHANNEL = 'terminal-link';

contextBridge.exposeInMainWorld('terminalLink', {
  send: (message: unknown): void => ipcRenderer.send(CHANNEL, message),
  onMessage: (handler: (message: unknown) => void): (() => void) => {
    const listener = (_event: IpcRendererEvent, message: unknown): void => handler(message);
    ipcRenderer.on(CHANNEL, listener);
    return () => void ipcRenderer.off(CHANNEL, listener);
  },
  // The port lives as long as the page.
  onClose: (): (() => void) => () => undefined,
});
