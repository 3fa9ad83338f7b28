// Always visible: what mode this is, whether it trades, what the money does, and the button that closes everything.
import { Pause, Play, Settings2, Keyboard } from 'lucide-react';
import { describeMode } from '../../src-shared/domain/session.ts';
import { STRATEGY_MODES } from '../../src-shared/domain/signal.ts';
import { command, openDialog, useScreen } from '../state/store.ts';
import { formatPercent, formatSignedUsdt, formatUsdt, NO_VALUE, toneOf } from '../ui/format.ts';
import { HoldButton } from '../ui/HoldButton.tsx';

const STRATEGY_LABELS = { ict: 'ICT', self_learning: 'Self-learning', hybrid: 'Hybrid' } as const;

function Figure({
  label,
  value,
  tone,
  title,
}: {
  readonly label: string;
  readonly value: string;
  readonly tone?: string;
  readonly title?: string;
}): React.JSX.Element {
  return (
    <div className="figure" title={title}>
      <span className="figure-label">{label}</span>
      <span className={`num ${tone ?? ''}`}>{value}</span>
    </div>
  );
}

export function TopBar(): React.JSX.Element {
  const session = useScreen((state) => state.snapshot?.session);
  const account = useScreen((state) => state.snapshot?.account ?? null);
  const guard = useScreen((state) => state.snapshot?.guard);
  const health = useScreen((state) => state.snapshot?.health);
  const limit = useScreen((state) => state.snapshot?.settings.dailyLossLimitPercent ?? 3);
  const positions = useScreen((state) => state.snapshot?.positions);
  const connection = useScreen((state) => state.connection);
  const open = Object.values(positions ?? {}).filter((view) => view.position.phase !== 'closed' && view.position.lots > 0);
  const naked = open.filter((view) => view.position.protection === 'naked').length;
  const alarms = health?.checks.filter((check) => check.state === 'bad').length ?? 0;
  const lossShare = guard === undefined ? 0 : Math.min(1, (guard.dailyLossFraction * 100) / limit);
  const running = session?.automation === 'running';
  return (
    <header className="topbar" role="banner">
      <span className={`badge mode-${session?.mode ?? 'simulated'}`}>{session === undefined ? 'STARTING' : describeMode(session.mode).badge}</span>
      <label className="select">
        <span className="visually-hidden">Strategy</span>
        <select
          value={session?.strategyMode ?? 'hybrid'}
          onChange={(event) => void command({ kind: 'set-strategy-mode', mode: event.target.value as (typeof STRATEGY_MODES)[number] })}
        >
          {STRATEGY_MODES.map((mode) => (
            <option key={mode} value={mode}>
              {STRATEGY_LABELS[mode]}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className={`button ${running ? '' : 'warn'}`}
        onClick={() => void command({ kind: running ? 'pause-automation' : 'resume-automation' })}
        title={running ? 'New entries are allowed. Press to pause them.' : 'New entries are paused. Press to allow them.'}
      >
        {running ? <Pause size={13} aria-hidden /> : <Play size={13} aria-hidden />}
        {running ? 'Running' : 'Paused'}
      </button>
      <span
        className={`chip state-${guard?.state ?? 'halted'}`}
        title={guard === undefined ? '' : `Since ${new Date(guard.since).toISOString().slice(11, 19)} UTC`}
      >
        {guard?.state ?? '–'}
        {guard !== undefined && guard.reason !== 'none' ? ` · ${guard.reason.replaceAll('_', ' ')}` : ''}
      </span>
      <Figure label="Equity" value={account === null ? NO_VALUE : formatUsdt(account.equity)} title="Wallet and unrealised profit, USDT" />
      <div className="figure" title={`Loss of the day against the limit of ${limit} %`}>
        <span className="figure-label">Day</span>
        <span className={`num ${toneOf(account?.dayPnl ?? 0)}`}>{account === null ? NO_VALUE : formatSignedUsdt(account.dayPnl)}</span>
        <span
          className="meter"
          role="meter"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(lossShare * 100)}
          aria-label="Share of the daily loss limit used"
        >
          <span style={{ width: `${lossShare * 100}%` }} />
        </span>
      </div>
      <Figure label="Open PnL" value={account === null ? NO_VALUE : formatSignedUsdt(account.unrealised)} tone={toneOf(account?.unrealised ?? 0)} />
      <Figure
        label="Margin"
        value={account === null ? NO_VALUE : formatPercent(account.marginUsed / Math.max(1, account.equity), 1).replace('+', '')}
        title={account === null ? '' : `${formatUsdt(account.marginUsed)} USDT in use, ${formatUsdt(account.available)} free`}
      />
      <Figure
        label="Naked"
        value={`${naked} of ${open.length}`}
        tone={naked > 0 ? 'bad' : ''}
        title="Open positions without a confirmed stop at the exchange"
      />
      <div className="spacer" />
      <span className={`chip breaker-${health?.breaker ?? 'normal'}`} title="API breaker">
        API {health?.breaker ?? '–'} · {health === undefined ? '' : `${health.weightUsed}/${health.weightLimit}`}
      </span>
      <span
        className={`chip ${connection === 'connected' ? 'ok' : 'bad'}`}
        title={`Account stream ${health?.userStream ?? '–'}, REST ${health?.restLatencyMs ?? '–'} ms, clock ${health?.clockOffsetMs ?? 0} ms`}
      >
        {connection === 'connected'
          ? `${health?.marketAgeMs === null || health === undefined ? '–' : `${(health.marketAgeMs / 1000).toFixed(1)} s`} · ${health?.userStream === 'connected' ? 'account ✓' : 'account …'} · ${health?.restLatencyMs ?? '–'} ms`
          : connection}
      </span>
      {alarms > 0 ? (
        <span className="chip bad">
          {alarms} alarm{alarms === 1 ? '' : 's'}
        </span>
      ) : null}
      <button type="button" className="icon-button" aria-label="Keys" title="Keys (?)" onClick={() => openDialog({ kind: 'keys' })}>
        <Keyboard size={15} />
      </button>
      <button type="button" className="icon-button" aria-label="Settings" title="Settings" onClick={() => openDialog({ kind: 'settings' })}>
        <Settings2 size={15} />
      </button>
      <HoldButton
        label={`Flatten all${open.length > 0 ? ` (${open.length})` : ''}`}
        title={`Hold for 1.5 s: pauses entries and closes ${open.length} positions at the market`}
        holdMs={1500}
        onHeld={() => void command({ kind: 'flatten-all' })}
      />
    </header>
  );
}
