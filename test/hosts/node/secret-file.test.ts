// The sealed secrets of the Node host: opened by the passphrase only, never in the clear on disk, never inherited by a child.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecretFile, writeSecretFile } from '../../../src-main/hosts/node/secret-file.ts';
import { createSealedSecrets } from '../../../src-main/hosts/node/secrets.ts';

/** The least the file accepts; the default is proved once. */
const CHEAP = 2 ** 14;
const PASSPHRASE = 'correct horse battery staple';
let folder = '';
let file = '';
let notices: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-sealed-'));
  file = join(folder, 'data', 'secrets.sealed.json');
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (environment: NodeJS.ProcessEnv) => createSealedSecrets({ file, environment, cost: CHEAP, onNotice: (sentence) => void notices.push(sentence) });
const codeOf = (opened: ReturnType<typeof openSecretFile>): string => (opened.ok ? 'opened' : opened.error.code);

describe('the sealed file', () => {
  it('gives back what was sealed, and nothing of it stands in the file', () => {
    expect(writeSecretFile({ file, passphrase: PASSPHRASE, cost: CHEAP }, new Map([['BINANCE_API_KEY', 'KEY-0123456789']])).ok).toBe(true);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/KEY-0123|BINANCE_API_KEY|correct horse/);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const opened = openSecretFile({ file, passphrase: PASSPHRASE });
    expect(opened.ok && [...opened.value]).toEqual([['BINANCE_API_KEY', 'KEY-0123456789']]);
  });

  it('costs 128 MiB a guess unless it is told otherwise', () => {
    expect(writeSecretFile({ file, passphrase: PASSPHRASE }, new Map([['DISCORD_TOKEN', 'token']])).ok).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ key: { name: 'scrypt', N: 131_072, r: 8, p: 1 }, cipher: 'aes-256-gcm' });
    expect(codeOf(openSecretFile({ file, passphrase: PASSPHRASE }))).toBe('opened');
  });

  it('does not open for another passphrase, nor after a byte of content, tag or cost was changed', () => {
    writeSecretFile({ file, passphrase: PASSPHRASE, cost: CHEAP }, new Map([['BINANCE_API_KEY', 'KEY-0123456789']]));
    expect(codeOf(openSecretFile({ file, passphrase: `${PASSPHRASE} ` }))).toBe('wrong_passphrase');
    const sealed = JSON.parse(readFileSync(file, 'utf8')) as { key: Record<string, unknown>; content: string; tag: string };
    const flip = (text: string): string => Buffer.from(Buffer.from(text, 'base64').map((byte, index) => (index === 0 ? byte ^ 1 : byte))).toString('base64');
    for (const changed of [
      { ...sealed, content: flip(sealed.content) },
      { ...sealed, tag: flip(sealed.tag) },
      { ...sealed, key: { ...sealed.key, N: 2 ** 15 } },
    ]) {
      writeFileSync(file, JSON.stringify(changed));
      expect(codeOf(openSecretFile({ file, passphrase: PASSPHRASE }))).toBe('wrong_passphrase');
    }
  });

  it.each([
    ['no JSON', '{', 'unreadable'],
    ['another file', '{"apiKey":"x"}', 'not_sealed'],
    [
      'a cost that would exhaust the machine',
      JSON.stringify({
        version: 1,
        key: { name: 'scrypt', N: 2 ** 30, r: 8, p: 1, salt: 'AA==' },
        cipher: 'aes-256-gcm',
        nonce: 'AA==',
        tag: 'AA==',
        content: 'AA==',
      }),
      'not_sealed',
    ],
    [
      'a tag cut short',
      JSON.stringify({
        version: 1,
        key: { name: 'scrypt', N: 2 ** 14, r: 8, p: 1, salt: 'AA==' },
        cipher: 'aes-256-gcm',
        nonce: 'AAAAAAAAAAAAAAAA',
        tag: 'AA==',
        content: 'AA==',
      }),
      'wrong_passphrase',
    ],
  ])('with %s is refused and left as it is', (_what, text, code) => {
    const plain = join(folder, 'file.json');
    writeFileSync(plain, text);
    expect(codeOf(openSecretFile({ file: plain, passphrase: PASSPHRASE }))).toBe(code);
    expect(readFileSync(plain, 'utf8')).toBe(text);
  });

  it('uses a new salt and nonce each time, and wants a passphrase that is worth sealing with', () => {
    writeSecretFile({ file, passphrase: PASSPHRASE, cost: CHEAP }, new Map());
    const first = readFileSync(file, 'utf8');
    writeSecretFile({ file, passphrase: PASSPHRASE, cost: CHEAP }, new Map());
    expect(readFileSync(file, 'utf8')).not.toBe(first);
    const weak = writeSecretFile({ file: join(folder, 'weak'), passphrase: 'short' }, new Map());
    expect(weak.ok ? '' : weak.error.code).toBe('weak_passphrase');
    expect(existsSync(join(folder, 'weak'))).toBe(false);
  });
});

