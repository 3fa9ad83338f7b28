// Settings in a JSON file that holds only what was changed from the defaults; written atomically, refused in plain words.
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { defaultSettings, parseSettings, settingKeys, SETTINGS_VERSION, type Settings, type SettingsProblem } from '../../../src-shared/contract/settings.ts';
import { err, ok } from '../../../src-shared/kernel/result.ts';
import type { SettingsStore } from '../../core/ports.ts';

const fileSchema = z.object({ version: z.number().int().positive(), values: z.record(z.string(), z.unknown()) });

/** Reads when it is asked and writes whole files; a failure names the file and what to do. */
export function createSettingsStore(file: string): SettingsStore {
  return {
    load: () => {
      if (!existsSync(file)) return ok(defaultSettings());
      const whole = (message: string): ReturnType<SettingsStore['load']> =>
        err([{ path: file, value: null, allowed: 'a settings file of this terminal', message }]);
      let parsed: unknown;
      try {
        parsed = JSON.parse(readFileSync(file, 'utf8'));
      } catch (failure) {
        return whole(
          `${file} is not valid JSON (${failure instanceof Error ? failure.message : String(failure)}); mend that place, or rename the file to start with the defaults`,
        );
      }
      const document = fileSchema.safeParse(parsed);
      if (!document.success) return whole(`${file} must look like {"version": ${SETTINGS_VERSION}, "values": {…}}; rename it to start with the defaults`);
      if (document.data.version > SETTINGS_VERSION)
        return whole(`${file} was written by a newer version (${document.data.version}); start that version, or rename the file to start with the defaults`);
      return parseSettings(document.data.values);
    },
    save: (settings) => {
      const defaults = defaultSettings();
      const values = Object.fromEntries(
        settingKeys()
          .filter((key) => settings[key] !== defaults[key])
          .map((key) => [key, settings[key]]),
      );
      try {
        writeAtomically(file, `${JSON.stringify({ version: SETTINGS_VERSION, values }, null, 2)}\n`);
        return ok(null);
      } catch (failure) {
        return err({
          uiMessage: `The settings could not be saved to ${file} (${failure instanceof Error ? failure.message : String(failure)}). They stay in force until the terminal stops.`,
        });
      }
    },
  };
}

/** Write, sync, rename: a crash leaves the old file or the new one, never half of one. */
export function writeAtomically(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

/** What is wrong in which file, one line a problem, for the console. */
export function describeProblems(file: string, problems: readonly SettingsProblem[]): string {
  return `The settings in ${file} cannot be used; nothing was started and nothing was changed.\n${problems.map((problem) => `  ${problem.message}.`).join('\n')}`;
}

export type { Settings };
