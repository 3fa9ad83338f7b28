// Workers of the desktop app behind the same port as the Node host's, against a double of Electron's utilityProcess.
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createUtilityLauncher, type UtilityChild } from '../../../src-main/hosts/electron/utility-worker.ts';

class FakeChild extends EventEmitter implements UtilityChild {
  pid: number | undefined = undefined;
  readonly posted: unknown[] = [];
  politeKills = 0;
  postMessage(message: unknown): void {
    this.posted.push(message);
  }
  kill(): boolean {
    this.politeKills += 1;
    return true;
  }
}

function launch(killProcess: (pid: number) => void = () => undefined) {
  const child = new FakeChild();
  const forks: unknown[] = [];
  const launcher = createUtilityLauncher({
    folder: '/app/out/main',
    killProcess,
    fork: (...call) => {
      forks.push(call);
      return child;
    },
  });
  return { child, forks, worker: launcher.launch('inference', { memoryLimitMb: 256, argv: ['--x'] }) };
}

describe('a utility worker', () => {
  it('starts the built entry with its memory limit', () => {
    expect(launch().forks).toEqual([
      [
        '/app/out/main/inference.js',
        ['--x'],
        { serviceName: 'terminal-inference', execArgv: ['--max-old-space-size=256'], stdio: ['ignore', 'ignore', 'inherit'] },
      ],
    ]);
  });

  it('passes messages both ways and posts nothing after the exit', () => {
    const { child, worker } = launch();
    const heard: unknown[] = [];
    const exits: unknown[] = [];
    worker.onMessage((message) => void heard.push(message));
    worker.onExit((code) => void exits.push(code));
    worker.post('first');
    child.emit('message', 'answer');
    child.emit('exit', 9);
    worker.post('late');
    expect({ posted: child.posted, heard, exits }).toEqual({ posted: ['first'], heard: ['answer'], exits: [9] });
  });

  it('survives the fatal error of its V8: what Electron then emits is no failure of the engine', () => {
    const { child, worker } = launch();
    const exits: unknown[] = [];
    worker.onExit((code) => void exits.push(code));
    expect(child.emit('error', 'FatalError', 'v8::internal::Heap', '{"header":{}}')).toBe(true);
    child.emit('exit', 134);
    expect(exits).toEqual([134]);
  });

  it('knows its process number as soon as Electron does', () => {
    const { child, worker } = launch();
    expect(worker.pid).toBeNull();
    child.pid = 4242;
    expect(worker.pid).toBe(4242);
  });

  it('kills hard, and falls back to the polite way where that is not possible', () => {
    const killed: number[] = [];
    const hard = launch((pid) => void killed.push(pid));
    hard.child.pid = 4242;
    hard.worker.kill();
    const soft = launch(() => {
      throw new Error('ESRCH');
    });
    soft.child.pid = 4243;
    soft.worker.kill();
    const early = launch();
    early.worker.kill();
    expect({ killed, polite: [hard, soft, early].map(({ child }) => child.politeKills) }).toEqual({ killed: [4242], polite: [0, 1, 1] });
  });
});
