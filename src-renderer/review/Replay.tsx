// A session played again: scrubber, speed, steps from event to event; chart, positions, equity and events at the same moment.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { SkipBack, SkipForward } from 'lucide-react';
import type { SessionDetail, SessionTimeline, TimelineEvent } from '../../src-shared/contract/review.ts';
import { TIMEFRAMES, type Timeframe } from '../../src-shared/domain/candle.ts';
import { useText } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { journalLine } from '../text/journal-line.ts';
import { formatClock, formatInstant, formatPrice, numberText, plainNumber, toneOf } from '../ui/format.ts';
import { SideMark } from '../ui/parts.tsx';
import { askReview, sentenceOf } from './ask.ts';
import { equityAt, eventsUpTo, positionsAt, stepEvent } from './at-moment.ts';
import { ReplayChart } from './ReplayChart.tsx';
import { useReview } from './store.ts';

const SPEEDS = [1, 10, 60, 300, 1000] as const;
const FRAME_MS = 100;
const LISTED = 60;
const FILTERS = { decisions: ['decision'], trades: ['position', 'fill', 'command'], all: null } as const;
type Filter = keyof typeof FILTERS;
const NO_MARKETS = {};

export function Replay(): React.JSX.Element {
  const t = useText();
  const key = useReview((state) => state.key);
  const detail = useReview((state) => state.detail);
  const timeline = useReview((state) => state.timeline);
  if (detail?.row.mode === 'backtest') return <p className="empty">{t('review.noReplay')}</p>;
  if (key === null || detail === null || timeline === null) return <p className="empty">{key === null ? t('review.choose') : t('state.loading')}</p>;
  return <Player key={key} sessionKey={key} detail={detail} timeline={timeline} />;
}

interface PlayerProps {
  readonly sessionKey: string;
  readonly detail: SessionDetail;
  readonly timeline: SessionTimeline;
}

function setMoment(moment: number): void {
  useReview.setState({ moment });
}

