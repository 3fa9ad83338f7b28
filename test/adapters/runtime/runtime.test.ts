// What the engine stands on: clocks that never go back, one terminal per folder, logs without floods and without secrets.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { epochMs } from '../../../src-shared/kernel/units.ts';
import type { LogLine } from '../../../src-shared/contract/view.ts';
import { createFollowingClock, createSystemClock } from '../../../src-main/adapters/runtime/clock.ts';
import { describeFolderFailure, lockDataFolder } from '../../../src-main/adapters/runtime/instance-lock.ts';
import { createLogger } from '../../../src-main/adapters/runtime/logger.ts';
import { redact } from '../../../src-main/adapters/runtime/redact.ts';
import { createLogNotifier } from '../../../src-main/adapters/notify/log-notifier.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-runtime-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

describe('the system clock', () => {
  it('is not moved by a jump of the wall clock, in either direction', () => {
    let wall = 1_700_000_000_000;
    let monotonic = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => wall);
    vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
    const clock = createSystemClock();
    const first = clock.now();
    wall -= 3_600_000;
    monotonic += 1000;
    expect(clock.now() - first).toBe(1000);
    expect(clock.driftMs()).toBe(-3_601_000);
    wall += 7_200_000;
    monotonic += 1000;
    expect(clock.now() - first).toBe(2000);
  });

  it('adopts a later wall time when asked, never an earlier one', () => {
    let wall = 1_700_000_000_000;
    let monotonic = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => wall);
    vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
    const clock = createSystemClock();
    wall += 8 * 3_600_000;
    clock.resync();
    expect(clock.now()).toBe(1_700_000_000_000 + 8 * 3_600_000);
    wall -= 3_600_000;
    monotonic += 5;
    clock.resync();
    expect(clock.now()).toBe(1_700_000_000_005 + 8 * 3_600_000);
  });
});

describe('the following clock', () => {
  it('runs at the speed of the venue', () => {
    let monotonic = 500;
    vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
    const clock = createFollowingClock({ engineTime: 1_000_000, readAt: 400, speed: 60 });
    expect(clock.now()).toBe(1_006_000);
    monotonic += 1000;
    expect(clock.now()).toBe(1_066_000);
  });

  it('takes over another speed, a pause and a step, and never goes back', () => {
    let monotonic = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
    const clock = createFollowingClock({ engineTime: 1_000_000, readAt: 0, speed: 1 });
    monotonic = 1000;
    clock.adopt({ engineTime: 1_001_000, readAt: 1000, speed: 50 });
    monotonic = 2000;
    expect([clock.speed, clock.now()]).toEqual([50, 1_051_000]);
    clock.adopt({ engineTime: 1_050_000, readAt: 2000, speed: 50, isPaused: true });
    monotonic = 60_000;
    expect(clock.now(), 'stands where it was').toBe(1_051_000);
    clock.adopt({ engineTime: 1_110_000, readAt: 60_000, speed: 50, isPaused: true });
    expect(clock.now(), 'a step').toBe(1_110_000);
    clock.adopt({ engineTime: 1_110_000, readAt: 60_000, speed: 1 });
    monotonic = 60_500;
    expect(clock.now()).toBe(1_110_500);
  });
});

describe('the folder lock', () => {
  it('keeps a second process out while the first lives, and is taken over after kill -9', async () => {
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `import('${join(import.meta.dirname, '../../../src-main/adapters/runtime/instance-lock.ts')}').then(({ lockDataFolder }) => { console.log(lockDataFolder(process.argv[1]).ok); setInterval(() => 1, 1000); })`,
        folder,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [printed] = (await once(holder.stdout, 'data')) as [Buffer];
    expect(printed.toString().trim()).toBe('true');
    const refused = lockDataFolder(folder);
    expect(refused.ok ? '' : refused.error.uiMessage).toContain(`Another terminal (process ${String(holder.pid)}) already uses`);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const taken = lockDataFolder(folder);
    expect(taken.ok).toBe(true);
    if (taken.ok) taken.value.release();
    expect(existsSync(join(folder, 'terminal.lock'))).toBe(false);
  });

  it('takes over a lock whose process id was given to another process', () => {
    writeFileSync(join(folder, 'terminal.lock'), `1\nnot-the-start-time-of-process-1\n`);
    expect(lockDataFolder(folder).ok).toBe(true);
  });

  it('takes over a lock of rubbish', () => {
    writeFileSync(join(folder, 'terminal.lock'), '\u0000\u0001 rubbish');
    expect(lockDataFolder(folder).ok).toBe(true);
  });

  it('a folder that is a file is told with a next step', () => {
    writeFileSync(join(folder, 'file'), 'x');
    const refused = lockDataFolder(join(folder, 'file'));
    expect(refused.ok ? '' : refused.error.uiMessage).toMatch(/cannot be used .*choose another with --data-dir/);
  });
});

