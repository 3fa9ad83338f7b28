// The docking area: shows the chosen layout, keeps every change of it in this browser, and brings wanted panels to the front.
import { useEffect, useRef } from 'react';
import {
  DockviewReact,
  type DockviewApi,
  type DockviewReadyEvent,
  type DockviewTheme,
  type IDockviewPanelProps,
  type SerializedDockview,
} from 'dockview-react';
import { translate, useText } from '../i18n/translate.ts';
import { prefer, usePreferences } from '../state/preferences.ts';
import { useScreen } from '../state/store.ts';
import { arrange } from './arrangements.ts';
import { isBuiltInLayout, isPanelId, PANEL_IDS, type PanelId } from './names.ts';
import { PanelFrame } from './PanelFrame.tsx';
import { useTabTitles } from './titles.ts';

const THEME: DockviewTheme = { name: 'terminal', className: 'dockview-theme-terminal', gap: 3, dndTabIndicator: 'line' };
const SAVE_AFTER_MS = 400;
const title = (id: PanelId): string => translate(`panel.${id}`);

const components: Readonly<Record<PanelId, React.FunctionComponent<IDockviewPanelProps>>> = Object.fromEntries(
  PANEL_IDS.map((id) => [id, (props: IDockviewPanelProps) => <PanelFrame id={id} api={props.api} />]),
) as Record<PanelId, React.FunctionComponent<IDockviewPanelProps>>;

function isKnownArrangement(value: unknown): value is SerializedDockview {
  if (typeof value !== 'object' || value === null || !('panels' in value) || !('grid' in value)) return false;
  return typeof value.panels === 'object' && value.panels !== null && Object.keys(value.panels).every(isPanelId);
}

/** Shows a layout: the person's own arrangement of it, else the original. A broken saved one is replaced by the original. */
function show(api: DockviewApi, name: string): void {
  const saved = usePreferences.getState().layouts[name];
  if (isKnownArrangement(saved)) {
    try {
      api.fromJSON(saved);
      for (const panel of api.panels) if (isPanelId(panel.id)) panel.api.setTitle(title(panel.id));
      return;
    } catch {
      // Written by another version; the original follows.
    }
  }
  api.clear();
  arrange(api, isBuiltInLayout(name) ? name : 'trade', title);
}

/** Takes a panel to the front, adding it beside the largest group when this layout lacks it. */
function bringForward(api: DockviewApi, { id, takesFocus }: { readonly id: string; readonly takesFocus: boolean }): void {
  if (!isPanelId(id)) return;
  const existing = api.getPanel(id);
  const panel = existing ?? api.addPanel({ id, component: id, title: title(id), ...beside(api) });
  const focused = document.activeElement;
  panel.api.setActive();
  if (takesFocus) panel.focus();
  else if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
}

function beside(api: DockviewApi): { readonly position: { readonly referenceGroup: string } } | Record<string, never> {
  const bySize = api.groups.toSorted((a, b) => b.width * b.height - a.width * a.height);
  // Never over the chart or the markets: those are what a trader keeps in sight.
  const group = bySize.find((entry) => !entry.panels.some(({ id }) => id === 'chart' || id === 'markets')) ?? bySize[0];
  return group === undefined ? {} : { position: { referenceGroup: group.id } };
}

export function Dock(): React.JSX.Element {
  const layout = usePreferences((state) => state.layout);
  const resets = usePreferences((state) => state.layouts[layout] === undefined);
  const wanted = useScreen((state) => state.wantedPanel);
  const api = useRef<DockviewApi | null>(null);
  const shown = useRef<string | null>(null);
  const saving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const wasReset = useRef(false);
  useTabTitles(api);

  const showNow = (name: string): void => {
    if (api.current === null) return;
    shown.current = null;
    show(api.current, name);
    shown.current = name;
  };

  useEffect(() => {
    const isFreshReset = resets && !wasReset.current && shown.current !== null;
    wasReset.current = resets;
    if (shown.current !== layout || isFreshReset) showNow(layout);
  }, [layout, resets]);
  // A dock that goes away empties itself; that is no arrangement to keep.
  useEffect(() => () => clearTimeout(saving.current), []);

  useEffect(() => {
    if (wanted !== null && api.current !== null) bringForward(api.current, wanted);
  }, [wanted]);

  const onReady = (event: DockviewReadyEvent): void => {
    api.current = event.api;
    showNow(layout);
    wasReset.current = usePreferences.getState().layouts[layout] === undefined;
    event.api.onDidLayoutChange(() => {
      clearTimeout(saving.current);
      saving.current = setTimeout(() => {
        const name = shown.current;
        if (name === null || name !== usePreferences.getState().layout || event.api.width === 0) return;
        prefer({ layouts: { ...usePreferences.getState().layouts, [name]: event.api.toJSON() } });
      }, SAVE_AFTER_MS);
    });
  };
  return (
    <DockviewReact className="dock" theme={THEME} components={components} watermarkComponent={EmptyLayout} disableFloatingGroups={false} onReady={onReady} />
  );
}

function EmptyLayout(): React.JSX.Element {
  const t = useText();
  return <p className="empty">{t('layout.empty')}</p>;
}
