// A stand-in for Electron's own files, so that packing can be checked where the real binary cannot be downloaded: same names, a real fuse wire, no code.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Electron's binaries carry this text, then version, number of fuses, and one character per fuse. */
export const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** In the order of the wire (https://www.electronjs.org/docs/latest/tutorial/fuses), version 1. */
export const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
];
const LOCALES = ['de', 'en-US', 'fr', 'ja', 'zh-CN', 'zh-TW'];
/** As in a fresh download: on, off, on, on, off, off, off, on. */
const AS_DELIVERED = '10110001';

/** The fuse wire alone: what `@electron/fuses` looks for and writes to. */
function fuseWire() {
  return Buffer.concat([Buffer.from(FUSE_SENTINEL, 'latin1'), Buffer.from([1, FUSES.length]), Buffer.from(AS_DELIVERED, 'latin1')]);
}

function program(magic) {
  return Buffer.concat([Buffer.from(`${magic} stand-in `, 'latin1'), fuseWire(), Buffer.alloc(64)]);
}

/** An empty asar: two Chromium pickles, the second with the JSON of the file tree. */
function emptyArchive() {
  const json = Buffer.from('{"files":{}}');
  const padded = Math.ceil(json.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  [4, 8 + padded, 4 + padded, json.length].forEach((value, index) => head.writeUInt32LE(value, index * 4));
  json.copy(head, 16);
  return head;
}

/** Writes what Electron's archive for Linux or Windows contains, as far as the packer touches it. */
export function writeStandIn(folder, platform, version) {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  const name = platform === 'win32' ? 'electron.exe' : 'electron';
  writeFileSync(join(folder, name), program(platform === 'win32' ? 'MZ' : '\x7fELF'));
  chmodSync(join(folder, name), 0o755);
  if (platform === 'linux') for (const name of ['chrome-sandbox', 'chrome_crashpad_handler']) writeFileSync(join(folder, name), 'stand-in', { mode: 0o755 });
  for (const locale of LOCALES) writeFileSync(join(folder, 'locales', `${locale}.pak`), locale);
  writeFileSync(join(folder, 'resources', 'default_app.asar'), emptyArchive());
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'LICENSE'), 'stand-in for the licence of Electron');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), 'stand-in for the licences of Chromium');
}
