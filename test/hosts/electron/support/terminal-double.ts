// A terminal without an engine for tests of the desktop shell: it answers snapshots, takes commands and pushes what the test says.
import { serveRpc, type Link, type RpcServer } from '../../../../src-shared/contract/rpc.ts';
import { defaultSettings, type Settings } from '../../../../src-shared/contract/settings.ts';
import type { Command } from '../../../../src-shared/contract/commands.ts';
import type { EngineEventBody } from '../../../../src-shared/contract/events.ts';
import type { SessionView, Snapshot } from '../../../../src-shared/contract/view.ts';
import { applyBody } from '../../../../src-shared/contract/replica.ts';
import { epochMs } from '../../../../src-shared/kernel/units.ts';
import { ok } from '../../../../src-shared/kernel/result.ts';
import { initialSnapshot } from '../../../../src-main/core/engine/initial-view.ts';
import type { StartRequest, Terminal } from '../../../../src-main/hosts/terminal.ts';

export const SESSION: SessionView = {
  mode: 'live',
  host: 'electron',
  version: '9.9.9',
  startedAt: epochMs(0),
  speed: 1,
  strategyMode: 'hybrid',
  automation: 'running',
  phase: 'streaming',
  phaseText: 'Streaming.',
};

export class TerminalDouble implements Terminal {
  readonly logged: string[] = [];
  readonly commands: Command[] = [];
  readonly stops: string[] = [];
  readonly wakes: number[] = [];
  request: StartRequest | null = null;
  readonly #servers: RpcServer[] = [];
  /** A terminal that is past its start: streaming, nothing held back. */
  #snapshot: Snapshot = withActiveGuard(initialSnapshot(SESSION, defaultSettings(), epochMs(0)));
  #sequence = 0;
  #nextLine = 1;

  readonly whenStreaming = Promise.resolve('streaming' as const);
  readonly logger: Terminal['logger'] = {
    log: (level, source, message) => void this.logged.push(`${level} ${source} ${message}`),
    close: () => Promise.resolve(),
  };

  get screens(): number {
    return this.#servers.length;
  }

  attach(link: Link): void {
    const unused = () => Promise.reject(new Error('not in this test'));
    this.#servers.push(
      serveRpc({
        link,
        onProblem: ({ detail }) => void this.logged.push(detail),
        handlers: {
          snapshot: () => Promise.resolve(this.#snapshot),
          command: (command) => {
            this.commands.push(command);
            if (command.kind === 'pause-automation') this.push({ kind: 'session', session: { ...this.#snapshot.session, automation: 'paused' } });
            if (command.kind === 'resume-automation') this.push({ kind: 'session', session: { ...this.#snapshot.session, automation: 'running' } });
            return Promise.resolve(ok({ message: 'done' }));
          },
          chart: unused,
          watch: unused,
          virtual: unused,
          structureKnownAt: unused,
          journal: unused,
          diagnose: unused,
          forecast: unused,
          previewOpen: unused,
          orderBook: unused,
          rehearsal: unused,
          rehearse: unused,
          models: unused,
          learning: unused,
          review: unused,
          alarm: unused,
          switchMode: unused,
          tryMode: unused,
          system: unused,
          backUp: unused,
        },
      }),
    );
  }

  push(...bodies: readonly EngineEventBody[]): void {
    const events = bodies.map((body) => {
      this.#sequence += 1;
      this.#snapshot = { ...applyBody(this.#snapshot, body), sequence: this.#sequence };
      return { sequence: this.#sequence, time: epochMs(this.#sequence), body };
    });
    for (const server of this.#servers) server.push(events);
  }

  /** As after a change of the mode: another engine, its events far after those of the one before. */
  becomes(mode: SessionView['mode']): void {
    this.#sequence += 1_000_000;
    this.#snapshot = { ...withActiveGuard(initialSnapshot({ ...SESSION, mode }, defaultSettings(), epochMs(0))), sequence: this.#sequence };
    this.session({ phaseText: 'Another engine.' });
  }

  session(changes: Partial<SessionView>): void {
    this.push({ kind: 'session', session: { ...this.#snapshot.session, ...changes } });
  }

  guard(changes: Partial<Snapshot['guard']>): void {
    this.push({ kind: 'guard', guard: { ...this.#snapshot.guard, ...changes } });
  }

  position(id: string, phase: 'open' | 'closed', protection: 'naked' | 'protected'): void {
    this.push({ kind: 'position', view: { position: { id, phase, protection } } } as unknown as EngineEventBody);
  }

  setting(changes: Partial<Settings>): void {
    this.push({ kind: 'settings', settings: { ...this.#snapshot.settings, ...changes } });
  }

  /** A position as far as a recovery drill looks at it. */
  held(id: string, symbol: string, lots: number, protection: 'naked' | 'protected'): void {
    this.push({ kind: 'position', view: { position: { id, symbol, side: 'long', lots, phase: 'open', protection } } } as unknown as EngineEventBody);
  }

  order(clientOrderId: string, purpose: string, status: string): void {
    this.push({ kind: 'order', order: { intent: { clientOrderId, purpose, positionId: 'a' }, status } } as unknown as EngineEventBody);
  }

  line(source: string, message: string): void {
    this.push({ kind: 'log', line: { id: this.#nextLine++, time: epochMs(0), level: 'info', source, message } });
  }

  wake(sleptMs: number): void {
    this.wakes.push(sleptMs);
  }

  stop(why: string): Promise<void> {
    this.stops.push(why);
    return Promise.resolve();
  }
}

function withActiveGuard(snapshot: Snapshot): Snapshot {
  return { ...snapshot, guard: { ...snapshot.guard, state: 'active', reason: 'none' } };
}

/** Lets everything that was queued run. */
export const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
