// A journal beside its recording: the same, or the first line that was changed, added or removed; and what a recording tells of candles and hands.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { epochMs, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { CALM_EXCHANGE } from '../../../src-main/core/backtest/in-process-venue.ts';
import { BAR_MS, candleOf } from '../../../src-main/core/backtest/price-history.ts';
import { Engine } from '../../../src-main/core/engine/engine.ts';
import type { EngineInput } from '../../../src-main/core/engine/messages.ts';
import type { StoredRecord } from '../../../src-main/core/ports.ts';
import { describeJournal, isJournalTrue } from '../../../src-main/hosts/backtest/check-session.ts';
import { readBuild } from '../../../src-main/hosts/build-stamp.ts';
import { checkJournal } from '../../../src-main/hosts/review/journal-check.ts';
import { sessionCourse } from '../../../src-main/hosts/review/session-course.ts';
import { SessionRecorder } from '../../../src-main/hosts/review/session-recorder.ts';
import { SAMPLE_START, sampleHistory, sampleSettings } from '../backtest/sample-market.ts';

const WARM = 600;
const BARS = 12;
const LATE = 4;
const MISSING = 7;
const HISTORY = sampleHistory('AAAUSDT', 1, { count: WARM + BARS });
const START = SAMPLE_START + WARM * BAR_MS;
let folder: string;
let file: string;
const records: StoredRecord[] = [];

/** An hour in which one candle comes late, one never, and a person pauses a market and changes a setting. */
function* inputs(): Generator<EngineInput> {
  const { instrument } = HISTORY;
  const { symbol } = instrument;
  const wallet = moneyFromUsdt(1000);
  const none = moneyFromUsdt(0);
  const at = epochMs(START);
  const closed = (bar: number, when: number): EngineInput => ({
    kind: 'market',
    at: epochMs(when),
    event: { kind: 'candle-closed', symbol, timeframe: '5m', candle: candleOf(HISTORY, WARM + bar) },
  });
  yield { kind: 'market', at, event: { kind: 'instruments', instruments: [instrument], universe: [symbol] } };
  const candles = Array.from({ length: WARM }, (_, index) => candleOf(HISTORY, index));
  yield { kind: 'market', at, event: { kind: 'history', symbol, timeframe: '5m', candles } };
  yield { kind: 'market', at, event: { kind: 'symbol-ready', symbol } };
  yield { kind: 'account', at, account: { wallet, unrealised: none, available: wallet, marginUsed: none, hedgeMode: false } };
  for (let bar = 0; bar < BARS; bar += 1) {
    const end = START + (bar + 1) * BAR_MS;
    if (bar !== LATE && bar !== MISSING) yield closed(bar, end + 1000);
    if (bar === LATE + 1) yield closed(LATE, end + 2000);
    yield { kind: 'pulse', at: epochMs(end + 3000), exchange: CALM_EXCHANGE };
    if (bar === 2) yield { kind: 'command', at: epochMs(end + 4000), id: 1, who: 'screen 1', command: { kind: 'pause-symbol', symbol } };
    if (bar === 3)
      yield { kind: 'command', at: epochMs(end + 4000), id: 2, who: 'screen 1', command: { kind: 'update-settings', changes: { minConfidence: 0.6 } } };
    if (bar === 5) yield { kind: 'market', at: epochMs(end + 5000), event: { kind: 'history', symbol, timeframe: '5m', candles } };
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'journal-check-'));
  file = join(folder, 'paper-1.recording');
  const settings = sampleSettings();
  const session = { mode: 'paper', host: 'node', version: '1', startedAt: epochMs(START), speed: 1, strategyMode: 'ict', automation: 'running' } as const;
  const view = { ...session, phase: 'starting', phaseText: '' } as const;
  const recorder = new SessionRecorder({
    engine: new Engine({ settings, session: view, speed: 1, idSeed: 'abc' }),
    file,
    header: {
      ...{ mode: 'paper', version: '1', startedAt: START, journalSession: 1, settings, session: view, speed: 1, idSeed: 'abc', models: [], build: readBuild() },
      ...{ candles: { file: 'candles.sqlite', source: 'x' }, checkpoint: null, records: [] },
    },
    maximumBytes: 2 ** 30,
    onProblem: (sentence) => expect.fail(sentence),
  });
  for (const input of inputs())
    for (const record of recorder.process(input).records) records.push({ ...structuredClone(record), id: records.length + 1, session: 1 });
  await recorder.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

function check(lines: readonly StoredRecord[], isEnded = true): Extract<ReturnType<typeof checkJournal>, { ok: true }>['value'] {
  const verdict = checkJournal(file, JSON.parse(JSON.stringify(lines)) as StoredRecord[], isEnded);
  if (!verdict.ok) throw new Error(verdict.error);
  return verdict.value;
}

