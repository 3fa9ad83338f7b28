// Everything that can be done by a key or from the palette: id, name, default key, and whether it acts on positions.
import { LANGUAGE_NAMES, LANGUAGES } from '../i18n/language.ts';
import { isPhraseKey, translate, type PhraseKey } from '../i18n/translate.ts';
import { selectTimeframe, openDetail, openDialog, openSignal, selectSymbol, showPanel, useScreen, type Dialog } from '../state/store.ts';
import { prefer, toggleOverlay, toggleStudy, usePreferences, type OverlayName, type StudyName } from '../state/preferences.ts';
import { flattenAll } from '../state/flatten.ts';
import { allowTrading, command, moveStop } from '../state/send.ts';
import { chosenPosition } from '../state/selectors.ts';
import { say } from '../state/toasts.ts';
import { priceToTicks } from '../ui/format.ts';
import { STRATEGY_MODES } from '../../src-shared/domain/signal.ts';
import { BUILT_IN_LAYOUTS, PANEL_IDS } from '../layout/names.ts';
import { cancelEntries } from './cancel-entries.ts';
import { moveInList } from './list-move.ts';

export interface Action {
  readonly id: string;
  readonly title: PhraseKey;
  /** Words put into the title. */
  readonly values?: Readonly<Record<string, string>>;
  /** '' when it has none. */
  readonly key: string;
  /** Acts on positions, orders or trading: its key works only while acting keys are on. */
  readonly acting: boolean;
  /** Must be held this long. */
  readonly holdMs?: number;
  readonly run: () => void;
}

const open = (dialog: Dialog) => (): void => openDialog(dialog);

function withPosition(run: (view: NonNullable<ReturnType<typeof chosenPosition>>) => void): () => void {
  return () => {
    const view = chosenPosition();
    if (view === null) say('bad', translate('keys.noPosition', { symbol: useScreen.getState().symbol }));
    else run(view);
  };
}

const closeShare = (fraction: number): (() => void) => withPosition(({ position }) => openDialog({ kind: 'close', positionId: position.id, fraction }));

function breakEven(): void {
  withPosition((view) => {
    const market = useScreen.getState().snapshot?.markets[view.position.symbol];
    if (market !== undefined) moveStop(view, priceToTicks(market, view.position.entryPrice));
  })();
}

function stepSignal(step: 1 | -1): void {
  const { snapshot, signalId } = useScreen.getState();
  const decisions = snapshot?.decisions ?? [];
  if (decisions.length === 0) return;
  const at = decisions.findLastIndex((decision) => decision.signal.id === signalId);
  const next = decisions[at === -1 ? decisions.length - 1 : Math.max(0, Math.min(decisions.length - 1, at + step))];
  if (next === undefined) return;
  openDetail(null);
  openSignal(next.signal.id);
  selectSymbol(next.signal.symbol);
  showPanel('detail');
}

/** Goes to the ticket's first field; never sends anything. */
function focusTicket(): void {
  showPanel('ticket', true);
  // The panel is drawn in the next frame when it was hidden.
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById('ticket-stop')?.focus()));
}

function openChosen(): void {
  withPosition(({ position }) => {
    openDetail(position.id);
    showPanel('detail');
  })();
}

const plain = (id: string, title: PhraseKey, key: string, run: () => void): Action => ({ id, title, key, acting: false, run });
const acting = (id: string, title: PhraseKey, key: string, run: () => void): Action => ({ id, title, key, acting: true, run });

const OVERLAY_KEYS: readonly (readonly [OverlayName, string])[] = [
  ['orderBlocks', 'O'],
  ['gaps', 'F'],
  ['breaks', 'B'],
  ['liquidity', 'L'],
  ['range', ''],
  ['swings', ''],
  ['sessions', ''],
  ['signals', ''],
  ['trades', ''],
];
const STUDIES: readonly StudyName[] = ['emaFast', 'emaSlow', 'bollinger', 'vwap', 'rsi', 'atr', 'adx', 'macd'];

