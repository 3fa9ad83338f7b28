// Every command printed in a guide is one that exists: the script, its flags, the files and the settings it names. That each works was tried by hand, on a clean machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PARAMETERS } from '../../src-shared/contract/parameters.ts';
import { PROJECT_ROOT } from '../support/terminal.ts';

const GUIDES = ['README.md', 'SECURITY.md', ...readdirSync(join(PROJECT_ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'));
const read = (path: string): string => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const SCRIPTS = (JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }).scripts;
/** Where a command's flags are listed in words, beside its own file. */
const FLAG_LISTS: Readonly<Record<string, string>> = { start: 'scripts/arguments.mjs', backtest: 'src-main/hosts/backtest/options.ts' };
/** What npm runs without a script of ours. */
const NPM_OWN = new Set(['ci', 'audit', 'install']);
const TOOLS = new Set(['git', 'cd', 'npm', 'npx', 'node', 'sudo', 'ssh', 'umask', 'read', 'unset', 'journalctl', 'exit', 'chmod', 'sha256sum']);

/** The lines of fenced blocks that hold commands, comments and continuations taken off; a unit file is no command. */
function fencedCommands(text: string): readonly string[] {
  return [...text.matchAll(/^```(?:sh|bash)?\n([\s\S]*?)^```$/gm)]
    .map((match) => match[1] ?? '')
    .filter((block) => !/^\[Unit\]$/m.test(block) && !block.startsWith('{'))
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}
const inlineCommands = (text: string): readonly string[] =>
  [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '').filter((code) => /\b(npm|npx|node) /.test(code));

/** `A=1 B=2 tool …` and `sudo -u user tool …` without what stands before the tool. */
const bare = (line: string): string => line.replace(/^(?:[A-Z_]+=\S+ )+/, '').replace(/^sudo (?:-u \S+ |-iu? \S+ ?)?/, '');

/** What is wrong with one printed command, as sentences; the empty list is good. */
function problemsOf(command: string): readonly string[] {
  const problems: string[] = [];
  for (const [, run, named, rest = ''] of command.matchAll(/\bnpm (run )?([\w-]+)((?: [^&|;]*)?)/g)) {
    const name = named ?? '';
    if (run === undefined && NPM_OWN.has(name)) continue;
    const script = SCRIPTS[name];
    if (script === undefined) problems.push(`there is no script ${name}`);
    else {
      const list = FLAG_LISTS[name] ?? script.split(' ').findLast((word) => /\.(ts|mjs)$/.test(word));
      for (const [flag] of (rest.split(' -- ')[1] ?? '').matchAll(/--[a-z][\w-]*/g)) {
        const known = list === undefined ? '' : read(list);
        if (!known.includes(flag) && !known.includes(`name: '${flag.slice(2)}'`)) problems.push(`npm run ${name} knows no ${flag}`);
      }
    }
  }
  for (const [, script, rest = ''] of command.matchAll(/\bnode (scripts\/[\w-]+\.mjs)([^&|;]*)/g)) {
    if (script === undefined || !existsSync(join(PROJECT_ROOT, script))) problems.push(`there is no ${script}`);
    else
      for (const [flag] of rest.matchAll(/--[a-z][\w-]*/g))
        if (!`${read(script)}${read('scripts/arguments.mjs')}`.includes(flag.slice(2))) problems.push(`${script} knows no ${flag}`);
  }
  for (const [path] of command.matchAll(/\b(?:test|scripts|resources|src-[a-z]+)\/[\w./-]*\w/g))
    if (!existsSync(join(PROJECT_ROOT, path))) problems.push(`there is no ${path}`);
  for (const [, setting] of command.matchAll(/--sweep (\w+)=/g))
    if (!(setting !== undefined && setting in PARAMETERS)) problems.push(`there is no setting ${setting}`);
  return problems;
}

describe('the check of a command', () => {
  it.each([
    ['npm run nothing', 'there is no script nothing'],
    ['npm start -- --fast', 'npm run start knows no --fast'],
    ['npm run chaos -- --crash --nights 3', 'npm run chaos knows no --nights'],
    ['npx node scripts/pack.mjs --thrice', 'scripts/pack.mjs knows no --thrice'],
    ['node scripts/gone.mjs', 'there is no scripts/gone.mjs'],
    ['npx vitest run test/nowhere', 'there is no test/nowhere'],
    ['npm run backtest -- --data candles --sweep riskyness=1,2', 'there is no setting riskyness'],
  ])('finds what is wrong with %s', (command, problem) => {
    expect(problemsOf(command)).toContain(problem);
  });

  it('sees the commands of the guides', () => {
    const all = GUIDES.flatMap((guide) => [...fencedCommands(read(guide)), ...inlineCommands(read(guide))]);
    expect(all.length).toBeGreaterThan(60);
    for (const expected of ['npm start', 'npm test', 'sudo systemctl daemon-reload']) expect(all).toContain(expected);
  });
});

describe.each(GUIDES)('the commands of %s', (guide) => {
  it('exist, with their flags, files and settings', () => {
    const commands = [...fencedCommands(read(guide)), ...inlineCommands(read(guide))];
    expect(commands.flatMap((command) => problemsOf(command).map((problem) => `${command}: ${problem}`))).toEqual([]);
  });

  it('begin with a tool that a reader has', () => {
    const tools = fencedCommands(read(guide)).map((line) => bare(line).split(' ')[0] ?? '');
    const system = new Set(['useradd', 'systemctl', 'systemd-creds', 'shred', 'mkdir', 'tar', 'mv', 'git', '']);
    expect(tools.filter((tool) => !TOOLS.has(tool) && !system.has(tool))).toEqual([]);
  });
});

describe('the first steps a newcomer reads', () => {
  it.each([
    ['README.md', 'Your first trade'],
    ['docs/INSTALL.md', 'First run'],
  ])('name in %s only what stands on the screen', (guide, heading) => {
    const section =
      read(guide)
        .split(/^## /m)
        .find((part) => part.startsWith(heading)) ?? '';
    const labels = [...section.matchAll(/\*\*([^*]+)\*\*/g)].map((match) => match[1] ?? '');
    const folder = 'src-renderer/i18n/phrases';
    const phrases = readdirSync(join(PROJECT_ROOT, folder))
      .map((name) => read(`${folder}/${name}`))
      .join('\n');
    const isOnScreen = (label: string): boolean => phrases.includes(`'${label}'`) || /^(SIMULATED|Terminal → Recovery drill)$/.test(label);
    expect(labels.length).toBeGreaterThan(1);
    expect(labels.filter((label) => !isOnScreen(label))).toEqual([]);
  });
});

describe('the unit of the operator guide', () => {
  const unit = /^\[Unit\][\s\S]*?^WantedBy=.*$/m.exec(read('docs/OPERATOR-GUIDE.md'))?.[0] ?? '';

  it('starts Node itself: npm would not pass the signal of a stop on, and the terminal would be killed', () => {
    const start = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '';
    expect(start).toMatch(/^\/usr\/bin\/node scripts\/start\.mjs /);
    expect(problemsOf(start.replace('/usr/bin/', ''))).toEqual([]);
    expect(unit).toMatch(/^KillSignal=SIGTERM$/m);
    expect(unit).toMatch(/^KillMode=mixed$/m);
  });

  it('writes no core dump and gives the service no more than it needs', () => {
    for (const line of ['LimitCORE=0', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'CapabilityBoundingSet=', 'UMask=0077'])
      expect(unit.split('\n')).toContain(line);
  });
});

describe('a checkout that is reached through a link', () => {
  it('has scripts that do their work all the same', () => {
    const folder = mkdtempSync(join(tmpdir(), 'terminal-link-'));
    const link = join(folder, 'checkout');
    symlinkSync(PROJECT_ROOT, link);
    for (const [script, says] of [
      ['licenses', /\d MIT/],
      ['audit', /Usage/],
      ['sbom', /Usage/],
      ['release-feed', /Usage/],
      ['pack', /Usage/],
    ] as const) {
      const run = spawnSync(process.execPath, [join(link, 'scripts', `${script}.mjs`), ...(script === 'licenses' ? ['--check'] : ['--help'])], {
        encoding: 'utf8',
      });
      expect([script, run.stdout]).toEqual([script, expect.stringMatching(says)]);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('a Node that is too old', () => {
  it('is told so in one sentence by every command, before anything else is read', () => {
    const commands = Object.values(SCRIPTS).filter((script) => script.includes('scripts/'));
    expect(commands.length).toBeGreaterThan(7);
    for (const script of commands) expect(script).toMatch(/^node -r \.\/scripts\/check-node\.cjs scripts\//);
    const folder = mkdtempSync(join(tmpdir(), 'terminal-node-'));
    const older = join(folder, 'older.cjs');
    writeFileSync(older, "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '12.22.9' } });");
    const run = spawnSync(process.execPath, ['-r', older, '-r', './scripts/check-node.cjs', 'scripts/start.mjs'], { cwd: PROJECT_ROOT, encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect([run.status, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toMatch(/^This needs Node 20 or newer and found v\S+ Install a current Node from nodejs\.org and start again\.\n$/);
  });

  it('can read the check itself: nothing in it is younger than that Node', () => {
    expect(read('scripts/check-node.cjs').replaceAll(/^\/\/.*$/gm, '')).not.toMatch(/\b(?:const|let|import|async)\b|=>|`|\?\.|\?\?/);
  });
});
