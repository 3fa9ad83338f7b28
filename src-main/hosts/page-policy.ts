// What a page of the terminal may load and which file answers an address; the same in the browser and in the desktop window.
import { extname, join, normalize, sep } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.ico': 'image/x-icon',
  '.mp3': 'audio/mpeg',
  '.wasm': 'application/wasm',
};

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** By the ending of the name; unknown ones are plain bytes, which no page runs. */
export function contentTypeOf(file: string): string {
  return CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';
}

/** The file under `root` that answers a URL path, or null when the path leads out of it or cannot be decoded. */
export function findPageFile(root: string, urlPath: string): string | null {
  try {
    const path = decodeURIComponent(urlPath);
    const file = normalize(join(root, path === '/' || path === '' ? 'index.html' : path));
    return file.startsWith(root + sep) ? file : null;
  } catch {
    return null;
  }
}
