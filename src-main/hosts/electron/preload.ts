// The only bridge between the page and the desktop app: a message port with three verbs, nothing else.
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { CHANNELS } from './channels.ts';

contextBridge.exposeInMainWorld('terminalLink', {
  send: (message: unknown): void => ipcRenderer.send(CHANNELS.toEngine, message),
  onMessage: (handler: (message: unknown) => void): (() => void) => {
    const listener = (_event: IpcRendererEvent, message: unknown): void => handler(message);
    ipcRenderer.on(CHANNELS.toScreen, listener);
    return () => void ipcRenderer.off(CHANNELS.toScreen, listener);
  },
  onClose: (handler: () => void): (() => void) => {
    const listener = (): void => handler();
    ipcRenderer.on(CHANNELS.closed, listener);
    return () => void ipcRenderer.off(CHANNELS.closed, listener);
  },
});
ipcRenderer.send(CHANNELS.open);
