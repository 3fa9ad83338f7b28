// A wrong command line is told in one sentence, the same by `npm start` (plain JavaScript, before anything is installed) and by every other command.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { describeWrongFlag } from '../../src-shared/kernel/wrong-flag.ts';
import { PROJECT_ROOT } from '../support/terminal.ts';

/** Plain JavaScript without types of its own. */
const { readFlags } = (await import(pathToFileURL(join(PROJECT_ROOT, 'scripts', 'arguments.mjs')).href)) as {
  readonly readFlags: (argv: readonly string[], flags: readonly object[]) => unknown;
};

const FLAGS = [
  { name: 'port', value: 'N', help: '' },
  { name: 'no-open', value: null, help: '' },
] as const;

function caught(args: readonly string[]): unknown {
  try {
    parseArgs({ args: [...args], options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } } });
  } catch (failure) {
    return failure;
  }
  throw new Error('the parser took it');
}

describe('a wrong flag', () => {
  it.each([
    [['--nope'], 'There is no flag --nope.'],
    [['--nope=3'], 'There is no flag --nope.'],
    [['-x'], 'There is no flag -x.'],
    [['--port'], '--port needs a value.'],
    [['--port', '-1'], '--port needs a value; one that begins with a dash is written --port=-1.'],
    [['--port', '--no-open'], '--port needs a value; one that begins with a dash is written --port=-1.'],
    [['--no-open=1'], '--no-open takes no value.'],
    [['extra'], 'extra is no flag; flags begin with --.'],
  ])('%j is told as: %s', (args, sentence) => {
    expect(describeWrongFlag(caught(args))).toBe(sentence);
    expect(readFlags(args, FLAGS)).toEqual({ ok: false, sentence });
  });

  it('what is not known keeps its own words, to the end of the first line and with a full stop', () => {
    expect(describeWrongFlag(new Error('Something else\nsecond line'))).toBe('Something else.');
    expect(describeWrongFlag('a text.')).toBe('a text.');
  });
});