function Player({ sessionKey, detail, timeline }: PlayerProps): React.JSX.Element {
  const t = useText();
  const moment = useReview((state) => state.moment);
  const symbol = useReview((state) => state.symbol);
  const [timeframe, setTimeframe] = useState<Timeframe>('5m');
  const [filter, setFilter] = useState<Filter>('decisions');
  const picture = useRef<(() => HTMLCanvasElement) | null>(null);
  const keepPicture = useCallback((take: (() => HTMLCanvasElement) | null) => void (picture.current = take), []);
  const passes = useCallback((event: TimelineEvent): boolean => FILTERS[filter]?.some((kind) => kind === event.kind) ?? true, [filter]);
  const { held, ended } = useMemo(() => positionsAt(timeline, moment), [timeline, moment]);
  const events = useMemo(() => eventsUpTo(timeline.events.filter(passes), moment, LISTED), [timeline, passes, moment]);
  const equity = equityAt(detail, moment);
  const markets = useScreen((state) => state.snapshot?.markets);
  const step = (forward: boolean): void => {
    const next = stepEvent(timeline.events, moment, { forward, passes });
    if (next === null) return;
    useReview.setState({ moment: next.time, ...(next.symbol === null ? {} : { symbol: next.symbol }) });
  };
  return (
    <div className="replay" data-testid="replay">
      <div className="toolbar">
        <PlayButtons end={timeline.to} onStep={step} />
        <label>
          {t('review.steps')}{' '}
          <select value={filter} onChange={(event) => setFilter(event.target.value as Filter)}>
            {(Object.keys(FILTERS) as Filter[]).map((name) => (
              <option key={name} value={name}>
                {t(`review.steps.${name}`)}
              </option>
            ))}
          </select>
        </label>
        <select value={symbol ?? ''} aria-label={t('col.symbol')} onChange={(event) => useReview.setState({ symbol: event.target.value })}>
          {timeline.symbols.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <select value={timeframe} aria-label={t('review.timeframe')} onChange={(event) => setTimeframe(event.target.value as Timeframe)}>
          {TIMEFRAMES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <button
          type="button"
          title={t('review.pictureHint')}
          onClick={() => savePicture(picture.current?.() ?? null, `${symbol ?? ''}-${new Date(moment).toISOString()}`)}
        >
          {t('review.picture')}
        </button>
      </div>
      <div className="scrubber">
        <input
          type="range"
          min={timeline.from}
          max={timeline.to}
          step={1000}
          value={moment}
          aria-label={t('review.scrubber')}
          aria-valuetext={formatClock(moment)}
          data-testid="scrubber"
          onChange={(event) => setMoment(Number(event.target.value))}
        />
        <output className="num" data-testid="replay-moment">
          {formatClock(moment)}
        </output>
        <output className={`num ${toneOf(equity - detail.opening)}`} data-testid="replay-equity" title={t('review.equity')}>
          {numberText(equity, 2)} USDT
        </output>
      </div>
      <div className="replay-body">
        {symbol === null ? (
          <p className="empty">{t('review.quiet')}</p>
        ) : (
          <ReplayChart {...{ sessionKey, symbol, timeframe, moment, held, ended }} onReady={keepPicture} />
        )}
        <aside className="replay-side scroll" tabIndex={0} aria-label={t('review.atMoment')}>
          <h3>
            {t('review.held')} <small className="muted">{held.filter((position) => position.quantity > 0).length}</small>
          </h3>
          <ul className="replay-list" data-testid="replay-held">
            {held.map((position) => (
              <li key={position.id}>
                <button type="button" onClick={() => useReview.setState({ symbol: position.symbol })}>
                  <strong>{position.symbol}</strong> <SideMark side={position.side} />{' '}
                  {position.quantity === 0 ? (
                    <span className="muted">{t('review.entryWorking')}</span>
                  ) : (
                    <span className="num">
                      {plainNumber(position.quantity)} @ {formatPrice(markets?.[position.symbol], position.entryPrice)}
                    </span>
                  )}
                </button>
              </li>
            ))}
            {held.length === 0 ? <li className="muted">{t('review.nothingHeld')}</li> : null}
          </ul>
          <h3>
            {t('review.events')} <small className="muted">{timeline.isCut ? t('review.eventsCut') : ''}</small>
          </h3>
          <ul className="replay-list">
            {events.map((event) => (
              <EventRow key={event.id} sessionKey={sessionKey} event={event} />
            ))}
            {events.length === 0 ? <li className="muted">{t('review.noEvents')}</li> : null}
          </ul>
        </aside>
      </div>
    </div>
  );
}

function savePicture(canvas: HTMLCanvasElement | null, name: string): void {
  if (canvas === null) return;
  const link = document.createElement('a');
  link.href = canvas.toDataURL('image/png');
  link.download = `${name.replaceAll(':', '-')}.png`;
  link.click();
}

function PlayButtons({ end, onStep }: { readonly end: number; readonly onStep: (forward: boolean) => void }): React.JSX.Element {
  const t = useText();
  const [speed, setSpeed] = useState<number>(60);
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return undefined;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      const next = Math.min(end, useReview.getState().moment + (now - last) * speed);
      last = now;
      setMoment(next);
      if (next >= end) setPlaying(false);
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying, speed, end]);
  return (
    <>
      <button type="button" aria-label={t('review.previous')} title={t('review.previous')} onClick={() => onStep(false)}>
        <SkipBack size={13} />
      </button>
      <button type="button" aria-pressed={isPlaying} data-testid="replay-play" onClick={() => setPlaying(!isPlaying)}>
        {isPlaying ? t('review.pause') : t('review.play')}
      </button>
      <button type="button" aria-label={t('review.next')} title={t('review.next')} data-testid="replay-next" onClick={() => onStep(true)}>
        <SkipForward size={13} />
      </button>
      <select value={speed} aria-label={t('review.speed')} onChange={(event) => setSpeed(Number(event.target.value))}>
        {SPEEDS.map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
    </>
  );
}

/** One journal line; opened, it shows the evidence that was written with it. */
function EventRow({ sessionKey, event }: { readonly sessionKey: string; readonly event: TimelineEvent }): React.JSX.Element {
  const [data, setData] = useState<string | null>(null);
  const markets = useScreen((state) => state.snapshot?.markets) ?? NO_MARKETS;
  const open = (): void => {
    if (event.symbol !== null) useReview.setState({ symbol: event.symbol });
    if (data !== null) return setData(null);
    askReview({ kind: 'record', key: sessionKey, id: event.id }).then(
      (record) => setData(JSON.stringify(record.data, null, 1)),
      (failure: unknown) => setData(sentenceOf(failure)),
    );
  };
  return (
    <li>
      <button type="button" aria-expanded={data !== null} onClick={open}>
        <span className="num muted">{formatInstant(event.time)}</span> {journalLine(event.summary, markets)}
      </button>
      {data === null ? null : <pre className="evidence">{data}</pre>}
    </li>
  );
}
