// The venue's command line: plain sentences and exit codes for what is wrong, help, and a replay that starts where it is told.
import { spawn } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT, startVenueProcess, temporaryFolder } from '../../support/terminal.ts';

function run(...argv: readonly string[]): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'src-worker', 'venue.ts'), ...argv], { cwd: PROJECT_ROOT });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => void (out += String(chunk)));
  child.stderr.on('data', (chunk) => void (err += String(chunk)));
  return new Promise((done) => void child.on('exit', (code) => done({ code, out, err })));
}

describe('the command line of the venue', () => {
  it.each([
    [['--speed', '5000'], 2, '--speed 5000 must be a whole number from 1 to 1000'],
    [['--from', 'yesterday'], 2, 'is not a time'],
    [['--chaos', '/nowhere/plan.json'], 2, '/nowhere/plan.json cannot be read'],
    [['--replay', '/nowhere'], 2, '/nowhere does not exist'],
    [['--statistics', '/nowhere'], 2, '/nowhere does not exist'],
    [['--state', '.', '--symbols', '1', '--port', '0'], 1, 'The venue could not start: EISDIR'],
    [['--follow', '--replay', '.'], 2, 'exclude each other'],
    [['--dance'], 2, '--help'],
  ])('%j ends with %i and says why', async (argv, code, sentence) => {
    const ended = await run(...argv);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(sentence);
  });

  it('explains itself', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const flag of ['--seed', '--speed', '--replay', '--chaos', '--statistics', '/venue/clock', '/venue/chaos']) expect(out).toContain(flag);
  });

  it('says which port is taken', async () => {
    const first = await startVenueProcess(['--port', '0', '--symbols', '1']);
    const ended = await run('--port', new URL(first.url).port, '--symbols', '1');
    await first.stop();
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('is taken') as string });
  });

  it('prints the synthetic market beside real candles', async () => {
    const folder = await temporaryFolder();
    let price = 100;
    const rows = Array.from({ length: 3000 }, (_, index) => {
      const open = price;
      price *= 1 + 0.004 * (((index * 7919) % 13) / 13 - 0.46);
      return `${Date.UTC(2025, 0, 1) + index * 300_000},${open},${Math.max(open, price) * 1.001},${Math.min(open, price) * 0.999},${price},${5 + (index % 7)},500,7,2`;
    });
    for (const name of ['A', 'B']) writeFileSync(join(folder.path, `${name}USDT-5m.csv.gz`), gzipSync(rows.join('\n')));
    writeFileSync(join(folder.path, 'AUSDT-funding.csv'), `time,rate\n${Date.UTC(2025, 0, 1)},0.0001\n${Date.UTC(2025, 0, 1, 8)},-0.0002\n`);
    const { code, out } = await run('--statistics', folder.path, '--seed', '2');
    expect(code).toBe(0);
    expect(out).toContain('synthetic market, seed 2');
    expect(out).toMatch(/AUSDT\s+[\d.]+/);
    expect(out).toContain('cross-correlation of returns, mean over pairs: 1.00');
    expect(out).toContain('50 % at 0.01 %, 50 % negative (2 settlements)');
    expect(out.match(/kurtosis/g)).toHaveLength(3);
    await folder.remove();
  });
});
