// What the way to the exchange is like, and what watching more markets would cost: asked by the screen, answered by the host.
import { z } from 'zod';
import type { Said } from './said.ts';

/** One place the terminal talks to. Simulated, demo and live have one; paper has the market and the local account. */
export interface PlaceDiagnosis {
  readonly side: 'market' | 'trading' | 'both';
  /** e.g. `fapi.binance.com`. */
  readonly host: string;
  readonly via: 'direct' | 'proxy';
  readonly requestsWork: boolean;
  readonly streamsWork: boolean;
  readonly roundTripMs: number | null;
  readonly clockOffsetMs: number | null;
  /** What works, what does not and what to do. */
  readonly sentence: string;
  /** The same by its code, where it has one. */
  readonly said?: Said | null;
}

/** The address the exchange sees. `unknown`: it could not be read; `changed`: it is not the one that was verified, entries wait. */
export interface ExitAddressView {
  readonly state: 'not-needed' | 'verified' | 'unknown' | 'changed';
  readonly address: string | null;
  readonly verifiedAt: number | null;
  readonly sentence: string;
  readonly said?: Said | null;
}

export interface Diagnosis {
  /** Engine time. */
  readonly at: number;
  readonly places: readonly PlaceDiagnosis[];
  readonly exit: ExitAddressView;
  /** True when every place answers requests and streams and the exit address is in order. */
  readonly isFine: boolean;
}

/** Request weight and connections of watching `symbols` markets, beside what is watched now (H8). */
export interface WeightForecastView {
  readonly symbols: number;
  readonly warmUpWeight: number;
  readonly warmUpSeconds: number;
  readonly steadyPerMinute: number;
  readonly connections: number;
  /** Weight per minute that every open position adds. */
  readonly perPosition: number;
  /** e.g. `200 → 300 symbols: a first start costs …`. */
  readonly sentence: string;
}

export const forecastRequestSchema = z.object({ symbols: z.number().int().min(1).max(500), limitPerMinute: z.number().min(100).max(2400).nullable() });
/** `limitPerMinute` is the weight budget that would be set; null for the present one. */
export type ForecastRequest = z.infer<typeof forecastRequestSchema>;
