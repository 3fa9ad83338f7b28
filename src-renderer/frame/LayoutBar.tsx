// Which layout is shown, and how to arrange it: panels, a layout of one's own, back to the original.
import { useState } from 'react';
import { useText } from '../i18n/translate.ts';
import { BUILT_IN_LAYOUTS, isBuiltInLayout, PANEL_IDS } from '../layout/names.ts';
import { prefer, usePreferences } from '../state/preferences.ts';
import { showPanel } from '../state/store.ts';
import { Menu } from '../ui/Menu.tsx';

const OWN_PREFIX = 'own:';

/** The name a person gave, from the key it is stored under. */
export function ownName(key: string): string {
  return key.slice(OWN_PREFIX.length);
}

export function LayoutBar(): React.JSX.Element {
  const t = useText();
  const layout = usePreferences((state) => state.layout);
  const layouts = usePreferences((state) => state.layouts);
  const own = Object.keys(layouts).filter((key) => key.startsWith(OWN_PREFIX));
  return (
    <nav className="layoutbar" aria-label={t('frame.layouts')}>
      {BUILT_IN_LAYOUTS.map((name, index) => (
        <button key={name} type="button" aria-pressed={layout === name} title={`Alt+${index + 1}`} onClick={() => prefer({ layout: name })}>
          {t(`layout.${name}`)}
        </button>
      ))}
      {own.map((key) => (
        <button key={key} type="button" aria-pressed={layout === key} onClick={() => prefer({ layout: key })}>
          {ownName(key)}
        </button>
      ))}
      <Menu label={t('layout.menu')}>
        <ArrangeMenu layout={layout} />
      </Menu>
    </nav>
  );
}

function ArrangeMenu({ layout }: { readonly layout: string }): React.JSX.Element {
  const t = useText();
  const layouts = usePreferences((state) => state.layouts);
  const [name, setName] = useState('');
  const without = (key: string): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(layouts).filter(([entry]) => entry !== key));
  const saveAs = (): void => {
    const key = `${OWN_PREFIX}${name.trim()}`;
    prefer({ layouts: { ...layouts, [key]: layouts[layout] }, layout: key });
    setName('');
  };
  return (
    <>
      <p className="muted small-text">{t('layout.hint')}</p>
      <div className="menu-panels" role="group" aria-label={t('layout.panels')}>
        {PANEL_IDS.map((id) => (
          <button key={id} type="button" onClick={() => showPanel(id, true)}>
            {t(`panel.${id}`)}
          </button>
        ))}
      </div>
      <form
        className="button-row"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') saveAs();
        }}
      >
        <input aria-label={t('layout.name')} placeholder={t('layout.saveAs')} maxLength={24} value={name} onChange={(event) => setName(event.target.value)} />
        <button type="submit" disabled={name.trim() === ''}>
          {t('layout.save')}
        </button>
      </form>
      {isBuiltInLayout(layout) ? (
        <button type="button" onClick={() => prefer({ layouts: without(layout) })}>
          {t('layout.reset')}
        </button>
      ) : (
        <button type="button" onClick={() => prefer({ layout: 'trade', layouts: without(layout) })}>
          {t('layout.remove', { name: ownName(layout) })}
        </button>
      )}
    </>
  );
}
