// How numbers look: tabular, signed where the sign matters, never an exponent.
import type { MarketInfo } from '../../src-shared/contract/view.ts';

export const NO_VALUE = '–';

export function formatUsdt(units: number, places = 2): string {
  return withSeparators((units / 1e8).toFixed(places));
}

export function formatSignedUsdt(units: number, places = 2): string {
  return `${units > 0 ? '+' : ''}${formatUsdt(units, places)}`;
}

export function formatPrice(market: MarketInfo | undefined, price: number): string {
  if (!Number.isFinite(price)) return NO_VALUE;
  const places = market?.priceScale ?? (price >= 100 ? 2 : 5);
  return withSeparators(price.toFixed(Math.min(8, places)));
}

export function ticksToPrice(market: MarketInfo | undefined, value: number | null): number {
  return market === undefined || value === null ? Number.NaN : (value * market.tickUnits) / 10 ** market.priceScale;
}

export function priceToTicks(market: MarketInfo, price: number): number {
  return Math.round((price * 10 ** market.priceScale) / market.tickUnits);
}

export function formatLots(market: MarketInfo | undefined, value: number): string {
  return market === undefined ? String(value) : withSeparators(((value * market.stepUnits) / 10 ** market.quantityScale).toFixed(market.quantityScale));
}

export function lotsToQuantity(market: MarketInfo | undefined, value: number): number {
  return market === undefined ? 0 : (value * market.stepUnits) / 10 ** market.quantityScale;
}

export function formatPercent(fraction: number, places = 2): string {
  if (!Number.isFinite(fraction)) return NO_VALUE;
  const value = fraction * 100;
  return `${value > 0 ? '+' : ''}${value.toFixed(places)}%`;
}

export function formatShare(fraction: number | null): string {
  return fraction === null || !Number.isFinite(fraction) ? NO_VALUE : `${Math.round(fraction * 100)}%`;
}

export function formatR(value: number): string {
  return Number.isFinite(value) ? `${value > 0 ? '+' : ''}${value.toFixed(2)} R` : NO_VALUE;
}

/** 1.2B, 34.5M, 6.7K. */
export function formatVolume(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)}B`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)}M`;
  return value >= 1e3 ? `${(value / 1e3).toFixed(1)}K` : value.toFixed(0);
}

export function formatMoment(time: number): string {
  return new Date(time).toISOString().slice(5, 16).replace('T', ' ');
}

export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** Up, down or level; always shown with a sign or arrow as well. */
export function toneOf(value: number): 'up' | 'down' | 'level' {
  return value > 0 ? 'up' : value < 0 ? 'down' : 'level';
}

function withSeparators(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}