describe('a journal beside its recording', () => {
  test('says the same, line by line; lines that the host wrote beside the engine do not disturb', () => {
    expect(records.length).toBeGreaterThan(2);
    expect(check(records)).toMatchObject({ lines: records.length, difference: null, replay: { difference: null } });
    const [first, ...rest] = records;
    const hosts = { ...first!, kind: 'learning', summary: 'screen 1: a training was started', data: {} };
    expect(check([first!, hosts, ...rest]).difference).toBeNull();
  });

  const at = (): number => records.findIndex(({ kind }) => kind === 'symbol-pause');

  test.each<readonly [string, () => StoredRecord[], (index: number) => { readonly onDisk: unknown; readonly replayed: unknown }]>([
    [
      'changed in one number',
      () => records.map((record, index) => (index === at() ? { ...record, data: { ...(record.data as object), paused: false } } : record)),
      (index) => ({ onDisk: records[index]!.summary, replayed: records[index]!.summary }),
    ],
    [
      'moved in time',
      () => records.map((record, index) => (index === at() ? { ...record, time: epochMs(record.time + 1) } : record)),
      (index) => ({ onDisk: records[index]!.summary, replayed: records[index]!.summary }),
    ],
    ['taken out', () => records.filter((_, index) => index !== at()), (index) => ({ onDisk: records[index + 1]!.summary, replayed: records[index]!.summary })],
    ['put in', () => records.toSpliced(at(), 0, { ...records[0]!, summary: 'made up' }), (index) => ({ onDisk: 'made up', replayed: records[index]!.summary })],
  ])('a line that was %s is found, with both sides', (_what, spoil, sides) => {
    expect(check(spoil())).toMatchObject({ lines: at(), difference: sides(at()), replay: { difference: null } });
  });

  test('a last line that was taken off or added is found when the session had ended, and is the tail of a crash when not', () => {
    expect(check(records.slice(0, -1)).difference).toMatchObject({ onDisk: null, replayed: records.at(-1)!.summary });
    expect(check([...records, { ...records[0]!, summary: 'made up' }]).difference).toMatchObject({ onDisk: 'made up', replayed: null });
    expect(check(records.slice(0, -1), false).difference).toBeNull();
  });
});

describe('the verdict on a journal', () => {
  const spoiled = () => check(records.filter((_, index) => index !== 1));
  const other = { version: '0.0.9', commit: null, engine: 'eeeeeeeeeeee' };

  test('is that it was changed, where the same engine replays the recording to the same prints', () => {
    expect(isJournalTrue(check(records))).toBe(true);
    expect(isJournalTrue(spoiled())).toBe(false);
    expect(describeJournal(spoiled())).toContain('THE JOURNAL WAS CHANGED');
  });

  test('is unknown where another build replays it to other outputs, and still that it was changed where the prints are the same', () => {
    const verdict = spoiled();
    expect(isJournalTrue({ ...verdict, replay: { ...verdict.replay, recordedBy: other } })).toBe(false);
    const differing = { ...verdict, replay: { ...verdict.replay, recordedBy: other, difference: { at: START, inputs: 3 } } };
    expect(isJournalTrue(differing)).toBeNull();
    expect(describeJournal(differing)).toContain('nothing is known of the journal');
    expect(isJournalTrue({ ...differing, replay: { ...differing.replay, recordedBy: readBuild() } })).toBe(false);
  });
});

describe('what a recording tells of a session', () => {
  const course = () => sessionCourse({ running: [], records, recording: file, histories: [HISTORY], changes: {} });
  const decidedOn = (bar: number): number => START + (bar + 1) * BAR_MS + 30_000;

  test('which candle came in time, late, or never', () => {
    const { candle, isSameBuild } = course();
    expect(candle('AAAUSDT', decidedOn(1))).toEqual({ kind: 'seen' });
    expect(candle('AAAUSDT', decidedOn(LATE))).toEqual({ kind: 'late', at: START + (LATE + 1) * BAR_MS });
    expect(candle('AAAUSDT', decidedOn(MISSING))).toEqual({ kind: 'missing', at: START + (MISSING + 1) * BAR_MS });
    expect(candle('AAAUSDT', START - BAR_MS)).toEqual({ kind: 'seen' });
    expect(candle('AAAUSDT', decidedOn(BARS - 1))).toEqual({ kind: 'unpriced', at: START + (BARS + 1) * BAR_MS });
    expect(isSameBuild).toBe(true);
  });

  test('which candle has other numbers in the archive, from then on', () => {
    const close = Float64Array.from(HISTORY.close);
    close[WARM] = close[WARM]! * 1.001;
    const { candle } = sessionCourse({ running: [], records, recording: file, histories: [{ ...HISTORY, close }], changes: {} });
    expect(candle('AAAUSDT', decidedOn(0))).toEqual({ kind: 'changed', at: START + BAR_MS });
    expect(candle('AAAUSDT', decidedOn(2))).toEqual({ kind: 'changed', at: START + BAR_MS });
    expect(candle('AAAUSDT', START + 1000)).toEqual({ kind: 'seen' });
  });

  test('when history was read anew, and what a person did', () => {
    const { historyReadAt, hands } = course();
    const read = START + 6 * BAR_MS + 5000;
    expect([historyReadAt('AAAUSDT', read - 1), historyReadAt('AAAUSDT', read)]).toEqual([null, read]);
    expect(hands).toEqual([
      { time: START + 3 * BAR_MS + 4000, isSetting: false, symbol: 'AAAUSDT', words: 'screen 1: pause-symbol' },
      { time: START + 4 * BAR_MS + 4000, isSetting: true, symbol: null, words: 'screen 1: update-settings minConfidence = 0.6' },
    ]);
  });

  test('nothing without a recording but what a person did', () => {
    const { candle, historyReadAt, isSameBuild, hands } = sessionCourse({ running: [], records, recording: null, histories: [], changes: { maxLeverage: 5 } });
    expect([candle('AAAUSDT', decidedOn(MISSING)), historyReadAt('AAAUSDT', START * 2), isSameBuild, hands.length]).toEqual([{ kind: 'seen' }, null, null, 2]);
  });
});
