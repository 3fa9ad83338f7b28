// Secrets of the desktop app: the environment first, then a file that the operating system's keychain encrypts.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { SECRET_NAMES, type SecretName } from '../../../src-shared/contract/parameters.ts';
import { takeSecrets } from '../node/secrets.ts';
import { createSecretStore, type SecretStore } from '../secrets.ts';

/** The few calls of Electron's `safeStorage` that are used. */
export interface Keychain {
  /** False also where Electron would fall back to a key that everybody knows. */
  isAvailable(): Promise<boolean>;
  encrypt(text: string): Promise<Buffer>;
  /** Rejects when the text was encrypted by another user or machine. `isOutdated`: the system has a newer key; encrypt it again. */
  decrypt(encrypted: Buffer): Promise<{ readonly text: string; readonly isOutdated: boolean }>;
}

export interface KeychainSecretsOptions {
  readonly file: string;
  readonly keychain: Keychain;
  readonly environment: NodeJS.ProcessEnv;
  readonly onProblem: (sentence: string) => void;
}

/** Set to 1 to keep the secrets of this start's environment in the keychain for the next ones. */
const REMEMBER = 'TERMINAL_REMEMBER_SECRETS';

const fileSchema = z.record(z.string(), z.string());

/** Reads each secret once; no child process inherits one, and none is ever written unencrypted. */
export async function createKeychainSecrets(options: KeychainSecretsOptions): Promise<SecretStore> {
  const { keychain, environment, onProblem } = options;
  const remember = environment[REMEMBER] === '1';
  delete environment[REMEMBER];
  const given = takeSecrets(environment);
  const stored = await readStored(options);
  const values = new Map([...stored.values, ...given]);
  if (remember && !(await keychain.isAvailable())) onProblem('The secrets were not kept: this system has no keychain. They are used for this start only.');
  else if (remember || stored.isOutdated) await keep(options, remember ? values : stored.values);
  return createSecretStore(values);
}

interface Stored {
  readonly values: ReadonlyMap<SecretName, string>;
  /** Written with a key that the system has replaced since. */
  readonly isOutdated: boolean;
}

async function readStored({ file, keychain, onProblem }: KeychainSecretsOptions): Promise<Stored> {
  const values = new Map<SecretName, string>();
  let isOutdated = false;
  if (!existsSync(file)) return { values, isOutdated };
  if (!(await keychain.isAvailable())) {
    onProblem('The stored API keys cannot be read: the keychain is not available. Unlock it and start again, or give the keys in the environment.');
    return { values, isOutdated };
  }
  try {
    const stored = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const name of SECRET_NAMES) {
      const encrypted = stored[name];
      if (encrypted === undefined) continue;
      const decrypted = await keychain.decrypt(Buffer.from(encrypted, 'base64'));
      values.set(name, decrypted.text);
      isOutdated ||= decrypted.isOutdated;
    }
  } catch {
    isOutdated = false;
    onProblem(`The stored API keys in ${file} cannot be decrypted by this user on this machine. Give them in the environment again with ${REMEMBER}=1.`);
  }
  return { values, isOutdated };
}

/** What cannot be kept is used for this start; it never keeps the terminal from starting. */
async function keep({ file, keychain, onProblem }: KeychainSecretsOptions, values: ReadonlyMap<SecretName, string>): Promise<void> {
  try {
    const encrypted: Record<string, string> = {};
    for (const [name, value] of values) encrypted[name] = (await keychain.encrypt(value)).toString('base64');
    mkdirSync(dirname(file), { recursive: true });
    const temporary = `${file}.new`;
    writeFileSync(temporary, JSON.stringify(encrypted), { mode: 0o600 });
    renameSync(temporary, file);
  } catch (failure) {
    onProblem(`The secrets could not be kept (${failure instanceof Error ? failure.message : String(failure)}). They are used for this start only.`);
  }
}
