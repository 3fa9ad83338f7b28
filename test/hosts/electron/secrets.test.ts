// API keys of the desktop app: never on disk in the clear, never in a child's environment.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKeychainSecrets, type Keychain } from '../../../src-main/hosts/electron/secrets.ts';
import { temporaryFolder } from '../../support/terminal.ts';

/** Encrypts by flipping bits; another key cannot read it. */
function fakeKeychain(key: number, { isAvailable = true, isOutdated = false } = {}): Keychain {
  const flip = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ key));
  return {
    isAvailable: () => Promise.resolve(isAvailable),
    encrypt: (text) => Promise.resolve(flip(Buffer.from(`sealed:${text}`))),
    decrypt: async (encrypted) => {
      const text = flip(encrypted).toString();
      if (!text.startsWith('sealed:')) throw new Error('wrong key');
      return { text: text.slice('sealed:'.length), isOutdated };
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
  it('reads the environment and empties it', async () => {
    const environment = { BINANCE_API_KEY: 'key', OTHER: 'stays' };
    expect((await open(environment)).read('BINANCE_API_KEY')).toBe('key');
    expect(environment).toEqual({ OTHER: 'stays' });
  });

  it('remembers on request, encrypted, and reads it back without the environment', async () => {
    await open({ BINANCE_API_KEY: 'key-1234', TERMINAL_REMEMBER_SECRETS: '1' });
    expect(await readFile(file, 'utf8')).not.toContain('key-1234');
    expect((await open({})).read('BINANCE_API_KEY')).toBe('key-1234');
    expect((await open({ BINANCE_API_KEY: 'newer' })).read('BINANCE_API_KEY')).toBe('newer');
    expect(problems).toEqual([]);
  });

  it('keeps what was remembered when one more secret is added', async () => {
    await open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' });
    await open({ BINANCE_API_SECRET: 'secret', TERMINAL_REMEMBER_SECRETS: '1' });
    const kept = await open({});
    expect([kept.read('BINANCE_API_KEY'), kept.read('BINANCE_API_SECRET')]).toEqual(['key', 'secret']);
  });

  it('writes nothing without being asked, and nothing without a keychain', async () => {
    await open({ BINANCE_API_KEY: 'key' });
    const store = await open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' }, fakeKeychain(0x5a, { isAvailable: false }));
    expect(store.read('BINANCE_API_KEY')).toBe('key');
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    expect(problems).toEqual([expect.stringContaining('has no keychain')]);
  });

  it('says what to do when the file belongs to another user or machine', async () => {
    await open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' });
    const before = await readFile(file, 'utf8');
    expect((await open({}, fakeKeychain(0x11, { isOutdated: true }))).read('BINANCE_API_KEY')).toBeNull();
    expect(await readFile(file, 'utf8')).toBe(before);
    expect(problems).toEqual([expect.stringContaining('TERMINAL_REMEMBER_SECRETS=1')]);
  });

  it('encrypts anew what the system has a newer key for, and never writes what this start alone was given', async () => {
    await open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' });
    const rotated: Keychain = {
      ...fakeKeychain(0x33),
      decrypt: async (encrypted) => ({ ...(await fakeKeychain(0x5a).decrypt(encrypted)), isOutdated: true }),
    };
    const store = await open({ BINANCE_API_SECRET: 'of-this-start' }, rotated);
    expect([store.read('BINANCE_API_KEY'), store.read('BINANCE_API_SECRET')]).toEqual(['key', 'of-this-start']);
    const again = await open({}, fakeKeychain(0x33));
    expect([again.read('BINANCE_API_KEY'), again.read('BINANCE_API_SECRET'), problems]).toEqual(['key', null, []]);
  });

  it('starts with what it was given when the keychain fails while it writes', async () => {
    const failing: Keychain = { ...fakeKeychain(0x5a), encrypt: () => Promise.reject(new Error('locked')) };
    const store = await open({ BINANCE_API_KEY: 'key', TERMINAL_REMEMBER_SECRETS: '1' }, failing);
    expect([store.read('BINANCE_API_KEY'), problems]).toEqual(['key', [expect.stringContaining('could not be kept (locked)')]]);
  });
});
