// `npm test`: sets everything up, runs every check and every test, and ends with a true line `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild, ensureChromium, ensurePackages, giveUp, node24, ROOT, say } from './bootstrap.mjs';

const BEGAN = Date.now();
const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);
const totals = { passed: 0, failed: 0, skipped: 0 };

if (process.argv.includes('--help')) {
  say(
    'Usage: npm test\n\nInstalls what is missing, then type check, lint, format, import rules, unused code, all tests and the end-to-end tests in Chromium.\n',
  );
  process.exit(0);
}
if (process.argv.length > 2) giveUp(`npm test takes no flag ${process.argv[2]}. See \`npm test -- --help\`.`, 2);

ensurePackages();
ensureBuild();
process.env.CHROMIUM_PATH = ensureChromium();

/** Runs Node 24 on a tool of the project; gives its exit code and, unless it may speak for itself, what it printed. */
function runTool(argv, stdio) {
  return new Promise((done) => {
    const child = spawn(node24(), argv, { cwd: ROOT, stdio });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => void (output += chunk));
    child.on('error', (failure) => done({ code: 1, output: failure.message }));
    child.on('close', (code) => done({ code, output }));
  });
}

/** @type {readonly (readonly [string, string, readonly string[]])[]} Each counts as one test. */
const CHECKS = [
  ['types', 'typescript/bin/tsc', ['-b']],
  ['lint', 'oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']],
  ['format', 'oxfmt/bin/oxfmt', ['--check', '.']],
  ['import rules', '../scripts/check-imports.mjs', []],
  ['diagram', '../scripts/graph.mjs', ['--check']],
  ['lessons', '../scripts/lessons.mjs', ['--check']],
  ['unused code', 'knip/bin/knip.js', []],
];

async function runChecks() {
  const lines = [];
  for (const [name, tool, argv] of CHECKS) {
    const started = Date.now();
    const { code, output } = await runTool([join(ROOT, 'node_modules', tool), ...argv], ['ignore', 'pipe', 'pipe']);
    totals[code === 0 ? 'passed' : 'failed'] += 1;
    lines.push(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds(started)} s)`);
    if (code !== 0) lines.push(output);
  }
  return lines;
}

/** A vitest project; its own counts are added. A run without a report counts as one failure. A quiet one gives what it would have said. */
async function suite(name, argv, isQuiet = false) {
  const started = Date.now();
  const lines = [];
  const tell = (line) => (isQuiet ? lines.push(line) : say(line));
  tell(`\n── ${name}`);
  const folder = join(ROOT, 'test-results');
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `${name.replaceAll(/\W+/g, '-')}.json`);
  rmSync(report, { force: true });
  const { code, output } = await runTool(
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', ...argv, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    isQuiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
  );
  tell(output);
  took.push(`${name} ${seconds(started)} s`);
  if (!existsSync(report)) {
    totals.failed += 1;
    return lines;
  }
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  totals.passed += counts.numPassedTests;
  totals.failed += counts.numFailedTests;
  totals.skipped += counts.numPendingTests + (counts.numTodoTests ?? 0);
  for (const file of counts.testResults ?? []) {
    for (const test of file.assertionResults ?? []) if (test.status === 'pending' || test.status === 'skipped') tell(`skipped: ${test.fullName}`);
  }
  // A file that cannot even be loaded has no failed test of its own.
  if (code !== 0 && counts.numFailedTests === 0) totals.failed += Math.max(1, counts.numFailedTestSuites ?? 1);
  return lines;
}

const took = [];

/** Beside the unit tests, which wait for timers and disks half of their time: the checks, then the browser, which waits as well. */
async function besideUnits() {
  const lines = await runChecks();
  return ['\n── checks', ...lines, ...(await suite('end to end', ['--project', 'e2e'], true))];
}

const beside = besideUnits();
await suite('unit and integration', ['--project', 'unit']);
for (const line of await beside) say(line);
// Alone: storms and kills are judged by the clock.
await suite('processes', ['--project', 'processes']);

say('\nnot run here: npm audit (needs the advisory service of the registry; the workflows require it: node scripts/audit.mjs --required)');
say(`${took.join(', ')}; together with the set-up ${seconds(BEGAN)} s`);
say(`${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}`);
process.exit(totals.failed === 0 ? 0 : 1);
