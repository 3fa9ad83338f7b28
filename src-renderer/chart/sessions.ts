// Kill zones: the hours of the day in which the strategy expects moves, as pale bands behind the candles.
import type { Settings } from '../../src-shared/contract/settings.ts';
import { translate } from '../i18n/translate.ts';
import type { Frame } from './canvas.ts';

export interface SessionBand {
  readonly name: 'asia' | 'london' | 'newYork';
  /** Minutes after midnight UTC; `until` may be below `from` when the session passes midnight. */
  readonly from: number;
  readonly until: number;
}

const DAY_MS = 86_400_000;
const DAYS_DRAWN = 40;

/** `06:00-09:00` as minutes after midnight; null when it cannot be read. */
export function parseSession(text: string): { readonly from: number; readonly until: number } | null {
  const match = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text);
  if (match === null) return null;
  const [, fromHour, fromMinute, untilHour, untilMinute] = match.map(Number);
  return { from: (fromHour ?? 0) * 60 + (fromMinute ?? 0), until: (untilHour ?? 0) * 60 + (untilMinute ?? 0) };
}

export function sessionBands(settings: Pick<Settings, 'asiaSession' | 'londonSession' | 'newYorkSession'>): readonly SessionBand[] {
  const named = [
    ['asia', settings.asiaSession],
    ['london', settings.londonSession],
    ['newYork', settings.newYorkSession],
  ] as const;
  return named.flatMap(([name, text]) => {
    const span = parseSession(text);
    return span === null ? [] : [{ name, ...span }];
  });
}

export function drawSessions(frame: Frame, bands: readonly SessionBand[], span: { readonly first: number; readonly last: number }): void {
  const { context, palette } = frame;
  const lastDay = Math.floor(span.last / DAY_MS);
  for (let day = Math.max(Math.floor(span.first / DAY_MS), lastDay - DAYS_DRAWN); day <= lastDay; day += 1) {
    for (const band of bands) {
      const from = day * DAY_MS + band.from * 60_000;
      const until = day * DAY_MS + band.until * 60_000 + (band.until <= band.from ? DAY_MS : 0);
      const left = frame.x(from);
      const right = frame.x(until);
      if (right < 0 || left > frame.width || right - left < 2) continue;
      context.globalAlpha = 0.05;
      context.fillStyle = palette.accent;
      context.fillRect(left, 0, right - left, frame.height);
      context.globalAlpha = 0.7;
      if (right - left > 44) {
        context.fillStyle = palette.muted;
        context.textAlign = 'left';
        context.fillText(translate(`session.${band.name}`), left + 3, frame.height - 8);
      }
      context.globalAlpha = 1;
    }
  }
}
