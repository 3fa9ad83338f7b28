// The studies on one chart: adds and removes their lines and keeps them current, at most once a second while a candle forms.
import { LineSeries, LineStyle, type IChartApi, type ISeriesApi, type LineData, type Time } from 'lightweight-charts';
import type { CandleColumns } from '../../src-shared/domain/candle.ts';
import type { StudyName } from '../state/preferences.ts';
import { toBarTime } from './build.ts';
import type { Palette } from './colours.ts';
import { isOnPrice, studyLines, type StudyLine, type StudySettings } from './study-values.ts';

const OWN_PANE_SHARE = 0.18;

function toPoints(candles: CandleColumns, line: StudyLine): LineData<Time>[] {
  const offset = candles.openTime.length - line.values.length;
  return line.values.flatMap((value, index) => (Number.isFinite(value) ? [{ time: toBarTime(candles.openTime[index + offset] ?? 0), value }] : []));
}

export class Studies {
  readonly #chart: IChartApi;
  readonly #palette: Palette;
  readonly #series = new Map<string, ISeriesApi<'Line'>>();
  #names: readonly StudyName[] = [];

  constructor(chart: IChartApi, palette: Palette) {
    this.#chart = chart;
    this.#palette = palette;
  }

  /** Draws exactly these studies for these candles. */
  show(names: readonly StudyName[], candles: CandleColumns, settings: StudySettings): void {
    if (names.join() !== this.#names.join()) this.#clear();
    this.#names = names;
    let pane = 1;
    let colour = 0;
    for (const name of names) {
      const paneIndex = isOnPrice(name) ? 0 : pane++;
      for (const [index, line] of studyLines(name, candles, settings).entries()) {
        const key = `${name} ${index}`;
        const series =
          this.#series.get(key) ??
          this.#add(key, { title: line.name, paneIndex, colour: colour + (name === 'bollinger' ? 0 : index), isThin: name === 'bollinger' });
        series.setData(toPoints(candles, line));
      }
      colour += 1;
    }
  }

  #add(key: string, options: { readonly title: string; readonly paneIndex: number; readonly colour: number; readonly isThin: boolean }): ISeriesApi<'Line'> {
    const series = this.#chart.addSeries(
      LineSeries,
      {
        color: this.#palette.studies[options.colour % this.#palette.studies.length] ?? this.#palette.accent,
        lineWidth: 1,
        lineStyle: options.isThin ? LineStyle.Dotted : LineStyle.Solid,
        title: options.title,
        priceLineVisible: false,
        lastValueVisible: options.paneIndex > 0,
        crosshairMarkerVisible: false,
      },
      options.paneIndex,
    );
    if (options.paneIndex > 0) {
      const panes = this.#chart.panes();
      const height = panes.reduce((sum, pane) => sum + pane.getHeight(), 0);
      panes[options.paneIndex]?.setHeight(Math.max(60, height * OWN_PANE_SHARE));
    }
    this.#series.set(key, series);
    return series;
  }

  #clear(): void {
    for (const series of this.#series.values()) this.#chart.removeSeries(series);
    this.#series.clear();
  }
}
