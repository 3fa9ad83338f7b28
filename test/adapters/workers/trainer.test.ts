// Training in a process of its own: progress, pause, cancel, kill -9 and the memory limit; and the gate decides what serves.
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ModelStore } from '../../../src-main/adapters/models/model-store.ts';
import { createTrainer, type PausableTrainer, type Progress, type TrainerOptions } from '../../../src-main/adapters/workers/trainer.ts';
import type { WorkerLauncher, WorkerProcess } from '../../../src-main/core/ports.ts';
import { createNodeLauncher } from '../../../src-main/hosts/node/child-worker.ts';
import { MODEL_INPUTS } from '../../../src-main/core/learning/model-inputs.ts';
import { exportEnsemble } from '../../../src-worker/onnx/export.ts';
import { versionOf, type ModelArtifact } from '../../../src-worker/training/artifact.ts';
import { writeModels } from '../../../src-worker/training/model-folder.ts';
import { syntheticCandles } from '../../core/support/candles.ts';
import { hasSharedData, sharedPath } from '../../support/shared.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
let candles: string;
let folder: string;
const folders: string[] = [];
const stops: (() => Promise<void>)[] = [];
const lines: string[] = [];

beforeAll(() => {
  candles = mkdtempSync(join(tmpdir(), 'candles-'));
  for (const [index, symbol] of ['BTCUSDT', 'AUSDT'].entries()) {
    const rows = syntheticCandles({ seed: 41 + index, count: 9000, timeframe: '5m' }).map(
      ({ openTime, open, high, low, close, volume }) => `${openTime},${open},${high},${low},${close},${volume},0,0,0,0`,
    );
    writeFileSync(
      join(candles, `${symbol}-5m.csv.gz`),
      gzipSync(`open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base,taker_buy_quote\n${rows.join('\n')}\n`),
    );
  }
});
afterAll(() => rmSync(candles, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
  lines.length = 0;
});

interface Opened {
  readonly trainer: PausableTrainer;
  readonly processes: WorkerProcess[];
  readonly progress: Progress[];
}

function open(change: Partial<TrainerOptions> = {}): Opened {
  folder = mkdtempSync(join(tmpdir(), 'models-'));
  folders.push(folder);
  const processes: WorkerProcess[] = [];
  const inner = createNodeLauncher(ROOT);
  const launcher: WorkerLauncher = {
    launch: (entry, options) => {
      const launched = inner.launch(entry, options);
      processes.push(launched);
      return launched;
    },
  };
  const trainer = createTrainer({
    launcher,
    folder,
    store: new ModelStore(folder),
    candles: () => ({ kind: 'folder', path: candles }),
    maxCandles: 100_000,
    memoryLimitMb: 4096,
    logger: { log: (_level, _source, message) => void lines.push(message) },
    ...change,
  });
  const progress: Progress[] = [];
  trainer.onProgress((message) => void progress.push(message));
  stops.push(() => trainer.stop());
  return { trainer, processes, progress };
}

