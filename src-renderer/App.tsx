// The screen: top bar, scanner, chart, side column, records and the bottom bar.
import { useEffect, useLayoutEffect } from 'react';
import { ChartPanel } from './chart/ChartPanel.tsx';
import { BottomTabs } from './panels/BottomTabs.tsx';
import { Dialogs } from './panels/Dialogs.tsx';
import { Scanner } from './panels/Scanner.tsx';
import { BottomBar, Side } from './panels/Side.tsx';
import { TopBar } from './panels/TopBar.tsx';
import { openDialog, selectTimeframe, toggleOverlay, useScreen, type OverlayName } from './state/store.ts';
import type { Timeframe } from '../src-shared/domain/candle.ts';

const TIMEFRAME_KEYS: Readonly<Record<string, Timeframe>> = { '1': '1h', '2': '15m', '3': '5m' };
const OVERLAY_KEYS: Readonly<Record<string, OverlayName>> = { o: 'orderBlocks', f: 'gaps', b: 'breaks', l: 'liquidity' };

function useKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        openDialog({ kind: 'palette' });
        return;
      }
      if (['INPUT', 'SELECT', 'TEXTAREA'].includes(target.tagName) || event.ctrlKey || event.metaKey || event.altKey || useScreen.getState().dialog !== null)
        return;
      const timeframe = TIMEFRAME_KEYS[event.key];
      const overlay = OVERLAY_KEYS[event.key];
      if (timeframe !== undefined) selectTimeframe(timeframe);
      else if (overlay !== undefined) toggleOverlay(overlay);
      else if (event.key === '?') openDialog({ kind: 'keys' });
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

export function App(): React.JSX.Element {
  const connection = useScreen((state) => state.connection);
  const mode = useScreen((state) => state.snapshot?.session.mode ?? 'simulated');
  const theme = useScreen((state) => state.snapshot?.settings.theme ?? 'dark');
  const colours = useScreen((state) => state.snapshot?.settings.colourPair ?? 'green-up');
  const toasts = useScreen((state) => state.toasts);
  useKeys();
  // Before the effects of the panels, so that the chart is rebuilt with the new colours.
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    document.documentElement.dataset['colours'] = colours;
  }, [theme, colours]);
  return (
    <div className={`app frame-${mode}`}>
      <TopBar />
      {connection === 'disconnected' ? (
        <div className="banner" role="alert">
          The engine is not reachable; what you see is old. Reconnecting… Stops at the exchange stay in force.
        </div>
      ) : null}
      <main className="layout">
        <Scanner />
        <div className="centre">
          <ChartPanel />
          <BottomTabs />
        </div>
        <Side />
      </main>
      <BottomBar />
      <Dialogs />
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className={`toast ${toast.tone}`}>
            {toast.text}
          </div>
        ))}
      </div>
    </div>
  );
}
