// What is wrong with a command line, in a sentence a person can act on: the wording of Node's parser is for programmers.

const KNOWN: readonly (readonly [pattern: RegExp, sentence: (found: string) => string])[] = [
  [/^Unknown option '([^']+)'/, (flag) => `There is no flag ${flag}.`],
  [/^Option '(?:-\w, )?(--[\w-]+)[^']*' argument missing/, (flag) => `${flag} needs a value.`],
  [/^Option '(--[\w-]+)' argument is ambiguous/, (flag) => `${flag} needs a value; one that begins with a dash is written ${flag}=-1.`],
  [/^Option '(--[\w-]+)' does not take an argument/, (flag) => `${flag} takes no value.`],
  [/^Unexpected argument '([^']*)'/, (word) => `${word} is no flag; flags begin with --.`],
];

/** One sentence, with its full stop, about what `parseArgs` of `node:util` threw. @param failure as it was caught */
export function describeWrongFlag(failure: unknown): string {
  const message = (failure instanceof Error ? failure.message : String(failure)).split('\n')[0] ?? '';
  for (const [pattern, sentence] of KNOWN) {
    const found = pattern.exec(message)?.[1];
    if (found !== undefined) return sentence(found);
  }
  return message.replace(/\.?$/, '.');
}
