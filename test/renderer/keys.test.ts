// Keys: how a combination is named, that the defaults do not clash, and that every action has a name.
import { describe, expect, it } from 'vitest';
import { ACTIONS, actionTitle, keyBindings } from '../../src-renderer/keys/actions.ts';
import { comboOf, findClashes, RESERVED_KEYS, type PressedKey } from '../../src-renderer/keys/combo.ts';
import { findEntries } from '../../src-renderer/dialogs/PaletteDialog.tsx';

const press = (key: string, code: string, held: Partial<PressedKey> = {}): PressedKey => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('names of combinations', () => {
  it('go by place for letters and digits and by print for symbols', () => {
    expect([
      comboOf(press('!', 'Digit1', { shiftKey: true })),
      comboOf(press('P', 'KeyP', { ctrlKey: true, shiftKey: true })),
      comboOf(press('ь', 'KeyM')),
      comboOf(press('?', 'Slash', { shiftKey: true })),
      comboOf(press('/', 'Slash')),
      comboOf(press(' ', 'Space')),
      comboOf(press('Shift', 'ShiftLeft', { shiftKey: true })),
    ]).toEqual(['Shift+1', 'Ctrl+Shift+P', 'M', '?', '/', 'Space', null]);
  });

  it('take Command for Control on a Mac', () => {
    expect(comboOf(press('k', 'KeyK', { metaKey: true }))).toBe('Ctrl+K');
  });
});

describe('the default keys', () => {
  it('never clash and never take a reserved key', () => {
    const bindings = keyBindings({});
    expect([...findClashes(bindings)]).toEqual([]);
    expect(Object.values(bindings).filter((key) => RESERVED_KEYS.includes(key))).toEqual([]);
  });

  it('name every action differently, in words', () => {
    const titles = ACTIONS.map(actionTitle);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.filter((title) => title.includes('{') || title.includes('undefined'))).toEqual([]);
  });

  it('can be changed and taken away, and a clash is found', () => {
    const bindings = keyBindings({ halt: 'Shift+B', tour: '', keys: '' });
    expect(bindings['keys']).toBe('');
    expect(findClashes(bindings).get('Shift+B')).toEqual(['break-even', 'halt']);
  });

  it('mark everything that touches positions, orders or trading as acting', () => {
    const acting = ACTIONS.filter((action) => action.acting).map((action) => action.id);
    for (const id of ['close-25', 'close-100', 'break-even', 'take-over', 'pause', 'cancel-entries', 'flatten', 'halt', 'allow', 'reduce-only'])
      expect(acting, id).toContain(id);
    expect(ACTIONS.find((action) => action.id === 'flatten')?.holdMs).toBe(1500);
  });
});

describe('the palette', () => {
  it('finds by any words in any order and puts what starts with the text first', () => {
    const entries = ['Go to panel: Risk', 'Risk limits', 'Chart on 1h'].map((title) => ({ title }));
    expect(findEntries(entries, 'risk').map((entry) => entry.title)).toEqual(['Risk limits', 'Go to panel: Risk']);
    expect(findEntries(entries, 'risk panel').map((entry) => entry.title)).toEqual(['Go to panel: Risk']);
    expect(findEntries(entries, 'nothing')).toEqual([]);
  });
});
