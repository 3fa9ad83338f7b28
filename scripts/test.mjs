// `npm test`: sets everything up, runs every check and every test, and ends with a true line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkNode, ensureBuild, ensureChromium, ensurePackages, giveUp, node24, ROOT, say } from './bootstrap.mjs';

const totals = { passed: 0, failed: 0, skipped: 0 };

if (process.argv.includes('--help')) {
  say(
    'Usage: npm test\n\nInstalls what is missing, then type check, lint, format, import rules, unused code, all tests and the end-to-end tests in Chromium.\n',
  );
  process.exit(0);
}
if (process.argv.length > 2) giveUp(`npm test takes no flag ${process.argv[2]}. See \`npm test -- --help\`.`, 2);

checkNode();
ensurePackages();
ensureBuild();
process.env.CHROMIUM_PATH = ensureChromium();

/** A check that counts as one test. */
function check(name, tool, argv) {
  const started = Date.now();
  const result = spawnSync(node24(), [join(ROOT, 'node_modules', tool), ...argv], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const isFine = result.status === 0;
  totals[isFine ? 'passed' : 'failed'] += 1;
  say(`${isFine ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (!isFine) say(`${result.stdout ?? ''}${result.stderr ?? ''}`);
}

/** A vitest project; its own counts are added. A run without a report counts as one failure. */
function suite(name, argv) {
  say(`\n── ${name}`);
  const folder = join(ROOT, 'test-results');
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
  rmSync(report, { force: true });
  const result = spawnSync(
    node24(),
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...argv, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (!existsSync(report)) {
    totals.failed += 1;
    return;
  }
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  totals.passed += counts.numPassedTests;
  totals.failed += counts.numFailedTests;
  totals.skipped += counts.numPendingTests + (counts.numTodoTests ?? 0);
  for (const file of counts.testResults ?? []) {
    for (const test of file.assertionResults ?? []) if (test.status === 'pending' || test.status === 'skipped') say(`skipped: ${test.fullName}`);
  }
  // A file that cannot even be loaded has no failed test of its own.
  if (result.status !== 0 && counts.numFailedTests === 0) totals.failed += Math.max(1, counts.numFailedTestSuites ?? 1);
}

check('types', 'typescript/bin/tsc', ['-b']);
check('lint', 'oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']);
check('format', 'oxfmt/bin/oxfmt', ['--check', '.']);
check('import rules', '../scripts/check-imports.mjs', []);
check('diagram', '../scripts/graph.mjs', ['--check']);
check('lessons', '../scripts/lessons.mjs', ['--check']);
check('unused code', 'knip/bin/knip.js', []);
suite('unit and integration', ['--project', 'unit']);
suite('processes', ['--project', 'processes']);
suite('end to end', ['--project', 'e2e']);

say('');
say(`${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`);
process.exit(totals.failed === 0 ? 0 : 1);
