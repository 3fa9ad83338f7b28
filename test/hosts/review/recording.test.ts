// A recorded session replays to the same outputs: here, in another process, after a crash; and what was changed is found.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultSettings } from '../../../src-shared/contract/settings.ts';
import { epochMs, moneyFromUsdt } from '../../../src-shared/kernel/units.ts';
import { Engine } from '../../../src-main/core/engine/engine.ts';
import type { EngineInput } from '../../../src-main/core/engine/messages.ts';
import { CALM_EXCHANGE } from '../../../src-main/core/backtest/in-process-venue.ts';
import { BAR_MS, candleOf } from '../../../src-main/core/backtest/price-history.ts';
import { readBuild, settingsPrint } from '../../../src-main/hosts/build-stamp.ts';
import { runBacktestCommand } from '../../../src-main/hosts/cli/backtest.ts';
import { makeRoom, recordingFile } from '../../../src-main/hosts/review/record-session.ts';
import type { RecordingHeader } from '../../../src-main/hosts/review/recording-format.ts';
import { readRecording, readRecordingHeader, replayRecording } from '../../../src-main/hosts/review/recording-replay.ts';
import { SessionRecorder } from '../../../src-main/hosts/review/session-recorder.ts';
import { SAMPLE_START, sampleHistory } from '../backtest/sample-market.ts';

