// The stamp that a session carries: the same code gives the same print, other code another one, and the sentence names both builds.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareBuilds, readBuild, settingsPrint, versionOf } from '../../src-main/hosts/build-stamp.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
let root: string;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
  write('package.json', '{"version":"1.2.3"}');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the build stamp', () => {
  test('of a checkout has the commit it stands on, by a loose or a packed reference, or detached', () => {
    write('src-main/core/a.ts', 'one');
    write('.git/HEAD', 'ref: refs/heads/main\n');
    write('.git/packed-refs', `# pack-refs\n${COMMIT} refs/heads/main\n`);
    expect(readBuild(join(root, 'src-main', 'core'))).toMatchObject({ version: '1.2.3', commit: COMMIT });
    write('.git/refs/heads/main', `${COMMIT.replaceAll('0', 'f')}\n`);
    expect(readBuild(root).commit).toBe(COMMIT.replaceAll('0', 'f'));
    write('.git/HEAD', `${COMMIT}\n`);
    expect(versionOf(readBuild(root))).toBe('1.2.3+0123456');
  });

  test('changes with one letter of the engine, and not with a screen', () => {
    write('src-main/core/a.ts', 'one');
    const before = readBuild(root);
    write('src-renderer/b.ts', 'two');
    expect(readBuild(root)).toEqual(before);
    write('src-main/core/a.ts', 'two');
    expect(readBuild(root).engine).not.toBe(before.engine);
  });

  test('of a packed program is made of its bundle and of what the build wrote down', () => {
    write('out/main/main.js', 'one');
    expect(readBuild(join(root, 'out', 'main'))).toMatchObject({ commit: null });
    expect(versionOf(readBuild(root))).toBe('1.2.3');
    write('out/build.json', JSON.stringify({ version: '1.2.3', commit: COMMIT }));
    const built = readBuild(root);
    expect(built.commit).toBe(COMMIT);
    write('out/main/chunks/x.js', 'more');
    expect(readBuild(root).engine).not.toBe(built.engine);
  });

  test('of this very program is known', () => {
    expect(readBuild()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/u), engine: expect.stringMatching(/^[0-9a-f]{12}$/u) });
  });
});

describe('two builds beside each other', () => {
  const build = { version: '1.2.3', commit: COMMIT, engine: 'aaaaaaaaaaaa' };
  test.each([
    [build, build, true, 'the same engine'],
    [build, { ...build, commit: null }, true, 'the same engine'],
    [{ ...build, engine: 'bbbbbbbbbbbb' }, build, false, 'another build: 1.2.3+0123456 (engine bbbbbbbbbbbb); replayed by 1.2.3+0123456 (engine aaaaaaaaaaaa)'],
    [null, build, null, 'does not say which build'],
  ] as const)('%#', (recorded, here, isSame, words) => {
    expect(compareBuilds(recorded, here)).toEqual({ isSame, sentence: expect.stringContaining(words) });
  });
});

test('the print of settings does not hang on the order of their names, and on each value', () => {
  expect(settingsPrint({ a: 1, b: 2 })).toBe(settingsPrint({ b: 2, a: 1 }));
  expect(settingsPrint({ a: 1, b: 3 })).not.toBe(settingsPrint({ a: 1, b: 2 }));
});
