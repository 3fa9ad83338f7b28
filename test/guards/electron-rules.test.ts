// A static scan of our own for what opens an Electron or browser app to an attacker: over every source that ships, each rule with a planted violation it must find.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/terminal.ts';

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Must be found. */
  readonly planted: string;
}

const RULES: readonly Rule[] = [
  { name: 'Node in a page', pattern: /nodeIntegration\w*\s*:\s*true/, planted: 'nodeIntegration: true' },
  { name: 'a page without isolation', pattern: /contextIsolation\s*:\s*false/, planted: 'contextIsolation: false' },
  { name: 'a page without sandbox', pattern: /sandbox\s*:\s*false|(?<!hasSwitch\()['"]no-sandbox['"]/, planted: "appendSwitch('no-sandbox')" },
  { name: 'web security off', pattern: /webSecurity\s*:\s*false|disable-web-security/, planted: 'webSecurity: false' },
  { name: 'insecure content', pattern: /allowRunningInsecureContent\s*:\s*true/, planted: 'allowRunningInsecureContent: true' },
  { name: 'experimental features', pattern: /experimentalFeatures\s*:\s*true|enableBlinkFeatures/, planted: "enableBlinkFeatures: 'X'" },
  { name: 'embedded pages', pattern: /webviewTag\s*:\s*true|<webview|<iframe/, planted: '<webview src=x>' },
  { name: 'the remote module', pattern: /@electron\/remote|enableRemoteModule/, planted: "require('@electron/remote')" },
  { name: 'code handed to a page', pattern: /executeJavaScript|insertCSS\(/, planted: 'contents.executeJavaScript(code)' },
  { name: 'an address handed to the system', pattern: /openExternal/, planted: 'shell.openExternal(url)' },
  { name: 'a call that blocks the engine', pattern: /showMessageBoxSync|showOpenDialogSync|sendSync\(/, planted: 'dialog.showMessageBoxSync(x)' },
  {
    name: 'the whole of IPC in a page',
    pattern: /exposeInMainWorld\([^)]*ipcRenderer\s*\)|\bipcRenderer\s*[,}]\s*\)?;?$/m,
    planted: "contextBridge.exposeInMainWorld('ipc', ipcRenderer)",
  },
  {
    name: 'certificates that are not checked',
    pattern: /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED|ignore-certificate-errors|setCertificateVerifyProc|'certificate-error'/,
    planted: 'rejectUnauthorized: false',
  },
  { name: 'text run as code', pattern: /\beval\(|new Function\(|setTimeout\(\s*['"`]|vm\.runIn/, planted: 'eval(text)' },
  {
    name: 'text shown as HTML',
    pattern: /dangerouslySetInnerHTML|\.innerHTML\s*=|\.outerHTML\s*=|insertAdjacentHTML|document\.write\(/,
    planted: 'node.innerHTML = text',
  },
  { name: 'memory dumps', pattern: /crashReporter|writeHeapSnapshot|--heapsnapshot-signal/, planted: 'crashReporter.start({})' },
  { name: 'a shell', pattern: /\{[^}]*\bexec\b[^}]*\} from 'node:child_process'|execSync\(|shell\s*:\s*true/, planted: 'execSync(command)' },
  { name: 'a server open to others', pattern: /0\.0\.0\.0|listen\([^)]*['"]::['"]/, planted: "listen(80, '0.0.0.0')" },
  { name: 'debugging from outside', pattern: /remote-debugging-port['"]\s*,|appendSwitch\(/, planted: "appendSwitch('remote-debugging-port', '1')" },
  { name: 'weak randomness for a key', pattern: /token\s*=\s*[^;]*Math\.random/, planted: 'const token = `${Math.random()}`' },
];
const FOLDERS = ['src-main', 'src-renderer', 'src-worker', 'src-shared'];

interface Source {
  readonly path: string;
  readonly text: string;
}

/** Comments say what is avoided; only code is judged. */
const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');

function sources(): readonly Source[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|tsx|html|css)$/.test(name))
      .map((name) => ({ path: `${folder}/${name.replaceAll('\\', '/')}`, text: withoutComments(readFileSync(join(PROJECT_ROOT, folder, name), 'utf8')) })),
  );
}
const find = ({ pattern }: Rule, files: readonly Source[]): readonly string[] => files.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

const ALL = sources();

describe('the static scan', () => {
  it('reads every source that ships', () => {
    expect(ALL.length).toBeGreaterThan(300);
    for (const path of [
      'src-main/hosts/electron/main.ts',
      'src-main/hosts/electron/preload.ts',
      'src-renderer/index.html',
      'src-main/hosts/node/web-server.ts',
    ])
      expect(ALL.map((source) => source.path)).toContain(path);
  });

  it.each(RULES.map((rule) => [rule.name, rule] as const))('finds %s where it is planted, and nowhere in the sources', (_name, rule) => {
    expect(find(rule, [{ path: 'planted.ts', text: rule.planted }])).toEqual(['planted.ts']);
    expect(find(rule, ALL)).toEqual([]);
  });

  it('finds Electron in the desktop host only', () => {
    const users = ALL.filter(({ text }) => /from 'electron'|from 'electron-updater'/.test(text)).map(({ path }) => path);
    expect(users.toSorted()).toEqual(['src-main/hosts/electron/main.ts', 'src-main/hosts/electron/preload.ts']);
  });
});
