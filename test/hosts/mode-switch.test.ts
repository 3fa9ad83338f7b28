// Changing the mode from the screen: reviewed, journalled, the engine started anew, the screens kept; a failed start goes back and says so.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createHostCalls, type HostCallParts } from '../../src-main/hosts/host-calls.ts';
import { optionsFor, startSwitchable } from '../../src-main/hosts/mode-switch.ts';
import { parseStartOptions, type StartOptions } from '../../src-main/hosts/arguments.ts';
import type { StartRequest, Terminal } from '../../src-main/hosts/terminal.ts';
import { exchangeOf, tryMode } from '../../src-main/hosts/try-mode.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import type { Link } from '../../src-shared/contract/rpc.ts';
import type { Mode } from '../../src-shared/domain/session.ts';
import { err, ok } from '../../src-shared/kernel/result.ts';
import { fixtureSnapshot } from '../renderer/fixture-market.ts';

const snapshot = fixtureSnapshot();

describe('the wish to change the mode', () => {
  const ask = async (wish: unknown, change: { readonly mode?: Mode; readonly flat?: boolean; readonly parts?: Partial<HostCallParts> } = {}) => {
    const begun: Mode[] = [];
    const journalled: string[] = [];
    const calls = createHostCalls({
      alarms: { command: () => ok({ message: '' }) },
      backUp: () => Promise.resolve(ok({ message: '' })),
      system: () => {
        throw new Error('not asked');
      },
      tryMode: () => Promise.resolve(ok(null)),
      snapshot: () => ({ session: { ...snapshot.session, mode: change.mode ?? 'simulated' }, positions: change.flat === true ? {} : snapshot.positions }),
      journalSwitch: (from, to) => journalled.push(`${from} ${to}`) > 0,
      beginSwitch: (mode) => void begun.push(mode),
      ...change.parts,
    });
    const answer = await calls.switchMode(wish as never);
    return { code: answer.ok ? 'ok' : answer.error.code, begun, journalled };
  };

  it('is journalled before the engine is told to start anew', async () => {
    expect(await ask({ mode: 'paper', phrase: '' })).toEqual({ code: 'ok', begun: ['paper'], journalled: ['simulated paper'] });
  });

  it('needs the typed word for real money', async () => {
    expect(await ask({ mode: 'live', phrase: 'yes' })).toEqual({ code: 'mode.phrase', begun: [], journalled: [] });
    expect((await ask({ mode: 'live', phrase: ' live ' })).code).toBe('ok');
  });

  it('does not leave positions at an exchange to their stops', async () => {
    expect((await ask({ mode: 'simulated', phrase: '' }, { mode: 'live' })).code).toBe('mode.positions');
    expect((await ask({ mode: 'simulated', phrase: '' }, { mode: 'live', flat: true })).code).toBe('ok');
  });

  it('is refused when nothing would change, when it is not understood, when the journal fails, and where the host cannot', async () => {
    expect((await ask({ mode: 'simulated', phrase: '' })).code).toBe('mode.same');
    expect((await ask({ mode: 'casino', phrase: '' })).code).toBe('mode.malformed');
    expect(await ask({ mode: 'paper', phrase: '' }, { parts: { journalSwitch: () => false } })).toMatchObject({ code: 'mode.journal', begun: [] });
    expect((await ask({ mode: 'paper', phrase: '' }, { parts: { beginSwitch: null } })).code).toBe('mode.host');
  });
});

describe('trying the way of a mode before changing to it', () => {
  it('asks the exchange that mode takes its prices from, and none for the simulation', () => {
    expect([
      exchangeOf('simulated', { useTestnet: false }),
      exchangeOf('paper', { useTestnet: false })?.rest,
      exchangeOf('demo', { useTestnet: true })?.rest,
    ]).toEqual([null, 'https://fapi.binance.com', 'https://testnet.binancefuture.com']);
  });

  it('says in words what keeps it from the exchange, here a proxy that nobody runs', async () => {
    const settings = { ...defaultSettings(), requestTimeoutSeconds: 2 };
    const tried = await tryMode('paper', { settings: () => settings, proxyUrl: 'http://127.0.0.1:9', logger: { log: () => undefined } });
    if (!tried.ok || tried.value === null) throw new Error('not tried');
    expect(tried.value.isFine).toBe(false);
    expect(tried.value.places[0]).toMatchObject({ host: 'fapi.binance.com', via: 'proxy', requestsWork: false });
    expect(tried.value.places[0]?.sentence).toMatch(/proxy/i);
  });

  it('refuses a proxy address that is none', async () => {
    const tried = await tryMode('paper', { settings: defaultSettings, proxyUrl: 'ftp://somewhere', logger: { log: () => undefined } });
    expect(tried).toMatchObject({ ok: false, error: expect.stringContaining('PROXY_URL') });
  });
});

