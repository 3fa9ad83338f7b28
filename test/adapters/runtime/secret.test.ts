// A secret that cannot be printed, whatever is done to it by accident.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { redact, redactValue } from '../../../src-main/adapters/runtime/redact.ts';
import { Secret } from '../../../src-main/adapters/runtime/secret.ts';

const VALUE = 'n0t-for/anyone+s eyes"ü';

describe('a Secret', () => {
  const secret = new Secret(VALUE);

  it('gives its value to whoever asks for it by name', () => {
    expect(secret.reveal()).toBe(VALUE);
  });

  it.each<readonly [string, () => string]>([
    ['a template', () => `key ${secret as unknown as string}`],
    ['addition', () => 'key ' + (secret as unknown as string)],
    ['JSON', () => JSON.stringify({ nested: [{ secret }] })],
    ['inspect', () => inspect({ nested: { secret } }, { depth: 9, showHidden: true })],
    ['a copy to another process', () => JSON.stringify(structuredClone({ secret }))],
    ['its keys', () => JSON.stringify([Object.keys(secret), Object.entries(secret), Reflect.ownKeys(secret).map(String)])],
    ['an error message', () => String(new Error(`failed with ${String(secret)}`))],
  ])('shows nothing in %s', (_where, print) => {
    expect(print()).not.toContain('n0t-for');
  });
});

describe('a value that was made a Secret', () => {
  const marked = new Secret('k3y+with/odd "signs" é');
  it.each([
    ['as it is', marked.reveal()],
    ['percent-encoded in an address', `https://host/?x=${encodeURIComponent(marked.reveal())}`],
    ['JSON-escaped', JSON.stringify({ plain: marked.reveal() })],
    ['in a Basic header', `Basic ${Buffer.from(marked.reveal()).toString('base64')}`],
  ])('is removed from any text: %s', (_form, text) => {
    const clean = redact(text);
    expect(clean).toContain('[secret]');
    for (const form of [marked.reveal(), encodeURIComponent(marked.reveal()), 'odd \\"signs', Buffer.from(marked.reveal()).toString('base64').slice(0, 12)])
      expect(clean).not.toContain(form);
  });

  it('does not make short values tear ordinary text apart', () => {
    expect(new Secret('a').reveal()).toBe('a');
    expect(redact('a bank account')).toBe('a bank account');
  });
});

describe('the context of a log line', () => {
  it('keeps its shape and loses its secrets, at any depth, and a webhook does not break it', () => {
    expect(
      redactValue({
        symbol: 'BTCUSDT',
        count: 3,
        none: null,
        apiKey: 'AAAA',
        headers: { 'X-MBX-APIKEY': 'BBBB', list: ['https://discord.com/api/webhooks/12/abcDEF', 7] },
        cause: new Error('GET /x?signature=abcdef'),
      }),
    ).toEqual({
      symbol: 'BTCUSDT',
      count: 3,
      none: null,
      apiKey: '[secret]',
      headers: { 'X-MBX-APIKEY': '[secret]', list: ['https://discord.com/api/webhooks/[secret]', 7] },
      cause: 'GET /x?signature=[secret]',
    });
  });

  it('is cut off, not followed for ever, when it contains itself', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop['self'] = loop;
    expect(JSON.stringify(redactValue(loop))).toContain('[deeper]');
  });
});
