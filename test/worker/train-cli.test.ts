// The train command as a person uses it: help, mistakes, a real small run twice, and Ctrl+C.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModelRegistry } from '../../src-main/adapters/models/registry.ts';
import { FEATURE_SCHEMA_HASH } from '../../src-main/core/features/schema.ts';
import { hasSharedData, sharedPath } from '../support/shared.ts';

const ENTRY = resolve(import.meta.dirname, '../../src-worker/train-cli.ts');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'train-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command; `interruptAt` sends SIGINT once the output holds it. */
function train(argv: readonly string[], interruptAt: string | null = null): Promise<Ended> {
  const child = spawn(process.execPath, [ENTRY, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (interruptAt !== null && stdout.includes(interruptAt)) child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, stdout, stderr })));
}

describe('npm run train', () => {
  it('explains itself with --help', async () => {
    const { code, stdout } = await train(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: npm run train -- --data DIR/);
  });

  it('answers every mistake with one sentence and exit code 2', async () => {
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /--data and --out are needed/],
      [['--nonsense'], /nonsense/],
      [['--data', folder, '--out', folder, '--seed', 'x'], /--seed x must be a whole number/],
      [['--data', folder, '--out', folder, '--model', 'oracle'], /no model named oracle/],
      [['--data', join(folder, 'absent'), '--out', folder], /data folder .*absent does not exist/],
      [['--data', folder, '--out', folder], /holds no 5-minute candle files/],
      [['--data', ENTRY, '--out', folder], /train-cli\.ts is a file; give the folder/],
      [['--data', folder, '--out', join(ENTRY, 'models')], /--out .* cannot be a folder: .*train-cli\.ts is a file/],
      [['--data', folder, '--out', folder, '--max-candles', '0'], /--max-candles 0 would leave nothing/],
      [['--data', folder, '--out'], /--out needs a value\. See/],
    ];
    await Promise.all(
      cases.map(async ([argv, sentence]) => {
        const { code, stderr } = await train(argv);
        expect({ argv, code, lines: stderr.trim().split('\n').length }).toEqual({ argv, code: 2, lines: 1 });
        expect(stderr).toMatch(sentence);
      }),
    );
  });

  const real = hasSharedData() ? it : it.skip;

  real(
    'writes trees and a network with its INT8 form that the registry accepts, byte for byte the same twice, with an honest report (real candles)',
    async () => {
      const outs = [join(folder, 'one'), join(folder, 'two')];
      const argv = [
        '--data',
        sharedPath('data', 'klines', '5m'),
        '--symbols',
        'ETHUSDT',
        '--max-candles',
        '130000',
        '--seed',
        '3',
        '--model',
        'boosted-trees,regime-predictor',
        '--out',
      ];
      for (const ended of await Promise.all(outs.map((out) => train([...argv, out])))) expect(ended).toMatchObject({ code: 0, stderr: '' });
      const files = readdirSync(outs[0]!);
      expect(readdirSync(outs[1]!)).toEqual(files);
      for (const file of files) expect(Buffer.compare(readFileSync(join(outs[0]!, file)), readFileSync(join(outs[1]!, file)))).toBe(0);
      const { models, problems } = openModelRegistry(outs[0]!, FEATURE_SCHEMA_HASH);
      expect(problems).toEqual([]);
      expect(models.map(({ file, quantised }) => [file.name, quantised !== null])).toEqual([
        ['boosted-trees', false],
        ['regime-predictor', true],
      ]);
      expect(models[1]!.note).toMatch(/^(No skill out of sample:|Skill out of sample:|No skill to rely on: its leakage checks failed;) log-loss gain -?\d/);
      const report = readFileSync(join(outs[0]!, 'boosted-trees.report.md'), 'utf8');
      expect(report).toContain(models[0]!.note);
      expect(models[0]!.note).toMatch(models[0]!.edge ? /^Edge out of sample/ : /^No edge out of sample/);
    },
  );

  real('Ctrl+C ends it with one sentence and leaves no half file', async () => {
    const out = join(folder, 'stopped');
    const { code, signal, stderr } = await train(['--data', sharedPath('data', 'klines', '5m'), '--symbols', 'SOLUSDT', '--out', out], 'finding set-ups');
    expect({ code, signal, stderr }).toEqual({ code: 130, signal: null, stderr: 'Stopping.\nThe training was cancelled; nothing was written.\n' });
    expect(existsSync(out)).toBe(false);
  });
});
