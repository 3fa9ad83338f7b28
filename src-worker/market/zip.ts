// Reads the one file inside a zip of Binance's public data archive; plain or deflated, no encryption, no zip64.
import { inflateRawSync } from 'node:zlib';
import { err, ok, type Result } from '../../src-shared/kernel/result.ts';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const END_LENGTH = 22;
const LOCAL_LENGTH = 30;

/** Text of the first entry. Errors say what is wrong with the file. */
export function readZippedText(bytes: Buffer): Result<string, string> {
  let end = bytes.length - END_LENGTH;
  while (end >= 0 && bytes.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) return err('it is not a zip file');
  const entry = bytes.readUInt32LE(end + 16);
  if (entry + 46 > bytes.length || bytes.readUInt32LE(entry) !== ENTRY_SIGNATURE) return err('its directory is damaged');
  const method = bytes.readUInt16LE(entry + 10);
  const packedLength = bytes.readUInt32LE(entry + 20);
  const local = bytes.readUInt32LE(entry + 42);
  if (local + LOCAL_LENGTH > bytes.length) return err('it ends too early');
  const start = local + LOCAL_LENGTH + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(start, start + packedLength);
  if (packed.length < packedLength) return err('it ends too early');
  if (method === 0) return ok(packed.toString('utf8'));
  if (method !== 8) return err(`its compression method ${method} is not supported`);
  try {
    return ok(inflateRawSync(packed).toString('utf8'));
  } catch {
    return err('its contents cannot be unpacked');
  }
}
