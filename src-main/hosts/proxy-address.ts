// The address of the proxy as the connections need it: from the settings, with the credentials of the secret store.
import type { Settings } from '../../src-shared/contract/settings.ts';
import type { SecretStore } from './secrets.ts';

/** The proxy address of the settings with the credentials of the secret store (`user:password`). */
export function proxyWithCredentials(settings: Settings, secrets: SecretStore): string | null {
  if (settings.proxyUrl === '') return null;
  const credentials = secrets.read('PROXY_CREDENTIALS');
  return credentials === null ? settings.proxyUrl : settings.proxyUrl.replace('://', `://${credentials.split(':').map(encodeURIComponent).join(':')}@`);
}
