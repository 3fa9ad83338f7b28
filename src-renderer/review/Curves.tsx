// Small figures as SVG: equity, the fall from its peak, the distribution of R, means per value of a parameter.
import { useText } from '../i18n/translate.ts';
import { formatMoment, numberText } from '../ui/format.ts';
import { fallFromPeak } from './rows.ts';

const SIZE = { width: 600, height: 150, left: 58, right: 8, top: 8, bottom: 18 };

interface Series {
  readonly times: readonly number[];
  readonly usdt: readonly number[];
}

function scaleOf(low: number, high: number): (value: number) => number {
  const span = high - low || 1;
  return (value) => SIZE.top + (1 - (value - low) / span) * (SIZE.height - SIZE.top - SIZE.bottom);
}

function scaleX(first: number, last: number): (time: number) => number {
  const span = last - first || 1;
  return (time) => SIZE.left + ((time - first) / span) * (SIZE.width - SIZE.left - SIZE.right);
}

function Axis({
  values,
  y,
  text,
}: {
  readonly values: readonly number[];
  readonly y: (value: number) => number;
  readonly text: (value: number) => string;
}): React.JSX.Element {
  return (
    <>
      {values.map((value) => (
        <g key={value}>
          <line x1={SIZE.left} x2={SIZE.width - SIZE.right} y1={y(value)} y2={y(value)} className="plot-grid" />
          <text x={SIZE.left - 5} y={y(value) + 3} textAnchor="end">
            {text(value)}
          </text>
        </g>
      ))}
    </>
  );
}

/** One curve or two; a moment is marked where it is given. */
export function EquityCurve({
  label,
  series,
  moment,
}: {
  readonly label: string;
  readonly series: readonly Series[];
  readonly moment?: number;
}): React.JSX.Element | null {
  const values = series.flatMap((one) => one.usdt);
  const times = series.flatMap((one) => one.times);
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const first = Math.min(...times);
  const last = Math.max(...times);
  const y = scaleOf(low, high);
  const x = scaleX(first, last);
  return (
    <svg
      className="plot curve"
      viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
      role="img"
      aria-label={`${label}: ${numberText(values[0], 2)} → ${numberText(values.at(-1), 2)}`}
    >
      <Axis values={[low, (low + high) / 2, high]} y={y} text={(value) => numberText(value, high - low < 10 ? 2 : 0)} />
      {series.map((one, index) => (
        // The order of the curves is their identity: the chosen session, then the other.
        // oxlint-disable-next-line react/no-array-index-key
        <polyline
          key={index}
          className={`curve-${index}`}
          points={one.times.map((time, at) => `${x(time).toFixed(1)},${y(one.usdt[at] ?? low).toFixed(1)}`).join(' ')}
        />
      ))}
      {moment === undefined || moment < first || moment > last ? null : (
        <line className="curve-now" x1={x(moment)} x2={x(moment)} y1={SIZE.top} y2={SIZE.height - SIZE.bottom} />
      )}
      <text x={SIZE.left} y={SIZE.height - 4}>
        {formatMoment(first)}
      </text>
      <text x={SIZE.width - SIZE.right} y={SIZE.height - 4} textAnchor="end">
        {formatMoment(last)}
      </text>
    </svg>
  );
}

export function UnderwaterCurve({ label, series: { times, usdt } }: { readonly label: string; readonly series: Series }): React.JSX.Element | null {
  if (usdt.length < 2) return null;
  const falls = fallFromPeak(usdt);
  const low = Math.min(...falls, -1e-9);
  const y = scaleOf(low, 0);
  const x = scaleX(times[0] ?? 0, times.at(-1) ?? 1);
  const points = times.map((time, index) => `${x(time).toFixed(1)},${y(falls[index] ?? 0).toFixed(1)}`);
  return (
    <svg className="plot curve" viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={`${label}: ${numberText(low * 100, 2)} %`}>
      <Axis values={[low, low / 2, 0]} y={y} text={(value) => `${numberText(value * 100, 2)} %`} />
      <polygon className="curve-fall" points={`${x(times[0] ?? 0)},${y(0)} ${points.join(' ')} ${x(times.at(-1) ?? 1)},${y(0)}`} />
    </svg>
  );
}

export function Histogram({
  label,
  bins,
}: {
  readonly label: string;
  readonly bins: readonly { readonly from: number; readonly count: number }[];
}): React.JSX.Element | null {
  const t = useText();
  const most = Math.max(...bins.map((bin) => bin.count), 0);
  if (most === 0) return null;
  const y = scaleOf(0, most);
  const width = (SIZE.width - SIZE.left - SIZE.right) / bins.length;
  return (
    <svg className="plot curve" viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={label}>
      <Axis values={[0, most]} y={y} text={String} />
      {bins.map((bin, index) => (
        <g key={bin.from}>
          <rect
            className={bin.from >= 0 ? 'bar-up' : 'bar-down'}
            x={SIZE.left + index * width + 0.5}
            width={Math.max(1, width - 1)}
            y={y(bin.count)}
            height={y(0) - y(bin.count)}
          >
            <title>{t('review.bin', { from: bin.from.toFixed(2), count: bin.count })}</title>
          </rect>
          {Number.isInteger(bin.from) ? (
            <text x={SIZE.left + index * width} y={SIZE.height - 4} textAnchor="middle">
              {bin.from}
            </text>
          ) : null}
        </g>
      ))}
    </svg>
  );
}

/** Mean Sharpe ratio of all trials that share a value: a single peak is a warning. */
export function Sensitivity({
  name,
  values,
}: {
  readonly name: string;
  readonly values: readonly { readonly value: string; readonly meanSharpe: number | null }[];
}): React.JSX.Element {
  const known = values.map((entry) => entry.meanSharpe ?? 0);
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  const y = scaleOf(low, high);
  const x = scaleX(0, Math.max(1, values.length - 1));
  return (
    <svg className="plot curve" viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={name}>
      <Axis values={[low, 0, high].filter((value, index, all) => all.indexOf(value) === index)} y={y} text={(value) => numberText(value, 2)} />
      <polyline className="curve-0" points={known.map((value, index) => `${x(index)},${y(value)}`).join(' ')} />
      {values.map((entry, index) => (
        <g key={entry.value}>
          <circle className="plot-dot" cx={x(index)} cy={y(known[index] ?? 0)} r={4} />
          <text x={x(index)} y={SIZE.height - 4} textAnchor={index === values.length - 1 && index > 0 ? 'end' : 'middle'}>
            {entry.value}
          </text>
        </g>
      ))}
    </svg>
  );
}
