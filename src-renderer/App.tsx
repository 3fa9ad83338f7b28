// The screen: top bar, banner, tour, the dock with all panels, the bottom bar, dialogs and messages.
import { useEffect, useLayoutEffect } from 'react';
import { watchAlarms } from './alarms/watch.ts';
import { Dialogs } from './dialogs/Dialogs.tsx';
import { Banner } from './frame/Banner.tsx';
import { BottomBar } from './frame/BottomBar.tsx';
import { ModeNote } from './frame/ModeNote.tsx';
import { Toasts } from './frame/Toasts.tsx';
import { TopBar } from './frame/TopBar.tsx';
import { Tour } from './frame/Tour.tsx';
import { setLanguage } from './i18n/language.ts';
import { useKeys } from './keys/use-keys.ts';
import { Dock } from './layout/Dock.tsx';
import { useFreshness, watchFreshness } from './state/freshness.ts';
import { watchTraining } from './state/models.ts';
import { usePreferences } from './state/preferences.ts';
import { startSparks } from './state/sparks.ts';
import { useScreen } from './state/store.ts';
import { FailureWall } from './ui/FailureWall.tsx';

export function App(): React.JSX.Element {
  const mode = useScreen((state) => state.snapshot?.session.mode ?? 'simulated');
  const theme = useScreen((state) => state.snapshot?.settings.theme ?? 'dark');
  const colours = useScreen((state) => state.snapshot?.settings.colourPair ?? 'green-up');
  const language = useScreen((state) => state.snapshot?.settings.language ?? 'en');
  const freshness = useFreshness((state) => state.freshness.kind);
  // A change of the clock concerns every time on the screen.
  usePreferences((state) => state.clock);
  useKeys();
  // Before the effects of the panels, so that the chart is rebuilt with the new colours.
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    document.documentElement.dataset['colours'] = colours;
  }, [theme, colours]);
  useLayoutEffect(() => setLanguage(language), [language]);
  useEffect(() => {
    const stops = [watchFreshness(), watchAlarms(), watchTraining(), startSparks()];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return (
    <div className={`app frame-${mode}`} data-fresh={freshness}>
      <TopBar />
      <div className="notes">
        <Banner />
        <ModeNote />
        <Tour />
      </div>
      <main className="layout">
        <Dock />
      </main>
      <BottomBar />
      <FailureWall>
        <Dialogs />
      </FailureWall>
      <Toasts />
    </div>
  );
}