export const ACTIONS: readonly Action[] = [
  plain('palette', 'keys.palette', 'Ctrl+K', open({ kind: 'palette' })),
  plain('symbol', 'keys.symbol', '/', open({ kind: 'palette', only: 'symbols' })),
  plain('keys', 'keys.sheet', '?', open({ kind: 'keys' })),
  plain('settings', 'keys.settings', 'Ctrl+,', open({ kind: 'settings' })),
  plain('mode', 'keys.mode', '', open({ kind: 'mode' })),
  plain('timeframe-1h', 'keys.hour', '1', () => selectTimeframe('1h')),
  plain('timeframe-15m', 'keys.quarter', '2', () => selectTimeframe('15m')),
  plain('timeframe-5m', 'keys.five', '3', () => selectTimeframe('5m')),
  plain('next-market', 'keys.nextMarket', 'J', () => moveInList(1)),
  plain('previous-market', 'keys.previousMarket', 'K', () => moveInList(-1)),
  plain('previous-signal', 'keys.previousSignal', '[', () => stepSignal(-1)),
  plain('next-signal', 'keys.nextSignal', ']', () => stepSignal(1)),
  plain('detail', 'keys.detail', 'Enter', openChosen),
  ...OVERLAY_KEYS.map(([name, key]) => ({ ...plain(`overlay-${name}`, 'keys.overlay', key, () => toggleOverlay(name)), values: { name: `overlay.${name}` } })),
  ...STUDIES.map((name) => ({ ...plain(`study-${name}`, 'keys.study', '', () => toggleStudy(name)), values: { name: `study.${name}` } })),
  plain('charts-one', 'keys.chartsOne', '', () => prefer({ charts: 'one' })),
  plain('charts-timeframes', 'keys.chartsTimeframes', '', () => prefer({ charts: 'timeframes' })),
  plain('charts-symbols', 'keys.chartsSymbols', '', () => prefer({ charts: 'symbols' })),
  ...BUILT_IN_LAYOUTS.map((name, index) => ({
    ...plain(`layout-${name}`, 'keys.layout', `Alt+${index + 1}`, () => prefer({ layout: name })),
    values: { name: `layout.${name}` },
  })),
  ...PANEL_IDS.map((id) => ({ ...plain(`panel-${id}`, 'keys.panel', '', () => showPanel(id, true)), values: { name: `panel.${id}` } })),
  plain('ticket', 'keys.ticket', 'S', focusTicket),
  plain('clock', 'keys.clock', '', () => prefer({ clock: usePreferences.getState().clock === 'utc' ? 'local' : 'utc' })),
  plain('tour', 'keys.tour', '', () => prefer({ tourDone: false })),
  ...LANGUAGES.map((language) => ({
    ...plain(`language-${language}`, 'keys.language', '', () => void command({ kind: 'update-settings', changes: { language } })),
    values: { name: language },
  })),
  acting('close-25', 'keys.close25', 'Shift+1', closeShare(0.25)),
  acting('close-33', 'keys.close33', 'Shift+2', closeShare(0.33)),
  acting('close-50', 'keys.close50', 'Shift+3', closeShare(0.5)),
  acting('close-100', 'keys.close100', 'Shift+4', closeShare(1)),
  acting(
    'add',
    'keys.add',
    'Shift+5',
    withPosition(({ position }) => openDialog({ kind: 'add', positionId: position.id })),
  ),
  acting('break-even', 'keys.breakEven', 'Shift+B', breakEven),
  acting(
    'take-over',
    'keys.takeOver',
    'T',
    withPosition(({ position }) => void command({ kind: position.control === 'auto' ? 'take-over' : 'hand-back', positionId: position.id })),
  ),
  acting('pause', 'keys.pause', 'Ctrl+Shift+P', () => {
    const isRunning = useScreen.getState().snapshot?.session.automation === 'running';
    void command({ kind: isRunning ? 'pause-automation' : 'resume-automation' });
  }),
  acting('cancel-entries', 'keys.cancelEntries', 'Ctrl+Shift+X', cancelEntries),
  acting('reduce-only', 'keys.reduceOnly', '', () => void command({ kind: 'set-trading-state', state: 'reducing' })),
  acting('halt', 'keys.halt', '', () => void command({ kind: 'set-trading-state', state: 'halted' })),
  acting('allow', 'keys.allow', '', allowTrading),
  ...STRATEGY_MODES.map((mode) => ({
    ...acting(`strategy-${mode}`, 'keys.strategy', '', () => void command({ kind: 'set-strategy-mode', mode })),
    values: { name: `strategy.${mode}` },
  })),
  { ...acting('flatten', 'keys.flatten', 'Ctrl+Shift+F', flattenAll), holdMs: 1500 },
];

/** Key per action id after a person's changes; '' is none. */
export function keyBindings(changes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(ACTIONS.map((action) => [action.id, changes[action.id] ?? action.key]));
}

/** Title of an action in the active language; names in its values that are phrases are translated too. */
export function actionTitle(action: Action): string {
  const values = Object.entries(action.values ?? {}).map(([name, value]) => [name, titleWord(value)] as const);
  return translate(action.title, Object.fromEntries(values));
}

function titleWord(value: string): string {
  if (isPhraseKey(value)) return translate(value);
  const language = LANGUAGES.find((name) => name === value);
  return language === undefined ? value : LANGUAGE_NAMES[language];
}
