// The Node host's secrets at rest: one file, sealed with a passphrase (scrypt for the key, AES-256-GCM for the content).
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { SECRET_NAMES, type SecretName } from '../../../src-shared/contract/parameters.ts';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';

export interface SealedFile {
  readonly file: string;
  readonly passphrase: string;
  /** scrypt's N, a power of two from 2^14 to 2^20; by default a guess costs 128 MiB of memory and some tenths of a second. */
  readonly cost?: number;
}

const COST = 2 ** 17;
/** A file that asks for more than this is not ours; it must not be able to exhaust the machine. */
const MAXIMUM_N = 2 ** 20;
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const SHORTEST_PASSPHRASE = 12;

const base64 = z.base64();
const fileSchema = z.object({
  version: z.literal(1),
  key: z.object({
    name: z.literal('scrypt'),
    N: z
      .number()
      .int()
      .min(2 ** 14)
      .max(MAXIMUM_N),
    r: z.literal(8),
    p: z.literal(1),
    salt: base64,
  }),
  cipher: z.literal(CIPHER),
  nonce: base64,
  tag: base64,
  content: base64,
});
const contentSchema = z.partialRecord(z.enum(SECRET_NAMES), z.string());

export type SecretFileFailure = { readonly code: 'unreadable' | 'not_sealed' | 'wrong_passphrase' | 'weak_passphrase'; readonly uiMessage: string };
export type SecretValues = ReadonlyMap<SecretName, string>;

/** Reads and opens the file; an absent one is empty. A wrong passphrase and a changed byte cannot be told apart, on purpose. */
export function openSecretFile({ file, passphrase }: SealedFile): Result<SecretValues, SecretFileFailure> {
  if (!existsSync(file)) return ok(new Map());
  let sealed: z.infer<typeof fileSchema>;
  try {
    const parsed = fileSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (!parsed.success)
      return err({ code: 'not_sealed', uiMessage: `${file} is not a file of sealed secrets. It was left as it is; move it away and give the secrets again.` });
    sealed = parsed.data;
  } catch (failure) {
    const detail = failure instanceof Error ? failure.message : String(failure);
    return err({ code: 'unreadable', uiMessage: `The sealed secrets in ${file} cannot be read (${detail}). It was left as it is.` });
  }
  try {
    const { N, r, p, salt } = sealed.key;
    const key = deriveKey(passphrase, Buffer.from(salt, 'base64'), { N, r, p });
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(sealed.nonce, 'base64'), { authTagLength: 16 });
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    decipher.setAAD(associatedData(sealed.key));
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.content, 'base64')), decipher.final()]).toString('utf8');
    return ok(new Map(Object.entries(contentSchema.parse(JSON.parse(text))) as [SecretName, string][]));
  } catch {
    return err({ code: 'wrong_passphrase', uiMessage: `The passphrase does not open ${file}, or the file was changed. It was left as it is.` });
  }
}

/** Seals the values with a fresh salt and nonce; the file is replaced in one step and only this user can read it. */
export function writeSecretFile({ file, passphrase, cost = COST }: SealedFile, values: SecretValues): Result<null, SecretFileFailure> {
  if (passphrase.length < SHORTEST_PASSPHRASE)
    return err({ code: 'weak_passphrase', uiMessage: `The passphrase needs at least ${SHORTEST_PASSPHRASE} characters. No secret was written.` });
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const key = { name: 'scrypt', N: cost, r: 8, p: 1, salt: salt.toString('base64') } as const;
  const cipher = createCipheriv(CIPHER, deriveKey(passphrase, salt, key), nonce, { authTagLength: 16 });
  cipher.setAAD(associatedData(key));
  const content = Buffer.concat([cipher.update(JSON.stringify(Object.fromEntries(values)), 'utf8'), cipher.final()]);
  const sealed = {
    version: 1,
    key,
    cipher: CIPHER,
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    content: content.toString('base64'),
  };
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const temporary = `${file}.new`;
    writeFileSync(temporary, `${JSON.stringify(sealed, null, 2)}\n`, { mode: 0o600 });
    renameSync(temporary, file);
    return ok(null);
  } catch (failure) {
    const detail = failure instanceof Error ? failure.message : String(failure);
    return err({ code: 'unreadable', uiMessage: `The sealed secrets could not be written to ${file} (${detail}). They are used for this start only.` });
  }
}

/** True where other users of this machine may read the file; always false on Windows, whose rights are not in the mode. */
export function isOpenToOthers(file: string): boolean {
  return process.platform !== 'win32' && existsSync(file) && (statSync(file).mode & 0o077) !== 0;
}

function deriveKey(passphrase: string, salt: Buffer, cost: { readonly N: number; readonly r: number; readonly p: number }): Buffer {
  // Unicode has several spellings of one character; keyboards differ in which they give.
  return scryptSync(passphrase.normalize('NFKC'), salt, KEY_BYTES, { N: cost.N, r: cost.r, p: cost.p, maxmem: 256 * cost.N * cost.r });
}

/** Binds the key parameters to the content: a file whose cost was lowered does not open. */
function associatedData(key: { readonly name: string; readonly N: number; readonly r: number; readonly p: number }): Buffer {
  return Buffer.from(`terminal-secrets 1 ${key.name} ${key.N} ${key.r} ${key.p} ${CIPHER}`);
}
