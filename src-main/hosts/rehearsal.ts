// The rehearsal panel's other end: reads and steers the clock and the faults of the simulated venue over its own control address.
import { z } from 'zod';
import { CallError } from '../../src-shared/contract/rpc.ts';
import type { RehearsalAction, RehearsalView } from '../../src-shared/contract/rehearsal.ts';
import { assertNever } from '../../src-shared/kernel/result.ts';
import { FAULTS, faultKind } from './rehearsal-faults.ts';

export interface VenuePanel {
  /** REST base of the simulated venue. */
  readonly url: string;
  readonly apiKey: string;
}

const TIMEOUT_MS = 5000;
const LOG_SHOWN = 100;

const clockSchema = z.object({ serverTime: z.number(), speed: z.number(), paused: z.boolean() });
const valueSchema = z.union([z.number(), z.string(), z.boolean()]);
const chaosSchema = z.object({
  counts: z.array(z.object({ id: z.number(), rule: z.looseObject({ kind: z.string() }), injected: z.number(), endsAt: z.number().nullable() })),
  log: z.array(z.object({ time: z.number(), kind: z.string(), detail: z.string() })),
});
const refusalSchema = z.object({ msg: z.string() });

/** Rejects with a CallError when the venue does not answer. */
export async function readRehearsal(panel: VenuePanel): Promise<RehearsalView> {
  const [clock, chaos] = await Promise.all([ask(panel, 'GET /venue/clock', clockSchema), ask(panel, 'GET /venue/chaos', chaosSchema)]);
  return {
    time: clock.serverTime,
    speed: clock.speed,
    isPaused: clock.paused,
    faults: FAULTS,
    running: chaos.counts
      .filter(({ endsAt }) => endsAt === null || endsAt > clock.serverTime)
      .map(({ id, rule, injected, endsAt }) => ({ id, kind: rule.kind, values: valuesOf(rule), struck: injected, endsAt })),
    log: chaos.log.slice(-LOG_SHOWN),
  };
}

/** Carries out one action and gives the panel as it is then. */
export async function rehearse(panel: VenuePanel, action: RehearsalAction): Promise<RehearsalView> {
  switch (action.kind) {
    case 'set-speed':
      await ask(panel, 'POST /venue/clock', clockSchema, { speed: action.speed });
      break;
    case 'pause':
    case 'resume':
      await ask(panel, 'POST /venue/clock', clockSchema, { paused: action.kind === 'pause' });
      break;
    case 'step':
      await ask(panel, 'POST /venue/clock', clockSchema, { stepMs: Math.round(action.seconds * 1000) });
      break;
    case 'start-fault':
      await startFault(panel, action);
      break;
    case 'stop-fault':
      await ask(panel, `DELETE /venue/chaos/rules?id=${action.id}`, z.unknown(), {});
      break;
    case 'stop-all-faults':
      await ask(panel, 'DELETE /venue/chaos', z.unknown(), {});
      break;
    default:
      return assertNever(action);
  }
  return readRehearsal(panel);
}

async function startFault(panel: VenuePanel, action: Extract<RehearsalAction, { kind: 'start-fault' }>): Promise<void> {
  const known = faultKind(action.fault);
  if (known === undefined) throw new CallError('rehearsal.unknown', `There is no fault named ${action.fault}.`);
  const rule: Record<string, unknown> = { kind: known.kind };
  for (const { name, kind, initial } of known.fields) {
    const value = action.values[name] ?? initial;
    if (kind !== 'symbol' || value !== '') rule[name] = value;
  }
  if (known.form === 'moment') await ask(panel, 'POST /venue/chaos/now', z.unknown(), rule);
  else await ask(panel, 'POST /venue/chaos/rules', z.unknown(), { rule, seconds: action.seconds });
}

/** Only what the panel can set: schedules and timing of a plan from a file stay out. */
function valuesOf(rule: Readonly<Record<string, unknown>>): Readonly<Record<string, number | string | boolean>> {
  const fields = new Set(faultKind(String(rule['kind']))?.fields.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(rule).flatMap(([name, raw]) => {
      const value = valueSchema.safeParse(raw);
      return fields.has(name) && value.success ? [[name, value.data]] : [];
    }),
  );
}

async function ask<T>(panel: VenuePanel, route: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
  const [method = 'GET', path = '/'] = route.split(' ');
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(`${panel.url}${path}`, {
      method,
      headers: { 'X-MBX-APIKEY': panel.apiKey, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    answer = await response.json();
  } catch {
    throw new CallError('rehearsal.unreachable', 'The simulated exchange does not answer. Restart the terminal; the account is kept.');
  }
  if (!response.ok) {
    const refusal = refusalSchema.safeParse(answer);
    throw new CallError('rehearsal.refused', refusal.success ? refusal.data.msg : `The simulated exchange refused (${response.status}).`);
  }
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new CallError('rehearsal.refused', 'The answer of the simulated exchange was not understood.');
  return parsed.data;
}