describe('the secrets of a start', () => {
  it('are sealed on request and there at the next start, from a passphrase file as well', () => {
    const environment = { BINANCE_API_KEY: 'key-1234', TERMINAL_PASSPHRASE: PASSPHRASE, TERMINAL_REMEMBER_SECRETS: '1', PATH: '/bin' };
    expect(open(environment).ok).toBe(true);
    expect(environment).toEqual({ PATH: '/bin' });
    expect(notices).toEqual([`BINANCE_API_KEY sealed in ${file}. The next start needs only the passphrase.`]);
    writeFileSync(join(folder, 'passphrase'), `${PASSPHRASE}\n`);
    const next = open({ TERMINAL_PASSPHRASE_FILE: join(folder, 'passphrase') });
    expect(next.ok && next.value.read('BINANCE_API_KEY')).toBe('key-1234');
    const over = open({ BINANCE_API_KEY: 'newer', TERMINAL_PASSPHRASE: PASSPHRASE });
    expect(over.ok && over.value.secret('BINANCE_API_KEY')?.reveal()).toBe('newer');
  });

  it('a wrong passphrase stops the start; without one only the environment counts and nothing is written', () => {
    open({ BINANCE_API_KEY: 'key-1234', TERMINAL_PASSPHRASE: PASSPHRASE, TERMINAL_REMEMBER_SECRETS: '1' });
    const wrong = open({ TERMINAL_PASSPHRASE: 'not the passphrase' });
    expect(wrong.ok ? '' : wrong.error.uiMessage).toContain('The passphrase does not open');
    const without = open({ BINANCE_API_SECRET: 'secret-1234' });
    expect(without.ok && [without.value.read('BINANCE_API_KEY'), without.value.read('BINANCE_API_SECRET')]).toEqual([null, 'secret-1234']);
    expect(notices.at(-1)).toBe(`${file} stays shut: set TERMINAL_PASSPHRASE_FILE to use the secrets in it.`);
    const missing = open({ TERMINAL_PASSPHRASE_FILE: join(folder, 'missing') });
    expect(missing.ok ? '' : missing.error.uiMessage).toContain('Nothing was started');
  });

  it('says so when secrets shall be kept without a passphrase, and when others may read the file', () => {
    open({ BINANCE_API_KEY: 'key-1234', TERMINAL_REMEMBER_SECRETS: '1' });
    expect(notices).toEqual([expect.stringContaining('were not kept')]);
    expect(existsSync(file)).toBe(false);
    if (process.platform === 'win32') return;
    open({ BINANCE_API_KEY: 'key-1234', TERMINAL_PASSPHRASE: PASSPHRASE, TERMINAL_REMEMBER_SECRETS: '1' });
    chmodSync(file, 0o644);
    open({ TERMINAL_PASSPHRASE: PASSPHRASE });
    expect(notices.at(-1)).toContain('chmod 600');
  });
});
