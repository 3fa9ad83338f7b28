// Alarms a person sets: the rules, judged by the host whether a screen is open or not, and what rang.
import { z } from 'zod';
import type { Said } from './said.ts';
import type { EpochMs } from '../kernel/units.ts';

export const ALARM_KINDS = ['price_above', 'price_below', 'zone', 'signal', 'risk', 'health'] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

export const alarmRuleSchema = z.object({
  id: z.string().min(1).max(64),
  kind: z.enum(ALARM_KINDS),
  /** Null: any market, or none is meant. */
  symbol: z.string().min(1).max(40).nullable(),
  /** Price for price alarms, percent of the daily loss limit for risk alarms. */
  level: z.number().positive().nullable(),
  enabled: z.boolean(),
});
export type AlarmRule = z.infer<typeof alarmRuleSchema>;

export const alarmCommandSchema = z.discriminatedUnion('kind', [
  /** A new rule, or a known one changed. */
  z.object({ kind: z.literal('set'), rule: alarmRuleSchema }),
  z.object({ kind: z.literal('remove'), id: z.string().min(1).max(64) }),
]);
export type AlarmCommand = z.infer<typeof alarmCommandSchema>;

/** What became true. The screen puts it into words of its language. */
export type AlarmRing =
  | { readonly kind: 'price'; readonly symbol: string; readonly price: number }
  | { readonly kind: 'zone'; readonly symbol: string; readonly price: number }
  | { readonly kind: 'signal'; readonly signalId: string; readonly symbol: string; readonly side: string; readonly outcome: string }
  | { readonly kind: 'risk'; readonly percent: number }
  | { readonly kind: 'health'; readonly id: string; readonly label: string; readonly detail: string; readonly said?: Said | null };

export interface RungAlarm {
  /** Grows over restarts. */
  readonly id: number;
  readonly time: EpochMs;
  readonly ring: AlarmRing;
}

export interface AlarmsView {
  readonly rules: readonly AlarmRule[];
  /** Newest last, at most 100. */
  readonly rung: readonly RungAlarm[];
}
