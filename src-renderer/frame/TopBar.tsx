// Always visible: what mode this is, whether it trades, what the money does, how fresh it is, and the button that closes everything.
import { Command, Keyboard, Moon, Pause, Play, Settings2, Sun } from 'lucide-react';
import { STRATEGY_MODES } from '../../src-shared/domain/signal.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../i18n/language.ts';
import { useText, wordOf } from '../i18n/translate.ts';
import { command } from '../state/send.ts';
import { openDialog, useScreen } from '../state/store.ts';
import { formatMoment } from '../ui/format.ts';
import { Figures } from './Figures.tsx';
import { Flatten } from './Flatten.tsx';
import { LinkChip } from './LinkChip.tsx';

export function TopBar(): React.JSX.Element {
  const t = useText();
  const session = useScreen((state) => state.snapshot?.session);
  const guard = useScreen((state) => state.snapshot?.guard);
  const isRunning = session?.automation === 'running';
  return (
    <header className="topbar">
      <button
        type="button"
        className={`badge mode-${session?.mode ?? 'simulated'}`}
        title={[t('frame.modeHint'), ...(session?.modeReason === undefined ? [] : [t(`modeReason.${session.modeReason}`)])].join('. ')}
        onClick={() => openDialog({ kind: 'mode' })}
      >
        {session === undefined ? t('frame.starting') : wordOf('mode', session.mode)}
      </button>
      <label className="select">
        <span className="visually-hidden">{t('frame.strategy')}</span>
        <select
          value={session?.strategyMode ?? 'hybrid'}
          onChange={(event) => {
            const mode = STRATEGY_MODES.find((name) => name === event.target.value);
            if (mode !== undefined) void command({ kind: 'set-strategy-mode', mode });
          }}
        >
          {STRATEGY_MODES.map((mode) => (
            <option key={mode} value={mode}>
              {t(`strategy.${mode}`)}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className={`button ${isRunning ? '' : 'warn'}`}
        disabled={session === undefined}
        onClick={() => void command({ kind: isRunning ? 'pause-automation' : 'resume-automation' })}
        title={t(isRunning ? 'frame.pauseHint' : 'frame.resumeHint')}
      >
        {isRunning ? <Pause size={13} aria-hidden /> : <Play size={13} aria-hidden />}
        {t(isRunning ? 'frame.running' : 'frame.paused')}
      </button>
      <span className={`chip state-${guard?.state ?? 'halted'}`} title={guard === undefined ? '' : t('frame.since', { time: formatMoment(guard.since) })}>
        {guard === undefined ? '–' : wordOf('trading', guard.state)}
        {guard !== undefined && guard.reason !== 'none' ? ` · ${wordOf('cause', guard.reason)}` : ''}
      </span>
      <Figures />
      <div className="spacer" />
      <LinkChip />
      <Buttons />
      <Flatten />
    </header>
  );
}

function Buttons(): React.JSX.Element {
  const t = useText();
  const theme = useScreen((state) => state.snapshot?.settings.theme ?? 'dark');
  const language = useScreen((state) => state.snapshot?.settings.language ?? 'en');
  const other = theme === 'dark' ? 'light' : 'dark';
  const change = (changes: Readonly<Record<string, string>>): void => void command({ kind: 'update-settings', changes: { ...changes } });
  return (
    <div className="top-buttons">
      <label className="select language">
        <span className="visually-hidden">{t('frame.language')}</span>
        <select value={language} onChange={(event) => change({ language: event.target.value })}>
          {LANGUAGES.map((name) => (
            <option key={name} value={name} lang={name}>
              {LANGUAGE_NAMES[name]}
            </option>
          ))}
        </select>
      </label>
      <IconButton label={t('frame.theme', { theme: t(`frame.${other}`) })} onClick={() => change({ theme: other })}>
        {theme === 'dark' ? <Sun size={15} aria-hidden /> : <Moon size={15} aria-hidden />}
      </IconButton>
      <IconButton label={`${t('frame.palette')} (Ctrl+K)`} onClick={() => openDialog({ kind: 'palette' })}>
        <Command size={15} aria-hidden />
      </IconButton>
      <IconButton label={t('frame.keys')} onClick={() => openDialog({ kind: 'keys' })}>
        <Keyboard size={15} aria-hidden />
      </IconButton>
      <IconButton label={t('frame.settings')} onClick={() => openDialog({ kind: 'settings' })}>
        <Settings2 size={15} aria-hidden />
      </IconButton>
    </div>
  );
}

function IconButton({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  );
}
