// Draws resources/icon.svg and tray.svg in every size the systems want (Chromium paints), and wraps them as .ico and .icns. Run after changing a drawing.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const RESOURCES = join(ROOT, 'resources');
const LINUX = [16, 32, 48, 64, 128, 256, 512, 1024];
const WINDOWS = [16, 24, 32, 48, 64, 128, 256];
/** Type codes of Apple's icon file for PNG content, by size in pixels. */
const APPLE = { icp4: 16, icp5: 32, ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 };

/** ICO: header, one 16-byte entry per image, then the PNG files as they are. */
function wrapIco(images) {
  const header = Buffer.alloc(6 + 16 * images.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(images.length, 4);
  let offset = header.length;
  images.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index;
    header.writeUInt8(size % 256, at);
    header.writeUInt8(size % 256, at + 1);
    header.writeUInt16LE(1, at + 4);
    header.writeUInt16LE(32, at + 6);
    header.writeUInt32LE(png.length, at + 8);
    header.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([header, ...images.map(({ png }) => png)]);
}

/** ICNS: `icns`, total length, then type, length and PNG of each image; big-endian. */
function wrapIcns(images) {
  const parts = images.map(({ type, png }) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32BE(png.length + 8, 4);
    return Buffer.concat([head, png]);
  });
  const head = Buffer.alloc(8);
  head.write('icns', 0, 'latin1');
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 4);
  return Buffer.concat([head, ...parts]);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage();

async function paint(drawing, size) {
  await page.setViewportSize({ width: size, height: size });
  const source = readFileSync(join(RESOURCES, drawing)).toString('base64');
  await page.setContent(`<body style="margin:0"><img width="${size}" height="${size}" style="display:block" src="data:image/svg+xml;base64,${source}">`);
  await page.waitForFunction(() => [...globalThis.document.images].every((image) => image.complete));
  return page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } });
}

const painted = new Map();
for (const size of [...new Set([...LINUX, ...WINDOWS, ...Object.values(APPLE)])]) painted.set(size, await paint('icon.svg', size));
mkdirSync(join(RESOURCES, 'icons'), { recursive: true });
for (const size of LINUX) writeFileSync(join(RESOURCES, 'icons', `${size}x${size}.png`), painted.get(size));
writeFileSync(join(RESOURCES, 'icon.ico'), wrapIco(WINDOWS.map((size) => ({ size, png: painted.get(size) }))));
writeFileSync(join(RESOURCES, 'icon.icns'), wrapIcns(Object.entries(APPLE).map(([type, size]) => ({ type, png: painted.get(size) }))));
writeFileSync(join(RESOURCES, 'tray.png'), await paint('tray.svg', 16));
writeFileSync(join(RESOURCES, 'tray@2x.png'), await paint('tray.svg', 32));
await browser.close();
process.stdout.write(`Painted ${painted.size} sizes into ${RESOURCES}.\n`);
