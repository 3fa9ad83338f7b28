// API keys of the desktop app: never on disk in the clear, never in a child's environment.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeychainSecrets, type Keychain } from '../../../src-main/hosts/electron/secrets.ts';
import { temporaryFolder } from '../../support/terminal.ts';

/** Encrypts by flipping bits; another key cannot read it. */
function fakeKeychain(key: number, isAvailable = true): Keychain {
  const flip = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ key));
  return {
    isAvailable: () => isAvailable,
    encrypt: (text) => flip(Buffer.from(`sealed:${text}`)),
    decrypt: (encrypted) => {
      const text = flip(encrypted).toString();
      if (!text.startsWith('sealed:')) throw new Error('wrong key');
      return text.slice('sealed:'.length);
    },
  };
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file = '';
let problems: string[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'data', 'secrets.json');
  problems = [];
});
afterEach(() => folder.remove());

const open = (environment: NodeJS.ProcessEnv, keychain = fakeKeychain(0x5a)) =>
  createKeychainSecrets({ file, keychain, environment, onProblem: (sentence) => void problems.push(sentence) });

describe('keychain secrets', () => {
  it('reads the environment and empties it', () => {
    const environment = { BINANCE_API_KEY: 'key', OTHER: 'stays' };
    expect(open(environment).read('BINANCE_API_KEY')).toBe('key');
    expect(environment).toEqual({ OTHER: 'stays' });
  });

  it('remembers on request, encrypted, and reads it back without the environment', async () => {
    open({ BINANCE_API_KEY: 'key-1234', TERMINAL_REMEMBER_SECRETS: '1' });
    expect(await readFile(file, 'utf8')).not.toContain('key-1234');
    expect(open({}).read('BINANCE_API_KEY')).toBe('key-1234');
    expect(open({ BINANCE_API_KEY: 'newer' }).read('BINANCE_API_KEY')).toBe('newer');
    expect(problems).toEqual([]);
  });

  it('keeps what was remembered when one more secret is added', () => {
    open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' });
    open({ BINANCE_API_SECRET: 'secret', TERMINAL_REMEMBER_SECRETS: '1' });
    expect([open({}).read('BINANCE_API_KEY'), open({}).read('BINANCE_API_SECRET')]).toEqual(['key', 'secret']);
  });

  it('writes nothing without being asked, and nothing without a keychain', async () => {
    open({ BINANCE_API_KEY: 'key' });
    const store = open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' }, fakeKeychain(0x5a, false));
    expect(store.read('BINANCE_API_KEY')).toBe('key');
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    expect(problems).toEqual([expect.stringContaining('has no keychain')]);
  });

  it('says what to do when the file belongs to another user or machine', () => {
    open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' });
    expect(open({}, fakeKeychain(0x11)).read('BINANCE_API_KEY')).toBeNull();
    expect(problems).toEqual([expect.stringContaining('TERMINAL_REMEMBER_SECRETS=1')]);
  });
});
