// Every wall of the project, each with a planted violation that it must stop and the same file without it that it must pass.
import { describe, expect, it } from 'vitest';
import { checkImports, lint, typecheck } from './support.ts';

const CLEAN = 'export const clean = 1;\n';

describe('the type layers', () => {
  it.each(['src-main/core', 'src-shared'])('%s passes without the violation', async (layer) => {
    expect(await typecheck({ 'src-shared/a.ts': CLEAN, [`${layer}/a.ts`]: CLEAN }, layer)).toMatchObject({ code: 0 });
  });

  it.each(['process.pid', 'setTimeout(() => 1, 1)', "fetch('x')", 'console', 'document', 'window', 'Buffer', 'performance', 'crypto', 'WebSocket'])('the core has no %s', async (expression) => {
    const { code, output } = await typecheck({ 'src-shared/a.ts': CLEAN, 'src-main/core/a.ts': `export const planted = ${expression};\n` }, 'src-main/core');
    expect(code).not.toBe(0);
    expect(output).toMatch(/core\/a\.ts\(1,\d+\): error TS(2304|2580|2584|2591|2552)/);
  });

  it('the core has no Node module', async () => {
    const { code, output } = await typecheck({ 'src-shared/a.ts': CLEAN, 'src-main/core/a.ts': "import { readFileSync } from 'node:fs';\nexport const planted = readFileSync;\n" }, 'src-main/core');
    expect({ code, output }).toEqual({ code: expect.any(Number), output: expect.stringContaining('node:fs') });
    expect(code).not.toBe(0);
  });

  it('the screen has no Node global', async () => {
    const { code } = await typecheck({ 'src-shared/a.ts': CLEAN, 'src-renderer/a.ts': 'export const planted = process.pid;\n' }, 'src-renderer');
    expect(code).not.toBe(0);
  });
});

const FLOATING = 'async function send(): Promise<void> {}\nexport function planted(): void {\n  send();\n}\n';
const SWITCH = "export function planted(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 0;\n}\n";

