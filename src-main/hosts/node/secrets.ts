// Secrets of the Node host: environment variables. (The desktop app keeps them in the operating system's keychain.)
import { SECRET_NAMES, type SecretName } from '../../../src-shared/contract/parameters.ts';
import type { SecretStore } from '../secrets.ts';

/** Reads each secret once and removes it from the environment, so that no child process inherits it. */
export function createEnvironmentSecrets(environment: NodeJS.ProcessEnv): SecretStore {
  const values = new Map<SecretName, string>();
  for (const name of SECRET_NAMES) {
    const value = environment[name];
    if (value !== undefined && value !== '') values.set(name, value);
    delete environment[name];
  }
  return { read: (name) => values.get(name) ?? null };
}
