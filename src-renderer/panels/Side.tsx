// The right column: what may be lost, the brakes, the funnel, the machine's health and the model's honesty.
import type { ReactNode } from 'react';
import { FUNNEL_STEPS } from '../../src-shared/domain/signal.ts';
import { command, useScreen } from '../state/store.ts';
import { STEP_NAMES } from '../text/codes.ts';
import { formatAge, formatUsdt, lotsToQuantity, ticksToPrice } from '../ui/format.ts';
import { useOpenPositions } from './Positions.tsx';

const COMES_BACK: Readonly<Record<string, string>> = {
  daily_loss: 'A person must allow trading again.',
  drawdown: 'A person must allow trading again.',
  user: 'You set this; press Allow trading.',
  stale_data: 'Comes back by itself when data is fresh.',
  clock_skew: 'Comes back by itself when the clock agrees.',
  volatility: 'Comes back by itself 15 minutes after the last spike.',
  reconciling: 'Comes back by itself when the books agree with the exchange.',
  venue_unreachable: 'Comes back by itself when the exchange answers.',
  geo_blocked: 'Check the VPN or proxy; it probes gently.',
  disk_full: 'Free some disk space.',
  none: '',
};

function Block({ title, children, note }: { readonly title: string; readonly children: ReactNode; readonly note?: string }): React.JSX.Element {
  return (
    <section className="block" aria-label={title}>
      <h2>
        {title}
        {note === undefined ? null : <small className="muted">{note}</small>}
      </h2>
      {children}
    </section>
  );
}

function Meter({ label, share, text }: { readonly label: string; readonly share: number; readonly text: string }): React.JSX.Element {
  return (
    <div className="meter-row">
      <span>{label}</span>
      <span className="progress">
        <span className={share > 0.8 ? 'danger' : ''} style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
      </span>
      <span className="num">{text}</span>
    </div>
  );
}

export function Side(): React.JSX.Element {
  return (
    <aside className="panel side" aria-label="Risk and health">
      <RiskBlock />
      <FunnelBlock />
      <HealthBlock />
      <ModelBlock />
    </aside>
  );
}

function RiskBlock(): React.JSX.Element {
  const guard = useScreen((state) => state.snapshot?.guard);
  const account = useScreen((state) => state.snapshot?.account ?? null);
  const settings = useScreen((state) => state.snapshot?.settings);
  const markets = useScreen((state) => state.snapshot?.markets);
  const open = useOpenPositions();
  const equity = account?.equity ?? 0;
  let long = 0;
  let short = 0;
  let atStops = 0;
  for (const { position, mark } of open) {
    const quantity = lotsToQuantity(markets?.[position.symbol], position.lots);
    if (position.side === 'long') long += quantity * mark;
    else short += quantity * mark;
    const stop = ticksToPrice(markets?.[position.symbol], position.stop);
    if (Number.isFinite(stop)) atStops += quantity * (stop - mark) * (position.side === 'long' ? 1 : -1);
  }
  const base = Math.max(1, equity / 1e8);
  return (
    <Block title="Risk" note={guard === undefined ? '' : guard.state}>
      <Meter
        label="Day loss"
        share={guard === undefined || settings === undefined ? 0 : (guard.dailyLossFraction * 100) / settings.dailyLossLimitPercent}
        text={`${((guard?.dailyLossFraction ?? 0) * 100).toFixed(2)} / ${settings?.dailyLossLimitPercent ?? 3} %`}
      />
      <Meter
        label="Drawdown"
        share={guard === undefined || settings === undefined ? 0 : (guard.drawdownFraction * 100) / settings.maxDrawdownPercent}
        text={`${((guard?.drawdownFraction ?? 0) * 100).toFixed(2)} / ${settings?.maxDrawdownPercent ?? 20} %`}
      />
      <Meter
        label="Gross"
        share={(((long + short) / base) * 100) / (settings?.maxGrossExposurePercent ?? 500)}
        text={`${(((long + short) / base) * 100).toFixed(0)} %`}
      />
      <Meter
        label="Net"
        share={((Math.abs(long - short) / base) * 100) / (settings?.maxNetExposurePercent ?? 300)}
        text={`${(((long - short) / base) * 100).toFixed(0)} %`}
      />
      <p className="muted small-text">
        If every stop filled now: {atStops <= 0 ? '−' : '+'}
        {Math.abs(atStops).toFixed(2)} USDT on {open.length} position{open.length === 1 ? '' : 's'}.{' '}
        {guard !== undefined && account !== null && settings !== undefined
          ? `Left before today's halt: ${formatUsdt(Math.max(0, guard.dayStartEquity * (settings.dailyLossLimitPercent / 100) - guard.dayStartEquity * guard.dailyLossFraction))} USDT.`
          : ''}
      </p>
      {guard !== undefined && guard.reason !== 'none' ? (
        <p className="notice">
          {guard.reason.replaceAll('_', ' ')}: {COMES_BACK[guard.reason]}
        </p>
      ) : null}
      <div className="button-row">
        <button type="button" aria-pressed={guard?.state === 'active'} onClick={() => void command({ kind: 'set-trading-state', state: 'active' })}>
          Allow trading
        </button>
        <button type="button" aria-pressed={guard?.state === 'reducing'} onClick={() => void command({ kind: 'set-trading-state', state: 'reducing' })}>
          Reduce only
        </button>
        <button type="button" aria-pressed={guard?.state === 'halted'} onClick={() => void command({ kind: 'set-trading-state', state: 'halted' })}>
          Halt
        </button>
      </div>
    </Block>
  );
}

