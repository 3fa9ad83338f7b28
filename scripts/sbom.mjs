// The software bill of materials of what is shipped, as CycloneDX 1.5: every package with version, licence and hash, and Electron. The same for the same lock file.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readStamp } from './build-stamp.mjs';
import { collect } from './licenses.mjs';
import { isMain } from './is-main.mjs';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const USAGE = 'Usage: node scripts/sbom.mjs [--out FILE]\n\nWrites the CycloneDX bill of materials of everything that ships (default: out/sbom.json).\n';

const urlOf = (name, version) => `pkg:npm/${name.startsWith('@') ? `%40${name.slice(1)}` : name}@${version}`;

/** An identifier of known licences goes into `id`, a combination into `expression`, as the format wants it. */
function licenceOf(licence) {
  if (/ (OR|AND) /.test(licence)) return [{ expression: licence }];
  return [{ license: { id: licence } }];
}

function hashesOf(integrity) {
  const sha512 = integrity?.split(' ').find((one) => one.startsWith('sha512-'));
  return sha512 === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512.slice(7), 'base64').toString('hex') }] };
}

export function describeBill(root = ROOT) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const stamp = readStamp(root);
  const integrity = new Map(Object.entries(lock.packages).map(([path, entry]) => [`${path.split('node_modules/').at(-1)}@${entry.version}`, entry.integrity]));
  const packages = collect(root).map(({ name, version, licence }) => ({
    type: 'library',
    'bom-ref': urlOf(name, version),
    name,
    version,
    scope: 'required',
    licenses: licenceOf(licence),
    purl: urlOf(name, version),
    ...hashesOf(integrity.get(`${name}@${version}`)),
  }));
  const electron = lock.packages['node_modules/electron'].version;
  const own = urlOf(manifest.name, manifest.version);
  const components = [
    ...packages,
    {
      type: 'framework',
      'bom-ref': urlOf('electron', electron),
      name: 'electron',
      version: electron,
      scope: 'required',
      licenses: licenceOf('MIT'),
      purl: urlOf('electron', electron),
    },
  ];
  const body = {
    metadata: {
      ...(stamp.date === null ? {} : { timestamp: stamp.date }),
      component: {
        type: 'application',
        'bom-ref': own,
        name: manifest.name,
        version: manifest.version,
        licenses: licenceOf(manifest.license),
        purl: own,
        properties: [{ name: 'commit', value: stamp.commit ?? 'unknown' }],
      },
    },
    components,
    dependencies: [{ ref: own, dependsOn: components.map((component) => component['bom-ref']) }],
  };
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const serial = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
  return { bomFormat: 'CycloneDX', specVersion: '1.5', serialNumber: `urn:uuid:${serial}`, version: 1, ...body };
}

function main(argv) {
  if (argv.includes('--help')) return void process.stdout.write(USAGE);
  const file = resolve(argv.includes('--out') ? argv[argv.indexOf('--out') + 1] : join(ROOT, 'out', 'sbom.json'));
  const bill = describeBill();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
  process.stdout.write(`${bill.components.length} components in ${file}\n`);
}

if (isMain(import.meta.url)) main(process.argv.slice(2));
