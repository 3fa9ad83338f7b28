// Who made a release: one Ed25519 signature over the version and the files of the update feed, checked before anything is downloaded.
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';

/** What the signature vouches for. The share of a staged release is not part of it: it grows while the release stays the same. */
const releaseSchema = z.object({
  version: z.string().regex(/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/),
  files: z
    .array(
      z.object({
        url: z.string().min(1).max(300),
        sha512: z.base64().length(88),
        size: z
          .number()
          .int()
          .positive()
          .max(2 ** 31),
      }),
    )
    .min(1)
    .max(20),
});
export type Release = z.infer<typeof releaseSchema>;

const signedSchema = releaseSchema.extend({
  signature: z.base64(),
  /** Parts of a web installer would be fetched past the signature. */
  packages: z.undefined().or(z.null()).optional(),
});

export type ReleaseFailure = { readonly code: 'not_signed' | 'wrong_signature' | 'unusable_key'; readonly uiMessage: string };

/** The same bytes for the same release, whatever order or form the feed has. */
export function releaseText({ version, files }: Release): string {
  const lines = files.map(({ url, sha512, size }) => JSON.stringify([url, sha512, size])).toSorted();
  return ['perpetual-terminal release 1', version, ...lines, ''].join('\n');
}

/** @param privateKey PKCS #8, PEM @returns Base64 for the feed's field `signature`. Throws when the feed or the key is unusable. */
export function signRelease(feed: unknown, privateKey: string): string {
  return sign(null, Buffer.from(releaseText(releaseSchema.parse(feed))), createPrivateKey(privateKey)).toString('base64');
}

/** @param feed what the update feed says @param publicKey SPKI, PEM */
export function verifyRelease(feed: unknown, publicKey: string): Result<Release, ReleaseFailure> {
  const signed = signedSchema.safeParse(feed);
  if (!signed.success)
    return err({ code: 'not_signed', uiMessage: 'The update feed names a release that is not signed as it must be. Nothing was downloaded.' });
  try {
    const isGenuine = verify(null, Buffer.from(releaseText(signed.data)), createPublicKey(publicKey), Buffer.from(signed.data.signature, 'base64'));
    if (isGenuine) return ok({ version: signed.data.version, files: signed.data.files });
  } catch (failure) {
    const detail = failure instanceof Error ? failure.message : String(failure);
    return err({ code: 'unusable_key', uiMessage: `The signature of a release cannot be checked (${detail}). Nothing was downloaded.` });
  }
  return err({
    code: 'wrong_signature',
    uiMessage: `Release ${signed.data.version} is not signed by the maker of this app. Nothing was downloaded; do not install it by hand either.`,
  });
}
