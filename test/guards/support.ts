// A small project with the real rules and one planted file, outside the tree, so that no violation ever lies in it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT, temporaryFolder } from '../support/terminal.ts';

export type Planted = Readonly<Record<string, string>>;

const RULES = ['tsconfig.base.json', '.oxlintrc.json', '.dependency-cruiser.mjs', 'package.json'];
const LAYERS = ['src-shared', 'src-main/core', 'src-main/adapters', 'src-main/hosts', 'src-worker', 'src-renderer'];

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Builds the project, hands its folder to `run` and removes it. */
export async function withProject<T>(files: Planted, run: (folder: string) => T): Promise<T> {
  const folder = await temporaryFolder();
  try {
    for (const file of [...RULES, ...LAYERS.map((layer) => `${layer}/tsconfig.json`)]) {
      mkdirSync(dirname(join(folder.path, file)), { recursive: true });
      cpSync(join(PROJECT_ROOT, file), join(folder.path, file));
    }
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder.path, file)), { recursive: true });
      writeFileSync(join(folder.path, file), text);
    }
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder.path, 'node_modules'), 'junction');
    return run(folder.path);
  } finally {
    await folder.remove();
  }
}

function runTool(folder: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...argv], { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', ...environment } });
  return { code: status, output: `${stdout}${stderr}` };
}

/** `tsc -b` of one layer. */
export function typecheck(files: Planted, layer: string): Promise<Outcome> {
  return withProject(files, (folder) => runTool(folder, [join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc'), '-b', layer, '--pretty', 'false']));
}

/** oxlint as `npm test` runs it. */
export function lint(files: Planted): Promise<Outcome> {
  return withProject(files, (folder) => runTool(folder, [join(PROJECT_ROOT, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '--format', 'unix']));
}

/** The import rules as `npm test` runs them, with a floor for the size of the planted project. */
export function checkImports(files: Planted, floor = 1): Promise<Outcome> {
  const everyLayer = Object.fromEntries(['src-shared', 'src-main', 'src-worker', 'src-renderer'].map((layer) => [`${layer}/index.ts`, 'export const layer = 1;\n']));
  return withProject({ ...everyLayer, ...files }, (folder) => runTool(folder, [join(PROJECT_ROOT, 'scripts/check-imports.mjs'), folder], { IMPORT_MODULE_FLOOR: String(floor) }));
}

export function readProjectFile(file: string): string {
  return readFileSync(join(PROJECT_ROOT, file), 'utf8');
}
