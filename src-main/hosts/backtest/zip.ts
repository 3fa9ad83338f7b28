// Reads the files of a ZIP archive, as far as the exchange's public data archive uses the format: stored or deflated, no encryption, no ZIP64.
import { crc32, inflateRawSync } from 'node:zlib';
import { err, ok, type Result } from '../../../src-shared/kernel/result.ts';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_LENGTH = 22;
const ENTRY_LENGTH = 46;
const LOCAL_LENGTH = 30;
const LONGEST_COMMENT = 65_535;
const STORED = 0;
const DEFLATED = 8;

export interface ZipFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every file with its content, in the archive's order; checksums are compared. Source: APPNOTE.TXT 4.3, PKWARE. */
export function readZip(archive: Buffer): Result<readonly ZipFile[], string> {
  const end = findEnd(archive);
  if (end === null) return err('the end of the archive is missing; the download may be incomplete');
  const files: ZipFile[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + ENTRY_LENGTH > archive.length || archive.readUInt32LE(at) !== ENTRY_SIGNATURE) return err('its directory is damaged');
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength);
    const bytes = readEntry(archive, at);
    if (!bytes.ok) return err(`${name} ${bytes.error}`);
    if (!name.endsWith('/')) files.push({ name, bytes: bytes.value });
    at += ENTRY_LENGTH + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return ok(files);
}

function findEnd(archive: Buffer): number | null {
  const lowest = Math.max(0, archive.length - END_LENGTH - LONGEST_COMMENT);
  for (let at = archive.length - END_LENGTH; at >= lowest; at -= 1) if (archive.readUInt32LE(at) === END_SIGNATURE) return at;
  return null;
}

function readEntry(archive: Buffer, at: number): Result<Buffer, string> {
  if ((archive.readUInt16LE(at + 8) & 1) === 1) return err('is encrypted');
  const method = archive.readUInt16LE(at + 10);
  const local = archive.readUInt32LE(at + 42);
  const size = archive.readUInt32LE(at + 20);
  if (local + LOCAL_LENGTH > archive.length) return err('lies outside the archive');
  const start = local + LOCAL_LENGTH + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
  const packed = archive.subarray(start, start + size);
  if (packed.length !== size) return err('is cut off');
  if (method !== STORED && method !== DEFLATED) return err(`is packed with method ${method}, which is not supported`);
  try {
    const bytes = method === STORED ? packed : inflateRawSync(packed);
    return crc32(bytes) === archive.readUInt32LE(at + 16) ? ok(bytes) : err('does not match its checksum');
  } catch (failure) {
    return err(`cannot be unpacked (${failure instanceof Error ? failure.message : String(failure)})`);
  }
}
