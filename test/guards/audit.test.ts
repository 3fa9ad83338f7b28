// The guard over known weaknesses: a finding without a written reason fails, and a registry that does not answer is never taken for a clean one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/terminal.ts';

type Outcome =
  | { readonly kind: 'not-run'; readonly why: string }
  | { readonly kind: 'run'; readonly open: readonly string[]; readonly accepted: readonly string[] };
const { judgeAudit } = (await import(pathToFileURL(join(PROJECT_ROOT, 'scripts/audit.mjs')).href)) as {
  readonly judgeAudit: (answer: string, security: string) => Outcome;
};

const finding = (name: string, id: string): object => ({
  source: 1,
  name,
  title: 'too much memory',
  url: `https://github.com/advisories/${id}`,
  severity: 'high',
});
const report = (vulnerabilities: object): string => JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: {} });

describe('the audit', () => {
  it('is clean when nothing is found', () => {
    expect(judgeAudit(report({}), '')).toEqual({ kind: 'run', open: [], accepted: [] });
  });

  it('fails for a finding without a reason, and names it once however many packages it reaches', () => {
    const answer = report({
      ws: { via: [finding('ws', 'GHSA-aaaa-bbbb-cccc')] },
      binance: { via: ['ws'] },
      other: { via: [finding('ws', 'GHSA-aaaa-bbbb-cccc')] },
    });
    expect(judgeAudit(answer, 'no reason')).toEqual({
      kind: 'run',
      open: ['high ws: too much memory (https://github.com/advisories/GHSA-aaaa-bbbb-cccc)'],
      accepted: [],
    });
    expect(judgeAudit(answer, '| GHSA-aaaa-bbbb-cccc | only servers are affected |')).toMatchObject({ open: [], accepted: [expect.stringContaining('ws')] });
  });

  it.each([
    ['a registry that refuses', JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405 }), '405 Method Not Allowed'],
    ['npm itself failing', JSON.stringify({ error: { code: 'ENOLOCK', summary: 'no lock file' } }), 'no lock file'],
    ['no answer at all', '', 'npm gave no answer'],
  ])('says that it was not run for %s', (_name, answer, why) => {
    expect(judgeAudit(answer, '')).toEqual({ kind: 'not-run', why });
  });

  it.each(['check.yml', 'release.yml'])('is required by %s', (name) => {
    expect(readFileSync(join(PROJECT_ROOT, '.github/workflows', name), 'utf8')).toMatch(/^ +- run: node scripts\/audit\.mjs --required$/m);
  });
});
