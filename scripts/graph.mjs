// Draws who imports whom into ARCHITECTURE.md from the real imports: `node scripts/graph.mjs`, or `--check` to fail when the drawing is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cruise } from './check-imports.mjs';
import { ROOT } from './bootstrap.mjs';

const START = '<!-- graph:start -->';
const END = '<!-- graph:end -->';
const FILE = join(ROOT, 'ARCHITECTURE.md');

/** The room of a file: a folder of the core, or a whole layer. */
function roomOf(source) {
  const core = /^src-main\/core\/(?:([^/]+)\/|ports\.ts$)/.exec(source);
  if (core !== null) return core[1] === undefined ? 'core/ports' : `core/${core[1]}`;
  return /^(src-main\/(?:adapters|hosts)|src-worker|src-renderer|src-shared)\//.exec(source)?.[1] ?? null;
}

/** Edges that are not already said by a longer way. */
function reduce(edges) {
  const reaches = (from, to, without, seen = new Set()) => {
    for (const next of edges.get(from) ?? []) {
      if ((from === without && next === to) || seen.has(next)) continue;
      seen.add(next);
      if (next === to || reaches(next, to, without, seen)) return true;
    }
    return false;
  };
  return [...edges].flatMap(([from, targets]) => [...targets].filter((to) => !reaches(from, to, from)).map((to) => [from, to]));
}

const edges = new Map();
for (const { source, dependencies } of cruise(ROOT).modules) {
  const from = roomOf(source);
  for (const { resolved } of dependencies) {
    const to = roomOf(resolved);
    if (from !== null && to !== null && from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to));
  }
}
const id = (room) => room.replaceAll(/\W/g, '_');
const rooms = [...new Set([...edges].flatMap(([from, targets]) => [from, ...targets]))].toSorted((a, b) => a.localeCompare(b));
const arrows = reduce(edges).toSorted(([a, b], [c, d]) => a.localeCompare(c) || b.localeCompare(d));
const drawing = [
  '```mermaid',
  'flowchart BT',
  ...rooms.map((room) => `  ${id(room)}["${room}"]`),
  ...arrows.map(([from, to]) => `  ${id(from)} --> ${id(to)}`),
  '```',
].join('\n');

const text = readFileSync(FILE, 'utf8');
const [before, rest] = text.split(START);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`ARCHITECTURE.md has no ${START} … ${END}`);
const next = `${before}${START}\n${drawing}\n${END}${after}`;
if (!process.argv.includes('--check')) writeFileSync(FILE, next);
else if (next !== text) {
  console.log('The diagram in ARCHITECTURE.md does not show the imports as they are. Draw it again: npm run graph');
  process.exit(1);
}
