// The plan of a bad day: which faults the venue injects, when, how often and into what. Read from a file or sent by a panel.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';

/** Seconds are simulated seconds since the venue started; milliseconds are real ones. */
const timing = {
  from: z.number().min(0).default(0),
  until: z.number().positive().optional(),
  /** Stops after this many injections. */
  limit: z.number().int().positive().optional(),
};
const chance = { probability: z.number().min(0).max(1).default(1) };
/** `POST /fapi/v1/order` or a prefix of it; every request when absent. */
const target = { on: z.string().optional() };
/** Once at a time, or again and again. */
const schedule = { at: z.number().min(0).optional(), every: z.number().positive().optional() };
/** A symbol, or one that is held or, failing that, the first of the market. */
const where = { symbol: z.string().optional() };
const channel = { stream: z.enum(['user', 'market', 'all']).default('all') };
const milliseconds = z.number().min(0).max(600_000);

const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('latency'),
    milliseconds,
    jitter: milliseconds.default(0),
    /** `after`: the request is carried out at once and only its answer is late. */
    when: z.enum(['before', 'after']).default('before'),
    ...timing,
    ...chance,
    ...target,
  }),
  z.strictObject({
    kind: z.literal('error'),
    error: z.enum([
      '429',
      '418',
      '403',
      '451',
      '500',
      '502',
      '503-unavailable',
      '503-throttled',
      'internal',
      'maintenance',
      'unknown-code',
      'key-refused',
      'liquidating',
      'quantitative-rules',
      'region',
    ]),
    /** Real seconds named in Retry-After; a 418 shuts out every request for as long. */
    seconds: z.number().int().min(1).max(3600).default(10),
    ...timing,
    ...chance,
    ...target,
  }),
  z.strictObject({
    kind: z.literal('unknown-outcome'),
    executed: z.boolean(),
    reply: z.enum(['503', 'timeout-code', 'timeout', 'reset']),
    ...timing,
    ...chance,
    ...target,
  }),
  z.strictObject({ kind: z.literal('invisible-order'), milliseconds, ...timing, ...chance }),
  z.strictObject({ kind: z.literal('clock-skew'), milliseconds: z.number().min(-600_000).max(600_000), ...timing }),
  z.strictObject({ kind: z.literal('drop-event'), ...timing, ...chance, ...channel }),
  z.strictObject({ kind: z.literal('duplicate-event'), ...timing, ...chance, ...channel }),
  z.strictObject({ kind: z.literal('delay-event'), milliseconds, ...timing, ...chance, ...channel }),
  z.strictObject({ kind: z.literal('reorder-events'), ...timing, ...chance, ...channel }),
  z.strictObject({ kind: z.literal('ignore-large-subscribe'), bytes: z.number().int().positive().default(4096), ...timing }),
  z.strictObject({ kind: z.literal('disconnect'), ...timing, ...schedule, ...channel }),
  z.strictObject({ kind: z.literal('half-open'), ...timing, ...schedule, ...channel }),
  z.strictObject({ kind: z.literal('expire-listen-key'), ...timing, ...schedule }),
  z.strictObject({ kind: z.literal('thin-book'), thickness: z.number().positive().max(1), ...timing }),
  z.strictObject({ kind: z.literal('gap'), percent: z.number().min(-90).max(300), ...timing, ...schedule, ...where }),
  z.strictObject({ kind: z.literal('halt'), seconds: z.number().positive(), ...timing, ...schedule, ...where }),
  z.strictObject({ kind: z.literal('settle'), ...timing, ...schedule, ...where }),
  z.strictObject({
    kind: z.literal('coarser-filters'),
    ticks: z.number().int().positive(),
    lots: z.number().int().positive(),
    ...timing,
    ...schedule,
    ...where,
  }),
  z.strictObject({ kind: z.literal('auto-deleverage'), ...timing, ...schedule, ...where }),
  z.strictObject({ kind: z.literal('vanish-conditional'), ...timing, ...chance }),
  z.strictObject({ kind: z.literal('orphan-conditionals'), ...timing }),
]);
export type ChaosRule = z.infer<typeof ruleSchema>;
export type RuleOf<Kind extends ChaosRule['kind']> = Extract<ChaosRule, { kind: Kind }>;

/** Every kind of fault there is. */
export const CHAOS_KINDS: readonly ChaosRule['kind'][] = ruleSchema.options.map((option) => option.shape.kind.value);

const planSchema = z.strictObject({ seed: z.number().int().min(0).default(1), rules: z.array(ruleSchema).max(200) });
export type ChaosPlan = z.infer<typeof planSchema>;

export const EMPTY_PLAN: ChaosPlan = { seed: 1, rules: [] };

export function parsePlan(value: unknown): Result<ChaosPlan, string> {
  const parsed = planSchema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return err(`The chaos plan is wrong at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? 'unknown'}.`);
}

/** Reads a plan from a JSON file; the error names the file and the place. */
export function readPlanFile(path: string): Result<ChaosPlan, string> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (failure) {
    return err(`The chaos plan ${path} cannot be read: ${failure instanceof Error ? failure.message : String(failure)}.`);
  }
  const parsed = parsePlan(value);
  return parsed.ok ? parsed : err(`${path}: ${parsed.error}`);
}
