// The original arrangement of each layout: which panels stand where. A person's own arrangement replaces it.
import type { DockviewApi } from 'dockview-react';
import type { BuiltInLayout, PanelId } from './names.ts';

interface Place {
  readonly id: PanelId;
  /** The first panel has none. */
  readonly beside?: PanelId;
  readonly direction?: 'left' | 'right' | 'above' | 'below' | 'within';
  /** Share of the whole dock, width for left/right, height for above/below. */
  readonly share?: number;
}

const PLACES: Readonly<Record<BuiltInLayout, readonly Place[]>> = {
  trade: [
    { id: 'chart' },
    { id: 'markets', beside: 'chart', direction: 'left', share: 0.22 },
    { id: 'risk', beside: 'chart', direction: 'right', share: 0.19 },
    { id: 'positions', beside: 'chart', direction: 'below', share: 0.34 },
    { id: 'virtual', beside: 'positions', direction: 'within' },
    { id: 'orders', beside: 'positions', direction: 'within' },
    { id: 'decisions', beside: 'positions', direction: 'within' },
    { id: 'history', beside: 'positions', direction: 'within' },
    { id: 'journal', beside: 'positions', direction: 'within' },
    { id: 'log', beside: 'positions', direction: 'within' },
    { id: 'health', beside: 'risk', direction: 'below', share: 0.4 },
    { id: 'ladder', beside: 'health', direction: 'within' },
    { id: 'detail', beside: 'health', direction: 'within' },
    { id: 'funnel', beside: 'health', direction: 'within' },
    { id: 'ticket', beside: 'risk', direction: 'within' },
    { id: 'stress', beside: 'risk', direction: 'within' },
  ],
  scan: [
    { id: 'chart' },
    { id: 'markets', beside: 'chart', direction: 'left', share: 0.52 },
    { id: 'heat', beside: 'chart', direction: 'below', share: 0.42 },
    { id: 'funnel', beside: 'markets', direction: 'below', share: 0.3 },
    { id: 'reasons', beside: 'funnel', direction: 'right', share: 0.26 },
    { id: 'alarms', beside: 'heat', direction: 'within' },
  ],
  learn: [
    { id: 'model' },
    { id: 'training', beside: 'model', direction: 'right', share: 0.56 },
    { id: 'outcomes', beside: 'training', direction: 'within' },
    { id: 'virtual', beside: 'training', direction: 'below', share: 0.42 },
    { id: 'decisions', beside: 'virtual', direction: 'within' },
    { id: 'detail', beside: 'virtual', direction: 'within' },
  ],
  system: [
    { id: 'health' },
    { id: 'connection', beside: 'health', direction: 'right', share: 0.68 },
    { id: 'storage', beside: 'connection', direction: 'right', share: 0.32 },
    { id: 'rehearsal', beside: 'storage', direction: 'within' },
    { id: 'log', beside: 'connection', direction: 'below', share: 0.42 },
    { id: 'journal', beside: 'log', direction: 'within' },
    { id: 'alarms', beside: 'health', direction: 'below', share: 0.42 },
  ],
  review: [
    { id: 'replay' },
    { id: 'sessions', beside: 'replay', direction: 'left', share: 0.3 },
    { id: 'results', beside: 'replay', direction: 'below', share: 0.44 },
    { id: 'compare', beside: 'results', direction: 'within' },
    { id: 'blind', beside: 'results', direction: 'within' },
    { id: 'backtest', beside: 'sessions', direction: 'below', share: 0.46 },
  ],
};

/** Fills an empty dock with a layout's original arrangement. `title` gives the tab's text. */
export function arrange(api: DockviewApi, name: BuiltInLayout, title: (id: PanelId) => string): void {
  const fresh = PLACES[name];
  for (const { id, beside, direction } of fresh) {
    const position = beside === undefined ? {} : { position: { referencePanel: beside, direction: direction ?? 'within' } as const };
    api.addPanel({ id, component: id, title: title(id), inactive: direction === 'within', ...position });
  }
  const { width, height } = api;
  for (const { id, direction, share } of fresh) {
    if (share === undefined) continue;
    const group = api.getPanel(id)?.group;
    group?.api.setSize(direction === 'left' || direction === 'right' ? { width: width * share } : { height: height * share });
  }
}
