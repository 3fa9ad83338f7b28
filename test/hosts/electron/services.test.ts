// The desktop beside window and tray: restart to update only in a safe moment, start with the system, exported sessions, and the recovery drill.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import { openDatabase } from '../../../src-main/adapters/sqlite/database.ts';
import { createJournal, JOURNAL_MIGRATIONS } from '../../../src-main/adapters/sqlite/journal.ts';
import type { Mode } from '../../../src-shared/domain/session.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { desktopEntry, quoteForWindows } from '../../../src-main/hosts/electron/auto-start.ts';
import type { StartOptions } from '../../../src-main/hosts/arguments.ts';
import { runDesktop } from '../../../src-main/hosts/electron/desktop.ts';
import { argumentsFor, takeDesktopArguments } from '../../../src-main/hosts/electron/opened.ts';
import { signRelease } from '../../../src-main/hosts/electron/release-signature.ts';
import type { UpdaterCalls } from '../../../src-main/hosts/electron/updates.ts';
import { until } from '../../support/terminal.ts';
import { ElectronDouble, type DoubleOptions } from './support/electron-double.ts';
import { settle, TerminalDouble } from './support/terminal-double.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-services-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const FEED = { version: '2.0.0', files: [{ url: 'x', sha512: Buffer.alloc(64, 1).toString('base64'), size: 9 }] };

/** An updater that has what it is given and records what it is told; the real one is in updates.test.ts. */
class UpdaterDouble extends EventEmitter {
  autoDownload = true;
  autoInstallOnAppQuit = true;
  allowDowngrade = true;
  allowPrerelease = false;
  disableWebInstaller = false;
  channel: string | null = null;
  logger: unknown = {};
  installs = 0;
  async checkForUpdates(): Promise<void> {
    this.emit('update-available', { ...FEED, signature: signRelease(FEED, privateKey) });
  }
  async downloadUpdate(): Promise<void> {
    this.emit('update-downloaded', {});
  }
  quitAndInstall(): void {
    this.installs += 1;
  }
}

interface Started {
  readonly electron: ElectronDouble;
  readonly terminal: TerminalDouble;
  readonly updater: UpdaterDouble;
  /** What the engine was started with; null when it was not. */
  readonly options: StartOptions | null;
}

async function start(options: Partial<DoubleOptions> = {}, prepare: (terminal: TerminalDouble) => void = () => undefined): Promise<Started> {
  const updater = new UpdaterDouble();
  const electron = new ElectronDouble({
    argv: ['--data-dir', folder],
    userData: folder,
    appPath: '/app',
    environment: { XDG_CONFIG_HOME: join(folder, 'config') },
    releases: { kind: 'feed', updater: updater as unknown as UpdaterCalls, publicKey },
    ...options,
  });
  const terminal = new TerminalDouble();
  prepare(terminal);
  let given: StartOptions | null = null;
  runDesktop({
    calls: electron.calls,
    settleMs: 40,
    patienceMs: 150,
    startTerminal: (request) => {
      given = request.options;
      return Promise.resolve(ok(terminal));
    },
  });
  await settle();
  return { electron, terminal, updater, options: given };
}
const menuOf = (electron: ElectronDouble): string => JSON.stringify(electron.menu?.entries);
const commands = (terminal: TerminalDouble): readonly string[] => terminal.commands.map(({ kind }) => kind);

