// `npm run chaos`: bad days on demand. `--crash` kills the engine along the order path.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { torture } from './crash.ts';

const HELP = `Usage: npm run chaos -- --crash [--kills N] [--seed N] [--json FILE]

Trades at accelerated speed at the local venue and kills the engine at random points of the order path: before and after the journal,
before, while and after a request is sent, around a checkpoint. After every recovery the books of engine and venue are compared.

  --crash        kill and recover
  --kills N      how often, 1 to 10000 (default 200)
  --seed N       same seed, same choices (default 1)
  --json FILE    write the report there
  --help         this text
`;

function fail(sentence: string): never {
  process.stderr.write(`${sentence} See \`npm run chaos -- --help\`.\n`);
  process.exit(2);
}

function readFlags() {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ options: { crash: { type: 'boolean' }, kills: text, seed: text, json: text, help: { type: 'boolean' } } }).values;
  } catch (failure) {
    return fail(failure instanceof Error ? failure.message : String(failure));
  }
}

function whole(name: string, text: string | undefined, fallback: number, maximum: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > maximum) fail(`--${name} ${text} must be a whole number from 1 to ${maximum}.`);
  return value;
}

const flags = readFlags();
if (flags.help === true) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (flags.crash !== true) fail('Say what shall go wrong: --crash.');
const report = await torture({
  kills: whole('kills', flags.kills, 200, 10_000),
  seed: whole('seed', flags.seed, 1, 2 ** 31 - 1),
  say: (line) => process.stdout.write(`${line}\n`),
});
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
const { kills, ...summary } = report;
process.stdout.write(`${JSON.stringify(summary, null, 2)}\n${kills.length} kills: ${report.passed ? 'everything agreed after each' : 'FAILED'}\n`);
process.exit(report.passed ? 0 : 1);
