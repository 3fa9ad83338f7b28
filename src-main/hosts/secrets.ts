// Where secrets come from: the host's own store, never the settings file, never the screen.
import type { SecretName } from '../../src-shared/contract/parameters.ts';
import { Secret } from '../adapters/runtime/secret.ts';

export interface SecretStore {
  /** Null when it is not set. The value in the clear: prefer {@link SecretStore.secret}. */
  read(name: SecretName): string | null;
  /** The same, wrapped so that it cannot be printed. Null when it is not set. */
  secret(name: SecretName): Secret | null;
}

/** A store over values that were read once. From here on no log line can show one of them. */
export function createSecretStore(values: ReadonlyMap<SecretName, string>): SecretStore {
  const secrets = new Map([...values].map(([name, value]) => [name, new Secret(value)]));
  return { read: (name) => secrets.get(name)?.reveal() ?? null, secret: (name) => secrets.get(name) ?? null };
}
