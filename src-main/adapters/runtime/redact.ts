// Removes secrets from text before it reaches a log, a screen or a notification.

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/(signature=)[0-9a-zA-Z%+/=_-]+/gi, '$1[secret]'],
  [/(listenKey["']?\s*[=:]\s*["']?)[0-9a-zA-Z]{8,}/gi, '$1[secret]'],
  [/(x-mbx-apikey["']?\s*[=:]\s*["']?)[0-9a-zA-Z-]+/gi, '$1[secret]'],
  [/(api_?(?:key|secret)["']?\s*[=:]\s*["']?)[^\s"',&}]+/gi, '$1[secret]'],
  [/(\/private\/ws\/)[0-9a-zA-Z]{8,}/g, '$1[secret]'],
  [/(discord(?:app)?\.com\/api\/webhooks\/)\S+/gi, '$1[secret]'],
  [/(:\/\/[^\s:/@]+:)[^\s@/]+(@)/g, '$1[secret]$2'],
  [/(token=)[0-9a-zA-Z_-]{8,}/gi, '$1[secret]'],
];

export function redact(text: string): string {
  return PATTERNS.reduce((current, [pattern, replacement]) => current.replace(pattern, replacement), text);
}
