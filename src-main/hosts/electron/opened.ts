// What the system asked this app to open: exported sessions by file or by link, told apart from our own flags and from everything else.
import { isAbsolute, resolve } from 'node:path';
import type { Mode } from '../../../src-shared/domain/session.ts';
import { SESSION_EXTENSION } from '../review/session-place.ts';

/** Links look like `perpetual-terminal://session/12`: a session of this terminal's own journal. Nothing else can be asked for by a link. */
export const LINK_SCHEME = 'perpetual-terminal';
/** Given by the system's own start: no window until somebody asks. */
export const HIDDEN_FLAG = '--hidden';
/** Given to the process that takes over after a crash, rehearsed or not: the one that ended, which must be gone first. */
export const DRILL_FLAG = '--after-drill=';

export type Opened = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'link'; readonly session: number };

/** Null for everything that is no link of ours and no session file. A link never names a file: any page on the web can make one. */
export function readOpened(argument: string, workingFolder: string): Opened | null {
  if (argument.startsWith(`${LINK_SCHEME}:`)) {
    const id = new RegExp(`^${LINK_SCHEME}://session/(\\d{1,9})/?$`).exec(argument)?.[1];
    return id === undefined ? null : { kind: 'link', session: Number(id) };
  }
  if (argument.startsWith('-') || !argument.endsWith(SESSION_EXTENSION)) return null;
  return { kind: 'file', path: isAbsolute(argument) ? argument : resolve(workingFolder, argument) };
}

export interface DesktopArguments {
  /** The terminal's flags. */
  readonly own: readonly string[];
  readonly isHidden: boolean;
  readonly drilledProcess: number | null;
  readonly opened: readonly Opened[];
}

/**
 * Takes out what is the desktop's. A malformed link is dropped: it is not ours to complain about at a start. So is everything behind a link: any page on the
 * web can make one, and where the system splits it into more arguments they are not a person's.
 */
export function takeDesktopArguments(argv: readonly string[], workingFolder: string): DesktopArguments {
  const drill = argv.find((argument) => argument.startsWith(DRILL_FLAG));
  const pid = Number(drill?.slice(DRILL_FLAG.length));
  const isOurs = (argument: string): boolean =>
    argument !== HIDDEN_FLAG && argument !== drill && !argument.startsWith(`${LINK_SCHEME}:`) && readOpened(argument, workingFolder) === null;
  const firstLink = argv.findIndex((argument) => argument.startsWith(`${LINK_SCHEME}:`));
  const given = firstLink < 0 ? argv : argv.slice(0, firstLink + 1);
  return {
    own: given.filter(isOurs),
    isHidden: given.includes(HIDDEN_FLAG),
    drilledProcess: Number.isSafeInteger(pid) && pid > 1 ? pid : null,
    opened: given.flatMap((argument) => readOpened(argument, workingFolder) ?? []),
  };
}

const SIMULATED_ONLY: readonly string[] = ['--speed', '--replay', '--from'];

/** The flags that start the terminal again in the mode it runs in now, which a person may have changed since. */
export function argumentsFor(mode: Mode, own: readonly string[]): readonly string[] {
  const pairs = own.flatMap((argument, index) => {
    const [name = ''] = argument.split('=');
    if (!argument.startsWith('--')) return [];
    const next = own[index + 1];
    return [{ name, parts: next === undefined || next.startsWith('--') || argument.includes('=') ? [argument] : [argument, next] }];
  });
  const given =
    pairs
      .find(({ name }) => name === '--mode')
      ?.parts.join(' ')
      .replace(/^--mode[= ]/, '') ?? 'simulated';
  if (given === mode) return own;
  return [...pairs.filter(({ name }) => name !== '--mode' && !SIMULATED_ONLY.includes(name)).flatMap(({ parts }) => parts), '--mode', mode];
}
