// The mode over a restart: what a person chose comes back, a flag wins, real money never starts by itself, and the reason is told.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseStartOptions, type StartOptions } from '../../src-main/hosts/arguments.ts';
import { keepChosenMode, modeReasonInWords, readChosenMode, withChosenMode } from '../../src-main/hosts/chosen-mode.ts';
import type { StartRequest, Terminal } from '../../src-main/hosts/terminal.ts';
import { startSwitchable } from '../../src-main/hosts/mode-switch.ts';
import { MODE_REASONS, MODES, type Mode } from '../../src-shared/domain/session.ts';
import { err, ok } from '../../src-shared/kernel/result.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chosen-mode-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function options(argv: readonly string[] = []): StartOptions {
  const parsed = parseStartOptions([...argv, '--data-dir', folder]);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
const start = (argv: readonly string[] = []): string => {
  const { mode, modeReason } = withChosenMode(options(argv));
  return `${mode} ${modeReason}`;
};

describe('the mode of a start', () => {
  it('is the simulation while nobody has chosen one', () => {
    expect(start()).toBe('simulated first_start');
  });

  it.each(['simulated', 'paper', 'demo'] as const)('is %s again when that was chosen last', (mode) => {
    expect(keepChosenMode(folder, mode)).toBeNull();
    expect(start()).toBe(`${mode} remembered`);
  });

  it('is never real money by itself: prices are live, money is not, until somebody confirms it', () => {
    keepChosenMode(folder, 'live');
    expect(start()).toBe('paper live_unconfirmed');
    expect(modeReasonInWords('live_unconfirmed')).toMatch(/never starts by itself/);
  });

  it.each([
    [['--mode', 'live'], 'live flag'],
    [['--mode', 'simulated'], 'simulated flag'],
    [['--speed', '60'], 'simulated flag'],
    [['--replay', '/candles'], 'simulated flag'],
  ])('is what the command line says, whatever was chosen: %j', (argv, expected) => {
    keepChosenMode(folder, 'demo');
    expect(start(argv)).toBe(expected);
    expect(readChosenMode(folder)).toEqual({ ok: true, value: 'demo' });
  });

  it.each(['', '{', '{"version":1,"mode":"casino"}', '{"version":2,"mode":"live"}', 'null'])('is the simulation, aloud, when the file says %j', (text) => {
    writeFileSync(join(folder, 'mode.json'), text);
    expect(start()).toBe('simulated unreadable');
  });

  it('has a sentence for every reason', () => {
    expect(new Set(MODE_REASONS.map(modeReasonInWords)).size).toBe(MODE_REASONS.length);
  });

  it('a folder that cannot be written is told, with the way around it', () => {
    expect(keepChosenMode(join(folder, 'mode.json', 'below\0'), 'paper')).toMatch(/could not be kept for the next start.*--mode paper/);
  });
});

describe('a terminal that keeps its mode', () => {
  function desk(argv: readonly string[], cannotStart: readonly Mode[] = []) {
    const started: string[] = [];
    const said: string[] = [];
    const requests: StartRequest[] = [];
    const startOne: Parameters<typeof startSwitchable>[1] = async (request) => {
      requests.push(request);
      const { mode, modeReason } = request.options;
      if (cannotStart.includes(mode)) return err({ uiMessage: `There are no keys for ${mode}.` });
      started.push(`${mode} ${modeReason}`);
      const terminal: Terminal = {
        logger: { log: (_level, _source, message) => void said.push(message), close: () => Promise.resolve() },
        attach: () => undefined,
        whenStreaming: Promise.resolve('streaming'),
        wake: () => undefined,
        stop: () => Promise.resolve(),
      };
      return ok(terminal);
    };
    const request = { options: options(argv), host: 'node', projectRoot: '/', launcher: {}, secrets: {} } as unknown as StartRequest;
    return { started, said, requests, running: startSwitchable(request, startOne) };
  }
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) await new Promise((resume) => setTimeout(resume, 10));
  };

  it.each(MODES.filter((mode) => mode !== 'simulated'))('keeps %s, chosen on the screen, for the next start', async (mode) => {
    const { started, requests, running } = desk(['--mode', 'simulated']);
    await running;
    requests[0]?.onSwitch?.(mode);
    await until(() => existsSync(join(folder, 'mode.json')));
    expect(started).toEqual(['simulated flag', `${mode} wizard`]);
    expect(JSON.parse(readFileSync(join(folder, 'mode.json'), 'utf8'))).toEqual({ version: 1, mode });
    const next = desk([]);
    await next.running;
    expect(next.started).toEqual([mode === 'live' ? 'paper live_unconfirmed' : `${mode} remembered`]);
  });

  it('a change that failed is not kept', async () => {
    const { started, requests, running } = desk(['--mode', 'simulated'], ['demo']);
    await running;
    requests[0]?.onSwitch?.('demo');
    await until(() => started.length === 2);
    expect(started).toEqual(['simulated flag', 'simulated flag']);
    expect(existsSync(join(folder, 'mode.json'))).toBe(false);
  });

  it('a kept mode that cannot start gives way to the simulation, says why, and stays chosen', async () => {
    keepChosenMode(folder, 'demo');
    const { started, said, running } = desk([], ['demo']);
    expect(await running).toMatchObject({ ok: true });
    expect(started).toEqual(['simulated not_startable']);
    expect(said).toEqual(['DEMO could not be started: There are no keys for demo.']);
    expect(readChosenMode(folder)).toEqual({ ok: true, value: 'demo' });
  });

  it('a mode of the command line that cannot start ends the start, as before', async () => {
    expect(await desk(['--mode', 'demo'], ['demo']).running).toMatchObject({ ok: false });
  });
});
