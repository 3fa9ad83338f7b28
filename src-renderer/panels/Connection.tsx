// From this window to the exchange, link by link: what is measured, what it means, and what to do when it fails.
import { useEffect, useState } from 'react';
import type { CheckState, Snapshot } from '../../src-shared/contract/view.ts';
import { describeMode } from '../../src-shared/domain/session.ts';
import { currentRpc } from '../connect.ts';
import { inLanguage } from '../i18n/said.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText, wordOf, type Translate } from '../i18n/translate.ts';
import { linkTotals } from '../state/link-meter.ts';
import { useScreen } from '../state/store.ts';
import { formatAge, numberText } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';
import { Streams } from './Streams.tsx';
import { TryWay } from './TryWay.tsx';

const MEASURE_MS = 2000;
const SLOW_MS = 300;
const VERY_SLOW_MS = 600;

interface Measured {
  readonly roundTripMs: number | null;
  readonly bytesPerSecond: number;
}

interface LinkLine {
  readonly id: string;
  readonly name: string;
  readonly state: CheckState;
  readonly text: string;
  readonly advice: string | null;
}

/** Round trip to the engine and traffic of the link, measured while the panel is shown. */
function useMeasured(): Measured {
  const [measured, setMeasured] = useState<Measured>({ roundTripMs: null, bytesPerSecond: 0 });
  useEffect(() => {
    let before = { ...linkTotals(), at: performance.now() };
    const measure = (): void => {
      const now = { ...linkTotals(), at: performance.now() };
      const bytesPerSecond = ((now.bytes - before.bytes) / Math.max(1, now.at - before.at)) * 1000;
      before = now;
      const started = performance.now();
      const rpc = currentRpc();
      if (rpc === null) {
        setMeasured({ roundTripMs: null, bytesPerSecond });
        return;
      }
      rpc.call('journal', { before: null, limit: 1, kinds: [] }).then(
        () => setMeasured({ roundTripMs: performance.now() - started, bytesPerSecond }),
        () => setMeasured({ roundTripMs: null, bytesPerSecond }),
      );
    };
    measure();
    const timer = setInterval(measure, MEASURE_MS);
    return () => clearInterval(timer);
  }, []);
  return measured;
}

const bySpeed = (milliseconds: number | null): CheckState =>
  milliseconds === null ? 'unknown' : milliseconds < SLOW_MS ? 'ok' : milliseconds < VERY_SLOW_MS ? 'warn' : 'bad';

function linesOf(t: Translate, { health, session, settings }: Snapshot, measured: Measured): readonly LinkLine[] {
  const from = (id: string): { readonly state: CheckState; readonly advice: string | null; readonly text: string } => {
    const check = health.checks.find((entry) => entry.id === id);
    return {
      state: check?.state ?? 'unknown',
      advice: check?.advice == null ? null : inLanguage(check.advised, check.advice),
      text: check === undefined ? t('connection.notMeasured') : inLanguage(check.said, check.detail),
    };
  };
  const place = describeMode(session.mode);
  return [
    {
      id: 'screen',
      name: t('connection.screen'),
      state: bySpeed(measured.roundTripMs),
      text:
        measured.roundTripMs === null
          ? t('connection.noAnswer')
          : t('connection.roundTrip', { ms: measured.roundTripMs, kilobytes: measured.bytesPerSecond / 1024 }),
      advice: measured.roundTripMs === null ? t('connection.screenAdvice') : null,
    },
    {
      id: 'proxy',
      name: t('connection.proxy'),
      state: 'ok',
      text: settings.proxyUrl === '' ? t('connection.direct', { place: inWords(place.marketFrom) }) : t('connection.through', { proxy: settings.proxyUrl }),
      advice: null,
    },
    {
      id: 'rest',
      name: t('connection.rest'),
      state: bySpeed(health.restLatencyMs),
      text: health.restLatencyMs === null ? t('connection.notMeasured') : t('connection.restText', { ms: health.restLatencyMs }),
      advice: health.restLatencyMs !== null && health.restLatencyMs >= VERY_SLOW_MS ? t('connection.slowAdvice') : null,
    },
    {
      id: 'market',
      name: t('check.market'),
      ...from('market'),
      text: `${from('market').text} ${health.marketAgeMs === null ? '' : t('connection.age', { age: formatAge(health.marketAgeMs) })}`,
    },
    { id: 'user', name: t('check.user'), ...from('user') },
    { id: 'clock', name: t('check.clock'), ...from('clock') },
    { id: 'weight', name: t('check.weight'), ...from('weight') },
    { id: 'breaker', name: t('check.breaker'), ...from('breaker') },
  ];
}

const MARKS = { ok: '✓', warn: '!', bad: '✕', unknown: '·' } as const;

export function Connection(): React.JSX.Element {
  const t = useText();
  const snapshot = useScreen((state) => state.snapshot);
  const measured = useMeasured();
  if (snapshot === null) return <p className="empty">{t('state.waiting')}</p>;
  const lines = linesOf(t, snapshot, measured);
  const firstBad = lines.find((line) => line.state === 'bad') ?? lines.find((line) => line.state === 'warn');
  const place = describeMode(snapshot.session.mode);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.connection')}>
      <Block title={t('connection.title')} note={t('connection.places', { from: inWords(place.marketFrom), to: inWords(place.ordersTo) })}>
        <p className={firstBad === undefined ? 'small-text' : 'notice'} role="status">
          {firstBad === undefined ? t('connection.fine') : t('connection.firstProblem', { name: firstBad.name })} {firstBad?.advice ?? ''}
        </p>
        <ol className="checks chain">
          {lines.map((line) => (
            <li key={line.id} className={`check-${line.state}`}>
              <i aria-hidden>{MARKS[line.state]}</i>
              <span>
                <span className="visually-hidden">{t(`health.${line.state}`)}: </span>
                <strong>{line.name}</strong> {line.text}
                {line.advice === null || line.state === 'ok' ? '' : ` ${line.advice}`}
              </span>
            </li>
          ))}
        </ol>
      </Block>
      <Streams />
      <Block title={t('connection.diagnosis')}>
        <TryWay ask={(rpc) => rpc.call('diagnose', null)} />
      </Block>
      <Block title={t('connection.rhythm')}>
        <dl className="facts">
          <dt>{t('connection.liveCycle')}</dt>
          <dd className="num">{snapshot.health.liveCycleMs === null ? '–' : `${numberText(snapshot.health.liveCycleMs, 1)} ${wordOf('unit', 'ms')}`}</dd>
          <dt>{t('connection.virtualCycle')}</dt>
          <dd className="num">{snapshot.health.virtualCycleMs === null ? '–' : `${numberText(snapshot.health.virtualCycleMs, 1)} ${wordOf('unit', 'ms')}`}</dd>
          <dt>{t('connection.overruns')}</dt>
          <dd className="num">{snapshot.health.liveOverruns}</dd>
        </dl>
      </Block>
    </div>
  );
}