describe('an update that is ready', () => {
  it('is in the menu, and nothing installs it by itself: not a quit, not a crash', async () => {
    const { electron, updater, terminal } = await start();
    expect(menuOf(electron)).toContain('Restart to update to 2.0.0');
    expect(electron.notices.map(({ notice }) => notice.title)).toEqual(['Version 2.0.0 is ready']);
    expect([updater.autoDownload, updater.autoInstallOnAppQuit, updater.allowDowngrade, updater.disableWebInstaller]).toEqual([false, false, false, true]);
    electron.menu?.act('quit');
    await settle();
    expect([updater.installs, terminal.stops]).toEqual([0, ['menu']]);
  });

  it('is installed after a yes: automation pauses first, the engine stops, then the installer takes over', async () => {
    const { electron, updater, terminal } = await start();
    terminal.position('a', 'open', 'protected');
    terminal.order('s', 'stop', 'resting');
    await settle();
    electron.answer = 0;
    electron.menu?.act('update');
    await until('the installer', async () => updater.installs === 1);
    expect(electron.asked).toEqual(['Restart to install version 2.0.0?']);
    expect([commands(terminal), terminal.stops, electron.exits]).toEqual([['pause-automation'], ['update'], []]);
  });

  it('waits after a no, and automation goes on', async () => {
    const { electron, updater, terminal } = await start();
    electron.answer = 1;
    electron.menu?.act('update');
    await until('automation', async () => commands(terminal).length === 2);
    expect([commands(terminal), updater.installs, terminal.stops]).toEqual([['pause-automation', 'resume-automation'], 0, []]);
  });

  it.each<readonly [string, (terminal: TerminalDouble) => void, string]>([
    ['an entry is being sent', (terminal) => terminal.order('e', 'entry', 'sent'), '1 order is under way.'],
    ['the outcome of an order is unknown', (terminal) => terminal.order('e', 'close', 'unknown'), '1 order is under way.'],
    ['a limit entry rests', (terminal) => terminal.order('e', 'entry', 'resting'), '1 order is under way.'],
    ['a stop is being placed', (terminal) => terminal.order('s', 'stop', 'intended'), '1 order is under way.'],
    ['a target is being filled', (terminal) => terminal.order('t', 'target', 'triggered'), '1 order is under way.'],
    ['a position is unprotected', (terminal) => terminal.position('a', 'open', 'naked'), '1 position has no stop that the exchange has confirmed.'],
    ['prices are old', (terminal) => terminal.guard({ state: 'halted', reason: 'stale_data' }), 'The state of the account is not known right now.'],
    ['the books are being compared', (terminal) => terminal.guard({ state: 'reducing', reason: 'reconciling' }), 'The state of the account is not known'],
    ['the engine is starting', (terminal) => terminal.session({ phase: 'starting' }), 'The state of the account is not known'],
  ])('never interrupts while %s', async (_what, make, why) => {
    const { electron, updater, terminal } = await start();
    make(terminal);
    await settle();
    electron.answer = 0;
    electron.menu?.act('update');
    await until('the refusal', async () => electron.messages.length === 1);
    expect(electron.messages[0]).toContain(why);
    expect([electron.asked, updater.installs, terminal.stops]).toEqual([[], 0, []]);
    await until('automation', async () => commands(terminal).includes('resume-automation'));
  });

  it('is not installed when something began while the question stood', async () => {
    const { electron, updater, terminal } = await start();
    electron.whileAsked = async () => {
      terminal.position('a', 'open', 'naked');
      await settle();
    };
    electron.answer = 0;
    electron.menu?.act('update');
    await until('the refusal', async () => electron.messages.length === 1);
    expect(electron.asked).toHaveLength(1);
    expect([electron.messages[0], updater.installs, terminal.stops]).toEqual([expect.stringContaining('1 position has no stop'), 0, []]);
  });

  it('is not looked for while the setting is off', async () => {
    const { electron, updater } = await start({}, (terminal) => terminal.setting({ updateChannel: 'off' }));
    expect(menuOf(electron)).toContain('Updates are switched off');
    expect(updater.channel).toBeNull();
  });

  it('of a build without a feed is said, not hidden', async () => {
    const { electron } = await start({ releases: { kind: 'none', why: 'this build has no update feed' } });
    expect(menuOf(electron)).toContain('No updates: this build has no update feed');
  });
});

