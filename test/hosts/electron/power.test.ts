// H9: no sleep while it could cost money; after sleep nothing is opened until market, clock and account are known again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runDesktop } from '../../../src-main/hosts/electron/desktop.ts';
import { ok } from '../../../src-shared/kernel/result.ts';
import { until } from '../../support/terminal.ts';
import { ElectronDouble } from './support/electron-double.ts';
import { settle, TerminalDouble } from './support/terminal-double.ts';

let folder = '';
let electron: ElectronDouble;
let terminal: TerminalDouble;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-power-'));
  electron = new ElectronDouble({ argv: ['--data-dir', folder], userData: folder, appPath: '/app' });
  terminal = new TerminalDouble();
  runDesktop({ calls: electron.calls, settleMs: 60, startTerminal: () => Promise.resolve(ok(terminal)) });
  await settle();
});
afterEach(async () => {
  electron.menu?.act('quit');
  await settle();
  rmSync(folder, { recursive: true, force: true });
});

const commands = (): readonly string[] => terminal.commands.map((command) => command.kind);

describe('the power-save blocker', () => {
  it('holds sleep back while live automation runs, or a position is open in any mode, and never otherwise', async () => {
    expect(electron.blocks.size).toBe(1);
    terminal.session({ automation: 'paused' });
    await settle();
    expect(electron.blocks.size).toBe(0);
    terminal.session({ mode: 'simulated', automation: 'running' });
    await settle();
    expect(electron.blocks.size).toBe(0);
    terminal.position('a', 'open', 'protected');
    terminal.position('b', 'open', 'protected');
    await settle();
    expect(electron.blocks.size).toBe(1);
    terminal.position('a', 'closed', 'protected');
    await settle();
    expect(electron.blocks.size).toBe(1);
    terminal.position('b', 'closed', 'protected');
    await settle();
    expect(electron.blocks.size).toBe(0);
  });

  it('lets go when the terminal stops', async () => {
    expect(electron.blocks.size).toBe(1);
    electron.menu?.act('quit');
    await settle();
    expect(electron.blocks.size).toBe(0);
  });
});

describe('a shutdown of the system', () => {
  it('is held back until the engine has stopped, and not by a desktop that has stopped already', async () => {
    let held = 0;
    const shutdown = (): boolean => electron.power.emit('shutdown', { preventDefault: () => void (held += 1) });
    shutdown();
    await until('the exit', async () => electron.exits.length > 0);
    shutdown();
    expect([held, terminal.stops, electron.exits]).toEqual([1, ['the system shuts down'], [0]]);
  });
});

describe('sleep', () => {
  it('pauses automation, asks for everything anew on waking, and goes on only when the world is known for a while', async () => {
    terminal.position('a', 'open', 'protected');
    await settle();
    electron.power.emit('suspend');
    await settle();
    expect(commands()).toEqual(['pause-automation']);
    expect(terminal.logged.at(-1)).toMatch(/^warn power The computer goes to sleep with 1 open positions/);
    terminal.guard({ state: 'halted', reason: 'stale_data' });
    electron.power.emit('resume');
    await new Promise((done) => setTimeout(done, 200));
    expect(terminal.wakes).toHaveLength(1);
    expect(commands()).toEqual(['pause-automation']);
    terminal.guard({ state: 'reducing', reason: 'reconciling' });
    await new Promise((done) => setTimeout(done, 100));
    expect(commands()).toEqual(['pause-automation']);
    terminal.guard({ state: 'active', reason: 'none' });
    await until('automation to go on', async () => commands().length === 2);
    expect(commands()).toEqual(['pause-automation', 'resume-automation']);
  });

  it('starts counting again when the picture gets old in between', async () => {
    electron.power.emit('suspend');
    electron.power.emit('resume');
    for (let round = 0; round < 6; round += 1) {
      terminal.guard({ state: 'active', reason: 'none' });
      await new Promise((done) => setTimeout(done, 15));
      terminal.guard({ state: 'halted', reason: 'clock_skew' });
      await new Promise((done) => setTimeout(done, 40));
    }
    expect(commands()).toEqual(['pause-automation']);
  });

  it('leaves a pause that a person made alone', async () => {
    terminal.session({ automation: 'paused' });
    await settle();
    electron.power.emit('suspend');
    electron.power.emit('resume');
    await new Promise((done) => setTimeout(done, 250));
    expect(commands()).toEqual([]);
    expect(terminal.wakes).toHaveLength(1);
  });

  it('does not undo a person who resumed and paused again after waking', async () => {
    electron.power.emit('suspend');
    await settle();
    terminal.guard({ state: 'halted', reason: 'stale_data' });
    electron.power.emit('resume');
    terminal.session({ automation: 'running' });
    await new Promise((done) => setTimeout(done, 60));
    terminal.session({ automation: 'paused' });
    terminal.guard({ state: 'active', reason: 'none' });
    await new Promise((done) => setTimeout(done, 250));
    expect(commands()).toEqual(['pause-automation']);
  });
});
