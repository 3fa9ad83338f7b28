// Logging: one line a message to the console and to a rotating JSON file, repeated messages counted instead of repeated, secrets removed.
import { mkdirSync } from 'node:fs';
import pino from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import type { LogLevel, LogLine } from '../../../src-shared/contract/view.ts';
import type { Clock, Logger } from '../../core/ports.ts';
import { redact, redactValue } from './redact.ts';

const REPEAT_WINDOW_MS = 10_000;
const REPEATS_ALLOWED = 3;
const FILES_KEPT = 5;

export interface LoggerOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly onLine: (line: LogLine) => void;
  /** Console output, e.g. process.stdout.write; null for silence. */
  readonly print: ((line: string) => void) | null;
  /** Wall milliseconds, for rate limiting. */
  readonly wallNow: () => number;
}

export interface FileLogger extends Logger {
  close(): Promise<void>;
}

interface Repeat {
  windowStart: number;
  count: number;
}

/** A file that cannot be written is reported once on the console; logging never stops the terminal. */
export function createLogger(options: LoggerOptions): FileLogger {
  const { clock, onLine, print, wallNow } = options;
  let file: RotatingFileStream | null = null;
  try {
    mkdirSync(options.folder, { recursive: true });
    file = createStream('terminal.log', { path: options.folder, size: '10M', maxFiles: FILES_KEPT });
    file.on('error', (failure) => print?.(`The log file cannot be written (${failure.message}).\n`));
  } catch (failure) {
    print?.(`The log file cannot be written (${failure instanceof Error ? failure.message : String(failure)}); messages go to this console only.\n`);
  }
  const writer = file === null ? null : pino({ level: 'debug', base: null, timestamp: false }, file);
  const repeats = new Map<string, Repeat>();
  let nextId = 1;
  const isRepeated = (key: string): number | null => {
    const now = wallNow();
    const seen = repeats.get(key);
    if (seen === undefined || now - seen.windowStart > REPEAT_WINDOW_MS) {
      if (repeats.size > 2000) repeats.clear();
      repeats.set(key, { windowStart: now, count: 1 });
      return seen === undefined ? 0 : Math.max(0, seen.count - REPEATS_ALLOWED);
    }
    seen.count += 1;
    return seen.count <= REPEATS_ALLOWED ? 0 : null;
  };
  return {
    log: (level: LogLevel, source, message, context) => {
      const withheld = isRepeated(`${source} ${message.replaceAll(/[\d.]+/g, '#')}`);
      if (withheld === null) return;
      const text = redact(withheld > 0 ? `${message} (+${withheld} more like it)` : message);
      const time = clock.now();
      writer?.[level]({ time: new Date(time).toISOString(), source, ...(context === undefined ? {} : { context: redactValue(context) }) }, text);
      if (level === 'debug') return;
      print?.(`${new Date(time).toISOString().slice(11, 19)} ${level.padEnd(5)} ${source}: ${text}\n`);
      onLine({ id: nextId++, time, level, source, message: text });
    },
    close: () =>
      new Promise((done) => {
        if (file === null) return done();
        file.end(() => done());
        setTimeout(done, 500).unref();
      }),
  };
}
