// Starts the packed app outside its archive, with a stand-in for the module `electron`: proves that what was packed is enough to run.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TIMEOUT_MS = 120_000;
const FLAGS = ['--mode', 'simulated', '--symbols', '8', '--seed', '3', '--speed', '60'];

/** What the app needs of Electron to come up: windows that load through the protocol handler, utility processes as forked ones. */
const ELECTRON = `
import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
let handler = null;
export const app = Object.assign(new EventEmitter(), {
  isPackaged: false, commandLine: { hasSwitch: () => false }, requestSingleInstanceLock: () => true, enableSandbox() {}, setAppUserModelId() {}, whenReady: () => Promise.resolve(),
  getAppPath: () => process.env.PACKED_APP, getPath: () => process.env.PACKED_DATA, getVersion: () => '0', quit() {}, relaunch() {}, exit: (code) => process.exit(code),
  getLoginItemSettings: () => ({ wasOpenedAtLogin: false }),
});
export const protocol = { registerSchemesAsPrivileged() {}, handle: (_scheme, given) => void (handler = given) };
export const dialog = { showErrorBox: (_title, text) => process.stderr.write(text + '\\n'), showMessageBox: async () => ({ response: 2 }) };
export const ipcMain = new EventEmitter();
export const Menu = { setApplicationMenu() {}, buildFromTemplate: (template) => template };
export const nativeImage = { createFromPath: () => ({ isEmpty: () => true }) };
export class Notification { static isSupported() { return false; } }
export class Tray {}
export const powerMonitor = new EventEmitter();
export const powerSaveBlocker = { start: () => 1, stop() {} };
export const safeStorage = { isAsyncEncryptionAvailable: () => Promise.resolve(false), getSelectedStorageBackend: () => 'basic_text' };
export const screen = { getAllDisplays: () => [] };
export const shell = { openPath: async () => '' };
export const utilityProcess = {
  fork: (file, argv, options) => {
    const child = fork(file, argv, { execArgv: [...options.execArgv, '--import', process.env.PACKED_SHIM], stdio: [...options.stdio, 'ipc'], serialization: 'advanced' });
    return Object.assign(new EventEmitter(), {
      pid: child.pid, kill: () => child.kill('SIGKILL'), postMessage: (message) => child.connected && child.send(message),
      on: (_event, listener) => child.on('message', listener), once: (_event, listener) => child.once('exit', (code) => listener(code ?? 0)),
    });
  },
};
export class BrowserWindow extends EventEmitter {
  webContents = Object.assign(new EventEmitter(), { reload() {} });
  isDestroyed() { return false; }
  show() {} hide() {} focus() {} restore() {} maximize() {}
  async loadURL(url) {
    const page = await handler({ url, method: 'GET' });
    const script = /src="([^"]+\\.js)"/.exec(await page.text())?.[1] ?? '/missing.js';
    const asset = await handler({ url: new URL(script, url).href, method: 'GET' });
    process.stdout.write('PAGE ' + page.status + ' ' + asset.status + '\\n');
  }
}
`;
/** In a utility process the parent's channel is \`process.parentPort\`. */
const SHIM = `process.parentPort = { on: (_event, listener) => process.on('message', (data) => listener({ data })), postMessage: (message) => process.send(message) };\n`;

/** Null when it streamed; else what went wrong. */
export function runPacked(archive, folder) {
  for (const path of archive.entries.keys()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), archive.read(path));
  }
  const electron = join(folder, 'node_modules', 'electron');
  mkdirSync(electron, { recursive: true });
  writeFileSync(join(electron, 'package.json'), '{"name":"electron","type":"module","main":"index.js"}');
  writeFileSync(join(electron, 'index.js'), ELECTRON);
  const shim = join(folder, 'parent-port.mjs');
  writeFileSync(shim, SHIM);
  const data = join(folder, 'data');
  const child = spawn(process.execPath, [join(folder, 'out/main/main.js'), ...FLAGS, '--data-dir', data], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: folder, PACKED_APP: folder, PACKED_DATA: data, PACKED_SHIM: shim },
  });
  let output = '';
  return new Promise((resolve) => {
    const finish = (failure) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(failure);
    };
    const timer = setTimeout(() => finish(`the packed app was not ready in time:\n${output}`), TIMEOUT_MS);
    const read = (chunk) => {
      output += chunk.toString();
      if (/^READY electron$/m.test(output) && /^PAGE \d/m.test(output))
        finish(/^PAGE 200 200$/m.test(output) ? null : `the packed app did not serve its page:\n${output}`);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => finish(`the packed app ended with ${code}:\n${output}`));
  });
}
