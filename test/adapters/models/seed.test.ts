// The terminal's own models folder: filled from the bundle, and never robbed of what was trained here.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelStore } from '../../../src-main/adapters/models/model-store.ts';
import { openModelRegistry } from '../../../src-main/adapters/models/registry.ts';
import { readReport } from '../../../src-main/adapters/models/reports.ts';
import { seedModels } from '../../../src-main/adapters/models/seed.ts';
import { FEATURE_SCHEMA_HASH } from '../../../src-main/core/features/schema.ts';

const REAL = resolve(import.meta.dirname, '../../../models');
let folder: string;
let request: { readonly bundled: string; readonly own: string };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'seed-'));
  request = { bundled: join(folder, 'bundled'), own: join(folder, 'own', 'binance') };
  cpSync(REAL, request.bundled, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Entry {
  readonly name: string;
  readonly version: string;
}
const manifest = (where: string): { models: Entry[]; challengers?: Entry[] } =>
  JSON.parse(readFileSync(join(where, 'manifest.json'), 'utf8')) as { models: Entry[] };
/** A newer program with other models. */
function renew(): void {
  const { models } = manifest(request.bundled);
  writeFileSync(join(request.bundled, 'manifest.json'), JSON.stringify({ models: models.map((entry) => ({ ...entry, version: `${entry.version}-new` })) }));
}

describe('own models folder', () => {
  it('serves every bundled model from a copy of its own, with the reports', () => {
    expect(seedModels(request)).toEqual({ ok: true, value: 'filled' });
    const registry = openModelRegistry(request.own, FEATURE_SCHEMA_HASH);
    expect([registry.problems, registry.models.length]).toEqual([[], 7]);
    expect(readReport(request.own, { report: 'boosted-trees.report.md' }).figures.length).toBeGreaterThan(10);
    expect(seedModels(request)).toEqual({ ok: true, value: 'kept' });
  });

  it('takes newer bundled models while nothing was trained here', () => {
    seedModels(request);
    renew();
    expect(seedModels(request)).toEqual({ ok: true, value: 'filled' });
    expect(manifest(request.own).models[0]?.version).toMatch(/-new$/);
  });

  it('what was trained or promoted here stays, whatever a newer program brings', () => {
    seedModels(request);
    const path = join(request.own, 'manifest.json');
    writeFileSync(path, JSON.stringify({ ...manifest(request.own), challengers: [{ ...manifest(request.own).models[0], version: 'mine' }] }));
    const promoted = new ModelStore(request.own).promote('boosted-trees');
    expect(promoted.ok).toBe(true);
    renew();
    expect(seedModels(request)).toEqual({ ok: true, value: 'kept' });
    expect(manifest(request.own).models[0]?.version).toBe('mine');
  });

  it('without a bundle it says why and makes nothing', () => {
    rmSync(request.bundled, { recursive: true });
    const seeded = seedModels(request);
    expect(seeded.ok ? '' : seeded.error).toContain('cannot be read');
    expect(existsSync(request.own)).toBe(false);
  });
});

describe('reports for the models view', () => {
  it('a report that is missing, broken or outside the folder shows nothing and stops nothing', () => {
    const nothing = { purpose: '', figures: [], calibration: [], importance: [], leakage: null };
    writeFileSync(join(folder, 'broken.report.json'), '{ half');
    expect(readReport(folder, { report: 'absent.report.md' })).toEqual(nothing);
    expect(readReport(folder, { report: 'broken.report.md' })).toEqual(nothing);
    expect(readReport(folder, { report: '../outside.report.md' })).toEqual(nothing);
  });
});

describe('versions that were trained beside each other', () => {
  it('rise and go back together in one step', () => {
    seedModels(request);
    const own = manifest(request.own);
    const trained = own.models.map((entry) => ({
      ...entry,
      version: `${entry.version}-b`,
      needs: ((entry as { needs?: Entry[] }).needs ?? []).map(({ name, version }) => ({ name, version: `${version}-b` })),
    }));
    writeFileSync(join(request.own, 'manifest.json'), JSON.stringify({ ...own, challengers: trained }));
    const store = new ModelStore(request.own);
    const promoted = store.promote('strategy-evolver');
    expect(promoted.ok && promoted.value[0]?.name).toBe('strategy-evolver');
    expect(openModelRegistry(request.own, FEATURE_SCHEMA_HASH).problems).toEqual([]);
    expect(manifest(request.own).models.every(({ version }) => version.endsWith('-b'))).toBe(true);
    const back = store.rollBack('strategy-evolver');
    expect(back.ok && back.value[0]?.name).toBe('strategy-evolver');
    expect(openModelRegistry(request.own, FEATURE_SCHEMA_HASH).problems).toEqual([]);
    expect(manifest(request.own).models.some(({ version }) => version.endsWith('-b'))).toBe(false);
  });
});
