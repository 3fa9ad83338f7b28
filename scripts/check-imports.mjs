// Checks who imports whom in a project folder: `node scripts/check-imports.mjs [FOLDER]`. Fails on a violation, and when too little was read to judge.
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { ROOT } from './bootstrap.mjs';
import { isMain } from './is-main.mjs';

/** With TypeScript 7 alone the tool reads no module and reports no violation; the project has more than 250. */
const MODULE_FLOOR = Number(process.env.IMPORT_MODULE_FLOOR ?? 200);
export const SOURCE_FOLDERS = ['src-shared', 'src-main', 'src-worker', 'src-renderer'];

/** The module graph of a project folder, as dependency-cruiser reports it. */
export function cruise(folder, argv = []) {
  const tool = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const result = spawnSync(process.execPath, [tool, '--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json', ...argv, ...SOURCE_FOLDERS], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  try {
    return JSON.parse(result.stdout);
  } catch {
    throw new Error(`dependency-cruiser gave no report:\n${result.stdout.slice(0, 2000)}${result.stderr}`);
  }
}

if (isMain(import.meta.url)) {
  const { summary, modules } = cruise(resolve(process.argv[2] ?? ROOT));
  const own = modules.filter(({ source }) => source.startsWith('src-')).length;
  for (const { rule, from, to } of summary.violations) console.log(`${rule.name}: ${from} → ${to}`);
  console.log(`${own} modules read, ${summary.violations.length} violations`);
  if (own < MODULE_FLOOR) console.log(`Fewer than ${MODULE_FLOOR} modules were read: the check is blind.`);
  process.exit(summary.violations.length > 0 || own < MODULE_FLOOR ? 1 : 0);
}