/** A model that says the same of everything: one leaf. */
function baseRateModel(): ModelArtifact {
  const name = 'boosted-trees';
  const { schemaHash, inputWidth, outputWidth } = MODEL_INPUTS[name];
  const leaf = { feature: [0], threshold: [0], missingLeft: [false], left: [-1], right: [-1], value: [0] };
  const bytes = exportEnsemble({
    name,
    schemaHash,
    ensemble: { width: inputWidth, base: -0.7, trees: [leaf] },
    calibration: { slope: 1, intercept: 0 },
    bandHalfWidth: 0.1,
  });
  const { sha256 } = versionOf(0, bytes);
  return {
    name,
    version: 'base',
    bytes,
    sha256,
    schemaHash,
    inputWidth,
    outputWidth,
    trainedUntil: 0,
    needs: [],
    quantised: null,
    edge: false,
    note: 'Base rate.',
    report: {},
    reportText: '',
  };
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

const request = { model: 'boosted-trees', seed: 3 };
const silent = (): void => undefined;

describe('training worker', () => {
  it('says in a sentence that there is too little data, and the models stay as they were', async () => {
    const { trainer, progress } = open();
    const result = await trainer.train(request, silent);
    expect(result).toMatchObject({ ok: false, error: { uiMessage: expect.stringMatching(/^Only \d+ set-ups were found; 500 are needed/) as unknown } });
    expect(progress.some(({ stage, fraction }) => stage === 'finding set-ups' && fraction > 0)).toBe(true);
    expect(progress.every(({ memoryMb }) => memoryMb > 10)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    expect(trainer.status()).toEqual({ state: 'idle', progress: null });
  });

  it('pauses, goes on, and cancels; a second training is refused meanwhile', async () => {
    const { trainer, progress } = open();
    const ended = trainer.train(request, silent);
    await until(() => progress.length > 0, 'progress came');
    trainer.pause();
    await until(() => trainer.status().state === 'paused', 'it paused');
    expect(await trainer.train(request, silent)).toMatchObject({ ok: false, error: { uiMessage: expect.stringMatching(/already running/) as unknown } });
    // Steps under way may still say where they are; after that it is silent.
    let seen = -1;
    while (seen !== progress.length) {
      seen = progress.length;
      await new Promise((wait) => setTimeout(wait, 1000));
    }
    await new Promise((wait) => setTimeout(wait, 400));
    expect(progress.length).toBe(seen);
    trainer.resume();
    await until(() => progress.length > seen + 1 || trainer.status().state === 'idle', 'it went on');
    trainer.cancel();
    const result = await ended;
    expect(result.ok).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('cancelled while paused it ends, and says so', async () => {
    const { trainer, progress } = open();
    const ended = trainer.train(request, silent);
    await until(() => progress.length > 0, 'progress came');
    trainer.pause();
    await until(() => trainer.status().state === 'paused', 'it paused');
    trainer.cancel();
    expect(await ended).toEqual({ ok: false, error: { uiMessage: 'The training was cancelled; the models are as they were.' } });
  });

  it('L16 kill -9 while training: a sentence, no half model, and the next training runs', async () => {
    const { trainer, processes, progress } = open();
    const ended = trainer.train(request, silent);
    await until(() => progress.length > 1, 'it trained');
    processes[0]!.kill();
    expect(await ended).toEqual({
      ok: false,
      error: { uiMessage: 'The training process was lost (it ended by itself); the models are as they were. Start it again.' },
    });
    expect(readdirSync(folder)).toEqual([]);
    const second = trainer.train(request, silent);
    await until(() => trainer.status().progress !== null, 'the second training said something');
    trainer.cancel();
    expect((await second).ok).toBe(false);
    expect(processes).toHaveLength(2);
  });

  it('over its memory limit it is ended, and the sentence says how much it used', async () => {
    const { trainer } = open({ memoryLimitMb: 64 });
    const result = await trainer.train(request, silent);
    expect(result).toMatchObject({ ok: false, error: { uiMessage: expect.stringMatching(/it used \d+ MB of 64 MB|it ended by itself/) as unknown } });
  });

  const real = hasSharedData() ? it : it.skip;

  real('a challenger no better than what serves is kept back, with its report beside it (real candles)', async () => {
    const eth = mkdtempSync(join(tmpdir(), 'eth-'));
    folders.push(eth);
    symlinkSync(sharedPath('data', 'klines', '5m', 'ETHUSDT-5m.csv.gz'), join(eth, 'ETHUSDT-5m.csv.gz'));
    const { trainer } = open({ candles: () => ({ kind: 'folder', path: eth }), maxCandles: 130_000 });
    writeModels(folder, [baseRateModel()]);
    const result = await trainer.train(request, silent);
    if (!result.ok) throw new Error(result.error.uiMessage);
    expect(result.value).toMatchObject({ serves: false, promotion: { kind: 'keep', why: expect.stringMatching(/too_few|log_loss/) as unknown } });
    const versions = new ModelStore(folder).versionsOf('boosted-trees');
    expect(versions).toMatchObject({ ok: true, value: { champion: { version: 'base' }, challenger: { version: result.value.version }, previous: [] } });
    expect(readFileSync(join(folder, `boosted-trees-${result.value.version}.report.md`), 'utf8')).toContain(result.value.models[0]!.note);
    expect(lines.at(-1)).toMatch(/^Trained boosted-trees .*; kept back: /);
  });

  it('a missing data folder and an unknown model are sentences', async () => {
    const absent = join(tmpdir(), 'no-such-candles');
    const one = await open({ candles: () => ({ kind: 'folder', path: absent }) }).trainer.train(request, silent);
    expect(one).toEqual({ ok: false, error: { uiMessage: `The data folder ${absent} does not exist.` } });
    const two = await open({ candles: () => ({ kind: 'archive', path: absent, source: 'x' }) }).trainer.train(request, silent);
    expect(two).toMatchObject({ ok: false, error: { uiMessage: expect.stringMatching(/candle archive .* does not exist/) as unknown } });
    const three = await open().trainer.train({ model: 'oracle', seed: 1 }, silent);
    expect(three).toEqual({ ok: false, error: { uiMessage: 'There is no model named oracle.' } });
  });
});
