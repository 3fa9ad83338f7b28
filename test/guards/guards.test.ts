// Every wall of the project, each with a planted violation that it must stop. All violations of a tool are planted in one project and read in one run.
import { beforeAll, describe, expect, it } from 'vitest';
import { checkImports, lint, typecheck, type Outcome, type Planted } from './support.ts';

const CLEAN = 'export const clean = 1;\n';
const TOOL_LIMIT_MS = 60_000;
const NONE: Outcome = { code: null, output: '' };

const GLOBALS = ['process.pid', 'setTimeout(() => 1, 1)', "fetch('x')", 'console', 'document', 'window', 'Buffer', 'performance', 'crypto', 'WebSocket'];

describe('the type layers', () => {
  let core = NONE;
  let clean = NONE;
  let screen = NONE;

  beforeAll(() => {
    const planted = Object.fromEntries(
      GLOBALS.map((expression, index) => [`src-main/core/global-${String(index)}.ts`, `export const planted = ${expression};\n`]),
    );
    const node = { 'src-main/core/node.ts': "import { readFileSync } from 'node:fs';\nexport const planted = readFileSync;\n" };
    clean = typecheck({ 'src-shared/a.ts': CLEAN, 'src-main/core/a.ts': CLEAN }, 'src-main/core');
    core = typecheck({ 'src-shared/a.ts': CLEAN, ...planted, ...node }, 'src-main/core');
    screen = typecheck({ 'src-shared/a.ts': CLEAN, 'src-renderer/a.ts': 'export const planted = process.pid;\n' }, 'src-renderer');
  }, TOOL_LIMIT_MS);

  it('pass without a violation', () => {
    expect(clean).toMatchObject({ code: 0 });
  });

  it.each(GLOBALS.map((expression, index) => [expression, index] as const))('the core has no %s', (_expression, index) => {
    expect(core.code).not.toBe(0);
    expect(core.output).toMatch(new RegExp(`core/global-${String(index)}\\.ts\\(1,\\d+\\): error TS(2304|2580|2584|2591|2552)`));
  });

  it('the core has no Node module', () => {
    expect(core.output).toMatch(/core\/node\.ts\(1,\d+\): error .*node:fs/);
  });

  it('the screen has no Node global', () => {
    expect(screen.output).toMatch(/src-renderer\/a\.ts\(1,\d+\): error/);
  });
});

const FLOATING = 'async function send(): Promise<void> {}\nexport function planted(): void {\n  send();\n}\n';
const SWITCH = "export function planted(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 0;\n}\n";

const LINTED: readonly (readonly [what: string, file: string, text: string, rule: string])[] = [
  ['Date.now in the core', 'src-main/core/date.ts', 'export const planted = Date.now();\n', 'no-restricted-properties'],
  ['Math.random in the core', 'src-main/core/random.ts', 'export const planted = Math.random();\n', 'no-restricted-properties'],
  ['Date.now in src-shared', 'src-shared/date.ts', 'export const planted = Date.now();\n', 'no-restricted-properties'],
  ['Math.random in src-shared', 'src-shared/random.ts', 'export const planted = Math.random();\n', 'no-restricted-properties'],
  ['Node in the core', 'src-main/core/node.ts', "export { readFileSync } from 'node:fs';\n", 'no-restricted-imports'],
  ['an adapter in the core', 'src-main/core/adapter.ts', "export * from '../adapters/a.ts';\n", 'no-restricted-imports'],
  ['the core in src-shared', 'src-shared/core.ts', "export * from '../src-main/core/a.ts';\n", 'no-restricted-imports'],
  ['a host in an adapter', 'src-main/adapters/host.ts', "export * from '../hosts/a.ts';\n", 'no-restricted-imports'],
  ['electron in an adapter', 'src-main/adapters/electron.ts', "export { app } from 'electron';\n", 'no-restricted-imports'],
  ['electron in the Node host', 'src-main/hosts/node/electron.ts', "export { app } from 'electron';\n", 'no-restricted-imports'],
  ['electron in a worker', 'src-worker/electron.ts', "export { app } from 'electron';\n", 'no-restricted-imports'],
  ['the engine in the screen', 'src-renderer/engine.ts', "export * from '../src-main/core/a.ts';\n", 'no-restricted-imports'],
  ['Node in the screen', 'src-renderer/node.ts', "export { join } from 'node:path';\n", 'no-restricted-imports'],
  ['a default export', 'src-main/core/default.ts', 'export default 1;\n', 'no-default-export'],
  ['any', 'src-main/core/any.ts', 'export const planted: any = 1;\n', 'no-explicit-any'],
  ['a floating promise', 'src-main/adapters/floating.ts', FLOATING, 'no-floating-promises'],
  ['a switch that forgets a case', 'src-main/core/switch.ts', SWITCH, 'switch-exhaustiveness-check'],
  ['a cycle', 'src-main/core/cycle-a.ts', "import { b } from './cycle-b.ts';\nexport const a = () => b;\n", 'no-cycle'],
];

