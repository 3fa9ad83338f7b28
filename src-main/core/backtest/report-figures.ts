// Figures of the printable report as SVG text: equity, underwater, distribution of R.
import type { HistogramBin } from '../review/breakdown.ts';

const WIDTH = 900;
const HEIGHT = 220;
const LEFT = 64;
const BOTTOM = 22;

interface Scale {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

function scaleOf(count: number, low: number, high: number): Scale {
  const span = high - low || 1;
  return {
    x: (index) => LEFT + (index / Math.max(1, count - 1)) * (WIDTH - LEFT - 8),
    y: (value) => 8 + (1 - (value - low) / span) * (HEIGHT - BOTTOM - 8),
  };
}

function frame(label: string, body: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${body}</svg>`;
}

function axis(scale: Scale, values: readonly number[], format: (value: number) => string): string {
  return values
    .map(
      (value) =>
        `<line x1="${LEFT}" x2="${WIDTH - 8}" y1="${scale.y(value).toFixed(1)}" y2="${scale.y(value).toFixed(1)}" class="grid"/><text x="${LEFT - 6}" y="${(scale.y(value) + 4).toFixed(1)}" class="tick">${format(value)}</text>`,
    )
    .join('');
}

function dates(scale: Scale, times: readonly number[]): string {
  return [0, 0.25, 0.5, 0.75, 1]
    .map((share) => Math.round(share * (times.length - 1)))
    .filter((index) => index >= 0)
    .map(
      (index) =>
        `<text x="${scale.x(index).toFixed(1)}" y="${HEIGHT - 6}" class="${index === 0 ? 'start' : index === times.length - 1 ? 'end' : 'middle'}">${new Date(times[index]!).toISOString().slice(0, 10)}</text>`,
    )
    .join('');
}

/** At most `WIDTH` points, each the last of its stretch. */
function thin(times: readonly number[], values: readonly number[]): { readonly times: readonly number[]; readonly values: readonly number[] } {
  const stride = Math.max(1, Math.ceil(values.length / WIDTH));
  const kept = values.map((_, index) => index).filter((index) => index % stride === 0 || index === values.length - 1);
  return { times: kept.map((index) => times[index]!), values: kept.map((index) => values[index]!) };
}

export function equityFigure(times: readonly number[], equity: readonly number[]): string {
  const { times: shownTimes, values } = thin(times, equity);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const scale = scaleOf(values.length, low, high);
  const points = values.map((value, index) => `${scale.x(index).toFixed(1)},${scale.y(value).toFixed(1)}`).join(' ');
  return frame(
    'Equity in USDT',
    `${axis(scale, [low, (low + high) / 2, high], (value) => value.toFixed(0))}${dates(scale, shownTimes)}<polyline points="${points}" class="line"/>`,
  );
}

export function underwaterFigure(times: readonly number[], equity: readonly number[]): string {
  let peak = -Infinity;
  const falls = equity.map((value) => {
    peak = Math.max(peak, value);
    return (value / peak - 1) * 100;
  });
  const { times: shownTimes, values } = thin(times, falls);
  const low = Math.min(-0.1, ...values);
  const scale = scaleOf(values.length, low, 0);
  const points = values.map((value, index) => `${scale.x(index).toFixed(1)},${scale.y(value).toFixed(1)}`).join(' ');
  const area = `${LEFT},${scale.y(0).toFixed(1)} ${points} ${scale.x(values.length - 1).toFixed(1)},${scale.y(0).toFixed(1)}`;
  return frame(
    'Fall from the peak in percent',
    `${axis(scale, [low, low / 2, 0], (value) => `${value.toFixed(1)} %`)}${dates(scale, shownTimes)}<polygon points="${area}" class="loss"/>`,
  );
}

export function histogramFigure(bins: readonly HistogramBin[]): string {
  const most = Math.max(1, ...bins.map((bin) => bin.count));
  const scale = scaleOf(bins.length + 1, 0, most);
  const bars = bins
    .map((bin, index) => {
      const x = scale.x(index);
      return `<rect x="${(x + 1).toFixed(1)}" y="${scale.y(bin.count).toFixed(1)}" width="${(scale.x(index + 1) - x - 2).toFixed(1)}" height="${(scale.y(0) - scale.y(bin.count)).toFixed(1)}" class="${bin.from < 0 ? 'bad' : 'good'}"/>`;
    })
    .join('');
  const labels = bins
    .map((bin, index) => (Number.isInteger(bin.from) ? `<text x="${scale.x(index).toFixed(1)}" y="${HEIGHT - 6}" class="middle">${bin.from} R</text>` : ''))
    .join('');
  return frame('Number of trades by result in R', `${axis(scale, [0, most], String)}${bars}${labels}`);
}

/** Mean result per value of one swept parameter: a lone peak between poor neighbours is a warning, a plateau is not. */
export function sensitivityFigure(name: string, entries: readonly { readonly value: number | boolean | string; readonly meanSharpe: number }[]): string {
  const means = entries.map((entry) => entry.meanSharpe);
  const scale = scaleOf(entries.length + 1, Math.min(0, ...means), Math.max(0, ...means));
  const bars = entries
    .map(({ value, meanSharpe }, index) => {
      const x = scale.x(index);
      const width = scale.x(index + 1) - x;
      const top = scale.y(Math.max(0, meanSharpe));
      const height = Math.abs(scale.y(0) - scale.y(meanSharpe));
      const label = String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      return `<rect x="${(x + width * 0.2).toFixed(1)}" y="${top.toFixed(1)}" width="${(width * 0.6).toFixed(1)}" height="${height.toFixed(1)}" class="${meanSharpe < 0 ? 'bad' : 'good'}"/><text x="${(x + width / 2).toFixed(1)}" y="${HEIGHT - 6}" class="middle">${label}</text>`;
    })
    .join('');
  const lines = axis(scale, [Math.min(0, ...means), 0, Math.max(0, ...means)], (value) => value.toFixed(2));
  return frame(`Mean Sharpe ratio by ${name}`, `${lines}${bars}`);
}