function FunnelBlock(): React.JSX.Element {
  const analysis = useScreen((state) => state.snapshot?.analysis);
  const markets = useScreen((state) => Object.keys(state.snapshot?.markets ?? {}).length);
  const rows = Object.values(analysis ?? {});
  const stopped = (step: string): number => rows.filter((row) => row.stoppedAt === step).length;
  let left = rows.length;
  return (
    <Block title="Funnel" note={`${rows.length} of ${markets} analysed`}>
      <ol className="funnel">
        {FUNNEL_STEPS.map((step) => {
          const lost = stopped(step);
          left -= lost;
          return (
            <li key={step}>
              <span>{STEP_NAMES[step]}</span>
              <span className="progress">
                <span style={{ width: `${rows.length === 0 ? 0 : (left / rows.length) * 100}%` }} />
              </span>
              <span className="num">{lost > 0 ? `−${lost}` : ''}</span>
              <span className="num">{left}</span>
            </li>
          );
        })}
      </ol>
    </Block>
  );
}

function HealthBlock(): React.JSX.Element {
  const health = useScreen((state) => state.snapshot?.health);
  if (health === undefined)
    return (
      <Block title="Health">
        <p className="empty">Waiting for the engine.</p>
      </Block>
    );
  return (
    <Block title="Health" note={`${health.memoryMb} MB`}>
      <ul className="checks">
        {health.checks.map((check) => (
          <li key={check.id} className={`check-${check.state}`} title={check.advice ?? ''}>
            <i aria-hidden>{check.state === 'ok' ? '✓' : check.state === 'unknown' ? '·' : '!'}</i>
            <span>
              <strong>{check.label}</strong> {check.detail}
              {check.advice === null || check.state === 'ok' ? '' : ` ${check.advice}`}
            </span>
          </li>
        ))}
      </ul>
      <div className="workers" data-testid="workers">
        {health.workers.map((worker) => (
          <span key={worker.id} className={`chip small worker-${worker.state}`} data-restarts={worker.restarts}>
            worker {worker.id} · {worker.state} · {worker.memoryMb} MB{worker.restarts > 0 ? ` · restarted ${worker.restarts}×` : ''}
          </span>
        ))}
      </div>
    </Block>
  );
}

function ModelBlock(): React.JSX.Element {
  const model = useScreen((state) => state.snapshot?.health.model ?? null);
  return (
    <Block title="Model">
      {model === null ? (
        <p className="muted small-text">No model is loaded; ICT rules decide alone.</p>
      ) : (
        <p className="small-text">
          <strong>{model.name}</strong> <span className="muted">{model.version}</span>
          <br />
          <span className={model.edge ? 'up' : 'warn-text'}>{model.edge ? 'Edge out of sample.' : 'No edge out of sample: it may only veto or lower.'}</span>
          <br />
          <span className="muted">{model.note}</span>
        </p>
      )}
    </Block>
  );
}

export function BottomBar(): React.JSX.Element {
  const session = useScreen((state) => state.snapshot?.session);
  const health = useScreen((state) => state.snapshot?.health);
  const now = useScreen((state) => state.snapshot?.engineTime ?? 0);
  const last = useScreen((state) => state.snapshot?.log.at(-1));
  return (
    <footer className="bottombar">
      <span className="phase">{session?.phaseText ?? 'Connecting to the engine…'}</span>
      <span className="last-event" title={last?.message}>
        {last === undefined ? '' : `${last.source}: ${last.message}`}
      </span>
      <span className="num">
        cycle {health?.liveCycleMs === null || health === undefined ? '–' : `${health.liveCycleMs.toFixed(1)} ms`} · overruns {health?.liveOverruns ?? 0}
      </span>
      <span className="num">next {health?.nextCycleAt === null || health === undefined ? '–' : formatAge(health.nextCycleAt - now)}</span>
      <span className="num">
        {now === 0 ? '' : `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')} UTC`}
        {session !== undefined && session.speed !== 1 ? ` · ${session.speed}×` : ''}
      </span>
    </footer>
  );
}
