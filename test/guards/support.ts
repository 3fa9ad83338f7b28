// A small project with the real rules and planted files, outside the tree, so that no violation ever lies in it.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../support/terminal.ts';

/** File path to its text. */
export type Planted = Readonly<Record<string, string>>;

const RULES = ['tsconfig.base.json', '.oxlintrc.json', '.dependency-cruiser.mjs', 'package.json', '.gitignore'];
const LAYERS = ['src-shared', 'src-main/core', 'src-main/adapters', 'src-main/hosts', 'src-worker', 'src-renderer'];

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Builds the project, hands its folder to `run` and removes it. */
function withProject<T>(files: Planted, run: (folder: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'terminal-guards-'));
  try {
    const write = (file: string, put: (target: string) => void): void => {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      put(join(root, file));
    };
    for (const file of [...RULES, ...LAYERS.map((layer) => `${layer}/tsconfig.json`)]) write(file, (target) => cpSync(join(PROJECT_ROOT, file), target));
    for (const [file, text] of Object.entries(files)) write(file, (target) => writeFileSync(target, text));
    symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'), 'junction');
    return run(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function runTool(folder: string, argv: readonly string[], environment: Readonly<Record<string, string>> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...argv], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', ...environment },
  });
  return { code: status, output: `${stdout}${stderr}` };
}

/** `tsc -b` of one layer. */
export function typecheck(files: Planted, layer: string): Outcome {
  return withProject(files, (folder) => runTool(folder, [join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc'), '-b', layer, '--pretty', 'false']));
}

/** oxlint as `npm test` runs it, over the planted sources only. */
export function lint(files: Planted): Outcome {
  return withProject(files, (folder) =>
    runTool(folder, [join(PROJECT_ROOT, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--deny-warnings', '--format', 'unix', ...sourcesOf(files)]),
  );
}

/** The import rules as `npm test` runs them, with a floor for the size of the planted project. */
export function checkImports(files: Planted, floor = 1): Outcome {
  const everyLayer = Object.fromEntries(
    ['src-shared', 'src-main', 'src-worker', 'src-renderer'].map((layer) => [`${layer}/index.ts`, 'export const layer = 1;\n']),
  );
  return withProject({ ...everyLayer, ...files }, (folder) =>
    runTool(folder, [join(PROJECT_ROOT, 'scripts/check-imports.mjs'), folder], { IMPORT_MODULE_FLOOR: String(floor) }),
  );
}

function sourcesOf(files: Planted): readonly string[] {
  return [...new Set(Object.keys(files).map((file) => file.split('/')[0] ?? file))];
}