describe('a terminal that changes its mode', () => {
  const options = (argv: readonly string[]): StartOptions => {
    const parsed = parseStartOptions(argv);
    if (!parsed.ok) throw new Error(parsed.error);
    return parsed.value;
  };

  const folder = mkdtempSync(join(tmpdir(), 'mode-switch-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function desk(cannotStart: readonly Mode[] = []) {
    let attached: Link | null = null;
    const events: string[] = [];
    const requests: StartRequest[] = [];
    const start: Parameters<typeof startSwitchable>[1] = async (request) => {
      const { mode, speed } = request.options;
      requests.push(request);
      if (cannotStart.includes(mode)) {
        events.push(`fail ${mode}`);
        return err({ uiMessage: `There are no keys for ${mode}.` });
      }
      events.push(`start ${mode} ${speed} ${request.firstSequence}`);
      const terminal: Terminal = {
        logger: { log: (level, _source, message) => void events.push(`${level} ${message}`), close: () => Promise.resolve() },
        attach: (served) => {
          attached = served;
          events.push(`attach ${mode}`);
        },
        whenStreaming: Promise.resolve('streaming'),
        wake: () => undefined,
        stop: (why) => {
          events.push(`stop ${mode}: ${why}`);
          return Promise.resolve();
        },
      };
      return ok(terminal);
    };
    const request = {
      options: options(['--speed', '60', '--data-dir', folder]),
      host: 'node',
      projectRoot: '/',
      launcher: {},
      secrets: {},
    } as unknown as StartRequest;
    /** As an engine would: hears the newest link until told to stop. */
    const serve = (): (() => void) => attached?.onMessage(() => undefined) ?? (() => undefined);
    return { events, requests, serve, started: startSwitchable(request, start) };
  }

  const link: Link = { send: () => undefined, onMessage: () => () => undefined, onClose: () => () => undefined, close: () => undefined };
  const turn = (): Promise<void> => new Promise((resume) => setTimeout(resume, 150));

  it('stops, starts in the other mode in real time and serves the same screens from a later sequence', async () => {
    const { events, requests, started } = desk();
    const terminal = await started;
    if (!terminal.ok) throw new Error('not started');
    terminal.value.attach(link);
    requests[0]?.onSwitch?.('paper');
    await turn();
    await terminal.value.stop('done');
    expect(events).toEqual([
      'start simulated 60 0',
      'attach simulated',
      'stop simulated: change from simulated to paper',
      'start paper 1 1000000',
      'attach paper',
      'stop paper: done',
    ]);
  });

  it('answers calls at once while no engine serves the link, and leaves them to an engine that does', async () => {
    const { serve, started } = desk();
    const terminal = await started;
    if (!terminal.ok) throw new Error('not started');
    const sent: unknown[] = [];
    let hear: (message: unknown) => void = () => undefined;
    terminal.value.attach({
      ...link,
      send: (message) => void sent.push(message),
      onMessage: (handler) => {
        hear = handler;
        return () => undefined;
      },
    });
    hear({ kind: 'call', id: 7, name: 'snapshot', parameters: null });
    const stopServing = serve();
    hear({ kind: 'call', id: 8, name: 'snapshot', parameters: null });
    stopServing();
    hear({ kind: 'call', id: 9, name: 'snapshot', parameters: null });
    expect(sent).toMatchObject([
      { kind: 'answer', id: 7, ok: false, value: { code: 'mode.changing' } },
      { id: 9, ok: false },
    ]);
  });

  it('goes back to the mode before, aloud, when the other cannot be started', async () => {
    const { events, requests, started } = desk(['live']);
    const terminal = await started;
    if (!terminal.ok) throw new Error('not started');
    requests[0]?.onSwitch?.('live');
    await turn();
    expect(events.slice(1)).toEqual([
      'stop simulated: change from simulated to live',
      'fail live',
      'start simulated 60 1000000',
      'error LIVE could not be started: There are no keys for live. The terminal is in SIMULATED again.',
    ]);
  });

  it('leaves what belongs to the simulation behind', () => {
    expect(optionsFor(options(['--speed', '60', '--replay', '/candles', '--seed', '7']), 'live')).toMatchObject({
      mode: 'live',
      speed: 1,
      replay: null,
      seed: 7,
    });
  });
});
