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
  isAvailable(): boolean;
  encrypt(text: string): Buffer;
  /** Throws when the text was encrypted by another user or machine. */
  decrypt(encrypted: Buffer): string;
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
export function createKeychainSecrets(options: KeychainSecretsOptions): SecretStore {
  const { file, keychain, environment, onProblem } = options;
  const remember = environment[REMEMBER] === '1';
  delete environment[REMEMBER];
  const given = takeSecrets(environment);
  const stored = readStored(options);
  if (remember) {
    if (keychain.isAvailable()) writeStored(file, keychain, new Map([...stored, ...given]));
    else onProblem('The secrets were not kept: this system has no keychain. They are used for this start only.');
  }
  return createSecretStore(new Map([...stored, ...given]));
}

function readStored({ file, keychain, onProblem }: KeychainSecretsOptions): ReadonlyMap<SecretName, string> {
  const values = new Map<SecretName, string>();
  if (!existsSync(file)) return values;
  if (!keychain.isAvailable()) {
    onProblem('The stored API keys cannot be read: the keychain is not available. Unlock it and start again, or give the keys in the environment.');
    return values;
  }
  try {
    const stored = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const name of SECRET_NAMES) {
      const encrypted = stored[name];
      if (encrypted !== undefined) values.set(name, keychain.decrypt(Buffer.from(encrypted, 'base64')));
    }
  } catch {
    onProblem(`The stored API keys in ${file} cannot be decrypted by this user on this machine. Give them in the environment again with ${REMEMBER}=1.`);
  }
  return values;
}

function writeStored(file: string, keychain: Keychain, values: ReadonlyMap<SecretName, string>): void {
  const encrypted = Object.fromEntries([...values].map(([name, value]) => [name, keychain.encrypt(value).toString('base64')]));
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.new`;
  writeFileSync(temporary, JSON.stringify(encrypted), { mode: 0o600 });
  renameSync(temporary, file);
}
