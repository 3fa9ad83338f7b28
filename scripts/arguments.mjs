// The flags of `npm start`, their help text and their checks; plain Node 20 so that it works before anything is installed.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** @typedef {{ name: string, value: string | null, help: string, check?: (value: string) => string | null }} Flag */

const wholeNumber = (minimum, maximum) => (value) =>
  /^\d+$/.test(value) && Number(value) >= minimum && Number(value) <= maximum ? null : `must be a whole number from ${minimum} to ${maximum}`;
const time = (value) => (Number.isNaN(Date.parse(value)) ? 'is not a time such as 2025-09-01T00:00:00Z' : null);
const webAddress = (value) => (/^https?:\/\/[^\s/]+/.test(value) ? null : 'must be an address such as http://127.0.0.1:4180');
const folder = (value) => (existsSync(value) ? null : 'is a folder that does not exist');
const oneOf =
  (...choices) =>
  (value) =>
    choices.includes(value) ? null : `must be one of ${choices.join(', ')}`;

/** @type {readonly Flag[]} */
export const START_FLAGS = [
  {
    name: 'host',
    value: 'node|electron',
    help: 'electron: the desktop app; node: the same program in your browser. Default: electron where its binary can be had, else node',
    check: oneOf('node', 'electron'),
  },
  { name: 'port', value: 'N', help: 'port of the local page in the node host; 0 picks a free one (default 4173)', check: wholeNumber(0, 65535) },
  { name: 'no-open', value: null, help: 'do not open a browser' },
  { name: 'data-dir', value: 'DIR', help: 'where the journal, candles and settings live' },
  {
    name: 'mode',
    value: 'simulated|paper|demo|live',
    help: 'default: the one chosen on the screen last, else simulated; never live',
    check: oneOf('simulated', 'paper', 'demo', 'live'),
  },
  { name: 'seed', value: 'N', help: 'seed of the simulated market (default 1)', check: wholeNumber(0, 2147483647) },
  { name: 'speed', value: 'N', help: 'simulated time over real time, 1 to 1000 (default 1); simulated mode only', check: wholeNumber(1, 1000) },
  { name: 'symbols', value: 'N', help: 'markets of the simulated exchange, 1 to 500 (default 200)', check: wholeNumber(1, 500) },
  { name: 'venue', value: 'URL', help: 'use a venue that is already running (see `npm run venue`)', check: webAddress },
  { name: 'replay', value: 'DIR', help: 'replay candle files through the simulated exchange', check: folder },
  { name: 'from', value: 'TIME', help: 'start of the replay, ISO time', check: time },
  { name: 'models', value: 'DIR', help: 'folder of the models (default: an own one below --data-dir, filled from the bundled ones)' },
  { name: 'help', value: null, help: 'this text' },
];

/**
 * What Node's parser says, for a person; `src-shared/kernel/wrong-flag.ts` does the same for the other commands, which this file cannot load before Node 24 is there.
 * @param {string} message
 */
function describeWrongFlag(message) {
  const line = message.split('\n')[0];
  const [, flag = ''] = /'(?:-\w, )?(-[^' ]*)/.exec(line) ?? [];
  if (line.startsWith('Unknown option')) return `There is no flag ${flag}.`;
  if (line.includes('argument missing')) return `${flag} needs a value.`;
  if (line.includes('ambiguous')) return `${flag} needs a value; one that begins with a dash is written ${flag}=-1.`;
  if (line.includes('does not take an argument')) return `${flag} takes no value.`;
  const [, word] = /^Unexpected argument '([^']*)'/.exec(line) ?? [];
  return word === undefined ? line : `${word} is no flag; flags begin with --.`;
}

/** @param {string} command @param {readonly Flag[]} flags */
export function describeFlags(command, flags) {
  const rows = flags.map((flag) => [`  --${flag.name}${flag.value === null ? '' : ` ${flag.value}`}`, flag.help]);
  const width = Math.min(34, Math.max(...rows.map(([head]) => head.length)) + 2);
  return `Usage: ${command} -- [flags]\n\n${rows.map(([head, help]) => (head.length + 1 < width ? head.padEnd(width) : `${head}\n${' '.repeat(width)}`) + help).join('\n')}\n`;
}

/**
 * Checks flags against the table. Gives the values, or one sentence about the first thing that is wrong.
 * @param {readonly string[]} argv @param {readonly Flag[]} flags
 */
export function readFlags(argv, flags) {
  const options = Object.fromEntries(flags.map((flag) => [flag.name, { type: flag.value === null ? 'boolean' : 'string' }]));
  let values;
  try {
    ({ values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }));
  } catch (failure) {
    return { ok: false, sentence: describeWrongFlag(failure.message) };
  }
  for (const flag of flags) {
    const value = values[flag.name];
    if (typeof value !== 'string' || flag.check === undefined) continue;
    const problem = flag.check(value);
    if (problem !== null) return { ok: false, sentence: `--${flag.name} ${value} ${problem}.` };
  }
  return { ok: true, values };
}
