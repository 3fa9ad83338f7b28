// Names of layouts and panels; everything else about them is built from these.
export const BUILT_IN_LAYOUTS = ['trade', 'scan', 'learn', 'system', 'review'] as const;
export type BuiltInLayout = (typeof BUILT_IN_LAYOUTS)[number];

export const PANEL_IDS = [
  'markets',
  'heat',
  'reasons',
  'chart',
  'positions',
  'virtual',
  'orders',
  'decisions',
  'history',
  'journal',
  'log',
  'detail',
  'risk',
  'ticket',
  'ladder',
  'stress',
  'funnel',
  'health',
  'connection',
  'storage',
  'rehearsal',
  'model',
  'training',
  'outcomes',
  'alarms',
  'sessions',
  'replay',
  'results',
  'compare',
  'backtest',
  'blind',
] as const;
export type PanelId = (typeof PANEL_IDS)[number];

export function isPanelId(text: string): text is PanelId {
  return (PANEL_IDS as readonly string[]).includes(text);
}

export function isBuiltInLayout(text: string): text is BuiltInLayout {
  return (BUILT_IN_LAYOUTS as readonly string[]).includes(text);
}
