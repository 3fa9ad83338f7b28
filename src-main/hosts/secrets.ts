// Where secrets come from: the host's own store, never the settings file, never the screen.
import type { SecretName } from '../../src-shared/contract/parameters.ts';

export interface SecretStore {
  /** Null when it is not set. */
  read(name: SecretName): string | null;
}
