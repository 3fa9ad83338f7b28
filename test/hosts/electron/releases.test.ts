// Signed releases: what the signature vouches for, and every way a feed can try to pass something else off as one.
import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { releaseText, signRelease, verifyRelease } from '../../../src-main/hosts/electron/release-signature.ts';

const keys = () => generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
const { publicKey, privateKey } = keys();
const SHA = Buffer.alloc(64, 7).toString('base64');
const OTHER = Buffer.alloc(64, 8).toString('base64');
const feed = {
  version: '1.2.3',
  files: [
    { url: 'Terminal-1.2.3.AppImage', sha512: SHA, size: 1000 },
    { url: 'Terminal-1.2.3.deb', sha512: OTHER, size: 900 },
  ],
  path: 'Terminal-1.2.3.AppImage',
  sha512: SHA,
  releaseDate: '2026-11-21T00:00:00.000Z',
};
const signed = { ...feed, signature: signRelease(feed, privateKey) };
const code = (changed: unknown, key = publicKey): string => {
  const verified = verifyRelease(changed, key);
  return verified.ok ? 'genuine' : verified.error.code;
};

describe('a release', () => {
  it('is genuine with the signature of its maker, whatever the order of its files and the share it is given to', () => {
    expect(code(signed)).toBe('genuine');
    expect(code({ ...signed, files: signed.files.toReversed(), stagingPercentage: 10, releaseNotes: 'x' })).toBe('genuine');
  });

  it.each<readonly [string, unknown]>([
    ['another version', { ...signed, version: '1.2.4' }],
    ['another file of the same name', { ...signed, files: [{ ...signed.files[0], sha512: OTHER }, signed.files[1]] }],
    ['another size', { ...signed, files: [{ ...signed.files[0], size: 1001 }, signed.files[1]] }],
    ['another address', { ...signed, files: [{ ...signed.files[0], url: 'https://evil.example/x' }, signed.files[1]] }],
    ['a file less', { ...signed, files: [signed.files[0]] }],
    ['a file more', { ...signed, files: [...signed.files, { url: 'x', sha512: SHA, size: 1 }] }],
    ['hashes changed between files', { ...signed, files: signed.files.map((file, index) => ({ ...file, sha512: index === 0 ? OTHER : SHA })) }],
  ])('is not with %s', (_what, changed) => {
    expect(code(changed)).toBe('wrong_signature');
  });

  it('is not with the signature of somebody else', () => {
    expect(code({ ...feed, signature: signRelease(feed, keys().privateKey) })).toBe('wrong_signature');
    expect(code(signed, keys().publicKey)).toBe('wrong_signature');
  });

  it.each<readonly [string, unknown]>([
    ['no signature', feed],
    ['no files, only the old fields', { ...signed, files: [] }],
    ['packages of a web installer beside its files', { ...signed, packages: { x64: { path: 'x', sha512: SHA } } }],
    ['a hash that is none', { ...signed, files: [{ ...signed.files[0], sha512: 'aa' }] }],
    ['a version that is none', { ...signed, version: '1.2.3\n1.2.4' }],
    ['nothing', null],
  ])('is refused with %s', (_what, changed) => {
    expect(code(changed)).toBe('not_signed');
  });

  it('is refused, not trusted, where the key of this build is unusable', () => {
    expect(code(signed, 'no key')).toBe('unusable_key');
  });

  it('has a text of its own: two releases never share one', () => {
    const file = fc.record({ url: fc.string({ minLength: 1, maxLength: 20 }), sha512: fc.constantFrom(SHA, OTHER), size: fc.integer({ min: 1, max: 3 }) });
    const release = fc.record({ version: fc.constantFrom('1.0.0', '1.0.1'), files: fc.array(file, { minLength: 1, maxLength: 3 }) });
    const plain = (one: { readonly version: string; readonly files: readonly object[] }): string =>
      JSON.stringify([one.version, one.files.map((entry) => JSON.stringify(entry)).toSorted()]);
    fc.assert(fc.property(release, release, (a, b) => (releaseText(a) === releaseText(b)) === (plain(a) === plain(b))));
  });
});
