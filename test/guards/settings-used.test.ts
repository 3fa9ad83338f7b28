// Every setting has an effect: some code outside the schema and the settings screens reads it.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PARAMETERS } from '../../src-shared/contract/parameters.ts';
import { DISCOVERED_FEATURES } from '../../src-main/core/learning/model-inputs.ts';
import { STRUCTURE_CODE } from '../../src-main/core/learning/structure-window.ts';
import { PROJECT_ROOT } from '../support/terminal.ts';

/** They describe settings and use none. */
const DESCRIPTIONS = /^src-shared\/contract\/(?:parameters?|settings)\.ts$|^src-renderer\/i18n\//;

/** Settings of which there is only one value: they state a property of the models that cannot be chosen. */
const FIXED: Readonly<Record<string, number>> = { structureVectorDimension: STRUCTURE_CODE, discoveredFeatures: DISCOVERED_FEATURES };

/** Names that no text reads as a member or takes out of an object; comments do not count. */
function unread(names: readonly string[], texts: readonly string[]): readonly string[] {
  const code = texts.map((text) => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[^:])\/\/.*$/gm, '$1')).join('\n');
  return names.filter((name) => !new RegExp(`\\.${name}\\b|[{,]\\s*${name}\\s*[,}]`).test(code));
}

describe('the settings', () => {
  it('are all read by code outside the schema and the settings screens', () => {
    const files = globSync('src-{shared,main,worker,renderer}/**/*.{ts,tsx}', { cwd: PROJECT_ROOT }).filter(
      (file) => !DESCRIPTIONS.test(file.replaceAll('\\', '/')),
    );
    expect(files.length).toBeGreaterThan(300);
    const names = Object.keys(PARAMETERS).filter((name) => FIXED[name] === undefined);
    expect(
      unread(
        names,
        files.map((file) => readFileSync(join(PROJECT_ROOT, file), 'utf8')),
      ),
    ).toEqual([]);
  });

  it('with one possible value only state what the models are', () => {
    const fixed = Object.entries(PARAMETERS).flatMap(([name, parameter]) =>
      parameter.kind === 'number' && parameter.minimum === parameter.maximum ? [[name, parameter.default] as const] : [],
    );
    expect(Object.fromEntries(fixed)).toEqual(FIXED);
  });

  it('would be missed when only a comment, a type or a text named them', () => {
    const planted = [
      "// planted is read here\ntype A = Pick<Settings, 'planted'>; interface B { readonly planted: number }\nconst text = 'planted'; /* settings.planted */",
    ];
    expect(unread(['planted'], planted)).toEqual(['planted']);
    for (const reading of ['settings.planted > 1', 'const { other, planted } = settings;', 'const {planted, other} = settings()'])
      expect(unread(['planted'], [reading])).toEqual([]);
  });
});
