// Secrets of the Node host: environment variables first, then a file sealed with a passphrase. (The desktop app uses the system's keychain.)
import { existsSync, readFileSync } from 'node:fs';
import { SECRET_NAMES, type SecretName } from '../../../src-shared/contract/parameters.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';
import { hideValue } from '../../adapters/runtime/redact.ts';
import { createSecretStore, type SecretStore } from '../secrets.ts';
import { isOpenToOthers, openSecretFile, writeSecretFile } from './secret-file.ts';

/** The passphrase itself, or (better) the file that holds it, e.g. a systemd credential. */
const PASSPHRASE = 'TERMINAL_PASSPHRASE';
const PASSPHRASE_FILE = 'TERMINAL_PASSPHRASE_FILE';
/** Set to 1 to seal the secrets of this start's environment into the file for the next ones. */
const REMEMBER = 'TERMINAL_REMEMBER_SECRETS';

/** Reads each secret once and removes it from the environment, so that no child process inherits it. */
export function takeSecrets(environment: NodeJS.ProcessEnv): Map<SecretName, string> {
  const values = new Map<SecretName, string>();
  for (const name of SECRET_NAMES) {
    const value = environment[name];
    if (value !== undefined && value !== '') values.set(name, value);
    delete environment[name];
  }
  return values;
}

/** Reads every secret once and takes it out of `environment`, so that no child process inherits it. */
export function createEnvironmentSecrets(environment: NodeJS.ProcessEnv): SecretStore {
  return createSecretStore(takeSecrets(environment));
}

export interface SealedSecretsOptions {
  /** e.g. `<data folder>/secrets.sealed.json` */
  readonly file: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Sentences for the person who starts the terminal; never with a secret in them. */
  readonly onNotice: (sentence: string) => void;
  /** See {@link SealedFile}; cheaper in tests. */
  readonly cost?: number;
}

/**
 * Environment over file. Without a passphrase the file stays shut and only the environment counts. A passphrase that does not open an
 * existing file is a failure: starting without the keys the owner expects would look like a terminal that trades and is not.
 */
export function createSealedSecrets({ file, environment, onNotice, ...options }: SealedSecretsOptions): Result<SecretStore, { readonly uiMessage: string }> {
  const remember = environment[REMEMBER] === '1';
  delete environment[REMEMBER];
  const given = takeSecrets(environment);
  const passphrase = takePassphrase(environment);
  if (!passphrase.ok) return passphrase;
  if (passphrase.value === null) {
    if (existsSync(file)) onNotice(`${file} stays shut: set ${PASSPHRASE_FILE} to use the secrets in it.`);
    if (remember) onNotice(`The secrets were not kept: set ${PASSPHRASE} or ${PASSPHRASE_FILE} to seal them. They are used for this start only.`);
    return ok(createSecretStore(given));
  }
  if (isOpenToOthers(file)) onNotice(`Other users of this machine may read ${file}. It is sealed; still, run: chmod 600 "${file}"`);
  const sealed = { file, passphrase: passphrase.value, ...options };
  const stored = openSecretFile(sealed);
  if (!stored.ok) return err(stored.error);
  const values = new Map([...stored.value, ...given]);
  if (remember && given.size > 0) {
    const written = writeSecretFile(sealed, values);
    onNotice(written.ok ? `${[...given.keys()].join(', ')} sealed in ${file}. The next start needs only the passphrase.` : written.error.uiMessage);
  }
  return ok(createSecretStore(values));
}

function takePassphrase(environment: NodeJS.ProcessEnv): Result<string | null, { readonly uiMessage: string }> {
  const direct = environment[PASSPHRASE] ?? '';
  const file = environment[PASSPHRASE_FILE] ?? '';
  delete environment[PASSPHRASE];
  delete environment[PASSPHRASE_FILE];
  try {
    // A trailing line end belongs to the editor, not to the passphrase.
    const passphrase = file === '' ? direct : readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (passphrase === '') return ok(null);
    hideValue(passphrase);
    return ok(passphrase);
  } catch (failure) {
    const detail = failure instanceof Error ? failure.message : String(failure);
    return err({ uiMessage: `The passphrase file ${file} cannot be read (${detail}). Nothing was started.` });
  }
}
