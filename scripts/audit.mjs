// `node scripts/audit.mjs`: asks the registry for known weaknesses of what ships; each one that is found needs a written reason in SECURITY.md.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMain } from './is-main.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const USAGE = `Usage: node scripts/audit.mjs [--required]

Runs "npm audit --omit=dev". A finding whose advisory number (GHSA-…) is not in SECURITY.md is a failure (exit code 1). Where the registry
does not answer such questions it says NOT RUN; with --required that is a failure too.
`;

/**
 * What an answer of `npm audit --json` means.
 * @param {string} answer @param {string} security the text of SECURITY.md
 * @returns {{ kind: 'not-run', why: string } | { kind: 'run', open: readonly string[], accepted: readonly string[] }}
 */
export function judgeAudit(answer, security) {
  let report;
  try {
    report = JSON.parse(answer);
  } catch {
    return { kind: 'not-run', why: 'npm gave no answer' };
  }
  if (report?.auditReportVersion !== 2 || typeof report.vulnerabilities !== 'object')
    return { kind: 'not-run', why: report?.message ?? report?.error?.summary ?? 'npm gave no report' };
  const findings = new Map();
  for (const { via } of Object.values(report.vulnerabilities)) {
    // A text names another package of this list, by which this one is affected.
    for (const one of via) if (typeof one === 'object') findings.set(one.url.split('/').at(-1), `${one.severity} ${one.name}: ${one.title} (${one.url})`);
  }
  const isAccepted = ([id]) => security.includes(id);
  return {
    kind: 'run',
    open: [...findings].filter((one) => !isAccepted(one)).map(([, text]) => text),
    accepted: [...findings].filter(isAccepted).map(([, text]) => text),
  };
}

function main(argv) {
  if (argv.includes('--help')) return void process.stdout.write(USAGE);
  const isRequired = argv.includes('--required');
  const isWindows = process.platform === 'win32';
  const { stdout } = spawnSync(isWindows ? 'npm.cmd' : 'npm', ['audit', '--omit=dev', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    shell: isWindows,
    timeout: 120_000,
  });
  const outcome = judgeAudit(stdout ?? '', readFileSync(join(ROOT, 'SECURITY.md'), 'utf8'));
  if (outcome.kind === 'not-run') {
    process.stdout.write(`NOT RUN npm audit --omit=dev: ${outcome.why}\n`);
    process.exitCode = isRequired ? 1 : 0;
    return;
  }
  for (const finding of outcome.accepted) process.stdout.write(`accepted, reason in SECURITY.md: ${finding}\n`);
  for (const finding of outcome.open) process.stdout.write(`FINDING without a reason in SECURITY.md: ${finding}\n`);
  process.stdout.write(`npm audit --omit=dev: ${outcome.open.length} findings without a reason, ${outcome.accepted.length} with one\n`);
  process.exitCode = outcome.open.length === 0 ? 0 : 1;
}

if (isMain(import.meta.url)) main(process.argv.slice(2));