describe('starting with the system', () => {
  const entry = (): string => join(folder, 'config', 'autostart', 'perpetual-terminal.desktop');

  it('is off, and leaves nothing behind', async () => {
    await start();
    expect(existsSync(entry())).toBe(false);
  });

  it('writes a desktop entry on Linux with the flags of this start, and takes it away again', async () => {
    const { terminal } = await start({ argv: ['--data-dir', folder, '--mode', 'paper'] }, (one) => one.session({ mode: 'paper' }));
    terminal.setting({ startWithSystem: true });
    await settle();
    expect(readFileSync(entry(), 'utf8')).toBe(
      desktopEntry('/opt/Perpetual Terminal/perpetual-terminal', ['--hidden', '--data-dir', folder, '--mode', 'paper']),
    );
    terminal.session({ mode: 'demo' });
    await settle();
    expect(readFileSync(entry(), 'utf8')).toContain('"--mode" "demo"');
    terminal.setting({ startWithSystem: false });
    await settle();
    expect(existsSync(entry())).toBe(false);
  });

  it('is a login item on Windows, each argument quoted as Windows reads it', async () => {
    const { electron, terminal } = await start({ platform: 'win32', argv: ['--data-dir', `${folder}/my data`] });
    terminal.setting({ startWithSystem: true });
    await settle();
    const item = { path: '/opt/Perpetual Terminal/perpetual-terminal', args: ['--hidden', '--data-dir', `"${folder}/my data"`, '--mode', 'live'] };
    expect(electron.loginItems.at(-1)).toEqual({ openAtLogin: true, ...item });
    expect(['plain', '', 'a b', String.raw`C:\my data\ `.trim(), 'say "x"', String.raw`a\"b`].map(quoteForWindows)).toEqual([
      'plain',
      '""',
      '"a b"',
      String.raw`"C:\my data\\"`,
      String.raw`"say \"x\""`,
      String.raw`"a\\\"b"`,
    ]);
  });

  it('is a login item on macOS, which passes no arguments: the next start at the login finds them in a file', async () => {
    const before = await start({ platform: 'darwin', argv: ['--data-dir', folder, '--mode', 'paper'] }, (one) => one.session({ mode: 'paper' }));
    before.terminal.setting({ startWithSystem: true });
    await settle();
    expect(before.electron.loginItems.at(-1)).toEqual({ openAtLogin: true });
    const login = await start({ platform: 'darwin', argv: [], wasOpenedAtLogin: true });
    expect(login.options?.mode).toBe('paper');
    expect(login.options?.dataDir).toBe(folder);
    expect(login.electron.window.calls).not.toContain('show');
    const byHand = await start({ platform: 'darwin', argv: ['--data-dir', folder], wasOpenedAtLogin: true });
    expect([byHand.options?.mode, byHand.electron.window.calls.includes('show')]).toEqual(['simulated', true]);
    before.terminal.setting({ startWithSystem: false });
    await settle();
    expect([before.electron.loginItems.at(-1), existsSync(join(folder, 'login-start.json'))]).toEqual([{ openAtLogin: false }, false]);
  });

  it('quotes what a shell would read otherwise', () => {
    expect(desktopEntry('/opt/a b', ['$(rm) `x` "q" 100% \\'])).toContain('Exec="/opt/a b" "\\\\$(rm) \\\\`x\\\\` \\\\"q\\\\" 100%% \\\\\\\\"');
  });

  it.each<readonly [Mode, readonly string[], readonly string[]]>([
    ['simulated', ['--seed', '7', '--speed', '60'], ['--seed', '7', '--speed', '60']],
    ['live', ['--mode', 'live', '--models', '/m'], ['--mode', 'live', '--models', '/m']],
    ['paper', ['--mode=live', '--data-dir', '/d'], ['--data-dir', '/d', '--mode', 'paper']],
    ['paper', ['--speed', '60', '--replay', '/r', '--from', '2026-01-01', '--no-open', '--seed', '7'], ['--no-open', '--seed', '7', '--mode', 'paper']],
  ])('in mode %s from %j gives the flags %j', (mode, own, expected) => {
    expect(argumentsFor(mode, own)).toEqual(expected);
  });

  it('does nothing for an app that runs from its sources', async () => {
    const { terminal } = await start({ isPackaged: false });
    terminal.setting({ startWithSystem: true });
    await settle();
    expect(existsSync(entry())).toBe(false);
    expect(terminal.logged.at(-1)).toContain('installed app only');
  });

  it('starts in the background: the window is there and not shown until somebody asks', async () => {
    const { electron } = await start({ argv: ['--hidden', '--data-dir', folder] });
    expect(electron.window.calls).toEqual([]);
    electron.tray?.act('show');
    expect(electron.window.calls).toEqual(['show', 'focus']);
  });
});

