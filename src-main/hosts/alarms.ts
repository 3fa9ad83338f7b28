// Keeps the alarms a person set: in a file, judged twice a second in the host, told to the log, Discord, the desktop and every screen.
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { alarmCommandSchema, alarmRuleSchema, type AlarmRing, type AlarmRule, type AlarmsView, type RungAlarm } from '../../src-shared/contract/alarms.ts';
import { inEnglish, say, type Said } from '../../src-shared/contract/said.ts';
import type { CommandAccepted, CommandRefused } from '../../src-shared/contract/commands.ts';
import type { EngineEventBody } from '../../src-shared/contract/events.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { assertNever, err, ok, type Result } from '../../src-shared/kernel/result.ts';
import type { EpochMs } from '../../src-shared/kernel/units.ts';
import { writeAtomically } from '../adapters/settings/settings-store.ts';
import type { Logger, Notifier } from '../core/ports.ts';
import { AlarmMemory, type ZonesOf } from './alarm-judge.ts';

const LOOK_MS = 500;
const MOST_RULES = 200;
const MOST_RUNG = 100;

const fileSchema = z.object({ version: z.literal(1), rules: z.array(alarmRuleSchema).max(MOST_RULES), lastRungId: z.number().int().min(0) });

export interface AlarmDeskParts {
  /** Where the rules are kept. */
  readonly file: string;
  readonly view: { snapshot(): Snapshot; publish(bodies: readonly EngineEventBody[], time: EpochMs): void };
  readonly zonesOf: ZonesOf;
  readonly notifier: Notifier;
  readonly logger: Logger;
  readonly now: () => EpochMs;
}

export interface AlarmDesk {
  /** Sets or removes a rule; refused in words. The screens hear of it through the `alarms` event. */
  command(raw: unknown): Result<CommandAccepted, CommandRefused>;
  /** Judges all rules once. */
  look(): void;
  stop(): void;
}

/** Reads the rules, tells the screens and starts judging. A damaged file is kept beside and said aloud; the terminal starts without alarms. */
export function startAlarms(parts: AlarmDeskParts): AlarmDesk {
  const { file, view, logger, now } = parts;
  const memory = new AlarmMemory();
  let { rules, lastRungId } = load(parts);
  let rung: readonly RungAlarm[] = [];
  const publish = (): void => {
    const alarms: AlarmsView = { rules, rung };
    view.publish([{ kind: 'alarms', alarms }], now());
  };
  const save = (): boolean => {
    try {
      writeAtomically(file, `${JSON.stringify({ version: 1, rules, lastRungId }, null, 2)}\n`);
      return true;
    } catch (failure) {
      logger.log('error', 'alarm-rules', `The alarms could not be saved (${failure instanceof Error ? failure.message : String(failure)}).`);
      return false;
    }
  };
  const look = (): void => {
    if (rules.length === 0) return;
    const snapshot = view.snapshot();
    const rings = memory.look(rules, snapshot, parts.zonesOf);
    if (rings.length === 0) return;
    for (const ring of rings) {
      lastRungId += 1;
      rung = [...rung.slice(1 - MOST_RUNG), { id: lastRungId, time: now(), ring }];
      parts.notifier.notify({ topic: 'alarm', ...wordsOf(ring) });
    }
    save();
    publish();
  };
  const timer = setInterval(look, LOOK_MS);
  publish();
  return {
    look,
    stop: () => clearInterval(timer),
    command: (raw) => {
      const parsed = alarmCommandSchema.safeParse(raw);
      if (!parsed.success) return refuse('alarm.malformed', say('refused.alarmMalformed'));
      const wish = parsed.data;
      const before = rules;
      if (wish.kind === 'remove') rules = rules.filter((rule) => rule.id !== wish.id);
      else if (rules.some((rule) => rule.id === wish.rule.id)) rules = rules.map((rule) => (rule.id === wish.rule.id ? wish.rule : rule));
      else if (rules.length >= MOST_RULES) return refuse('alarm.too_many', say('refused.alarmTooMany', { count: MOST_RULES }));
      else rules = [...rules, wish.rule];
      if (!save()) {
        rules = before;
        return refuse('alarm.not_saved', say('refused.alarmNotSaved'));
      }
      look();
      publish();
      const said = say(wish.kind === 'remove' ? 'answer.alarmGone' : 'answer.alarmSet');
      return ok({ message: inEnglish(said), said });
    },
  };
}

function refuse(code: string, said: Said): Result<never, CommandRefused> {
  return err({ code, uiMessage: inEnglish(said), said });
}

function load({ file, logger }: AlarmDeskParts): { readonly rules: readonly AlarmRule[]; readonly lastRungId: number } {
  if (!existsSync(file)) return { rules: [], lastRungId: 0 };
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    try {
      writeAtomically(`${file}.damaged`, readFileSync(file, 'utf8'));
    } catch {
      // The copy is a courtesy; the warning below is what matters.
    }
    logger.log('warn', 'alarm-rules', `${file} could not be read; no alarm is set. The old file is kept as ${file}.damaged.`);
    return { rules: [], lastRungId: 0 };
  }
}

/** Title and text for the log, Discord and the desktop. */
function wordsOf(ring: AlarmRing): { readonly title: string; readonly text: string } {
  switch (ring.kind) {
    case 'price':
      return { title: `${ring.symbol} at ${ring.price}`, text: 'The price you set an alarm on is reached.' };
    case 'zone':
      return { title: `${ring.symbol} touches an order block`, text: `The price is ${ring.price}.` };
    case 'signal':
      return { title: `Signal: ${ring.symbol} ${ring.side}`, text: `It was ${ring.outcome}.` };
    case 'risk':
      return { title: 'Daily loss', text: `${ring.percent.toFixed(0)} % of the daily loss limit is used.` };
    case 'health':
      return { title: ring.label, text: ring.detail };
    default:
      return assertNever(ring);
  }
}
