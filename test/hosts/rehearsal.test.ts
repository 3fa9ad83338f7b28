// The rehearsal panel: the host's calls against a running venue; every fault of the catalogue can be started, seen striking and stopped.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RehearsalAction, RehearsalView } from '../../src-shared/contract/rehearsal.ts';
import { CallError } from '../../src-shared/contract/rpc.ts';
import { defaultSettings } from '../../src-shared/contract/settings.ts';
import { createExchangeCalls } from '../../src-main/hosts/exchange-calls.ts';
import { FAULTS } from '../../src-main/hosts/rehearsal-faults.ts';
import { CHAOS_KINDS } from '../../src-worker/market/chaos-plan.ts';
import { until } from '../support/terminal.ts';
import { KEY, openVenue, type Fixture } from '../worker/market/support/venue.ts';

let fixture: Fixture | null = null;
const logged: string[] = [];
afterEach(async () => {
  await fixture?.close();
  fixture = null;
  logged.length = 0;
});

type Panel = ReturnType<typeof createExchangeCalls>;

const callsOf = (panel: { readonly url: string; readonly apiKey: string } | null): Panel =>
  createExchangeCalls({
    panel,
    settings: defaultSettings,
    diagnose: () => Promise.reject(new Error('not in this test')),
    logger: { log: (_level, _source, message) => void logged.push(message) },
  });

async function open(speed = 1): Promise<{ readonly at: Fixture; readonly act: (action: RehearsalAction) => Promise<RehearsalView> }> {
  const at = await openVenue({ speed });
  fixture = at;
  const calls = callsOf({ url: at.base, apiKey: KEY });
  return { at, act: (action) => calls.rehearse(action) };
}

const start = (fault: string, values: Readonly<Record<string, number | string | boolean>> = {}, seconds: number | null = null): RehearsalAction => ({
  kind: 'start-fault',
  fault,
  values,
  seconds,
});

describe('the catalogue', () => {
  let shared: Fixture;
  beforeAll(async () => void (shared = await openVenue({})));
  afterAll(() => shared.close());

  it('names every fault the venue knows, once', () => {
    expect(FAULTS.map(({ kind }) => kind).toSorted()).toEqual([...CHAOS_KINDS].toSorted());
  });

  it.each(FAULTS.map((entry) => [entry.kind, entry] as const))(
    '%s can be started with the values the panel offers first, and with its limits',
    async (kind, entry) => {
      const { act } = await open();
      const extremes = (['minimum', 'maximum'] as const).map((limit) =>
        Object.fromEntries(
          entry.fields.flatMap((field) => (field[limit] === null ? [] : [[field.name, field[limit] === 0 && field.name === 'percent' ? 1 : field[limit]]])),
        ),
      );
      for (const values of [{}, ...extremes]) {
        const view = await act(start(kind, values));
        if (entry.form === 'lasting') {
          const shown = view.running.find((running) => running.kind === kind);
          expect(shown?.values).toEqual({ ...Object.fromEntries(entry.fields.map(({ name, initial }) => [name, initial])), ...values });
          await act({ kind: 'stop-fault', id: shown?.id ?? 0 });
        } else expect(view.log.at(-1)?.kind).toBe(kind);
      }
    },
  );
});

describe('the panel', () => {
  it('starts a fault that strikes, counts it, and stops it without touching the others', async () => {
    const { at, act } = await open();
    const both = [
      await act(start('latency', { milliseconds: 0, jitter: 0, probability: 1 })),
      await act(start('error', { error: '503-unavailable', probability: 1 })),
    ];
    const [latency, error] = both.at(-1)?.running ?? [];
    expect((await at.get('/fapi/v1/time')).status).toBe(503);
    const struck = await act({ kind: 'stop-fault', id: error?.id ?? 0 });
    expect(struck.running).toMatchObject([{ id: latency?.id, kind: 'latency', struck: 1, endsAt: null }]);
    expect((await at.get('/fapi/v1/time')).status).toBe(200);
    expect((await act({ kind: 'stop-all-faults' })).running).toEqual([]);
    expect(struck.log.map(({ kind }) => kind)).toEqual(['latency', 'error']);
    expect(logged[1]).toMatch(/^A person set the simulated exchange: \{"kind":"start-fault","fault":"error"/);
  });

  it('a fault with a length ends by itself in simulated time', async () => {
    const { at, act } = await open(100);
    const view = await act(start('error', { error: '500', probability: 1 }, 30));
    expect((view.running[0]?.endsAt ?? 0) - view.time).toBeGreaterThan(0);
    await until('the end', async () => (await at.get('/fapi/v1/time')).status === 200);
    expect((await callsOf({ url: at.base, apiKey: KEY }).rehearsal(null))?.running).toEqual([]);
  });

  it('sets the speed, pauses, steps and goes on', async () => {
    const { act } = await open();
    expect(await act({ kind: 'set-speed', speed: 20 })).toMatchObject({ speed: 20, isPaused: false });
    const paused = await act({ kind: 'pause' });
    expect(paused).toMatchObject({ speed: 20, isPaused: true });
    expect((await act({ kind: 'step', seconds: 60 })).time).toBe(paused.time + 60_000);
    expect((await act({ kind: 'resume' })).isPaused).toBe(false);
  });

  it('a wrong value is refused with a sentence that names it, and nothing is started', async () => {
    const { act } = await open();
    const refusal = (action: RehearsalAction): Promise<string> =>
      act(action).then(
        () => 'accepted',
        (failure: unknown) => (failure as CallError).message,
      );
    expect(await refusal(start('gap', { percent: -500 }))).toMatch(/^The chaos plan is wrong at rules\.0\.percent:/);
    expect(await refusal(start('latency', { milliseconds: 'much' }))).toMatch(/^The chaos plan is wrong at rules\.0\.milliseconds:/);
    expect(await refusal(start('earthquake'))).toBe('There is no fault named earthquake.');
    expect(await refusal({ kind: 'set-speed', speed: 0 } as RehearsalAction)).toMatch(/^speed: /);
    expect(await refusal({ kind: 'stop-fault', id: 7 })).toBe('There is no such rule.');
    const { rehearsal } = callsOf({ url: fixture?.base ?? '', apiKey: KEY });
    expect((await rehearsal(null))?.running).toEqual([]);
  });

  it('outside simulated mode there is no panel and nothing is done', async () => {
    const calls = callsOf(null);
    expect(await calls.rehearsal(null)).toBeNull();
    await expect(calls.rehearse(start('gap'))).rejects.toThrow('Faults can be rehearsed in simulated mode only. Nothing was done.');
  });

  it('a venue that is gone is said in one sentence', async () => {
    const { act, at } = await open();
    await at.close();
    await expect(act({ kind: 'pause' })).rejects.toThrow('The simulated exchange does not answer.');
  });
});

describe('the weight forecast', () => {
  it('H8 says what other markets would cost against the present settings', async () => {
    const answer = await callsOf(null).forecast({ symbols: 300, limitPerMinute: null });
    expect(answer).toMatchObject({ symbols: 300, warmUpWeight: 1857, warmUpSeconds: 60 });
    expect(answer.sentence).toMatch(/^200 → 300 symbols: a first start costs 1857 request weight instead of 1257/);
    expect((await callsOf(null).forecast({ symbols: 300, limitPerMinute: 600 })).warmUpSeconds).toBeGreaterThan(60);
    await expect(callsOf(null).forecast({ symbols: 0, limitPerMinute: null })).rejects.toThrow(/^symbols: /);
  });
});