describe('the recovery drill', () => {
  it('is refused where real orders are', async () => {
    const { electron } = await start();
    electron.menu?.act('drill');
    await until('the refusal', async () => electron.messages.length === 1);
    expect(electron.messages[0]).toContain('this is LIVE');
    expect([electron.asked, electron.kills]).toEqual([[], []]);
  });

  it('asks, writes down what is held, and kills; cancelled, it does nothing', async () => {
    const { electron, terminal } = await start({ argv: ['--data-dir', folder, '--seed', '7'] }, (one) => one.session({ mode: 'simulated' }));
    terminal.held('a', 'BTCUSDT', 5, 'protected');
    await settle();
    electron.menu?.act('drill');
    await until('the question', async () => electron.asked.length === 1);
    await settle();
    expect([electron.kills, existsSync(join(folder, 'drill.json'))]).toEqual([[], false]);
    electron.answer = 0;
    electron.menu?.act('drill');
    await until('the kill', async () => electron.kills.length === 1);
    expect(electron.kills).toEqual([['--data-dir', folder, '--seed', '7', `--after-drill=${process.pid}`]]);
    expect(terminal.stops).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, 'drill.json'), 'utf8'))).toMatchObject({
      mode: 'simulated',
      positions: [{ id: 'a', symbol: 'BTCUSDT', lots: 5 }],
    });
  });

  const leave = (positions: readonly object[]): void =>
    writeFileSync(join(folder, 'drill.json'), JSON.stringify({ version: 1, mode: 'simulated', killedAt: Date.now() - 1000, positions }));
  const BTC = { id: 'a', symbol: 'BTCUSDT', side: 'long', lots: 5, isEntering: false, protection: 'protected' };
  const after = async (prepare: (terminal: TerminalDouble) => void): Promise<string> => {
    const { electron } = await start({ argv: ['--data-dir', folder, '--after-drill=4242'] }, prepare);
    await until('the verdict', async () => electron.messages.length === 1);
    expect(electron.waitedFor).toEqual([4242]);
    expect(existsSync(join(folder, 'drill.json'))).toBe(false);
    return electron.messages[0] ?? '';
  };

  it('is passed when everything that was held is held with its stop, and says how long it took', async () => {
    leave([BTC]);
    expect(await after((terminal) => terminal.held('a', 'BTCUSDT', 5, 'protected'))).toMatch(
      /^Recovery drill passed: .* verified in 1\.\d s\. 1 positions held again with their stops, 0 ended/,
    );
    expect(JSON.parse(readFileSync(join(folder, 'drills.jsonl'), 'utf8'))).toMatchObject({ isGood: true, held: 1, problems: [] });
  });

  it.each<readonly [string, (terminal: TerminalDouble) => void, string]>([
    ['a position is gone', () => undefined, 'BTCUSDT was held before and is not known any more.'],
    ['a position has grown', (terminal) => terminal.held('a', 'BTCUSDT', 10, 'protected'), 'has grown from 5 to 10 lots'],
    [
      'a position has no stop in time',
      (terminal) => terminal.held('a', 'BTCUSDT', 5, 'naked'),
      'It was not streaming, compared with the exchange and protected in time.',
    ],
    [
      'a position is doubled',
      (terminal) => {
        terminal.held('a', 'BTCUSDT', 5, 'protected');
        terminal.held('b', 'BTCUSDT', 5, 'protected');
      },
      'BTCUSDT is held twice.',
    ],
    ['prices never come', (terminal) => terminal.session({ phase: 'starting' }), 'not streaming'],
  ])('is failed when %s', async (_what, prepare, problem) => {
    leave([BTC]);
    const verdict = await after(prepare);
    expect(verdict).toMatch(/^Recovery drill FAILED/);
    expect(verdict).toContain(problem);
  });

  it('of a file that is none is forgotten', async () => {
    writeFileSync(join(folder, 'drill.json'), '{"version":1');
    const { electron } = await start();
    await settle();
    expect([electron.messages, readdirSync(folder).includes('drill.json')]).toEqual([[], false]);
  });
});