const WARM = 2000;
const COUNT = WARM + 288;
const OTHER_BUILD = { version: '0.0.9', commit: 'f'.repeat(40), engine: 'eeeeeeeeeeee' };
const SECRET = 'hunter2-hunter2';
let folder: string;
let file: string;
let header: RecordingHeader;
let problems: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'recording-'));
  file = recordingFile(folder, 'simulated', 1);
  const settings = { ...defaultSettings(), strategyMode: 'hybrid' as const };
  header = {
    mode: 'simulated',
    version: '0',
    startedAt: SAMPLE_START,
    journalSession: 1,
    settings,
    session: {
      mode: 'simulated',
      host: 'node',
      version: '0',
      startedAt: epochMs(SAMPLE_START),
      speed: 1,
      strategyMode: 'hybrid',
      automation: 'running',
      phase: 'starting',
      phaseText: '',
    },
    speed: 1,
    idSeed: 'abc',
    models: [],
    ...{ build: OTHER_BUILD, settingsPrint: settingsPrint(settings) },
    candles: { file: 'candles.sqlite', source: 'test' },
    checkpoint: null,
    records: [],
  };
  problems = [];
  await record(file, (recorder) => {
    for (const input of inputs()) recorder.process(input);
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function record(path: string, drive: (recorder: SessionRecorder) => void, maximumBytes = 2 ** 30): Promise<void> {
  const { settings, session, speed, idSeed } = header;
  const engine = new Engine({ settings, session, speed, idSeed });
  const recorder = new SessionRecorder({ engine, file: path, header, maximumBytes, onProblem: (sentence) => void problems.push(sentence) });
  drive(recorder);
  await recorder.close();
}

/** 24 hours of two markets as the running terminal would see them: history, candles, prices, ticks, pulses, an answer of the models, commands. */
function* inputs(): Generator<EngineInput> {
  const histories = [sampleHistory('AAAUSDT', 1, { count: COUNT }), sampleHistory('CCCUSDT', 4, { count: COUNT })];
  const symbols = histories.map((history) => history.instrument.symbol);
  const start = epochMs(SAMPLE_START + WARM * BAR_MS);
  yield { kind: 'market', at: start, event: { kind: 'instruments', instruments: histories.map((history) => history.instrument), universe: symbols } };
  for (const history of histories) {
    const { symbol } = history.instrument;
    const candles = Array.from({ length: WARM }, (_, index) => candleOf(history, index));
    yield { kind: 'market', at: start, event: { kind: 'history', symbol, timeframe: '5m', candles } };
    yield { kind: 'market', at: start, event: { kind: 'symbol-ready', symbol } };
  }
  const wallet = moneyFromUsdt(10_000);
  const none = moneyFromUsdt(0);
  yield { kind: 'account', at: start, account: { wallet, unrealised: none, available: wallet, marginUsed: none, hedgeMode: false } };
  yield { kind: 'command', at: start, id: 1, who: 'test', command: { kind: 'update-settings', changes: { baseLeverage: SECRET } } };
  for (let bar = WARM; bar < COUNT; bar += 1) {
    const at = epochMs(SAMPLE_START + (bar + 1) * BAR_MS);
    for (const history of histories)
      yield { kind: 'market', at, event: { kind: 'candle-closed', symbol: history.instrument.symbol, timeframe: '5m', candle: candleOf(history, bar) } };
    const prices = histories.map((history) => {
      const last = history.close[bar]!;
      return { symbol: history.instrument.symbol, last, mark: last, change24h: 0.01, quoteVolume24h: 1e9, fundingRate: 1e-4, nextFundingTime: null, time: at };
    });
    yield { kind: 'market', at, event: { kind: 'prices', prices } };
    yield { kind: 'pulse', at, exchange: CALM_EXCHANGE };
    yield { kind: 'live-tick', at };
    const values = new Float32Array([0.123456789, Number.NaN, 1 / 3, 0.5, 0.25, 0.75]);
    const answer = { cycle: at, model: 'm', version: '1', schemaHash: 'x', keys: ['AAAUSDT', 'CCCUSDT'], values, outputWidth: 3, computeMs: 1, hasEdge: false };
    yield { kind: 'prediction', at, cycle: at, result: { ok: true, value: answer } };
    yield { kind: 'virtual-tick', at };
  }
}

function replayed(path: string): Extract<ReturnType<typeof replayRecording>, { ok: true }>['value'] {
  const replay = replayRecording(path);
  if (!replay.ok) throw new Error(replay.error);
  return replay.value;
}

describe('a recorded session', () => {
  test('of 24 hours replays to identical outputs, again and in another process', async () => {
    const verdict = replayed(file);
    expect(verdict).toMatchObject({ difference: null, isWhole: true });
    expect(verdict.to - verdict.from).toBe(24 * 3_600_000);
    expect(verdict.inputs).toBeGreaterThan(288 * 7);
    expect(verdict.compared).toBeGreaterThan(0);
    expect(replayed(file)).toEqual(verdict);
    const said: string[] = [];
    expect(await runBacktestCommand(['--recording', file], { out: () => undefined, error: (text) => void said.push(text) })).toBe(0);
    expect(said.join('')).toContain(verdict.hash);
    const script = `import { replayRecording } from ${JSON.stringify(join(import.meta.dirname, '../../../src-main/hosts/review/recording-replay.ts'))};
      console.log(JSON.stringify(replayRecording(${JSON.stringify(file)}).value));`;
    expect(JSON.parse(execFileSync(process.execPath, ['--input-type=module-typescript', '-e', script], { encoding: 'utf8' }))).toEqual(verdict);
  });

  test('says which build made it; a replay by another build names both', async () => {
    expect(replayed(file)).toMatchObject({ recordedBy: OTHER_BUILD, replayedBy: readBuild() });
    let said = '';
    await runBacktestCommand(['--recording', file], { out: () => undefined, error: (text) => void (said += text) });
    expect(said).toContain('Recorded by another build: 0.0.9+fffffff (engine eeeeeeeeeeee)');
    expect(said).toContain(readBuild().engine);
  });

  test('settings that were changed in its head are refused', async () => {
    const other = join(folder, 'head.recording');
    const own = header;
    header = { ...own, settings: { ...own.settings, maxLeverage: 5 } };
    await record(other, () => undefined).finally(() => void (header = own));
    expect(replayRecording(other)).toMatchObject({ ok: false, error: expect.stringContaining('changed afterwards') });
  });

  test('two recordings of the same inputs have the same print', async () => {
    const other = join(folder, 'again.recording');
    await record(other, (recorder) => {
      for (const input of inputs()) recorder.process(input);
    });
    expect(replayed(other).hash).toBe(replayed(file).hash);
  });

  test('what it knows of the session is read without the rest', () => {
    expect(readRecordingHeader(file)).toMatchObject({ ok: true, value: { mode: 'simulated', idSeed: 'abc', candles: { source: 'test' } } });
  });

  test('one price that was changed afterwards is found, with the moment', async () => {
    const other = join(folder, 'other.recording');
    let count = 0;
    const engine = new Engine({ settings: header.settings, session: header.session, speed: 1, idSeed: 'abc' });
    // The recorder writes another price than the engine saw.
    const lying = {
      process: (input: EngineInput) => {
        count += 1;
        if (count !== 900 || input.kind !== 'market' || input.event.kind !== 'prices') return engine.process(input);
        const prices = input.event.prices.map((price) => ({ ...price, last: price.last * 1.01 }));
        return engine.process({ ...input, event: { kind: 'prices', prices } });
      },
      state: () => engine.state(),
      watch: () => undefined,
    };
    const all = [...inputs()];
    const position = all.findIndex((input, index) => index > 500 && input.kind === 'market' && input.event.kind === 'prices');
    count = 899 - position;
    const recorder = new SessionRecorder({ engine: lying, file: other, header, maximumBytes: 2 ** 30, onProblem: () => undefined });
    for (const input of all) recorder.process(input);
    await recorder.close();
    expect(replayed(other).difference).toMatchObject({ inputs: expect.any(Number), at: expect.any(Number) });
  });

  test('what a crash tore off is missing, what was written before it replays', () => {
    const torn = join(folder, 'torn.recording');
    const bytes = readFileSync(file);
    writeFileSync(torn, bytes.subarray(0, bytes.length - 100));
    const verdict = replayed(torn);
    expect(verdict).toMatchObject({ difference: null, isWhole: false });
    expect(verdict.inputs).toBeLessThan(replayed(file).inputs);
  });

  test('the answer of the models comes back bit by bit, not-a-number included', () => {
    for (const line of readRecording(file)) {
      if (line.kind !== 'input' || line.input.kind !== 'prediction' || !line.input.result.ok) continue;
      expect([...line.input.result.value.values]).toEqual([...new Float32Array([0.123456789, Number.NaN, 1 / 3, 0.5, 0.25, 0.75])]);
      return;
    }
    throw new Error('no prediction was recorded');
  });

  test('what was typed into a refused setting is not in the file', () => {
    const refused = [...readRecording(file)].filter((line) => line.kind === 'refused');
    expect(refused).toHaveLength(1);
    expect(JSON.stringify([...readRecording(file)]).includes(SECRET)).toBe(false);
  });

  test('a recording that grows too large ends with a sentence, the session goes on', async () => {
    problems = [];
    const small = join(folder, 'small.recording');
    let outputs = 0;
    await record(
      small,
      (recorder) => {
        for (const input of inputs()) outputs += recorder.process(input).events.length > 0 ? 1 : 0;
      },
      1000,
    );
    expect(outputs).toBeGreaterThan(100);
    expect(problems).toEqual([expect.stringContaining('Trading goes on')]);
  });

  test('a disk that stands still does not fill the memory: the recording ends with a sentence, what waited is written, the session goes on', async () => {
    const sentences: string[] = [];
    const waiting = join(folder, 'waiting.recording');
    const { settings, session, speed, idSeed } = header;
    const engine = new Engine({ settings, session, speed, idSeed });
    const recorder = new SessionRecorder({
      engine,
      file: waiting,
      header,
      maximumBytes: 2 ** 30,
      mostWaiting: 1_500_000,
      onProblem: (text) => void sentences.push(text),
    });
    let processed = 0;
    // Nothing is written while this loop holds the thread.
    for (let day = 0; day < 3; day += 1)
      for (const input of inputs()) {
        recorder.process(input);
        processed += 1;
      }
    expect(sentences).toEqual([expect.stringContaining('the disk does not keep up')]);
    await recorder.close();
    expect(sentences).toHaveLength(1);
    expect(processed).toBeGreaterThan(recorder.inputs);
    const written = [...readRecording(waiting)].filter(({ kind }) => kind === 'input');
    expect(written.length).toBeGreaterThan(100);
    expect(written.length).toBeLessThan(recorder.inputs);
  });

  test('a folder that cannot be written disturbs nothing', async () => {
    problems = [];
    await record(join(file, 'inside-a-file.recording'), (recorder) => {
      for (const input of [...inputs()].slice(0, 50)) recorder.process(input);
    });
    expect(problems).toHaveLength(1);
  });

  test('the oldest recordings make room', () => {
    const room = mkdtempSync(join(tmpdir(), 'room-'));
    for (const name of ['simulated-1.recording', 'simulated-2.recording', 'notes.txt']) writeFileSync(join(room, name), 'x'.repeat(100));
    expect(makeRoom(room, 250)).toEqual([]);
    expect(makeRoom(room, 150)).toHaveLength(1);
    expect(makeRoom(join(room, 'absent'), 1)).toEqual([]);
    rmSync(room, { recursive: true });
  });

  test.each([
    ['a file that is not there', '/nowhere.recording', 'cannot be replayed'],
    ['a file that is no recording', import.meta.filename, 'no recording of this version'],
  ])('%s is answered in words', (_, path, words) => {
    expect(replayRecording(path)).toMatchObject({ ok: false, error: expect.stringContaining(words) });
    expect(readRecordingHeader(path)).toMatchObject({ ok: false });
  });
});
