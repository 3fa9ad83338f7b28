// The terminal's own flags, parsed once: typed options or one sentence about the flag that is wrong.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MODES, type Mode, type ModeReason } from '../../src-shared/domain/session.ts';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';
import { describeWrongFlag } from '../../src-shared/kernel/wrong-flag.ts';

export interface StartOptions {
  readonly port: number;
  readonly open: boolean;
  readonly dataDir: string;
  readonly mode: Mode;
  /** `flag` when the command line says it, or says what only the simulation has. */
  readonly modeReason: ModeReason;
  readonly seed: number;
  /** Simulated time over wall time. */
  readonly speed: number;
  readonly symbols: number | null;
  /** Base URL of a venue that is already running, or null to start one. */
  readonly venueUrl: string | null;
  /** Folder of candle files for the local venue, or null for the synthetic market. */
  readonly replay: string | null;
  /** Start of the replay, ISO time, or null for the earliest usable. */
  readonly from: string | null;
  /** Folder of the models, or null for the bundled ones. */
  readonly models: string | null;
}

const DEFAULT_PORT = 4173;
/** Flags that say the mode, or that only the simulation has. */
const SIMULATION_FLAGS = ['mode', 'seed', 'speed', 'symbols', 'venue', 'replay', 'from'] as const;

/** Where the journal, candles and settings live unless `--data-dir` says otherwise. */
export function defaultDataDir(): string {
  if (process.platform === 'win32') return join(process.env['APPDATA'] ?? homedir(), 'Perpetual Terminal');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Perpetual Terminal');
  return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'perpetual-terminal');
}

/** Typed options, or one sentence about the first flag that is wrong. Looks at no file. */
export function parseStartOptions(argv: readonly string[]): Result<StartOptions, string> {
  let values: Readonly<Record<string, string | boolean | undefined>>;
  try {
    values = parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        'no-open': { type: 'boolean' },
        'data-dir': { type: 'string' },
        mode: { type: 'string' },
        seed: { type: 'string' },
        speed: { type: 'string' },
        symbols: { type: 'string' },
        venue: { type: 'string' },
        replay: { type: 'string' },
        from: { type: 'string' },
        models: { type: 'string' },
      },
    }).values;
  } catch (failure) {
    return err(describeWrongFlag(failure));
  }
  const text = (name: string): string | null => (typeof values[name] === 'string' ? (values[name] as string) : null);
  const port = whole(text('port'), { name: '--port', fallback: DEFAULT_PORT, minimum: 0, maximum: 65_535 });
  const seed = whole(text('seed'), { name: '--seed', fallback: 1, minimum: 0, maximum: 2 ** 31 - 1 });
  const speed = whole(text('speed'), { name: '--speed', fallback: 1, minimum: 1, maximum: 1000 });
  const symbols = whole(text('symbols'), { name: '--symbols', fallback: 0, minimum: 1, maximum: 500 });
  if (!port.ok) return port;
  if (!seed.ok) return seed;
  if (!speed.ok) return speed;
  if (!symbols.ok) return symbols;
  const mode = text('mode') ?? 'simulated';
  if (!(MODES as readonly string[]).includes(mode)) return err(`--mode ${mode} must be one of ${MODES.join(', ')}.`);
  if (mode !== 'simulated' && speed.value !== 1) return err(`--speed works in simulated mode only; ${mode} mode runs in real time.`);
  return ok({
    port: port.value,
    open: values['no-open'] !== true,
    dataDir: text('data-dir') ?? defaultDataDir(),
    mode: mode as Mode,
    modeReason: SIMULATION_FLAGS.some((name) => text(name) !== null) ? 'flag' : 'first_start',
    seed: seed.value,
    speed: speed.value,
    symbols: symbols.value === 0 ? null : symbols.value,
    venueUrl: text('venue'),
    replay: text('replay'),
    from: text('from'),
    models: text('models'),
  });
}

function whole(
  value: string | null,
  range: { readonly name: string; readonly fallback: number; readonly minimum: number; readonly maximum: number },
): Result<number, string> {
  if (value === null) return ok(range.fallback);
  const parsed = Number(value);
  if (!/^\d+$/.test(value) || parsed < range.minimum || parsed > range.maximum)
    return err(`${range.name} ${value} must be a whole number from ${range.minimum} to ${range.maximum}.`);
  return ok(parsed);
}
