// Calls and pushes over an in-memory link: answers find their caller, refusals and losses have a code, garbage harms nobody.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src-shared/contract/events.ts';
import { CallError, connectRpc, createLinkPair, serveRpc, type CallHandlers, type RpcClient, type Timers } from '../../src-shared/contract/rpc.ts';
import { err, ok } from '../../src-shared/kernel/result.ts';
import { epochMs } from '../../src-shared/kernel/units.ts';

interface ManualTimers extends Timers {
  /** Lets every pending timeout elapse. */
  elapse(): void;
  count(): number;
}

function createManualTimers(): ManualTimers {
  const pending = new Map<number, () => void>();
  let next = 1;
  return {
    set: (callback) => {
      pending.set(next, callback);
      return next++;
    },
    clear: (handle) => void pending.delete(handle as number),
    elapse: () => {
      for (const [handle, callback] of [...pending]) {
        pending.delete(handle);
        callback();
      }
    },
    count: () => pending.size,
  };
}

const never = (): Promise<never> => new Promise(() => undefined);

function connect(handlers: Partial<CallHandlers>) {
  const [screen, engine] = createLinkPair(queueMicrotask);
  const problems: string[] = [];
  const all: CallHandlers = {
    snapshot: never,
    command: never,
    chart: never,
    watch: never,
    virtual: never,
    journal: never,
    structureKnownAt: never,
    diagnose: never,
    forecast: never,
    previewOpen: never,
    orderBook: never,
    rehearsal: never,
    rehearse: never,
    models: never,
    learning: never,
    review: never,
    alarm: never,
    switchMode: never,
    tryMode: never,
    system: never,
    backUp: never,
    ...handlers,
  };
  const server = serveRpc({ link: engine, handlers: all, onProblem: ({ code, detail }) => problems.push(`${code}: ${detail}`) });
  const timers = createManualTimers();
  return { client: connectRpc(screen, timers), server, timers, screen, engine, problems };
}

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (failure: unknown) => (failure instanceof CallError ? failure.code : 'other'),
  );

describe('calls', () => {
  it('bring each answer to its own caller, whatever the order of the answers', async () => {
    const waiting: ((rows: readonly []) => void)[] = [];
    const { client } = connect({
      journal: ({ limit }) => new Promise((resolve) => waiting.push(() => resolve([{ id: limit, time: 0, kind: 'x', summary: '', data: null }]))),
    });
    const calls = [1, 2, 3].map((limit) => client.call('journal', { before: null, kinds: [], limit }));
    await new Promise((resume) => setImmediate(resume));
    for (const answer of waiting.toReversed()) answer([]);
    expect((await Promise.all(calls)).map((rows) => rows[0]?.id)).toEqual([1, 2, 3]);
  });

  it('carry an accepted and a refused command as values, not as failures', async () => {
    const { client } = connect({
      command: (command) => Promise.resolve(command.kind === 'resume-automation' ? ok({ message: 'Done.' }) : err({ code: 'no', uiMessage: 'No.' })),
    });
    expect(await client.call('command', { kind: 'resume-automation' })).toMatchObject({ ok: true });
    expect(await client.call('command', { kind: 'pause-automation' })).toMatchObject({ ok: false, error: { uiMessage: 'No.' } });
  });

  it('tell a refusal from a broken handler and never show the inside of the engine', async () => {
    const { client, problems } = connect({
      chart: () => Promise.reject(new CallError('chart.unknown_symbol', 'XUSDT is not watched.')),
      snapshot: () => Promise.reject(new Error('SQLITE_BUSY at /home/me')),
    });
    await expect(client.call('chart', { symbol: 'XUSDT' } as never)).rejects.toMatchObject({ code: 'chart.unknown_symbol', message: 'XUSDT is not watched.' });
    await expect(client.call('snapshot', null)).rejects.toMatchObject({ code: 'rpc.failed', message: 'The engine could not answer; see the log.' });
    expect(problems).toEqual(['chart.unknown_symbol: chart: XUSDT is not watched.', 'rpc.failed: snapshot: SQLITE_BUSY at /home/me']);
  });

  it('refuse a name that does not exist, inherited ones included', async () => {
    const { client } = connect({});
    expect(await outcome(client.call('constructor' as 'snapshot', null))).toBe('rpc.unknown_call');
  });

  it('end with rpc.timeout when no answer comes, and a late answer is ignored', async () => {
    let answer: (value: never) => void = () => undefined;
    const { client, timers } = connect({ watch: () => new Promise((resolve) => (answer = resolve as typeof answer)) });
    const call = outcome(client.call('watch', []));
    await new Promise((resume) => setImmediate(resume));
    timers.elapse();
    expect(await call).toBe('rpc.timeout');
    answer(null as never);
    await new Promise((resume) => setImmediate(resume));
    expect(timers.count()).toBe(0);
  });

  it('end with rpc.closed when the link is lost, those made afterwards too', async () => {
    const { client, engine, timers } = connect({});
    const open = outcome(client.call('snapshot', null));
    engine.close();
    expect(await open).toBe('rpc.closed');
    expect(await outcome(client.call('snapshot', null))).toBe('rpc.closed');
    expect(timers.count()).toBe(0);
  });
});

describe('pushes', () => {
  const event = (sequence: number): EngineEvent => ({
    sequence,
    time: epochMs(sequence),
    body: { kind: 'virtual', virtual: { open: 0, opened: 0, closed: 0, wins: 0, sumR: 0 } },
  });

  it('arrive in order at every listener until it unsubscribes', async () => {
    const { client, server } = connect({});
    const seen: number[] = [];
    const stop = client.onEvents((events) => seen.push(...events.map(({ sequence }) => sequence)));
    server.push([event(1), event(2)]);
    server.push([event(3)]);
    await new Promise((resume) => setImmediate(resume));
    stop();
    server.push([event(4)]);
    await new Promise((resume) => setImmediate(resume));
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('garbage on the link', () => {
  it('is counted by the server and answered by nobody', async () => {
    const { screen, problems, client } = connect({ snapshot: () => Promise.resolve({ sequence: 7 } as never) });
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const before = problems.length;
        screen.send(value);
        await new Promise((resume) => setImmediate(resume));
        expect(problems.length).toBe(before + 1);
      }),
      { numRuns: 200 },
    );
    expect(await client.call('snapshot', null)).toMatchObject({ sequence: 7 });
  });

  it('does not disturb the client', async () => {
    const { engine, client } = connect({ snapshot: () => Promise.resolve({ sequence: 7 } as never) });
    for (const garbage of [null, 7, 'x', [], { kind: 'answer', id: 99, ok: true }, { kind: 'answer', id: 'x', ok: true }, { kind: 'push', events: 'x' }])
      engine.send(garbage);
    const check: RpcClient = client;
    expect(await check.call('snapshot', null)).toMatchObject({ sequence: 7 });
  });
});
