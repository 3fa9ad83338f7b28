// How numbers and times look: tabular, signed where the sign matters, never an exponent; by Intl in the active language.
import type { MarketInfo } from '../../src-shared/contract/view.ts';
import { dateFormat, numberFormat } from '../i18n/language.ts';
import { translate } from '../i18n/translate.ts';
import { usePreferences } from '../state/preferences.ts';

export const NO_VALUE = '–';

/** A plain number with separators and a fixed number of places. */
export function numberText(value: number | undefined, places: number): string {
  return value === undefined || !Number.isFinite(value) ? NO_VALUE : numberFormat(places).format(value);
}

/** As many places as the number has, for quantities whose step is not known; never an exponent. */
export function plainNumber(value: number): string {
  const places = Number.isFinite(value) ? (/\.(\d+)$/.exec(value.toFixed(8).replace(/\.?0+$/, ''))?.[1]?.length ?? 0) : 0;
  return numberText(value, places);
}

export function formatUsdt(units: number, places = 2): string {
  return numberText(units / 1e8, places);
}

export function formatSignedUsdt(units: number, places = 2): string {
  return `${units > 0 ? '+' : ''}${formatUsdt(units, places)}`;
}

export function formatPrice(market: MarketInfo | undefined, price: number): string {
  const places = market?.priceScale ?? (price >= 100 ? 2 : 5);
  return numberText(price, Math.min(8, places));
}

export function ticksToPrice(market: MarketInfo | undefined, value: number | null): number {
  return market === undefined || value === null ? Number.NaN : (value * market.tickUnits) / 10 ** market.priceScale;
}

export function priceToTicks(market: MarketInfo, price: number): number {
  return Math.round((price * 10 ** market.priceScale) / market.tickUnits);
}

export function formatLots(market: MarketInfo | undefined, value: number): string {
  return market === undefined ? String(value) : numberText((value * market.stepUnits) / 10 ** market.quantityScale, market.quantityScale);
}

export function lotsToQuantity(market: MarketInfo | undefined, value: number): number {
  return market === undefined ? 0 : (value * market.stepUnits) / 10 ** market.quantityScale;
}

export function formatPercent(fraction: number, places = 2): string {
  return Number.isFinite(fraction) ? `${fraction > 0 ? '+' : ''}${numberText(fraction * 100, places)}%` : NO_VALUE;
}

export function formatShare(fraction: number | null): string {
  return fraction === null || !Number.isFinite(fraction) ? NO_VALUE : `${Math.round(fraction * 100)}%`;
}

export function formatR(value: number): string {
  return Number.isFinite(value) ? `${value > 0 ? '+' : ''}${value.toFixed(2)} R` : NO_VALUE;
}

/** 1.2B, 34.5M, 6.7K; 12亿 and 3450万 in Chinese. */
export function formatVolume(value: number): string {
  const places = value >= 1000 ? 1 : 0;
  return numberFormat(places, { notation: 'compact' }).format(value);
}

function timeZone(): string | undefined {
  return usePreferences.getState().clock === 'utc' ? 'UTC' : undefined;
}

/** Month, day, hour and minute, in UTC or local time as the person prefers. */
export function formatMoment(time: number): string {
  const zone = timeZone();
  return dateFormat({
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(time);
}

/** Month, day and time to the second, for lists where the order of things within a minute matters. */
export function formatInstant(time: number): string {
  const zone = timeZone();
  return dateFormat({
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(time);
}

/** A day with its year, for what may lie long ago. */
export function formatDay(time: number): string {
  const zone = timeZone();
  return dateFormat({ dateStyle: 'medium', ...(zone === undefined ? {} : { timeZone: zone }) }).format(time);
}

/** The clock of the bottom bar, with seconds and the zone it is in. */
export function formatClock(time: number): string {
  const zone = timeZone();
  const text = dateFormat({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23', ...(zone === undefined ? {} : { timeZone: zone }) }).format(time);
  return zone === undefined ? text : `${text} UTC`;
}

export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return translate('age.seconds', { count: seconds });
  if (seconds < 3600) return translate('age.minutes', { count: Math.floor(seconds / 60) });
  return seconds < 172_800 ? translate('age.hours', { count: Math.floor(seconds / 3600) }) : translate('age.days', { count: Math.floor(seconds / 86_400) });
}

/** Up, down or level; always shown with a sign or arrow as well. */
export function toneOf(value: number): 'up' | 'down' | 'level' {
  return value > 0 ? 'up' : value < 0 ? 'down' : 'level';
}