describe('the linter', () => {
  it('passes a clean project', async () => {
    expect(await lint({ 'src-shared/a.ts': CLEAN, 'src-main/core/a.ts': CLEAN })).toMatchObject({ code: 0 });
  });

  it.each([
    ['Date.now in the core', 'src-main/core/a.ts', 'export const planted = Date.now();\n', 'no-restricted-properties'],
    ['Math.random in the core', 'src-main/core/a.ts', 'export const planted = Math.random();\n', 'no-restricted-properties'],
    ['Date.now in src-shared', 'src-shared/a.ts', 'export const planted = Date.now();\n', 'no-restricted-properties'],
    ['Math.random in src-shared', 'src-shared/a.ts', 'export const planted = Math.random();\n', 'no-restricted-properties'],
    ['Node in the core', 'src-main/core/a.ts', "export { readFileSync } from 'node:fs';\n", 'no-restricted-imports'],
    ['an adapter in the core', 'src-main/core/a.ts', "export * from '../adapters/a.ts';\n", 'no-restricted-imports'],
    ['the core in src-shared', 'src-shared/a.ts', "export * from '../src-main/core/a.ts';\n", 'no-restricted-imports'],
    ['a host in an adapter', 'src-main/adapters/a.ts', "export * from '../hosts/a.ts';\n", 'no-restricted-imports'],
    ['electron in an adapter', 'src-main/adapters/a.ts', "export { app } from 'electron';\n", 'no-restricted-imports'],
    ['electron in the Node host', 'src-main/hosts/node/a.ts', "export { app } from 'electron';\n", 'no-restricted-imports'],
    ['electron in a worker', 'src-worker/a.ts', "export { app } from 'electron';\n", 'no-restricted-imports'],
    ['the engine in the screen', 'src-renderer/a.ts', "export * from '../src-main/core/a.ts';\n", 'no-restricted-imports'],
    ['Node in the screen', 'src-renderer/a.ts', "export { join } from 'node:path';\n", 'no-restricted-imports'],
    ['a default export', 'src-main/core/a.ts', 'export default 1;\n', 'no-default-export'],
    ['any', 'src-main/core/a.ts', 'export const planted: any = 1;\n', 'no-explicit-any'],
    ['a floating promise', 'src-main/adapters/a.ts', FLOATING, 'no-floating-promises'],
    ['a switch that forgets a case', 'src-main/core/a.ts', SWITCH, 'switch-exhaustiveness-check'],
  ])('stops %s', async (_what, file, text, rule) => {
    const { code, output } = await lint({ [file]: text });
    expect(code).not.toBe(0);
    expect(output).toContain(rule);
  });

  it('lets electron into its own host', async () => {
    expect(await lint({ 'src-main/hosts/electron/a.ts': "export { app } from 'electron';\n" })).toMatchObject({ code: 0 });
  });

  it('stops a cycle', async () => {
    const { code, output } = await lint({ 'src-main/core/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n", 'src-main/core/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n" });
    expect(code).not.toBe(0);
    expect(output).toContain('no-cycle');
  });
});

const ORDER = ['market', 'structure', 'features', 'strategies', 'risk', 'execution', 'engine'] as const;
const uses = (from: string, to: string): Readonly<Record<string, string>> => ({ [`src-main/core/${from}/a.ts`]: `export { clean } from '../${to}/b.ts';\n`, [`src-main/core/${to}/b.ts`]: CLEAN });

describe('the import rules', () => {
  it.each(ORDER.slice(1).map((later, index) => [later, ORDER[index] ?? 'market'] as const))('core/%s may use core/%s', async (later, earlier) => {
    expect(await checkImports(uses(later, earlier))).toMatchObject({ code: 0, output: expect.stringContaining('0 violations') });
  });

  it.each([...ORDER.slice(1).map((later, index) => [ORDER[index] ?? 'market', later] as const), ['indicators', 'structure'] as const, ['virtual', 'engine'] as const, ['risk', 'virtual'] as const, ['structure', 'learning'] as const, ['venue', 'engine'] as const])('core/%s never uses core/%s', async (earlier, later) => {
    const { code, output } = await checkImports(uses(earlier, later));
    expect(code).toBe(1);
    expect(output).toContain(`src-main/core/${earlier}/a.ts → src-main/core/${later}/b.ts`);
  });

  it.each([
    ['layer-shared', 'src-shared/a.ts', '../src-main/core/b.ts', 'src-main/core/b.ts'],
    ['layer-core', 'src-main/core/a.ts', '../adapters/b.ts', 'src-main/adapters/b.ts'],
    ['layer-adapters', 'src-main/adapters/a.ts', '../hosts/b.ts', 'src-main/hosts/b.ts'],
    ['layer-worker', 'src-worker/a.ts', '../src-main/adapters/b.ts', 'src-main/adapters/b.ts'],
    ['layer-renderer', 'src-renderer/a.ts', '../src-main/core/b.ts', 'src-main/core/b.ts'],
  ])('%s stops %s', async (rule, file, specifier, target) => {
    const { code, output } = await checkImports({ [file]: `export { clean } from '${specifier}';\n`, [target]: CLEAN });
    expect(code).toBe(1);
    expect(output).toContain(`${rule}: ${file} → ${target}`);
  });

  it('stops electron outside its room and zod in the core', async () => {
    const { code, output } = await checkImports({ 'src-main/hosts/node/a.ts': "export { app } from 'electron';\n", 'src-main/core/a.ts': "export { z } from 'zod';\n" });
    expect(code).toBe(1);
    expect(output).toContain('electron-room');
    expect(output).toContain('core-no-zod');
  });

  it('stops a cycle', async () => {
    const { code, output } = await checkImports({ 'src-main/core/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n", 'src-main/core/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n" });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('no-cycle') });
  });

  it('fails when it read too little to judge', async () => {
    expect(await checkImports({}, 100)).toEqual({ code: 1, output: expect.stringContaining('the check is blind') });
  });
});