describe('the linter', () => {
  let planted = NONE;
  let clean = NONE;

  beforeAll(() => {
    const other: Planted = { 'src-main/core/cycle-b.ts': "import { a } from './cycle-a.ts';\nexport const b = () => a;\n" };
    planted = lint({ ...Object.fromEntries(LINTED.map(([, file, text]) => [file, text])), ...other });
    clean = lint({ 'src-shared/a.ts': CLEAN, 'src-main/core/a.ts': CLEAN, 'src-main/hosts/electron/a.ts': "export { app } from 'electron';\n" });
  }, TOOL_LIMIT_MS);

  it('passes a clean project, electron in its own host included', () => {
    expect(clean).toMatchObject({ code: 0 });
  });

  it.each(LINTED)('stops %s', (_what, file, _text, rule) => {
    expect(planted.code).not.toBe(0);
    expect(
      planted.output.split('\n').filter((line) => line.startsWith(`${file}:`) && line.includes(rule)),
      planted.output,
    ).not.toEqual([]);
  });
});

const ORDER = ['market', 'structure', 'features', 'strategies', 'risk', 'execution', 'engine'] as const;
const ALLOWED = ORDER.slice(1).map((later, index) => [later, ORDER[index] ?? 'market'] as const);
const FORBIDDEN = [
  ...ALLOWED.map(([later, earlier]) => [earlier, later] as const),
  ['indicators', 'structure'] as const,
  ['virtual', 'engine'] as const,
  ['risk', 'virtual'] as const,
  ['structure', 'learning'] as const,
  ['venue', 'engine'] as const,
];
const LAYERS = [
  ['layer-shared', 'src-shared/a.ts', '../src-main/core/b.ts', 'src-main/core/b.ts'],
  ['layer-core', 'src-main/core/a.ts', '../adapters/b.ts', 'src-main/adapters/b.ts'],
  ['layer-adapters', 'src-main/adapters/a.ts', '../hosts/b.ts', 'src-main/hosts/b.ts'],
  ['layer-worker', 'src-worker/a.ts', '../src-main/adapters/b.ts', 'src-main/adapters/b.ts'],
  ['layer-renderer', 'src-renderer/a.ts', '../src-main/core/b.ts', 'src-main/core/b.ts'],
] as const;

/** A file of one room that uses a leaf of another. */
const uses = ([from, to]: readonly [string, string]): Planted => ({
  [`src-main/core/${from}/uses-${to}.ts`]: `export { clean } from '../${to}/leaf.ts';\n`,
  [`src-main/core/${to}/leaf.ts`]: CLEAN,
});
const merge = (projects: readonly Planted[]): Planted => Object.assign({}, ...projects) as Planted;

describe('the import rules', () => {
  let allowed = NONE;
  let planted = NONE;
  let blind = NONE;

  beforeAll(() => {
    allowed = checkImports(merge(ALLOWED.map(uses)));
    planted = checkImports({
      ...merge(FORBIDDEN.map(uses)),
      ...merge(LAYERS.map(([, file, specifier, target]) => ({ [file]: `export { clean } from '${specifier}';\n`, [target]: CLEAN }))),
      'src-main/hosts/node/electron.ts': "export { app } from 'electron';\n",
      'src-main/core/zod.ts': "export { z } from 'zod';\n",
      'src-main/core/cycle-a.ts': "import { b } from './cycle-b.ts';\nexport const a = () => b;\n",
      'src-main/core/cycle-b.ts': "import { a } from './cycle-a.ts';\nexport const b = () => a;\n",
    });
    blind = checkImports({}, 100);
  }, TOOL_LIMIT_MS);

  it.each(ALLOWED)('core/%s may use core/%s', () => {
    expect(allowed).toMatchObject({ code: 0, output: expect.stringContaining('0 violations') });
  });

  it.each(FORBIDDEN)('core/%s never uses core/%s', (earlier, later) => {
    expect(planted.code).toBe(1);
    expect(planted.output).toContain(`src-main/core/${earlier}/uses-${later}.ts → src-main/core/${later}/leaf.ts`);
  });

  it.each(LAYERS)('%s stops %s', (rule, file, _specifier, target) => {
    expect(planted.output).toContain(`${rule}: ${file} → ${target}`);
  });

  it('stops electron outside its room, zod in the core, and a cycle', () => {
    expect(planted.output).toContain('electron-room: src-main/hosts/node/electron.ts');
    expect(planted.output).toContain('core-no-zod: src-main/core/zod.ts');
    expect(planted.output).toContain('no-cycle: src-main/core/cycle-a.ts');
  });

  it('fails when it read too little to judge', () => {
    expect(blind).toEqual({ code: 1, output: expect.stringContaining('the check is blind') });
  });
});