describe('sessions that are opened', () => {
  it('by a link of ours show the app and what it is; by any other link nothing happens', async () => {
    const { electron } = await start();
    for (const bad of ['perpetual-terminal://session/../../etc', 'perpetual-terminal://order/1', 'perpetual-terminal:session/1', 'https://x/1.ptsession#'])
      electron.app.emit('second-instance', {}, ['/opt/app', bad], '/');
    await settle();
    expect(electron.messages).toEqual([]);
    electron.app.emit('second-instance', {}, ['/opt/app', 'perpetual-terminal://session/3'], '/');
    await until('the answer', async () => electron.messages.length === 1);
    expect(electron.messages[0]).toContain('is not a session');
    expect(electron.window.calls.slice(-2)).toEqual(['show', 'focus']);
  });

  it('before the terminal is there wait for it; given at the start they are not taken for flags', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    const file = join(folder, 'elsewhere', 'broken.ptsession');
    writeFileSync(file, 'no database');
    const { electron } = await start({ argv: ['--data-dir', folder, file] });
    await until('the answer', async () => electron.messages.length === 1);
    expect(electron.messages[0]).toContain('is not a session');
  });

  it('are added to Review after a yes, and only then', async () => {
    const file = join(folder, 'sent.ptsession');
    const database = openDatabase({ file, migrations: JOURNAL_MIGRATIONS, synchronous: 'NORMAL', onNotice: () => undefined, now: () => 1 });
    if (!database.ok) throw new Error(database.error.uiMessage);
    const journal = createJournal(database.value, file, { mode: 'paper', version: '0.1.0', settings: defaultSettings(), startedAt: epochMs(0) });
    journal.endSession(epochMs(60_000), 'test');
    journal.close();
    const { electron } = await start();
    const imported = join(folder, 'imported');
    electron.answer = 1;
    electron.app.emit('open-file', { preventDefault: () => undefined }, file);
    await until('the question', async () => electron.asked.length === 1);
    await settle();
    expect(existsSync(imported)).toBe(false);
    electron.answer = 0;
    electron.app.emit('open-file', { preventDefault: () => undefined }, file);
    await until('the answer', async () => electron.messages.length === 1);
    expect([electron.messages[0], readdirSync(imported).filter((name) => name.endsWith('.ptsession')).length]).toEqual([
      expect.stringContaining('in the Review layout under Sessions'),
      1,
    ]);
  });

  it('are announced to the system under one scheme, and only by the installed app', async () => {
    expect((await start()).electron.linkSchemes).toEqual(['perpetual-terminal /opt/Perpetual Terminal/perpetual-terminal']);
    expect((await start({ isPackaged: false })).electron.linkSchemes).toEqual([]);
  });
});

describe('a link that brings arguments along', () => {
  it('starts nothing that a person did not ask for: what stands behind it is dropped', () => {
    const argv = ['--data-dir', '/mine', 'perpetual-terminal://session/3', '--mode', 'live', '--hidden', '//evil/share/x.ptsession'];
    expect(takeDesktopArguments(argv, '/')).toEqual({
      own: ['--data-dir', '/mine'],
      isHidden: false,
      drilledProcess: null,
      opened: [{ kind: 'link', session: 3 }],
    });
  });

  it('a malformed one is no exception, and the process that a crash left behind is still waited for', () => {
    expect(takeDesktopArguments(['perpetual-terminal://x', '--data-dir', '//evil/share', '--after-drill=4711'], '/')).toEqual({
      own: [],
      isHidden: false,
      drilledProcess: 4711,
      opened: [],
    });
  });
});