describe('the log', () => {
  function create(wall: { now: number }) {
    const lines: LogLine[] = [];
    const printed: string[] = [];
    const logger = createLogger({
      folder,
      clock: { speed: 1, now: () => epochMs(1_700_000_000_000) },
      onLine: (line) => lines.push(line),
      print: (line) => printed.push(line),
      wallNow: () => wall.now,
    });
    return { logger, lines, printed };
  }

  it('L32 counts a repeated message instead of repeating it, whatever numbers it carries', async () => {
    const wall = { now: 0 };
    const { logger, lines } = create(wall);
    for (let index = 0; index < 1000; index += 1) logger.log('warn', 'venue', `request ${index} failed after ${index * 3}.5 ms`);
    logger.log('warn', 'venue', 'another matter');
    expect(lines.map((line) => line.message)).toEqual([
      'request 0 failed after 0.5 ms',
      'request 1 failed after 3.5 ms',
      'request 2 failed after 6.5 ms',
      'another matter',
    ]);
    wall.now = 11_000;
    logger.log('warn', 'venue', 'request 5 failed after 1 ms');
    expect(lines.at(-1)?.message).toBe('request 5 failed after 1 ms (+997 more like it)');
    await logger.close();
  });

  it('writes one JSON line a message, with its context, and no secret', async () => {
    const { logger, printed } = create({ now: 0 });
    logger.log('info', 'rest', 'GET /fapi/v1/order?signature=deadbeef01 done', { apiKey: 'AAAABBBB', symbol: 'BTCUSDT' });
    logger.log('debug', 'rest', 'for the file only');
    await logger.close();
    const written = readFileSync(join(folder, 'terminal.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(written).toMatchObject([
      { source: 'rest', msg: 'GET /fapi/v1/order?signature=[secret] done', context: { apiKey: '[secret]', symbol: 'BTCUSDT' } },
      { msg: 'for the file only' },
    ]);
    expect(printed).toHaveLength(1);
  });

  it('goes on without a file when the folder cannot be made', async () => {
    writeFileSync(join(folder, 'blocked'), '');
    const printed: string[] = [];
    const logger = createLogger({
      folder: join(folder, 'blocked', 'logs'),
      clock: { speed: 1, now: () => epochMs(0) },
      onLine: () => undefined,
      print: (line) => printed.push(line),
      wallNow: () => 0,
    });
    logger.log('error', 'engine', 'still here');
    await logger.close();
    expect(printed[0]).toContain('The log file cannot be written');
    expect(printed[1]).toContain('still here');
  });

  it('carries notifications, alarms as warnings', () => {
    const seen: string[] = [];
    const notifier = createLogNotifier({ log: (level, source, message) => void seen.push(`${level} ${source} ${message}`) });
    notifier.notify({ topic: 'alarm', title: 'Stop missing', text: 'BTCUSDT' } as never);
    notifier.notify({ topic: 'trade', title: 'Opened', text: 'BTCUSDT' } as never);
    expect(seen).toEqual(['warn alarm Stop missing: BTCUSDT', 'info trade Opened: BTCUSDT']);
  });
});

describe('redaction', () => {
  const MARK = 'S3cr3tMarker0123456789';
  it.each([
    `POST /fapi/v1/order?symbol=A&signature=${MARK}`,
    `{"listenKey":"${MARK}"}`,
    `X-MBX-APIKEY: ${MARK}`,
    `{"apiSecret":"${MARK}","api_key":"${MARK}"}`,
    `wss://fstream.binance.com/private/ws/${MARK}`,
    `https://discord.com/api/webhooks/1/${MARK}`,
    `socks5://user:${MARK}@127.0.0.1:1080`,
    `http://127.0.0.1:4173/?token=${MARK}`,
  ])('removes the secret of %s', (text) => {
    expect(redact(text)).not.toContain(MARK);
  });

  it('leaves ordinary text alone', () => {
    expect(redact('BTCUSDT filled 3 lots at 64,000.1 (order 123456789)')).toBe('BTCUSDT filled 3 lots at 64,000.1 (order 123456789)');
  });
});

it('a data folder that cannot be used is told with the step that helps: room on a full disk, permission elsewhere', () => {
  const failing = (code: string, message: string): Error => Object.assign(new Error(message), { code });
  expect(describeFolderFailure('/data', failing('ENOSPC', 'ENOSPC: no space left on device, write'))).toBe(
    'The data folder /data cannot be used (ENOSPC: no space left on device, write). Free some space, or choose another with --data-dir. Nothing was changed.',
  );
  expect(describeFolderFailure('/data', failing('EROFS', 'EROFS: read-only file system'))).toBe(
    'The data folder /data cannot be used (EROFS: read-only file system). Give this user write permission, or choose another with --data-dir. Nothing was changed.',
  );
});
