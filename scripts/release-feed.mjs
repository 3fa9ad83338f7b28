// Signs what electron-builder wrote for the updater: `npx node scripts/release-feed.mjs DIR --key FILE [--staged PERCENT]`, and makes a key with `--new-key DIR`.
import { generateKeyPairSync, createPublicKey, createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump, load } from 'js-yaml';
import { signRelease, verifyRelease } from '../src-main/hosts/electron/release-signature.ts';
import { isMain } from './is-main.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const USAGE = `Usage: npx node scripts/release-feed.mjs DIR --key FILE [--staged PERCENT]
       npx node scripts/release-feed.mjs --new-key DIR

Signs every update feed (latest*.yml, beta*.yml) in DIR with the release key and, with --staged, gives it to that share of users only.
Each installer a feed names must lie beside it and be what the feed says. --new-key makes a key pair: update-key.pem belongs into
resources/ (it is public), release-key.pem into a safe, never into the repository.
`;

/** Signs one feed; throws with a sentence when it does not fit its installers. */
export function signFeed({ feed, folder, privateKey, staged }) {
  for (const { url, sha512, size } of feed.files) {
    const file = join(folder, decodeURIComponent(url));
    if (!existsSync(file)) throw new Error(`${url} is named by the feed and is not in ${folder}.`);
    const bytes = readFileSync(file);
    if (bytes.length !== size || createHash('sha512').update(bytes).digest('base64') !== sha512) throw new Error(`${url} is not what the feed says.`);
  }
  const signed = { ...feed, signature: signRelease(feed, privateKey) };
  if (staged === null) delete signed.stagingPercentage;
  else signed.stagingPercentage = staged;
  return signed;
}

function makeKey(folder) {
  const inside = relative(ROOT, folder);
  if (inside === '' || !(inside.startsWith('..') || isAbsolute(inside)))
    throw new Error(`${folder} is inside the checkout, from where the secret key would be committed one day. Name a folder outside of it.`);
  const pair = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'release-key.pem'), pair.privateKey, { mode: 0o600, flag: 'wx' });
  writeFileSync(join(folder, 'update-key.pem'), pair.publicKey, { flag: 'wx' });
  process.stdout.write(`Wrote ${join(folder, 'release-key.pem')} (keep it secret) and ${join(folder, 'update-key.pem')} (for resources/).\n`);
}

function main(argv) {
  const option = (name) => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : null);
  if (argv.includes('--help') || argv.length === 0) return void process.stdout.write(USAGE);
  const newKey = option('--new-key');
  if (newKey !== null) return makeKey(resolve(newKey));
  const [folder = ''] = argv;
  const keyFile = option('--key');
  const staged = option('--staged') === null ? null : Number(option('--staged'));
  if (keyFile === null || !existsSync(folder) || (staged !== null && !(Number.isInteger(staged) && staged >= 0 && staged <= 100))) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const privateKey = readFileSync(keyFile, 'utf8');
  const publicFile = join(ROOT, 'resources', 'update-key.pem');
  const publicKey = existsSync(publicFile) ? readFileSync(publicFile, 'utf8') : null;
  if (publicKey === null || createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) !== publicKey)
    throw new Error('The key is not the one of resources/update-key.pem: installed apps would refuse this release.');
  const feeds = readdirSync(folder).filter((name) => /^(latest|beta)(-[\w-]+)?\.yml$/.test(name));
  if (feeds.length === 0) throw new Error(`There is no update feed in ${folder}.`);
  for (const name of feeds) {
    const signed = signFeed({ feed: load(readFileSync(join(folder, name), 'utf8')), folder, privateKey, staged });
    const verified = verifyRelease(signed, publicKey);
    if (!verified.ok) throw new Error(`${name}: ${verified.error.uiMessage}`);
    writeFileSync(join(folder, name), dump(signed, { lineWidth: -1 }));
    process.stdout.write(`${name}: version ${signed.version}, ${signed.files.length} files, signed${staged === null ? '' : `, for ${staged} % of users`}\n`);
  }
}

if (isMain(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (failure) {
    process.stderr.write(`${failure.message}\n`);
    process.exitCode = 1;
  }
}
