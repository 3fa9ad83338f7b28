// Fills the tests column of docs/LESSONS.md from the test names: `node scripts/lessons.mjs`, or `--check` to fail when it is out of date or a lesson has no test.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './bootstrap.mjs';

const FILE = join(ROOT, 'docs', 'LESSONS.md');

const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.test\.tsx?$/.test(name))
  .toSorted((a, b) => a.localeCompare(b));
const found = new Map();
for (const name of files) {
  const text = readFileSync(join(ROOT, 'test', name), 'utf8');
  for (const [, title] of text.matchAll(/\b(?:it|describe|test)(?:\.\w+)*\([^'"`]{0,200}?['"`]((?:L\d{1,2}[ ,:])[^\n]*?)['"`]\s*,/g)) collect(title, name);
  for (const [, title] of text.matchAll(/\]\)\(\s*['"`](L\d{1,2} [^\n]*?)['"`]/g)) collect(title, name);
}

function collect(title, name) {
  for (const [lesson] of title.matchAll(/\bL\d{1,2}\b/g)) found.set(lesson, (found.get(lesson) ?? new Set()).add(name));
}

const text = readFileSync(FILE, 'utf8');
const missing = [];
const next = text.replaceAll(/^\| (L\d{1,2}) \| ([^|]*) \|[^|\n]*\|$/gm, (_row, lesson, rule) => {
  const tests = [...(found.get(lesson) ?? [])];
  if (tests.length === 0) missing.push(lesson);
  const links = tests.map(
    (name) =>
      `[${name
        .split(/[\\/]/)
        .at(-1)
        .replace(/\.test\.tsx?$/, '')}](../${relative(ROOT, join(ROOT, 'test', name)).replaceAll('\\', '/')})`,
  );
  return `| ${lesson} | ${rule} | ${links.join(', ')} |`;
});
if (missing.length > 0) console.log(`No test bears the number of ${missing.join(', ')}.`);
if (!process.argv.includes('--check')) writeFileSync(FILE, next);
else if (next !== text) console.log('docs/LESSONS.md is out of date. Write it again: node scripts/lessons.mjs');
process.exit(missing.length > 0 || (process.argv.includes('--check') && next !== text) ? 1 : 0);
