// The guides keep their word: links lead somewhere, commands exist, parameters and licences named are the real ones.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PARAMETERS, SECRET_NAMES } from '../../src-shared/contract/parameters.ts';
import { PROJECT_ROOT } from '../support/terminal.ts';

const DOCUMENTS = ['README.md', 'SECURITY.md', ...readdirSync(join(PROJECT_ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'));
const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const matches = (text: string, pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '');

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);

  it('links only to what is there, headings included', () => {
    const broken = matches(text, /\]\((?!https?:)([^)]+)\)/g).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? document : join(dirname(document), file);
      if (!existsSync(join(PROJECT_ROOT, target))) return true;
      return anchor !== undefined && !matches(read(target), /^#+ (.+)$/gm).some((heading) => anchorOf(heading) === anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only scripts and files that exist', () => {
    const scripts = Object.keys((JSON.parse(read('package.json')) as { readonly scripts: Record<string, string> }).scripts);
    expect(matches(text, /npm run ([\w-]+)/g).filter((name) => !scripts.includes(name))).toEqual([]);
    const files = matches(text, /`((?:src-\w+|test|scripts|resources|docs)\/[\w./-]+\.(?:ts|mjs|md|svg))`/g);
    expect([...files, ...matches(text, /node (scripts\/[\w-]+\.mjs)/g)].filter((file) => !existsSync(join(PROJECT_ROOT, file)))).toEqual([]);
  });

  it('names only parameters and secrets that exist', () => {
    const known = new Set<string>([...Object.values(PARAMETERS).map((parameter) => parameter.name), ...SECRET_NAMES]);
    const named = matches(text, /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?: = \w+)?`/g).filter((name) => !/^(TERMINAL|NODE)_/.test(name));
    // Secrets and variables of a release belong to its workflow, the keys of the local venue to it.
    const elsewhere = read('.github/workflows/release.yml') + read('src-worker/venue.ts');
    expect(named.filter((name) => !known.has(name) && !new RegExp(`\\b${name}\\b`).test(elsewhere))).toEqual([]);
  });
});

describe('what is generated', () => {
  it.each([
    ['docs/PARAMETERS.md', 'scripts/parameters.mjs'],
    ['resources/THIRD-PARTY.md', 'scripts/licenses.mjs'],
  ])('%s is what %s writes today, and every licence is one we agree to', (_file, script) => {
    const run = spawnSync(process.execPath, [join(PROJECT_ROOT, script), '--check'], { cwd: PROJECT_ROOT, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
  });
});
